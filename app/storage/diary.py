"""The history as a person reads it: filtered, and as CSV for an examiner."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from datetime import date

from app.storage.history import JsonValue, RecordedEntry, storable
from app.storage.spreadsheets import csv_bytes

_COLUMNS = (
    "entry",
    "time (Eastern)",
    "time (UTC)",
    "person",
    "workstation",
    "program version",
    "kind",
    "field",
    "before",
    "after",
    "note",
    "corrects entry",
    "file",
    "file size",
    "file SHA-256",
    "hash",
)


def chosen(
    entries: Iterable[RecordedEntry],
    *,
    text: str = "",
    kinds: Collection[str] = (),
    first_day: date | None = None,
    last_day: date | None = None,
) -> Iterator[RecordedEntry]:
    """The entries that fit.

    Args:
        entries: a case's history.
        text: all of its words stand somewhere in the entry, in any letter case.
        kinds: of one of these kinds; all kinds where empty.
        first_day: recorded on this day or later, Eastern Time.
        last_day: recorded on this day or earlier, Eastern Time.
    """
    words = text.casefold().split()
    for entry in entries:
        if kinds and entry.kind not in kinds:
            continue
        day = entry.at_eastern.date() if first_day or last_day else None
        if day and ((first_day and day < first_day) or (last_day and day > last_day)):
            continue
        if words and not _has(entry, words):
            continue
        yield entry


def as_csv(entries: Iterable[RecordedEntry]) -> bytes:
    """`entries` as CSV (UTF-8 with a mark, so that spreadsheets read it right)."""
    rows: list[tuple[object, ...]] = [_COLUMNS]
    for entry in entries:
        values = (
            entry.seq,
            f"{entry.at_eastern:%Y-%m-%d %H:%M:%S %Z}",
            f"{entry.at:%Y-%m-%d %H:%M:%S}",
            entry.os_user,
            entry.workstation,
            entry.program_version,
            entry.kind,
            entry.path,
            _shown(entry.before_value),
            _shown(entry.after_value),
            entry.note,
            entry.corrects,
            entry.file_name,
            entry.file_size,
            entry.file_sha256,
            entry.hash,
        )
        rows.append(values)
    return csv_bytes(rows)


def _has(entry: RecordedEntry, words: list[str]) -> bool:
    texts = (
        entry.path,
        entry.kind.replace("_", " "),
        *(str(value) for value in (entry.before_value, entry.after_value) if value is not None),
        entry.note,
        entry.os_user,
        entry.workstation,
        entry.file_name or "",
        entry.file_sha256 or "",
        entry.hash,
        str(entry.seq),
    )
    whole = "\n".join(texts).casefold()
    return all(word in whole for word in words)


def _shown(value: JsonValue) -> str:
    if value is None:
        return ""
    return storable(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
