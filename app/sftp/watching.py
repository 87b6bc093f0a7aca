"""Watching the feedback folder while CAT works: one connection, kept, and a look now and then."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.cancellation import CancelToken
from app.sftp.diagnosis import Diagnosis, Fault
from app.sftp.expectations import SHORTEST_PRACTICE_WAIT, SHORTEST_WAIT, until_next_look
from app.sftp.feedback_files import RemoteFile, list_feedback
from app.sftp.folders import FolderUse
from app.sftp.session import ConnectionFailedError, Session

#: What may be over in a while. Everything else ends the watch: above all, no sign-in that was
#: refused is ever tried again by itself.
PASSING = frozenset(
    {
        Fault.LOOKUP_UNAVAILABLE,
        Fault.LOOKUP_SILENT,
        Fault.NO_ANSWER,
        Fault.PORT_CLOSED,
        Fault.NO_ROUTE,
        Fault.PROXY_UNREACHABLE,
        Fault.SILENT,
        Fault.CLOSED_UNGREETED,
        Fault.SERVER_BUSY,
        Fault.AGREEMENT_SILENT,
        Fault.CUT_IN_AGREEMENT,
        Fault.TOO_MANY_SESSIONS,
        Fault.FILE_TRANSFER_SILENT,
        Fault.CUT_AT_FILE_TRANSFER,
        Fault.TRANSFER_SILENT,
        Fault.CUT_IN_TRANSFER,
    }
)


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the folder, or the reason why there was none.

    Args:
        at: when (UTC).
        new: files that came since the look before; with the first look, everything there is.
        next_at: when the folder is looked at again.
        interrupted: why the connection is not there at the moment; it is tried again.
    """

    at: datetime
    new: tuple[RemoteFile, ...]
    next_at: datetime
    interrupted: Diagnosis | None = None


def watch_feedback(
    connect: Callable[[], AbstractContextManager[Session]],
    submitter_id: int,
    *,
    cancel: CancelToken,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    wait: Callable[[timedelta], None] | None = None,
    practice: bool = False,
) -> Generator[Look]:
    """Look at the feedback folder again and again, until cancelled or closed.

    The connection is kept between the looks and made anew, with the same growing pauses, when it
    was lost. Between two looks lies at least a minute; only the simulated CAIS, which answers
    within seconds, is looked at more often.

    Args:
        connect: opens a session, as `open_session` does.
        submitter_id: whose folder.
        cancel: ends the watch at once, also in a pause.
        clock: the time (UTC).
        wait: pauses; None: for real.
        practice: whether `connect` leads to the simulated CAIS and nowhere else.

    Raises:
        ConnectionFailedError: what will not be over by itself, such as a refused sign-in.
        UserFacingError: as `list_feedback`.
        Cancelled: the person cancelled.
    """
    pause = _Pause(cancel) if wait is None else wait
    shortest = SHORTEST_PRACTICE_WAIT if practice else SHORTEST_WAIT
    watch = _Watch(submitter_id, clock, pause, shortest)
    while True:
        try:
            with connect() as session:
                yield from watch.look_again_and_again(session)
        except ConnectionFailedError as failed:
            if failed.diagnosis.fault not in PASSING:
                raise
            cancel.raise_if_cancelled()
            look = watch.note((), failed.diagnosis)
            yield look
            pause(look.next_at - clock())


class _Watch:
    def __init__(
        self,
        submitter_id: int,
        clock: Callable[[], datetime],
        pause: Callable[[timedelta], None],
        shortest: timedelta,
    ) -> None:
        self._submitter_id = submitter_id
        self._clock = clock
        self._pause = pause
        self._shortest = shortest
        self._known: set[tuple[bytes, str]] = set()
        self._last_news = clock()

    def look_again_and_again(self, session: Session) -> Generator[Look]:
        folder = session.folder(FolderUse.FEEDBACK, self._submitter_id)
        while True:
            with session.transfer():
                files = list_feedback(session.sftp, folder, session.progressed)
            new = tuple(file for file in files if (file.path, file.marks) not in self._known)
            self._known.update((file.path, file.marks) for file in new)
            look = self.note(new, None)
            yield look
            self._pause(look.next_at - self._clock())

    def note(self, new: tuple[RemoteFile, ...], interrupted: Diagnosis | None) -> Look:
        now = self._clock()
        if new:
            self._last_news = now
        wait = until_next_look(now - self._last_news, self._shortest)
        return Look(now, new, now + wait, interrupted)


class _Pause:
    """Waits, and wakes when the person cancels."""

    def __init__(self, cancel: CancelToken) -> None:
        self._cancel = cancel
        self._cancelled = threading.Event()
        cancel.on_cancel(self._cancelled.set)

    def __call__(self, time: timedelta) -> None:
        self._cancelled.wait(max(0.0, time.total_seconds()))
        self._cancel.raise_if_cancelled()
