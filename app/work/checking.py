"""Is a summary unchanged, and is it one that this computer wrote? No Qt: commands use it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from app.failures import UserFacingError
from app.onboarding.business_calendar import long_date
from app.report.evidence import Evidence
from app.report.proof import Verification, verify_summary
from app.report.words import moment
from app.storage.case_store import CaseStore
from app.work.kept import dispatches

#: Larger than any summary; reading more would only fill the memory.
_MOST_BYTES = 300_000_000
_OTHER_HISTORY = (
    "the file was rebuilt, or the case goes on elsewhere or was brought back from a backup."
)


@dataclass(frozen=True, slots=True)
class Checked:
    """What checking a file found.

    `records` are sentences about what this computer has recorded of it. `contradicted` says that
    the file agrees with itself, but not with those records.
    """

    name: str
    sha256: str
    verification: Verification
    records: tuple[str, ...] = ()
    contradicted: bool = False

    @property
    def unchanged(self) -> bool:
        """Whether nothing speaks against the file."""
        return self.verification.unchanged and not self.contradicted

    @property
    def sentence(self) -> str:
        """The answer in one line."""
        if self.verification.unchanged and self.contradicted:
            return "The file agrees with itself, but not with what this computer has recorded."
        return self.verification.sentence


def check_summary(path: Path, cases: CaseStore | None) -> Checked:
    """Check the summary in the file at `path`, also against the records in `cases` if given.

    Raises:
        UserFacingError: the file cannot be read.
        StorageError: the records cannot be read.
    """
    content = _content(path)
    sha256 = hashlib.sha256(content).hexdigest()
    verification = verify_summary(content)
    if cases is None:
        return Checked(path.name, sha256, verification)
    written = _as_written_here(cases, sha256)
    if written:
        return Checked(path.name, sha256, verification, written)
    unknown = "This computer has no record of having written this very file."
    if verification.evidence is None:
        return Checked(path.name, sha256, verification, (unknown,))
    said, contradicted = _against_history(cases, verification.evidence)
    records = (unknown, said) if said else (unknown,)
    return Checked(path.name, sha256, verification, records, contradicted)


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise UserFacingError(
                f"{path.name} is far larger than any summary.", action="Choose the summary itself."
            )
        return path.read_bytes()
    except OSError as refused:
        raise UserFacingError(
            f"{path.name} cannot be read: {refused.strerror}.",
            action="Check the name and that you may open the file.",
        ) from refused


def _as_written_here(cases: CaseStore, sha256: str) -> tuple[str, ...]:
    """When this computer wrote the file with this hash, and to whom it went."""
    for export in cases.exports():
        if export.file.sha256 == sha256:
            lines = [
                f"This computer wrote this very file on {moment(export.at)}, as {export.file.name}."
            ]
            for kept in dispatches(cases, export.case_id).summaries:
                if kept.export.file.sha256 == sha256:
                    lines += [
                        f"Sent {long_date(sent.on)} to {sent.to} by {sent.by}."
                        for sent in kept.sent
                    ]
            return tuple(lines)
    return ()


def _against_history(cases: CaseStore, evidence: Evidence) -> tuple[str, bool]:
    """What the history kept here says of the file's, and whether it contradicts it."""
    known = {summary.id for summary in cases.list_cases(archived=True)}
    if evidence.case.id not in known or not evidence.history:
        return "", False
    last = evidence.history[-1]
    here = cases.history(evidence.case.id, after=last.seq - 1, limit=1)
    if here and here[0].hash == last.hash:
        same = f"The history kept on this computer has the same entry {last.seq:,}, its last."
        return same, False
    what = f"has another entry {last.seq:,}" if here else f"ends before entry {last.seq:,}"
    other = f"The history kept on this computer {what}: {_OTHER_HISTORY}"
    return other, True
