"""What lies in a folder on the server, however many files and whatever their names."""

from __future__ import annotations

import itertools
import stat
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import paramiko

from app.sftp.requests import Answer, Ask, GarbledAnswerError, Kind, Requests, Status, string

#: Requests for further names under way; a server gives about a hundred names each time.
_AHEAD = 8
_HAS_SIZE, _HAS_OWNER, _HAS_MODE, _HAS_TIMES, _HAS_MORE = 1, 2, 4, 8, 0x80000000


@dataclass(frozen=True, slots=True)
class Attributes:
    """What the server says of a file; None where it does not say."""

    size: int | None
    mode: int | None
    modified: int | None

    @property
    def modified_at(self) -> datetime | None:
        """When the file was last written, by the server's clock."""
        return None if self.modified is None else datetime.fromtimestamp(self.modified, UTC)


@dataclass(frozen=True, slots=True)
class Entry:
    """A name in a folder: `raw_name` as the server has it, which may be no text at all."""

    raw_name: bytes
    attributes: Attributes

    @property
    def name(self) -> str:
        """The name as text; bytes that are none are replaced."""
        return self.raw_name.decode("utf-8", "replace")

    @property
    def is_file(self) -> bool:
        """Whether it is a regular file (a server that does not say is believed to mean one)."""
        mode = self.attributes.mode
        return mode is None or stat.S_IFMT(mode) in (0, stat.S_IFREG)

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder."""
        return stat.S_ISDIR(self.attributes.mode or 0)


def list_folder(
    sftp: paramiko.SFTPClient,
    path: str | bytes,
    most: int | None = None,
    heard: Callable[[], object] = lambda: None,
) -> list[Entry]:
    """The entries of a folder, in the server's order, without `.` and `..`.

    Args:
        sftp: nobody else may use it meanwhile.
        path: on the server.
        most: stop after so many.
        heard: told of each sign of life; a long listing takes its time.

    Raises:
        FileNotFoundError, PermissionError: the folder.
        OSError: the server said no for another reason; its text is the message.
        EOFError, paramiko.SSHException: the connection ended or makes no sense.
    """
    requests = Requests(channel_of(sftp))
    handle = _open(requests, path)
    entries = list(itertools.islice(_names(requests, handle, heard), most))
    requests.ask(Ask.CLOSE, string(handle), lambda _: None)
    requests.drain()
    return entries


def stat_of(sftp: paramiko.SFTPClient, path: str | bytes) -> Attributes:
    """What the server says of one file.

    Raises:
        As `list_folder`.
    """
    answer = ask_one(Requests(channel_of(sftp)), Ask.STAT, string(_bytes(path)))
    if answer.kind != Kind.ATTRS:
        raise error_of(answer)
    return read_attributes(paramiko.Message(answer.body))


def channel_of(sftp: paramiko.SFTPClient) -> paramiko.Channel:
    """The channel that paramiko's client speaks on."""
    channel = sftp.get_channel()
    assert channel is not None  # noqa: S101 - it is None only for a client that was never opened
    return channel


def ask_one(requests: Requests, what: Ask, body: bytes) -> Answer:
    """One question, and its answer."""
    answers: list[Answer] = []
    requests.ask(what, body, answers.append)
    requests.drain()
    return answers[0]


def error_of(answer: Answer) -> OSError | GarbledAnswerError:
    """The exception for an answer that says no."""
    if answer.status is None:
        return GarbledAnswerError(f"An answer of kind {answer.kind} that was not asked for")
    text = answer.status_text.decode("utf-8", "replace")
    if answer.status == Status.NO_SUCH_FILE:
        return FileNotFoundError(text)
    if answer.status == Status.PERMISSION_DENIED:
        return PermissionError(text)
    return OSError(text)


def read_attributes(message: paramiko.Message) -> Attributes:
    """Attributes as SFTP version 3 writes them."""
    flags = message.get_int()
    size = message.get_int64() if flags & _HAS_SIZE else None
    if flags & _HAS_OWNER:
        message.get_bytes(8)
    mode = message.get_int() if flags & _HAS_MODE else None
    modified = None
    if flags & _HAS_TIMES:
        message.get_int()
        modified = message.get_int()
    if flags & _HAS_MORE:
        for _ in range(min(message.get_int(), 64)):
            message.get_binary()
            message.get_binary()
    return Attributes(size, mode, modified)


def _bytes(path: str | bytes) -> bytes:
    return path if isinstance(path, bytes) else path.encode()


def _open(requests: Requests, path: str | bytes) -> bytes:
    answer = ask_one(requests, Ask.OPENDIR, string(_bytes(path)))
    if answer.kind != Kind.HANDLE:
        raise error_of(answer)
    return answer.payload


def _names(requests: Requests, handle: bytes, heard: Callable[[], object]) -> Iterator[Entry]:
    answers: deque[Answer] = deque()
    ended = False
    while True:
        while not ended and requests.under_way < _AHEAD:
            requests.ask(Ask.READDIR, string(handle), answers.append)
        if not answers:
            if not requests.under_way:
                return
            requests.step()
            heard()
            continue
        answer = answers.popleft()
        if answer.kind == Kind.NAME:
            yield from _entries(answer)
        elif answer.status == Status.EOF:
            ended = True
        else:
            raise error_of(answer)


def _entries(answer: Answer) -> Iterator[Entry]:
    message = paramiko.Message(answer.body)
    for _ in range(message.get_int()):
        # The count is the server's word; what is not there is not read.
        if not message.get_remainder():
            return
        raw_name = message.get_binary()
        message.get_binary()
        attributes = read_attributes(message)
        if raw_name not in (b".", b".."):
            yield Entry(raw_name, attributes)
