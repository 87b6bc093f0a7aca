"""The frame: moving about, Next with something missing, saving, the guide."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QDialog, QLabel, QLineEdit, QScrollArea

from app.onboarding.case import Case
from app.onboarding.firm import Registration
from app.pages import PAGES
from tests.rig.cases import no_ltid_case, self_reporting_case
from tests.window.conftest import Start

Begin = Callable[..., Start]
CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


def half_typed() -> Case:
    case = self_reporting_case("empty")
    registration = Registration(company_name="Harbor Securities LLC", city="Boston")
    return case.model_copy(
        update={"registration": registration, "unaccepted": {"registration.crd": "12-34"}}
    )


def on_page(begin: Begin, case: Case, step: int) -> Start:
    start = begin(case)
    start.press(Qt.Key(Qt.Key.Key_0 + step), CTRL)
    start.wait_page(PAGES[step].key)
    return start


def editor(start: Start, path: str) -> QLineEdit:
    found = start.frame.page.findChild(QLineEdit, f"field:{path}")
    assert found is not None
    found.setFocus()
    return found


def test_ctrl_and_a_number_goes_to_every_page(begin: Begin) -> None:
    start = begin(self_reporting_case("tested"))
    for entry in reversed(PAGES):
        start.press(Qt.Key(Qt.Key.Key_0 + entry.step), CTRL)
        start.wait_page(entry.key)
        assert start.frame.sidebar.entry(entry.key).isChecked()


def test_next_and_back_go_through_all_pages_of_a_finished_case(begin: Begin) -> None:
    start = begin(self_reporting_case("certified"))
    seen = []
    for _ in PAGES:
        seen.append(start.frame.key)
        start.qtbot.mouseClick(start.frame.footer.next_button, Qt.MouseButton.LeftButton)
    assert seen == [entry.key for entry in PAGES]
    assert start.frame.key == "overview"
    assert not start.frame.footer.back_button.isVisible()
    start.press(Qt.Key.Key_3, CTRL)
    start.qtbot.mouseClick(start.frame.footer.back_button, Qt.MouseButton.LeftButton)
    assert start.frame.key == "administrators"


def test_next_says_what_is_missing_marks_it_and_goes_there(begin: Begin) -> None:
    start = on_page(begin, half_typed(), 1)
    start.qtbot.mouseClick(start.frame.footer.next_button, Qt.MouseButton.LeftButton)
    assert start.frame.key == "register"
    assert start.frame.missing.isVisible()
    said = start.frame.missing.accessibleName()
    assert said.startswith("1 entry needs correcting and 7 things are still missing.")
    focused = start.focus()
    assert focused is not None
    assert focused.objectName() == "field:registration.crd"
    street = start.frame.page.field("registration.street")
    assert street is not None
    assert street.problem.text() == "Still missing."
    company = start.frame.page.field("registration.company_name")
    assert company is not None
    assert company.problem.text() == ""


def test_the_line_at_the_top_follows_what_is_mended(begin: Begin) -> None:
    start = on_page(begin, half_typed(), 1)
    start.qtbot.mouseClick(start.frame.footer.next_button, Qt.MouseButton.LeftButton)
    crd = editor(start, "registration.crd")
    crd.selectAll()
    start.qtbot.keyClicks(crd, "1482")
    start.press(Qt.Key.Key_Return)
    assert start.frame.missing.accessibleName().startswith("6 things are still missing.")


def test_a_person_may_go_on_and_finish_later(begin: Begin) -> None:
    start = on_page(begin, half_typed(), 1)
    assert not start.frame.footer.later_button.isVisible()
    start.qtbot.mouseClick(start.frame.footer.next_button, Qt.MouseButton.LeftButton)
    start.press(Qt.Key.Key_L, ALT)
    start.wait_page("administrators")
    assert not start.frame.missing.isVisible()
    assert not start.frame.footer.later_button.isVisible()


def test_alt_n_is_next(begin: Begin) -> None:
    start = begin(self_reporting_case("tested"))
    start.press(Qt.Key.Key_N, ALT)
    start.wait_page("register")


def test_what_others_owe_holds_nobody_up(begin: Begin) -> None:
    case = self_reporting_case("registered")
    registration = case.registration.model_copy(update={"verified_on": None})
    start = on_page(begin, case.model_copy(update={"registration": registration}), 1)
    start.qtbot.mouseClick(start.frame.footer.next_button, Qt.MouseButton.LeftButton)
    assert start.frame.key == "administrators"


def test_the_sidebar_jumps_anywhere_and_keeps_what_was_typed(begin: Begin) -> None:
    case = half_typed()
    start = on_page(begin, case, 1)
    street = editor(start, "registration.street")
    start.qtbot.keyClicks(street, "40 Water Street")
    entry = start.frame.sidebar.entry("certify")
    start.qtbot.mouseClick(entry, Qt.MouseButton.LeftButton)
    assert start.frame.key == "certify"
    assert start.stored(case.id).registration.street == "40 Water Street"


def test_the_sidebar_tells_each_status_in_words(begin: Begin) -> None:
    start = begin(self_reporting_case("tested"))
    names = [start.frame.sidebar.entry(entry.key).accessibleName() for entry in PAGES[1:]]
    assert names == [
        "Step 1, Register: Done",
        "Step 2, Administrators: Done",
        "Step 3, User accounts: Done",
        "Step 4, SFTP accounts: Done",
        "Step 5, Relationships: Not required",
        "Step 6, Testing: Done",
        "Step 7, Certify: Not started",
    ]


def test_an_edit_repaints_the_sidebar_and_is_saved_quietly(begin: Begin) -> None:
    case = self_reporting_case("tested")
    start = on_page(begin, case, 1)
    assert start.frame.footer.saving.text() == "Everything is saved"
    crd = editor(start, "registration.crd")
    crd.selectAll()
    start.qtbot.keyClicks(crd, "12x")
    start.press(Qt.Key.Key_Return)
    name = start.frame.sidebar.entry("register").accessibleName()
    assert name == "Step 1, Register: Needs attention"
    start.qtbot.waitUntil(lambda: start.frame.footer.saving.text().startswith("Saved "))
    assert len(start.frame.footer.saving.text()) == len("Saved 14:02")


def test_a_step_that_does_not_apply_says_why(begin: Begin) -> None:
    start = on_page(begin, no_ltid_case("registered", goes_on=False), 4)
    area = start.frame.stack.currentWidget()
    words = [label.text() for label in area.findChildren(QLabel) if label.isVisible()]
    assert "Not required" in words
    assert any("encouraged, not required" in text for text in words)


def test_esc_never_closes(begin: Begin) -> None:
    start = on_page(begin, self_reporting_case("registered"), 1)
    start.press(Qt.Key.Key_Escape)
    start.qtbot.keyClick(start.window, Qt.Key.Key_Escape)
    assert start.window.isVisible()


def test_ctrl_f1_folds_the_guide_away_for_good(begin: Begin) -> None:
    start = begin(self_reporting_case("registered"))
    assert start.frame.guide.isVisible()
    start.press(Qt.Key.Key_F1, CTRL)
    start.qtbot.waitUntil(lambda: not start.frame.guide.isVisible())
    start.quit()
    again = begin()
    assert not again.frame.guide.isVisible()
    again.press(Qt.Key.Key_F1, CTRL)
    again.qtbot.waitUntil(again.frame.guide.isVisible)


def test_the_guide_follows_the_page_with_the_readings_that_matter(begin: Begin) -> None:
    start = on_page(begin, self_reporting_case("tested"), 6)
    words = [label.text() for label in start.frame.guide.findChildren(QLabel)]
    assert "Where the guide is silent" in words
    assert any(text.startswith("Accounts received by CAIS meet the level") for text in words)
    assert any(text.startswith("LTID (Large Trader ID):") for text in words)


@pytest.mark.parametrize("step", range(8))
def test_nothing_in_the_guide_is_cut_off(begin: Begin, step: int) -> None:
    start = on_page(begin, self_reporting_case("tested"), step)
    area = start.frame.guide.findChild(QScrollArea)
    assert area is not None
    assert area.widget().minimumSizeHint().width() <= area.viewport().width()


@pytest.mark.parametrize("step", range(8))
def test_no_page_is_wider_than_the_smallest_window(begin: Begin, step: int) -> None:
    start = on_page(begin, self_reporting_case("tested"), step)
    start.frame.show_guide(False)
    start.window.resize(1024, 700)
    area = start.frame.stack.currentWidget()
    assert isinstance(area, QScrollArea)
    start.qtbot.waitUntil(lambda: area.horizontalScrollBar().maximum() == 0)


def test_f6_goes_round_the_panes(begin: Begin) -> None:
    start = on_page(begin, self_reporting_case("registered"), 1)
    frame = start.frame
    for pane in (frame.guide, frame.footer, frame.sidebar, frame.stack):
        start.press(Qt.Key.Key_F6)
        focused = start.focus()
        assert focused is not None
        assert pane.isAncestorOf(focused), pane


def test_what_has_the_focus_is_in_sight(begin: Begin) -> None:
    start = on_page(begin, self_reporting_case("registered"), 1)
    start.window.resize(1024, 700)
    area = start.frame.stack.currentWidget()
    assert isinstance(area, QScrollArea)
    last = editor(start, "registration.submitted_by")
    last.setFocus()
    place = last.mapTo(area.viewport(), last.rect().center())
    assert area.viewport().rect().contains(place)


def test_practice_says_so_on_every_page(begin: Begin) -> None:
    case = self_reporting_case("tested").model_copy(update={"practice": True})
    start = begin(case)
    for entry in PAGES:
        start.frame.show_page(entry.key)
        assert start.frame.practice.isVisible()


@pytest.mark.parametrize("step", range(8))
def test_every_button_and_field_has_a_name(begin: Begin, step: int) -> None:
    start = on_page(begin, self_reporting_case("tested"), step)
    nameless = [
        widget
        for kind in (QAbstractButton, QLineEdit)
        for widget in start.window.findChildren(kind)
        if widget.isVisible()
        and not (widget.accessibleName() or widget.property("text"))
        # A part of a combo box or a table, named by the whole.
        and not widget.objectName().startswith("qt_")
    ]
    assert nameless == []


def test_text_from_outside_is_never_interpreted(begin: Begin) -> None:
    case = self_reporting_case("tested")
    name = "<b>Bold</b> & <img src=x> Brothers"
    registration = case.registration.model_copy(update={"company_name": name})
    start = begin(case.model_copy(update={"registration": registration}))
    showing = [label for label in start.window.findChildren(QLabel) if label.text() == name]
    assert showing
    assert {label.textFormat() for label in showing} == {Qt.TextFormat.PlainText}


def test_next_goes_to_the_topmost_of_what_is_missing(begin: Begin) -> None:
    start = on_page(begin, self_reporting_case("empty"), 1)
    start.qtbot.mouseClick(start.frame.footer.next_button, Qt.MouseButton.LeftButton)
    focused = start.focus()
    assert focused is not None
    assert focused.objectName() == "field:registration.organisation_type"


def test_a_dialog_that_closes_leaves_the_page_where_it_was(begin: Begin) -> None:
    start = on_page(begin, self_reporting_case("tested"), 1)
    field = editor(start, "registration.company_name")
    area = start.frame.stack.currentWidget()
    assert isinstance(area, QScrollArea)
    bar = area.verticalScrollBar()
    start.frame.page.complete()
    start.qtbot.waitUntil(lambda: bar.maximum() > 0)
    bar.setValue(bar.maximum())
    dialog = QDialog(start.window)
    dialog.setModal(True)
    entry = QLineEdit(dialog)
    with start.qtbot.waitActive(dialog):
        dialog.show()
    start.qtbot.waitUntil(entry.hasFocus)
    with start.qtbot.waitActive(start.window):
        dialog.close()
        start.window.activateWindow()
    start.qtbot.waitUntil(field.hasFocus)
    assert bar.value() == bar.maximum()
