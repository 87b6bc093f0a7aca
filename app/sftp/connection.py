"""One connection, taken step by step from a name to the account's folders."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Generator, Mapping
from datetime import UTC, datetime

import paramiko

from app.sftp.agreement import disagreement
from app.sftp.diagnosis import Fault, StageFailedError
from app.sftp.file_transfer import open_file_transfer
from app.sftp.folders import FoldersSeen, see_folders
from app.sftp.host_keys import AcceptedHostKey, HostKey
from app.sftp.line import LOOK_UP_SECONDS, Line
from app.sftp.plain_text import plain
from app.sftp.probe import speaks_tls
from app.sftp.proxy import pass_through
from app.sftp.reach import Address, Lookup, find_host, look_up, reach_port
from app.sftp.recognition import recognise, refuse_mixing
from app.sftp.sign_in import server_words, sign_in
from app.sftp.target import ConnectionTarget, PasswordSource, TimeLimits
from app.sftp.wire import PRACTICE_SOFTWARE, WatchedPacketizer, new_transport

#: paramiko's own limits only have to be longer than ours.
_LONGER = 5
#: What a server can bring about on a connection that still stands. A broken connection may end in
#: any exception at all: paramiko's thread hands on whatever it met.
_WIRE_ERRORS = (paramiko.SSHException, paramiko.SFTPError, EOFError, UnicodeError)


class Connection:
    """The steps; each returns its finding, or raises how it failed.

    What is learnt on the way stands in the attributes, as plain text.

    Args:
        accepted: the keys that the person accepted for this server.
        line: holds what is open; whoever made it closes it.
    """

    def __init__(
        self,
        target: ConnectionTarget,
        credentials: PasswordSource,
        accepted: tuple[AcceptedHostKey, ...],
        line: Line,
        limits: TimeLimits,
        lookup: Lookup = look_up,
    ) -> None:
        self.target = target
        self.accepted = accepted
        self.line = line
        self._credentials = credentials
        self._limits = limits
        self._lookup = lookup
        self._addresses: tuple[Address, ...] = ()
        self._socket: socket.socket | None = None
        self._agreed = threading.Event()
        self._wire: tuple[paramiko.Transport, WatchedPacketizer] | None = None
        self._sftp: paramiko.SFTPClient | None = None
        self.address: str | None = None
        self.server_version: str | None = None
        self.cipher: str | None = None
        self.host_key: HostKey | None = None
        self.sign_in_method: str | None = None
        self.server_text: str | None = None
        self.folders: FoldersSeen | None = None
        self.remarks: list[str] = []

    @property
    def facts(self) -> Mapping[str, str]:
        """What the diagnoses are filled in with."""
        target = self.target
        return {
            "host": plain(target.host),
            "port": str(target.port),
            "place": f"{plain(target.host)}, port {target.port},",
            "username": plain(target.username),
            "environment": target.environment.value,
            "bind_address": plain(target.bind_address or ""),
            "proxy": ""
            if target.proxy is None
            else f"{plain(target.proxy.host)}:{target.proxy.port}",
        }

    @property
    def sftp(self) -> paramiko.SFTPClient:
        """The open file transfer, after `open_file_transfer`."""
        assert self._sftp is not None, "file transfer is opened first"  # noqa: S101
        return self._sftp

    @property
    def _reached(self) -> socket.socket:
        assert self._socket is not None, "the port is reached first"  # noqa: S101
        return self._socket

    @property
    def _transport(self) -> paramiko.Transport:
        assert self._wire is not None, "SSH is spoken first"  # noqa: S101
        return self._wire[0]

    @property
    def _watched(self) -> WatchedPacketizer:
        assert self._wire is not None, "SSH is spoken first"  # noqa: S101
        return self._wire[1]

    def find_host(self) -> str:
        """Stage 1: from the name to addresses; with a proxy, the proxy's."""
        proxy = self.target.proxy
        try:
            self._addresses = find_host(
                self.target.host if proxy is None else proxy.host,
                self.target.port if proxy is None else proxy.port,
                line=self.line,
                seconds=self._limits.find,
                bind_address=self.target.bind_address,
                lookup=self._lookup,
            )
        except StageFailedError as failed:
            if proxy is not None:
                failed.facts["host"] = plain(proxy.host)
            raise
        found = ", ".join(address.text for address in self._addresses[:4])
        return f"Found at {found}." if proxy is None else f"Found the proxy at {found}."

    def reach_port(self) -> str:
        """Stage 2: a connection, through the proxy if there is one."""
        proxy = self.target.proxy
        try:
            self._socket, address = reach_port(
                self._addresses,
                line=self.line,
                seconds=self._limits.reach,
                bind_address=self.target.bind_address,
            )
        except StageFailedError as failed:
            if proxy is None or failed.fault is Fault.BIND_ADDRESS_UNUSABLE:
                raise
            raise StageFailedError(Fault.PROXY_UNREACHABLE, failed.details) from failed
        self.address = address.text
        if proxy is None:
            return f"{address.text}, port {self.target.port}, accepts connections."
        pass_through(
            self._socket,
            proxy,
            self.target.host,
            self.target.port,
            line=self.line,
            seconds=self._limits.reach,
        )
        return f"The proxy at {address.text} connected to {self.facts['place']} for us."

    def speak_ssh(self) -> str:
        """Stage 3: the server's greeting (RFC 4253 §4.2)."""
        preferred = tuple(entry.key.type for entry in self.accepted if entry.key.type)
        transport, watched = self._wire = new_transport(self._reached, preferred)
        transport.auth_timeout = self._limits.sign_in + _LONGER
        watched.limit(self._limits.greeting)
        self.line.hold_transport(transport)
        transport.start_client(event=self._agreed)
        self._wait_for(watched.greeting_ended)
        if not watched.identification:
            raise self._no_greeting()
        watched.limit(self._limits.agreement)
        self.server_version = plain(watched.identification)
        if not watched.identification.startswith((b"SSH-2.0-", b"SSH-1.99-")):
            raise StageFailedError(Fault.OLD_SSH_1, (f"It said: {self.server_version}",))
        if watched.identification.startswith(b"SSH-1.99-"):
            self.remarks.append(
                "The server still speaks SSH 1 as well, which its operator should switch off. "
                "This connection uses SSH 2."
            )
        return f"The server is {self.server_version}."

    def _no_greeting(self) -> StageFailedError:
        fault = self._watched.greeting_fault or Fault.CLOSED_UNGREETED
        if fault is Fault.CLOSED_UNGREETED:
            with contextlib.suppress(StageFailedError):
                self.reach_port()
                if speaks_tls(self._reached, self.line, self._limits.greeting):
                    fault = Fault.TLS_INSTEAD
        said = plain(self._watched.greeting)
        details = (f"It said: {said}",) if said else ()
        return StageFailedError(fault, details, seconds=f"{self._limits.greeting:.0f}")

    def refuse_mixing(self) -> None:
        """Practice and reality stay apart (R6.9); no password has left yet.

        Raises:
            UserFacingError: the server is not of the kind that is meant.
        """
        refuse_mixing(PRACTICE_SOFTWARE in (self.server_version or ""), self.target.practice)

    def agree(self) -> str:
        """Stage 4: key exchange and ciphers."""
        transport, watched = self._transport, self._watched
        self._wait_for(self._agreed)
        error = transport.get_exception()
        if not transport.is_active() or error is not None:
            raise disagreement(error, watched, self._limits.agreement)
        watched.limit(None)
        self.cipher = str(transport.remote_cipher)  # type: ignore[attr-defined]  # missing in the stubs
        return f"Encrypted with {self.cipher}."

    def _wait_for(self, event: threading.Event) -> None:
        """Wait for the transport's thread; its own time limit ends it, and so this wait."""
        while self._transport.is_active() and not self.line.wait_for(event, LOOK_UP_SECONDS):
            pass
        self.line.raise_if_cancelled()

    def know_server(self) -> str:
        """Stage 5: whether the server's key is one that the person accepted."""
        key = self._transport.get_remote_server_key()
        self.host_key = shown = HostKey.of_public_key(key.get_name(), key.asbytes())
        recognise(shown, self.accepted)
        return f"This is the server you accepted ({shown.type}, {shown.fingerprint})."

    def sign_in(self) -> str:
        """Stage 6: one attempt."""
        with self.limited(self._limits.sign_in, Fault.SIGN_IN_SILENT, Fault.CUT_AT_SIGN_IN):
            self.sign_in_method = sign_in(
                self._transport, self._watched, self.target.username, self._credentials
            )
        self.server_text = server_words(self._transport, self._watched) or None
        how = "" if self.sign_in_method == "password" else f" ({self.sign_in_method})"
        return f"Signed in as {plain(self.target.username)} with the password{how}."

    def open_file_transfer(self) -> str:
        """Stage 7: the SFTP subsystem."""
        with self.limited(
            self._limits.file_transfer, Fault.FILE_TRANSFER_SILENT, Fault.CUT_AT_FILE_TRANSFER
        ):
            seconds = self._limits.file_transfer + _LONGER
            self._sftp = open_file_transfer(self._transport, seconds)
        return "File transfer is open."

    def see_folders(self) -> str:
        """Stage 8: the folders, listed only."""
        with self.limited(self._limits.listing, Fault.LISTING_SILENT, Fault.CUT_WHILE_LISTING):
            try:
                self.folders = seen = see_folders(self.sftp, self.target)
            except OSError as error:
                if not self._transport.is_active():
                    raise
                said = plain(str(error))
                raise StageFailedError(Fault.LISTING_FAILED, server_text=said) from None
        if hours := seen.hours_ahead(datetime.now(UTC)):
            self.remarks.append(
                f"The newest file on the server is dated {hours} hours ahead of this computer's "
                "clock. Check date, time and time zone: evidence carries them."
            )
        self.remarks += [f"Not there, or closed to the account: {path}" for path in seen.absent]
        return f"Seen: {', '.join(folder.words for folder in seen.folders)}."

    def keep_alive(self, seconds: int) -> None:
        """Give a sign of life every so often, so that an idle connection stays open."""
        self._transport.set_keepalive(seconds)

    def expect_progress(self, seconds: float | None) -> None:
        """From now, silence of `seconds` ends the connection (None: it may stay silent)."""
        self._watched.limit(seconds)

    @contextlib.contextmanager
    def limited(self, seconds: float, silent: Fault, cut: Fault) -> Generator[None]:
        """Ends the connection when the time is up, and gives a broken one its fault.

        An error that the connection has no part in, such as a full disk, is the caller's business.

        Raises:
            StageFailedError: the connection ended, or makes no sense.
            Cancelled: the person cancelled.
        """
        self._watched.limit(seconds)
        try:
            yield
        except StageFailedError:
            self.line.raise_if_cancelled()
            raise
        except Exception as error:
            self.line.raise_if_cancelled()
            if self._transport.is_active() and not _comes_from_the_wire(error):
                raise
            said = server_words(self._transport, self._watched)
            details = (f"The server said: {said}",) if said else ()
            fault = silent if self._watched.expired else cut
            raise StageFailedError(fault, details, seconds=f"{seconds:.0f}") from error
        self._watched.limit(None)


def _comes_from_the_wire(error: Exception) -> bool:
    """Whether a standing connection can bring `error` about. Errors of this computer's files carry
    a number of the operating system; paramiko's and the server's don't.
    """  # noqa: D205 - one paragraph
    return isinstance(error, _WIRE_ERRORS) or (isinstance(error, OSError) and error.errno is None)
