"""Whatever the facts are: every status, reason and verdict can be computed, and they agree."""

from __future__ import annotations

import random
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.onboarding.assessment import Assessment, RequirementState, StepStatus, Verdict
from app.onboarding.case import Case, new_case
from app.onboarding.editing import value_at, with_replaced
from app.onboarding.progress import PREREQUISITES, assess
from app.onboarding.testing import COMPLETED_STATUSES
from app.onboarding.timeline import timeline
from app.onboarding.tracks import Track, stops_after_registering
from tests.onboarding.looking import changed, typed
from tests.onboarding.made_cases import cases
from tests.rig.cases import (
    TODAY,
    no_ltid_case,
    reports_for_others_case,
    self_reporting_case,
    through_agent_case,
)

DAYS = st.dates(date(2020, 8, 1), date(2021, 2, 1))
BUILDERS = [self_reporting_case, through_agent_case, reports_for_others_case, no_ltid_case]


@given(cases(), DAYS)
def test_any_case_can_be_assessed(case: Case, today: date) -> None:
    """Every step has a status and a reason in one line; every path leads to a field."""
    assessment = assess(case, today)
    assert [step.number for step in assessment.steps] == [1, 2, 3, 4, 5, 6, 7]
    for step in assessment.steps:
        assert step.reason
        assert step.reason == " ".join(step.reason.splitlines())
        assert "None" not in step.reason
        for requirement in step.requirements:
            assert requirement.detail
            for path in requirement.fields:
                value_at(case, path)
    assert assessment.next_action.text
    events = timeline(assessment)
    assert [event.day for event in events] == sorted(event.day for event in events)


@given(cases(), DAYS)
def test_no_step_is_done_before_its_prerequisites(case: Case, today: date) -> None:
    """R2.1, R4.1, R6.2, R7.1: and a done step has nothing unmet."""
    assessment = assess(case, today)
    for step in assessment.steps:
        if step.status is StepStatus.DONE:
            assert step.unmet == ()
            assert step.findings.faults == ()
            for number in PREREQUISITES[step.number]:
                assert assessment.step(number).status.settled


@given(cases(), DAYS)
def test_ready_means_steps_1_to_6_are_settled(case: Case, today: date) -> None:
    """R7.1: neither more nor less."""
    assessment = assess(case, today)
    settled = all(step.status.settled for step in assessment.steps[:6])
    if stops_after_registering(case.registration):
        assert assessment.verdict in (Verdict.NOT_REQUIRED, Verdict.NOT_READY)
        assert (assessment.verdict is Verdict.NOT_REQUIRED) is settled
        assert not assessment.ready
    else:
        assert assessment.ready is settled
        certified = settled and assessment.step(7).status is StepStatus.DONE
        assert (assessment.verdict is Verdict.CERTIFIED) is certified


@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_submissions_changes_nothing(case: Case, order: random.Random) -> None:
    """R6.8: neither totals nor dates, neither statuses nor verdict."""
    rows = list(case.testing.submissions)
    order.shuffle(rows)
    one = assess(case, TODAY)
    other = assess(with_replaced(case, "testing.submissions", tuple(rows)), TODAY)

    def essence(assessment: Assessment) -> tuple[object, ...]:
        return (
            assessment.totals,
            assessment.error_rate,
            assessment.processing_dates,
            assessment.verdict,
            [step.status for step in assessment.steps],
            {item.record.id: (item.counts, item.track) for item in assessment.submissions},
        )

    assert essence(one) == essence(other)


@given(cases())
def test_totals_are_those_of_rows_that_may_count(case: Case) -> None:
    """R6.4, R6.9: reckoned again, slowly."""
    assessment = assess(case, TODAY)
    received = rejected = 0
    for item in assessment.submissions:
        record = item.record
        if not item.counts:
            assert item.reason
            continue
        assert record.known_status in COMPLETED_STATUSES
        assert record.chosen
        assert record.environment == "test"
        assert case.practice or not record.practice
        if Track.THROUGH_AGENT is item.track and len(assessment.tracks) > 1:
            continue
        received += record.accounts_received or 0
        rejected += record.accounts_rejected or 0
    rate = Fraction(rejected, received) if received else None
    assert (assessment.totals.received, assessment.error_rate) == (received, rate)


@given(cases(), DAYS)
def test_next_action_is_sensible(case: Case, today: date) -> None:
    """It names an open step, what is wrong first; testing and certifying only in their turn."""
    assessment = assess(case, today)
    open_steps = [step for step in assessment.steps if not step.status.settled]
    action = assessment.next_action
    if not open_steps:
        assert action.text == "Nothing is left to do."
        return
    step = assessment.step(action.step)
    assert step in open_steps
    assert action.text == step.reason
    wrong = [step for step in open_steps if step.status is StepStatus.NEEDS_ATTENTION]
    if wrong:
        assert step is wrong[0]
    elif step.number in (6, 7) and step.status is not StepStatus.WAITING:
        assert all(assessment.step(n).status.settled for n in PREREQUISITES[step.number])


def test_prerequisites() -> None:
    """R2.1, R3.3, R4.1, R6.2, R7.1: which step needs which."""
    assert PREREQUISITES == {
        1: (),
        2: (1,),
        3: (1, 2),
        4: (2,),
        5: (3,),
        6: (3, 4, 5),
        7: (1, 2, 3, 4, 5, 6),
    }


@pytest.mark.parametrize("build", BUILDERS)
@pytest.mark.parametrize("number", [1, 2, 3, 5, 6])
def test_each_step_holds_up_the_ones_after_it(build: type[Case], number: int) -> None:
    """A required step that is emptied takes "done" from all that need it."""
    sections = {1: "registration", 2: "administration", 3: "portal", 5: "relationships",
                6: "testing"}  # fmt: skip
    case = build("certified")
    before = assess(case, TODAY)
    if before.step(number).status is StepStatus.NOT_REQUIRED:
        return
    name = sections[number]
    empty = getattr(new_case(), name)
    if number == 1:
        empty = case.registration.model_copy(update={"verified_on": None})
    after = assess(case.model_copy(update={name: empty}), TODAY)
    assert after.verdict is Verdict.NOT_READY
    for step in after.steps:
        if number in PREREQUISITES[step.number]:
            assert step.status is not StepStatus.DONE


def test_what_is_wrong_comes_before_what_can_be_done() -> None:
    case = changed(self_reporting_case("tested"), "portal.accounts", 0, reporter_user=False)
    case = changed(case, "portal.accounts", 0, read_only_user=False)
    case = typed(case, registration__company_name="")
    assert assess(case, TODAY).next_action.step == 3


def test_while_others_have_their_turn_something_can_be_prepared() -> None:
    """R1.5: waiting for the registration, the administrator can be named."""
    case = typed(self_reporting_case("registered"), registration__verified_on="")
    action = assess(case, date(2020, 9, 9)).next_action
    assert action.step == 2
    assert action.text == "Name the Super Account Administrator. Follows step 1, Register."


def test_waiting_comes_last() -> None:
    """R4.1: everything else prepared, the credentials are waited for."""
    case = changed(
        self_reporting_case("tested"),
        "sftp.accounts",
        0,
        credentials_received_on=None,
        password_reset_on=None,
    )
    case = with_replaced(case, "testing.submissions", ())
    assessment = assess(case, TODAY)
    assert assessment.next_action.step == 4
    assert assessment.next_action.text.startswith("Waiting for FINRA Entitlement")
    assert [(step.number, item.on_whom) for step, item in assessment.waiting] == [
        (4, "FINRA Entitlement")
    ]


def test_unmet_requirements_stand_in_the_guides_order() -> None:
    assessment = assess(self_reporting_case("registered"), TODAY)
    steps = [requirement.rule[:2] for requirement in assessment.unmet]
    assert steps == sorted(steps)
    assert {r.state for r in assessment.unmet} == {RequirementState.UNMET, RequirementState.LATER}


def test_the_timeline_tells_what_happened_and_what_is_expected() -> None:
    """R1.5, R6.5, R7.3: each once, in order."""
    events = timeline(assess(self_reporting_case(), TODAY))
    told = [(event.day.isoformat(), event.step, event.text) for event in events]
    assert told == [
        ("2020-09-08", 1, "Registration submitted"),
        ("2020-09-10", 1, "Registration processed"),
        ("2020-09-14", 2, "Dana Whitfield in place"),
        ("2020-09-15", 4, "harbor_cais requested"),
        ("2020-09-18", 4, "harbor_cais: credentials received"),
        ("2020-10-05", 6, "Signed in to the portal"),
        ("2020-10-05", 6, "Connected by SFTP"),
        ("2020-10-06", 6, "Accounts processed"),
        ("2020-10-07", 6, "Accounts processed"),
        ("2020-10-09", 7, "Help Desk contacted"),
        ("2020-10-14", 7, "Onboarding verified"),
        ("2020-12-01", 7, "Production access granted"),
        ("2020-12-01", 7, "Confirmation received"),
    ]
    assert not any(event.expected for event in events)
    waiting = typed(self_reporting_case("registered"), registration__verified_on="")
    last = timeline(assess(waiting, date(2020, 9, 9)))[-1]
    assert (last.day, last.text, last.expected) == (
        date(2020, 9, 10),
        "Registration should be processed",
        True,
    )
    failed = changed(self_reporting_case(), "testing.connection_tests", 0, succeeded=False)
    assert "Connection test failed" in [e.text for e in timeline(assess(failed, TODAY))]
    agent = timeline(assess(through_agent_case(), TODAY))
    assert "Northgate Data Services authorized" in [event.text for event in agent]
