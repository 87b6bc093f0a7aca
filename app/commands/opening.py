"""Opening the data folder for a command, claimed against other workstations as the window does."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.storage.faults import StorageError, explained
from app.storage.paths import DataFolder
from app.storage.workstation import REFRESH_SECONDS, FolderClaim
from app.work.workplace import Workplace


@contextmanager
def open_workplace(data_dir: Path | None) -> Iterator[Workplace]:
    """The open data folder, which no other workstation opens meanwhile.

    Where another one has taken it all the same (this computer slept), the database is closed:
    whatever the command then wants to write fails.

    Raises:
        StorageError: it is open on another workstation, or cannot be used.
    """
    folder = DataFolder.of(data_dir)
    with explained(folder.root):
        folder.create()
    ended = threading.Event()
    with FolderClaim(folder) as claim, Workplace.open(folder.root) as workplace:

        def keep_claim() -> None:
            while not ended.wait(REFRESH_SECONDS):
                try:
                    claim.refresh()
                except StorageError:
                    workplace.database.close()
                    return

        # Commands have no event loop, and a fetch may take longer than a claim stays fresh.
        keeper = threading.Thread(target=keep_claim, name="claim", daemon=True)
        keeper.start()
        try:
            yield workplace
        finally:
            ended.set()
            keeper.join()
