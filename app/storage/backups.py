"""Backups of the database: made with SQLite's own backup, proven after writing, ten kept.

Copying the file of an open database would lose what still lies in its log.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path

from app.cancellation import CancelToken
from app.storage.faults import Fault, StorageError, explained, fault
from app.storage.history import canonical_json
from app.storage.inspection import Content, inspect_database, untouched
from app.storage.paths import (
    DataFolder,
    create_private_file,
    make_private_folder,
    sqlite_uri,
    sync_folder,
)

KEPT = 10
#: So many of the newest stay even when they are all of one day.
KEPT_WHATEVER_DAY = 3
_STAMP = "%Y%m%dT%H%M%S.%fZ"
_PAGES_PER_STEP = 2_000
_ABANDONED_SECONDS = 3_600
# What tells one state of the database from another, without reading every row.
_FINGERPRINT = (
    "SELECT id, revision, head_seq, head_hash, archived_at FROM cases ORDER BY id",
    "SELECT count(*) FROM history",
    "SELECT * FROM host_keys ORDER BY environment, host, port, fingerprint",
    "SELECT * FROM kept_credentials ORDER BY account",
    "SELECT * FROM settings ORDER BY key",
)


class Reason(StrEnum):
    """Why a backup was made."""

    START = "start"
    DAILY = "daily"
    UPGRADE = "upgrade"
    RESTORE = "restore"


@dataclass(frozen=True)
class Backup:
    """One backup: its file, when it was made (UTC), why, and its size in bytes."""

    path: Path
    at: datetime
    reason: Reason
    size: int


@dataclass(frozen=True)
class FirmInBackup:
    """A firm as a backup holds it."""

    name: str
    number: str
    practice: bool
    entries: int
    changed_at: datetime


@dataclass(frozen=True)
class BackupContents:
    """What a backup contains, to choose by."""

    firms: tuple[FirmInBackup, ...]
    entries: int


def make_backup(
    folder: DataFolder,
    reason: Reason,
    *,
    now: datetime | None = None,
    cancel: CancelToken | None = None,
) -> Backup | None:
    """Back the database up, unless the newest backup already holds all that is in it.

    Reads through a connection of its own: saving goes on meanwhile.

    Args:
        folder: the data folder; its database exists.
        reason: why.
        now: the time it is named after.
        cancel: ends it between two steps.

    Returns:
        The new backup, or None where nothing changed since the last one.

    Raises:
        StorageError: it could not be written, or the database turned out damaged.
        Cancelled: nothing was left behind.
    """
    at = (now or datetime.now(UTC)).astimezone(UTC)
    with explained(folder.database), _snapshot(folder.database) as source:
        state = _fingerprint(source)
        newest = next(iter(list_backups(folder)), None)
        if newest is not None and _holds(newest, state):
            return None
        with explained(folder.backups):
            make_private_folder(folder.backups)
            _clear_abandoned(folder)
            finished = folder.backups / f"cases-{at.strftime(_STAMP)}-{reason.value}.db"
            partial = finished.with_suffix(".partial")
            try:
                _copy(source, partial, cancel)
                _prove(partial, state)
                partial.replace(finished)
                sync_folder(folder.backups)
            finally:
                partial.unlink(missing_ok=True)
    _keep_ten(folder)
    return Backup(finished, at, reason, finished.stat().st_size)


def backup_due(folder: DataFolder, today: date) -> bool:
    """Whether no backup was made on `today` (UTC) yet.

    Raises:
        StorageError: the folder of backups cannot be read.
    """
    return all(backup.at.date() != today for backup in list_backups(folder))


def list_backups(folder: DataFolder) -> tuple[Backup, ...]:
    """All backups, newest first.

    Raises:
        StorageError: the folder of backups cannot be read.
    """
    with explained(folder.backups):
        if not folder.backups.is_dir():
            return ()
        found = [backup for path in folder.backups.glob("cases-*.db") if (backup := _named(path))]
    return tuple(sorted(found, key=lambda backup: (backup.at, backup.path.name), reverse=True))


def contents_of(backup: Backup) -> BackupContents:
    """What `backup` holds; its pages are checked first.

    Raises:
        StorageError: it is damaged, of a newer version, or cannot be read.
    """
    with explained(backup.path):
        found = inspect_database(backup.path)
    if found not in (Content.CURRENT, Content.OLDER):
        raise fault(Fault.NEWER if found is Content.NEWER else Fault.DAMAGED, backup.path)
    with explained(backup.path), untouched(backup.path) as connection:
        require_integrity(connection, backup.path)
        firms = tuple(
            FirmInBackup(row[0], row[1], bool(row[2]), row[3], datetime.fromisoformat(row[4]))
            for row in connection.execute(
                "SELECT firm_name, firm_number, practice, head_seq, changed_at FROM cases "
                "ORDER BY firm_name COLLATE NOCASE"
            )
        )
    return BackupContents(firms, sum(firm.entries for firm in firms))


def newest_good_backup(folder: DataFolder) -> Backup | None:
    """The newest backup that is whole: what is offered when the database is damaged.

    Raises:
        StorageError: the folder of backups cannot be read.
    """
    for backup in list_backups(folder):
        try:
            contents_of(backup)
        except StorageError:
            continue  # damaged as well
        return backup
    return None


def require_integrity(connection: sqlite3.Connection, place: Path) -> None:
    """Have SQLite check every page and reference.

    Raises:
        StorageError: the database at `place` is damaged.
        sqlite3.DatabaseError: it is damaged so that it cannot even be checked.
    """
    found = [row[0] for row in connection.execute("PRAGMA integrity_check(1)")]
    orphan = connection.execute("PRAGMA foreign_key_check").fetchone()
    if found != ["ok"] or orphan is not None:
        raise fault(Fault.DAMAGED, place)


def check_integrity(folder: DataFolder) -> None:
    """Check the whole database in use, through a connection of its own. Takes a while.

    Raises:
        StorageError: it is damaged or cannot be read.
    """
    with explained(folder.database), _snapshot(folder.database) as connection:
        require_integrity(connection, folder.database)


@contextmanager
def _snapshot(path: Path) -> Iterator[sqlite3.Connection]:
    """A read-only connection that keeps seeing the state of this moment."""
    uri = sqlite_uri(path, "mode=ro")
    with closing(
        sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
    ) as connection:
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        yield connection


def _copy(source: sqlite3.Connection, partial: Path, cancel: CancelToken | None) -> None:
    def look(_status: int, _remaining: int, _total: int) -> None:
        if cancel is not None:
            cancel.raise_if_cancelled()

    partial.unlink(missing_ok=True)
    create_private_file(partial)
    with closing(sqlite3.connect(partial, isolation_level=None)) as target:
        source.backup(target, pages=_PAGES_PER_STEP, progress=look)
        # One file that needs no log beside it and can be opened from a read-only disk.
        target.execute("PRAGMA journal_mode = DELETE")
    with partial.open("rb+") as file:
        os.fsync(file.fileno())


def _prove(partial: Path, state: str) -> None:
    with untouched(partial) as connection:
        require_integrity(connection, partial)
        if _fingerprint(connection) != state:
            raise fault(Fault.DAMAGED, partial)


def _holds(backup: Backup, state: str) -> bool:
    try:
        with explained(backup.path), untouched(backup.path) as connection:
            return _fingerprint(connection) == state
    except StorageError:
        return False  # a backup that cannot be read is no reason to go without a new one
    except sqlite3.OperationalError:
        return False  # of an older schema


def _fingerprint(connection: sqlite3.Connection) -> str:
    digest = hashlib.sha256()
    for query in _FINGERPRINT:
        for row in connection.execute(query):
            digest.update(canonical_json(row).encode())
    return digest.hexdigest()


def _named(path: Path) -> Backup | None:
    _, _, rest = path.stem.partition("-")
    stamp, _, reason = rest.rpartition("-")
    try:
        at = datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
        return Backup(path, at, Reason(reason), path.stat().st_size)
    except (ValueError, FileNotFoundError):
        return None  # not one of ours, or just removed by another window


def _clear_abandoned(folder: DataFolder) -> None:
    """Remove what a killed program left half-written; not what another window is writing."""
    for partial in folder.backups.glob("cases-*.partial*"):
        if partial.stat().st_mtime < time.time() - _ABANDONED_SECONDS:
            partial.unlink(missing_ok=True)


def _keep_ten(folder: DataFolder) -> None:
    """Remove the most dispensable: first further ones of the same day, then the oldest."""
    backups = list(list_backups(folder))
    while len(backups) > KEPT:
        per_day = Counter(backup.at.date() for backup in backups)
        older = backups[KEPT_WHATEVER_DAY:]
        doubled = [backup for backup in older if per_day[backup.at.date()] > 1]
        removed = doubled[-1] if doubled else older[-1]
        with explained(removed.path):
            removed.path.unlink(missing_ok=True)
        backups.remove(removed)
