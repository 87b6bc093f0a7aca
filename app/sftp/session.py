"""A signed-in file transfer, kept open for fetching, sending and watching."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Sequence
from dataclasses import dataclass

import paramiko

from app.cancellation import CancelToken
from app.failures import UserFacingError
from app.sftp.connection import Connection
from app.sftp.diagnosis import Diagnosis, Fault, StageFailedError, diagnose
from app.sftp.folders import FolderUse, folder_path
from app.sftp.host_keys import AcceptedHostKey, HostKey
from app.sftp.line import Line
from app.sftp.reach import Lookup, look_up
from app.sftp.target import ConnectionTarget, PasswordSource, TimeLimits

#: Seconds between signs of life, so that no firewall on the way forgets an idle connection.
_KEEPALIVE_SECONDS = 30
#: Without a byte for so long, a transfer has ended.
PATIENCE_SECONDS = 45


class ConnectionFailedError(UserFacingError):
    """The connection could not be made, or not kept; `diagnosis` says why.

    Args:
        diagnosis: as the connection test would give it.
        host_key: what the server showed, where the run came so far.
        target: which server it is; None where the connection stood already.
    """

    def __init__(
        self,
        diagnosis: Diagnosis,
        host_key: HostKey | None = None,
        target: ConnectionTarget | None = None,
    ) -> None:
        likely = f"Most likely: {diagnosis.causes[0]}" if diagnosis.causes else ""
        super().__init__(diagnosis.finding, likely, diagnosis.action)
        self.diagnosis = diagnosis
        self.host_key = host_key
        self.target = target

    @property
    def unknown_server(self) -> tuple[ConnectionTarget, HostKey] | None:
        """The server that the person has to decide about first; None where that is not it."""
        if self.diagnosis.fault is not Fault.HOST_KEY_UNKNOWN:
            return None
        if self.target is None or self.host_key is None:
            return None
        return self.target, self.host_key


@dataclass(frozen=True, slots=True)
class Session:
    """An open file transfer.

    Args:
        target: whom it is with.
        sftp: for one thread at a time.
        line: ends it from any thread.
    """

    target: ConnectionTarget
    connection: Connection
    line: Line

    @property
    def sftp(self) -> paramiko.SFTPClient:
        """Paramiko's client."""
        return self.connection.sftp

    @contextlib.contextmanager
    def transfer(self) -> Generator[None]:
        """Ends the connection when nothing comes for a while, and says why it ended.

        Raises:
            ConnectionFailedError: it did.
            Cancelled: the person cancelled.
        """
        try:
            with self.connection.limited(
                PATIENCE_SECONDS, Fault.TRANSFER_SILENT, Fault.CUT_IN_TRANSFER
            ):
                yield
        except StageFailedError as failed:
            raise ConnectionFailedError(diagnose(failed, self.connection.facts)) from failed

    def progressed(self) -> None:
        """Something came: the patience begins anew.

        Raises:
            Cancelled: the person cancelled.
        """
        self.line.raise_if_cancelled()
        self.connection.expect_progress(PATIENCE_SECONDS)

    def folder(self, use: FolderUse, submitter_id: int) -> str:
        """Where a folder lies on this server."""
        return folder_path(self.target.kind, submitter_id, use)


@contextlib.contextmanager
def open_session(
    target: ConnectionTarget,
    credentials: PasswordSource,
    known_host_keys: Sequence[AcceptedHostKey],
    *,
    cancel: CancelToken,
    limits: TimeLimits | None = None,
    lookup: Lookup = look_up,
) -> Generator[Session]:
    """Connect and sign in by the steps of the connection test, and stay connected.

    Raises:
        ConnectionFailedError: a step failed; a server whose key was not accepted is one.
        UserFacingError: the simulated CAIS where the real one is meant, or the other way round.
        Cancelled: the person cancelled.
    """
    with Line(cancel) as line:
        connection = Connection(
            target, credentials, tuple(known_host_keys), line, limits or TimeLimits(), lookup
        )
        try:
            for step in (
                connection.find_host,
                connection.reach_port,
                connection.speak_ssh,
                connection.refuse_mixing,
                connection.agree,
                connection.know_server,
                connection.sign_in,
                connection.open_file_transfer,
            ):
                line.raise_if_cancelled()
                step()
        except StageFailedError as failed:
            line.raise_if_cancelled()
            diagnosis = diagnose(failed, connection.facts)
            raise ConnectionFailedError(diagnosis, connection.host_key, target) from None
        connection.keep_alive(_KEEPALIVE_SECONDS)
        yield Session(target, connection, line)
