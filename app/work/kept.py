"""The summaries that left the program: their copies, and to whom they went."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from app.failures import UserFacingError
from app.report.sent import Sent, sent_in
from app.report.summary import Summary
from app.storage.case_rows import Export
from app.storage.case_store import CaseStore
from app.storage.files import write_whole
from app.storage.history import RecordedEntry
from app.storage.paths import DataFolder, make_private_folder


@dataclass(frozen=True, slots=True)
class KeptSummary:
    """A summary that was written, and everything that was said of its going out.

    `copy_kept` says whether its copy still lies in the data folder.
    """

    export: Export
    sent: tuple[Sent, ...]
    copy_kept: bool


@dataclass(frozen=True, slots=True)
class Dispatches:
    """What left the program for one case: summaries (newest first), and what was sent, in order."""

    summaries: tuple[KeptSummary, ...]
    sent: tuple[tuple[RecordedEntry, Sent], ...]


def dispatches(cases: CaseStore, case_id: str) -> Dispatches:
    """Everything that left the program for this case.

    Raises:
        StorageError: the database cannot be read.
    """
    sent = tuple(sent_in(cases.history(case_id)))
    summaries = [
        KeptSummary(
            export,
            tuple(said for entry, said in sent if entry.file_sha256 == export.file.sha256),
            _copy(cases, export.file.sha256).is_file(),
        )
        for export in reversed(cases.exports(case_id))
    ]
    return Dispatches(tuple(summaries), sent)


def keep_copy(cases: CaseStore, summary: Summary) -> str:
    """Keep a copy of a summary in the data folder.

    Returns:
        What the person should know where that failed: it is no reason not to export.
    """
    place = _copy(cases, summary.sha256)
    try:
        make_private_folder(place.parent)
        write_whole(place, summary.content, overwrite=True)
    except (OSError, UserFacingError):
        return "No copy could be kept in the data folder; keep the file itself."
    return ""


def copy_of(cases: CaseStore, export: Export) -> bytes:
    """The very bytes of a summary that was written.

    Raises:
        UserFacingError: its copy is gone, or is not what was written.
    """
    try:
        content = _copy(cases, export.file.sha256).read_bytes()
    except OSError as gone:
        raise UserFacingError(
            f"The copy of {export.file.name} is not in the data folder.",
            "The case came from another computer or a backup, or the copy was removed. Its "
            "fingerprint is recorded all the same.",
            "Look for the file where it was saved or sent; Check a summary tells whether it is the one.",
        ) from gone
    if hashlib.sha256(content).hexdigest() != export.file.sha256:
        raise UserFacingError(
            f"The copy of {export.file.name} is not the file that was written.",
            "Its fingerprint differs from the recorded one, so that it proves nothing.",
            "Look for the file where it was saved or sent.",
        )
    return content


def _copy(cases: CaseStore, sha256: str) -> Path:
    return DataFolder(cases.database.path.parent).exports / f"{sha256}.pdf"
