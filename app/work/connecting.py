"""The connection test on behalf of the pages: a job whose stages appear live (R6.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.background import Job, JobRunner, Report
from app.cancellation import CancelToken
from app.failures import UserFacingError
from app.onboarding.access import Environment, SftpAccount
from app.onboarding.editing import new_row_id, value_at
from app.open_case import OpenCase
from app.sftp.host_keys import HowAccepted
from app.storage.credentials import PROXY_ID
from app.storage.history import EntryKind
from app.work.passwords import PasswordDesk
from app.work.servers import accept_server
from app.work.sftp_targets import obstacle_of, test_target
from app.work.workplace import Workplace

# paramiko takes a fifth of a second to import: only a test that runs needs it.
if TYPE_CHECKING:
    from app.sftp.stages import ConnectionOutcome, StageResult


class ConnectionDesk(QObject):
    """Runs one connection test at a time and keeps its outcome as evidence.

    `stage_ended` carries a `StageResult`, `ended` a `ConnectionOutcome` (also when it asks
    for trust), `cancelled` nothing, `failed` a `UserFacingError`. After `ended` with
    `asks_for_trust` the page asks the person and calls `trust`, which starts a new run.
    """

    started = Signal(str)
    stage_ended = Signal(object)
    ended = Signal(object)
    cancelled = Signal()
    failed = Signal(object)

    def __init__(
        self, open_case: OpenCase, runner: JobRunner, workplace: Workplace, passwords: PasswordDesk
    ) -> None:
        super().__init__()
        self._open_case = open_case
        self._runner = runner
        self._workplace = workplace
        self._passwords = passwords
        self._job: Job | None = None
        self._account_id = ""
        self.outcome: ConnectionOutcome | None = None

    @property
    def running(self) -> bool:
        """Whether a test is under way."""
        return self._job is not None

    def obstacle(self, account_id: str) -> str:
        """Why the test cannot start yet, in one line; empty if it can."""
        return obstacle_of(self._open_case.case, account_id)

    def start(self, account_id: str) -> None:
        """Test the connection with one SFTP account; one sign-in attempt."""
        if self._job is not None:
            return
        self._account_id = account_id
        account: SftpAccount = value_at(self._open_case.case, f"sftp.accounts.{account_id}")
        host_keys, passwords = self._workplace.host_keys, self._passwords
        case = self._open_case.case
        target = test_target(case, account, lambda: passwords.load(PROXY_ID))

        def run(token: CancelToken, report: Report) -> ConnectionOutcome:
            from app.sftp.stages import run_connection_test, test_connection

            known = host_keys.accepted(Environment.TEST, target.host, target.port)
            stages = test_connection(
                target, lambda: passwords.load(account_id), known, cancel=token
            )
            return run_connection_test(stages, self._stage_ended)

        self._job = self._runner.prepare("connection test", run)
        self._job.done.connect(self._done)
        self._job.failed.connect(self._failed)
        self._job.cancelled.connect(self._cancelled)
        self.started.emit(account_id)
        self._runner.start(self._job)

    def cancel(self) -> None:
        """Stop the test under way; `cancelled` follows."""
        if self._job is not None:
            self._job.cancel()

    def trust(self, how: HowAccepted) -> None:
        """Accept the key that the last run showed, and run again.

        Raises:
            StorageError: the decision could not be kept; nothing is trusted.
        """
        outcome = self.outcome
        if outcome is None or outcome.host_key is None or not outcome.asks_for_trust:
            return
        accept_server(self._open_case, self._workplace, outcome.target, outcome.host_key, how)
        self.start(self._account_id)

    def _stage_ended(self, result: StageResult) -> None:
        """On the job's thread; the signal carries the result to the window's."""
        self.stage_ended.emit(result)

    def _done(self, outcome: ConnectionOutcome) -> None:
        self._job = None
        self.outcome = outcome
        if not outcome.asks_for_trust:
            self._record(outcome)
        self.ended.emit(outcome)

    def _record(self, outcome: ConnectionOutcome) -> None:
        from app.sftp.evidence import connection_test_of

        test = connection_test_of(outcome, new_row_id(), practice=self._open_case.case.practice)
        self._open_case.add_row("testing.connection_tests", test, EntryKind.CONNECTION_TESTED)

    def _failed(self, failure: Exception) -> None:
        self._job = None
        if isinstance(failure, UserFacingError):
            self.failed.emit(failure)
        else:
            self.cancelled.emit()

    def _cancelled(self) -> None:
        self._job = None
        self.cancelled.emit()
