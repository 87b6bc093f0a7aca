"""Which characters the shipped fonts can show: `python -m tests.report.font_coverage` writes it anew.

The program reads the list instead of the fonts, so that no font reader ships with it.
"""

from __future__ import annotations

import json
from pathlib import Path

from fontTools.ttLib import TTFont

from app.resources import path_of


def covered() -> list[list[int]]:
    """The covered code points of all shipped fonts together, as ranges [first, last]."""
    points: set[int] = set()
    for path in sorted(path_of("fonts").glob("*.[to]tf")):
        with TTFont(path, lazy=True) as font:
            points |= set(font.getBestCmap())
    ranges: list[list[int]] = []
    for point in sorted(points):
        if ranges and ranges[-1][1] == point - 1:
            ranges[-1][1] = point
        else:
            ranges.append([point, point])
    return ranges


def coverage_file() -> Path:
    """Where the list lies."""
    return path_of("fonts") / "coverage.json"


if __name__ == "__main__":
    coverage_file().write_text(json.dumps(covered(), separators=(",", ":")) + "\n", "utf-8")
