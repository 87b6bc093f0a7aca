"""The cases of one person: listed, loaded, and saved together with their history."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from operator import is_
from typing import TYPE_CHECKING

from app.onboarding.case import Case
from app.storage import case_rows
from app.storage.chain import CLOCK_TOLERANCE
from app.storage.database import Database
from app.storage.faults import Fault, StorageError, fault
from app.storage.history import (
    EntryKind,
    FileFacts,
    HistoryEntry,
    RecordedEntry,
    recorded,
)
from app.storage.origin import Origin

if TYPE_CHECKING:
    from sqlite_utils import Database as Tables


@dataclass(frozen=True)
class CaseSummary:
    """A line of the list of cases. `firm_number` is the CRD number or ORG ID, or empty."""

    id: str
    firm_name: str
    firm_number: str
    practice: bool
    changed_at: datetime
    archived: bool


@dataclass(frozen=True)
class SavedEdit:
    """That an edit is on disk: when, which entries went with it, and whether the clock is odd.

    `clock_behind` is the time of the latest earlier entry when this workstation's clock
    stands before it; the edit is saved all the same, and the order of entries holds.
    """

    at: datetime
    entries: tuple[RecordedEntry, ...]
    clock_behind: datetime | None = None


@dataclass(frozen=True)
class _Known:
    """What this program last read or wrote of a case."""

    case: Case
    revision: int


@dataclass(frozen=True)
class _Attempt:
    """The last save of a case. Where it failed, it may have reached the disk all the same."""

    known: _Known
    entries: tuple[HistoryEntry, ...]
    saved: SavedEdit
    sure: bool = False


class CaseStore:
    """All cases in one database.

    Args:
        database: the open database.
        origin: who writes; this person on this workstation unless told.
        now: the clock (aware); the computer's unless told.
    """

    def __init__(
        self,
        database: Database,
        *,
        origin: Origin | None = None,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self.database = database
        self.origin = origin or Origin.here()
        self.now = now or (lambda: datetime.now(UTC))
        self._known: dict[str, _Known] = {}
        self._last: dict[str, _Attempt] = {}

    def list_cases(self, *, archived: bool = False) -> tuple[CaseSummary, ...]:
        """All cases, by firm name; archived ones only when asked for.

        Raises:
            StorageError: the database cannot be read.
        """
        with self.database.read() as tables:
            rows = tables.execute(
                "SELECT id, firm_name, firm_number, practice, changed_at, archived_at FROM cases "
                "WHERE archived_at IS NULL OR ? ORDER BY firm_name COLLATE NOCASE, created_at",
                (archived,),
            ).fetchall()
        return tuple(
            CaseSummary(
                id=row[0],
                firm_name=row[1],
                firm_number=row[2],
                practice=bool(row[3]),
                changed_at=datetime.fromisoformat(row[4]),
                archived=row[5] is not None,
            )
            for row in rows
        )

    def load(self, case_id: str) -> Case:
        """The case `case_id` as it was last saved.

        Raises:
            KeyError: there is no such case.
            StorageError: it cannot be read.
        """
        with self.database.read() as tables:
            case, revision = case_rows.read_case(tables, case_id)
        self._known[case_id] = _Known(case, revision)
        return case

    def save(self, case: Case, entries: Sequence[HistoryEntry]) -> SavedEdit:
        """Store `case` with what is to be recorded about it, in one transaction.

        Only sections that differ from what was last loaded or saved here are written. Where the
        caller cannot know whether a save succeeded, the very same entries are passed again,
        followed by newer ones if there are any: none is recorded twice.

        Args:
            case: all facts as they now are.
            entries: what changed; may be empty only if no fact did
                (see `case_rows.UNSEALED_SECTIONS`).

        Raises:
            ValueError: facts changed but nothing is to be recorded.
            StorageError: nothing was saved; where `passing`, saving may be tried again.
        """
        wanted = tuple(entries)
        attempt: _Attempt | None = None
        try:
            with self.database.write() as tables:
                landed = self._landed(tables, case.id, wanted)
                attempt = self._write(tables, case, wanted[len(landed) :])
        except StorageError:
            if attempt is not None:
                self._last[case.id] = attempt
            raise
        self._known[case.id] = attempt.known
        saved = replace(attempt.saved, entries=landed + attempt.saved.entries)
        self._last[case.id] = _Attempt(attempt.known, wanted, saved, sure=True)
        return saved

    def archive(self, case_id: str, *, note: str = "") -> SavedEdit:
        """Take the case out of the list. It is never deleted: its history is evidence.

        Raises:
            KeyError: there is no such case.
            StorageError: nothing was changed.
        """
        return self._set_archived(case_id, EntryKind.ARCHIVED, note)

    def reopen(self, case_id: str, *, note: str = "") -> SavedEdit:
        """Put an archived case back into the list.

        Raises:
            KeyError: there is no such case.
            StorageError: nothing was changed.
        """
        return self._set_archived(case_id, EntryKind.REOPENED, note)

    def forget(self, case_id: str) -> None:
        """Drop what is remembered of a case that was changed past this store; `load` it again."""
        self._known.pop(case_id, None)
        self._last.pop(case_id, None)

    def record(self, case_id: str, entry: HistoryEntry) -> SavedEdit:
        """Add an entry that changes no fact (a file handed over, a credential stored).

        Raises:
            KeyError: there is no such case.
            StorageError: nothing was saved.
        """
        with self.database.write() as tables:
            case_rows.read_head(tables, case_id)
            return self.append(tables, case_id, (entry,))

    def record_export(self, case_id: str, head_hash: str, file: FileFacts) -> SavedEdit:
        """Remember a document that names `head_hash`, so that the chain can be held against it.

        Raises:
            KeyError: no entry of the case has that hash.
            StorageError: nothing was saved.
        """
        with self.database.write() as tables:
            named = tables.execute(
                "SELECT seq FROM history WHERE case_id = ? AND hash = ?", (case_id, head_hash)
            ).fetchone()
            if named is None:
                raise KeyError(head_hash)
            entry = HistoryEntry(EntryKind.DOCUMENT_WRITTEN, after=head_hash, file=file)
            saved = self.append(tables, case_id, (entry,))
            case_rows.insert_export(tables, saved.entries[0], named[0], head_hash)
        return saved

    def exports(self, case_id: str | None = None) -> tuple[case_rows.Export, ...]:
        """Every summary written of a case (of all cases without one), oldest first.

        Raises:
            StorageError: the database cannot be read.
        """
        with self.database.read() as tables:
            return tuple(case_rows.read_exports(tables, case_id))

    def history(self, case_id: str, *, after: int = 0, limit: int = -1) -> list[RecordedEntry]:
        """The entries of a case in order, at most `limit` after the entry number `after`.

        Raises:
            StorageError: the database cannot be read.
        """
        with self.database.read() as tables:
            return case_rows.read_entries(tables, case_id, after=after, limit=limit)

    def head(self, case_id: str) -> tuple[int, str]:
        """Number and hash of the last entry, as a summary PDF names them.

        Raises:
            KeyError: there is no such case.
            StorageError: the database cannot be read.
        """
        with self.database.read() as tables:
            return case_rows.read_head(tables, case_id)

    def _write(self, tables: Tables, case: Case, entries: tuple[HistoryEntry, ...]) -> _Attempt:
        known = self._known.get(case.id)
        changed = case_rows.sections_of(case, known.case if known else None)
        if not entries and changed.keys() - case_rows.UNSEALED_SECTIONS:
            raise ValueError(f"no history entry for changed {sorted(changed)}")
        revision = known.revision + 1 if known else 1
        at = self.now()
        if known is None:
            case_rows.insert_case(tables, case, at)
        elif not case_rows.update_case(tables, case, at, revision):
            raise fault(Fault.CHANGED_ELSEWHERE, self.database.path, saving=True)
        case_rows.write_sections(tables, case.id, changed)
        state = case_rows.read_state(tables, case.id)
        saved = self.append(tables, case.id, entries, state=state, at=at)
        return _Attempt(_Known(case, revision), entries, saved)

    def append(
        self,
        tables: Tables,
        case_id: str,
        entries: tuple[HistoryEntry, ...],
        *,
        state: str | None = None,
        at: datetime | None = None,
    ) -> SavedEdit:
        """Add `entries` to a chain, within a transaction.

        Args:
            tables: what `Database.write` gave.
            case_id: the case.
            entries: what is recorded.
            state: the hash over the facts; without it, that of the facts as they are stored.
            at: when; now unless told.
        """
        moment = at or self.now()
        last = case_rows.read_last_entry(tables, case_id)
        behind = last.at if last and moment < last.at - CLOCK_TOLERANCE else None
        added: list[RecordedEntry] = []
        for entry in entries:
            last = recorded(
                entry,
                case_id=case_id,
                after=last,
                at=moment,
                origin=self.origin,
                state=state or case_rows.read_state(tables, case_id),
            )
            case_rows.insert_entry(tables, last)
            added.append(last)
        return SavedEdit(moment, tuple(added), behind)

    def _landed(
        self, tables: Tables, case_id: str, entries: tuple[HistoryEntry, ...]
    ) -> tuple[RecordedEntry, ...]:
        """Those of `entries` that the last save already brought to the disk."""
        last = self._last.get(case_id)
        if last is None:
            return ()
        if not last.sure:
            row = tables.execute(
                "SELECT revision, head_hash FROM cases WHERE id = ?", (case_id,)
            ).fetchone()
            head = last.saved.entries[-1].hash if last.saved.entries else None
            if row is None or row[0] != last.known.revision or head not in (None, row[1]):
                return ()
            self._known[case_id] = last.known
        again = len(entries) >= len(last.entries) and all(map(is_, entries, last.entries))
        return last.saved.entries if again else ()

    def _set_archived(self, case_id: str, kind: EntryKind, note: str) -> SavedEdit:
        with self.database.write() as tables:
            case_rows.read_head(tables, case_id)
            at = self.now()
            tables.execute(
                "UPDATE cases SET archived_at = ? WHERE id = ?",
                (case_rows.utc_text(at) if kind is EntryKind.ARCHIVED else None, case_id),
            )
            return self.append(tables, case_id, (HistoryEntry(kind, note=note),), at=at)
