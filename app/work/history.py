"""The history of the open case on behalf of the pages: read, checked and exported in jobs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.background import Job, JobRunner, Report
from app.cancellation import CancelToken
from app.failures import UserFacingError
from app.open_case import OpenCase
from app.storage.chain import ChainReport
from app.storage.history import EntryKind, HistoryEntry, RecordedEntry
from app.work.workplace import Workplace


@dataclass(frozen=True, slots=True)
class CheckedHistory:
    """All entries of a case, oldest first, and whether they stand as they were written."""

    entries: tuple[RecordedEntry, ...]
    report: ChainReport


class HistoryDesk(QObject):
    """Reads and exports the history of one open case.

    `read` carries a `CheckedHistory`, `written` the path of an export, `failed` a
    `UserFacingError`; `corrected` comes when a correction is recorded.
    """

    read = Signal(object)
    written = Signal(object)
    corrected = Signal(object)
    failed = Signal(object)

    def __init__(self, open_case: OpenCase, runner: JobRunner, workplace: Workplace) -> None:
        super().__init__()
        self._open_case = open_case
        self._runner = runner
        self._workplace = workplace
        self._reading: Job | None = None
        self._again = False

    def look(self) -> None:
        """Read and check the history; while this is under way, once more afterwards."""
        if self._reading is not None:
            self._again = True
            return
        case_id, workplace = self._open_case.case.id, self._workplace

        def look(token: CancelToken, report: Report) -> CheckedHistory:
            from app.storage.proof import verify_case

            checked = verify_case(workplace.database, case_id)
            return CheckedHistory(tuple(workplace.cases.history(case_id)), checked)

        self._reading = self._runner.prepare("read the history", look)
        self._reading.done.connect(self.read)
        self._reading.failed.connect(self._failed)
        self._reading.ended.connect(self._ended)
        self._runner.start(self._reading)

    def export(self, entries: Sequence[RecordedEntry], path: Path) -> Job:
        """Write `entries` as CSV; the person has agreed to replace an existing file."""
        case_id, workplace = self._open_case.case.id, self._workplace

        def write(token: CancelToken, report: Report) -> Path:
            from app.storage.diary import as_csv
            from app.storage.files import write_whole

            facts = write_whole(path, as_csv(entries), overwrite=True)
            entry = HistoryEntry(EntryKind.DOCUMENT_WRITTEN, note="history as CSV", file=facts)
            workplace.cases.record(case_id, entry)
            return path

        job = self._runner.prepare("export the history", write)
        job.done.connect(self.written)
        job.failed.connect(self._failed)
        return self._runner.start(job)

    def correct(self, entry: RecordedEntry, words: str) -> Job:
        """Record what is wrong with `entry`, in a new entry that names it."""
        case_id, workplace = self._open_case.case.id, self._workplace
        told = HistoryEntry(EntryKind.CORRECTION, entry.path, note=words, corrects=entry.seq)

        def record(token: CancelToken, report: Report) -> None:
            workplace.cases.record(case_id, told)

        job = self._runner.prepare("correct the history", record)
        job.done.connect(self.corrected)
        job.failed.connect(self._failed)
        return self._runner.start(job)

    def _ended(self) -> None:
        self._reading = None
        if self._again:
            self._again = False
            self.look()

    def _failed(self, failure: Exception) -> None:
        if isinstance(failure, UserFacingError):
            self.failed.emit(failure)
