"""The one way work leaves the window's thread.

A job runs a plain function on a thread of its own and ends in exactly one of done,
failed, cancelled. Its signals arrive on the window's thread: connect bound methods of
objects that live there.
"""

from __future__ import annotations

import gc
import logging
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.cancellation import CancelToken
from app.failures import Cancelled, UserFacingError

_log = logging.getLogger(__name__)

#: Shortest time between two progress reports that reach the window, in seconds. More of
#: them would hold it up: every one takes Python's global lock.
PROGRESS_INTERVAL = 0.05
#: How long one thread may keep Python's global lock while another wants it, in seconds.
SWITCH_INTERVAL = 0.0005

#: How often cyclic garbage is looked for while anything is under way, in milliseconds.
SWEEP_INTERVAL = 1_000

Report = Callable[[object], None]
#: The work of a job: gets the token to look at and a function to report progress with.
Work = Callable[[CancelToken, Report], Any]


class Job(QObject):
    """Work under way. Exactly one of `done`, `failed`, `cancelled` comes, then `ended`.

    `failed` carries a `UserFacingError`, or whatever else the work raised: a bug.
    """

    progressed = Signal(object)
    done = Signal(object)
    failed = Signal(Exception)
    cancelled = Signal()
    ended = Signal(QObject)
    _outcome = Signal(object, object)

    def __init__(self, name: str, work: Work) -> None:
        # Loads every enumeration there is: the first paint, before any job, need not wait for it.
        from PySide6.QtCore import Qt

        super().__init__()
        self.name = name
        self._work = work
        self._token = CancelToken()
        self._last_report = 0.0
        self._outcome.connect(self._announce, Qt.ConnectionType.QueuedConnection)
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def cancel(self) -> None:
        """Stop the work. The job still ends by its signals, as `cancelled`."""
        self._token.cancel()

    def wait(self, seconds: float) -> bool:
        """Wait for the work itself (not its signals); whether it ended in time. For exits only."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def begin(self) -> None:
        """Start the thread; the runner calls this once."""
        self._thread.start()

    def _run(self) -> None:
        """On the job's own thread."""
        try:
            result = self._work(self._token, self._report)
        except Cancelled:
            self._outcome.emit(None, None)
        except UserFacingError as failure:
            self._outcome.emit(None, failure)
        except Exception as bug:  # noqa: BLE001 - handed to the window, which reports it
            self._outcome.emit(None, bug)
        else:
            self._outcome.emit((result,), None)

    def _report(self, progress: object) -> None:
        """On the job's own thread: the latest progress, not too often."""
        now = time.monotonic()
        if now - self._last_report >= PROGRESS_INTERVAL:
            self._last_report = now
            self.progressed.emit(progress)

    def _announce(self, result: tuple[Any] | None, failure: Exception | None) -> None:
        """On the window's thread."""
        # The outcome was the thread's last act. Without this it might be the last to let go of
        # the job, and Qt objects must end on the window's thread.
        self._thread.join()
        if result is not None and not self._token.cancelled:
            self.done.emit(result[0])
        elif failure is None or self._token.cancelled:
            if failure is not None and not isinstance(failure, UserFacingError):
                _log.warning("job %s: %s while it was cancelled", self.name, type(failure).__name__)
            self.cancelled.emit()
        else:
            self.failed.emit(failure)
        self.ended.emit(self)


class JobRunner(QObject):
    """Starts jobs and knows those under way.

    `bug_found` carries every exception that is neither a cancellation nor for the user;
    the frame shows it as a report.
    """

    bug_found = Signal(Exception)

    def __init__(self) -> None:
        super().__init__()
        self._jobs: set[Job] = set()
        # A worker in pure Python would hold the window up for 5 ms at a time, Python's default.
        sys.setswitchinterval(SWITCH_INTERVAL)
        # Python collects cyclic garbage on whichever thread happens to allocate. Qt objects in
        # it would be destroyed there, which crashes: from now on this thread alone collects.
        gc.disable()
        self._sweep = QTimer(self, interval=SWEEP_INTERVAL)
        self._sweep.timeout.connect(self._collect_garbage)

    def prepare(self, name: str, work: Work) -> Job:
        """A job for `work`, not started: connect to it, then `start` it."""
        job = Job(name, work)
        job.failed.connect(self._look_at_failure)
        job.ended.connect(self._forget)
        return job

    def start(self, job: Job) -> Job:
        """Start a prepared job."""
        self._jobs.add(job)
        # Whatever a person does ends in a job sooner or later; an idle program does not wake up.
        if not self._sweep.isActive():
            self._sweep.start()
        job.begin()
        return job

    @property
    def busy(self) -> bool:
        """Whether any job is under way."""
        return bool(self._jobs)

    def cancel_all(self) -> None:
        """Cancel every job under way."""
        for job in tuple(self._jobs):
            job.cancel()

    def wait_all(self, seconds: float) -> bool:
        """Wait for all work at exit; whether it ended in time."""
        deadline = time.monotonic() + seconds
        return all(job.wait(max(deadline - time.monotonic(), 0)) for job in tuple(self._jobs))

    def _collect_garbage(self) -> None:
        """Collect what Python itself would collect by now."""
        due = [count > limit for count, limit in zip(gc.get_count(), gc.get_threshold())]
        if any(due):
            gc.collect(max(generation for generation, is_due in enumerate(due) if is_due))
        if not self._jobs:
            self._sweep.stop()

    def _look_at_failure(self, failure: Exception) -> None:
        if not isinstance(failure, UserFacingError):
            self.bug_found.emit(failure)

    def _forget(self, job: Job) -> None:
        self._jobs.discard(job)
        # Here and now rather than whenever Python's collector runs, perhaps on another thread.
        job.deleteLater()
