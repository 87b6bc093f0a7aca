"""Short ways to change a case and to look at what became of it."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.onboarding.assessment import Assessment, Requirement, StepStatus
from app.onboarding.case import Case
from app.onboarding.editing import with_replaced, with_value
from app.onboarding.progress import assess
from app.onboarding.testing import SubmissionRecord
from tests.rig.cases import TODAY


def typed(case: Case, today: date = TODAY, /, **entries: object) -> Case:
    """The case after these entries; `__` in a name stands for the dot of a path."""
    for name, raw in entries.items():
        case = with_value(case, name.replace("__", "."), raw, today)
    return case


def with_submissions(case: Case, *records: SubmissionRecord) -> Case:
    case = with_replaced(case, "testing.submissions", records)
    return with_replaced(case, "testing.distinct_accounts", None)


def changed(case: Case, path: str, row: int, **facts: Any) -> Case:
    """The case whose list at `path` holds other facts in one row."""
    rows = list(_at(case, path))
    rows[row] = rows[row].model_copy(update=facts)
    return with_replaced(case, path, tuple(rows))


def _at(case: Case, path: str) -> tuple[Any, ...]:
    node: Any = case
    for part in path.split("."):
        node = getattr(node, part)
    return node  # type: ignore[no-any-return]


def requirement(case: Case, key: str, today: date = TODAY) -> Requirement:
    found = [r for step in assess(case, today).steps for r in step.requirements if r.key == key]
    assert len(found) == 1, f"{key}: {len(found)} requirements"
    return found[0]


def has_requirement(case: Case, key: str) -> bool:
    return any(r.key == key for step in assess(case, TODAY).steps for r in step.requirements)


def status(case: Case, step: int, today: date = TODAY) -> StepStatus:
    return assess(case, today).step(step).status


def reason(case: Case, step: int, today: date = TODAY) -> str:
    return assess(case, today).step(step).reason


def hints(case: Case, step: int, today: date = TODAY) -> str:
    """All hints of a step, one a line; warnings with an exclamation mark."""
    return hints_of(assess(case, today), step)


def hints_of(assessment: Assessment, step: int) -> str:
    return "\n".join(
        f"{'! ' if hint.warning else ''}{hint.text} ({hint.section})"
        for hint in assessment.step(step).findings.hints
    )


def why_not(case: Case, row: int = 0) -> str:
    """Why a submission does not count; empty where it does."""
    judged = assess(case, TODAY).submissions[row]
    return "" if judged.counts else judged.reason
