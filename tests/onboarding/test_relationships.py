"""Step 5: reporting relationships in the test environment (guide §5)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.onboarding.assessment import RequirementState, StepStatus
from app.onboarding.case import Case
from app.onboarding.editing import with_replaced, with_unaccepted
from app.onboarding.guide import the_guide
from app.onboarding.progress import assess
from app.onboarding.relationships import ServedFirm
from tests.onboarding.looking import changed, hints, reason, requirement, status, typed
from tests.rig.cases import (
    TODAY,
    no_ltid_case,
    reports_for_others_case,
    row_id,
    self_reporting_case,
    through_agent_case,
)

AGENT_CASE = through_agent_case("tested")
OTHERS = reports_for_others_case("tested")
AGENTS, FIRMS = "relationships.agents", "relationships.served_firms"


def test_not_required_where_nobody_else_reports() -> None:
    """R5.1: said with its reason."""
    case = self_reporting_case("tested")
    assert status(case, 5) is StepStatus.NOT_REQUIRED
    assert reason(case, 5) == (
        "You report for yourself only; no Reporting Agent is to be authorized (§5)."
    )


@pytest.mark.parametrize(
    "name", ["organisation_type", "primary_source", "secondary_source", "reports_for_others"]
)
def test_open_answers_of_step_1_leave_it_open(name: str) -> None:
    """R5.1: not required is said only when it is known."""
    case = typed(self_reporting_case("tested"), **{f"registration__{name}": ""})
    assert status(case, 5) is StepStatus.NOT_STARTED
    assert requirement(case, "agents").fields == (f"registration.{name}",)
    assert requirement(case, "agents").state is RequirementState.LATER


@pytest.mark.parametrize("source", ["primary_source", "secondary_source"])
def test_required_with_an_agent_as_either_source(source: str) -> None:
    """R5.1: the member enters it."""
    case = typed(self_reporting_case("tested"), **{f"registration__{source}": "vendor"})
    assert status(case, 5) is StepStatus.NOT_STARTED
    assert reason(case, 5).startswith("Enter each Reporting Agent in the portal, and record it")


@pytest.mark.parametrize("name", ["name", "agent_id", "effective_date", "entered_by", "entered_on"])
def test_each_entry_is_complete(name: str) -> None:
    """R5.1: name, ID, effective date, entered by and on, for each agent."""
    assert status(AGENT_CASE, 5) is StepStatus.DONE
    case = changed(AGENT_CASE, AGENTS, 0, **{name: None})
    assert status(case, 5) is StepStatus.IN_PROGRESS
    assert requirement(case, "agents").fields == (f"{AGENTS}.{row_id(1)}.{name}",)
    second = AGENT_CASE.relationships.agents[0].model_copy(update={"id": row_id(2), name: None})
    two = with_replaced(AGENT_CASE, AGENTS, (*AGENT_CASE.relationships.agents, second))
    assert status(two, 5) is StepStatus.IN_PROGRESS


def test_an_agent_named_at_registration_is_looked_for() -> None:
    case = changed(AGENT_CASE, AGENTS, 0, name="Somebody Else")
    assert "! Northgate Data Services was named at registration" in hints(case, 5)
    assert "named at registration" not in hints(AGENT_CASE, 5)
    other_case = changed(AGENT_CASE, AGENTS, 0, name="NORTHGATE data services")
    assert "named at registration" not in hints(other_case, 5)
    former = typed(AGENT_CASE, registration__secondary_vendor="Former Vendor")
    assert "Former Vendor" not in hints(former, 5)
    second = typed(former, registration__secondary_source="vendor")
    assert "! Former Vendor was named" in hints(second, 5)


def test_a_relationship_that_is_not_effective_yet() -> None:
    case = changed(AGENT_CASE, AGENTS, 0, effective_date=date(2020, 12, 3))
    assert "effective only from Thu 3 Dec 2020" in hints(case, 5, date(2020, 12, 2))
    assert "effective only" not in hints(case, 5, date(2020, 12, 3))


def firms(case: Case, **facts: Any) -> Case:
    return changed(case, FIRMS, 1, **facts)


def test_each_served_firm_enters_the_relationship() -> None:
    """R5.2: tracked per firm, waited for per firm."""
    assert status(OTHERS, 5) is StepStatus.DONE
    assert requirement(OTHERS, "served_firms").detail == "Entered by all 3 firms"
    waiting = firms(OTHERS, relationship_entered_on=None)
    assert status(waiting, 5) is StepStatus.WAITING
    assert reason(waiting, 5) == "Waiting for Client Firm 2: entering the reporting relationship."
    assert requirement(waiting, "served_firms").detail == "1 of 3 firms still to enter it."
    nameless = firms(waiting, crd=None)
    assert status(nameless, 5) is StepStatus.IN_PROGRESS
    assert requirement(nameless, "served_firms").fields == (f"{FIRMS}.{row_id(2)}.crd",)
    unnamed = firms(OTHERS, name=None)
    assert requirement(unnamed, "served_firms").fields == (f"{FIRMS}.{row_id(2)}.name",)
    nobody = with_replaced(OTHERS, FIRMS, ())
    assert reason(nobody, 5) == "List the firms you report for."
    one = reports_for_others_case("tested", firms=1)
    assert requirement(one, "served_firms").detail == "Entered by 1 firm"


def test_many_waited_for_are_summed_up() -> None:
    """R5.2: three by name, the rest by number."""
    case = reports_for_others_case("tested", firms=120, accounts_each=1)
    rows = tuple(
        ServedFirm(id=firm.id, crd=firm.crd, name=firm.name)
        for firm in case.relationships.served_firms
    )
    assert reason(with_replaced(case, FIRMS, rows), 5) == (
        "Waiting for Client Firm 1, Client Firm 2, Client Firm 3 and 117 more: entering the "
        "reporting relationship."
    )


def test_a_firm_listed_twice_is_wrong() -> None:
    """R5.2: one row per firm."""
    case = firms(OTHERS, crd="3001")
    assert status(case, 5) is StepStatus.NEEDS_ATTENTION
    assert reason(case, 5) == "CRD 3001 is listed more than once."
    both_open = changed(firms(OTHERS, crd=None), FIRMS, 0, crd=None)
    assert status(both_open, 5) is not StepStatus.NEEDS_ATTENTION


def test_what_a_relationship_authorises_is_explained() -> None:
    """R5.3: transmit, see and act on feedback and errors, a copy in the firm's own folder."""
    step = the_guide().step(5)
    text = f"{step.what} {step.why}"
    assert "send" in text
    assert "feedback and errors" in text
    assert "copy of the error feedback" in text
    assert "SFTP feedback folder" in text


def test_transaction_relationships_do_not_carry_over() -> None:
    """R5.4: said where it matters, and listed as our reading."""
    assert "do not carry over" in hints(AGENT_CASE, 5)
    assert "do not carry over" in hints(OTHERS, 5)
    assert requirement(AGENT_CASE, "agents").readings == ("no_carry_over",)
    assert requirement(OTHERS, "served_firms").readings == ("no_carry_over",)


def test_a_member_that_serves_others_and_uses_an_agent_does_both() -> None:
    """R5.1, R5.2: both directions."""
    case = typed(
        AGENT_CASE, registration__reports_for_others=True, registration__organisation_type=
        "clearing_firm",
    )  # fmt: skip
    keys = [r.key for r in assess(case, TODAY).step(5).requirements]
    assert keys == ["agents", "served_firms"]


def test_without_ltid_accounts_relationships_still_apply() -> None:
    """R6.6, R5.1: §6.3 asks for them as applicable."""
    case = typed(no_ltid_case("tested"), registration__primary_source="vendor")
    assert status(case, 5) is StepStatus.NOT_STARTED
    assert reason(case, 5).startswith("Enter each Reporting Agent")


def test_entries_of_hidden_lists_need_no_correcting() -> None:
    case = with_unaccepted(OTHERS, f"{FIRMS}.{row_id(1)}.crd", "x")
    assert status(case, 5) is StepStatus.NEEDS_ATTENTION
    member = typed(
        case,
        registration__organisation_type="industry_member",
        registration__crd="7059",
        registration__reports_for_others=False,
        registration__primary_source="vendor",
    )
    assert status(member, 5) is StepStatus.IN_PROGRESS
