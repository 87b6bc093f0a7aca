"""What can go wrong with a disk or a database, in words the person can act on."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum, auto
from pathlib import Path
from typing import NamedTuple

from app.failures import UserFacingError


class Fault(Enum):
    """Why storage could not do what was asked."""

    DISK_FULL = auto()
    READ_ONLY = auto()
    NOT_ALLOWED = auto()
    LOCKED = auto()
    GONE = auto()
    UNREADABLE = auto()
    DAMAGED = auto()
    NOT_OURS = auto()
    NEWER = auto()
    OTHER_WORKSTATION = auto()
    CHANGED_ELSEWHERE = auto()
    CLOSED = auto()


#: After these the same edit can succeed later without the program being started again.
PASSING = frozenset(
    {
        Fault.DISK_FULL,
        Fault.READ_ONLY,
        Fault.NOT_ALLOWED,
        Fault.LOCKED,
        Fault.GONE,
        Fault.UNREADABLE,
    }
)


class StorageError(UserFacingError):
    """A failure of storage that the person can understand and act on; `fault` tells which."""

    def __init__(self, fault: Fault, what: str, meaning: str = "", action: str = "") -> None:
        super().__init__(what, meaning, action)
        self.fault = fault

    @property
    def passing(self) -> bool:
        """Whether trying again later can help."""
        return self.fault in PASSING


class _Words(NamedTuple):
    what: str
    meaning: str
    action: str


_NOT_SAVED = "What you typed is still on the screen but not saved yet."
_NOT_SHOWN = "Nothing was changed; what is kept there cannot be shown until this is mended."
_WORDS = {
    Fault.DISK_FULL: _Words(
        "The disk that holds {place} is full.",
        _NOT_SAVED,
        "Free some space on it; saving is then tried again.",
    ),
    Fault.READ_ONLY: _Words(
        "{place} can only be read, not written.",
        _NOT_SAVED,
        "Make the folder writable, or ask your IT department to.",
    ),
    Fault.NOT_ALLOWED: _Words(
        "You are not allowed to use {place}.",
        _NOT_SAVED,
        "Ask your IT department for the right to read and write there.",
    ),
    Fault.LOCKED: _Words(
        "Another program is using {place} just now.",
        _NOT_SAVED,
        "Close the other program (a backup or a virus scan may take a moment); "
        "saving is then tried again.",
    ),
    Fault.GONE: _Words(
        "{place} is not there any more.",
        _NOT_SAVED,
        "Connect the drive again, or put the folder back where it was.",
    ),
    Fault.UNREADABLE: _Words(
        "The disk did not answer when {place} was used.",
        _NOT_SAVED,
        "Check that the drive or network is connected; saving is then tried again.",
    ),
    Fault.DAMAGED: _Words(
        "The database {place} is damaged.",
        "Parts of it can no longer be read. It will be set aside, never deleted.",
        "Restore the newest backup; what was recorded after it is recovered where possible.",
    ),
    Fault.NOT_OURS: _Words(
        "{place} was not made by CAIS Onboarding.",
        "It was left exactly as it is.",
        "Choose another data folder, or move that file away.",
    ),
    Fault.NEWER: _Words(
        "{place} was written by a newer version of CAIS Onboarding.",
        "This older version could misread it, so the file was left exactly as it is.",
        "Install the newer version and open it again.",
    ),
    Fault.CHANGED_ELSEWHERE: _Words(
        "This case was changed in another window or by a scheduled job.",
        _NOT_SAVED,
        "Open the case again to see the newer facts, then make your change once more.",
    ),
    Fault.CLOSED: _Words(
        "{place} has already been closed.",
        "Nothing more is saved.",
        "Start the program again.",
    ),
}


def fault(kind: Fault, place: Path, *, saving: bool = False) -> StorageError:
    """The error of this kind, worded for the file or folder `place` and for what was tried."""
    words = _WORDS[kind]
    meaning = _NOT_SHOWN if words.meaning == _NOT_SAVED and not saving else words.meaning
    return StorageError(kind, words.what.format(place=place), meaning, words.action)


@contextmanager
def explained(place: Path, *, saving: bool = False) -> Iterator[None]:
    """Turn failures of the disk or of SQLite around `place` into words.

    Args:
        place: the file or folder that is used.
        saving: whether something the person typed was to be saved.

    Raises:
        StorageError: for what the person can do something about.
    """
    try:
        yield
    except sqlite3.Error as error:
        kind = _of_sqlite(error, place)
        if kind is None:
            raise
        raise fault(kind, place, saving=saving) from error
    except UnicodeDecodeError as error:
        # A message of SQLite that quotes a damaged page.
        raise fault(Fault.DAMAGED, place, saving=saving) from error
    except OSError as error:
        kind = _OF_ERRNO.get(error.errno or 0)
        if kind is None:
            raise
        raise fault(kind, place, saving=saving) from error


_OF_ERRNO = {
    errno.ENOSPC: Fault.DISK_FULL,
    errno.EDQUOT: Fault.DISK_FULL,
    errno.EFBIG: Fault.DISK_FULL,
    errno.EROFS: Fault.READ_ONLY,
    errno.EACCES: Fault.NOT_ALLOWED,
    errno.EPERM: Fault.NOT_ALLOWED,
    errno.EBUSY: Fault.LOCKED,
    errno.EAGAIN: Fault.LOCKED,
    errno.ENOENT: Fault.GONE,
    errno.ENOTDIR: Fault.GONE,
    errno.ESTALE: Fault.GONE,
    errno.ENODEV: Fault.GONE,
    errno.EIO: Fault.UNREADABLE,
    errno.ENXIO: Fault.UNREADABLE,
    errno.ETIMEDOUT: Fault.UNREADABLE,
    errno.EHOSTDOWN: Fault.UNREADABLE,
}

#: SQLite's primary result codes (https://www.sqlite.org/rescode.html) and what they mean here.
_OF_RESULT = {
    sqlite3.SQLITE_BUSY: Fault.LOCKED,
    sqlite3.SQLITE_LOCKED: Fault.LOCKED,
    sqlite3.SQLITE_FULL: Fault.DISK_FULL,
    sqlite3.SQLITE_READONLY: Fault.READ_ONLY,
    sqlite3.SQLITE_PERM: Fault.NOT_ALLOWED,
    sqlite3.SQLITE_AUTH: Fault.NOT_ALLOWED,
    sqlite3.SQLITE_CANTOPEN: Fault.NOT_ALLOWED,
    sqlite3.SQLITE_IOERR: Fault.UNREADABLE,
    sqlite3.SQLITE_PROTOCOL: Fault.LOCKED,
    sqlite3.SQLITE_CORRUPT: Fault.DAMAGED,
    sqlite3.SQLITE_NOTADB: Fault.DAMAGED,
}

#: What SQLite needs beside a database in bytes before it can write the first change.
_INDEX_OF_LOG = 64 * 1024


def _of_sqlite(error: sqlite3.Error, place: Path) -> Fault | None:
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        # Python's own complaint about a text in a damaged page.
        return Fault.DAMAGED if "decode" in str(error).lower() else None
    if code == sqlite3.SQLITE_READONLY_DBMOVED:
        return Fault.GONE
    if code & 0xFF in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR) and _gone(place):
        return Fault.GONE
    if code & 0xFF == sqlite3.SQLITE_CANTOPEN and _on_read_only_disk(place):
        return Fault.READ_ONLY
    if code & 0xFF == sqlite3.SQLITE_IOERR and shutil.disk_usage(place).free < _INDEX_OF_LOG:
        return Fault.DISK_FULL  # SQLite says "full" only where it writes the database itself
    return _OF_RESULT.get(code & 0xFF)


def _gone(place: Path) -> bool:
    try:
        place.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def _on_read_only_disk(place: Path) -> bool:
    if sys.platform == "win32":
        return False
    else:
        return bool(os.statvfs(place).f_flag & os.ST_RDONLY)
