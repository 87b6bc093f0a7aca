"""Step 6, first part: each party has reached the test environment (guide §6)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from app.onboarding.access import Environment
from app.onboarding.assessment import StepStatus
from app.onboarding.case import Case
from app.onboarding.editing import with_replaced
from app.onboarding.progress import PREREQUISITES, assess
from app.onboarding.testing import PortalLogin, SentBy
from tests.onboarding.looking import (
    changed,
    has_requirement,
    hints,
    reason,
    requirement,
    status,
    typed,
    with_submissions,
)
from tests.rig.cases import (
    no_ltid_case,
    reports_for_others_case,
    self_reporting_case,
    submission,
    through_agent_case,
)

TESTED = self_reporting_case("tested")
TESTS, LOGIN = "testing.connection_tests", "testing.portal_login"


def proofs(case: Case, *, sftp: bool, portal: bool) -> Case:
    if not sftp:
        case = with_replaced(case, TESTS, ())
    return case if portal else with_replaced(case, LOGIN, PortalLogin())


@pytest.mark.parametrize("connectivity", ["sftp", "portal", "both"])
def test_one_of_the_two_proofs_is_enough(connectivity: str) -> None:
    """R6.1: "and/or"; the way that was chosen and not proven is a hint, not a gap."""
    case = typed(TESTED, registration__connectivity=connectivity)
    assert not requirement(proofs(case, sftp=False, portal=False), "connected").met
    by_sftp = proofs(case, sftp=True, portal=False)
    by_portal = proofs(case, sftp=False, portal=True)
    assert requirement(by_sftp, "connected").met
    assert requirement(by_portal, "connected").met
    assert requirement(case, "connected").detail == (
        "SFTP: sftp-test.cais.example, Mon 5 Oct 2020; Portal: Dana Whitfield, Mon 5 Oct 2020"
    )
    assert requirement(case, "connected").readings == ("either_connection",)
    assert ("portal sign-in is not proven yet" in hints(by_sftp, 6)) is (connectivity != "sftp")
    assert ("connection test is not proven yet" in hints(by_portal, 6)) is (
        connectivity != "portal"
    )
    assert "not proven yet" not in hints(case, 6)
    assert "not proven yet" not in hints(proofs(case, sftp=False, portal=False), 6)


@pytest.mark.parametrize(
    ("connectivity", "words", "fields"),
    [
        ("sftp", "Run the connection test against", (TESTS,)),
        ("both", "Run the connection test, or record your sign-in", (TESTS,)),
        ("portal", "Sign in to the portal's test environment", (f"{LOGIN}.on", f"{LOGIN}.by")),
    ],
)
def test_how_to_connect_is_said(connectivity: str, words: str, fields: tuple[str, ...]) -> None:
    """R6.1: in the words of the way that was chosen."""
    case = typed(proofs(TESTED, sftp=False, portal=False), registration__connectivity=connectivity)
    assert requirement(case, "connected").detail.startswith(words)
    assert requirement(case, "connected").fields == fields


@pytest.mark.parametrize(
    "facts",
    [{"succeeded": False}, {"environment": Environment.PRODUCTION}, {"practice": True}],
)
def test_only_a_success_in_the_test_environment_proves(facts: dict[str, Any]) -> None:
    """R6.1, R6.9: no failure, no production, no practice."""
    case = proofs(TESTED, sftp=True, portal=False)
    assert not requirement(changed(case, TESTS, 0, **facts), "connected").met


def test_practice_connects_in_a_practice_case() -> None:
    """R6.9: there it is what the case is about."""
    case = changed(proofs(TESTED, sftp=True, portal=False), TESTS, 0, practice=True)
    assert requirement(case.model_copy(update={"practice": True}), "connected").met


def test_the_latest_success_is_the_proof() -> None:
    """R6.1: whatever came before or failed after."""
    (first,) = TESTED.testing.connection_tests
    later = first.model_copy(
        update={"id": "0" * 12, "at": first.at + timedelta(days=1), "host": "second.example"}
    )
    failed = later.model_copy(
        update={"id": "f" * 12, "at": later.at + timedelta(days=1), "succeeded": False}
    )
    case = with_replaced(TESTED, TESTS, (later, failed, first))
    assert "SFTP: second.example, Tue 6 Oct 2020" in requirement(case, "connected").detail


@pytest.mark.parametrize(("name", "lacking"), [("on", "by"), ("by", "on")])
def test_the_portal_statement_says_who_and_when(name: str, lacking: str) -> None:
    """R6.1: both, or it is no proof."""
    case = proofs(TESTED, sftp=False, portal=False)
    half = typed(case, **{f"testing__portal_login__{name}": "10/5/2020"})
    assert not requirement(half, "connected").met
    assert requirement(half, "connected").fields == (f"{LOGIN}.{lacking}",)
    assert "Record both" in requirement(half, "connected").detail


def test_the_agent_connects_as_well() -> None:
    """R6.1: by each party; a submission of the agent that counts proves it."""
    case = through_agent_case("tested")
    assert requirement(case, "agent_connected").detail == "Stated for Mon 5 Oct 2020"
    silent = typed(case, testing__agent_connected_on="")
    assert requirement(silent, "agent_connected").detail == "It has sent a submission for you"
    nothing = with_submissions(silent)
    assert not requirement(nothing, "agent_connected").met
    assert not has_requirement(TESTED, "agent_connected")
    assert not has_requirement(reports_for_others_case("tested"), "agent_connected")


def test_an_agent_connects_for_a_firm_without_accounts() -> None:
    """R6.1, R6.6: §6.3 asks both parties, where there are two."""
    case = typed(
        no_ltid_case("tested"),
        registration__primary_source="vendor",
        registration__primary_vendor="Northgate",
    )
    assert not requirement(case, "agent_connected").met
    by_agent = changed(case, "testing.submissions", 0, sent_by=SentBy.AGENT)
    assert requirement(by_agent, "agent_connected").met


def test_relationships_come_before_testing() -> None:
    """R6.2: testing is not done before the relationships are, in the tracks that need them."""
    assert 5 in PREREQUISITES[6]
    for case, path in (
        (through_agent_case("tested"), "relationships.agents"),
        (reports_for_others_case("tested"), "relationships.served_firms"),
    ):
        assert status(case, 6) is StepStatus.DONE
        without = changed(case, path, 0, name=None)
        assert status(without, 6) is not StepStatus.DONE
    agent = changed(through_agent_case("tested"), "relationships.agents", 0, name=None)
    assert reason(agent, 6) == "Prepared; done once step 5 (Relationships) is."


def test_waiting_for_an_agent_that_was_asked() -> None:
    """R6.7: since when, until its submission counts."""
    case = with_submissions(through_agent_case("tested"))
    asked_today = date(2020, 10, 6)
    assert status(case, 6, asked_today) is StepStatus.WAITING
    assert reason(case, 6, asked_today) == (
        "Waiting for Northgate Data Services since Mon 5 Oct 2020: the proof of its submission."
    )
    silent = typed(case, testing__agent_connected_on="")
    assert status(silent, 6, asked_today) is StepStatus.WAITING
    second = typed(
        case, registration__primary_source="self", registration__secondary_source="vendor"
    )
    assert assess(second, asked_today).waiting[-1][1].on_whom == "the agent"
    second = typed(second, registration__secondary_vendor="Other Agent")
    assert assess(second, asked_today).waiting[-1][1].on_whom == "Other Agent"
    not_asked = typed(case, testing__agent_asked_on="")
    assert status(not_asked, 6) is StepStatus.IN_PROGRESS
    assert reason(not_asked, 6).startswith("Ask your agent")
    # A firm that has come to report for itself waits for no agent.
    own = typed(case, registration__primary_source="self")
    assert "Waiting" not in reason(own, 6)


def test_waiting_while_cais_is_not_finished() -> None:
    """R6.9: an interim state is waited for; an open question or another gap comes first."""
    interim = submission(1, status="RECORD_SCAN_COMPLETED", chosen=False)
    case = with_submissions(TESTED, interim)
    assert status(case, 6) is StepStatus.WAITING
    assert reason(case, 6).startswith("Waiting for CAIS since Tue 6 Oct 2020: finishing 1482_")
    question = with_submissions(case, interim, submission(2, data=None))
    assert status(question, 6) is StepStatus.IN_PROGRESS
    assert reason(question, 6).endswith("Say whether it holds production data or mock data.")
    unconnected = proofs(case, sftp=False, portal=False)
    assert status(unconnected, 6) is StepStatus.IN_PROGRESS
    practised = with_submissions(case, interim.model_copy(update={"practice": True}))
    assert status(practised, 6) is StepStatus.IN_PROGRESS
    finished = submission(1, feedback_version=4)
    both = with_submissions(case, interim.model_copy(update={"id": "abcdef01",
                                                             "feedback_version": 3}), finished)  # fmt: skip
    assert status(both, 6) is StepStatus.IN_PROGRESS
