"""Documents of a case written to files, with their traces in the history. No Qt: commands use it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app import __version__
from app.onboarding.assessment import Assessment
from app.report.content import Occasion
from app.report.summary import summary_pdf
from app.storage.case_store import CaseStore
from app.storage.files import write_whole


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
