"""Opening the database, and the one way to read from it and write to it."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from app.storage.faults import Fault, StorageError, explained, fault
from app.storage.inspection import Content, inspect_database
from app.storage.paths import (
    DataFolder,
    create_private_file,
    make_private_folder,
    sqlite_uri,
    sync_folder,
)
from app.storage.schema import migrations

if TYPE_CHECKING:
    from sqlite_utils import Database as Tables

#: How long another program may hold the database before the person is told.
BUSY_MILLISECONDS = 1_500


class Database:
    """The open database of one person.

    One connection, guarded by a lock: calls may come from the job runner's thread and, at
    start, from the window's. WAL with `synchronous=FULL`: what was committed survives a
    power cut.
    """

    def __init__(self, path: Path, tables: Tables) -> None:
        self.path = path
        self._tables: Tables | None = tables
        self._identity = _identity(path)
        self._lock = threading.RLock()
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the database; the log beside it is folded in. A second call does nothing."""
        with self._lock:
            self._closed = True
            self._drop_connection()

    @contextmanager
    def read(self) -> Iterator[Tables]:
        """The tables, for reading.

        Raises:
            StorageError: the database cannot be read just now.
        """
        with self._lock, self._watched() as tables:
            yield tables

    @contextmanager
    def write(self) -> Iterator[Tables]:
        """The tables, within one transaction: all of it is on disk afterwards, or nothing.

        Raises:
            StorageError: it could not be written; nothing was changed.
        """
        with self._lock, self._watched(saving=True) as tables:
            self._require_presence()
            connection = tables.conn
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield tables
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            # A database removed while open takes writes without complaint and loses them.
            self._require_presence()

    @contextmanager
    def _watched(self, *, saving: bool = False) -> Iterator[Tables]:
        try:
            with explained(self.path, saving=saving):
                yield self._connected(saving=saving)
        except StorageError as error:
            if error.fault in (Fault.GONE, Fault.UNREADABLE, Fault.READ_ONLY, Fault.NOT_ALLOWED):
                # The connection may hold on to a file that is no longer the one at this path.
                self._drop_connection()
            raise

    def _connected(self, *, saving: bool) -> Tables:
        if self._closed:
            raise fault(Fault.CLOSED, self.path)
        if self._tables is None:
            if not self.path.exists():
                raise fault(Fault.GONE, self.path, saving=saving)
            _require_usable(self.path)
            self._tables = _connect(self.path)
            self._identity = _identity(self.path)
        return self._tables

    def _require_presence(self) -> None:
        try:
            here = _identity(self.path)
        except FileNotFoundError:
            raise fault(Fault.GONE, self.path, saving=True) from None
        if here != self._identity:
            raise fault(Fault.GONE, self.path, saving=True)

    def _drop_connection(self) -> None:
        if self._tables is None:
            return
        tables, self._tables = self._tables, None
        tables.close()


def open_database(
    folder: DataFolder, *, before_upgrade: Callable[[DataFolder], object] | None = None
) -> Database:
    """Open (or create) the database in `folder` and bring it to this version's schema.

    Args:
        folder: the data folder; created where it is missing.
        before_upgrade: called before an older database is upgraded, to back it up; what it
            raises prevents the upgrade.

    Raises:
        StorageError: the folder or database cannot be used; a database that is newer, damaged
            or not ours was left untouched.
    """
    with explained(folder.root):
        folder.create()
        finish_restore(folder)
    return open_database_at(
        folder.database, before_upgrade=lambda: before_upgrade and before_upgrade(folder)
    )


def open_database_at(path: Path, *, before_upgrade: Callable[[], object] | None = None) -> Database:
    """As `open_database`, for a database file in a folder that exists."""
    with explained(path):
        found = _require_usable(path)
        if found is not Content.NOTHING and not os.access(path, os.W_OK):
            raise fault(Fault.READ_ONLY, path)  # SQLite would open it and fail at the first edit
        if found is Content.OLDER and before_upgrade is not None:
            before_upgrade()
        if not path.exists():
            create_private_file(path)
            sync_folder(path.parent)
        tables = _connect(path)
        try:
            if found is not Content.CURRENT:
                _upgrade(tables)
        except BaseException:
            tables.close()
            raise
    return Database(path, tables)


def finish_restore(folder: DataFolder) -> Path | None:
    """Put a restored database in place; also after a restore that was interrupted half-way.

    Returns:
        Where the former database was set aside, if there was one.

    Raises:
        OSError: it could not be moved.
    """
    set_aside = None
    for ready in sorted(folder.root.glob("restored-*.db")):
        aside = folder.set_aside / ready.stem.removeprefix("restored-")
        # Log and index first and with it: they would be applied to the restored database.
        for suffix in ("-wal", "-shm", ""):
            former = folder.database.with_name(folder.database.name + suffix)
            if former.exists():
                make_private_folder(aside)
                former.rename(aside / former.name)
                set_aside = aside
        ready.rename(folder.database)
        sync_folder(folder.root)
    return set_aside


def _require_usable(path: Path) -> Content:
    found = inspect_database(path)
    if found is Content.NEWER:
        raise fault(Fault.NEWER, path)
    if found is Content.FOREIGN:
        raise fault(Fault.NOT_OURS, path)
    if found is Content.DAMAGED:
        raise fault(Fault.DAMAGED, path)
    return found


def _connect(path: Path) -> Tables:
    from sqlite_utils import Database as Tables

    # mode=rw: a database that vanished must not come back as an empty one.
    connection = sqlite3.connect(
        sqlite_uri(path, "mode=rw"),
        uri=True,
        timeout=BUSY_MILLISECONDS / 1000,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        # macOS' fsync leaves data in the drive's own cache; a no-op elsewhere.
        connection.execute("PRAGMA fullfsync = ON")
        connection.execute("PRAGMA foreign_keys = ON")
        # Views, triggers and defaults of a tampered file may not run functions.
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA secure_delete = ON")
        # Plugins of other programs that use sqlite-utils have no business in here.
        return Tables(connection, execute_plugins=False)
    except BaseException:
        connection.close()
        raise


def _upgrade(tables: Tables) -> None:
    """Apply what is missing, all of it or nothing."""
    tables.conn.execute("BEGIN IMMEDIATE")
    try:
        migrations().apply(tables)
        tables.conn.execute("COMMIT")
    except BaseException:
        if tables.conn.in_transaction:
            tables.conn.execute("ROLLBACK")
        raise


def _identity(path: Path) -> tuple[int, int]:
    """Which file lies at `path`: another one put in its place has another identity."""
    status = path.stat()
    return status.st_dev, status.st_ino
