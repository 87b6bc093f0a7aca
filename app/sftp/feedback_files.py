"""Which files of the feedback folder are new, and how long the others will still be there."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import paramiko

from app.onboarding.testing import FEEDBACK_KEPT_DAYS
from app.sftp.listing import list_folder
from app.sftp.local_names import local_names

#: No feedback file is as large; a server that says so is not believed.
_MOST_BYTES = 1 << 40


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file on the server.

    Args:
        path: on the server, as bytes.
        name: under which it is kept here; that on the server unless it had to be made safe.
        size: in bytes.
        modified: by the server's clock, in seconds since 1970; None where it does not say.
        renamed: whether the name had to be made safe.
    """

    path: bytes
    name: str
    size: int
    modified: int | None
    renamed: bool

    @property
    def marks(self) -> str:
        """What tells this state of the file from another."""
        return f"{self.size}-{self.modified}"

    def days_left(self, now: datetime) -> int | None:
        """How many days of the about ten are left; 0: it may be gone any moment. None: unknown."""
        if self.modified is None:
            return None
        age = int(now.timestamp()) - self.modified
        return min(FEEDBACK_KEPT_DAYS, max(0, FEEDBACK_KEPT_DAYS - age // 86_400))


def list_feedback(
    sftp: paramiko.SFTPClient, folder: str, heard: Callable[[], object] = lambda: None
) -> tuple[RemoteFile, ...]:
    """Every file in a feedback folder, oldest first.

    Args:
        sftp: nobody else may use it meanwhile.
        folder: on the server.
        heard: told of each sign of life.

    Raises:
        As `app.sftp.listing.list_folder`.
    """
    entries = [entry for entry in list_folder(sftp, folder, heard=heard) if entry.is_file]
    names = local_names(entry.raw_name for entry in entries)
    files = [
        RemoteFile(
            path=f"{folder}/".encode() + entry.raw_name,
            name=names[entry.raw_name],
            size=entry.attributes.size or 0,
            modified=entry.attributes.modified,
            renamed=names[entry.raw_name].encode() != entry.raw_name,
        )
        for entry in entries
        if (entry.attributes.size or 0) < _MOST_BYTES
    ]
    return tuple(sorted(files, key=lambda file: (file.modified or 0, file.name)))


def new_files(files: Iterable[RemoteFile], folder: Path) -> tuple[RemoteFile, ...]:
    """Those that `folder` does not have yet, by name, size and time."""
    return tuple(file for file in files if not is_here(file, folder))


def is_here(file: RemoteFile, folder: Path) -> bool:
    """Whether this state of the file was fetched before."""
    try:
        here = os.stat(folder / file.name, follow_symlinks=False)  # noqa: PTH116 - not the target
    except FileNotFoundError:
        return False
    return here.st_size == file.size and (
        file.modified is None or int(here.st_mtime) == file.modified
    )


def days_left_by_submission(files: Iterable[RemoteFile], now: datetime) -> dict[str, int]:
    """Days left for the feedback of each submission, by its base name: those of its oldest file."""
    left: dict[str, int] = {}
    for file in files:
        days = file.days_left(now)
        base_name, separator, _ = file.name.partition(".")
        if separator and days is not None:
            left[base_name] = min(left.get(base_name, FEEDBACK_KEPT_DAYS), days)
    return left
