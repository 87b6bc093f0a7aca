"""`assess`: everything that is computed from a case, in one pure function."""

from __future__ import annotations

from datetime import date

from app.onboarding.assessment import (
    Assessment,
    NextAction,
    Requirement,
    RequirementState,
    StepAssessment,
    StepFindings,
    StepStatus,
    Verdict,
)
from app.onboarding.business_calendar import long_date
from app.onboarding.case import Case
from app.onboarding.certification import JudgedSubmission, level_of
from app.onboarding.counting import counted_totals, processing_dates
from app.onboarding.guide import the_guide
from app.onboarding.judging import judge_submissions
from app.onboarding.steps import (
    administrators,
    certify,
    register,
    relationships,
    sftp_accounts,
    testing,
    user_accounts,
)
from app.onboarding.tracks import stops_after_registering, tracks_of

#: Steps that must be settled before a step can be done (guide §2 to §7).
PREREQUISITES = {1: (), 2: (1,), 3: (1, 2), 4: (2,), 5: (3,), 6: (3, 4, 5), 7: (1, 2, 3, 4, 5, 6)}
#: Which part of the case a step's fields lie in.
STEP_SECTIONS = {
    1: "registration",
    2: "administration",
    3: "portal",
    4: "sftp",
    5: "relationships",
    6: "testing",
    7: "certification",
}
_RULES = {
    1: register.findings,
    2: administrators.findings,
    3: user_accounts.findings,
    4: sftp_accounts.findings,
    5: relationships.findings,
}
#: Requirements of step 6 that a submission under way may still meet.
_RESULTS = frozenset(
    {"level", "each_firm", "error_rate", "agent_connected", "agent_submission", "mock_data"}
)
_STOPPED = (
    "No accounts with LTIDs: certifying is encouraged, not required (§6.3). "
    "To go on all the same, say so in step 1."
)


def assess(case: Case, today: date) -> Assessment:
    """Track, statuses, requirements, level, counts and verdict of `case` on the day `today`."""
    judged = judge_submissions(case)
    steps: list[StepAssessment] = []
    for number in range(1, 8):
        steps.append(_assess_step(number, case, today, judged, tuple(steps)))
    return Assessment(
        case=case,
        today=today,
        tracks=tracks_of(case.registration),
        steps=tuple(steps),
        submissions=judged,
        totals=counted_totals(case, judged),
        level=level_of(case),
        processing_dates=processing_dates(judged),
        verdict=_verdict(case, tuple(steps)),
        next_action=_next_action(tuple(steps)),
        open_items=register.open_items(case),
    )


def _assess_step(
    number: int,
    case: Case,
    today: date,
    judged: tuple[JudgedSubmission, ...],
    before: tuple[StepAssessment, ...],
) -> StepAssessment:
    guide = the_guide().step(number)
    if number > 1 and stops_after_registering(case.registration):
        stopped = StepFindings(not_required=_STOPPED)
        return StepAssessment(guide, StepStatus.NOT_REQUIRED, _STOPPED, stopped)
    if number == 7:
        unsettled = tuple(step.number for step in before if not step.status.settled)
        findings = certify.findings(case, today, unsettled)
    elif number == 6:
        findings = testing.findings(case, today, judged)
    else:
        findings = _RULES[number](case, today)
    status, reason = _status(number, case, findings, before)
    return StepAssessment(guide, status, reason, findings)


def _status(
    number: int, case: Case, findings: StepFindings, before: tuple[StepAssessment, ...]
) -> tuple[StepStatus, str]:
    """The status and one line saying why. A step is never done before its prerequisites."""
    if findings.not_required:
        return StepStatus.NOT_REQUIRED, findings.not_required
    wrong = _wrong(number, case, findings)
    if wrong:
        return StepStatus.NEEDS_ATTENTION, wrong
    blocking = _blocking(number, before)
    open_requirements = [r for r in findings.requirements if not r.met]
    if not open_requirements:
        if not blocking:
            return StepStatus.DONE, "Everything required is recorded."
        return (
            StepStatus.IN_PROGRESS,
            f"Prepared; done once step {blocking[0].number} ({blocking[0].guide.title}) is.",
        )
    missing = [r for r in open_requirements if r.state is RequirementState.UNMET]
    waited = [r for r in open_requirements if r.state is RequirementState.WAITING]
    first = (missing or waited or open_requirements)[0]
    if not findings.started:
        return StepStatus.NOT_STARTED, f"{first.detail}{_locked(number, blocking)}"
    if findings.question:
        return StepStatus.IN_PROGRESS, findings.question
    if (waited and not missing) or (findings.waiting and _only_results_missing(number, missing)):
        return StepStatus.WAITING, _waiting_line(findings, first.detail)
    return StepStatus.IN_PROGRESS, first.detail


def _locked(number: int, blocking: list[StepAssessment]) -> str:
    """Which step comes before; step 7 says so itself."""
    if not blocking or number == 7:
        return ""
    return f" Follows step {blocking[0].number}, {blocking[0].guide.title}."


def _only_results_missing(number: int, missing: list[Requirement]) -> bool:
    """Whether step 6 lacks nothing but what an unfinished submission will bring."""
    return number == 6 and all(r.key in _RESULTS for r in missing)


def _waiting_line(findings: StepFindings, otherwise: str) -> str:
    if not findings.waiting:
        return otherwise
    first = findings.waiting[0]
    since = f" since {long_date(first.since)}" if first.since else ""
    line = f"Waiting for {first.on_whom}{since}: {first.for_what}."
    if first.expected:
        return f"{line} Expected by {long_date(first.expected)}."
    return f"{line} {first.action}".strip()


def _wrong(number: int, case: Case, findings: StepFindings) -> str:
    """What is wrong: fields of the step that could not accept their text, else the first fault."""
    prefix = f"{STEP_SECTIONS[number]}."
    hidden = (*register.hidden_fields(case.registration), *relationships.hidden_lists(case))
    wrong = [p for p in case.unaccepted if p.startswith(prefix) and not p.startswith(hidden)]
    if wrong:
        return f"{len(wrong)} {'entry needs' if len(wrong) == 1 else 'entries need'} correcting."
    return findings.faults[0] if findings.faults else ""


def _verdict(case: Case, steps: tuple[StepAssessment, ...]) -> Verdict:
    if stops_after_registering(case.registration):
        settled = steps[0].status.settled
        return Verdict.NOT_REQUIRED if settled else Verdict.NOT_READY
    if not all(step.status.settled for step in steps[:6]):
        return Verdict.NOT_READY
    if steps[6].status is StepStatus.DONE:
        return Verdict.CERTIFIED
    return Verdict.CONTACTED if case.certification.contacted_on else Verdict.READY


def _next_action(steps: tuple[StepAssessment, ...]) -> NextAction:
    """What is wrong first, then what can be done, then what is waited for.

    While others have their turn, steps 2 to 5 can be prepared; testing and certifying cannot.
    """
    open_steps = [step for step in steps if not step.status.settled]
    doable = [step for step in open_steps if any(_to_do(r) for r in step.requirements)]
    candidates = (
        [step for step in open_steps if step.status is StepStatus.NEEDS_ATTENTION],
        [step for step in doable if step.number < 6 or not _blocking(step.number, steps)],
        [step for step in open_steps if step.status is StepStatus.WAITING],
        open_steps,
    )
    for found in candidates:
        if found:
            return NextAction(found[0].number, found[0].reason)
    last = 1 if steps[6].status is StepStatus.NOT_REQUIRED else 7
    return NextAction(last, "Nothing is left to do.")


def _to_do(requirement: Requirement) -> bool:
    return requirement.state is RequirementState.UNMET


def _blocking(number: int, steps: tuple[StepAssessment, ...]) -> list[StepAssessment]:
    """The steps that must be settled first and are not."""
    return [steps[n - 1] for n in PREREQUISITES[number] if not steps[n - 1].status.settled]
