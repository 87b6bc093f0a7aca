"""Documents of a case written to files, with their traces in the history. No Qt: commands use it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app import __version__
from app.onboarding.access import SftpAccount
from app.onboarding.assessment import Assessment
from app.report.content import Occasion
from app.report.messages import Message, eml
from app.report.summary import proposed_file_name, summary_pdf
from app.report.worksheets import (
    Worksheet,
    registration_worksheet,
    sftp_worksheet,
    worksheet_pdf,
)
from app.storage.case_store import CaseStore
from app.storage.files import write_whole
from app.storage.history import FileFacts


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was written; `notice` is what the person should know about it."""

    path: Path
    notice: str = ""


def occasion_of(cases: CaseStore, case_id: str, made_at: datetime) -> Occasion:
    """When, by which version and on which history a document is made.

    Raises:
        StorageError: the history cannot be read.
    """
    return Occasion(made_at, __version__, cases.history(case_id))


def write_summary(
    cases: CaseStore, assessment: Assessment, made_at: datetime, path: Path, *, overwrite: bool
) -> Written:
    """Write the certification summary, and remember that it was, with its hash.

    Raises:
        UserFacingError: the file could not be written.
        StorageError: the history could not be read or the export not be recorded.
    """
    case_id = assessment.case.id
    occasion = occasion_of(cases, case_id, made_at)
    summary = summary_pdf(assessment, occasion)
    facts = write_whole(path, summary.content, overwrite=overwrite)
    if occasion.history:
        cases.record_export(case_id, occasion.history[-1].hash, facts)
    return Written(path, summary.notice)


def write_email(
    cases: CaseStore,
    assessment: Assessment,
    message: Message,
    made_at: datetime,
    path: Path,
    *,
    overwrite: bool,
) -> Written:
    """Write `message` as an .eml draft with the summary attached, and remember the summary.

    Raises:
        UserFacingError: the file could not be written.
        StorageError: the history could not be read or the export not be recorded.
    """
    case = assessment.case
    occasion = occasion_of(cases, case.id, made_at)
    summary = summary_pdf(assessment, occasion)
    name = proposed_file_name(case, assessment.today)
    draft = eml(message, made_at, attachment=(name, summary.content))
    write_whole(path, draft, overwrite=overwrite)
    if occasion.history:
        attached = FileFacts(name, len(summary.content), summary.sha256)
        cases.record_export(case.id, occasion.history[-1].hash, attached)
    return Written(path, summary.notice)


def write_worksheet(
    assessment: Assessment, account: SftpAccount | None, made_at: datetime, folder: Path
) -> Written:
    """Write the worksheet of the registration form, or of the SFTP form of `account`, to print.

    Raises:
        UserFacingError: the file could not be written.
    """
    case = assessment.case
    sheet: Worksheet
    if account is None:
        sheet, name = registration_worksheet(case), "CAIS-registration-worksheet.pdf"
    else:
        sheet, name = sftp_worksheet(case, account), "CAIS-SFTP-form-worksheet.pdf"
    path = folder / name
    write_whole(path, worksheet_pdf(sheet, made_at, __version__), overwrite=True)
    return Written(path)
