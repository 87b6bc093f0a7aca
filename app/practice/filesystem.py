"""The folders of the simulated CAIS, and what an account may do there (CAIS specification §5.3.1)."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import paramiko
from paramiko.sftp import SFTP_FAILURE, SFTP_PERMISSION_DENIED

_SLOW_SECONDS = 0.4
_WRITES = os.O_WRONLY | os.O_RDWR

#: Told of a file that was uploaded: where it lies, and the folder for its feedback.
OnUpload = Callable[[Path, Path], None]


@dataclass(frozen=True, slots=True)
class Folders:
    """The account's home on this computer.

    Args:
        home: what the account sees as `/`.
        on_upload: told of each file whose upload has ended.
        slow: whether every answer takes its time.
    """

    home: Path
    on_upload: OnUpload
    slow: bool = False

    def make(self, submitter_id: int) -> None:
        """Make the folders of both hosts, for this submitter."""
        for kind, uses in (
            ("cais", ("upload", "feedback", "reports")),
            ("tid", ("upload", "feedback")),
        ):
            for use in uses:
                folder = self.home / str(submitter_id) / "cat" / kind / use
                folder.mkdir(parents=True, exist_ok=True)


class _Uploading(paramiko.SFTPHandle):
    """A file being written; CAT takes it away as soon as it is closed."""

    def __init__(self, path: Path, folders: Folders) -> None:
        super().__init__()
        self._path = path
        self._folders = folders
        self.writefile = path.open("xb")

    def close(self) -> None:
        super().close()
        self._folders.on_upload(self._path, self._path.parent.parent / "feedback")

    def stat(self) -> paramiko.SFTPAttributes:
        return paramiko.SFTPAttributes.from_stat(self._path.stat())


class _Reading(paramiko.SFTPHandle):
    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self.readfile = path.open("rb")

    def stat(self) -> paramiko.SFTPAttributes:
        return paramiko.SFTPAttributes.from_stat(self._path.stat())


class PracticeFiles(paramiko.SFTPServerInterface):
    """One session's view: uploads go in once, feedback and reports come out.

    Deleting, renaming and making folders stay as paramiko has them: not supported.
    """

    def __init__(self, server: paramiko.ServerInterface, folders: Folders) -> None:
        super().__init__(server)
        self._folders = folders

    def _real(self, path: str) -> Path:
        """Where a path lies here; `canonicalize` has taken every step upwards out of it."""
        if self._folders.slow:
            threading.Event().wait(_SLOW_SECONDS)
        return self._folders.home / self.canonicalize(path).lstrip("/")

    def list_folder(self, path: str) -> list[paramiko.SFTPAttributes] | int:
        """The entries of a folder."""
        try:
            return [
                paramiko.SFTPAttributes.from_stat(entry.stat(), entry.name)
                for entry in self._real(path).iterdir()
            ]
        except OSError as error:
            return _code(error)

    def stat(self, path: str) -> paramiko.SFTPAttributes | int:
        """What is known of a file."""
        try:
            return paramiko.SFTPAttributes.from_stat(self._real(path).stat())
        except OSError as error:
            return _code(error)

    lstat = stat

    def open(
        self, path: str, flags: int, attr: paramiko.SFTPAttributes
    ) -> paramiko.SFTPHandle | int:
        """Write a new file to an upload folder, or read one elsewhere."""
        real = self._real(path)
        is_upload = real.parent.name == "upload"
        try:
            if flags & _WRITES:
                if not is_upload or not flags & os.O_CREAT:
                    return SFTP_PERMISSION_DENIED
                return _Uploading(real, self._folders)
            return SFTP_PERMISSION_DENIED if is_upload else _Reading(real)
        except OSError as error:
            return _code(error)


def _code(error: OSError) -> int:
    if isinstance(error, FileExistsError):
        return SFTP_FAILURE
    return paramiko.SFTPServer.convert_errno(error.errno or 0)
