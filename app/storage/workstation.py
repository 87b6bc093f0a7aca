"""Whether the data folder is open on another workstation.

SQLite's log needs memory shared between all programs that use a database, which two
computers do not have: a folder on a network drive may be open on one of them at a time.
Each program keeps a small file in the folder fresh while it runs. Ages are taken against a
file just written there, by the clock of whoever keeps the folder, so that it does not
matter whether the clocks of the workstations agree.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from app.storage.faults import Fault, StorageError, explained
from app.storage.origin import Origin
from app.storage.paths import DataFolder, create_private_file, make_private_folder

#: How often `refresh` is to be called.
REFRESH_SECONDS = 30
#: A file not refreshed for so long is of a program that ended without saying so.
STALE_SECONDS = 150


@dataclass(frozen=True)
class _Sign:
    """One program's sign of use: whose it is, since when, and how old in seconds."""

    file: Path
    origin: Origin
    since: str
    age: float


class FolderClaim:
    """This program's use of a data folder; other windows on this workstation are no obstacle.

    Args:
        folder: the data folder; it exists.
        origin: who uses it, where.
    """

    def __init__(self, folder: DataFolder, *, origin: Origin | None = None) -> None:
        self._folder = folder.in_use
        self._origin = origin or Origin.here()
        self._file = self._folder / f"{_file_safe(self._origin.workstation)}-{os.getpid()}.json"

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()

    def acquire(self) -> None:
        """Claim the folder.

        Raises:
            StorageError: it is open on another workstation, or cannot be written.
        """
        with explained(self._folder):
            make_private_folder(self._folder)
            self._write()
            try:
                self._refuse_others()
            except BaseException:
                self.release()
                raise

    def refresh(self) -> None:
        """Say that the folder is still in use; call it every `REFRESH_SECONDS`.

        Raises:
            StorageError: another workstation has taken the folder meanwhile (this one slept or
                was cut off), or it cannot be written.
        """
        with explained(self._folder):
            missed = not self._file.exists()
            self._write()
            if missed:
                self._refuse_others()

    def release(self) -> None:
        """Give the folder free. A folder that is gone is free already."""
        try:
            self._file.unlink(missing_ok=True)
        except OSError:
            return  # it goes stale by itself

    def _write(self) -> None:
        since = datetime.now(UTC).isoformat(timespec="seconds")
        if self._file.exists():
            os.utime(self._file)
            return
        create_private_file(self._file)
        sign = {
            "os_user": self._origin.os_user,
            "workstation": self._origin.workstation,
            "program_version": self._origin.program_version,
            "since": since,
        }
        self._file.write_text(json.dumps(sign), encoding="utf-8")

    def _refuse_others(self) -> None:
        now = self._file.stat().st_mtime
        for sign in self._signs(now):
            if sign.age >= STALE_SECONDS:
                sign.file.unlink(missing_ok=True)
            elif sign.origin.workstation != self._origin.workstation:
                raise _in_use(sign)

    def _signs(self, now: float) -> list[_Sign]:
        found = []
        for file in sorted(self._folder.glob("*.json")):
            if file == self._file:
                continue
            try:
                text, age = file.read_text(encoding="utf-8"), now - file.stat().st_mtime
            except FileNotFoundError:
                continue  # released just now
            found.append(_read(file, text, age))
        return found


def _read(file: Path, text: str, age: float) -> _Sign:
    try:
        told = json.loads(text)
        origin = Origin(told["os_user"], told["workstation"], told["program_version"])
        return _Sign(file, origin, str(told["since"]), age)
    except (ValueError, KeyError, TypeError):
        # Being written this very moment, or damaged: the name still tells the workstation.
        name = file.stem.rpartition("-")[0]
        return _Sign(file, Origin("somebody", name), "", age)


def _in_use(sign: _Sign) -> StorageError:
    return StorageError(
        Fault.OTHER_WORKSTATION,
        f"This data folder is open on the workstation {sign.origin.workstation} "
        f"(by {sign.origin.os_user}).",
        "Opened on two workstations at once, changes of one could destroy those of the other. "
        "Nothing was changed.",
        f"Close CAIS Onboarding on {sign.origin.workstation}. If that computer was switched off, "
        f"try again in {STALE_SECONDS // 60 + 1} minutes.",
    )


def _file_safe(name: str) -> str:
    return "".join(c if c.isalnum() or c in "-._" else "_" for c in name)[:100] or "unnamed"
