"""Opening the data folder on a job's thread, while the window stands painted and waits."""

from __future__ import annotations

import logging
from importlib import import_module

from app.storage.faults import explained
from app.storage.logbook import start_log, stop_log
from app.storage.paths import DataFolder
from app.storage.workstation import FolderClaim
from app.work.workplace import Workplace

#: What the window imports as soon as it has a case to show: loaded here, where nobody waits.
_NEEDED_NEXT = (
    "app.window.care",
    "app.window.case_files",
    "app.window.cases",
    "app.window.failures",
    "app.window.frame",
    "app.window.leaving",
    "app.window.menus",
    "app.window.news",
    "app.window.signals",
    "app.work.desk",
    "app.work.keeping",
)


class HeldFolder:
    """A data folder as this program holds it: claimed against other workstations, with a log."""

    def __init__(self, folder: DataFolder) -> None:
        self.claim = FolderClaim(folder)
        self._folder = folder
        self._log: logging.Handler | None = None

    def open(self) -> Workplace:
        """Claim the folder, start its log, open what is kept in it. Blocks.

        Raises:
            StorageError: the folder or its database cannot be used.
        """
        with explained(self._folder.root):
            self._folder.create()
        self.claim.acquire()
        self._log = start_log(self._folder)
        workplace = Workplace.open(self._folder.root)
        for name in _NEEDED_NEXT:
            import_module(name)
        return workplace

    def let_go(self) -> None:
        """End the log and give the folder free."""
        if self._log is not None:
            stop_log(self._log)
        self.claim.release()
