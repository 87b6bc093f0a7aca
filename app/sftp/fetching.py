"""Fetching feedback: what is new, many files at once, into the case's own folder."""

from __future__ import annotations

import contextlib
import errno
from collections import deque
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from pathlib import Path

from app.failures import UserFacingError
from app.sftp.download import Download, NotFetched
from app.sftp.feedback_files import RemoteFile, list_feedback, new_files
from app.sftp.folders import FolderUse
from app.sftp.listing import channel_of
from app.sftp.plain_text import plain
from app.sftp.requests import DEPTH, Requests
from app.sftp.session import Session

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@dataclass(frozen=True, slots=True)
class FetchProgress:
    """How far a fetch has come."""

    files: int
    files_in_all: int
    bytes: int
    bytes_in_all: int


@dataclass(frozen=True, slots=True)
class FetchedFile:
    """A file that was fetched, complete by its size."""

    path: Path
    remote: RemoteFile


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """A file that was not, and why."""

    remote: RemoteFile
    reason: NotFetched


@dataclass(frozen=True, slots=True)
class FetchReport:
    """What a fetch brought.

    Args:
        on_server: everything in the folder, with what is left of its time there.
        unchanged: how many had been fetched before.
    """

    on_server: tuple[RemoteFile, ...]
    fetched: tuple[FetchedFile, ...]
    skipped: tuple[SkippedFile, ...]
    unchanged: int


OnProgress = Callable[[FetchProgress], object]


def fetch_feedback(
    session: Session,
    submitter_id: int,
    into: Path,
    on_progress: OnProgress = lambda _: None,
    *,
    depth: int = DEPTH,
) -> FetchReport:
    """Fetch what the feedback folder has and `into` has not. Nothing on the server is changed.

    Args:
        session: open; nobody else may use it meanwhile.
        submitter_id: whose folder.
        into: the case's own folder; it is made if it is not there.
        on_progress: told of each step, in the calling thread.
        depth: requests under way at most; 1 for servers that many at a time bring to a halt.

    Raises:
        ConnectionFailedError: the connection ended; the next run goes on from there.
        UserFacingError: the folder can't be listed, or nothing can be written here.
        Cancelled: the person cancelled; the next run goes on from there.
    """
    folder = session.folder(FolderUse.FEEDBACK, submitter_id)
    with session.transfer():
        try:
            files = list_feedback(session.sftp, folder, session.progressed)
        except OSError as error:
            raise UserFacingError(
                f"The feedback folder {folder} can't be listed: {plain(str(error))}.",
                "It does not exist, or the account may not open it.",
                "Run the connection test: it says which, and whom to ask.",
            ) from error
    wanted = new_files(files, into)
    fetched, skipped = fetch_files(session, wanted, into, on_progress, depth=depth)
    return FetchReport(files, fetched, skipped, unchanged=len(files) - len(wanted))


def fetch_files(
    session: Session,
    files: Iterable[RemoteFile],
    into: Path,
    on_progress: OnProgress,
    *,
    depth: int = DEPTH,
) -> tuple[tuple[FetchedFile, ...], tuple[SkippedFile, ...]]:
    """Fetch these files, many at once over the one connection.

    Raises:
        As `fetch_feedback`.
    """
    fetch = _Fetch(session, tuple(files), into, on_progress, depth)
    with _local_faults(into), session.transfer():
        into.mkdir(parents=True, exist_ok=True)
        fetch.run()
    return tuple(fetch.fetched), tuple(fetch.skipped)


class _Fetch:
    def __init__(
        self,
        session: Session,
        files: tuple[RemoteFile, ...],
        into: Path,
        on_progress: OnProgress,
        depth: int,
    ) -> None:
        self._session = session
        self._requests = Requests(channel_of(session.sftp), depth)
        self._into = into
        self._queue = deque(files)
        self._active: list[Download] = []
        self._on_progress = on_progress
        self._files_in_all = len(files)
        self._bytes_in_all = sum(file.size for file in files)
        self._bytes_done = 0
        self.fetched: list[FetchedFile] = []
        self.skipped: list[SkippedFile] = []

    def run(self) -> None:
        try:
            while self._queue or self._active:
                self._ask_for_more()
                self._requests.step()
                self._session.progressed()
                self._take_stock()
            self._requests.drain()
        except OSError as error:
            self._give_up(keep=error.errno not in _FULL)
            raise
        except BaseException:
            self._give_up(keep=True)
            raise

    def _give_up(self, *, keep: bool) -> None:
        for download in self._active:
            # A full disk says so again when what is left in memory is written.
            with contextlib.suppress(OSError):
                download.give_up(keep=keep)

    def _ask_for_more(self) -> None:
        for download in self._active:
            while download.wants_to_ask and self._requests.has_room:
                download.ask(self._requests)
        while self._queue and self._requests.has_room and len(self._active) < DEPTH:
            download = Download(self._queue.popleft(), self._into)
            self._active.append(download)
            download.start(self._requests)

    def _take_stock(self) -> None:
        left: list[Download] = []
        for download in self._active:
            if download.is_complete:
                download.close(self._requests)
                path = download.put_in_place()
                self.fetched.append(FetchedFile(path, download.file))
            elif download.ended and download.reason is not None:
                download.close(self._requests)
                download.give_up(keep=False)
                self.skipped.append(SkippedFile(download.file, download.reason))
            else:
                left.append(download)
                continue
            self._bytes_done += download.file.size
        self._active = left
        self._on_progress(
            FetchProgress(
                files=len(self.fetched) + len(self.skipped),
                files_in_all=self._files_in_all,
                bytes=self._bytes_done + sum(download.written for download in left),
                bytes_in_all=self._bytes_in_all,
            )
        )


@contextlib.contextmanager
def _local_faults(into: Path) -> Generator[None]:
    """Says in plain words when this computer can't keep what was fetched."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise UserFacingError(
                "The disk of this computer is full.",
                "What was fetched completely is kept; the rest is still on the server.",
                "Make room, then fetch again: it goes on where it stopped.",
            ) from error
        raise UserFacingError(
            f"The folder {into} can't be written to: {error.strerror or error}.",
            "Nothing further was fetched; everything is still on the server.",
            "Check the folder's permissions, then fetch again.",
        ) from error
