"""Many SFTP requests under way at once on one channel.

paramiko's client waits for each answer before it asks again: 500 small files over a line of 40 ms
take it two minutes. This speaks the few requests needed (SFTP version 3,
draft-ietf-secsh-filexfer-02) over paramiko's public channel, many at a time. The channel is shared
with paramiko's own client: whoever uses it takes all answers to its questions.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

import paramiko

#: Requests under way: more gained nothing when measured, and OpenSSH's own client uses as many.
DEPTH = 64
#: The most that every server gives or takes in one request.
CHUNK = 32_768
_HEAD = struct.Struct(">I")
_REQUEST = struct.Struct(">IBI")
_ANSWER = struct.Struct(">BI")
#: What comes after the length: type and number.
_ANSWER_SIZE = 5
#: The most that an answer can sensibly hold; servers may read ahead of what is asked.
_MOST = 1 << 20
_RECEIVE = 1 << 18
#: What paramiko puts into one SSH packet of the usual size.
_PACKET = 32_768 - 64


class Ask(IntEnum):
    """The requests used here."""

    OPEN = 3
    CLOSE = 4
    READ = 5
    WRITE = 6
    OPENDIR = 11
    READDIR = 12
    STAT = 17


class Kind(IntEnum):
    """The answers."""

    STATUS = 101
    HANDLE = 102
    DATA = 103
    NAME = 104
    ATTRS = 105


class Status(IntEnum):
    """What a status says."""

    OK = 0
    EOF = 1
    NO_SUCH_FILE = 2
    PERMISSION_DENIED = 3
    FAILURE = 4


class GarbledAnswerError(paramiko.SSHException):
    """The server's answers can't be read as SFTP."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, its body not yet read. A type or status unknown to us stays a number."""

    kind: int
    body: bytes

    @property
    def status(self) -> int | None:
        """The code of a status; None for other kinds."""
        if self.kind != Kind.STATUS:
            return None
        code: int = paramiko.Message(self.body).get_int()
        return code

    @property
    def status_text(self) -> bytes:
        """What the server wrote beside a status."""
        message = paramiko.Message(self.body)
        message.get_int()
        return message.get_binary()

    @property
    def payload(self) -> bytes:
        """The bytes of a HANDLE or DATA answer.

        Raises:
            GarbledAnswerError: it does not hold what it says.
        """
        size = int.from_bytes(self.body[:4], "big")
        if len(self.body) < 4 + size:
            raise GarbledAnswerError("An answer that is shorter than it says")
        return self.body[4 : 4 + size]


def string(text: bytes) -> bytes:
    """A string as SFTP writes it."""
    return _HEAD.pack(len(text)) + text


class Requests:
    """Asks without waiting, and calls back with the answers, in the caller's own thread.

    Args:
        channel: with SFTP at the other end.
        depth: requests under way at most; 1 for servers that many at a time bring to a halt.
    """

    def __init__(self, channel: paramiko.Channel, depth: int = DEPTH) -> None:
        self._channel = channel
        self._depth = depth
        self._out = bytearray()
        self._in = bytearray()
        self._number = 0
        self._waiting: dict[int, Callable[[Answer], None]] = {}

    @property
    def under_way(self) -> int:
        """How many questions have no answer yet."""
        return len(self._waiting)

    @property
    def has_room(self) -> bool:
        """Whether another question may be asked now."""
        return len(self._waiting) < self._depth

    def ask(self, what: Ask, body: bytes, answered: Callable[[Answer], None]) -> None:
        """Put a question; it leaves with the next `step`."""
        self._number = (self._number + 1) & 0xFFFFFFFF
        self._out += _REQUEST.pack(len(body) + 5, what, self._number)
        self._out += body
        self._waiting[self._number] = answered

    def step(self) -> None:
        """Send what was asked, wait for at least one piece of answers, and hand these out.

        Raises:
            EOFError: the server ended the channel.
            GarbledAnswerError: what it said is no SFTP.
        """
        self._send_out()
        piece = self._channel.recv(_RECEIVE)
        if not piece:
            raise EOFError
        self._in += piece
        self._hand_out()

    def _send_out(self) -> None:
        # In pieces of one SSH packet: paramiko's sendall copies all the rest for each packet.
        out = bytes(self._out)
        self._out.clear()
        at = 0
        while at < len(out):
            try:
                at += self._channel.send(out[at : at + _PACKET])
            except OSError as error:
                raise EOFError from error

    def drain(self) -> None:
        """Wait for all answers."""
        while self._waiting:
            self.step()

    def _hand_out(self) -> None:
        at = 0
        while len(self._in) - at >= _HEAD.size:
            (size,) = _HEAD.unpack_from(self._in, at)
            if not _ANSWER_SIZE <= size <= _MOST:
                raise GarbledAnswerError(f"An answer of {size} bytes")
            end = at + _HEAD.size + size
            if len(self._in) < end:
                break
            kind, number = _ANSWER.unpack_from(self._in, at + _HEAD.size)
            body = bytes(self._in[at + _HEAD.size + _ANSWER_SIZE : end])
            at = end
            answered = self._waiting.pop(number, None)
            if answered is None:
                raise GarbledAnswerError("An answer to nothing that was asked")
            answered(Answer(kind, body))
        del self._in[:at]
