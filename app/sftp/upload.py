"""One file on its way to the upload folder: many pieces under way at once, each confirmed."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO

from app.failures import UserFacingError
from app.sftp.listing import ask_one, channel_of, error_of, stat_of
from app.sftp.plain_text import plain
from app.sftp.preflight import Preflight
from app.sftp.requests import CHUNK, Answer, Ask, Kind, Requests, Status, string
from app.sftp.session import Session

#: At most this much uncompressed is taken by SFTP (CAIS specification §5.1.3); what is sent is
#: compressed.
_MOST_BYTES = 7 * 1024**3
_CREATE_NEW_TO_WRITE = struct.pack(">II", 0x02 | 0x08 | 0x20, 0)
_PLACE = struct.Struct(">Q")


class Arrival(StrEnum):
    """What could be seen of the file after it was sent; the value is for the person."""

    SEEN_WHOLE = "It lies in the upload folder with its full size."
    NOT_SHOWN = "The account may not look into the upload folder, so that it can't be seen there."
    TAKEN = "CAT has taken it out of the upload folder already, as it does with complete files."


@dataclass(frozen=True, slots=True)
class SendProgress:
    """How much of a file the server has confirmed, in bytes."""

    name: str
    bytes: int
    bytes_in_all: int


OnProgress = Callable[[SendProgress], object]


def open_here(file: Path) -> IO[bytes]:
    """The file on this computer, open to be read.

    Raises:
        UserFacingError: it can't be read; nothing was sent.
    """
    try:
        return file.open("rb")
    except OSError as error:
        raise UserFacingError(
            f"{plain(file.name)} can't be read: {error.strerror}.",
            "Nothing was sent.",
            "Check that the file is still there and not open in another program.",
        ) from error


class Upload:
    """Writes one file under its final name, never over another.

    Args:
        session: nobody else may use it meanwhile.
        path: on the server.
        name: of the file, for the words.
        source: open to be read.
        on_progress: told of each step, in the calling thread.
    """

    def __init__(
        self, session: Session, path: str, name: str, source: IO[bytes], on_progress: OnProgress
    ) -> None:
        self._session = session
        self._path = path
        self._name = name
        self._source = source
        self._on_progress = on_progress
        self._requests = Requests(channel_of(session.sftp))
        self._refusal: Answer | None = None
        self._confirmed = 0
        self.size = source.seek(0, 2)
        source.seek(0)

    def run(self, preflight: Preflight) -> str:
        """Send it all; returns its SHA-256.

        Raises:
            UserFacingError: not sent, or not wholly; the words say which.
            As `Session.transfer`.
        """
        if self.size != preflight.size:
            raise self._not_as_checked("Nothing was sent.")
        if self.size > _MOST_BYTES:
            raise UserFacingError(
                f"{plain(self._name)} is larger than CAT takes.",
                "Nothing was sent. At most 7 GB, uncompressed, can be sent by SFTP.",
                "Split the submission into several files.",
            )
        refuse_if_there(self._session, self._path, self._name)
        opened = ask_one(
            self._requests, Ask.OPEN, string(self._path.encode()) + _CREATE_NEW_TO_WRITE
        )
        if opened.kind != Kind.HANDLE:
            raise self._not_opened(opened)
        digest = self._write(opened.payload)
        closed = ask_one(self._requests, Ask.CLOSE, string(opened.payload))
        if closed.status != Status.OK:
            raise self._broken_off(closed)
        if digest != preflight.sha256:
            raise self._not_as_checked("What was sent is not what was checked; CAT may refuse it.")
        return digest

    def _write(self, handle: bytes) -> str:
        digest = hashlib.sha256()
        start = 0
        while start < self.size or self._requests.under_way:
            while start < self.size and self._requests.has_room:
                piece = self._source.read(min(CHUNK, self.size - start))
                if not piece:
                    raise self._shrank()
                digest.update(piece)
                body = string(handle) + _PLACE.pack(start) + string(piece)
                self._requests.ask(Ask.WRITE, body, self._confirmer(len(piece)))
                start += len(piece)
            self._requests.step()
            self._session.progressed()
            if self._refusal is not None:
                raise self._broken_off(self._refusal)
            self._on_progress(SendProgress(self._name, self._confirmed, self.size))
        return digest.hexdigest()

    def _confirmer(self, size: int) -> Callable[[Answer], None]:
        def confirm(answer: Answer) -> None:
            if answer.status == Status.OK:
                self._confirmed += size
            elif self._refusal is None:
                self._refusal = answer

        return confirm

    def _not_opened(self, answer: Answer) -> Exception:
        error = error_of(answer)
        if isinstance(error, OSError):
            return UserFacingError(
                f"The server did not take {plain(self._name)}: {plain(str(error)) or 'no reason'}.",
                "Nothing was sent.",
                "Run the connection test: it looks at the upload folder, too.",
            )
        return error

    def _broken_off(self, answer: Answer) -> Exception:
        error = error_of(answer)
        if isinstance(error, OSError):
            return UserFacingError(
                f"The server broke off {plain(self._name)}: {plain(str(error)) or 'no reason'}.",
                "Part of the file may lie in the upload folder; CAT may answer it with an error.",
                "Send it again under a new file number.",
            )
        return error

    def _not_as_checked(self, meaning: str) -> UserFacingError:
        return UserFacingError(
            f"{plain(self._name)} was changed after it was checked.",
            meaning,
            "Wait until the program that writes it has ended, then check it again.",
        )

    def _shrank(self) -> UserFacingError:
        return UserFacingError(
            f"{plain(self._name)} changed while it was sent.",
            "Part of the file may lie in the upload folder; CAT may answer it with an error.",
            "Wait until the program that writes it has ended, then send it under a new file number.",
        )


def refuse_if_there(session: Session, path: str, name: str) -> None:
    """Look whether the name is taken.

    Raises:
        UserFacingError: it is; nothing was sent.
    """
    try:
        stat_of(session.sftp, path)
    except FileNotFoundError:
        return
    except PermissionError:
        # Some upload folders can't be looked into; opening says whether the name is taken.
        return
    raise UserFacingError(
        f"A file named {plain(name)} already lies in the upload folder.",
        "Nothing was sent and nothing was overwritten: a base name can be used once.",
        "Wait for the feedback to that file, or send this one under a new file number.",
    )


def look_for(session: Session, path: str, size: int) -> Arrival:
    """What can be seen of the file now.

    Raises:
        UserFacingError: it did not arrive whole.
    """
    try:
        seen = stat_of(session.sftp, path)
    except FileNotFoundError:
        return Arrival.TAKEN
    except PermissionError:
        return Arrival.NOT_SHOWN
    if seen.size is not None and seen.size != size:
        raise UserFacingError(
            f"The server has {seen.size:,} bytes of the {size:,} that were sent.",
            "The file did not arrive whole; CAT may answer it with an error.",
            "Send it again under a new file number.",
        )
    return Arrival.SEEN_WHOLE
