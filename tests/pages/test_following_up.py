"""When an answer is late: the message stands where the person is, and is recorded as sent."""

from __future__ import annotations

from datetime import date

from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

from app.onboarding.case import Case
from app.pages.certify import CertifyPage
from app.pages.overview import OverviewPage
from app.pages.register import RegisterPage
from app.storage.history import EntryKind
from app.widgets.message_dialog import MessageDialog
from tests.pages.conftest import OpenPage
from tests.pages.hands import Hands
from tests.rig.cases import self_reporting_case

LATE = date(2020, 9, 11)


def late_case() -> Case:
    """The form went out on Tue 8 Sep 2020 and should have been processed by Thu 10 Sep."""
    case = self_reporting_case("registered")
    registration = case.registration.model_copy(update={"verified_on": None})
    return case.model_copy(update={"registration": registration})


def overview(open_page: OpenPage, case: Case, today: date) -> Hands:
    hands = open_page(OverviewPage, case, today=today)
    # The frame paints a page when it comes to the front.
    hands.page.show_assessment(hands.open_case.assessment)
    hands.qtbot.waitUntil(lambda: "FINRA CAT: " in hands.words())
    return hands


def record(hands: Hands) -> None:
    hands.press("sent:record")
    hands.stored()


def test_the_overview_offers_to_ask_for_a_late_registration(open_page: OpenPage) -> None:
    hands = overview(open_page, late_case(), LATE)
    hands.press("ask:1")
    text = hands.find(QPlainTextEdit, "registration_follow_up:text").toPlainText()
    assert "Thu 10 Sep 2020; we have had no answer yet" in text
    assert "It says all that it must say" in hands.words()
    hands.press("registration_follow_up:sent")
    assert hands.find(QLineEdit, "sent:to").text() == "help@finracat.com"
    record(hands)
    assert hands.case.registration.followed_up_on == LATE
    last = hands.workplace.cases.history(hands.case.id)[-2]
    assert (last.kind, last.note) == (
        EntryKind.SENT,
        "Follow-up about the registration (R1.5, §1)",
    )
    assert "you asked the Help Desk on Fri 11 Sep 2020" in hands.words()


def test_nobody_is_asked_before_it_is_time(open_page: OpenPage) -> None:
    hands = overview(open_page, late_case(), date(2020, 9, 10))
    assert "FINRA CAT: processing the registration form" in hands.words()
    assert hands.page.findChild(QPlainTextEdit, "registration_follow_up:text") is None
    assert "follow up" not in hands.words()


def test_step_1_has_the_message_and_the_day_it_went_out(open_page: OpenPage) -> None:
    hands = open_page(RegisterPage, late_case(), today=LATE)
    hands.press("ask:registration")
    hands.press("registration_follow_up:sent")
    record(hands)
    assert hands.shows("registration.followed_up_on")
    assert "Sent Fri 11 Sep 2020 to help@finracat.com" in _said(hands)
    hands.find(MessageDialog, "message:registration_follow_up").close()
    hands.type("registration.followed_up_on", "09/10/2020")
    corrected = date(2020, 9, 10)
    hands.qtbot.waitUntil(lambda: hands.case.registration.followed_up_on == corrected)


def test_step_1_asks_for_nothing_while_the_answer_is_not_due(open_page: OpenPage) -> None:
    hands = open_page(RegisterPage, late_case(), today=date(2020, 9, 9))
    assert not hands.shows("registration.followed_up_on")


def test_after_two_business_days_step_7_has_the_follow_up(open_page: OpenPage) -> None:
    tested = self_reporting_case("tested")
    contact = tested.certification.model_copy(
        update={"contacted_on": date(2020, 10, 9), "contacted_by": "Dana Whitfield"}
    )
    case = tested.model_copy(update={"certification": contact})
    before = overview(open_page, case, date(2020, 10, 14))
    before.press("ask:7")
    text = before.find(QPlainTextEdit, "certification_follow_up:text").toPlainText()
    assert "On Fri 9 Oct 2020" in text
    other = case.model_copy(update={"id": "a" * 32})
    hands = open_page(CertifyPage, other, today=date(2020, 10, 14))
    assert "We have had no answer yet" in hands.find(QPlainTextEdit, "message:text").toPlainText()
    assert hands.shows("certification.followed_up_on")


def _said(hands: Hands) -> str:
    found: list[str] = []

    def there() -> bool:
        found[:] = [hands.words()]
        return "Sent Fri" in found[0]

    hands.qtbot.waitUntil(there, timeout=10_000)
    return found[0]
