"""Feedback from the server into the case's own folder, and which of it is still to be counted.

Beside the folder lies a list of what was counted: a fetch that was cancelled, or a program that
was killed between fetching and counting, loses no feedback, and a row that the person has
removed does not come back with the next fetch. No Qt: a command does the same.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from app.cancellation import CancelToken
from app.failures import UserFacingError
from app.onboarding.case import Case
from app.storage.paths import DataFolder
from app.work.sftp_targets import submitter_id_of

if TYPE_CHECKING:
    from app.sftp.feedback_files import RemoteFile
    from app.sftp.fetching import FetchReport
    from app.sftp.host_keys import AcceptedHostKey
    from app.sftp.session import Session
    from app.sftp.target import ConnectionTarget, PasswordSource
    from app.sftp.watching import Look

_FEEDBACK = "*.feedback.json.bz2"


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a fetch brought.

    Args:
        report: what was on the server, and what came.
        to_count: files here that the case does not know yet.
        days_left: by the base name of each submission, how long CAT still keeps its feedback.
        at: when (UTC).
    """

    report: FetchReport
    to_count: tuple[Path, ...]
    days_left: Mapping[str, int]
    at: datetime


@dataclass(frozen=True, slots=True)
class Watched:
    """One look at the feedback folder while it is watched.

    Args:
        look: when, what was new, and when the next one comes.
        fetched: what was fetched; None while the connection is not there.
    """

    look: Look
    fetched: Fetched | None


def feedback_folder(folder: DataFolder, case_id: str) -> Path:
    """The case's own folder for feedback."""
    return folder.feedback / case_id


def fetch_for(
    case: Case,
    target: ConnectionTarget,
    password: PasswordSource,
    known: Sequence[AcceptedHostKey],
    folder: DataFolder,
    *,
    cancel: CancelToken,
    on_progress: Callable[[object], object] = lambda _: None,
) -> Fetched:
    """Fetch what is new for `case`; blocks. Nothing on the server is changed.

    Raises:
        ConnectionFailedError: the connection could not be made or kept.
        UserFacingError: the feedback folder can't be listed, or nothing can be written here.
        Cancelled: the person cancelled; the next fetch goes on from there.
    """
    from app.sftp.collecting import collect_feedback
    from app.sftp.feedback_files import days_left_by_submission

    into = feedback_folder(folder, case.id)
    report = collect_feedback(
        target,
        password,
        known,
        submitter_id_of(case),
        into,
        cancel=cancel,
        on_progress=on_progress,
    )
    now = datetime.now(UTC)
    return Fetched(report, uncounted(into), days_left_by_submission(report.on_server, now), now)


def watch_for(
    case: Case,
    target: ConnectionTarget,
    password: PasswordSource,
    known: Sequence[AcceptedHostKey],
    folder: DataFolder,
    *,
    cancel: CancelToken,
    on_progress: Callable[[object], object] = lambda _: None,
) -> Generator[Watched]:
    """Look for feedback again and again over one kept connection, and fetch what is new; blocks.

    Raises:
        As `fetch_for`; what may be over by itself is told in the look and tried again.
    """
    from app.sftp.feedback_files import days_left_by_submission, new_files
    from app.sftp.fetching import FetchReport, fetch_files
    from app.sftp.session import ConnectionFailedError, open_session
    from app.sftp.watching import watch_feedback

    into, there = feedback_folder(folder, case.id), dict[bytes, "RemoteFile"]()
    open_now: list[Session] = []

    @contextmanager
    def connect() -> Generator[Session]:
        with open_session(target, password, known, cancel=cancel) as session:
            open_now[:] = [session]
            yield session

    # A target of practice lets nothing but the simulated CAIS be connected to.
    looks = watch_feedback(
        connect, submitter_id_of(case), cancel=cancel, practice=target.practice is True
    )
    look = next(looks)
    while True:
        there.update((file.path, file) for file in look.new)
        fetched = None
        if look.interrupted is None:
            files = tuple(there.values())
            wanted = new_files(files, into)
            try:
                here, skipped = fetch_files(open_now[0], wanted, into, on_progress)
            except ConnectionFailedError as lost:
                # As if the look had lost it: the watch connects again, or gives up.
                look = looks.throw(lost)
                continue
            for left_out in skipped:
                del there[left_out.remote.path]
            report = FetchReport(files, here, skipped, len(files) - len(wanted))
            days_left = days_left_by_submission(files, look.at)
            fetched = Fetched(report, uncounted(into), days_left, look.at)
        yield Watched(look, fetched)
        look = next(looks)


def uncounted(folder: Path) -> tuple[Path, ...]:
    """The feedback files in `folder` that were not counted yet, by name.

    Raises:
        UserFacingError: the folder cannot be read.
    """
    try:
        counted = set(_list_of(folder).read_text("utf-8").splitlines())
    except FileNotFoundError:
        counted = set()
    except OSError as refused:
        raise _refused(folder, refused) from refused
    return tuple(path for path in sorted(folder.glob(_FEEDBACK)) if _marks(path) not in counted)


def note_counted(folder: Path, files: Iterable[Path]) -> None:
    """Remember that the case holds what these files say; files from elsewhere are left out.

    Raises:
        UserFacingError: it cannot be written; the files are counted again then.
    """
    lines = [f"{_marks(path)}\n" for path in files if path.parent == folder and path.exists()]
    try:
        with _list_of(folder).open("a", encoding="utf-8") as noted:
            noted.writelines(lines)
    except OSError as refused:
        raise _refused(folder, refused) from refused


def _list_of(folder: Path) -> Path:
    # Beside the folder: the server's file names are those inside.
    return folder.with_name(f"{folder.name}.counted")


def _marks(path: Path) -> str:
    state = path.stat()
    return f"{state.st_size} {int(state.st_mtime)} {path.name}"


def _refused(folder: Path, error: OSError) -> UserFacingError:
    return UserFacingError(
        f"The folder of fetched feedback can't be used: {error.strerror or error}.",
        f"It is {folder}. What was counted so far stands.",
        "Check the folder's permissions, then fetch again.",
    )
