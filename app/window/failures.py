"""Bugs: whatever goes wrong unforeseen is told, with a report that can be read and copied."""

from __future__ import annotations

import logging
import sys
import threading
from types import TracebackType

from PySide6.QtCore import QObject, Signal

from app.background import JobRunner, Report
from app.cancellation import CancelToken
from app.storage.bug_reports import keep_report, report_of
from app.storage.paths import DataFolder

_log = logging.getLogger(__name__)


class BugWatch(QObject):
    """Catches what nobody caught, on any thread and in any job, and keeps a report of it.

    `found` carries the report and arrives on the window's thread.
    """

    found = Signal(str)
    _caught = Signal(Exception)

    def __init__(self, runner: JobRunner, folder: DataFolder) -> None:
        super().__init__()
        self._runner = runner
        self._folder = folder
        self._keeping = False
        #: What the person is looking at, in the program's own words.
        self.doing = ""
        self._caught.connect(self._tell)
        runner.bug_found.connect(self._tell)

    def install(self) -> None:
        """Be told of every uncaught exception from now on."""
        sys.excepthook = self._uncaught
        threading.excepthook = self._uncaught_in_thread

    def remove(self) -> None:
        """Put back Python's own way."""
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__

    def _uncaught(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if isinstance(error, Exception):
            self._caught.emit(error)
        else:  # Ctrl+C in the terminal
            sys.__excepthook__(kind, error, trace)

    def _uncaught_in_thread(self, arguments: threading.ExceptHookArgs) -> None:
        if isinstance(arguments.exc_value, Exception):
            self._caught.emit(arguments.exc_value)

    def _tell(self, error: Exception) -> None:
        report = report_of(error, doing=self.doing)
        _log.error("a mistake in the program\n%s", report)
        folder = self._folder

        def keep(token: CancelToken, report_progress: Report) -> None:
            keep_report(folder, report)

        # A disk that does not take it is no second bug: the person still has the text. And a
        # bug in keeping reports must not start the next one.
        if not self._keeping:
            self._keeping = True
            job = self._runner.prepare("keep a bug report", keep)
            job.ended.connect(self._kept)
            self._runner.start(job)
        self.found.emit(report)

    def _kept(self) -> None:
        self._keeping = False
