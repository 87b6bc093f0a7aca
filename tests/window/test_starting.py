"""First start, later starts, and several firms."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QDialog, QLineEdit, QWidget

from app.storage.case_json import case_file_text
from app.widgets.dialogs import FailureDialog
from app.window.main_window import MainWindow
from tests.rig.cases import (
    no_ltid_case,
    reports_for_others_case,
    self_reporting_case,
    through_agent_case,
)
from tests.window.conftest import Start

Begin = Callable[..., Start]
CTRL = Qt.KeyboardModifier.ControlModifier


def test_the_first_start_leads_to_the_first_question(begin: Begin) -> None:
    start = begin()
    assert start.window.views.currentWidget() is start.window.welcome
    start.click("start")
    start.wait_page("register")
    focused = start.focus()
    assert focused is not None
    assert start.frame.page.isAncestorOf(focused)
    assert focused.objectName().startswith("field:registration.")


def test_every_choice_of_the_first_start_leads_somewhere(begin: Begin) -> None:
    start = begin()
    start.click("open-file")
    start.qtbot.waitUntil(lambda: bool(start.window.findChildren(QDialog)))
    for dialog in start.window.findChildren(QDialog):
        dialog.close()


def test_a_later_start_lands_where_the_person_left(begin: Begin) -> None:
    first = begin(self_reporting_case("registered"))
    assert first.frame.key == "overview"
    first.press(Qt.Key.Key_4, CTRL)
    first.wait_page("sftp_accounts")
    first.quit()
    second = begin()
    assert second.frame.key == "sftp_accounts"


class _Leaving(QObject):
    """Sees whether the last place is still to be written when the window goes."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.still_writing: list[bool] = []
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Hide and isinstance(watched, MainWindow):
            self.still_writing.append(watched.places.busy)
        return False


def test_leaving_at_once_after_changing_the_page_remembers_the_new_page(begin: Begin) -> None:
    first = begin(self_reporting_case("registered"))
    leaving = _Leaving(first.window)
    for key in ("register", "administrators", "user_accounts"):
        first.frame.show_page(key)
    first.quit()
    # The program ends with its last window: what is not written by then is lost.
    assert leaving.still_writing == [False]
    assert begin().frame.key == "user_accounts"


def test_what_the_calendar_changed_meanwhile_is_said(begin: Begin) -> None:
    case = self_reporting_case("registered")
    waiting = case.model_copy(
        update={"registration": case.registration.model_copy(update={"verified_on": None})}
    )
    begin(waiting, day=date(2020, 9, 9)).quit()
    news = begin(day=date(2020, 9, 15)).frame.news
    assert not news.isHidden()
    assert news.accessibleName().startswith("Since you were here on Wed 9 Sep 2020:")
    assert "Should have been processed by Thu 10 Sep 2020" in news.accessibleName()


def test_nothing_is_said_where_nothing_changed(begin: Begin) -> None:
    begin(self_reporting_case("tested")).quit()
    assert begin(day=date(2020, 10, 9)).frame.news.isHidden()


def test_with_one_firm_the_list_is_out_of_the_way(begin: Begin) -> None:
    start = begin(self_reporting_case("registered"))
    assert not start.frame.sidebar.firms.isVisible()


def test_several_firms_show_a_list_that_filters_and_opens_by_keyboard(begin: Begin) -> None:
    start = begin(
        self_reporting_case("tested"),
        through_agent_case("registered"),
        reports_for_others_case("certified"),
        no_ltid_case("registered", goes_on=False),
    )
    firms = start.window.firms
    assert start.window.views.currentWidget() is firms
    texts = [
        [firms.table.model().index(row, column).data() for column in range(5)] for row in range(4)
    ]
    assert texts == [
        [
            "Harbor Securities LLC",
            "1482",
            "6 of 7 steps",
            "Ready to certify",
            "Step 7: Send the e-mail or call, then record the day and who did it.",
        ],
        [
            "Juniper Brokerage Inc.",
            "2236",
            "2 of 7 steps",
            "In progress",
            "Step 2: Name the Super Account Administrator.",
        ],
        [
            "Larkspur Capital LLC",
            "4407",
            "7 of 7 steps",
            "Nothing further required",
            "Nothing is left to do.",
        ],
        ["Northgate Data Services", "7059", "7 of 7 steps", "Certified", "Nothing is left to do."],
    ]
    assert start.focus() is firms.filter
    start.qtbot.keyClicks(firms.filter, "juni")
    assert firms.table.model().rowCount() == 1
    start.press(Qt.Key.Key_Return)
    start.wait_page("overview")
    assert start.frame.open_case.case.title == "Juniper Brokerage Inc."
    assert start.frame.sidebar.firms.isVisible()
    start.qtbot.mouseClick(start.frame.sidebar.firms, Qt.MouseButton.LeftButton)
    start.qtbot.waitUntil(lambda: start.window.views.currentWidget() is firms)
    assert start.window.frame is None


def test_a_filter_without_a_match_says_so(begin: Begin) -> None:
    start = begin(self_reporting_case("tested"), through_agent_case("registered"))
    start.qtbot.keyClicks(start.window.firms.filter, "nobody")
    assert start.window.firms.findChild(QLineEdit, "filter-firms") is not None
    empty = [
        label
        for label in start.window.firms.findChildren(QWidget)
        if label.isVisible() and label.property("text") == "No firm matches the filter."
    ]
    assert len(empty) == 1


def test_adding_a_firm_keeps_the_first_one(begin: Begin) -> None:
    start = begin(self_reporting_case("tested"))
    start.press(Qt.Key.Key_N, CTRL)
    start.wait_page("register")
    start.qtbot.waitUntil(lambda: start.frame.open_case.case.registration.company_name is None)
    assert start.frame.sidebar.firms.isVisible()
    assert len(start.workplace.cases.list_cases()) == 2


def test_a_case_file_is_taken_over_and_opened(begin: Begin, tmp_path: Path) -> None:
    case = self_reporting_case("tested")
    path = tmp_path / "harbor.json"
    path.write_text(case_file_text(case), encoding="utf-8")
    start = begin()
    start.window.case_files.take(str(path))
    start.wait_page("overview")
    assert start.stored(case.id) == case


def test_a_case_file_never_overwrites_a_case(begin: Begin, tmp_path: Path) -> None:
    case = self_reporting_case("tested")
    path = tmp_path / "harbor.json"
    path.write_text(case_file_text(self_reporting_case("registered")), encoding="utf-8")
    start = begin(case)
    start.window.case_files.take(str(path))
    start.qtbot.waitUntil(lambda: bool(start.window.findChildren(FailureDialog)))
    (dialog,) = start.window.findChildren(FailureDialog)
    assert dialog.accessibleName() == (
        "The case of Harbor Securities LLC is here already, with other facts."
    )
    dialog.close()
    assert start.stored(case.id) == case


def test_the_exported_case_file_holds_what_was_typed_last(begin: Begin, tmp_path: Path) -> None:
    case = self_reporting_case("registered")
    start = begin(case)
    start.press(Qt.Key.Key_1, CTRL)
    start.wait_page("register")
    editor = start.frame.page.findChild(QLineEdit, "field:registration.company_name")
    assert editor is not None
    editor.selectAll()
    start.qtbot.keyClicks(editor, "Harbour & Sons")
    path = tmp_path / "out.json"
    start.window.case_files.export(str(path))
    start.qtbot.waitUntil(path.exists)
    start.qtbot.waitUntil(lambda: not start.frame.news.isHidden())
    written = json.loads(path.read_text(encoding="utf-8"))
    assert written["registration"]["company_name"] == "Harbour & Sons"
    kinds = [entry.kind for entry in start.workplace.cases.history(case.id)]
    assert kinds[-1] == "document_written"


def test_the_list_stands_before_it_is_known_how_the_firms_stand(begin: Begin) -> None:
    start = begin(self_reporting_case("tested"), through_agent_case("registered"))
    listed: list[str] = []
    start.window.cases.listed.connect(lambda lines: listed.extend(x.progress for x in lines))
    firms = start.window.firms
    firms.table.selectRow(1)
    chosen = firms.table.selectionModel().selectedRows()[0].data()
    start.window.show_firms()
    start.qtbot.waitUntil(lambda: bool(listed))
    assert listed == ["", ""]
    start.qtbot.waitUntil(lambda: not start.runner.busy)
    progress = [firms.model.index(row, 2).data() for row in range(2)]
    assert all(words.endswith("of 7 steps") for words in progress)
    firms.table.selectRow(1)
    start.window.cases.standing.emit([firms.model.line(row) for row in range(2)])
    assert firms.table.selectionModel().selectedRows()[0].data() == chosen
    start.window.cases.standing.emit([firms.model.line(0)])  # of a list that is no more
    assert firms.model.rowCount() == 2
