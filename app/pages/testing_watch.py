"""A folder that is watched for feedback files, for as long as the program is open."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

from app.background import Job, JobRunner, Report
from app.cancellation import CancelToken
from app.failures import UserFacingError

#: How long a folder must be quiet before it is looked at, in milliseconds.
QUIET_AFTER = 400
#: Network drives do not always tell of changes: a look without being told, in milliseconds.
LOOK_ANYWAY = 30_000

#: Size in bytes and time of the last change of each feedback file.
Listing = Mapping[Path, tuple[int, int]]


class FolderWatch(QObject):
    """Tells of feedback files that appear in a folder or change there, once each.

    A file still being copied is told of when two looks in a row found it the same.
    `arrived` carries a list of paths, `lost` a `UserFacingError` when the folder can no longer
    be read; watching has ended then.
    """

    arrived = Signal(list)
    lost = Signal(object)
    changed = Signal()

    def __init__(self, runner: JobRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._runner = runner
        self._watcher = QFileSystemWatcher(self)
        self._quiet = QTimer(self, singleShot=True, interval=QUIET_AFTER)
        self._anyway = QTimer(self, interval=LOOK_ANYWAY)
        self._told: dict[Path, tuple[int, int]] = {}
        self._last: Listing = {}
        self._job: Job | None = None
        self.folder: Path | None = None
        self._watcher.directoryChanged.connect(self._stirred)
        self._quiet.timeout.connect(self.look)
        self._anyway.timeout.connect(self.look)

    def start(self, folder: Path) -> None:
        """Watch `folder` (and no other); what lies in it already is told of as well."""
        self.stop()
        self.folder = folder
        self._watcher.addPath(str(folder))
        self._anyway.start()
        self.look()
        self.changed.emit()

    def stop(self) -> None:
        """Watch no longer."""
        if self.folder is None:
            return
        self._watcher.removePath(str(self.folder))
        self._quiet.stop()
        self._anyway.stop()
        self.folder = None
        self._told, self._last = {}, {}
        if self._job is not None:
            self._job.cancel()
            self._job = None
        self.changed.emit()

    def _stirred(self, path: str) -> None:
        self._quiet.start()

    def look(self) -> None:
        """List the folder in a job: a network drive may take its time. Called by itself."""
        folder = self.folder
        if folder is None or self._job is not None:
            return

        def listing(token: CancelToken, report: Report) -> Listing:
            return _listing(folder, token)

        self._job = self._runner.prepare("look into folder", listing)
        self._job.done.connect(self._seen)
        self._job.failed.connect(self._failed)
        self._runner.start(self._job)

    def _seen(self, listing: Listing) -> None:
        self._job = None
        before, self._last = self._last, listing
        settled = [path for path, state in listing.items() if before.get(path) == state]
        fresh = [path for path in settled if self._told.get(path) != listing[path]]
        self._told.update((path, listing[path]) for path in fresh)
        if len(settled) < len(listing):
            self._quiet.start()
        if fresh:
            self.arrived.emit(fresh)

    def _failed(self, failure: Exception) -> None:
        self._job = None
        self.stop()
        if isinstance(failure, UserFacingError):
            self.lost.emit(failure)


def _listing(folder: Path, token: CancelToken) -> Listing:
    """The feedback files right inside `folder`.

    Raises:
        UserFacingError: the folder cannot be read.
    """
    found = {}
    try:
        for path in sorted(folder.glob("*.feedback.json.bz2")):
            token.raise_if_cancelled()
            try:
                facts = path.stat()
            except FileNotFoundError:
                continue  # gone since the folder was listed
            found[path] = (facts.st_size, facts.st_mtime_ns)
        if not folder.is_dir():
            raise FileNotFoundError(2, "the folder is not there")
    except OSError as refused:
        raise UserFacingError(
            f"The folder “{folder.name}” cannot be read: {refused.strerror}.",
            "It is no longer watched; what was counted stays.",
            "Check that the drive is connected, and choose the folder again.",
        ) from refused
    return found
