"""The open case: the one object pages talk to.

edit -> validate -> keep in memory -> store with its history entry (in a job) -> assess ->
one signal -> repaint. Pages hold no truth of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from types import MappingProxyType
from typing import TypeAlias

from PySide6.QtCore import QObject, QTimer, Signal

from app.background import JobRunner, Report
from app.cancellation import CancelToken
from app.failures import UserFacingError
from app.onboarding import editing
from app.onboarding.assessment import Assessment
from app.onboarding.business_calendar import eastern_date
from app.onboarding.case import Case
from app.onboarding.progress import assess
from app.onboarding.values import Row
from app.storage.case_store import CaseStore, SavedEdit
from app.storage.changes import Change
from app.storage.faults import PASSING, Fault, StorageError
from app.storage.history import EntryKind, FileFacts, HistoryEntry

#: How long to wait before storing again what could not be stored, in milliseconds.
RETRY_AFTER = 3_000


class SaveState(Enum):
    """Whether the disk holds what the screen shows."""

    SAVED = "saved"
    SAVING = "saving"
    FAILED = "failed"


@dataclass(frozen=True)
class Saving:
    """The state of saving: since when saved, or why not."""

    state: SaveState
    at: datetime | None = None
    failure: UserFacingError | None = None


@dataclass(frozen=True)
class Edit:
    """What the person changed at once: the case before and after, and the paths it is about.

    A path names a fact or a row of a list.
    """

    before: Case
    after: Case
    paths: tuple[str, ...]


Clock: TypeAlias = Callable[[], datetime]


def _utc_now() -> datetime:
    return datetime.now(UTC)


class OpenCase(QObject):
    """A case being worked on.

    `changed` carries the new `Assessment` after every change of a fact or of the day; `edited`
    an `Edit` after everything the person changed at once;
    `saving_changed` carries a `Saving`. `clock_behind` carries the time (UTC) of the entry before,
    where this computer's clock stands before it.
    """

    changed = Signal(object)
    edited = Signal(object)
    saving_changed = Signal(object)
    clock_behind = Signal(object)

    def __init__(
        self, store: CaseStore, runner: JobRunner, case: Case, *, clock: Clock = _utc_now
    ) -> None:
        super().__init__()
        self._store = store
        self._runner = runner
        self._clock = clock
        self._case = case
        self._assessment = assess(case, self.today)
        self._pending: list[Change] = []
        self._storing = 0
        self._held = 0
        self._held_edit: Edit | None = None
        self._busy = False
        #: Somebody else has changed the case since: only opening it again helps.
        self.outdated = False
        self.saving = Saving(SaveState.SAVED)
        self._retry = QTimer(self, singleShot=True, interval=RETRY_AFTER)
        self._retry.timeout.connect(self._store_pending)
        # Painting posts its events first: storing beside it would take turns with it.
        self._after_painting = QTimer(self, singleShot=True, interval=0)
        self._after_painting.timeout.connect(self._store_pending)

    @property
    def case(self) -> Case:
        """All facts as they now are."""
        return self._case

    @property
    def assessment(self) -> Assessment:
        """What the facts amount to today."""
        return self._assessment

    @property
    def now(self) -> datetime:
        """This moment (UTC)."""
        return self._clock()

    @property
    def today(self) -> date:
        """Today in Eastern Time, the time CAT and its Help Desk live by."""
        return eastern_date(self._clock())

    @property
    def unsaved(self) -> bool:
        """Whether something is not on disk yet."""
        return bool(self._pending) or self._busy

    @property
    def unstored(self) -> tuple[HistoryEntry, ...]:
        """What is recorded on the screen alone, oldest first."""
        return tuple(change.entry for change in self._pending)

    def edit(self, path: str, raw: object) -> str:
        """Take what was entered into the field at `path` (text as typed, or a value).

        Returns:
            An empty text if the fact was accepted; else the one line that says what is
            wrong. What was typed is kept either way.

        Raises:
            KeyError: there is no such field.
        """
        before = editing.value_at(self._case, path)
        try:
            changed = editing.with_value(self._case, path, raw, self._latest_today())
            problem = ""
        except editing.FieldProblemError as refused:
            changed = editing.with_unaccepted(self._case, path, str(raw))
            problem = refused.message
        if changed != self._case:
            after = editing.value_at(changed, path)
            note = "not accepted" if problem else ""
            self._apply(changed, Change(EntryKind.FACT_CHANGED, path, before, after, note=note))
        return problem

    def problem_at(self, path: str) -> str:
        """The line for a field that holds a text it cannot take; empty if it holds none."""
        text = self._case.unaccepted.get(path)
        if text is None:
            return ""
        try:
            editing.with_value(self._case, path, text, self._latest_today())
        except editing.FieldProblemError as refused:
            return refused.message
        return "Check this entry."

    def add_row(
        self,
        path: str,
        row: Row,
        kind: EntryKind = EntryKind.FACT_CHANGED,
        *,
        file: FileFacts | None = None,
    ) -> None:
        """Add `row` to the list at `path`; `file` is what it rests on."""
        self.put_rows(path, (row,), kind, files={row.id: file} if file is not None else {})

    def put_rows(
        self,
        path: str,
        rows: Sequence[Row],
        kind: EntryKind = EntryKind.FACT_CHANGED,
        *,
        files: Mapping[str, FileFacts] = MappingProxyType({}),
    ) -> None:
        """Add `rows` to the list at `path`, each in place of the row with its id if there is one.

        Every row gets an entry of its own; all of them are stored in one transaction and shown
        in one repaint. `files` tells by a row's id what it rests on.
        """
        known: dict[str, Row] = {row.id: row for row in editing.value_at(self._case, path)}
        changes = []
        for row in rows:
            before = known.get(row.id)
            place = path if before is None else f"{path}.{row.id}"
            changes.append(Change(kind, place, before, row, file=files.get(row.id)))
        self._apply(editing.with_rows(self._case, path, rows), *changes)

    def remove_row(self, path: str, row_id: str) -> None:
        """Take a row out of the list at `path`; the history keeps what it held."""
        before = editing.value_at(self._case, f"{path}.{row_id}")
        changed = editing.without_row(self._case, path, row_id)
        self._apply(changed, Change(EntryKind.FACT_CHANGED, f"{path}.{row_id}", before, None))

    def record(
        self,
        path: str,
        value: object,
        kind: EntryKind,
        *,
        note: str = "",
        file: FileFacts | None = None,
    ) -> None:
        """Put an already validated `value` at `path`, with its entry in the history."""
        before = editing.value_at(self._case, path)
        changed = editing.with_replaced(self._case, path, value)
        self._apply(changed, Change(kind, path, before, value, note=note, file=file))

    def restore(self, paths: Sequence[str], earlier: Case, *, note: str) -> None:
        """Bring back what `earlier` held at `paths`, as an edit of its own with this `note`."""
        restored = editing.with_earlier(self._case, paths, earlier)
        before, after = (editing.values_at(case, paths) for case in (self._case, restored))
        changes = []
        for path in paths:
            back = before[path] is None and isinstance(after[path], Row)
            place = path.rpartition(".")[0] if back else path
            changes.append(
                Change(EntryKind.FACT_CHANGED, place, before[path], after[path], note=note)
            )
        self._apply(restored, *changes)

    @contextmanager
    def together(self, *, by_hand: bool = True) -> Iterator[None]:
        """Changes made inside are stored in one transaction and shown in one repaint.

        They are one `Edit`; none where the program fills something in by itself (not `by_hand`).
        """
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1
            self._store_soon()
            self.refresh()
            if not self._held:
                edit, self._held_edit = self._held_edit, None
                if edit is not None and by_hand:
                    self.edited.emit(edit)

    def note(self, kind: EntryKind, path: str, note: str = "") -> None:
        """Add an entry to the history that changes no fact (a password kept, a key accepted)."""
        self.tell(Change(kind, path, note=note))

    def tell(self, change: Change) -> None:
        """The same for an entry that says more, such as to whom a message was sent."""
        self._pending.append(change)
        self._store_soon()

    def refresh(self) -> None:
        """Assess again: the day has changed, or a page needs a repaint."""
        if self._held:
            return
        self._assessment = assess(self._case, self.today)
        self.changed.emit(self._assessment)

    def _latest_today(self) -> date:
        """The later of the Eastern and the local day: neither is a future day for the person."""
        return max(self.today, self._clock().astimezone().date())

    def _apply(self, changed: Case, *changes: Change) -> None:
        before, self._case = self._case, changed
        self._pending.extend(changes)
        self._store_soon()
        self.refresh()
        paths = tuple(change.unit for change in changes if change.by_hand)
        if not paths:
            return
        if self._held:
            held = self._held_edit or Edit(before, changed, ())
            paths = tuple(dict.fromkeys((*held.paths, *paths)))
            self._held_edit = Edit(held.before, changed, paths)
        else:
            self.edited.emit(Edit(before, changed, paths))

    def _store_soon(self) -> None:
        """Store everything pending as soon as the change has been painted."""
        if self._held or not self._pending:
            return
        if self.saving.state is SaveState.SAVED:
            self._tell(Saving(SaveState.SAVING, self.saving.at))
        self._after_painting.start()

    def _store_pending(self) -> None:
        """Hand everything not yet stored to one job; edits made meanwhile go with the next."""
        if self._busy or self._held or self.outdated or not self._pending:
            return
        self._retry.stop()
        case, changes = self._case, tuple(self._pending)
        self._busy = True
        self._storing = len(changes)

        def save(token: CancelToken, report: Report) -> SavedEdit:
            # Not cancellable: closing the window waits for it.
            return self._store.save(case, [change.entry for change in changes])

        job = self._runner.prepare("save", save)
        job.done.connect(self._stored)
        job.failed.connect(self._not_stored)
        job.cancelled.connect(self._store_again)
        self._runner.start(job)

    def _stored(self, saved: SavedEdit) -> None:
        self._busy = False
        del self._pending[: self._storing]
        if saved.clock_behind is not None:
            self.clock_behind.emit(saved.clock_behind)
        if self._pending:
            self._store_pending()
        else:
            self._tell(Saving(SaveState.SAVED, saved.at))

    def _not_stored(self, failure: Exception) -> None:
        """Nothing is lost: the entries stay pending; storing is tried again where that can help."""
        self._busy = False
        kind = failure.fault if isinstance(failure, StorageError) else None
        self.outdated = kind is Fault.CHANGED_ELSEWHERE
        if not isinstance(failure, UserFacingError):
            failure = UserFacingError(
                "The last change could not be stored.",
                "It is still on the screen.",
                "Leave the program open and copy the report for support.",
            )
        self._tell(Saving(SaveState.FAILED, self.saving.at, failure))
        if kind is None or kind in PASSING:
            self._retry.start()

    def _store_again(self) -> None:
        self._busy = False
        self._store_pending()

    def _tell(self, saving: Saving) -> None:
        self.saving = saving
        self.saving_changed.emit(saving)
