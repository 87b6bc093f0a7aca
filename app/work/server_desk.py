"""What fetching and sending have in common: one run with the server at a time, and its trust."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.background import Job, JobRunner, Work
from app.failures import UserFacingError
from app.onboarding.access import SftpAccount
from app.open_case import OpenCase
from app.sftp.host_keys import HostKey, HowAccepted
from app.work.passwords import PasswordDesk
from app.work.servers import accept_server
from app.work.sftp_targets import obstacle_of
from app.work.workplace import Workplace

# Its module loads the SSH library, which only a run needs.
if TYPE_CHECKING:
    from app.sftp.target import ConnectionTarget


class ServerDesk(QObject):
    """Runs one job with the test environment's server at a time.

    `changed` comes when a run began or ended; `progressed` carries how far it is. Where there is no
    outcome come `failed` with a `UserFacingError`, `cancelled`, or `trust_wanted` with target and
    key of a server that the person has not accepted yet: `trust` accepts it and runs again.
    """

    changed = Signal()
    progressed = Signal(object)
    trust_wanted = Signal(object, object)
    failed = Signal(object)
    cancelled = Signal()

    def __init__(
        self, open_case: OpenCase, runner: JobRunner, workplace: Workplace, passwords: PasswordDesk
    ) -> None:
        super().__init__()
        self._open_case = open_case
        self._runner = runner
        self._workplace = workplace
        self._passwords = passwords
        self._job: Job | None = None
        self._unknown: tuple[ConnectionTarget, HostKey] | None = None

    @property
    def running(self) -> bool:
        """Whether a run is under way."""
        return self._job is not None

    @property
    def account(self) -> SftpAccount | None:
        """The account that is used: the first that can connect, else the first there is."""
        accounts = self._open_case.case.sftp.accounts
        able = (a for a in accounts if not obstacle_of(self._open_case.case, a.id))
        return next(able, accounts[0] if accounts else None)

    @property
    def obstacle(self) -> str:
        """Why no run can start yet, in one line; empty if one can."""
        account = self.account
        return obstacle_of(self._open_case.case, "" if account is None else account.id)

    def cancel(self) -> None:
        """Stop the run; `cancelled` follows."""
        if self._job is not None:
            self._job.cancel()

    def trust(self, how: HowAccepted) -> None:
        """Accept the key that the last run met, and run again.

        Raises:
            StorageError: the decision could not be kept; nothing is trusted.
        """
        if self._unknown is not None:
            target, key = self._unknown
            accept_server(self._open_case, self._workplace, target, key, how)
            self._run_again()

    def _run_again(self) -> None:
        """Start the last run once more."""
        raise NotImplementedError

    def _take_outcome(self, outcome: object) -> None:
        """Take what a run came to."""
        raise NotImplementedError

    def _explained(self, failure: UserFacingError) -> UserFacingError:
        """The failure as the person is told of it."""
        return failure

    def _start(self, name: str, work: Work) -> None:
        self._unknown = None
        self._job = self._runner.prepare(name, work)
        self._job.progressed.connect(self.progressed)
        self._job.done.connect(self._take_outcome)
        self._job.failed.connect(self._failed)
        self._job.cancelled.connect(self._stopped)
        self._job.ended.connect(self._ended)
        self._runner.start(self._job)
        self.changed.emit()

    def _failed(self, failure: Exception) -> None:
        from app.sftp.session import ConnectionFailedError

        if isinstance(failure, ConnectionFailedError):
            self._unknown = failure.unknown_server
            if self._unknown is not None:
                return
        if isinstance(failure, UserFacingError):
            self.failed.emit(self._explained(failure))

    def _stopped(self) -> None:
        self.cancelled.emit()

    def _ended(self, job: Job) -> None:
        self._job = None
        self.changed.emit()
        if self._unknown is not None:
            self.trust_wanted.emit(*self._unknown)
