"""Backups to choose from, and going back to one."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from app.background import Job, JobRunner, Report
from app.cancellation import CancelToken
from app.failures import UserFacingError
from app.storage.backups import Backup, BackupContents, contents_of, list_backups
from app.storage.faults import StorageError
from app.storage.paths import DataFolder
from app.storage.restoring import Restored, restore
from app.work.workplace import Workplace


@dataclass(frozen=True, slots=True)
class SeenBackup:
    """A backup and what it contains; None where it cannot be used."""

    backup: Backup
    contents: BackupContents | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the person wants: a backup, or None to start without one.

    `recover_facts`: whether facts entered after the backup are wanted as well.
    """

    backup: Backup | None
    recover_facts: bool


@dataclass(frozen=True, slots=True)
class Reopened:
    """The data folder opened again: with what the restore did, or why nothing was changed."""

    workplace: Workplace
    restored: Restored | None
    failure: UserFacingError | None = None


class BackupDesk(QObject):
    """Finds the backups of a data folder and what each contains.

    `found` carries all as a tuple of `SeenBackup`, newest first; `failed` a `UserFacingError`.
    """

    found = Signal(object)
    failed = Signal(object)

    def __init__(self, folder: DataFolder, runner: JobRunner) -> None:
        super().__init__()
        self._folder = folder
        self._runner = runner

    def look(self) -> Job:
        """Look at every backup; its pages are checked."""

        def look(token: CancelToken, report: Report) -> tuple[SeenBackup, ...]:
            seen = []
            for backup in list_backups(self._folder):
                token.raise_if_cancelled()
                seen.append(SeenBackup(backup, _contents(backup)))
            return tuple(seen)

        job = self._runner.prepare("look at the backups", look)
        job.done.connect(self.found)
        job.failed.connect(self._failed)
        return self._runner.start(job)

    def _failed(self, failure: Exception) -> None:
        if isinstance(failure, UserFacingError):
            self.failed.emit(failure)


def _contents(backup: Backup) -> BackupContents | None:
    try:
        return contents_of(backup)
    except StorageError:
        return None  # damaged as well, or of a newer version


def restore_and_open(folder: DataFolder, wanted: Wanted, former: Workplace | None) -> Reopened:
    """Close `former`, go back to what is wanted, and open the folder again. Blocks.

    Raises:
        StorageError: it could not be opened again; where `former` was None, also that nothing
            was changed.
    """
    if former is not None:
        former.close()
    try:
        restored = restore(folder, wanted.backup, recover_facts=wanted.recover_facts)
    except StorageError as failure:
        if former is None:
            raise
        return Reopened(Workplace.open(folder.root), None, failure)
    return Reopened(Workplace.open(folder.root), restored)
