"""A signed-in SFTP channel whose answers a test makes up: for what no proper server says."""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Callable, Generator
from dataclasses import dataclass

import paramiko

from app.sftp.requests import Ask, Kind, Status, string
from app.sftp.target import ConnectionTarget
from tests.sftp.running import accepted
from tests.sftp.scripted_server import Script, scripted_server

#: From a request's kind and body (after its number) to the answer: kind and body.
Answers = Callable[[int, bytes], tuple[int, bytes]]
_INIT, _VERSION = 1, 2


def status(code: int, text: bytes = b"") -> tuple[int, bytes]:
    return Kind.STATUS, struct.pack(">I", code) + string(text) + string(b"")


def names(*entries: tuple[bytes, int]) -> tuple[int, bytes]:
    """A NAME answer: names with sizes, all of them files of the same time."""
    body = struct.pack(">I", len(entries))
    for name, size in entries:
        body += string(name) + string(b"") + struct.pack(">IQIII", 1 | 4 | 8, size, 0o100644, 1, 1)
    return Kind.NAME, body


@dataclass
class Folder:
    """Answers of a folder with some names in it; every file holds zeros.

    Args:
        entries: names with the size that the server claims.
        holds: how many bytes each file really has; None: as claimed.
    """

    entries: tuple[tuple[bytes, int], ...]
    holds: int | None = None
    listed: bool = False

    def __call__(self, kind: int, body: bytes) -> tuple[int, bytes]:
        if kind in (Ask.OPENDIR, Ask.OPEN):
            return Kind.HANDLE, string(b"h")
        if kind == Ask.READDIR:
            if self.listed:
                return status(Status.EOF)
            self.listed = True
            return names(*self.entries)
        if kind == Ask.READ:
            start, size = struct.unpack(">QI", body[5:17])
            held = max((size for _, size in self.entries), default=0)
            left = (held if self.holds is None else self.holds) - start
            if left <= 0:
                return status(Status.EOF)
            return Kind.DATA, string(b"\0" * min(size, left))
        return status(Status.OK)


@contextlib.contextmanager
def hostile_server(answers: Answers) -> Generator[tuple[ConnectionTarget, tuple]]:  # type: ignore[type-arg]
    """A target, and the keys to trust it by."""

    class Subsystem(paramiko.SubsystemHandler):
        def start_subsystem(
            self, name: str, transport: paramiko.Transport, channel: paramiko.Channel
        ) -> None:
            with contextlib.suppress(EOFError, OSError, struct.error):
                while True:
                    (size,) = struct.unpack(">I", _exactly(channel, 4))
                    packet = _exactly(channel, size)
                    if packet[0] == _INIT:
                        channel.sendall(struct.pack(">IBI", 5, _VERSION, 3))
                        continue
                    kind, body = answers(packet[0], packet[5:])
                    channel.sendall(struct.pack(">IB", len(body) + 5, kind) + packet[1:5] + body)

    with scripted_server(Script(), Subsystem) as server:
        target = ConnectionTarget("127.0.0.1", "firm", server.port, submitter_id=123)
        yield target, accepted(target, server.host_key.fingerprint)


def _exactly(channel: paramiko.Channel, size: int) -> bytes:
    data = b""
    while len(data) < size:
        piece = channel.recv(size - len(data))
        if not piece:
            raise EOFError
        data += piece
    return data
