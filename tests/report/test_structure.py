"""What a screen reader gets: the structure tree of the summary, read back from the file."""

from __future__ import annotations

import io
import itertools
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject

from app.report.summary import summary_pdf
from tests.report.samples import TRACKS, assessed, case_of, occasion


def _read(track: str) -> PdfReader:
    case = case_of(track)
    return PdfReader(io.BytesIO(summary_pdf(assessed(case), occasion(case)).content))


def _elements(node: Any) -> Iterator[DictionaryObject]:
    node = node.get_object()
    if isinstance(node, ArrayObject):
        for child in node:
            yield from _elements(child)
    elif isinstance(node, DictionaryObject):
        if ("/S" in node and "/Type" not in node) or node.get("/Type") == "/StructElem":
            yield node
        if "/K" in node:
            yield from _elements(node["/K"])


def _tree(reader: PdfReader) -> list[DictionaryObject]:
    return list(_elements(reader.root_object["/StructTreeRoot"]))


def test_language_title_and_marks() -> None:
    reader = _read("self_reporting")
    root = reader.root_object
    assert root["/Lang"] == "en-US"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert reader.metadata.title == "CAIS certification summary: Harbor Securities LLC"
    assert [page["/Tabs"] for page in reader.pages] == ["/S"] * len(reader.pages)


@pytest.mark.parametrize("track", TRACKS)
def test_headings_go_down_one_level_at_a_time(track: str) -> None:
    kinds = [str(element["/S"]) for element in _tree(_read(track))]
    levels = [int(kind[2:]) for kind in kinds if kind[:2] == "/H" and kind[2:].isdigit()]
    assert levels[0] == 1
    assert {1, 2} <= set(levels)
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


@pytest.mark.parametrize("track", TRACKS)
def test_tables_have_heading_cells_and_rows(track: str) -> None:
    elements = _tree(_read(track))
    kinds = Counter(str(element["/S"]) for element in elements)
    assert kinds["/Table"] >= 8
    assert kinds["/TR"] > kinds["/Table"]
    assert kinds["/TH"] >= 3 * (kinds["/Table"] - 4)
    assert kinds["/TD"] > kinds["/TH"]


def test_charts_are_told_in_words() -> None:
    figures = [element for element in _tree(_read("self_reporting")) if element["/S"] == "/Figure"]
    assert len(figures) == 2
    for figure in figures:
        assert "6 Oct: 60 accounts, error rate 5 %" in str(figure["/Alt"])
    assert "level of 100" in str(figures[0]["/Alt"])
    assert "limit of 10 %" in str(figures[1]["/Alt"])


def test_sections_are_bookmarks() -> None:
    outline = _read("self_reporting").outline
    titles = [entry.title for entry in outline if not isinstance(entry, list)]
    assert titles == [
        "The seven steps",
        "Requirements and their evidence",
        "Testing",
        "Reporting relationships",
        "Registration, people and accounts",
        "Open points",
        "Decisions and overrides",
        "How the guide was read",
        "Evidence log",
    ]
