"""The history as a diary: in plain words, filtered, checked, and exported."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from app.pages.history import HistoryPage
from tests.rig.cases import self_reporting_case
from tests.window.conftest import Start

Begin = Callable[..., Start]
CTRL = Qt.KeyboardModifier.ControlModifier


def history(begin: Begin) -> tuple[Start, HistoryPage]:
    start = begin(self_reporting_case("registered"))
    open_case = start.frame.open_case
    open_case.edit("registration.city", "Denver")
    open_case.edit("registration.submitted_on", "2020-09-09")
    start.qtbot.waitUntil(lambda: not open_case.unsaved)
    start.press(Qt.Key.Key_H, CTRL)
    start.wait_page("history")
    page = start.frame.page
    assert isinstance(page, HistoryPage)
    start.qtbot.waitUntil(lambda: page.rows.rowCount() == 3)
    return start, page


def lines(page: HistoryPage) -> list[list[str]]:
    rows = range(page.rows.rowCount())
    return [[page.rows.index(row, column).data() for column in (2, 3)] for row in rows]


def test_the_diary_says_in_plain_words_what_was_done_newest_first(begin: Begin) -> None:
    _, page = history(begin)
    assert lines(page) == [
        ["Changed – Registration: submitted on", "Tue 8 Sep 2020 → Wed 9 Sep 2020"],
        ["Changed – Registration: city", "Boston → Denver"],
        ["Case created", ""],
    ]
    assert page.state.accessibleName().startswith("3 entries stand as written.")
    page.table.selectRow(1)
    full = page.details.toPlainText()
    assert "Before: Boston\nAfter: Denver" in full
    assert "Entry: 2, Changed" in full


def test_words_and_kind_filter_the_diary(begin: Begin) -> None:
    start, page = history(begin)
    start.qtbot.keyClicks(page.filter, "denver")
    assert [line[0] for line in lines(page)] == ["Changed – Registration: city"]
    page.filter.clear()
    page.kinds.setCurrentIndex(page.kinds.findText("Case created"))
    assert lines(page) == [["Case created", ""]]
    start.qtbot.keyClicks(page.filter, "denver")
    assert lines(page) == []
    assert page._none.isVisible()


def test_what_is_shown_is_exported_and_the_export_is_in_the_history(
    begin: Begin, tmp_path: Path
) -> None:
    start, page = history(begin)
    page.kinds.setCurrentIndex(page.kinds.findText("Changed"))
    path = tmp_path / "history.csv"
    page.export(str(path))
    page.kinds.setCurrentIndex(0)
    start.qtbot.waitUntil(lambda: page.rows.rowCount() == 4)
    assert lines(page)[0] == ["Document written", "history as CSV; history.csv"]
    assert page.outcome.accessibleName() == "history.csv is written."
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["field"] for row in rows] == ["registration.city", "registration.submitted_on"]


def test_an_entry_changed_behind_the_programs_back_is_told(begin: Begin) -> None:
    start, page = history(begin)
    with start.workplace.database.write() as tables:
        tables.execute("DROP TRIGGER history_is_never_changed")
        tables.execute("UPDATE history SET after = '\"Reno\"' WHERE seq = 2")
    start.frame.show_page("overview")
    button = start.frame.page.findChild(QPushButton, "see-history")
    assert button is not None
    button.click()
    start.qtbot.waitUntil(lambda: "does not stand" in page.state.accessibleName())
    assert start.frame.key == "history"


def test_a_change_made_while_it_is_shown_appears_and_back_leads_to_the_overview(
    begin: Begin,
) -> None:
    start, page = history(begin)
    start.frame.open_case.edit("registration.city", "Reno")
    start.qtbot.waitUntil(lambda: page.rows.rowCount() == 4)
    start.frame.go_back()
    assert start.frame.key == "overview"
    start.press(Qt.Key.Key_H, CTRL)
    start.quit()
    again = begin()
    again.wait_page("history")


def test_a_correction_is_a_new_entry_that_names_the_old_one(begin: Begin) -> None:
    start, page = history(begin)
    button = page.findChild(QPushButton, "correct")
    assert button is not None
    assert not button.isEnabled() and not page.correction.words.isEnabled()
    page.table.selectRow(1)
    assert not button.isEnabled()
    start.qtbot.keyClicks(page.correction.words, "  The move to Denver  is planned only. ")
    start.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    start.qtbot.waitUntil(lambda: page.rows.rowCount() == 4)
    assert lines(page)[0] == [
        "Corrected – Registration: city",
        "to entry 2; The move to Denver is planned only.",
    ]
    entries = start.workplace.cases.history(start.frame.open_case.case.id)
    assert (entries[-1].corrects, entries[1].after_value) == (2, "Denver")
    assert page.state.accessibleName().startswith("4 entries stand as written.")
    assert page.correction.words.text() == ""
