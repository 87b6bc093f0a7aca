"""`assess`: the verdict on a case file, or on a firm in the data folder."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator

from app.commands.opening import open_workplace
from app.commands.output import Exit, answer, chosen_case, today_of
from app.failures import UserFacingError
from app.onboarding.assessment import Assessment
from app.onboarding.business_calendar import long_date
from app.onboarding.case import Case
from app.onboarding.progress import assess
from app.storage.case_json import read_case_file


def run(arguments: Namespace) -> Exit:
    """Assess one case; the answer is "no" while it is not ready to certify."""
    assessment = assess(_case(arguments), today_of(arguments))
    answer(arguments, document_of(assessment), _lines(assessment))
    return Exit.FINE if assessment.ready else Exit.NO


def _case(arguments: Namespace) -> Case:
    if (arguments.case is None) == (arguments.firm is None):
        raise UserFacingError("Name either a case file or a firm.", action="See `assess --help`.")
    if arguments.case is not None:
        return read_case_file(arguments.case)
    with open_workplace(arguments.data_dir) as workplace:
        return chosen_case(workplace, arguments.firm)


def document_of(assessment: Assessment) -> dict[str, object]:
    """The assessment as the JSON document that programs get."""
    level, rate = assessment.level, assessment.error_rate
    return {
        "track": assessment.track,
        "tracks": list(assessment.tracks),
        "verdict": assessment.verdict,
        "ready": assessment.ready,
        "level": {"required_accounts": level.required_accounts, "basis": level.basis}
        if level
        else None,
        "unmet": [
            {
                "rule": requirement.rule,
                "section": requirement.section,
                "text": requirement.text,
                "state": requirement.state,
                "detail": requirement.detail,
            }
            for requirement in assessment.unmet
        ],
        "steps": [
            {"number": step.number, "status": step.status, "reason": step.reason}
            for step in assessment.steps
        ],
        "accounts": {
            "accepted": assessment.totals.accepted,
            "received": assessment.totals.received,
            "rejected": assessment.totals.rejected,
        },
        "error_rate": {"numerator": rate.numerator, "denominator": rate.denominator}
        if rate is not None
        else None,
        "processing_dates": [day.isoformat() for day in assessment.processing_dates],
    }


def _lines(assessment: Assessment) -> Iterator[str]:
    yield f"{assessment.case.title}: {assessment.verdict}"
    for step in assessment.steps:
        yield f"  {step.number} {step.guide.title:<15} {step.status:<16} {step.reason}"
    if assessment.unmet:
        yield "Not met:"
    for requirement in assessment.unmet:
        yield f"  {requirement.rule} ({requirement.section}) {requirement.text}: {requirement.detail}"
    if assessment.processing_dates:
        yield f"Processing dates: {', '.join(map(long_date, assessment.processing_dates))}"
