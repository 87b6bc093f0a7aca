from __future__ import annotations

from app.onboarding.access import AdministratorRole
from app.onboarding.assessment import StepStatus
from app.pages.administrators import AdministratorsPage
from tests.pages.conftest import OpenPage
from tests.rig.cases import reports_for_others_case, self_reporting_case

LIST = "administration.administrators"


def test_an_industry_member_names_its_saa_and_delegates(open_page: OpenPage) -> None:
    hands = open_page(AdministratorsPage, self_reporting_case("registered"))
    assert "one Super Account Administrator" in hands.words()
    hands.press(f"add:{LIST}")
    (saa,) = hands.fact(LIST)
    assert saa.role is AdministratorRole.SUPER_ACCOUNT_ADMINISTRATOR
    assert not hands.shows(f"{LIST}.{saa.id}.may_manage_cais")
    hands.type(f"{LIST}.{saa.id}.name", "Dana Whitfield")
    hands.type(f"{LIST}.{saa.id}.confirmed_on", "9/14/2020")
    assert hands.open_case.assessment.step(2).status is StepStatus.DONE
    hands.press(f"add:{LIST}")
    delegated = hands.fact(LIST)[1]
    assert delegated.role is AdministratorRole.ACCOUNT_ADMINISTRATOR
    hands.type(f"{LIST}.{delegated.id}.name", "Luis Ortega")
    hands.tick(f"{LIST}.{delegated.id}.may_grant_test")
    hands.tick(f"{LIST}.{delegated.id}.may_grant_production")
    assert hands.cells(LIST) == [
        [
            "Dana Whitfield",
            "Super Account Administrator",
            "Test, production (planned)",
            "Mon 14 Sep 2020",
        ],
        ["Luis Ortega", "Account Administrator", "Test, production (planned)", ""],
    ]
    assert hands.stored().administration.administrators[1].may_grant_production


def test_what_an_aa_may_grant_is_asked_only_of_those_who_manage_access(open_page: OpenPage) -> None:
    hands = open_page(AdministratorsPage, self_reporting_case("registered"))
    hands.press(f"add:{LIST}")
    row = hands.fact(LIST)[0]
    hands.choose(f"{LIST}.{row.id}.role", "Account Administrator")
    assert hands.shows(f"{LIST}.{row.id}.may_manage_cais")
    assert not hands.shows(f"{LIST}.{row.id}.may_grant_test")
    hands.tick(f"{LIST}.{row.id}.may_manage_cais")
    hands.tick(f"{LIST}.{row.id}.may_grant_test")
    assert hands.cells(LIST)[0][2] == "Test"
    hands.tick(f"{LIST}.{row.id}.may_manage_cais")
    assert not hands.shows(f"{LIST}.{row.id}.may_grant_test")
    assert hands.fact(f"{LIST}.{row.id}.may_grant_test") is True


def test_an_agent_names_an_account_administrator(open_page: OpenPage) -> None:
    hands = open_page(AdministratorsPage, reports_for_others_case("registered"))
    assert "A Reporting Agent names an Account Administrator" in hands.words()
    hands.press(f"add:{LIST}")
    assert hands.fact(LIST)[0].role is AdministratorRole.ACCOUNT_ADMINISTRATOR


def test_production_is_in_force_once_granted(open_page: OpenPage) -> None:
    hands = open_page(AdministratorsPage, self_reporting_case("certified"))
    assert hands.cells(LIST)[0][2] == "Test, production"


def test_wrong_entries_stay_with_one_line(open_page: OpenPage) -> None:
    hands = open_page(AdministratorsPage, self_reporting_case("tested"))
    row = hands.fact(LIST)[0].id
    hands.type(f"{LIST}.{row}.confirmed_on", "12/25/2020")
    assert "lies in the future" in hands.problem(f"{LIST}.{row}.confirmed_on")
    hands.type(f"{LIST}.{row}.email", "dana at firm")
    assert "not an e-mail address" in hands.problem(f"{LIST}.{row}.email")
    assert len(hands.stored().unaccepted) == 2
