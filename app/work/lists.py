"""Lists written as CSV, in a job."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.background import JobRunner, Report
from app.cancellation import CancelToken
from app.failures import UserFacingError


class ListWriter(QObject):
    """Writes a list to a file; `written` carries its path, `failed` a `UserFacingError`."""

    written = Signal(object)
    failed = Signal(object)

    def __init__(self, runner: JobRunner) -> None:
        super().__init__()
        self._runner = runner

    def write(self, path: Path, rows: Iterable[Sequence[object]]) -> None:
        """Write `rows` as CSV; the person has agreed to replace an existing file."""
        content = tuple(rows)

        def work(token: CancelToken, report: Report) -> Path:
            from app.storage.files import write_whole
            from app.storage.spreadsheets import csv_bytes

            write_whole(path, csv_bytes(content), overwrite=True)
            return path

        job = self._runner.prepare("write a list", work)
        job.done.connect(self.written)
        job.failed.connect(self._failed)
        self._runner.start(job)

    def _failed(self, failure: Exception) -> None:
        if isinstance(failure, UserFacingError):
            self.failed.emit(failure)
