"""Fetching feedback over SFTP on behalf of step 6: once, or again and again while CAT works."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.background import Job, JobRunner, Report, Work
from app.cancellation import CancelToken
from app.failures import UserFacingError
from app.onboarding.access import Environment, SftpAccount
from app.open_case import OpenCase
from app.sftp.host_keys import HostKey, HowAccepted
from app.work.connecting import accept_server
from app.work.counting import CountingDesk
from app.work.feedback_counts import Counted
from app.work.fetched_feedback import (
    Fetched,
    Watched,
    feedback_folder,
    fetch_for,
    note_counted,
    watch_for,
)
from app.work.passwords import PasswordDesk
from app.work.sftp_targets import obstacle_of, test_target
from app.work.workplace import Workplace

# Its module loads the SSH library, which only a fetch needs.
if TYPE_CHECKING:
    from app.sftp.target import ConnectionTarget


class FetchingDesk(QObject):
    """Fetches what is new, and hands it on to be counted.

    `changed` comes when a fetch or watch began or ended; `progressed` carries a `FetchProgress`,
    `fetched` a `Fetched`, `looked` a `Watched`. In place of an outcome come `failed` with a
    `UserFacingError`, `cancelled`, or `trust_wanted` with target and key of a server that the
    person has not accepted yet: `trust` accepts it and goes on.
    """

    changed = Signal()
    progressed = Signal(object)
    fetched = Signal(object)
    looked = Signal(object)
    trust_wanted = Signal(object, object)
    failed = Signal(object)
    cancelled = Signal()

    def __init__(
        self,
        open_case: OpenCase,
        runner: JobRunner,
        workplace: Workplace,
        passwords: PasswordDesk,
        counting: CountingDesk,
    ) -> None:
        super().__init__()
        self._open_case = open_case
        self._runner = runner
        self._workplace = workplace
        self._passwords = passwords
        self._counting = counting
        self._job: Job | None = None
        self._unknown: tuple[ConnectionTarget, HostKey] | None = None
        self._counted: list[Path] = []
        self.watching = False
        self.latest: Fetched | None = None
        counting.counted.connect(self._note)
        open_case.saving_changed.connect(self._keep_note)
        self.looked.connect(self._take_look)

    @property
    def running(self) -> bool:
        """Whether a fetch or a watch is under way."""
        return self._job is not None

    @property
    def account(self) -> SftpAccount | None:
        """The account that is used: the first that can connect, else the first there is."""
        accounts = self._open_case.case.sftp.accounts
        able = (a for a in accounts if not obstacle_of(self._open_case.case, a.id))
        return next(able, accounts[0] if accounts else None)

    @property
    def obstacle(self) -> str:
        """Why nothing can be fetched yet, in one line; empty if it can."""
        account = self.account
        return obstacle_of(self._open_case.case, "" if account is None else account.id)

    def fetch(self) -> None:
        """Fetch what is new, once; one sign-in attempt."""
        self._begin(watching=False)

    def watch(self) -> None:
        """Fetch what is new, and keep looking until `cancel`."""
        self._begin(watching=True)

    def cancel(self) -> None:
        """Stop; what was fetched completely stays, `cancelled` follows."""
        if self._job is not None:
            self._job.cancel()

    def trust(self, how: HowAccepted) -> None:
        """Accept the key that the last run met, and run again.

        Raises:
            StorageError: the decision could not be kept; nothing is trusted.
        """
        if self._unknown is None:
            return
        target, key = self._unknown
        accept_server(self._open_case, self._workplace, target, key, how)
        self._begin(watching=self.watching)

    def _begin(self, *, watching: bool) -> None:
        account = self.account
        if self._job is not None or account is None or self.obstacle:
            return
        self.watching, self._unknown = watching, None
        self._job = self._runner.prepare("fetch feedback", self._work(account, watching=watching))
        self._job.progressed.connect(self.progressed)
        self._job.done.connect(self._done)
        self._job.failed.connect(self._failed)
        self._job.cancelled.connect(self.cancelled)
        self._job.ended.connect(self._ended)
        self._runner.start(self._job)
        self.changed.emit()

    def _work(self, account: SftpAccount, *, watching: bool) -> Work:
        case, workplace, passwords = self._open_case.case, self._workplace, self._passwords
        target = test_target(case, account)
        tell: Callable[[Watched], None] = self.looked.emit  # queued to the window's thread

        def work(token: CancelToken, report: Report) -> Fetched | None:
            known = workplace.host_keys.accepted(Environment.TEST, target.host, target.port)
            arguments = (case, target, lambda: passwords.load(account.id), known, workplace.folder)
            if not watching:
                return fetch_for(*arguments, cancel=token, on_progress=report)
            for watched in watch_for(*arguments, cancel=token, on_progress=report):
                tell(watched)
            return None

        return work

    def _done(self, fetched: Fetched | None) -> None:
        if fetched is not None:
            self._take(fetched)

    def _take_look(self, watched: Watched) -> None:
        if watched.fetched is not None:
            self._take(watched.fetched)

    def _take(self, fetched: Fetched) -> None:
        self.latest = fetched
        self._counting.add(fetched.to_count, Environment.TEST)
        self.fetched.emit(fetched)

    def _failed(self, failure: Exception) -> None:
        from app.sftp.session import ConnectionFailedError

        if isinstance(failure, ConnectionFailedError):
            self._unknown = failure.unknown_server
            if self._unknown is not None:
                return
        if isinstance(failure, UserFacingError):
            self.failed.emit(failure)

    def _ended(self, job: Job) -> None:
        self._job = None
        self.changed.emit()
        if self._unknown is not None:
            self.trust_wanted.emit(*self._unknown)

    def _note(self, counted: Counted) -> None:
        folder = feedback_folder(self._workplace.folder, self._open_case.case.id)
        self._counted.extend(path for path in counted.files if path.parent == folder)
        self._keep_note()

    def _keep_note(self) -> None:
        """Once the case is on disk, and not before, the files need not be counted again."""
        if not self._counted or self._open_case.unsaved:
            return
        folder = feedback_folder(self._workplace.folder, self._open_case.case.id)
        files, self._counted = tuple(self._counted), []

        def note(token: CancelToken, report: Report) -> None:
            note_counted(folder, files)

        job = self._runner.prepare("note what was counted", note)
        job.failed.connect(self._failed)
        self._runner.start(job)
