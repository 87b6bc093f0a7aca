"""Carrying over what a set-aside database still holds beyond a backup.

Entries that continue a chain are taken over exactly as they were sealed. Entries that can
be read but no longer linked (a page between them is lost) are written to a file beside the
set-aside database: they prove less, but nothing readable is thrown away.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.onboarding.case import Case
from app.storage import case_rows
from app.storage.faults import StorageError
from app.storage.history import (
    EntryKind,
    HistoryEntry,
    RecordedEntry,
    first_link,
    recorded,
    seal_of,
)
from app.storage.inspection import untouched
from app.storage.origin import Origin

if TYPE_CHECKING:
    from sqlite_utils import Database as Tables

_COLUMNS = ", ".join(field.name for field in fields(RecordedEntry))
#: So many unreadable places in a row: the history of the case has ended.
_LONGEST_GAP = 500
#: How a damaged page shows; a message of SQLite that quotes it need not be text at all.
_UNREADABLE = (sqlite3.Error, UnicodeDecodeError)


@dataclass(frozen=True)
class Salvaged:
    """How much was carried over.

    Attributes:
        entries: entries taken into their chains.
        cases_with_facts: cases whose facts are those of the set-aside database.
        cases_from_backup: cases with later entries whose facts are nevertheless the backup's.
        loose: readable entries that no longer link to the one before them.
    """

    entries: int
    cases_with_facts: int
    cases_from_backup: int
    loose: tuple[RecordedEntry, ...]

    def write_loose(self, file: Path) -> None:
        """Write the loose entries to `file` as JSON.

        Raises:
            OSError: it cannot be written.
        """
        file.write_text(json.dumps([vars(entry) for entry in self.loose], indent=1), "utf-8")


@dataclass(frozen=True)
class Restoration:
    """How a restore is told in the history: from what, by whom, when, and what was wanted."""

    source: str
    origin: Origin
    at: datetime
    recover_facts: bool


@dataclass(frozen=True)
class _Rest:
    """What the set-aside database still says about one case."""

    header: tuple[Any, ...] | None
    entries: list[RecordedEntry]
    bodies: dict[str, str]


def salvage(former: Path, tables: Tables, restoration: Restoration) -> Salvaged:
    """Carry over into `tables` what the database at `former` holds beyond it.

    Every case gets an entry that tells of the restore. `former` is not touched.
    """
    heads: dict[str, RecordedEntry | None] = {
        case_id: case_rows.read_last_entry(tables, case_id)
        for (case_id,) in tables.execute("SELECT id FROM cases").fetchall()
    }
    taken = with_facts = from_backup = 0
    loose: list[RecordedEntry] = []
    for case_id, rest in _read_former(former, tables, heads):
        linked, unlinked = _linked(case_id, heads.get(case_id), rest.entries)
        loose += unlinked
        case = _case(case_id, rest, linked, restoration)
        if case_id not in heads and not _add(tables, case_id, rest, restoration):
            loose += linked
            continue
        for entry in linked:
            case_rows.insert_entry(tables, entry)
        if case is not None:
            _take_facts(tables, case, rest, restoration)
        _tell(tables, case_id, restoration, len(linked), facts=case is not None)
        taken += len(linked)
        with_facts += case is not None
        from_backup += case is None and bool(linked)
    return Salvaged(taken, with_facts, from_backup, tuple(loose))


def _read_former(
    former: Path, tables: Tables, heads: dict[str, RecordedEntry | None]
) -> list[tuple[str, _Rest]]:
    if not former.exists():
        return [(case_id, _Rest(None, [], {})) for case_id in sorted(heads)]
    with untouched(former) as connection:
        ids = set(heads)
        for query in ("SELECT id FROM cases", "SELECT DISTINCT case_id FROM history"):
            ids |= {row[0] for row in _rows(connection, query) if isinstance(row[0], str)}
        found = [
            (case_id, _read_case(connection, case_id, heads.get(case_id)))
            for case_id in sorted(ids)
        ]
        for row in _rows(
            connection, "SELECT account, case_id, stored_at, outdated FROM kept_credentials"
        ):
            tables.execute("INSERT OR IGNORE INTO kept_credentials VALUES (?, ?, ?, ?)", row)
    return found


def _read_case(connection: sqlite3.Connection, case_id: str, head: RecordedEntry | None) -> _Rest:
    headers = _rows(
        connection,
        "SELECT format, practice, created_at, archived_at FROM cases WHERE id = ?",
        case_id,
    )
    entries: list[RecordedEntry] = []
    position, gap = head.seq if head else 0, 0
    while gap < _LONGEST_GAP:
        query = f"SELECT {_COLUMNS} FROM history WHERE case_id = ? AND seq > ? ORDER BY seq"  # noqa: S608 - our own column names
        try:
            for row in connection.execute(query, (case_id, position)):
                entries.append(RecordedEntry(*row))
                position, gap = entries[-1].seq, 0
            break
        except _UNREADABLE:
            position, gap = position + 1, gap + 1
    bodies = _rows(connection, "SELECT section, body FROM case_sections WHERE case_id = ?", case_id)
    sound = [entry for entry in entries if _is_sound(entry, case_id)]
    return _Rest(next(headers, None), sound, dict(bodies))


def _rows(
    connection: sqlite3.Connection, query: str, *parameters: object
) -> Iterator[tuple[Any, ...]]:
    """The rows up to the first page that cannot be read."""
    try:
        yield from connection.execute(query, parameters)
    except _UNREADABLE:
        return


def _is_sound(entry: RecordedEntry, case_id: str) -> bool:
    try:
        return entry.case_id == case_id and seal_of(entry) == entry.hash
    except (TypeError, ValueError):
        return False  # a damaged page can give a column any type


def _linked(
    case_id: str, head: RecordedEntry | None, entries: list[RecordedEntry]
) -> tuple[list[RecordedEntry], list[RecordedEntry]]:
    """The entries that continue the chain after `head`, and the others."""
    link, seq = (head.hash, head.seq) if head else (first_link(case_id), 0)
    for position, entry in enumerate(entries):
        if (entry.previous_hash, entry.seq) != (link, seq + 1):
            return entries[:position], entries[position:]
        link, seq = entry.hash, entry.seq
    return entries, []


def _case(
    case_id: str, rest: _Rest, linked: list[RecordedEntry], restoration: Restoration
) -> Case | None:
    """The case with its later facts, if these are wanted and just as its last entry sealed them."""
    if not (restoration.recover_facts and linked and rest.header):
        return None
    if linked[-1].state != case_rows.state_of_bodies(rest.bodies):
        return None
    try:
        return case_rows.case_of(_header(case_id, rest.header), rest.bodies)
    except StorageError:
        return None


def _add(tables: Tables, case_id: str, rest: _Rest, restoration: Restoration) -> bool:
    """Add a case that the backup does not have, without facts yet; False if it cannot be read."""
    if rest.header is None:
        return False
    try:
        case = case_rows.case_of(_header(case_id, rest.header), {})
    except StorageError:
        return False
    case_rows.insert_case(tables, case, restoration.at)
    case_rows.write_sections(tables, case_id, case_rows.sections_of(case))
    return True


def _take_facts(tables: Tables, case: Case, rest: _Rest, restoration: Restoration) -> None:
    case_rows.write_sections(tables, case.id, rest.bodies)
    (revision,) = tables.execute("SELECT revision FROM cases WHERE id = ?", (case.id,)).fetchone()
    case_rows.update_case(tables, case, restoration.at, revision + 1)
    archived_at = rest.header[3] if rest.header else None
    tables.execute("UPDATE cases SET archived_at = ? WHERE id = ?", (archived_at, case.id))


def _tell(
    tables: Tables, case_id: str, restoration: Restoration, taken: int, *, facts: bool
) -> None:
    which = "their facts as well" if facts else "the facts are those of the backup"
    later = f"{taken} later entries carried over, {which}." if taken else "No later entries found."
    entry = recorded(
        HistoryEntry(EntryKind.RESTORED, note=f"Restored from {restoration.source}. {later}"),
        case_id=case_id,
        after=case_rows.read_last_entry(tables, case_id),
        at=restoration.at,
        origin=restoration.origin,
        state=case_rows.read_state(tables, case_id),
    )
    case_rows.insert_entry(tables, entry)


def _header(case_id: str, row: tuple[Any, ...]) -> dict[str, object]:
    return {"id": case_id, "format": row[0], "practice": bool(row[1]), "created_at": row[2]}
