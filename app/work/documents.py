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
    from PySide6.QtPrintSupport import QPrinter

    from app.report.messages import Message
    from app.storage.case_rows import Export

#: Makes something of the case as it stood, at a moment.
Task = Callable[[Assessment, datetime, CancelToken, Report], Any]
_PREVIEW = "preview"
_LOOK = "look back"


class Order(QObject):
    """Something that was asked for. At most one of `done` and `failed` comes, then `ended`.

    `done` carries what was made, `failed` a `UserFacingError`. A preview that a later one
    replaces only ends.
    """

    progressed = Signal(object)
    done = Signal(object)
    failed = Signal(object)
    ended = Signal()

    def __init__(self, name: str, task: Task) -> None:
        super().__init__()
        self.name = name
        self.task = task
        self._job: Job | None = None

    def cancel(self) -> None:
        """Stop it where it stands, if it has begun."""
        if self._job is not None:
            self._job.cancel()

    def begin(self, runner: JobRunner, assessment: Assessment, now: datetime) -> Job:
        """The job that does it, not started."""

        def work(token: CancelToken, report: Report) -> Any:
            return self.task(assessment, now, token, report)

        self._job = runner.prepare(self.name, work)
        self._job.progressed.connect(self.progressed)
        self._job.done.connect(self.done)
        self._job.failed.connect(self._failed)
        return self._job

    def _failed(self, failure: Exception) -> None:
        if isinstance(failure, UserFacingError):
            self.failed.emit(failure)


class DocumentDesk(QObject):
    """Makes one document after the other.

    A document names the head of the history, so it waits until every edit is on disk. Each wish
    gives an `Order`, whose `done` carries a `Written` unless told. `busy_changed` carries whether
    something is under way, `looked_back` the `Dispatches` that were asked for.
    """

    busy_changed = Signal(bool)
    looked_back = Signal(object)

    def __init__(self, open_case: OpenCase, runner: JobRunner, workplace: Workplace) -> None:
        super().__init__()
        self._open_case = open_case
        self._runner = runner
        self._cases = workplace.cases
        self._queue: list[Order] = []
        self._current: Order | None = None
        self._folder: Path | None = None
        open_case.saving_changed.connect(self._saving_changed)

    @property
    def busy(self) -> bool:
        """Whether a document is under way or waits its turn."""
        return self._current is not None or bool(self._queue)

    def write_summary(self, path: Path) -> Order:
        """Write the certification summary; the person has agreed to replace an existing file."""

        def write(assessment: Assessment, now: datetime, *_: object) -> object:
            from app.work.exports import write_summary

            return write_summary(self._cases, assessment, now, path, overwrite=True)

        return self._enqueue("summary", write)

    def write_email(self, message: Message, path: Path, *, with_summary: bool) -> Order:
        """Write the message as a draft, perhaps with the summary (the person chose `path`)."""

        def write(assessment: Assessment, now: datetime, *_: object) -> object:
            from app.work.exports import write_email

            return write_email(
                self._cases,
                assessment,
                message,
                now,
                path,
                with_summary=with_summary,
                overwrite=True,
            )

        return self._enqueue("e-mail", write)

    def write_calendar(self, path: Path) -> Order:
        """Write the dates that lie ahead (.ics)."""

        def write(assessment: Assessment, now: datetime, *_: object) -> object:
            from app.work.exports import write_calendar

            return write_calendar(assessment, now, path, overwrite=True)

        return self._enqueue("calendar", write)

    def write_status(self, path: Path) -> Order:
        """Write the whole status: JSON for a name in .json, else a table (CSV)."""

        def write(assessment: Assessment, now: datetime, *_: object) -> object:
            from app.work.exports import write_status

            as_json = path.suffix.lower() == ".json"
            return write_status(self._cases, assessment, now, path, as_json=as_json, overwrite=True)

        return self._enqueue("status", write)

    def registration_worksheet(self) -> Order:
        """Make the worksheet of the registration form, to be looked at."""
        return self._worksheet(None)

    def sftp_worksheet(self, account_id: str) -> Order:
        """Make the worksheet of an account's SFTP form, to be looked at."""
        return self._worksheet(account_id)

    def preview(self, ppi: int) -> Order:
        """Set the pages of the summary as pictures (PNG); a later wish replaces an earlier one."""

        def pages(assessment: Assessment, now: datetime, *_: object) -> object:
            from app.report.summary import summary_pages
            from app.work.exports import occasion_of

            occasion = occasion_of(self._cases, assessment.case.id, now)
            return summary_pages(assessment, occasion, ppi=ppi)

        for order in [order for order in self._queue if order.name == _PREVIEW]:
            self._queue.remove(order)
            order.ended.emit()
        return self._enqueue(_PREVIEW, pages)

    def print_summary(self, printer: QPrinter) -> Order:
        """Print the summary; `done` carries how many sheets. The very file is kept as well."""

        def print_it(
            assessment: Assessment, now: datetime, token: CancelToken, report: Report
        ) -> object:
            from app.work.printing import print_summary

            return print_summary(self._cases, assessment, now, printer, token, report)

        return self._enqueue("print", print_it)

    def look_back(self) -> None:
        """Read what left the program for this case; `looked_back` follows."""
        if any(order.name == _LOOK for order in self._queue):
            return

        def look(assessment: Assessment, *_: object) -> object:
            from app.work.kept import dispatches

            return dispatches(self._cases, assessment.case.id)

        self._enqueue(_LOOK, look).done.connect(self.looked_back)

    def copy_again(self, export: Export, path: Path | None) -> Order:
        """Write the kept copy of a summary to `path`, or where it is only to be looked at."""
        folder = self._scratch()

        def copy(*_: object) -> object:
            from app.storage.files import write_whole
            from app.work.exports import Written
            from app.work.kept import copy_of

            place = path or folder / f"{export.file.sha256[:16]}.pdf"
            write_whole(place, copy_of(self._cases, export), overwrite=True)
            return Written(place)

        return self._enqueue("copy", copy)

    def _worksheet(self, account_id: str | None) -> Order:
        folder = self._scratch()

        def write(assessment: Assessment, now: datetime, *_: object) -> object:
            from app.work.exports import write_worksheet

            accounts = assessment.case.sftp.accounts
            account = next((a for a in accounts if a.id == account_id), None)
            return write_worksheet(assessment, account, now, folder)

        return self._enqueue("worksheet", write)

    def _scratch(self) -> Path:
        """A private folder for what is only to be looked at; it goes with the program."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="cais-onboarding-"))
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        return self._folder

    def _enqueue(self, name: str, task: Task) -> Order:
        order = Order(name, task)
        self._queue.append(order)
        self.busy_changed.emit(True)
        self._next()
        return order

    def _saving_changed(self, saving: Saving) -> None:
        if saving.state is SaveState.FAILED and self._queue and saving.failure is not None:
            waiting, self._queue = self._queue, []
            for order in waiting:
                order.failed.emit(saving.failure)
                order.ended.emit()
            self.busy_changed.emit(False)
        else:
            self._next()

    def _next(self) -> None:
        if self._current is not None or not self._queue or self._open_case.unsaved:
            return
        self._current = self._queue.pop(0)
        job = self._current.begin(self._runner, self._open_case.assessment, self._open_case.now)
        job.ended.connect(self._ended)
        self._runner.start(job)

    def _ended(self, job: Job) -> None:
        ended, self._current = self._current, None
        self._next()
        if not self.busy:
            self.busy_changed.emit(False)
        if ended is not None:
            ended.ended.emit()
            # Not whenever Python finds nobody holds it, perhaps on another thread.
            ended.deleteLater()
