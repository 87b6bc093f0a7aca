"""Sending a submission: once, whole, never over what is there, and with a proof of what was sent."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import IO

from app.failures import UserFacingError
from app.onboarding.access import Environment
from app.sftp.folders import FolderUse
from app.sftp.listing import ask_one, channel_of, error_of, stat_of
from app.sftp.plain_text import plain
from app.sftp.preflight import Preflight
from app.sftp.requests import CHUNK, Answer, Ask, Kind, Requests, Status, string
from app.sftp.session import Session
from app.sftp.target import ServerKind
from app.sftp.upload_name import upload_name

#: The two files of a 2.0.0 submission belong together within this time (CAIS specification §5.1).
PAIR_WITHIN = timedelta(minutes=60)
#: At most this much uncompressed is taken by SFTP (§5.1.3); what is sent is compressed.
_MOST_BYTES = 7 * 1024**3
_CREATE_NEW_TO_WRITE = struct.pack(">II", 0x02 | 0x08 | 0x20, 0)
_PLACE = struct.Struct(">Q")


class Arrival(StrEnum):
    """What could be seen of the file after it was sent; the value is for the person."""

    SEEN_WHOLE = "It lies in the upload folder with its full size."
    NOT_SHOWN = "The account may not look into the upload folder, so that it can't be seen there."
    TAKEN = "CAT has taken it out of the upload folder already, as it does with complete files."


@dataclass(frozen=True, slots=True)
class SentFile:
    """The proof of one file sent.

    Args:
        path: on the server.
        sha256: of what was sent, in hexadecimal.
        began_at: UTC, as is `sent_at`.
    """

    name: str
    path: str
    size: int
    sha256: str
    environment: Environment
    host: str
    username: str
    began_at: datetime
    sent_at: datetime
    arrival: Arrival


@dataclass(frozen=True, slots=True)
class SendProgress:
    """How much of a file the server has confirmed, in bytes."""

    name: str
    bytes: int
    bytes_in_all: int


OnProgress = Callable[[SendProgress], object]


def send_submission(
    session: Session,
    submitter_id: int,
    file: Path,
    preflight: Preflight,
    *,
    production_access_recorded: bool = False,
    on_progress: OnProgress = lambda _: None,
) -> SentFile:
    """Send one file to the upload folder under its own name.

    It is written under its final name at once, because CAT takes files away as soon as they are complete and submitters may not
    delete or rename there (CAIS specification §5.3.1).

    Args:
        session: with the host that takes this kind of file; nobody else may use it meanwhile.
        submitter_id: whose folder.
        file: on this computer.
        preflight: the pass for exactly these bytes.
        production_access_recorded: whether the case says that production access was granted (R7.3).
        on_progress: told of each step, in the calling thread.

    Raises:
        UserFacingError: not sent, or not wholly; the words say which.
        ConnectionFailedError: the connection ended meanwhile; part of the file may lie there.
        Cancelled: the person cancelled; part of the file may lie there.
    """
    if session.target.environment is Environment.PRODUCTION and not production_access_recorded:
        raise UserFacingError(
            "This is the production environment, and nothing was sent.",
            "Production access has not been recorded for this firm (guide, section 7).",
            "Send to the test environment, or record on step 7 that production access was granted.",
        )
    path = _path_for(session, submitter_id, file)
    began_at = datetime.now(UTC)
    with _open_here(file) as source, session.transfer():
        sending = _Sending(session, path, file.name, source, on_progress)
        sha256 = sending.run(preflight)
        arrival = _look_for(session, path, sending.size)
    return SentFile(
        name=file.name,
        path=path,
        size=sending.size,
        sha256=sha256,
        environment=session.target.environment,
        host=session.target.host,
        username=session.target.username,
        began_at=began_at,
        sent_at=datetime.now(UTC),
        arrival=arrival,
    )


def send_pair(
    cais: tuple[Session, Path, Preflight],
    transformed_identifiers: tuple[Session, Path, Preflight],
    submitter_id: int,
    *,
    production_access_recorded: bool = False,
    on_progress: OnProgress = lambda _: None,
) -> tuple[SentFile, SentFile]:
    """Send the two files of a 2.0.0 submission, each to its own host.

    Both names are looked for before the first byte leaves, so that not one is sent alone.

    Raises:
        As `send_submission`.
    """
    names = [
        upload_name(file.name, submitter_id, kind).pair_name
        for (_, file, _), kind in (
            (cais, ServerKind.CAIS),
            (transformed_identifiers, ServerKind.TRANSFORMED_IDENTIFIERS),
        )
    ]
    if names[0] != names[1]:
        raise UserFacingError(
            "The two files don't belong together: their names differ in more than the kind.",
            "Nothing was sent: CAT joins the two files of a submission by their names.",
            "Choose the two files of one submission.",
        )
    for session, file, _ in (cais, transformed_identifiers):
        with session.transfer():
            _refuse_if_there(session, _path_for(session, submitter_id, file), file.name)
    first, second = (
        send_submission(
            session,
            submitter_id,
            file,
            preflight,
            production_access_recorded=production_access_recorded,
            on_progress=on_progress,
        )
        for session, file, preflight in (cais, transformed_identifiers)
    )
    return first, second


def _path_for(session: Session, submitter_id: int, file: Path) -> str:
    upload_name(file.name, submitter_id, session.target.kind)
    return f"{session.folder(FolderUse.UPLOAD, submitter_id)}/{file.name}"


def _open_here(file: Path) -> IO[bytes]:
    try:
        return file.open("rb")
    except OSError as error:
        raise UserFacingError(
            f"{plain(file.name)} can't be read: {error.strerror}.",
            "Nothing was sent.",
            "Check that the file is still there and not open in another program.",
        ) from error


class _Sending:
    """One file on its way: many pieces under way at once, each confirmed by the server."""

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
        """Send it all; returns its SHA-256."""
        if self.size != preflight.size:
            raise self._not_as_checked("Nothing was sent.")
        if self.size > _MOST_BYTES:
            raise UserFacingError(
                f"{plain(self._name)} is larger than CAT takes.",
                "Nothing was sent. At most 7 GB, uncompressed, can be sent by SFTP.",
                "Split the submission into several files.",
            )
        _refuse_if_there(self._session, self._path, self._name)
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


def _refuse_if_there(session: Session, path: str, name: str) -> None:
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


def _look_for(session: Session, path: str, size: int) -> Arrival:
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
