from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from app.window.find import FindDialog
from tests.rig import cases
from tests.window.conftest import Start

CTRL = Qt.KeyboardModifier.ControlModifier
FIRMS = "relationships.served_firms"


def look_for(start: Start, query: str) -> FindDialog:
    """Open the find dialog by its key, and type into it once it has looked through the case."""
    start.press(Qt.Key.Key_F, CTRL)
    dialog = next(d for d in start.window.findChildren(FindDialog) if d.isVisible())
    QTest.keyClicks(dialog.search, query)
    start.qtbot.waitUntil(lambda: "Looking" not in dialog.said.text())
    return dialog


def matches(dialog: FindDialog) -> list[tuple[str, str, str]]:
    model = dialog.lines
    return [
        tuple(str(model.index(row, column).data()) for column in range(3))  # type: ignore[misc]
        for row in range(model.rowCount())
    ]


def go(start: Start, dialog: FindDialog) -> None:
    with start.qtbot.waitActive(start.window):
        QTest.keyClick(dialog.search, Qt.Key.Key_Return)


def focused() -> str:
    widget = QApplication.focusWidget()
    return widget.objectName() if widget is not None else ""


def test_a_field_is_found_by_its_label_and_entered(begin: Callable[..., Start]) -> None:
    start = begin(cases.self_reporting_case("tested"))
    start.frame.show_page("register")
    start.frame.show_page("overview")
    dialog = look_for(start, "zip code")
    assert matches(dialog)[0] == ("ZIP code", "Step 1: Register", "02109")
    go(start, dialog)
    assert start.frame.key == "register"
    assert focused() == "field:registration.postal_code"


def test_a_value_is_found_however_it_is_written(begin: Callable[..., Start]) -> None:
    start = begin(cases.self_reporting_case("tested"))
    start.frame.show_page("register")
    case = start.frame.open_case.case
    phone = case.registration.primary_contact.phone or ""
    day = case.registration.submitted_on or date.min
    for query in (phone, "".join(filter(str.isdigit, phone))):
        dialog = look_for(start, query)
        assert matches(dialog)[0][0] == "Phone", query
        with start.qtbot.waitActive(start.window):
            dialog.reject()
    dialog = look_for(start, f"{day.month}/{day.day}/{day.year}")
    assert "I submitted the form on" in [title for title, _, _ in matches(dialog)]


def test_a_served_firm_is_found_by_name_and_its_field_by_number(
    begin: Callable[..., Start],
) -> None:
    start = begin(cases.reports_for_others_case("tested", firms=30))
    firm = start.frame.open_case.case.relationships.served_firms[17]
    assert firm.name is not None and firm.crd is not None
    dialog = look_for(start, firm.name.upper())
    assert matches(dialog)[0][0] == firm.name
    go(start, dialog)
    assert start.frame.key == "relationships"
    dialog = look_for(start, f"crd number {firm.crd}")
    go(start, dialog)
    assert focused() == f"field:{FIRMS}.{firm.id}.crd"
    dialog = look_for(start, "client firm 2")
    assert matches(dialog)[0][0] == "Client Firm 2", "not one that has a 2 in its date"


def test_steps_submissions_and_history_are_found(begin: Callable[..., Start]) -> None:
    start = begin(cases.self_reporting_case("tested"))
    dialog = look_for(start, "certify")
    assert matches(dialog)[0][1] == "Step 7"
    go(start, dialog)
    assert start.frame.key == "certify"
    record = start.frame.open_case.case.testing.submissions[0]
    dialog = look_for(start, str(record.submission_id))
    assert matches(dialog)[0][1] == "Step 6: Testing"
    go(start, dialog)
    assert start.frame.key == "testing"
    dialog = look_for(start, "case created")
    go(start, dialog)
    assert start.frame.key == "history"
    assert start.frame.page.findChild(QLineEdit, "filter-history").text() == "case created"


def test_arrows_choose_and_what_matches_nothing_says_so(begin: Callable[..., Start]) -> None:
    start = begin(cases.reports_for_others_case("tested", firms=30))
    dialog = look_for(start, "client firm")
    assert len(matches(dialog)) == 30
    QTest.keyClick(dialog.search, Qt.Key.Key_Down)
    assert dialog.table.currentIndex().row() == 1
    QTest.keyClick(dialog.search, Qt.Key.Key_Up)
    assert dialog.table.currentIndex().row() == 0
    QTest.keyClicks(dialog.search, " nowhere")
    assert matches(dialog) == []
    assert dialog.said.text() == "Nothing in this case holds all of these words."
    QTest.keyClick(dialog.search, Qt.Key.Key_Return)
    assert dialog.isVisible()
