"""Any text can be set by the standards: nothing a person types stops a document."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.report import typesetting
from app.report.typesetting import Paper
from tests.report.font_coverage import coverage_file
from tests.report.samples import MADE_AT


def _set(*texts: str) -> bytes:
    """A worksheet with `texts` as its firm, values and notes; refused texts raise."""
    content: dict[str, Any] = {
        "title": f"Worksheet: {texts[0]}",
        "heading": "Worksheet",
        "firm": texts[0],
        "version": "0",
        "made_at": "now",
        "practice": False,
        "form": {"text": "Form", "url": "https://example.com/form"},
        "groups": [
            {
                "heading": "Values",
                "fields": [{"label": "Name", "value": text, "remark": text} for text in texts],
            }
        ],
        "notes": list(texts),
    }
    return typesetting.pdf("worksheet.typ", content, MADE_AT, paper=Paper.LETTER)


def test_every_covered_character_can_be_set_in_every_style() -> None:
    ranges = json.loads(coverage_file().read_text("utf-8"))
    characters = [chr(point) for first, last in ranges for point in range(first, last + 1)]
    chunks = [" ".join(characters[at : at + 60]) for at in range(0, len(characters), 60)]
    assert len(_set(*chunks)) > 100_000


@settings(max_examples=60)
@given(st.lists(st.text(max_size=200), min_size=1, max_size=20))
def test_any_text_can_be_set(texts: list[str]) -> None:
    assert _set(*texts).startswith(b"%PDF-1.7")
