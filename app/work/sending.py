"""Sending submissions to the test environment: checked, sent once, remembered with their hash."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from app.background import JobRunner, Report
from app.cancellation import CancelToken
from app.failures import UserFacingError
from app.onboarding.access import Environment, SftpAccount
from app.onboarding.case import Case
from app.onboarding.testing import FileKind
from app.open_case import OpenCase
from app.sftp.target import ServerKind
from app.storage.credentials import PROXY_ID
from app.storage.history import EntryKind
from app.work.passwords import PasswordDesk
from app.work.server_desk import ServerDesk
from app.work.sftp_targets import submitter_id_of, test_target
from app.work.workplace import Workplace

if TYPE_CHECKING:
    from app.sftp.host_keys import AcceptedHostKey
    from app.sftp.preflight import Preflight
    from app.sftp.sending import SentFile
    from app.sftp.session import Session
    from app.sftp.target import ConnectionTarget
    from app.sftp.upload import SendProgress

_MOST_FILES = 2


class Concern(Enum):
    """What the person has to agree to before a file is sent all the same."""

    #: CAT would reject records of it.
    REJECTIONS = auto()
    #: A file of a pair without the other.
    ALONE = auto()


@dataclass(frozen=True, slots=True)
class Doubt:
    """Nothing was sent: the person decides."""

    concern: Concern
    failure: UserFacingError


class SendingDesk(ServerDesk):
    """Sends one file, or the pair of a 2.0.0 submission, at a time.

    Beside the signals of every run: `progressed` carries a `SendProgress`, `sent` the `SentFile`s
    once the history has them, `doubted` a `UserFacingError`: `send_nonetheless` sends then.
    """

    sent = Signal(object)
    doubted = Signal(object)
    _file_sent = Signal(object)

    def __init__(
        self, open_case: OpenCase, runner: JobRunner, workplace: Workplace, passwords: PasswordDesk
    ) -> None:
        super().__init__(open_case, runner, workplace, passwords)
        self._files: tuple[Path, ...] = ()
        self._agreed: frozenset[Concern] = frozenset()
        self._doubt: Doubt | None = None
        self._sent: list[SentFile] = []
        #: Of files sent since the case was opened: their partners may follow alone.
        self._sent_names: set[str] = set()
        self._file_sent.connect(self._note)

    def send(self, files: Sequence[Path]) -> None:
        """Check these files and send them.

        Args:
            files: one file, or the CAIS Data File and its Transformed Identifiers File.
        """
        self._begin(tuple(files), frozenset())

    def send_nonetheless(self) -> None:
        """Send the files that were doubted."""
        if self._doubt is not None:
            self._begin(self._files, self._agreed | {self._doubt.concern})

    def _run_again(self) -> None:
        self._begin(self._files, self._agreed)

    def _begin(self, files: tuple[Path, ...], agreed: frozenset[Concern]) -> None:
        account = self.account
        if self.running or account is None or self.obstacle:
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
        self._files, self._agreed, self._doubt, self._sent = files, agreed, None, []
        case, today, sent_names = (
            self._open_case.case,
            self._open_case.today,
            frozenset(self._sent_names),
        )
        host_keys, passwords = self._workplace.host_keys, self._passwords
        tell: Callable[[SentFile], None] = self._file_sent.emit  # queued to the window's thread

        def work(token: CancelToken, report: Report) -> Doubt | None:
            checked = _checked(files, today, agreed, sent_names, token)
            if isinstance(checked, Doubt):
                return checked
            _Sender(case, account, host_keys.accepted, passwords.load, token, report, tell).send(
                checked
            )
            return None

        self._start("send a submission", work)

    def _note(self, file: SentFile) -> None:
        """At once: what breaks the other file of a pair does not undo this one."""
        self._sent.append(file)
        self._sent_names.add(file.name)
        self._open_case.note(
            EntryKind.SUBMISSION_SENT,
            "testing.submissions",
            f"{file.name}, {file.size} bytes, SHA-256 {file.sha256}: by {file.username} to "
            f"{file.host}, {file.path}, {file.environment} environment, "
            f"{file.began_at:%Y-%m-%dT%H:%M:%SZ} to {file.sent_at:%Y-%m-%dT%H:%M:%SZ}. "
            f"{file.arrival}",
        )

    def _take_outcome(self, outcome: object) -> None:
        if isinstance(outcome, Doubt):
            self._doubt = outcome
            self.doubted.emit(outcome.failure)
        else:
            self.sent.emit(tuple(self._sent))

    def _explained(self, failure: UserFacingError) -> UserFacingError:
        return self._half_sent(failure) or failure

    def _stopped(self) -> None:
        half = self._half_sent(None)
        if half is None:
            self.cancelled.emit()
        else:
            self.failed.emit(half)

    def _half_sent(self, why: UserFacingError | None) -> UserFacingError | None:
        """The words for a pair of which one file went out; None: it was not so."""
        if not 0 < len(self._sent) < len(self._files):
            return None
        from app.sftp.sending import half_sent

        first = self._sent[0]
        (second,) = (file.name for file in self._files if file.name != first.name)
        return half_sent(first, second, why)


def _checked(
    files: tuple[Path, ...],
    today: date,
    agreed: Collection[Concern],
    sent_names: Collection[str],
    cancel: CancelToken,
) -> list[tuple[Path, Preflight]] | Doubt:
    """The pass for each file; a doubt where the person has to decide.

    Raises:
        UserFacingError: CAT would refuse a file.
        Cancelled: the person cancelled.
    """
    from app.sftp.preflight import alone, passed
    from app.submissions.preflight import Verdict, check_submission

    checked = []
    for file in files:
        report = check_submission(file, today=today, cancel=cancel)
        try:
            accepted = Concern.REJECTIONS in agreed
            checked.append((file, passed(report, rejections_accepted=accepted)))
            lonely = None if len(files) > 1 else alone(report, sent_names)
            if lonely is not None and Concern.ALONE not in agreed:
                return Doubt(Concern.ALONE, lonely)
        except UserFacingError as refused:
            if report.verdict is Verdict.RECORDS_REFUSED:
                return Doubt(Concern.REJECTIONS, refused)
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
    on_sent: Callable[[SentFile], object]

    def send(self, checked: list[tuple[Path, Preflight]]) -> None:
        """Each kind of file to its own host (CAIS specification §5.3.1).

        Raises:
            As `send_submission` and `open_session`.
        """
        from app.sftp.sending import send_pair, send_submission

        submitter_id, progress = submitter_id_of(self.case), self.on_progress
        in_order = sorted(checked, key=lambda part: _kind_of(part[0]))
        targets = [self._target(_kind_of(file)) for file, _ in in_order]
        with ExitStack() as open_now:
            parts = [
                (open_now.enter_context(self._session(target)), file, check)
                for target, (file, check) in zip(targets, in_order, strict=True)
            ]
            if len(parts) == 1:
                session, file, check = parts[0]
                self.on_sent(
                    send_submission(session, submitter_id, file, check, on_progress=progress)
                )
            else:
                cais, partner = parts
                send_pair(cais, partner, submitter_id, on_progress=progress, on_sent=self.on_sent)

    def _target(self, kind: ServerKind) -> ConnectionTarget:
        return test_target(self.case, self.account, lambda: self.load(PROXY_ID), kind)

    def _session(self, target: ConnectionTarget) -> AbstractContextManager[Session]:
        from app.sftp.session import open_session

        known = self.accepted(target.environment, target.host, target.port)
        return open_session(target, self._password, known, cancel=self.cancel)

    def _password(self) -> str | None:
        return self.load(self.account.id)


def _kind_of(file: Path) -> ServerKind:
    is_identifiers = f"_{FileKind.TIDS}_" in file.name
    return ServerKind.TRANSFORMED_IDENTIFIERS if is_identifiers else ServerKind.CAIS
