"""Step 7: certify with the Help Desk, and what came back (guide §7, R7.1 to R7.4)."""

from __future__ import annotations

from datetime import date

from app.onboarding.assessment import (
    Hint,
    Requirement,
    RequirementState,
    StepFindings,
    Waiting,
    later,
    require,
)
from app.onboarding.business_calendar import add_business_days, long_date
from app.onboarding.case import Answer, Case, Certification
from app.onboarding.guide import the_guide

#: After how many business days without an answer a call is suggested; the guide names none.
FOLLOW_UP_BUSINESS_DAYS = 2


def findings(case: Case, today: date, *, ready: bool) -> StepFindings:
    """What step 7 requires; `ready` says whether steps 1 to 6 are settled."""
    certification = case.certification
    contacted = certification.contacted_on
    return StepFindings(
        requirements=(
            require("steps_done", True, proof="Steps 1 to 6 are settled")
            if ready
            else later("steps_done", "Finish the steps before."),
            require(
                "contacted",
                contacted is not None and certification.contacted_by is not None,
                proof=f"{long_date(contacted)} by {certification.contacted_by}"
                if contacted
                else "",
                missing="Send the e-mail or call, then record the day and who did it.",
                fields=_empty_contact_fields(certification),
            ),
            _answer("certification_verified", "verified", certification),
            _answer("production_granted", "production_granted", certification),
            _answer("confirmation", "confirmation_received", certification),
        ),
        started=certification != Certification(),
        hints=_hints(case, today),
        waiting=_waiting(certification, today),
    )


def _empty_contact_fields(certification: Certification) -> tuple[str, ...]:
    names = ("contacted_on", "contacted_by")
    return tuple(f"certification.{name}" for name in names if getattr(certification, name) is None)


def _answer(key: str, name: str, certification: Certification) -> Requirement:
    answer: Answer = getattr(certification, name)
    fields = (f"certification.{name}.on",)
    if answer.on is not None:
        note = f": {answer.note}" if answer.note else ""
        return require(key, True, proof=f"{long_date(answer.on)}{note}")
    if certification.contacted_on is None:
        return later(key, "Follows the contact.", *fields)
    return Requirement(
        key,
        RequirementState.WAITING,
        "Record the day FINRA CAT says so.",
        fields,
        ("no_answer_date",),
    )


def _waiting(certification: Certification, today: date) -> tuple[Waiting, ...]:
    contacted = certification.contacted_on
    if contacted is None or certification.confirmation_received.on is not None:
        return ()
    follow_up = add_business_days(contacted, FOLLOW_UP_BUSINESS_DAYS)
    action = (
        f"No date is promised. A call from {long_date(follow_up)} on is reasonable."
        if follow_up >= today
        else "No date is promised; a call to the Help Desk is reasonable now."
    )
    return (
        Waiting(
            "FINRA CAT", "verifying the steps and granting production", contacted, action=action
        ),
    )


def _hints(case: Case, today: date) -> tuple[Hint, ...]:
    hints = [
        Hint(
            "§7", "Each Industry Member and each Reporting Agent contacts the Help Desk for itself."
        )
    ]
    if today < the_guide().dates.production_opens:
        hints.append(Hint("§7", f"Production opens in {the_guide().production_opens_text}."))
    if case.production_in_force and case.certification.verified.on is None:
        hints.append(
            Hint("§7", "Production is granted although no verification is recorded.", warning=True)
        )
    return tuple(hints)
