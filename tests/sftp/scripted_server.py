"""An SSH server whose sign-in follows a script: for what OpenSSH can't be set up to do."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Generator
from dataclasses import dataclass, field

import paramiko
from paramiko.common import (
    AUTH_FAILED,
    AUTH_PARTIALLY_SUCCESSFUL,
    AUTH_SUCCESSFUL,
    OPEN_FAILED_RESOURCE_SHORTAGE,
    OPEN_SUCCEEDED,
)

from app.sftp.host_keys import HostKey


@dataclass
class Script(paramiko.ServerInterface):
    """What the server says, and what it was asked.

    Args:
        methods: of signing in that it offers.
        password: the right one.
        prompts: the questions of keyboard-interactive, round after round.
        banner: said before the sign-in.
        partial: further methods wanted after the right password.
        open_to_all: whether it lets everyone in.
        sessions: whether it opens any.
    """

    methods: str = "password"
    password: str = "right"
    prompts: tuple[tuple[tuple[str, bool], ...], ...] = ((("Password: ", False),),)
    banner: str = ""
    partial: bool = False
    open_to_all: bool = False
    sessions: bool = True
    version: str = "SSH-2.0-Scripted_1"
    asked: list[str] = field(default_factory=list)
    _answers: list[str] = field(default_factory=list)

    def get_allowed_auths(self, username: str) -> str:
        return self.methods

    def get_banner(self) -> tuple[str, str] | tuple[None, None]:
        return (self.banner, "en") if self.banner else (None, None)

    def check_auth_none(self, username: str) -> int:
        return AUTH_SUCCESSFUL if self.open_to_all else AUTH_FAILED

    def check_auth_password(self, username: str, password: str) -> int:
        self.asked.append(password)
        if password != self.password:
            return AUTH_FAILED
        return AUTH_PARTIALLY_SUCCESSFUL if self.partial else AUTH_SUCCESSFUL

    def check_auth_interactive(
        self, username: str, submethods: str | bytes
    ) -> int | paramiko.InteractiveQuery:
        return self._question()

    def check_auth_interactive_response(
        self, responses: list[str]
    ) -> int | paramiko.InteractiveQuery:
        self.asked += responses
        self._answers += responses
        if len(self._answers) < sum(len(round_) for round_ in self.prompts):
            return self._question()
        return AUTH_SUCCESSFUL if self._answers == [self.password] else AUTH_FAILED

    def _question(self) -> paramiko.InteractiveQuery:
        return paramiko.InteractiveQuery("", "", *self.prompts[len(self._answers)])

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return OPEN_SUCCEEDED if self.sessions else OPEN_FAILED_RESOURCE_SHORTAGE


@dataclass
class ScriptedServer:
    port: int
    host_key: HostKey


@contextlib.contextmanager
def scripted_server(
    script: Script, subsystem: type[paramiko.SubsystemHandler] = paramiko.SFTPServer
) -> Generator[ScriptedServer]:
    """Runs `script` on loopback; its SFTP shows an empty folder tree."""
    key = paramiko.ECDSAKey.generate()
    listener = socket.create_server(("127.0.0.1", 0))
    transports: list[paramiko.Transport] = []

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = listener.accept()
                transport = paramiko.Transport(client)
                transport.local_version = script.version
                transport.add_server_key(key)
                transport.set_subsystem_handler("sftp", subsystem)
                transports.append(transport)
                with contextlib.suppress(EOFError, paramiko.SSHException):
                    transport.start_server(event=threading.Event(), server=script)

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        shown = HostKey.of_public_key(key.get_name(), key.asbytes())
        yield ScriptedServer(listener.getsockname()[1], shown)
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
        for transport in transports:
            transport.close()
            transport.join()
