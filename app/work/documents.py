"""Documents on behalf of the pages: set and written in jobs, after everything is stored."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.background import Job, JobRunner, Report
from app.cancellation import CancelToken
from app.failures import UserFacingError
from app.onboarding.assessment import Assessment
from app.open_case import OpenCase, SaveState, Saving
from app.work.workplace import Workplace

if TYPE_CHECKING:
    from app.report.messages import Message

#: Makes something of the case as it stood, at a moment.
Task = Callable[[Assessment, datetime], Any]


class DocumentDesk(QObject):
    """Makes one document after the other.

    A document names the head of the history, so it waits until every edit is on disk.
    `written` and `worksheet_made` carry a `Written`, `previewed` the pages as PNG bytes, `failed` a
    `UserFacingError`; `busy_changed` whether something is under way.
    """

    written = Signal(object)
    worksheet_made = Signal(object)
    previewed = Signal(object)
    failed = Signal(object)
    busy_changed = Signal(bool)

    def __init__(self, open_case: OpenCase, runner: JobRunner, workplace: Workplace) -> None:
        super().__init__()
        self._open_case = open_case
        self._runner = runner
        self._cases = workplace.cases
        self._queue: list[tuple[str, Task]] = []
        self._job: Job | None = None
        self._folder: Path | None = None
        open_case.saving_changed.connect(self._saving_changed)

    @property
    def busy(self) -> bool:
        """Whether a document is under way or waits its turn."""
        return self._job is not None or bool(self._queue)

    def write_summary(self, path: Path) -> None:
        """Write the certification summary; the person has agreed to replace an existing file."""

        def write(assessment: Assessment, now: datetime) -> object:
            from app.work.exports import write_summary

            return write_summary(self._cases, assessment, now, path, overwrite=True)

        self._enqueue("summary", write)

    def write_email(self, message: Message, path: Path) -> None:
        """Write the message as a draft with the summary attached (the person chose `path`)."""

        def write(assessment: Assessment, now: datetime) -> object:
            from app.work.exports import write_email

            return write_email(self._cases, assessment, message, now, path, overwrite=True)

        self._enqueue("e-mail", write)

    def registration_worksheet(self) -> None:
        """Make the worksheet of the registration form; `worksheet_made` follows."""
        self._worksheet(None)

    def sftp_worksheet(self, account_id: str) -> None:
        """Make the worksheet of an account's SFTP form; `worksheet_made` follows."""
        self._worksheet(account_id)

    def _worksheet(self, account_id: str | None) -> None:
        folder = self._scratch()

        def write(assessment: Assessment, now: datetime) -> object:
            from app.work.exports import write_worksheet

            accounts = assessment.case.sftp.accounts
            account = next((a for a in accounts if a.id == account_id), None)
            return write_worksheet(assessment, account, now, folder)

        self._enqueue("worksheet", write)

    def _scratch(self) -> Path:
        """A private folder for what is only to be looked at; it goes with the program."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="cais-onboarding-"))
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        return self._folder

    def preview(self, ppi: int) -> None:
        """Set the pages of the summary as pictures; a later wish replaces an earlier one."""

        def pages(assessment: Assessment, now: datetime) -> object:
            from app.report.summary import summary_pages
            from app.work.exports import occasion_of

            occasion = occasion_of(self._cases, assessment.case.id, now)
            return summary_pages(assessment, occasion, ppi=ppi)

        self._queue = [(name, task) for name, task in self._queue if name != "preview"]
        self._enqueue("preview", pages)

    def _enqueue(self, name: str, task: Task) -> None:
        self._queue.append((name, task))
        self.busy_changed.emit(True)
        self._next()

    def _saving_changed(self, saving: Saving) -> None:
        if saving.state is SaveState.FAILED and self._queue and saving.failure is not None:
            self._queue.clear()
            self.failed.emit(saving.failure)
            self.busy_changed.emit(False)
        else:
            self._next()

    def _next(self) -> None:
        if self._job is not None or not self._queue or self._open_case.unsaved:
            return
        name, task = self._queue.pop(0)
        assessment, now = self._open_case.assessment, self._open_case.now

        def work(token: CancelToken, report: Report) -> tuple[str, object]:
            return name, task(assessment, now)

        self._job = self._runner.prepare(name, work)
        self._job.done.connect(self._done)
        self._job.failed.connect(self._failed)
        self._job.ended.connect(self._ended)
        self._runner.start(self._job)

    def _done(self, outcome: tuple[str, object]) -> None:
        name, result = outcome
        signals = {"preview": self.previewed, "worksheet": self.worksheet_made}
        signals.get(name, self.written).emit(result)

    def _failed(self, failure: Exception) -> None:
        if isinstance(failure, UserFacingError):
            self.failed.emit(failure)

    def _ended(self, job: Job) -> None:
        self._job = None
        self._next()
        if not self.busy:
            self.busy_changed.emit(False)
