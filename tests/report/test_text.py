"""Text for pages: everything can be shown, nothing is lost that can."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.report.text import BREAK, REPLACEMENT, breakable, clean, for_pages
from tests.report.font_coverage import coverage_file, covered


def test_the_list_of_covered_characters_fits_the_fonts() -> None:
    assert json.loads(coverage_file().read_text("utf-8")) == covered()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Harbor LLC", "Harbor LLC"),
        ("Zu\u0308rich", "Zürich"),
        ("港湾証券 하버 شركة חברה", "港湾証券 하버 شركة חברה"),
        ("a\u202eb\u2066c\ufeff", "abc"),
        ("line\none\r\tx\x00", "line\none  x"),
        ("\ue000 \ufdd0 \U000f0000", "\ufffd \ufffd \ufffd"),
        ("A\ufe0f\u00ad", "A"),
    ],
)
def test_what_stands_on_the_page(text: str, shown: str) -> None:
    assert clean(text) == shown


@given(st.text())
def test_cleaning_is_final_and_leaves_no_control_character(text: str) -> None:
    shown = clean(text)
    assert clean(shown) == shown
    assert not any(unicodedata.category(c) in ("Co", "Cs") for c in shown)
    assert not any(unicodedata.category(c) == "Cc" for c in shown if c != "\n")


@given(st.text(alphabet=st.characters(exclude_characters=BREAK), max_size=300))
def test_breaks_take_nothing_away(text: str) -> None:
    assert breakable(text).replace(BREAK, "") == text


@given(st.text(alphabet="abcXYZ019_./", min_size=23, max_size=300))
def test_no_word_stays_too_long_for_a_column(word: str) -> None:
    assert all(len(piece) <= 12 for piece in breakable(word).split(BREAK))


def test_every_text_in_a_structure_is_treated() -> None:
    made = for_pages({"a": ["\ue000", ("x" * 30,)], "n": 5, "none": None, "yes": True})
    assert made["a"][0] == REPLACEMENT
    assert BREAK in made["a"][1][0]
    assert (made["n"], made["none"], made["yes"]) == (5, None, True)
