"""Step 7: the Help Desk is contacted, and what comes back (guide §7)."""

from __future__ import annotations

from datetime import date

import pytest

from app.onboarding.assessment import RequirementState, StepStatus, Verdict
from app.onboarding.case import Case, Certification
from app.onboarding.editing import with_replaced
from app.onboarding.guide import the_guide
from app.onboarding.progress import assess
from tests.onboarding.looking import hints, reason, requirement, status, typed, with_submissions
from tests.rig.cases import (
    TODAY,
    no_ltid_case,
    reports_for_others_case,
    self_reporting_case,
    through_agent_case,
)

TESTED = self_reporting_case("tested")
CERTIFIED = self_reporting_case("certified")
ALL = [self_reporting_case, through_agent_case, reports_for_others_case, no_ltid_case]
ANSWERS = ["verified", "production_granted", "confirmation_received"]


def contacted(case: Case, day: str = "10/9/2020") -> Case:
    return typed(case, certification__contacted_on=day, certification__contacted_by="Dana")


@pytest.mark.parametrize("build", ALL)
def test_all_steps_done_lead_to_the_help_desk(build: type[Case]) -> None:
    """R7.1: on every track; the processing dates are known then."""
    assessment = assess(build("tested"), TODAY)
    assert assessment.verdict is Verdict.READY
    assert assessment.ready
    assert assessment.processing_dates
    assert assessment.next_action.step == 7
    assert assessment.next_action.text == (
        "Send the e-mail or call, then record the day and who did it."
    )
    done = assess(build("certified"), TODAY)
    assert done.verdict is Verdict.CERTIFIED
    assert done.next_action.text == "Nothing is left to do."
    assert done.next_action.step == 7
    assert done.unmet == ()


def test_how_the_help_desk_is_reached() -> None:
    """R7.1: telephone and e-mail, as the guide gives them."""
    desk = the_guide().help_desk
    assert (desk.phone, desk.email) == ("888-696-3348", "help@finracat.com")


def test_nobody_is_sent_there_too_early() -> None:
    """R7.1: while steps are open the contact has no turn yet."""
    case = with_submissions(TESTED)
    assert requirement(case, "contacted").state is RequirementState.LATER
    assert status(case, 7) is StepStatus.NOT_STARTED
    assert reason(case, 7) == "Still open: step 6."
    waiting = typed(TESTED, registration__verified_on="")
    early = assess(waiting, date(2020, 9, 9))
    assert early.step(7).reason == "Still open: steps 1, 2, 3, 4, 6."
    assert early.next_action.step == 1
    assert early.next_action.text.startswith("Waiting for FINRA CAT")


def test_who_went_there_too_early_is_told() -> None:
    """R7.1: the contact is kept, and what is open is said."""
    case = contacted(with_submissions(TESTED))
    assert status(case, 7) is StepStatus.IN_PROGRESS
    assert reason(case, 7) == "Still open: step 6."
    assert requirement(case, "contacted").met
    assert assess(case, TODAY).verdict is Verdict.NOT_READY


@pytest.mark.parametrize("name", ["contacted_on", "contacted_by"])
def test_day_and_person_of_the_contact(name: str) -> None:
    """R7.1: both are recorded."""
    case = typed(contacted(TESTED), **{f"certification__{name}": ""})
    assert requirement(case, "contacted").fields == (f"certification.{name}",)
    assert reason(case, 7) == "Record the day of the contact and who made it."
    assert status(case, 7) is StepStatus.IN_PROGRESS


def test_each_contacts_for_itself() -> None:
    """R7.2: members and agents alike."""
    for build in ALL:
        assert "Reporting Agent contacts the Help Desk for itself" in hints(build("tested"), 7)


def test_waiting_for_the_answers() -> None:
    """R7.3: since when; no date is promised, and a call is suggested after two business days."""
    case = contacted(TESTED)
    first = assess(case, date(2020, 10, 14))
    assert first.verdict is Verdict.CONTACTED
    assert first.ready
    assert first.step(7).status is StepStatus.WAITING
    assert first.step(7).reason == (
        "Waiting for FINRA CAT since Fri 9 Oct 2020: verifying the steps. "
        "No date is promised. A call from Wed 14 Oct 2020 on is reasonable."
    )
    assert reason(case, 7, date(2020, 10, 15)).endswith(
        "a call to the Help Desk is reasonable now."
    )
    (waiting,) = first.step(7).findings.waiting
    assert waiting.ask
    assert not assess(case, date(2020, 10, 13)).step(7).findings.waiting[0].ask
    again = typed(case, certification__followed_up_on="10/15/2020")
    (waiting,) = assess(again, date(2020, 10, 16)).step(7).findings.waiting
    assert not waiting.ask
    assert waiting.action == (
        "You asked again on Thu 15 Oct 2020. No date is promised. "
        "A call from Mon 19 Oct 2020 on is reasonable."
    )
    assert requirement(case, "certification_verified").readings == ("no_answer_date",)
    verified = typed(case, certification__verified__on="10/14/2020")
    assert "granting production access" in reason(verified, 7)
    granted = typed(verified, certification__production_granted__on="12/1/2020")
    assert "confirming production access" in reason(granted, 7)


@pytest.mark.parametrize("name", ANSWERS)
def test_each_answer_is_recorded(name: str) -> None:
    """R7.3: with date and note; without any one of them certifying is not done."""
    case = typed(CERTIFIED, **{f"certification__{name}__on": ""})
    assert status(case, 7) is not StepStatus.DONE
    assert assess(case, TODAY).verdict is Verdict.CONTACTED
    unmet = assess(case, TODAY).step(7).unmet
    assert [r.fields for r in unmet] == [(f"certification.{name}.on",)]
    assert [r.state for r in unmet] == [RequirementState.WAITING]
    noted = typed(CERTIFIED, **{f"certification__{name}__note": "By phone,\nfrom Kim"})
    details = [r.detail for r in assess(noted, TODAY).step(7).requirements]
    assert any("By phone,\nfrom Kim" in detail for detail in details)


def test_answers_follow_the_contact() -> None:
    """R7.3: none is waited for before."""
    for key in ("certification_verified", "production_granted", "confirmation"):
        assert requirement(TESTED, key).state is RequirementState.LATER
    assert assess(TESTED, TODAY).waiting == ()


def test_production_comes_into_force_when_granted() -> None:
    """R7.3, R3.3, R4.3: not with the verification alone."""
    case = typed(contacted(TESTED), certification__verified__on="10/14/2020")
    assert not case.production_in_force
    granted = typed(case, certification__production_granted__on="12/1/2020")
    assert granted.production_in_force
    assert "planned" not in hints(granted, 3)
    odd = typed(granted, certification__verified__on="")
    assert "! Production is granted although no verification is recorded" in hints(odd, 7)
    assert "although" not in hints(granted, 7)


def test_production_opens_in_december() -> None:
    """R7.4: said until then; the guide names no day."""
    assert "Production opens in December 2020." in hints(TESTED, 7, date(2020, 11, 30))
    assert "Production opens" not in hints(TESTED, 7, date(2020, 12, 1))


def test_a_step_opened_again_takes_certified_back() -> None:
    """R7.1: verdicts are computed, never kept."""
    case = with_replaced(CERTIFIED, "portal.accounts", ())
    assert assess(case, TODAY).verdict is Verdict.NOT_READY
    assert status(case, 7) is StepStatus.IN_PROGRESS
    assert with_replaced(CERTIFIED, "certification", Certification()) == TESTED
