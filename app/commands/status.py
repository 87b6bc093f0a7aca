"""`status`: steps, statuses, what is waited for, next action."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator

from app.commands.opening import open_workplace
from app.commands.output import Exit, answer, chosen_firms, today_of
from app.onboarding.assessment import Assessment
from app.onboarding.business_calendar import long_date
from app.onboarding.progress import assess
from app.report.status_json import status_document


def run(arguments: Namespace) -> Exit:
    """Tell where every firm stands, or the one chosen."""
    with open_workplace(arguments.data_dir) as workplace:
        found = [
            assess(workplace.cases.load(summary.id), today_of(arguments))
            for summary in chosen_firms(workplace, arguments.firm)
        ]
    lines = [line for assessment in found for line in _lines(assessment)]
    answer(
        arguments, [status_document(a) for a in found], lines or ["No onboarding has been started."]
    )
    return Exit.FINE


def _lines(assessment: Assessment) -> Iterator[str]:
    case = assessment.case
    number = case.registration.identifier
    yield f"{case.title}{f' ({number})' if number else ''}{' - PRACTICE' if case.practice else ''}"
    for step in assessment.steps:
        yield f"  {step.number} {step.guide.title:<15} {step.status:<16} {step.reason}"
    for _, item in assessment.waiting:
        since = f" since {long_date(item.since)}" if item.since else ""
        yield f"  Waiting for {item.on_whom}: {item.for_what}{since}. {item.action}".rstrip()
    yield f"  Next: step {assessment.next_action.step}. {assessment.next_action.text}"
