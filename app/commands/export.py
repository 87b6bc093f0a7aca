"""`export`: the summary PDF, the e-mail, the calendar, the status as CSV or JSON, the case file."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from app.commands.opening import open_workplace
from app.commands.output import Exit, answer, chosen_case, today_of
from app.failures import UserFacingError
from app.onboarding.assessment import Assessment
from app.onboarding.progress import assess
from app.storage.case_json import case_file_text
from app.storage.case_store import CaseStore
from app.storage.files import write_whole
from app.work.exports import (
    Written,
    write_calendar,
    write_email,
    write_status,
    write_summary,
)

Writer = Callable[[CaseStore, Assessment, datetime, Path, bool], Written]


def run(arguments: Namespace) -> Exit:
    """Write every document that an option names; nothing is overwritten without `--force`."""
    wanted = {name: path for name in _WRITERS if (path := getattr(arguments, name)) is not None}
    if not wanted:
        raise UserFacingError("Name at least one file to write.", action="See `export --help`.")
    for path in wanted.values():
        if path.exists() and not arguments.force:
            raise UserFacingError(
                f"{path} exists already.", "Nothing was written.", "Add --force to replace it."
            )
    made_at = datetime.now(UTC)
    with open_workplace(arguments.data_dir) as workplace:
        case = chosen_case(workplace, arguments.firm)
        assessment = assess(case, today_of(arguments))
        written = [
            (name, _WRITERS[name](workplace.cases, assessment, made_at, path, arguments.force))
            for name, path in wanted.items()
        ]
    document = [{"kind": n, "path": str(w.path), "notice": w.notice} for n, w in written]
    answer(
        arguments, document, [f"{w.path}{f' ({w.notice})' if w.notice else ''}" for _, w in written]
    )
    return Exit.FINE


def _pdf(
    cases: CaseStore, assessment: Assessment, made_at: datetime, path: Path, force: bool
) -> Written:
    return write_summary(cases, assessment, made_at, path, overwrite=force)


def _eml(
    cases: CaseStore, assessment: Assessment, made_at: datetime, path: Path, force: bool
) -> Written:
    from app.report.messages import help_desk_message

    message = help_desk_message(assessment)
    return write_email(
        cases, assessment, message, made_at, path, with_summary=True, overwrite=force
    )


def _ics(
    cases: CaseStore, assessment: Assessment, made_at: datetime, path: Path, force: bool
) -> Written:
    return write_calendar(assessment, made_at, path, overwrite=force)


def _csv(
    cases: CaseStore, assessment: Assessment, made_at: datetime, path: Path, force: bool
) -> Written:
    return write_status(cases, assessment, made_at, path, as_json=False, overwrite=force)


def _status(
    cases: CaseStore, assessment: Assessment, made_at: datetime, path: Path, force: bool
) -> Written:
    return write_status(cases, assessment, made_at, path, as_json=True, overwrite=force)


def _case(
    cases: CaseStore, assessment: Assessment, made_at: datetime, path: Path, force: bool
) -> Written:
    write_whole(path, case_file_text(assessment.case).encode(), overwrite=force)
    return Written(path)


_WRITERS: dict[str, Writer] = {
    "pdf": _pdf,
    "eml": _eml,
    "ics": _ics,
    "csv": _csv,
    "status": _status,
    "case": _case,
}
