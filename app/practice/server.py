"""The simulated CAIS as a server on loopback: real SSH, real SFTP, made-up answers."""

from __future__ import annotations

import contextlib
import secrets
import socket
import threading
from pathlib import Path
from types import TracebackType

import paramiko
from paramiko.common import (
    AUTH_FAILED,
    AUTH_SUCCESSFUL,
    OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED,
    OPEN_SUCCEEDED,
)

from app.practice.filesystem import Folders, PracticeFiles
from app.practice.processor import Processor
from app.practice.scenario import Pace, Scenario
from app.sftp.host_keys import HostKey
from app.sftp.wire import PRACTICE_SOFTWARE, prepare_server_transport

USERNAME = "practice"
SUBMITTER_ID = 123
_MOST_FAILURES = 5
_LOCKED_WORDS = "This account is locked after too many failed attempts."
_BANNER = "Practice CAIS, a simulation on this computer. Nothing that is sent here counts."
_LISTEN_QUEUE = 20
#: How the server names itself, so that no proof of it can pass for one of CAT's.
_VERSION = f"SSH-2.0-{PRACTICE_SOFTWARE}"


class _Account(paramiko.ServerInterface):
    """Signs one connection in. Failures are counted over all connections."""

    def __init__(self, server: PracticeServer) -> None:
        self._server = server

    def get_allowed_auths(self, username: str) -> str:
        return "password"

    def get_banner(self) -> tuple[str, str]:
        return (_LOCKED_WORDS if self._server.locked else _BANNER, "en")

    def check_auth_password(self, username: str, password: str) -> int:
        return AUTH_SUCCESSFUL if self._server.lets_in(username, password) else AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return OPEN_SUCCEEDED if kind == "session" else OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED


class PracticeServer:
    """Runs from `start` to `stop`, or for a `with` block.

    Args:
        folder: where its files and its host key are kept between runs.
        scenario: what to play.
        pace: how fast submissions are answered.
        port: on 127.0.0.1; 0: a free one.

    The account is `username` with `password` (new for each server object, in memory only);
    both of CAIS's hosts are played by the one port.
    """

    host = "127.0.0.1"
    username = USERNAME
    submitter_id = SUBMITTER_ID

    def __init__(
        self,
        folder: Path,
        scenario: Scenario = Scenario.AS_THE_FILE_IS,
        pace: Pace | None = None,
        port: int = 0,
    ) -> None:
        self.scenario = scenario
        self.password = secrets.token_urlsafe(9)
        self.port = port
        self._failures = 0
        self._processor = Processor(
            folder / "processing", USERNAME, SUBMITTER_ID, scenario, pace or Pace()
        )
        self._folders = Folders(
            folder / "home", self._processor.take, slow=scenario is Scenario.SLOW_LINE
        )
        self._key = _host_key(folder, fresh=scenario is Scenario.CHANGED_HOST_KEY)
        self.host_key = HostKey.of_public_key(self._key.get_name(), self._key.asbytes())
        self._listener: socket.socket | None = None
        self._transports: list[paramiko.Transport] = []
        self._thread = threading.Thread(target=self._accept, name="practice server", daemon=True)

    def __repr__(self) -> str:
        return f"PracticeServer(port={self.port}, scenario={self.scenario.value!r})"

    def __enter__(self) -> PracticeServer:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def locked(self) -> bool:
        """Whether the account is locked, by the scenario or by wrong passwords."""
        return self.scenario is Scenario.LOCKED_ACCOUNT or self._failures >= _MOST_FAILURES

    def lets_in(self, username: str, password: str) -> bool:
        """Whether these are the account's, and the account is not locked."""
        right = username == USERNAME and secrets.compare_digest(
            password.encode(), self.password.encode()
        )
        if right and not self.locked:
            self._failures = 0
            return True
        self._failures += 1
        return False

    def start(self) -> None:
        """Listen.

        Raises:
            OSError: the port is taken.
        """
        self._folders.make(SUBMITTER_ID)
        self._listener = socket.create_server((self.host, self.port), backlog=_LISTEN_QUEUE)
        self.port = self._listener.getsockname()[1]
        self._processor.start()
        self._thread.start()

    def stop(self) -> None:
        """Close every connection and end."""
        if self._listener is None:
            return
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()
        for transport in self._transports:
            transport.close()
            transport.join()
        self._processor.stop()

    def _accept(self) -> None:
        assert self._listener is not None  # noqa: S101 - started
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            transport = prepare_server_transport(client)
            transport.local_version = _VERSION
            transport.add_server_key(self._key)
            transport.set_subsystem_handler(
                "sftp", paramiko.SFTPServer, PracticeFiles, folders=self._folders
            )
            self._transports = [t for t in self._transports if t.is_alive()] + [transport]
            transport.start_server(event=threading.Event(), server=_Account(self))


def _host_key(folder: Path, *, fresh: bool) -> paramiko.PKey:
    """The server's key: kept between runs, unless a new one is wanted."""
    kept = folder / "host_key"
    if kept.exists() and not fresh:
        return paramiko.ECDSAKey.from_private_key_file(str(kept))
    key = paramiko.ECDSAKey.generate()
    if not fresh:
        folder.mkdir(parents=True, exist_ok=True)
        key.write_private_key_file(str(kept))
    return key
