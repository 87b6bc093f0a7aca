"""Step 1: the registration form (guide §1)."""

from __future__ import annotations

from datetime import date

import pytest

from app.onboarding.assessment import RequirementState, StepStatus
from app.onboarding.business_calendar import long_date
from app.onboarding.editing import with_unaccepted
from app.onboarding.progress import assess
from app.onboarding.steps.register import expected_by
from tests.onboarding.looking import hints, reason, requirement, status, typed
from tests.rig.cases import TODAY, reports_for_others_case, self_reporting_case

REGISTERED = self_reporting_case("registered")
AGENT = reports_for_others_case("registered")

ASKED = [
    "company_name", "street", "city", "state", "postal_code", "organisation_type", "crd",
    "reports_for_others", "primary_contact.name", "primary_contact.phone",
    "primary_contact.email", "secondary_contact.name", "secondary_contact.phone",
    "secondary_contact.email", "primary_source", "secondary_source", "connectivity",
    "data_submission", "ltid_accounts", "submitted_on", "submitted_by", "verified_on",
]  # fmt: skip


@pytest.mark.parametrize("name", ASKED)
def test_each_answer_is_asked_for(name: str) -> None:
    """R1.1: without any one of them step 1 is not done, and the field is named."""
    assert status(REGISTERED, 1) is StepStatus.DONE
    path = f"registration.{name}"
    case = typed(REGISTERED, **{path.replace(".", "__"): ""})
    assert status(case, 1) is not StepStatus.DONE
    unmet = assess(case, TODAY).step(1).unmet
    assert [r.fields for r in unmet] == [(path,)]
    assert unmet[0].section.startswith("§1")


@pytest.mark.parametrize(
    ("source", "vendor"),
    [("primary_source", "primary_vendor"), ("secondary_source", "secondary_vendor")],
)
def test_a_vendor_has_a_name(source: str, vendor: str) -> None:
    """R1.1: source "vendor" comes with the vendor's name."""
    case = typed(REGISTERED, **{f"registration__{source}": "vendor"})
    assert requirement(case, "sources").fields == (f"registration.{vendor}",)
    case = typed(case, **{f"registration__{vendor}": "Northgate"})
    assert "Northgate" in requirement(case, "sources").detail
    back = typed(case, **{f"registration__{source}": "self"})
    assert "Northgate" not in requirement(back, "sources").detail


def test_an_industry_member_has_a_crd() -> None:
    """R1.2: an ORG ID does not stand in for it."""
    case = typed(REGISTERED, registration__crd="", registration__org_id="7059")
    assert not requirement(case, "identifier").met
    assert "Industry Member" in requirement(case, "identifier").detail
    assert case.registration.identifier is None


def test_an_agent_has_either_number() -> None:
    """R1.2: CRD number or ORG ID."""
    assert requirement(AGENT, "identifier").detail == "ORG ID 7059"
    with_crd = typed(AGENT, registration__org_id="", registration__crd="1482")
    assert requirement(with_crd, "identifier").detail == "CRD 1482"
    neither = typed(AGENT, registration__org_id="")
    assert not requirement(neither, "identifier").met
    assert assess(neither, TODAY).open_items == ()


def test_an_agent_with_neither_number_leaves_it_blank() -> None:
    """R1.2: kept as an open item, and asked for when access is granted."""
    case = typed(AGENT, registration__org_id="", registration__awaits_identifier=True)
    assert requirement(case, "identifier").met
    assert status(case, 1) is StepStatus.DONE
    assert assess(case, TODAY).open_items == (
        "The organization's ID arrives with the entitlement e-mail; enter it in step 1.",
    )
    assert "! The organization's ID" not in hints(case, 1)
    tested = reports_for_others_case("tested")
    granted = typed(tested, registration__org_id="", registration__awaits_identifier=True)
    assert assess(granted, TODAY).open_items == (
        "Access is granted: enter the ID from the entitlement e-mail in step 1.",
    )
    assert "! Access is granted" in hints(granted, 1)
    arrived = typed(granted, registration__org_id="7059")
    assert requirement(arrived, "identifier").detail == "ORG ID 7059"
    assert assess(arrived, TODAY).open_items == ()


def test_clearing_firms_and_agents_give_the_aggregate() -> None:
    """R1.3: over all firms they report for."""
    assert "total of all firms" in hints(AGENT, 1)
    assert "all firms together" in requirement(AGENT, "ltid_accounts").detail
    clearing = typed(REGISTERED, registration__organisation_type="clearing_firm")
    assert "total of all firms" in hints(clearing, 1)
    assert "total of all firms" not in hints(REGISTERED, 1)


def test_when_and_by_whom_it_was_submitted() -> None:
    """R1.4: the program records both, and first says what to do."""
    case = typed(REGISTERED, registration__submitted_on="", registration__submitted_by="")
    assert reason(case, 1) == "Send the online form, then record the day and who sent it."
    half = typed(case, registration__submitted_on="9/8/2020")
    assert requirement(half, "submitted").detail == "Still missing: who submitted it."
    assert requirement(REGISTERED, "submitted").detail == "Tue 8 Sep 2020 by Dana Whitfield"


@pytest.mark.parametrize(
    ("submitted", "expected"),
    [
        (date(2020, 9, 8), date(2020, 9, 10)),
        (date(2020, 9, 4), date(2020, 9, 9)),  # Labor Day between
        (date(2020, 10, 9), date(2020, 10, 14)),  # weekend and Columbus Day
        (date(2020, 11, 10), date(2020, 11, 13)),  # Veterans Day: the market is open
        (date(2020, 11, 25), date(2020, 11, 30)),  # Thanksgiving, then a Friday that counts
        (date(2020, 12, 23), date(2020, 12, 28)),  # Christmas on a Friday
        (date(2021, 12, 22), date(2021, 12, 27)),  # Christmas observed on Friday
        (date(2021, 4, 1), date(2021, 4, 6)),  # Good Friday: the market is closed, agencies open
        (date(2020, 9, 12), date(2020, 9, 15)),  # sent on a Saturday
        (date(2020, 11, 26), date(2020, 11, 30)),  # sent on Thanksgiving
        (date(2025, 1, 8), date(2025, 1, 13)),  # a day of mourning closed the market
    ],
)
def test_processed_within_two_business_days(submitted: date, expected: date) -> None:
    """R1.5: no weekend, federal or market holiday is counted."""
    case = typed(
        REGISTERED,
        date(2026, 1, 1),
        registration__submitted_on=submitted,
        registration__verified_on="",
    )
    assert expected_by(case.registration) == expected
    on_the_day = assess(case, expected).step(1)
    assert on_the_day.status is StepStatus.WAITING
    (waiting,) = on_the_day.findings.waiting
    assert (waiting.since, waiting.expected, waiting.overdue) == (submitted, expected, False)
    assert waiting.action == f"Expected by {long_date(expected)} (two business days)."


def test_a_late_answer_asks_to_follow_up() -> None:
    """R1.5: from the day after the expected one, it is the firm's turn to ask."""
    case = typed(REGISTERED, registration__verified_on="")
    assert reason(case, 1, date(2020, 9, 10)) == (
        "Waiting for FINRA CAT since Tue 8 Sep 2020: processing the registration form. "
        "Expected by Thu 10 Sep 2020."
    )
    assert status(case, 1, date(2020, 9, 11)) is StepStatus.NEEDS_ATTENTION
    assert reason(case, 1, date(2020, 9, 11)) == (
        "Should have been processed by Thu 10 Sep 2020: follow up with the Help Desk."
    )
    assert assess(case, date(2020, 9, 11)).waiting[0][1].overdue
    assert assess(case, date(2020, 9, 11)).waiting[0][1].ask
    assert not assess(case, date(2020, 9, 10)).waiting[0][1].ask


def test_who_has_asked_waits_again_for_two_business_days() -> None:
    """R1.5: the question is recorded, and the next one has its day."""
    case = typed(REGISTERED, registration__verified_on="")
    case = typed(case, registration__followed_up_on="9/11/2020")
    for day, ask in ((date(2020, 9, 14), False), (date(2020, 9, 15), True)):
        (waiting,) = assess(case, day).step(1).findings.waiting
        assert (waiting.overdue, waiting.ask) == (True, ask)
        assert "you asked the Help Desk on Fri 11 Sep 2020" in waiting.action
        expected = StepStatus.NEEDS_ATTENTION if ask else StepStatus.WAITING
        assert status(case, 1, day) is expected


def test_without_submission_nothing_is_waited_for() -> None:
    """R1.5: the answer has its turn after the form."""
    case = typed(REGISTERED, registration__submitted_on="", registration__verified_on="")
    assert requirement(case, "verified").state is RequirementState.LATER
    assert expected_by(case.registration) is None
    assert assess(case, TODAY).waiting == ()


def test_a_day_without_business_is_pointed_out() -> None:
    """R1.5: which day counts first is said."""
    case = typed(REGISTERED, registration__submitted_on="9/12/2020")
    assert "Sat 12 Sep 2020 is no business day; Mon 14 Sep 2020 is the first" in hints(case, 1)
    assert "no business day" not in hints(REGISTERED, 1)


def test_the_recommended_day_blocks_nothing() -> None:
    """R1.6: said once it has passed, calmly; days before the form existed are questioned."""
    open_case = typed(REGISTERED, registration__submitted_on="", registration__verified_on="")
    assert "recommended" not in hints(open_case, 1, date(2020, 10, 5))
    said = hints(open_case, 1, date(2020, 10, 6))
    assert "Mon 5 Oct 2020, has passed. That blocks nothing" in said
    assert "!" not in said
    late = typed(
        REGISTERED, registration__submitted_on="11/2/2020", registration__verified_on="11/4/2020"
    )
    assert status(late, 1) is StepStatus.DONE
    early = typed(REGISTERED, registration__submitted_on="8/14/2020")
    assert "! Forms were accepted from Mon 17 Aug 2020 on" in hints(early, 1)
    first_day = typed(REGISTERED, registration__submitted_on="8/17/2020")
    assert "Forms were accepted" not in hints(first_day, 1)


def test_processed_before_submitted_is_questioned() -> None:
    case = typed(REGISTERED, registration__verified_on="9/7/2020")
    assert "! The form was processed before it was submitted" in hints(case, 1)
    same_day = typed(REGISTERED, registration__verified_on="9/8/2020")
    assert "processed before" not in hints(same_day, 1)


def test_what_the_other_answers_hide_needs_no_correcting() -> None:
    """Changing an early answer keeps what was typed, and asks for nothing that is not shown."""
    case = with_unaccepted(AGENT, "registration.org_id", "seven")
    assert reason(case, 1) == "1 entry needs correcting."
    member = typed(
        case,
        registration__organisation_type="industry_member",
        registration__crd="1482",
        registration__reports_for_others=False,
    )
    assert member.unaccepted == {"registration.org_id": "seven"}
    assert status(member, 1) is StepStatus.DONE


def test_a_wrong_entry_elsewhere_does_not_start_step_1() -> None:
    case = with_unaccepted(self_reporting_case("empty"), "sftp.test_server.host", "a b")
    assert status(case, 1) is StepStatus.NOT_STARTED
    assert status(case, 4) is StepStatus.NEEDS_ATTENTION


def test_several_wrong_entries_are_counted() -> None:
    case = with_unaccepted(REGISTERED, "registration.crd", "x")
    case = with_unaccepted(case, "registration.ltid_accounts", "many")
    assert status(case, 1) is StepStatus.NEEDS_ATTENTION
    assert reason(case, 1) == "2 entries need correcting."
