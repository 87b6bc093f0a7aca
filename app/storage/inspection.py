"""Looking at a database without touching it or its log, or leaving anything beside them."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from enum import Enum, auto
from pathlib import Path

from app.storage.paths import sqlite_uri
from app.storage.schema import APPLICATION_ID, MIGRATION_SET, migration_names

_HEADER = b"SQLite format 3\x00"


class Content(Enum):
    """What lies at the database's path."""

    NOTHING = auto()
    OLDER = auto()
    CURRENT = auto()
    NEWER = auto()
    FOREIGN = auto()
    DAMAGED = auto()


def inspect_database(path: Path) -> Content:
    """What lies at `path`; neither it nor its log is written, and no file is left beside them.

    Raises:
        OSError: the file cannot be read.
        sqlite3.Error: SQLite cannot read it though it is not damaged.
    """
    try:
        with path.open("rb") as file:
            header = file.read(len(_HEADER))
    except FileNotFoundError:
        return Content.NOTHING
    if not header:
        return Content.NOTHING  # created, then killed before the first table
    if header != _HEADER:
        return Content.DAMAGED
    try:
        with untouched(path) as connection:
            return _content(connection)
    except sqlite3.DatabaseError as error:
        # Python gives no code where a text of a damaged page is none.
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)
        if code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            return Content.DAMAGED
        raise
    except UnicodeDecodeError:
        return Content.DAMAGED  # a message of SQLite that quotes a damaged page


@contextmanager
def untouched(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection to the database at `path` that changes neither it nor its log."""
    log, index = path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")
    if not log.exists() or log.stat().st_size == 0:
        # Without a log everything is in the file itself; "immutable" leaves locks and logs alone.
        parameters = "mode=ro&immutable=1"
    elif index.exists():
        # SQLite may renew the index (it is only memory shared between programs), nothing else.
        parameters = "mode=ro"
    else:
        with _copied(path, log) as copy, _opened(copy, "mode=rw") as connection:
            yield connection
        return
    with _opened(path, parameters) as connection:
        yield connection


@contextmanager
def _copied(path: Path, log: Path) -> Iterator[Path]:
    """A private copy of a database and the log that a killed program left without its index."""
    with tempfile.TemporaryDirectory(prefix="cais-onboarding-") as folder:
        copy = Path(folder) / path.name
        shutil.copyfile(path, copy)
        shutil.copyfile(log, copy.with_name(log.name))
        yield copy


@contextmanager
def _opened(path: Path, parameters: str) -> Iterator[sqlite3.Connection]:
    uri = sqlite_uri(path, parameters)
    with closing(sqlite3.connect(uri, uri=True, timeout=0.5)) as connection:
        yield connection


def _content(connection: sqlite3.Connection) -> Content:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    if application == 0 and not names - {"_sqlite_migrations"}:
        return Content.NOTHING
    if application != APPLICATION_ID:
        return Content.FOREIGN
    applied = {
        row[0]
        for row in connection.execute(
            "SELECT name FROM _sqlite_migrations WHERE migration_set = ?", (MIGRATION_SET,)
        )
    }
    known = migration_names()
    if applied - known:
        return Content.NEWER
    return Content.CURRENT if applied == known else Content.OLDER
