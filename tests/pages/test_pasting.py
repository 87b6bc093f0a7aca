from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit

from app.onboarding.addresses import Address, address_in
from app.onboarding.people import Mailbox, mailboxes_in
from app.pages.administrators import AdministratorsPage
from app.pages.register import RegisterPage
from app.pages.user_accounts import UserAccountsPage
from tests.pages.conftest import OpenPage
from tests.pages.hands import Hands
from tests.rig.cases import self_reporting_case

AT = "registration"
ADMINISTRATORS = "administration.administrators"
ACCOUNTS = "portal.accounts"
WATER_STREET = ("40 Water Street, Suite 300", "Boston", "MA", "02109-1234")


def paste(hands: Hands, path: str, text: str) -> None:
    """Paste over whatever stands in the field."""
    editor = hands.editor(path)
    assert isinstance(editor, QLineEdit)
    editor.setFocus()
    editor.selectAll()
    QGuiApplication.clipboard().setText(text)
    QTest.keyClick(editor, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


def address(hands: Hands) -> tuple[str | None, ...]:
    names = ("street", "city", "state", "postal_code")
    return tuple(hands.fact(f"{AT}.{name}") for name in names)


@pytest.mark.parametrize("field", ["street", "company_name"])
def test_a_whole_address_goes_where_it_belongs_and_back(open_page: OpenPage, field: str) -> None:
    hands = open_page(RegisterPage, self_reporting_case("registered"))
    before = hands.case
    paste(
        hands, f"{AT}.{field}", "Kestrel LLC\r\n40 Water Street, Suite 300\r\nBoston, MA 02109-1234"
    )
    assert address(hands) == WATER_STREET
    company = "Kestrel LLC" if field == "company_name" else "Harbor Securities LLC"
    assert hands.fact(f"{AT}.company_name") == company
    said = hands.words()
    assert "was put into street, city, state and ZIP code" in said
    about = "is the company name" if field == "company_name" else "was left out"
    assert f"“Kestrel LLC” {about}." in said
    city = hands.editor(f"{AT}.city")
    assert isinstance(city, QLineEdit) and city.text() == "Boston"
    assert hands.desk.undoing.undo() is not None
    assert hands.stored() == before
    assert "was put into" not in hands.words()
    assert hands.desk.undoing.next_undo is None, "one paste is one step"


def test_what_is_no_address_stays_where_it_was_pasted(open_page: OpenPage) -> None:
    hands = open_page(RegisterPage, self_reporting_case("empty"))
    paste(hands, f"{AT}.street", "12 Rue de Rivoli, 75001 Paris, France")
    QTest.keyClick(hands.editor(f"{AT}.street"), Qt.Key.Key_Tab)
    assert address(hands) == ("12 Rue de Rivoli, 75001 Paris, France", None, None, None)


def test_typing_an_address_splits_nothing(open_page: OpenPage) -> None:
    hands = open_page(RegisterPage, self_reporting_case("empty"))
    typed = "40 Water Street, Boston, MA 02109"
    QGuiApplication.clipboard().setText(typed)
    hands.type(f"{AT}.street", typed)
    assert address(hands) == (typed, None, None, None)


@pytest.mark.parametrize(
    ("text", "street", "city", "state"),
    [
        ("40 Water Street Boston MA 02109", "40 Water Street", "Boston", "MA"),
        ("PO Box 12, Des Moines, IA 50309", "PO Box 12", "Des Moines", "IA"),
        ("8100 Peary Pl\nLa Quinta, California 92253\nUSA", "8100 Peary Pl", "La Quinta", "California"),
        ("18778 RM 1431, Jonestown, TX, 78645", "18778 RM 1431", "Jonestown", "TX"),
        ("200 West St, New York, New York 10282", "200 West St", "New York", "New York"),
    ],
)  # fmt: skip
def test_addresses_as_people_write_them(text: str, street: str, city: str, state: str) -> None:
    found = address_in(text)
    assert isinstance(found, Address)
    assert (found.street, found.city, found.state) == (street, city, state)


@pytest.mark.parametrize(
    "text",
    ["", "40 Water Street", "Boston, MA 02109", "100 Main St, Springfield, Ontario K1A 0B1",
     "40 Water St., 2109 Boston MA", "40 Water Street, Boston, QC 02109", "x" * 5000 + " 1, Boston, MA 02109", "10/05/2020"],
)  # fmt: skip
def test_in_doubt_nothing_is_an_address(text: str) -> None:
    assert address_in(text) is None


def test_a_name_with_its_address_fills_both(open_page: OpenPage) -> None:
    hands = open_page(RegisterPage, self_reporting_case("empty"))
    at = f"{AT}.primary_contact"
    paste(hands, f"{at}.email", '"Dana Whitfield" <dana@firm.example.com>')
    assert hands.fact(f"{at}.email") == "dana@firm.example.com"
    assert hands.fact(f"{at}.name") == "Dana Whitfield"
    paste(hands, f"{at}.email", "Robin Vale <robin@firm.example.com>")
    assert hands.fact(f"{at}.name") == "Dana Whitfield", "a name that is there stays"
    assert "“Robin Vale” was left out." in hands.words()


@pytest.mark.parametrize(
    ("page", "path"), [(AdministratorsPage, ADMINISTRATORS), (UserAccountsPage, ACCOUNTS)]
)
def test_a_list_of_addresses_makes_a_row_of_each(
    open_page: OpenPage, page: type, path: str
) -> None:
    hands = open_page(page, self_reporting_case("empty"))
    hands.press(f"add:{path}")
    before = hands.case
    row = hands.fact(path)[0]
    paste(
        hands,
        f"{path}.{row.id}.email",
        "Dana Whitfield <dana@firm.example.com>; Ortega, Luis <luis@firm.example.com>\n"
        "robin@firm.example.com, DANA@firm.example.com",
    )
    assert [(each.name, each.email) for each in hands.fact(path)] == [
        ("Dana Whitfield", "dana@firm.example.com"),
        ("Ortega, Luis", "luis@firm.example.com"),
        (None, "robin@firm.example.com"),
    ]
    assert "2 more" in hands.words() and "added" in hands.words()
    hands.desk.undoing.undo()
    assert hands.stored() == before


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a@firm.example.com b@firm.example.com", ["a@firm.example.com", "b@firm.example.com"]),
        ("mailto:a@firm.example.com", ["a@firm.example.com"]),
        ("a@firm.example.com or b", []),
        ("Dana", []),
        ("", []),
    ],
)
def test_lists_of_addresses(text: str, found: list[str]) -> None:
    assert mailboxes_in(text) == tuple(Mailbox(email) for email in found)


def test_a_pause_in_the_middle_of_a_date_changes_nothing_under_the_hands(
    open_page: OpenPage,
) -> None:
    hands = open_page(RegisterPage, self_reporting_case("empty"))
    path = f"{AT}.submitted_on"
    editor = hands.editor(path)
    assert isinstance(editor, QLineEdit)
    editor.setFocus()
    QTest.keyClicks(editor, "10/5/20")
    hands.qtbot.waitUntil(lambda: str(hands.fact(path)) == "2020-10-05")
    assert editor.text() == "10/5/20"
    QTest.keyClicks(editor, "20")
    QTest.keyClick(editor, Qt.Key.Key_Tab)
    assert editor.text() == "10/05/2020"
    assert str(hands.fact(path)) == "2020-10-05"


@pytest.mark.parametrize(
    ("typed", "day"),
    [("today", "12/02/2020"), ("yesterday", "12/01/2020"), ("5 Oct", "10/05/2020"),
     ("Dec 24", "12/24/2019"), ("10052020", "10/05/2020"), ("Oct 5 2020", "10/05/2020")],
)  # fmt: skip
def test_days_as_people_write_them(open_page: OpenPage, typed: str, day: str) -> None:
    hands = open_page(RegisterPage, self_reporting_case("empty"))
    hands.type(f"{AT}.submitted_on", typed)
    editor = hands.editor(f"{AT}.submitted_on")
    assert isinstance(editor, QLineEdit)
    assert editor.text() == day
    assert not hands.find(QLabel, f"problem:{AT}.submitted_on").isVisible()
