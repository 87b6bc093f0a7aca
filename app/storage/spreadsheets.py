"""Lists as CSV that every spreadsheet program opens right, and none runs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

#: A spreadsheet takes texts that begin so for formulas and runs them.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def csv_bytes(rows: Iterable[Iterable[object]]) -> bytes:
    """`rows` as CSV, in UTF-8 with a mark, so that spreadsheets read it right."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for row in rows:
        writer.writerow([_plain(value) for value in row])
    return out.getvalue().encode("utf-8-sig")


def _plain(value: object) -> object:
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return "'" + value
    return value
