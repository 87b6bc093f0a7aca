"""Where everything lies that the program keeps."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path, PurePath

from app.storage.policy import read_policy

PROGRAM_NAME = "CAIS Onboarding"
DATABASE_NAME = "cases.db"


@dataclass(frozen=True)
class DataFolder:
    """The data folder of one person, and what lies where in it."""

    root: Path

    @classmethod
    def of(cls, data_dir: Path | None = None) -> DataFolder:
        """The folder `data_dir`, else the one that the IT department set, else this person's own.

        On Windows that is below `%LOCALAPPDATA%`: it stays on this workstation.

        Raises:
            PolicyError: what the IT department set cannot be used.
        """
        if data_dir is None:
            data_dir = read_policy().data_folder
        if data_dir is not None:
            return cls(data_dir.expanduser().resolve())
        import platformdirs

        return cls(platformdirs.user_data_path(PROGRAM_NAME, appauthor=False, roaming=False))

    @property
    def database(self) -> Path:
        """The database with all cases."""
        return self.root / DATABASE_NAME

    @property
    def log(self) -> Path:
        """The program's log."""
        return self.root / "logs" / "cais-onboarding.log"

    @property
    def reports(self) -> Path:
        """Reports of what went wrong, one text file each."""
        return self.root / "logs" / "reports"

    @property
    def backups(self) -> Path:
        """Backups of the database."""
        return self.root / "backups"

    @property
    def set_aside(self) -> Path:
        """Databases that could not be read any more; never deleted by the program."""
        return self.root / "set-aside"

    @property
    def exports(self) -> Path:
        """A copy of every summary that was exported, each named by its SHA-256."""
        return self.root / "exports"

    @property
    def feedback(self) -> Path:
        """Feedback files fetched over SFTP, until they have been counted."""
        return self.root / "feedback"

    @property
    def practice(self) -> Path:
        """The files and the host key of the simulated CAIS."""
        return self.root / "practice"

    @property
    def in_use(self) -> Path:
        """Which workstations have this folder open."""
        return self.root / "in-use"

    def create(self) -> None:
        """Create the folder, readable by this person alone.

        A folder that exists is narrowed to this person only if nothing but our own files
        lies in it: it may be somebody's documents folder.

        Raises:
            OSError: the folder cannot be created.
        """
        make_private_folder(self.root)
        if os.name == "posix" and self._holds_only_ours() and self.root.stat().st_mode & 0o077:
            self.root.chmod(0o700)

    def _holds_only_ours(self) -> bool:
        if self.root.stat().st_uid != os.getuid():
            return False
        names = {entry.name for entry in self.root.iterdir()}
        return not names or DATABASE_NAME in names


def sqlite_uri(path: PurePath, parameters: str) -> str:
    """`path` as SQLite takes it, with `parameters` such as `mode=ro`."""
    address = path.as_uri()
    if not address.startswith("file:///"):
        # SQLite takes no host: a Windows network folder is written with four slashes.
        address = "file:////" + address.removeprefix("file://")
    return f"{address}?{parameters}"


def make_private_folder(folder: Path) -> None:
    """Create `folder` (and what is missing above it) for this person alone.

    An existing folder is left as it is.

    Raises:
        OSError: the folder cannot be created.
    """
    if folder.is_dir():
        return
    if not folder.parent.is_dir():
        make_private_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    if sys.platform == "win32":
        _allow_only_this_person(folder)


def create_private_file(path: Path) -> None:
    """Create the empty file `path` for this person alone; an existing one is left as it is.

    SQLite gives the files it puts beside a database the rights of the database.

    Raises:
        OSError: the file cannot be created.
    """
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Make sure that names just created or renamed in `folder` survive a power cut.

    Raises:
        OSError: the disk refused.
    """
    if os.name != "posix":
        return  # Windows writes folder entries through and cannot open a folder for this
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _allow_only_this_person(folder: Path) -> None:
    """Replace inherited rights by this person's; files created inside inherit them."""
    import subprocess

    account = f"{os.environ.get('USERDOMAIN', '.')}\\{os.environ.get('USERNAME', '')}"
    system = Path(os.environ.get("SYSTEMROOT", r"C:\Windows"), "System32", "icacls.exe")
    grant = f"{account}:(OI)(CI)F"
    command = [str(system), str(folder), "/inheritance:r", "/grant:r", grant, "/q"]
    # A file system without access lists (a USB stick) refuses; the folder is still usable.
    subprocess.run(command, check=False, capture_output=True, timeout=20)
