"""One file on its way here: asked for in pieces, written in order, checked, put in place."""

from __future__ import annotations

import os
import struct
from collections import deque
from enum import StrEnum
from pathlib import Path
from typing import IO

from app.sftp.feedback_files import RemoteFile
from app.sftp.requests import CHUNK, Answer, Ask, Kind, Requests, Status, string

_PARTS_FOLDER = ".partial"
_REPLACED_FOLDER = "replaced"
#: The end of a broken file that is fetched again: a crash may have lost what was written last.
_DOUBTFUL = 4 * CHUNK
_READ_PLACE = struct.Struct(">QI")
_OPEN_TO_READ = struct.pack(">II", 1, 0)


class NotFetched(StrEnum):
    """Why a file was left out; the value is for the person."""

    GONE = "It was taken off the server meanwhile."
    DENIED = "The account may not read it."
    GREW = "It was still being written; it is fetched the next time."
    SHRANK = "It became shorter while it was fetched; it is fetched the next time."
    REFUSED = "The server could not read it."


class Download:
    """A file being fetched into `folder`.

    It is written in order, so that what lies in its partial file is always its beginning: a later
    run goes on from there. Only a complete one appears under its own name.
    """

    def __init__(self, file: RemoteFile, folder: Path) -> None:
        self.file = file
        self._target = folder / file.name
        self._part = folder / _PARTS_FOLDER / f"{file.name}.{file.marks}"
        self._handle: bytes | None = None
        self._out: IO[bytes] | None = None
        self._early: dict[int, bytes] = {}
        self._gaps: deque[tuple[int, int]] = deque()
        self._asked_to = 0
        self._under_way = 0
        self.written = 0
        self.resumed_from = 0
        self.ended = False
        self.reason: NotFetched | None = None

    def start(self, requests: Requests) -> None:
        """Ask the server to open it.

        Raises:
            OSError: the partial file can't be written here.
        """
        self._part.parent.mkdir(exist_ok=True)
        self._out = self._part.open("ab")
        had = self._out.tell()
        kept = max(0, had - _DOUBTFUL) if self.file.size > _DOUBTFUL else 0
        kept = min(kept, self.file.size)
        if kept != had:
            self._out.truncate(kept)
        self.written = self._asked_to = self.resumed_from = kept
        requests.ask(Ask.OPEN, string(self.file.path) + _OPEN_TO_READ, self._opened)

    def _opened(self, answer: Answer) -> None:
        if answer.kind == Kind.HANDLE:
            self._handle = answer.payload
        else:
            self._end(_reason(answer))

    @property
    def wants_to_ask(self) -> bool:
        """Whether there is something left to ask for. One byte more than the file has, is asked
        for: a file that grew shows by it.
        """  # noqa: D205 - one paragraph
        if self._handle is None or self.ended:
            return False
        return bool(self._gaps) or self._asked_to <= self.file.size

    def ask(self, requests: Requests) -> None:
        """Ask for the next piece."""
        assert self._handle is not None  # noqa: S101 - see wants_to_ask
        if self._gaps:
            start, size = self._gaps.popleft()
        else:
            start = self._asked_to
            size = min(CHUNK, self.file.size + 1 - start)
            self._asked_to += size
        self._under_way += 1
        body = string(self._handle) + _READ_PLACE.pack(start, size)
        requests.ask(Ask.READ, body, lambda answer: self._came(answer, start, size))

    def _came(self, answer: Answer, start: int, size: int) -> None:
        self._under_way -= 1
        if self.ended:
            return
        if answer.kind == Kind.DATA:
            self._take(answer.payload, start, size)
        elif answer.status != Status.EOF:
            self._end(_reason(answer))
        elif start < self.file.size:
            self._end(NotFetched.SHRANK)

    def _take(self, data: bytes, start: int, size: int) -> None:
        if start + len(data) > self.file.size:
            self._end(NotFetched.GREW)
            return
        if len(data) < size and start + len(data) < self.file.size:
            self._gaps.append((start + len(data), size - len(data)))
        self._early[start] = data
        assert self._out is not None  # noqa: S101 - started
        while (piece := self._early.pop(self.written, None)) is not None:
            self._out.write(piece)
            self.written += len(piece)

    @property
    def is_complete(self) -> bool:
        """Whether all of it is here and the server has answered everything."""
        return (
            not self.ended
            and self._handle is not None
            and self.written == self.file.size
            and self._asked_to > self.file.size
            and not self._under_way
            and not self._gaps
        )

    def put_in_place(self) -> Path:
        """Give the complete file its name and its time; an older one of that name is kept aside.

        Raises:
            OSError: not possible here.
        """
        assert self._out is not None  # noqa: S101 - started
        self._out.close()
        if self.file.modified is not None:
            os.utime(self._part, (self.file.modified, self.file.modified))
        if os.path.lexists(self._target):
            self._keep_older_aside()
        self._part.replace(self._target)
        self.ended = True
        return self._target

    def _keep_older_aside(self) -> None:
        older = self._target.lstat()
        aside = self._target.parent / _REPLACED_FOLDER
        aside.mkdir(exist_ok=True)
        self._target.replace(aside / f"{int(older.st_mtime)}-{self._target.name}")

    def close(self, requests: Requests) -> None:
        """Let the server close it, too."""
        if self._out is not None:
            self._out.close()
        if self._handle is not None:
            requests.ask(Ask.CLOSE, string(self._handle), lambda _: None)
            self._handle = None

    def give_up(self, *, keep: bool) -> None:
        """Close the partial file; without `keep` it is removed.

        Raises:
            OSError: what was written last does not fit on the disk.
        """
        try:
            if self._out is not None:
                self._out.close()
        finally:
            if not keep:
                self._part.unlink(missing_ok=True)

    def _end(self, reason: NotFetched) -> None:
        self.reason = reason
        self.ended = True


def _reason(answer: Answer) -> NotFetched:
    if answer.status == Status.NO_SUCH_FILE:
        return NotFetched.GONE
    if answer.status == Status.PERMISSION_DENIED:
        return NotFetched.DENIED
    return NotFetched.REFUSED
