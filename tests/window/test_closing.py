"""Closing: nothing typed is lost, and a disk that refuses is told, not hidden."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton

from app.widgets.dialogs import QuestionDialog
from tests.rig.cases import self_reporting_case
from tests.window.conftest import Start

Begin = Callable[..., Start]
PATH = "registration.company_name"


def type_name(start: Start, name: str) -> None:
    start.frame.show_page("register")
    editor = start.frame.page.findChild(QLineEdit, f"field:{PATH}")
    assert editor is not None
    editor.setFocus()
    editor.selectAll()
    start.qtbot.keyClicks(editor, name)


def take_disk_away(start: Start) -> Callable[[], None]:
    """The database's files are gone, as with a drive that was pulled out; returns its way back."""
    away = start.workplace.folder.root / "away"
    away.mkdir()
    names = [path.name for path in start.workplace.folder.root.glob("cases.db*")]
    for name in names:
        (start.workplace.folder.root / name).rename(away / name)

    def give_back() -> None:
        for name in names:
            (away / name).rename(start.workplace.folder.root / name)

    return give_back


def question(start: Start) -> QuestionDialog:
    start.qtbot.waitUntil(lambda: bool(start.window.findChildren(QuestionDialog)))
    return start.window.findChildren(QuestionDialog)[0]


def test_closing_keeps_what_was_typed_a_moment_ago(begin: Begin) -> None:
    start = begin(self_reporting_case("registered"))
    type_name(start, "Harbor & Sons")
    start.quit()
    assert begin().frame.open_case.case.title == "Harbor & Sons"


def test_the_window_stays_until_everything_is_stored(begin: Begin) -> None:
    start = begin(self_reporting_case("registered"))
    type_name(start, "Harbor & Sons")
    start.window.close()
    assert start.window.isVisible()
    assert start.frame.open_case.unsaved
    start.qtbot.waitUntil(lambda: not start.window.isVisible())
    assert not start.frame.open_case.unsaved


def test_a_disk_that_refuses_is_told_and_saving_goes_on_when_it_is_back(begin: Begin) -> None:
    case = self_reporting_case("registered")
    start = begin(case)
    give_back = take_disk_away(start)
    type_name(start, "Harbor & Sons")
    start.qtbot.waitUntil(start.frame.failure.isVisible)
    assert start.frame.footer.saving.text() == "Not saved yet"
    assert "What you typed is still on the screen" in start.frame.failure.accessibleName()
    give_back()
    start.qtbot.waitUntil(
        lambda: start.frame.footer.saving.text().startswith("Saved "), timeout=9000
    )
    assert not start.frame.failure.isVisible()
    assert start.stored(case.id).registration.company_name == "Harbor & Sons"


def test_closing_with_a_disk_that_refuses_leaves_the_choice_to_the_person(begin: Begin) -> None:
    start = begin(self_reporting_case("registered"))
    give_back = take_disk_away(start)
    type_name(start, "Harbor & Sons")
    start.window.close()
    asked = question(start)
    assert start.window.isVisible()
    assert asked.accessibleName() == "The last changes are not saved yet."
    safe = asked.findChild(QPushButton, "safe")
    assert safe is not None
    assert safe is start.focus()
    start.press(Qt.Key.Key_Return)
    start.qtbot.waitUntil(lambda: not start.window.findChildren(QuestionDialog))
    assert start.window.isVisible()
    give_back()
    start.qtbot.waitUntil(lambda: not start.window.isVisible(), timeout=9000)
    assert begin().frame.open_case.case.title == "Harbor & Sons"


def test_the_person_may_leave_without_the_last_change(begin: Begin) -> None:
    start = begin(self_reporting_case("registered"))
    give_back = take_disk_away(start)
    type_name(start, "Harbor & Sons")
    start.window.close()
    asked = question(start)
    other = asked.findChild(QPushButton, "other")
    assert other is not None
    start.qtbot.mouseClick(other, Qt.MouseButton.LeftButton)
    start.qtbot.waitUntil(lambda: not start.window.isVisible())
    give_back()
    assert begin().frame.open_case.case.title == "Harbor Securities LLC"


def test_a_change_made_while_closing_is_stored_and_the_window_closes(begin: Begin) -> None:
    start = begin(self_reporting_case("registered"))
    start.window.places.remember_guide(True)
    start.window.close()
    assert start.window.isVisible(), "where the person is, is being written"
    # As a server does that is recognized meanwhile.
    start.frame.open_case.edit(PATH, "Harbor & Sons")
    start.qtbot.waitUntil(lambda: not start.window.isVisible())
    start.quit()
    assert begin().frame.open_case.case.title == "Harbor & Sons"
