"""Help where it is needed: the field with the focus, terms under the pointer, the search."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QToolTip, QWidget

from app.onboarding.explanations import field_help
from app.pages import PAGES
from app.widgets.help_dialog import HelpDialog
from tests.rig.cases import reports_for_others_case, self_reporting_case, through_agent_case
from tests.window.conftest import Start

Begin = Callable[..., Start]
CTRL = Qt.KeyboardModifier.ControlModifier


def guide_words(start: Start) -> list[str]:
    return [label.text() for label in start.frame.guide.findChildren(QLabel) if label.isVisible()]


def field(start: Start, path: str) -> QWidget:
    found = start.frame.page.findChild(QWidget, f"field:{path}")
    assert found is not None
    return found


@pytest.fixture
def registering(begin: Begin) -> Start:
    start = begin(self_reporting_case("registered"))
    start.press(Qt.Key.Key_1, CTRL)
    start.wait_page("register")
    return start


def test_the_guide_follows_the_field_with_the_focus(registering: Start) -> None:
    field(registering, "registration.crd").setFocus()
    said = guide_words(registering)
    assert "CRD number" in said
    assert any("BrokerCheck" in words for words in said)
    assert "Guide §1, footnote 1" in said
    field(registering, "registration.ltid_accounts").setFocus()
    said = guide_words(registering)
    assert any("Form 13H" in words for words in said)
    assert any(words.startswith("LTID (Large Trader ID): The number") for words in said)


def test_another_page_leaves_the_field_behind(registering: Start) -> None:
    field(registering, "registration.crd").setFocus()
    assert not registering.frame.guide.field.isHidden()
    QTest.mouseClick(registering.frame.sidebar.entry("certify"), Qt.MouseButton.LeftButton)
    assert registering.frame.guide.field.isHidden()


def test_f1_leads_to_the_help_and_back(registering: Start) -> None:
    editor = field(registering, "registration.crd")
    editor.setFocus()
    registering.press(Qt.Key.Key_F1, CTRL)
    registering.qtbot.waitUntil(lambda: not registering.frame.guide.isVisible())
    registering.press(Qt.Key.Key_F1)
    search = registering.frame.guide.search
    registering.qtbot.waitUntil(search.hasFocus)
    assert registering.frame.guide.field.title.text() == "CRD number"
    registering.press(Qt.Key.Key_F1)
    registering.qtbot.waitUntil(editor.hasFocus)
    registering.press(Qt.Key.Key_F1)
    registering.qtbot.waitUntil(search.hasFocus)
    registering.press(Qt.Key.Key_Escape)
    assert editor.hasFocus()


def test_the_search_finds_terms_sections_and_fields(registering: Start) -> None:
    registering.press(Qt.Key.Key_F1)
    search = registering.frame.guide.search
    registering.qtbot.waitUntil(search.hasFocus)
    registering.qtbot.keyClicks(search, "allow-list")
    registering.qtbot.waitUntil(lambda: "Allow-list" in guide_words(registering))
    said = guide_words(registering)
    assert said.index("Allow-list") < said.index("Step 4, SFTP accounts: if you are unsure")
    assert "What to do" not in said
    registering.press(Qt.Key.Key_Escape)
    assert search.text() == ""
    registering.qtbot.waitUntil(lambda: "What to do" in guide_words(registering))
    registering.qtbot.keyClicks(search, "xylophone")
    registering.qtbot.waitUntil(
        lambda: any(text.startswith("Nothing is said about") for text in guide_words(registering))
    )


def test_a_term_is_explained_under_the_pointer(registering: Start) -> None:
    label = next(
        label for label in registering.frame.page.findChildren(QLabel) if label.text() == "ORG ID"
    )
    crd = next(
        label
        for label in registering.frame.page.findChildren(QLabel)
        if label.text() == "CRD number"
    )
    assert not label.isVisible()  # asked of agents alone
    spot = crd.rect().center()
    event = QHelpEvent(QHelpEvent.Type.ToolTip, spot, crd.mapToGlobal(spot))
    QApplication.sendEvent(crd, event)
    assert QToolTip.text().startswith("CRD (Central Registration")
    QToolTip.hideText()


def test_without_a_case_help_is_a_window_of_its_own(begin: Begin) -> None:
    start = begin()
    start.press(Qt.Key.Key_F1)
    dialogs: list[HelpDialog] = []

    def opened() -> bool:
        dialogs[:] = start.window.findChildren(HelpDialog)
        return bool(dialogs) and dialogs[0].isVisible()

    start.qtbot.waitUntil(opened)
    start.qtbot.waitUntil(dialogs[0].guide.search.hasFocus)
    QTest.keyClick(dialogs[0].guide.search, Qt.Key.Key_Escape)
    start.qtbot.waitUntil(lambda: not dialogs[0].isVisible())


def editors(start: Start) -> Iterator[QWidget]:
    for name in ("field:*", "password", "level-change:*", "paste:*"):
        prefix = name.removesuffix("*")
        for widget in start.frame.page.findChildren(QWidget):
            button = isinstance(widget, QPushButton)
            if not button and widget.objectName().startswith(prefix):
                yield widget


@pytest.mark.parametrize(
    "case",
    [
        self_reporting_case("tested"),
        through_agent_case("tested"),
        reports_for_others_case("tested"),
    ],
    ids=["self", "through-agent", "for-others"],
)
def test_every_field_says_why_it_is_asked(begin: Begin, case: object) -> None:
    start = begin(case)
    unexplained = []
    for entry in PAGES:
        start.frame.show_page(entry.key)
        start.frame.page.complete()
        unexplained += [
            widget.objectName()
            for widget in editors(start)
            if field_help(widget.objectName().removeprefix("field:")) is None
        ]
    assert unexplained == []
