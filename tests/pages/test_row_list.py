from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from app.onboarding.access import PortalAccess, UserAccount
from app.onboarding.case import Case
from app.pages.relationships import RelationshipsPage
from app.pages.user_accounts import UserAccountsPage
from tests.pages.conftest import OpenPage
from tests.pages.hands import Hands
from tests.rig.cases import reports_for_others_case, row_id, self_reporting_case

LIST = "portal.accounts"
FIRMS = "relationships.served_firms"


def named(*names: str) -> Case:
    accounts = tuple(
        UserAccount(id=row_id(number), name=name) for number, name in enumerate(names, start=1)
    )
    return self_reporting_case("registered").model_copy(
        update={"portal": PortalAccess(accounts=accounts)}
    )


def names(hands: Hands) -> list[str]:
    return [cells[0] for cells in hands.cells(LIST)]


def chosen(hands: Hands) -> str:
    table = hands.table(LIST)
    return str(table.model().index(table.currentIndex().row(), 0).data())


def key(hands: Hands, pressed: Qt.Key, target: str = LIST) -> None:
    table = hands.table(target)
    table.setFocus()
    QTest.keyClick(table, pressed)


def undo_button(hands: Hands, target: str = LIST) -> QPushButton:
    button: Any = hands.find(QWidget, f"undo:{target}").findChild(QPushButton)
    return button


def test_a_first_row_by_button_goes_to_its_first_field(open_page: OpenPage) -> None:
    hands = open_page(UserAccountsPage, named())
    assert not hands.table(LIST).isVisible()
    assert "No account is listed yet." in hands.words()
    hands.press(f"add:{LIST}")
    (account,) = hands.fact(LIST)
    assert hands.editor(f"{LIST}.{account.id}.name").hasFocus()
    hands.type(f"{LIST}.{account.id}.name", "Dana Whitfield")
    assert names(hands) == ["Dana Whitfield"]
    assert hands.stored().portal.accounts[0].name == "Dana Whitfield"


def test_insert_arrows_enter_and_delete(open_page: OpenPage) -> None:
    hands = open_page(UserAccountsPage, named("Ana", "Ben", "Cleo"))
    assert chosen(hands) == "Ana"
    key(hands, Qt.Key.Key_Down)
    assert chosen(hands) == "Ben"
    assert hands.shows(f"{LIST}.{row_id(2)}.name")
    assert not hands.shows(f"{LIST}.{row_id(1)}.name")
    key(hands, Qt.Key.Key_Return)
    assert hands.editor(f"{LIST}.{row_id(2)}.name").hasFocus()
    key(hands, Qt.Key.Key_Delete)
    assert names(hands) == ["Ana", "Cleo"]
    assert chosen(hands) == "Cleo"
    assert hands.table(LIST).hasFocus()
    key(hands, Qt.Key.Key_Insert)
    assert len(hands.fact(LIST)) == 3


def test_the_keys_of_the_table_mean_nothing_elsewhere(open_page: OpenPage) -> None:
    hands = open_page(UserAccountsPage, named("Ana", "Ben"))
    box = hands.editor(f"{LIST}.{row_id(1)}.test_access")
    box.setFocus()
    for pressed in (Qt.Key.Key_Insert, Qt.Key.Key_Delete, Qt.Key.Key_Return):
        QTest.keyClick(box, pressed)
    assert names(hands) == ["Ana", "Ben"]
    assert box.hasFocus()


def test_what_was_removed_comes_back_as_it_was_the_latest_first(open_page: OpenPage) -> None:
    hands = open_page(UserAccountsPage, named("Ana", "Ben"))
    hands.type(f"{LIST}.{row_id(1)}.email", "not an address")
    before = hands.case
    key(hands, Qt.Key.Key_Delete)
    key(hands, Qt.Key.Key_Delete)
    assert hands.fact(LIST) == ()
    assert "Removed Ben." in hands.words()
    undo_button(hands).click()
    assert names(hands) == ["Ben"]
    assert "Removed Ana." in hands.words()
    undo_button(hands).click()
    assert sorted(names(hands)) == ["Ana", "Ben"]
    assert chosen(hands) == "Ana"
    assert hands.case.unaccepted == before.unaccepted
    assert hands.problem(f"{LIST}.{row_id(1)}.email")
    assert not undo_button(hands).isVisible()
    assert hands.stored().portal.accounts == before.portal.accounts


def test_what_is_typed_and_not_yet_taken_is_removed_and_restored_with_its_row(
    open_page: OpenPage,
) -> None:
    hands = open_page(UserAccountsPage, named("Ana"))
    hands.write(hands.editor(f"{LIST}.{row_id(1)}.name"), "Anastasia")
    hands.press(f"remove:{LIST}")
    assert "Removed Anastasia." in hands.words()
    undo_button(hands).click()
    assert names(hands) == ["Anastasia"]


def test_sorting_keeps_the_chosen_row_and_can_be_taken_back(open_page: OpenPage) -> None:
    hands = open_page(UserAccountsPage, named("Cleo", "ana", "Ben", ""))
    header = hands.table(LIST).horizontalHeader()
    header.setSortIndicator(0, Qt.SortOrder.AscendingOrder)
    assert names(hands) == ["ana", "Ben", "Cleo", ""]
    assert chosen(hands) == "Cleo"
    header.setSortIndicator(0, Qt.SortOrder.DescendingOrder)
    assert names(hands)[-2:] == ["Ben", "ana"]
    header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
    assert names(hands) == ["Cleo", "ana", "Ben", ""]


def test_a_row_being_edited_stays_where_it_is(open_page: OpenPage) -> None:
    hands = open_page(UserAccountsPage, named("Ana", "Ben", "Cleo"))
    hands.table(LIST).horizontalHeader().setSortIndicator(0, Qt.SortOrder.AscendingOrder)
    hands.type(f"{LIST}.{row_id(1)}.name", "Zoe")
    assert names(hands) == ["Zoe", "Ben", "Cleo"]
    assert chosen(hands) == "Zoe"


def test_numbers_sort_by_size(open_page: OpenPage) -> None:
    case = reports_for_others_case("tested", firms=3)
    hands = open_page(RelationshipsPage, case)
    hands.type(f"{FIRMS}.{row_id(1)}.crd", "99")
    hands.type(f"{FIRMS}.{row_id(1)}.ltid_accounts", "0")
    header = hands.table(FIRMS).horizontalHeader()
    header.setSortIndicator(1, Qt.SortOrder.DescendingOrder)
    header.setSortIndicator(1, Qt.SortOrder.AscendingOrder)
    assert [cells[1] for cells in hands.cells(FIRMS)] == ["99", "3002", "3003"]


@pytest.mark.parametrize("count", [2_000])
def test_thousands_of_rows_are_found_and_edited(open_page: OpenPage, count: int) -> None:
    hands = open_page(RelationshipsPage, reports_for_others_case("tested", firms=count))
    assert hands.table(FIRMS).model().rowCount() == count
    assert hands.table(FIRMS).height() < 600
    search = hands.find(QLineEdit, f"find:{FIRMS}")
    hands.write(search, "Firm 1999")
    assert [cells[0] for cells in hands.cells(FIRMS)] == ["Client Firm 1999"]
    key(hands, Qt.Key.Key_Down, FIRMS)
    hands.table(FIRMS).selectRow(0)
    hands.type(f"{FIRMS}.{row_id(1999)}.name", "Juniper")
    assert [cells[0] for cells in hands.cells(FIRMS)] == ["Juniper"]
    hands.write(search, "")
    assert hands.table(FIRMS).model().rowCount() == count
    assert hands.stored().relationships.served_firms[1998].name == "Juniper"


def test_missing_in_a_row_that_is_not_chosen(open_page: OpenPage) -> None:
    hands = open_page(UserAccountsPage, named("Ana", "", "Cleo"))
    hands.page.mark_missing((f"{LIST}.{row_id(2)}.name",))
    assert hands.editor(f"{LIST}.{row_id(2)}.name").hasFocus()


def test_missing_rows_lead_to_the_button(open_page: OpenPage) -> None:
    hands = open_page(UserAccountsPage, named())
    hands.page.mark_missing((LIST,))
    assert hands.find(QPushButton, f"add:{LIST}").hasFocus()


def test_the_table_says_what_it_is(open_page: OpenPage) -> None:
    hands = open_page(UserAccountsPage, named("Ana"))
    assert hands.table(LIST).accessibleName() == "User accounts"
    assert "Insert adds one account" in hands.table(LIST).accessibleDescription()
    assert hands.editor(f"{LIST}.{row_id(1)}.name").accessibleName() == "Name"


def test_tab_leaves_the_table(open_page: OpenPage) -> None:
    hands = open_page(UserAccountsPage, named("Ana", "Ben"))
    key(hands, Qt.Key.Key_Tab)
    assert hands.find(QPushButton, f"add:{LIST}").hasFocus()
