"""Counting feedback files on behalf of step 6: read in a job, merged into the case."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.background import Job, JobRunner, Report
from app.cancellation import CancelToken
from app.failures import UserFacingError
from app.onboarding.access import Environment
from app.open_case import OpenCase
from app.storage.history import EntryKind
from app.work.feedback_counts import Counted, changes_by, count_feedback

_SUBMISSIONS = "testing.submissions"


class CountingDesk(QObject):
    """Reads feedback files and folders, one lot at a time; more lots wait their turn.

    `progressed` carries a `CountingProgress`, `counted` a `Counted` after the case holds it,
    `ended` comes last, however it ended.
    """

    progressed = Signal(object)
    counted = Signal(object)
    failed = Signal(object)
    ended = Signal()

    def __init__(self, open_case: OpenCase, runner: JobRunner) -> None:
        super().__init__()
        self._open_case = open_case
        self._runner = runner
        self._job: Job | None = None
        self._waiting: dict[Environment | None, list[Path]] = {}

    @property
    def running(self) -> bool:
        """Whether files are being read."""
        return self._job is not None

    def add(self, paths: Sequence[Path], environment: Environment | None = None) -> None:
        """Read these files, and the feedback files in these folders.

        Args:
            paths: of files and folders.
            environment: whose host they were fetched from; None where nobody knows.
        """
        if paths:
            self._waiting.setdefault(environment, []).extend(paths)
        if self._job is None and self._waiting:
            self._start()

    def cancel(self) -> None:
        """Stop reading; what was not read is forgotten, the table stays as it is."""
        self._waiting.clear()
        if self._job is not None:
            self._job.cancel()

    def _start(self) -> None:
        environment = next(iter(self._waiting))
        paths = tuple(self._waiting.pop(environment))
        today, practice = self._open_case.today, self._open_case.case.practice

        def read(token: CancelToken, report: Report) -> Counted:
            return count_feedback(
                paths,
                today,
                environment=environment,
                practice=practice,
                cancel=token,
                on_progress=report,
            )

        self._job = self._runner.prepare("count feedback", read)
        self._job.progressed.connect(self.progressed)
        self._job.done.connect(self._done)
        self._job.failed.connect(self._failed)
        self._job.ended.connect(self._ended)
        self._runner.start(self._job)

    def _done(self, counted: Counted) -> None:
        changes = tuple(changes_by(self._open_case.case, counted))
        if changes:
            self._open_case.put_rows(
                _SUBMISSIONS,
                tuple(change.record for change in changes),
                EntryKind.FEEDBACK_COUNTED,
                files={change.record.id: change.file for change in changes},
            )
        self.counted.emit(counted)

    def _failed(self, failure: Exception) -> None:
        if isinstance(failure, UserFacingError):
            self.failed.emit(failure)

    def _ended(self, job: Job) -> None:
        self._job = None
        if self._waiting:
            self._start()
        else:
            self.ended.emit()
