from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QWidget

from app.storage.history import EntryKind
from tests.rig import cases
from tests.window.conftest import Start

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
FIRMS = "relationships.served_firms"


def editor(start: Start, path: str) -> QWidget:
    found = start.frame.page.findChild(QWidget, f"field:{path}")
    assert found is not None, path
    return found


def enter(start: Start, path: str, text: str) -> None:
    """Replace what stands in a field, and go on to the next one."""
    line = editor(start, path)
    line.setFocus()
    QTest.keyClick(line, Qt.Key.Key_A, CTRL)
    QTest.keyClicks(line, text)
    QTest.keyClick(line, Qt.Key.Key_Tab)


def focused_path() -> str:
    widget = QApplication.focusWidget()
    return widget.objectName() if widget is not None else ""


def test_undo_goes_back_over_pages_and_redo_forward(begin: Callable[..., Start]) -> None:
    start = begin(cases.self_reporting_case("tested"))
    case = start.frame.open_case
    before = case.case
    start.frame.show_page("register")
    enter(start, "registration.city", "Providence")
    start.frame.show_page("administrators")
    person = case.case.administration.administrators[0]
    at = f"administration.administrators.{person.id}.name"
    enter(start, at, "Robin Vale")
    start.frame.show_page("overview")
    after = case.case

    start.press(Qt.Key.Key_Z, CTRL)
    assert start.frame.key == "administrators"
    assert focused_path() == f"field:{at}"
    assert case.case.administration == before.administration
    start.press(Qt.Key.Key_Z, CTRL)
    assert start.frame.key == "register"
    assert focused_path() == "field:registration.city"
    assert case.case == before
    assert not start.window.menus.edit.undo.isEnabled()

    start.press(Qt.Key.Key_Z, CTRL, SHIFT)
    start.press(Qt.Key.Key_Z, CTRL, SHIFT)
    assert start.frame.key == "administrators"
    assert case.case == after
    assert start.stored(case.case.id) == after


def test_an_undo_is_one_more_entry_of_the_history(begin: Callable[..., Start]) -> None:
    start = begin(cases.self_reporting_case("tested"))
    start.frame.show_page("register")
    enter(start, "registration.city", "Providence")
    start.press(Qt.Key.Key_Z, CTRL)
    case_id = start.frame.open_case.case.id
    start.stored(case_id)
    entries = start.workplace.cases.history(case_id)[1:]
    assert [(e.kind, e.path, e.before_value, e.after_value, e.note) for e in entries] == [
        (EntryKind.FACT_CHANGED, "registration.city", "Boston", "Providence", ""),
        (EntryKind.FACT_CHANGED, "registration.city", "Providence", "Boston", "undone"),
    ]


def test_while_typing_the_field_takes_back_its_own_text(begin: Callable[..., Start]) -> None:
    start = begin(cases.self_reporting_case("tested"))
    start.frame.show_page("register")
    enter(start, "registration.city", "Providence")
    street = editor(start, "registration.street")
    assert isinstance(street, QLineEdit)
    was = street.text()
    street.setFocus()
    street.end(False)
    QTest.keyClicks(street, " x")
    start.press(Qt.Key.Key_Z, CTRL)
    assert street.text() == was, "the text goes back first"
    assert start.frame.desk.undoing.next_redo is None, "and that is no undo of the case"
    assert start.frame.open_case.case.registration.city == "Providence"
    start.press(Qt.Key.Key_Z, CTRL)
    assert start.frame.open_case.case.registration.city == "Boston"
    assert focused_path() == "field:registration.city"


def test_a_row_taken_out_comes_back_to_its_place(begin: Callable[..., Start]) -> None:
    start = begin(cases.reports_for_others_case("tested", firms=3))
    case = start.frame.open_case
    before = case.case
    first = before.relationships.served_firms[0]
    start.frame.show_page("relationships")
    case.edit(f"{FIRMS}.{first.id}.crd", "not a number")
    unaccepted = case.case
    case.remove_row(FIRMS, first.id)
    start.frame.show_page("overview")
    start.press(Qt.Key.Key_Z, CTRL)
    assert case.case == unaccepted
    assert start.frame.key == "relationships"
    start.press(Qt.Key.Key_Z, CTRL)
    assert case.case == before


def test_the_menu_says_what_would_be_undone(begin: Callable[..., Start]) -> None:
    start = begin(cases.reports_for_others_case("tested", firms=3))
    menu = start.window.menus.edit
    start.frame.show_page("register")
    enter(start, "registration.city", "Providence")
    menu.menu.aboutToShow.emit()
    assert menu.undo.text() == "&Undo change of “City”"
    case = start.frame.open_case
    case.remove_row(FIRMS, case.case.relationships.served_firms[0].id)
    menu.menu.aboutToShow.emit()
    assert menu.undo.text() == "&Undo removing Client Firm 1"


def test_choices_and_boxes_are_undone_too(begin: Callable[..., Start]) -> None:
    start = begin(cases.self_reporting_case("tested"))
    start.frame.show_page("register")
    combo = editor(start, "registration.connectivity")
    assert isinstance(combo, QComboBox)
    was = combo.currentText()
    combo.setFocus()
    QTest.keyClick(combo, Qt.Key.Key_Home)
    QTest.keyClick(combo, Qt.Key.Key_Down)
    assert combo.currentText() != was
    start.press(Qt.Key.Key_Z, CTRL)
    assert combo.currentText() == was


def test_what_something_else_changed_since_is_left_alone(begin: Callable[..., Start]) -> None:
    start = begin(cases.self_reporting_case("tested"))
    case = start.frame.open_case
    case.edit("registration.city", "Providence")
    with case.together(by_hand=False):
        case.edit("registration.city", "Hartford")
    start.press(Qt.Key.Key_Z, CTRL)
    assert case.case.registration.city == "Hartford"


def test_evidence_is_never_undone(begin: Callable[..., Start]) -> None:
    start = begin(cases.self_reporting_case("tested"))
    case = start.frame.open_case
    case.put_rows("testing.submissions", [cases.submission(7)], EntryKind.FEEDBACK_COUNTED)
    assert not start.window.menus.edit.undo.isEnabled()
