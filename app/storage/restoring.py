"""Going back to a backup.

The database in use is set aside, never deleted, and what was recorded after the backup is
carried over where it can still be read.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.storage.backups import Backup, require_integrity
from app.storage.database import finish_restore, open_database_at
from app.storage.faults import explained
from app.storage.inspection import untouched
from app.storage.origin import Origin
from app.storage.paths import DataFolder, create_private_file
from app.storage.salvage import Restoration, Salvaged, salvage


@dataclass(frozen=True)
class Restored:
    """What a restore did: where the former database lies, and what was carried over from it."""

    set_aside: Path | None
    salvaged: Salvaged


def restore(
    folder: DataFolder,
    backup: Backup | None,
    *,
    recover_facts: bool,
    origin: Origin | None = None,
    now: datetime | None = None,
) -> Restored:
    """Put `backup` in the place of the database, which must be closed.

    Args:
        folder: the data folder.
        backup: what to go back to; None starts empty and carries over all that can be read.
        recover_facts: whether facts entered after the backup are wanted as well (the database
            was damaged), or only their history (the person wants the earlier facts back).
        origin: who restores.
        now: when.

    Raises:
        StorageError: nothing was changed.
    """
    at = (now or datetime.now(UTC)).astimezone(UTC)
    source = f"the backup of {backup.at:%Y-%m-%d %H:%M} UTC" if backup else "the damaged database"
    restoration = Restoration(source, origin or Origin.here(), at, recover_facts)
    stamp = f"{at:%Y%m%dT%H%M%S}"
    building = folder.root / f"restoring-{stamp}.db"
    with explained(folder.root):
        try:
            _fill(building, backup)
            with open_database_at(building) as database, database.write() as tables:
                salvaged = salvage(folder.database, tables, restoration)
            building.replace(folder.root / f"restored-{stamp}.db")
        finally:
            for suffix in ("", "-wal", "-shm"):
                building.with_name(building.name + suffix).unlink(missing_ok=True)
        aside = _put_in_place(folder, stamp)
        if salvaged.loose and aside is not None:
            loose_file = aside / "loose-entries.json"
            create_private_file(loose_file)
            salvaged.write_loose(loose_file)
    return Restored(aside, salvaged)


def _put_in_place(folder: DataFolder, stamp: str) -> Path | None:
    try:
        return finish_restore(folder)
    except OSError:
        # Another program holds the database: all goes back to where it was.
        aside = folder.set_aside / stamp
        for suffix in ("", "-wal", "-shm"):
            former = folder.database.with_name(folder.database.name + suffix)
            if (aside / former.name).exists() and not former.exists():
                (aside / former.name).rename(former)
        (folder.root / f"restored-{stamp}.db").unlink(missing_ok=True)
        raise


def _fill(building: Path, backup: Backup | None) -> None:
    create_private_file(building)
    if backup is None:
        return
    with explained(backup.path), untouched(backup.path) as source:
        require_integrity(source, backup.path)
        with closing(sqlite3.connect(building, isolation_level=None)) as target:
            source.backup(target)
