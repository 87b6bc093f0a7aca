"""The CAIS folders of an account (CAIS specification §5.3.1): looked at, never written to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

import paramiko

from app.sftp.diagnosis import Fault, StageFailedError
from app.sftp.listing import list_folder, stat_of
from app.sftp.plain_text import plain
from app.sftp.target import ConnectionTarget, ServerKind

#: As many names as the connection test reads of one folder.
NAMES_LOOKED_AT = 1_000
_HOMES_LOOKED_AT = 50
_SECONDS_PER_HOUR = 3_600
_SUBMITTER_ID = re.compile(r"[0-9]{1,19}")


class FolderUse(StrEnum):
    """What a folder is for."""

    UPLOAD = "upload"
    FEEDBACK = "feedback"
    REPORTS = "reports"


#: Without these two nothing can be done; reports come later and are only mentioned.
_NEEDED = frozenset({FolderUse.UPLOAD, FolderUse.FEEDBACK})
_USES = {
    ServerKind.CAIS: (FolderUse.UPLOAD, FolderUse.FEEDBACK, FolderUse.REPORTS),
    ServerKind.TRANSFORMED_IDENTIFIERS: (FolderUse.UPLOAD, FolderUse.FEEDBACK),
}


@dataclass(frozen=True, slots=True)
class FolderSeen:
    """A folder as the account sees it.

    Args:
        path: on the server.
        files: how many entries; at most `NAMES_LOOKED_AT`.
        more: whether there are more than that.
        newest: of its entries, by the server's clock.
    """

    use: FolderUse
    path: str
    files: int
    more: bool = False
    newest: datetime | None = None

    @property
    def words(self) -> str:
        """Path and number of files."""
        if self.more:
            return f"{self.path} (more than {self.files:,} files)"
        return f"{self.path} ({self.files:,} file{'' if self.files == 1 else 's'})"


@dataclass(frozen=True, slots=True)
class FoldersSeen:
    """What the last stage found."""

    submitter_id: int
    folders: tuple[FolderSeen, ...]
    absent: tuple[str, ...] = ()

    def hours_ahead(self, now: datetime) -> int:
        """By how many hours the newest entry lies in the future: a clock is wrong then."""
        newest = max((f.newest for f in self.folders if f.newest), default=now)
        return max(0, int((newest - now).total_seconds()) // _SECONDS_PER_HOUR)


def folder_path(kind: ServerKind, submitter_id: int, use: FolderUse) -> str:
    """Where a folder of a submitter lies on the server."""
    return f"/{submitter_id}/cat/{kind.value}/{use.value}"


def see_folders(sftp: paramiko.SFTPClient, target: ConnectionTarget) -> FoldersSeen:
    """List the account's folders.

    Raises:
        StageFailedError: the upload or the feedback folder is missing or closed to the account.
        EOFError, OSError, paramiko.SSHException: the connection ended.
    """
    submitter_id = target.submitter_id or _submitter_id_seen(sftp, target.kind)
    if submitter_id is None:
        home = _home(sftp)
        raise StageFailedError(
            Fault.FOLDERS_MISSING,
            (f"Home folder: {home}", f"It holds: {_names_in(sftp, '.')}"),
            folders=f"/(submitter ID)/cat/{target.kind.value}/upload and feedback",
        )
    seen: list[FolderSeen] = []
    absent: list[str] = []
    denied: list[str] = []
    for use in _USES[target.kind]:
        path = folder_path(target.kind, submitter_id, use)
        try:
            seen.append(_look_into(sftp, use, path))
        except FileNotFoundError:
            absent.append(path)
        except PermissionError:
            denied.append(path)
    _raise_if_needed_ones_lack(sftp, seen, absent, denied)
    return FoldersSeen(submitter_id, tuple(seen), (*absent, *denied))


def _raise_if_needed_ones_lack(
    sftp: paramiko.SFTPClient, seen: list[FolderSeen], absent: list[str], denied: list[str]
) -> None:
    if {folder.use for folder in seen} >= _NEEDED:
        return
    details = [f"Home folder: {_home(sftp)}", f"It holds: {_names_in(sftp, '.')}"]
    details += [f"Seen: {folder.path}" for folder in seen]
    details += [f"Not there: {path}" for path in absent]
    details += [f"No permission: {path}" for path in denied]
    if absent:
        raise StageFailedError(Fault.FOLDERS_MISSING, tuple(details), folders=", ".join(absent))
    raise StageFailedError(Fault.FOLDERS_DENIED, tuple(details), folders=", ".join(denied))


def _look_into(sftp: paramiko.SFTPClient, use: FolderUse, path: str) -> FolderSeen:
    entries = list_folder(sftp, path, most=NAMES_LOOKED_AT + 1)
    times = [entry.attributes.modified for entry in entries if entry.attributes.modified]
    return FolderSeen(
        use=use,
        path=path,
        files=min(len(entries), NAMES_LOOKED_AT),
        more=len(entries) > NAMES_LOOKED_AT,
        newest=datetime.fromtimestamp(max(times), UTC) if times else None,
    )


def _submitter_id_seen(sftp: paramiko.SFTPClient, kind: ServerKind) -> int | None:
    """The only submitter whose folders the account sees, where nobody said which."""
    try:
        entries = list_folder(sftp, "/", most=NAMES_LOOKED_AT)
    except PermissionError:
        return None
    candidates = [
        int(entry.name)
        for entry in entries
        if _SUBMITTER_ID.fullmatch(entry.name) and entry.is_folder
    ]
    for candidate in sorted(candidates)[:_HOMES_LOOKED_AT]:
        try:
            stat_of(sftp, f"/{candidate}/cat/{kind.value}")
        except (FileNotFoundError, PermissionError):
            continue
        return candidate
    return min(candidates, default=None)


def _home(sftp: paramiko.SFTPClient) -> str:
    try:
        return plain(sftp.normalize("."))
    except UnicodeError:
        return "(a name that is no text)"


def _names_in(sftp: paramiko.SFTPClient, path: str) -> str:
    """A few names for the Help Desk."""
    try:
        entries = list_folder(sftp, path, most=11)
    except PermissionError:
        return "(may not be listed)"
    except FileNotFoundError:
        return "(does not exist)"
    names = [plain(entry.name, 40) for entry in entries]
    shown = ", ".join(names[:10]) + (", …" if len(names) > 10 else "")
    return shown or "nothing"
