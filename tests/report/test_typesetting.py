"""Any text can be set by the standards: nothing a person types stops a document."""

from __future__ import annotations

import json
import subprocess
import sys
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


def test_setting_pages_again_and_again_takes_no_more_memory() -> None:
    """The engine keeps what it cached for ten documents: a preview would fill the memory."""
    code = (
        "from dataclasses import replace\n"
        "from datetime import timedelta\n"
        "from pathlib import Path\n"
        "from app.report.summary import summary_pages\n"
        "from tests.report.samples import assessed, case_of, occasion\n"
        "case = case_of('reports_for_others')\n"
        "made = occasion(case)\n"
        "for again in range(8):\n"
        "    made = replace(made, made_at=made.made_at + timedelta(minutes=1))\n"
        "    summary_pages(assessed(case), made)\n"
        "    print(int(Path('/proc/self/statm').read_text().split()[1]) * 4096)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    resident = [int(line) for line in done.stdout.split()]
    assert resident[-1] - resident[1] < 30_000_000
