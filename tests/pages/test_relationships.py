from __future__ import annotations

import pytest
from PySide6.QtWidgets import QPlainTextEdit, QPushButton

from app.onboarding.assessment import StepStatus
from app.onboarding.firm_lists import read_firms
from app.onboarding.relationships import Relationships
from app.pages.relationships import RelationshipsPage
from tests.pages.conftest import OpenPage
from tests.rig.cases import (
    TODAY,
    reports_for_others_case,
    row_id,
    self_reporting_case,
    through_agent_case,
)

AGENTS = "relationships.agents"
FIRMS = "relationships.served_firms"


def test_not_required_for_who_reports_alone(open_page: OpenPage) -> None:
    hands = open_page(RelationshipsPage, self_reporting_case("registered"))
    assert "You report for yourself only" in hands.words()
    assert not hands.find(QPushButton, f"add:{AGENTS}").isVisible()
    assert not hands.find(QPushButton, f"add:{FIRMS}").isVisible()


def test_before_step_1_says_whether(open_page: OpenPage) -> None:
    hands = open_page(RelationshipsPage, self_reporting_case("empty"))
    assert "Step 1 tells whether this is needed" in hands.words()


def test_an_agent_is_recorded_by_keyboard(open_page: OpenPage) -> None:
    case = through_agent_case("tested").model_copy(update={"relationships": Relationships()})
    hands = open_page(RelationshipsPage, case)
    assert "see and act on the feedback and errors" in hands.words()
    assert "SFTP feedback folder" in hands.words()
    hands.press(f"add:{AGENTS}")
    agent = f"{AGENTS}.{hands.fact(AGENTS)[0].id}"
    for name, text in (
        ("name", "Northgate Data Services"),
        ("agent_id", "7059"),
        ("effective_date", "12/15/2020"),
        ("entered_on", "9/21/2020"),
        ("entered_by", "Dana Whitfield"),
    ):
        hands.type(f"{agent}.{name}", text)
    assert hands.open_case.assessment.step(5).status is StepStatus.DONE
    assert hands.cells(AGENTS) == [
        ["Northgate Data Services", "7059", "Tue 15 Dec 2020", "Mon 21 Sep 2020"]
    ]
    assert hands.stored().relationships == hands.case.relationships


def test_changing_step_1_hides_the_list_and_keeps_it(open_page: OpenPage) -> None:
    hands = open_page(RelationshipsPage, through_agent_case("tested"))
    assert hands.table(AGENTS).isVisible()
    hands.open_case.edit("registration.primary_source", "self")
    assert not hands.table(AGENTS).isVisible()
    assert len(hands.stored().relationships.agents) == 1
    hands.open_case.edit("registration.primary_source", "vendor")
    assert hands.table(AGENTS).isVisible()


def test_firms_are_pasted_from_a_spreadsheet(open_page: OpenPage) -> None:
    hands = open_page(RelationshipsPage, reports_for_others_case("tested", firms=1))
    paste = hands.find(QPlainTextEdit, "paste:served_firms")
    hands.write(
        paste,
        "Firm\tCRD\tAccounts\n"
        "Juniper Brokerage Inc.\t2236\t1,250\n"
        "Larkspur Capital LLC\t4407\t0\n"
        "\n"
        "Client Firm 1\t3001\t60\n"
        "No number here\t\t\n"
        "Twice\t2236\n",
    )
    said = hands.words()
    assert "2 firms recognized" in said
    assert "Line 5: CRD 3001 is listed already." in said
    assert "Line 6: no CRD number" in said
    assert "Line 7: CRD 2236 stands in line 2 already." in said
    hands.press("add-pasted")
    assert paste.toPlainText() == ""
    assert hands.cells(FIRMS)[1:] == [
        ["Juniper Brokerage Inc.", "2236", "1,250", "Not yet"],
        ["Larkspur Capital LLC", "4407", "None (§6.3)", "Not yet"],
    ]
    assert len(hands.stored().relationships.served_firms) == 3
    assert hands.open_case.assessment.step(5).status is not StepStatus.DONE
    assert "listed already" not in hands.words()


def test_a_paste_of_thousands_is_one_edit(open_page: OpenPage) -> None:
    hands = open_page(RelationshipsPage, reports_for_others_case("registered"))
    paste = hands.find(QPlainTextEdit, "paste:served_firms")
    hands.write(paste, "\n".join(f"Firm {number}, {number}" for number in range(5000, 7000)))
    add = hands.find(QPushButton, "add-pasted")
    hands.qtbot.waitUntil(add.isEnabled)
    hands.press("add-pasted")
    assert len(hands.stored().relationships.served_firms) == 2000
    assert hands.table(FIRMS).model().rowCount() == 2000


@pytest.mark.parametrize(
    ("line", "name", "crd", "accounts"),
    [
        ("Juniper\t2236", "Juniper", "2236", None),
        ("2236;Juniper;40", "Juniper", "2236", 40),
        ('"Juniper, Inc.",2236,"1,250"', "Juniper, Inc.", "2236", 1250),
        ("2236", None, "2236", None),
        ("\u202eJuniper\t2236\t", "Juniper", "2236", None),
    ],
)
def test_lines_that_are_firms(line: str, name: str, crd: str, accounts: int | None) -> None:
    found = read_firms(f"{line}\n", (), TODAY)
    assert found.problems == ()
    (firm,) = found.firms
    assert (firm.name, firm.crd, firm.ltid_accounts) == (name, crd, accounts)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("Juniper\t0123", "does not start with 0"),
        ("Juniper\t12345678901", "at most 10 digits"),
        ("Juniper\t2236\t40\tBoston\tMA", "more than a name"),
        ("x" * 300 + "\t2236", "At most 200 characters"),
        ("Juniper\t2236\t99999999999", "check the number"),
        ("Juniper 7 \t no", "no CRD number"),
        ("٣\tJuniper", "digits only"),
        ('"', "no CRD number"),
    ],
)
def test_lines_that_are_none_say_why(line: str, says: str) -> None:
    found = read_firms(f"Firm, 99\n{line}", (), TODAY)
    assert len(found.firms) == 1
    (problem,) = found.problems
    assert problem.startswith("Line 2: ") and says in problem


def test_a_firm_without_accounts_needs_none(open_page: OpenPage) -> None:
    hands = open_page(RelationshipsPage, reports_for_others_case("tested", firms=1))
    hands.type(f"{FIRMS}.{row_id(1)}.ltid_accounts", "0")
    assert hands.cells(FIRMS)[0][2] == "None (§6.3)"
