"""The track follows from the answers of step 1 (guide §6.1 to §6.3)."""

from __future__ import annotations

import pytest

from app.onboarding.assessment import StepStatus, Verdict
from app.onboarding.case import Case
from app.onboarding.progress import assess
from app.onboarding.tracks import TRACK_WORDS, Track
from tests.onboarding.looking import has_requirement, status, typed
from tests.rig.cases import (
    TODAY,
    no_ltid_case,
    reports_for_others_case,
    self_reporting_case,
    through_agent_case,
)

SELF, AGENT = Track.SELF_REPORTING, Track.THROUGH_AGENT
OTHERS, NONE = Track.REPORTS_FOR_OTHERS, Track.NO_LTID_ACCOUNTS


def tracks(case: Case) -> tuple[Track, ...]:
    return assess(case, TODAY).tracks


def test_the_example_cases_are_on_their_tracks() -> None:
    assert tracks(self_reporting_case("registered")) == (SELF,)
    assert tracks(through_agent_case("registered")) == (AGENT,)
    assert tracks(reports_for_others_case("registered")) == (OTHERS,)
    assert tracks(no_ltid_case("registered")) == (NONE,)
    assert tracks(self_reporting_case("empty")) == ()
    assert assess(self_reporting_case("empty"), TODAY).track is None
    assert set(TRACK_WORDS) == set(Track)


@pytest.mark.parametrize(
    ("organisation", "for_others", "primary", "secondary", "expected"),
    [
        ("industry_member", False, "self", "none", (SELF,)),
        ("industry_member", False, "self", "self", (SELF,)),
        ("industry_member", False, "vendor", "none", (AGENT,)),
        ("industry_member", False, "vendor", "vendor", (AGENT,)),
        ("industry_member", False, "self", "vendor", (SELF, AGENT)),
        ("industry_member", False, "vendor", "self", (AGENT, SELF)),
        ("industry_member", True, "self", "none", (OTHERS,)),
        ("industry_member", True, "self", "vendor", (OTHERS, AGENT)),
        ("clearing_firm", True, "self", "none", (OTHERS,)),
        ("clearing_firm", False, "self", "none", (SELF,)),
        ("reporting_agent", None, "self", "none", (OTHERS,)),
        ("reporting_agent", False, "vendor", "vendor", (OTHERS,)),
    ],
)
def test_two_sources_bring_both_tracks(
    organisation: str,
    for_others: bool | None,
    primary: str,
    secondary: str,
    expected: tuple[Track, ...],
) -> None:
    """R1.1: who is what, and who reports; the main track stands first."""
    case = typed(
        self_reporting_case("registered"),
        registration__organisation_type=organisation,
        registration__reports_for_others=for_others,
        registration__primary_source=primary,
        registration__secondary_source=secondary,
    )
    assert tracks(case) == expected
    without = typed(case, registration__ltid_accounts="0")
    assert tracks(without) == (NONE,)


def test_both_tracks_ask_for_both() -> None:
    """R6.2, R6.3, R6.7: an own level and a submission of the agent."""
    case = typed(self_reporting_case("registered"), registration__secondary_source="vendor")
    assert has_requirement(case, "level")
    assert has_requirement(case, "error_rate")
    assert has_requirement(case, "agent_submission")
    assert has_requirement(case, "agent_connected")
    assert has_requirement(case, "agents")


def test_a_firm_without_accounts_may_stop_or_go_on() -> None:
    """R6.6: certifying is encouraged there, not required (§6.3)."""
    stopped = assess(no_ltid_case("registered", goes_on=False), TODAY)
    assert [step.status for step in stopped.steps[1:]] == [StepStatus.NOT_REQUIRED] * 6
    assert "encouraged, not required (§6.3)" in stopped.step(6).reason
    assert stopped.verdict is Verdict.NOT_REQUIRED
    assert not stopped.ready
    assert stopped.next_action.step == 1
    assert stopped.next_action.text == "Nothing is left to do."
    assert stopped.unmet == ()
    gone_on = assess(no_ltid_case("registered"), TODAY)
    assert gone_on.verdict is Verdict.NOT_READY
    assert gone_on.step(2).status is StepStatus.NOT_STARTED


def test_stopping_takes_a_finished_registration() -> None:
    case = typed(no_ltid_case("registered", goes_on=False), registration__company_name="")
    assert assess(case, TODAY).verdict is Verdict.NOT_READY


def test_a_late_change_of_track_loses_nothing() -> None:
    """Statuses are computed: the way back leads to just the same assessment."""
    case = through_agent_case("tested")
    detour = typed(
        case,
        registration__primary_source="self",
        registration__primary_vendor="",
    )
    assert tracks(detour) == (SELF,)
    assert status(detour, 5) is StepStatus.NOT_REQUIRED
    assert status(detour, 6) is not StepStatus.DONE
    assert detour.relationships == case.relationships
    back = typed(
        detour,
        registration__primary_source="vendor",
        registration__primary_vendor="Northgate Data Services",
    )
    assert assess(back, TODAY) == assess(case, TODAY)
