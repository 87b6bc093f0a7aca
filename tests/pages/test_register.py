from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton

from app.onboarding.firm import Connectivity, OrganisationType, SecondarySource, Source
from app.pages.register import RegisterPage
from tests.pages.conftest import OpenPage
from tests.pages.hands import Hands, opened_addresses, pdf_text
from tests.rig.cases import no_ltid_case, reports_for_others_case, self_reporting_case

TEXTS = {
    "company_name": "Harbor Securities LLC",
    "street": "40 Water Street",
    "city": "Boston",
    "state": "MA",
    "postal_code": "02109",
    "crd": "1482",
    "primary_contact.name": "Dana Whitfield",
    "primary_contact.phone": "617-555-0142",
    "primary_contact.email": "dana@firm.example",
    "secondary_contact.name": "Luis Ortega",
    "secondary_contact.phone": "617-555-0178",
    "secondary_contact.email": "luis@firm.example",
    "data_submission": "LTID account information",
    "ltid_accounts": "120",
}
CHOICES = {
    "organisation_type": "Industry Member (broker-dealer)",
    "reports_for_others": "No",
    "primary_source": "Self-reporting",
    "secondary_source": "None",
    "connectivity": "SFTP and CAIS Reporter Portal",
}


def path(name: str) -> str:
    return f"registration.{name}"


def test_a_whole_registration_by_keyboard(open_page: OpenPage) -> None:
    hands = open_page(RegisterPage, self_reporting_case("empty"))
    for name, words in CHOICES.items():
        hands.choose(path(name), words)
    for name, text in TEXTS.items():
        hands.type(path(name), text)
    hands.type(path("submitted_on"), "9/8/2020")
    hands.type(path("submitted_by"), "Dana Whitfield")
    hands.type(path("verified_on"), "Sep 10, 2020")
    assert hands.open_case.assessment.step(1).unmet == ()
    kept = hands.stored().registration
    assert kept == hands.case.registration
    assert kept.organisation_type is OrganisationType.INDUSTRY_MEMBER
    assert kept.reports_for_others is False
    assert (kept.primary_source, kept.secondary_source) == (Source.SELF, SecondarySource.NONE)
    assert kept.connectivity is Connectivity.BOTH
    assert kept.crd == "1482"
    assert kept.ltid_accounts == 120
    assert (kept.submitted_on, kept.verified_on) == (date(2020, 9, 8), date(2020, 9, 10))


@pytest.mark.parametrize(
    ("name", "wrong", "says", "right"),
    [
        ("crd", "12x4", "digits only", "1482"),
        ("crd", "0123", "does not start with 0", "123"),
        ("crd", "१२३", "digits only", "1482"),
        ("primary_contact.email", "dana@firm", "not an e-mail address", "dana@firm.example"),
        ("primary_contact.phone", "555", "area code", "617-555-0142"),
        ("ltid_accounts", "-5", "cannot be below 0", "5"),
        ("ltid_accounts", "about 100", "whole number", "100"),
        ("ltid_accounts", "9" * 40, "check the number", "99"),
        ("company_name", "x" * 10_000, "At most 200 characters", "Harbor"),
        ("submitted_on", "12/03/2020", "lies in the future", "12/02/2020"),
        ("submitted_on", "2/30/2020", "month/day/year", "2/29/2020"),
        ("submitted_on", "soon", "month/day/year", "9/8/2020"),
    ],
)
def test_wrong_input_gets_one_line_and_stays(
    open_page: OpenPage, name: str, wrong: str, says: str, right: str
) -> None:
    hands = open_page(RegisterPage, self_reporting_case("empty"))
    hands.type(path(name), wrong)
    problem = hands.problem(path(name))
    assert says in problem and "\n" not in problem
    assert hands.fact(path(name)) is None
    assert hands.stored().unaccepted == {path(name): wrong}
    hands.type(path(name), right)
    assert hands.problem(path(name)) == ""
    assert hands.fact(path(name)) is not None
    assert hands.stored().unaccepted == {}


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        ("Harbor 🚢 Securities", "Harbor 🚢 Securities"),
        ("شركة الميناء", "شركة الميناء"),
        ("Harbor\nSecurities\r\nLLC", "Harbor Securities LLC"),
        ("<b>Harbor</b> & Sons", "<b>Harbor</b> & Sons"),
        ("\u202eevil\u202c firm", "evil firm"),
    ],
)
def test_any_script_is_a_name(open_page: OpenPage, pasted: str, kept: str) -> None:
    hands = open_page(RegisterPage, self_reporting_case("empty"))
    hands.type(path("company_name"), pasted)
    assert hands.fact(path("company_name")) == kept
    assert hands.problem(path("company_name")) == ""


def test_vendor_names_are_asked_only_of_vendors_and_kept(open_page: OpenPage) -> None:
    hands = open_page(RegisterPage, self_reporting_case("empty"))
    assert not hands.shows(path("primary_vendor"))
    hands.choose(path("primary_source"), "Vendor")
    hands.type(path("primary_vendor"), "Northgate Data Services")
    assert not hands.shows(path("secondary_vendor"))
    hands.choose(path("primary_source"), "Self-reporting")
    assert not hands.shows(path("primary_vendor"))
    assert hands.fact(path("primary_vendor")) == "Northgate Data Services"
    hands.choose(path("primary_source"), "Vendor")
    assert hands.shows(path("primary_vendor"))


def test_an_agent_without_a_number_says_so(open_page: OpenPage) -> None:
    hands = open_page(RegisterPage, self_reporting_case("empty"))
    assert not hands.shows(path("org_id"))
    hands.choose(path("organisation_type"), "CAT Reporting Agent (vendor, service bureau)")
    assert hands.shows(path("org_id"))
    assert not hands.shows(path("reports_for_others"))
    hands.tick(path("awaits_identifier"))
    requirements = hands.open_case.assessment.step(1).requirements
    assert next(r for r in requirements if r.key == "identifier").met
    hands.choose(path("organisation_type"), "Industry Member (broker-dealer)")
    assert not hands.shows(path("awaits_identifier"))
    assert hands.fact(path("awaits_identifier")) is True


def test_each_value_can_be_copied_alone(open_page: OpenPage) -> None:
    hands = open_page(RegisterPage, self_reporting_case("registered"))
    for name, copied in (
        ("company_name", "Harbor Securities LLC"),
        ("organisation_type", "Industry Member (broker-dealer)"),
        ("primary_contact.phone", "(617) 555-0142"),
        ("ltid_accounts", "120"),
    ):
        hands.press(f"copy:{path(name)}")
        assert QGuiApplication.clipboard().text() == copied


def test_the_form_opens_in_the_browser(open_page: OpenPage) -> None:
    hands = open_page(RegisterPage, self_reporting_case("registered"))
    with opened_addresses("https") as opened:
        hands.press("link:registration")
    assert opened == ["https://www.catnmsplan.com/cais-registration"]


def test_without_a_browser_the_address_can_be_pasted(open_page: OpenPage) -> None:
    hands = open_page(RegisterPage, self_reporting_case("registered"))
    with opened_addresses("https", works=False):
        hands.press("link:registration")
    assert "No browser opened." in hands.words()
    assert QGuiApplication.clipboard().text() == "https://www.catnmsplan.com/cais-registration"


def test_the_worksheet_holds_what_was_just_typed(open_page: OpenPage) -> None:
    hands = open_page(RegisterPage, self_reporting_case("registered"))
    hands.write(hands.editor(path("street")), "7 Harbor Steps")
    with opened_addresses("file") as opened:
        # As its mnemonic does: the focus stays in the field.
        hands.find(QPushButton, "worksheet:registration").click()
        hands.qtbot.waitUntil(lambda: len(opened) == 1, timeout=30_000)
        assert "7 Harbor Steps" in pdf_text(Path(QUrl(opened[0]).toLocalFile()))
    assert "Print it from there." in hands.words()


def submitted(hands: Hands, on: str) -> None:
    hands.type(path("verified_on"), "")
    hands.type(path("submitted_on"), on)


def test_waiting_shows_the_expected_day_and_then_to_follow_up(open_page: OpenPage) -> None:
    case = self_reporting_case("registered")
    hands = open_page(RegisterPage, case, today=date(2020, 9, 9))
    submitted(hands, "9/8/2020")
    assert "Waiting for FINRA CAT" in hands.words()
    assert "Thu 10 Sep 2020" in hands.words()
    submitted(hands, "9/1/2020")
    assert "follow up with the Help Desk" in hands.words()
    assert "888-696-3348" in hands.words()
    hands.type(path("verified_on"), "9/9/2020")
    assert "follow up" not in hands.words()


def test_without_accounts_going_on_is_offered_not_asked(open_page: OpenPage) -> None:
    hands = open_page(RegisterPage, no_ltid_case("registered", goes_on=False))
    assert "encouraged, not required" in hands.words()
    hands.tick(path("certifies_without_ltid"))
    assert hands.fact(path("certifies_without_ltid")) is True
    hands.type(path("ltid_accounts"), "3")
    assert not hands.shows(path("certifies_without_ltid"))
    assert "encouraged, not required" not in hands.words()
    assert hands.fact(path("certifies_without_ltid")) is True


def test_who_reports_for_others_gives_the_total(open_page: OpenPage) -> None:
    hands = open_page(RegisterPage, reports_for_others_case("registered"))
    assert "total of all firms you report for" in hands.words()
    other = open_page(RegisterPage, self_reporting_case("registered"))
    assert "total of all firms" not in other.words()


def test_what_is_missing_is_marked_and_the_first_gets_the_focus(open_page: OpenPage) -> None:
    hands = open_page(RegisterPage, self_reporting_case("empty"))
    paths = tuple(p for r in hands.open_case.assessment.step(1).unmet for p in r.fields)
    hands.page.mark_missing(paths)
    assert hands.problem(path("company_name")) == "Still missing."
    assert hands.editor(path("organisation_type")).hasFocus()
