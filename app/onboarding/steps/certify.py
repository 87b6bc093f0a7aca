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


def findings(case: Case, today: date, unsettled: tuple[int, ...]) -> StepFindings:
    """What step 7 requires; `unsettled` are the numbers of the steps before that are open."""
    certification = case.certification
    return StepFindings(
        requirements=(
            _steps_done(certification, unsettled),
            _contacted(certification, unsettled),
            _answer("certification_verified", "verified", certification),
            _answer("production_granted", "production_granted", certification),
            _answer("confirmation", "confirmation_received", certification),
        ),
        started=certification != Certification(),
        hints=_hints(case, today),
        waiting=_waiting(certification, today),
    )


def _steps_done(certification: Certification, unsettled: tuple[int, ...]) -> Requirement:
    """Nobody is sent to the Help Desk too early; who went all the same is told so."""
    if not unsettled:
        return require("steps_done", True, proof="Steps 1 to 6 are settled")
    noun = "step" if len(unsettled) == 1 else "steps"
    line = f"Still open: {noun} {', '.join(str(number) for number in unsettled)}."
    if certification == Certification():
        return later("steps_done", line)
    return require("steps_done", False, missing=line)


def _contacted(certification: Certification, unsettled: tuple[int, ...]) -> Requirement:
    on, by = certification.contacted_on, certification.contacted_by
    fields = _empty_contact_fields(certification)
    if unsettled and on is None and by is None:
        return later("contacted", "Its turn comes when steps 1 to 6 are settled.", *fields)
    return require(
        "contacted",
        on is not None and by is not None,
        proof=f"{long_date(on)} by {by}" if on else "",
        missing="Record the day of the contact and who made it."
        if on or by
        else "Send the e-mail or call, then record the day and who did it.",
        fields=fields,
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
    outstanding = [
        words
        for answer, words in (
            (certification.verified, "verifying the steps"),
            (certification.production_granted, "granting production access"),
            (certification.confirmation_received, "confirming production access"),
        )
        if answer.on is None
    ]
    asked = certification.followed_up_on
    follow_up = add_business_days(max(contacted, asked or contacted), FOLLOW_UP_BUSINESS_DAYS)
    action = (
        f"No date is promised. A call from {long_date(follow_up)} on is reasonable."
        if follow_up >= today
        else "No date is promised; a call to the Help Desk is reasonable now."
    )
    if asked is not None:
        action = f"You asked again on {long_date(asked)}. {action}"
    ask = follow_up <= today
    return (Waiting("FINRA CAT", outstanding[0], contacted, action=action, ask=ask),)


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
