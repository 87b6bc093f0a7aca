"""Sending submissions to the test environment: checked, sent once, remembered with their hash."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.background import Job, JobRunner, Report
from app.cancellation import CancelToken
from app.failures import UserFacingError
from app.onboarding.access import Environment, SftpAccount
from app.onboarding.case import Case
from app.onboarding.testing import FileKind
from app.open_case import OpenCase
from app.sftp.host_keys import HostKey, HowAccepted
from app.sftp.target import ServerKind
from app.storage.history import EntryKind
from app.work.connecting import accept_server
from app.work.passwords import PasswordDesk
from app.work.sftp_targets import obstacle_of, submitter_id_of, test_target
from app.work.workplace import Workplace

if TYPE_CHECKING:
    from app.sftp.host_keys import AcceptedHostKey
    from app.sftp.preflight import Preflight
    from app.sftp.sending import SendProgress, SentFile
    from app.sftp.session import Session
    from app.sftp.target import ConnectionTarget

_MOST_FILES = 2


@dataclass(frozen=True, slots=True)
class Doubt:
    """CAT would reject records of a file: nothing was sent, the person decides."""

    failure: UserFacingError


class SendingDesk(QObject):
    """Sends one file, or the pair of a 2.0.0 submission, at a time.

    `changed` comes when sending began or ended, `progressed` carries a `SendProgress`, `sent` the
    `SentFile`s once the history has them. Otherwise come `doubted` with a `UserFacingError` (send
    again with `although_rejected`), `trust_wanted` with target and key, `failed` or `cancelled`.
    """

    changed = Signal()
    progressed = Signal(object)
    sent = Signal(object)
    doubted = Signal(object)
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
        self._files: tuple[Path, ...] = ()
        self._although_rejected = False
        self._unknown: tuple[ConnectionTarget, HostKey] | None = None

    @property
    def running(self) -> bool:
        """Whether something is being checked or sent."""
        return self._job is not None

    @property
    def obstacle(self) -> str:
        """Why nothing can be sent yet, in one line; empty if it can."""
        account = self._account
        return obstacle_of(self._open_case.case, "" if account is None else account.id)

    @property
    def _account(self) -> SftpAccount | None:
        case = self._open_case.case
        accounts = case.sftp.accounts
        able = (account for account in accounts if not obstacle_of(case, account.id))
        return next(able, accounts[0] if accounts else None)

    def send(self, files: Sequence[Path], *, although_rejected: bool = False) -> None:
        """Check these files and send them.

        Args:
            files: one file, or the CAIS Data File and its Transformed Identifiers File.
            although_rejected: whether to send what CAT would reject records of.
        """
        account = self._account
        if self._job is not None or account is None or self.obstacle:
            return
        if not 1 <= len(files) <= _MOST_FILES:
            self.failed.emit(
                UserFacingError(
                    "More than two files were chosen; nothing was sent.",
                    "A submission is one file, or a CAIS Data File and its Transformed Identifiers "
                    "File.",
                    "Choose the files of one submission.",
                )
            )
            return
        self._files, self._although_rejected, self._unknown = (
            tuple(files),
            although_rejected,
            None,
        )
        case, today = self._open_case.case, self._open_case.today
        host_keys, passwords = self._workplace.host_keys, self._passwords

        def work(token: CancelToken, report: Report) -> tuple[SentFile, ...] | Doubt:
            checked = _checked(tuple(files), today, although_rejected, token)
            if isinstance(checked, Doubt):
                return checked
            sender = _Sender(case, account, host_keys.accepted, passwords.load, token, report)
            return sender.send(checked)

        self._job = self._runner.prepare("send a submission", work)
        self._job.progressed.connect(self.progressed)
        self._job.done.connect(self._done)
        self._job.failed.connect(self._failed)
        self._job.cancelled.connect(self.cancelled)
        self._job.ended.connect(self._ended)
        self._runner.start(self._job)
        self.changed.emit()

    def cancel(self) -> None:
        """Stop; part of a file may lie on the server then. `cancelled` follows."""
        if self._job is not None:
            self._job.cancel()

    def send_although_rejected(self) -> None:
        """Send the files that were doubted."""
        self.send(self._files, although_rejected=True)

    def trust(self, how: HowAccepted) -> None:
        """Accept the key that the last run met, and send.

        Raises:
            StorageError: the decision could not be kept; nothing is trusted.
        """
        if self._unknown is not None:
            target, key = self._unknown
            accept_server(self._open_case, self._workplace, target, key, how)
            self.send(self._files, although_rejected=self._although_rejected)

    def _done(self, outcome: tuple[SentFile, ...] | Doubt) -> None:
        if isinstance(outcome, Doubt):
            self.doubted.emit(outcome.failure)
            return
        for file in outcome:
            self._open_case.note(
                EntryKind.SUBMISSION_SENT,
                "testing.submissions",
                f"{file.name}, {file.size} bytes, SHA-256 {file.sha256}: by {file.username} to "
                f"{file.host}, {file.path}, {file.environment} environment, "
                f"{file.began_at:%Y-%m-%dT%H:%M:%SZ} to {file.sent_at:%Y-%m-%dT%H:%M:%SZ}. "
                f"{file.arrival}",
            )
        self.sent.emit(outcome)

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


def _checked(
    files: tuple[Path, ...], today: date, although_rejected: bool, cancel: CancelToken
) -> list[tuple[Path, Preflight]] | Doubt:
    """The pass for each file; a doubt where the person has to decide.

    Raises:
        UserFacingError: CAT would refuse a file.
        Cancelled: the person cancelled.
    """
    from app.sftp.preflight import passed
    from app.submissions.preflight import Verdict, check_submission

    checked = []
    for file in files:
        report = check_submission(file, today=today, cancel=cancel)
        try:
            checked.append((file, passed(report, rejections_accepted=although_rejected)))
        except UserFacingError as refused:
            if report.verdict is Verdict.RECORDS_REFUSED:
                return Doubt(refused)
            raise
        finally:
            report.close()
    return checked


@dataclass(frozen=True, slots=True)
class _Sender:
    case: Case
    account: SftpAccount
    accepted: Callable[[Environment, str, int], Sequence[AcceptedHostKey]]
    load: Callable[[str], str | None]
    cancel: CancelToken
    on_progress: Callable[[SendProgress], object]

    def send(self, checked: list[tuple[Path, Preflight]]) -> tuple[SentFile, ...]:
        """Each kind of file to its own host (CAIS specification §5.3.1).

        Raises:
            As `send_submission` and `open_session`.
        """
        from app.sftp.sending import send_pair, send_submission

        submitter_id = submitter_id_of(self.case)
        with ExitStack() as open_now:
            parts = [
                (open_now.enter_context(self._session(_kind_of(file))), file, check)
                for file, check in sorted(checked, key=lambda part: _kind_of(part[0]))
            ]
            if len(parts) == 1:
                session, file, check = parts[0]
                sent = send_submission(
                    session, submitter_id, file, check, on_progress=self.on_progress
                )
                return (sent,)
            return send_pair(parts[0], parts[1], submitter_id, on_progress=self.on_progress)

    def _session(self, kind: ServerKind) -> AbstractContextManager[Session]:
        from app.sftp.session import open_session

        target = _target_for(self.case, self.account, kind)
        known = self.accepted(target.environment, target.host, target.port)
        return open_session(target, self._password, known, cancel=self.cancel)

    def _password(self) -> str | None:
        return self.load(self.account.id)


def _target_for(case: Case, account: SftpAccount, kind: ServerKind) -> ConnectionTarget:
    """The host for this kind of file; the simulated CAIS plays both on one port."""
    target = test_target(case, account)
    own = case.sftp.test_identifier_server
    if kind is ServerKind.CAIS:
        return target
    if case.practice:
        return replace(target, kind=kind)
    if own.host is None:
        raise UserFacingError(
            "The host for Transformed Identifiers Files is not known yet.",
            "These files have a host of their own. Nothing was sent.",
            "Enter it on step 4.",
        )
    return replace(target, kind=kind, host=own.host, port=own.port)


def _kind_of(file: Path) -> ServerKind:
    is_identifiers = f"_{FileKind.TIDS}_" in file.name
    return ServerKind.TRANSFORMED_IDENTIFIERS if is_identifiers else ServerKind.CAIS
