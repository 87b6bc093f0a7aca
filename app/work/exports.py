"""Documents of a case written to files, with their traces in the history. No Qt: commands use it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app import __version__
from app.onboarding.access import SftpAccount
from app.onboarding.assessment import Assessment
from app.report.content import Occasion
from app.report.mail import eml
from app.report.messages import Message
from app.report.summary import Summary, proposed_file_name, summary_pdf
from app.report.worksheets import (
    Worksheet,
    registration_worksheet,
    sftp_worksheet,
    worksheet_pdf,
)
from app.storage.case_store import CaseStore
from app.storage.files import write_whole
from app.storage.history import FileFacts
from app.work.kept import keep_copy


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
    """Write the certification summary; keep a copy of it, and remember it with its hash.

    Raises:
        UserFacingError: the file could not be written.
        StorageError: the history could not be read or the export not be recorded.
    """
    occasion = occasion_of(cases, assessment.case.id, made_at)
    summary = summary_pdf(assessment, occasion)
    write_whole(path, summary.content, overwrite=overwrite)
    return Written(path, remember(cases, assessment, occasion, summary, path.name))


def write_email(
    cases: CaseStore,
    assessment: Assessment,
    message: Message,
    made_at: datetime,
    path: Path,
    *,
    with_summary: bool,
    overwrite: bool,
) -> Written:
    """Write `message` as an .eml draft, with the summary attached where it belongs to it.

    Raises:
        UserFacingError: the file could not be written.
        StorageError: the history could not be read or the export not be recorded.
    """
    if not with_summary:
        write_whole(path, eml(message, made_at), overwrite=overwrite)
        return Written(path)
    case = assessment.case
    occasion = occasion_of(cases, case.id, made_at)
    summary = summary_pdf(assessment, occasion)
    name = proposed_file_name(case, assessment.today)
    draft = eml(message, made_at, attachment=(name, summary.content))
    write_whole(path, draft, overwrite=overwrite)
    return Written(path, remember(cases, assessment, occasion, summary, name))


def remember(
    cases: CaseStore, assessment: Assessment, occasion: Occasion, summary: Summary, name: str
) -> str:
    """Keep a copy of a summary that leaves the program, and record it under `name`.

    Returns:
        What the person should know about it; mostly empty.

    Raises:
        StorageError: the export could not be recorded.
    """
    if not occasion.history:
        return summary.notice
    notice = keep_copy(cases, summary)
    facts = FileFacts(name, len(summary.content), summary.sha256)
    cases.record_export(assessment.case.id, occasion.history[-1].hash, facts)
    return " ".join(part for part in (summary.notice, notice) if part)


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
    return Written(path, f"Still empty: {', '.join(sheet.missing)}." if sheet.missing else "")


def write_calendar(
    assessment: Assessment, made_at: datetime, path: Path, *, overwrite: bool
) -> Written:
    """Write the dates that lie ahead, for a calendar (.ics).

    Raises:
        UserFacingError: no date lies ahead, or the file could not be written.
    """
    from app.report.calendar import calendar_ics

    write_whole(path, calendar_ics(assessment, made_at), overwrite=overwrite)
    return Written(path)


def write_status(
    cases: CaseStore,
    assessment: Assessment,
    made_at: datetime,
    path: Path,
    *,
    as_json: bool,
    overwrite: bool,
) -> Written:
    """Write the whole status for other systems, as JSON or as a table (CSV).

    Raises:
        UserFacingError: the file could not be written.
        StorageError: the history could not be read.
    """
    from app.report.status_json import status_json
    from app.report.tables import status_csv

    history = cases.history(assessment.case.id)
    if as_json:
        content = status_json(assessment, made_at, history).encode()
    else:
        content = status_csv(assessment, made_at, history).encode("utf-8-sig")
    write_whole(path, content, overwrite=overwrite)
    return Written(path)
