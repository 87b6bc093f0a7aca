"""Only a file that was checked is sent: the pre-flight as a pass for exactly these bytes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from app.failures import UserFacingError
from app.onboarding.testing import FileKind
from app.sftp.plain_text import plain
from app.submissions.feedback import FULL_CAIS_SCHEMA
from app.submissions.findings import Weight
from app.submissions.preflight import SubmissionReport, Verdict


@dataclass(frozen=True, slots=True)
class Preflight:
    """A pass.

    Args:
        size: of the file that was checked, in bytes.
        sha256: of it, in hexadecimal.
    """

    size: int
    sha256: str


def passed(report: SubmissionReport, *, rejections_accepted: bool = False) -> Preflight:
    """The pass for a checked file.

    Args:
        report: from `check_submission`.
        rejections_accepted: whether the person wants to send it though CAT would reject some of
            its records.

    Raises:
        UserFacingError: CAT would refuse the file, or records of it and nobody agreed to that.
    """
    name = plain(report.name.name, 120)
    faults = [f.message for f in report.findings if f.weight is Weight.FAULT]
    refused = report.verdict is Verdict.FILE_REFUSED
    if refused or report.size is None or report.sha256 is None:
        raise UserFacingError(
            f"{name} did not pass its check: {faults[0] if faults else 'it could not be read.'}",
            "Nothing was sent: CAT would refuse the whole file.",
            "Correct the file in the program that made it, then choose it again.",
        )
    if report.verdict is Verdict.RECORDS_REFUSED and not rejections_accepted:
        raise UserFacingError(
            f"CAT would reject records of {name}: {faults[0]}",
            "Nothing was sent. Rejected accounts count into the error rate.",
            "Correct the file, or send it all the same.",
        )
    return Preflight(report.size, report.sha256)


def alone(report: SubmissionReport, sent_names: Collection[str]) -> UserFacingError | None:
    """What is to be considered where one file of a 2.0.0 pair is sent without the other.

    Args:
        report: from `check_submission`, of the only file to be sent.
        sent_names: of files sent a short while ago; the partner may be among them.

    Returns:
        None where the file needs no partner, or the partner was sent.
    """
    name = report.name
    if report.schema_version != FULL_CAIS_SCHEMA or name.file_kind is None:
        return None
    other = FileKind.CAIS if name.file_kind is FileKind.TIDS else FileKind.TIDS
    partner = name.name.replace(f"_{name.file_kind}_", f"_{other}_")
    if partner in sent_names:
        return None
    return UserFacingError(
        f"{plain(name.name, 120)} is one file of a pair: {plain(partner, 120)} belongs to it.",
        "CAT waits 60 minutes for the other file and then refuses the submission.",
        "Choose both files together, unless the other one is sent by other means.",
    )
