"""Counting submission files on behalf of step 6, to tell the accounts of several of them apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.background import Job, JobRunner, Report
from app.cancellation import CancelToken
from app.failures import UserFacingError
from app.onboarding.assessment import Assessment, plural
from app.onboarding.certification import LEVEL_TRACKS
from app.onboarding.counting import counted
from app.onboarding.testing import DistinctAccounts, SubmissionRecord
from app.open_case import OpenCase
from app.storage.history import EntryKind
from app.work.account_counts import ToldApart, count_files, tell_apart
from app.work.feedback_counts import Counted

_PATH = "testing.distinct_accounts"


class AccountsDesk(QObject):
    """Counts submission files one lot at a time, and tells their accounts apart.

    It holds what was counted while the case is open, and counts anew which of it belongs to the
    submissions that count whenever those change. `progressed` carries a `FileProgress`, `told_apart`
    a `ToldApart`; `ended` comes last, however it ended.
    """

    started = Signal()
    progressed = Signal(object)
    told_apart = Signal(object)
    failed = Signal(object)
    cancelled = Signal()
    ended = Signal()

    def __init__(self, open_case: OpenCase, runner: JobRunner) -> None:
        super().__init__()
        self._open_case = open_case
        self._runner = runner
        self._job: Job | None = None
        self._waiting: list[Path] = []
        self._stopped = False
        self.told = ToldApart()
        open_case.changed.connect(self._case_changed)

    @property
    def running(self) -> bool:
        """Whether files are being counted."""
        return self._job is not None

    def add(self, paths: Sequence[Path]) -> None:
        """Count these submission files."""
        self._waiting.extend(paths)
        if self._job is None and self._waiting:
            self._start()

    def take(self, read: Counted) -> None:
        """Count the submission files that lay among feedback."""
        self.add(read.submission_files)

    def cancel(self) -> None:
        """Stop; what was not counted yet is forgotten, what was stays."""
        self._waiting.clear()
        self._stopped = True
        if self._job is not None:
            self._job.cancel()

    def record(self) -> None:
        """Record the number of different accounts with the files that prove it (R6.8)."""
        told = self.told
        if not told.complete:
            return
        answer = DistinctAccounts(
            record_ids=told.asked,
            received=told.different,
            without_current_ltid=told.without_current_ltid,
            stated_at=self._open_case.now,
            from_files=True,
        )
        with self._open_case.together():
            if _PATH in self._open_case.case.unaccepted:
                self._open_case.edit(_PATH, "")
            # One entry for each file, so that the history names all of them with their SHA-256.
            for file, accounts in told.files:
                note = f"{plural(accounts, 'account')} counted in this submission file"
                kind = EntryKind.ACCOUNTS_COUNTED
                self._open_case.record(_PATH, answer, kind, note=note, file=file)

    def _counting(self) -> tuple[SubmissionRecord, ...]:
        return counted(self._open_case.assessment.submissions, *LEVEL_TRACKS)

    def _start(self) -> None:
        paths, held = tuple(self._waiting), self.told.reports
        self._waiting.clear()
        self._stopped = False
        records, today = self._counting(), self._open_case.today

        def work(token: CancelToken, report: Report) -> ToldApart:
            reports, unread = count_files(paths, held, today, cancel=token, on_progress=report)
            told = tell_apart(reports, records, token)
            return replace(told, left_out=(*unread, *told.left_out))

        self._job = self._runner.prepare("count accounts", work)
        self._job.progressed.connect(self.progressed)
        self._job.done.connect(self._done)
        self._job.failed.connect(self._failed)
        self._job.cancelled.connect(self.cancelled)
        self._job.ended.connect(self._ended)
        self._runner.start(self._job)
        self.started.emit()

    def _case_changed(self, assessment: Assessment) -> None:
        if self._job is None and self.told.reports and self._outdated():
            self._start()

    def _outdated(self) -> bool:
        return {record.id for record in self._counting()} != set(self.told.asked)

    def _done(self, told: ToldApart) -> None:
        self.told = told
        self.told_apart.emit(told)

    def _failed(self, failure: Exception) -> None:
        self._stopped = True
        if isinstance(failure, UserFacingError):
            self.failed.emit(failure)

    def _ended(self, job: Job) -> None:
        self._job = None
        # Submissions may have been chosen meanwhile; after Cancel nothing begins by itself.
        meanwhile = not self._stopped and self.told.reports and self._outdated()
        if self._waiting or meanwhile:
            self._start()
        else:
            self.ended.emit()
