"""Bugs become one report that can be copied and holds nothing that was typed."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton

from app.background import Report
from app.cancellation import CancelToken
from app.widgets.dialogs import ReportDialog
from tests.rig.cases import self_reporting_case
from tests.window.conftest import Start

Begin = Callable[..., Start]
TYPED = "Zebra Holdings 4711"


def _fail() -> None:
    raise ValueError(f"cannot take {TYPED}")


@pytest.fixture
def watched(begin: Begin, caplog: pytest.LogCaptureFixture) -> Iterator[Start]:
    """A start that watches for bugs, as the program does."""
    start = begin(self_reporting_case("tested"))
    start.window.bugs.install()
    with caplog.at_level(logging.CRITICAL):
        yield start
    start.window.bugs.remove()


def report(start: Start) -> ReportDialog:
    start.qtbot.waitUntil(lambda: bool(start.window.findChildren(ReportDialog)))
    (dialog,) = start.window.findChildren(ReportDialog)
    start.qtbot.waitUntil(lambda: not start.runner.busy)
    return dialog


def test_a_bug_in_a_slot_is_told_with_where_but_without_what(watched: Start) -> None:
    QTimer.singleShot(0, _fail)
    text = report(watched).report.toPlainText()
    assert "ValueError" in text
    assert "test_failures.py" in text
    assert "in _fail" in text
    assert "While: the page overview" in text
    assert TYPED not in text
    (kept,) = watched.workplace.folder.reports.iterdir()
    assert kept.read_text(encoding="utf-8") == text


def test_a_bug_on_another_thread_is_told_in_the_window(watched: Start) -> None:
    thread = threading.Thread(target=_fail)
    thread.start()
    thread.join()
    assert "in _fail" in report(watched).report.toPlainText()


def test_a_bug_in_a_job_is_told(watched: Start) -> None:
    def work(token: CancelToken, progress: Report) -> None:
        _fail()

    watched.runner.start(watched.runner.prepare("sums", work))
    assert "in _fail" in report(watched).report.toPlainText()


def test_the_same_bug_again_and_again_is_one_dialog(watched: Start) -> None:
    for _ in range(20):
        QTimer.singleShot(0, _fail)
    dialog = report(watched)
    assert len(watched.window.findChildren(ReportDialog)) == 1
    watched.press(Qt.Key.Key_Escape)
    watched.qtbot.waitUntil(lambda: not watched.window.findChildren(ReportDialog))
    assert watched.window.isVisible()
    del dialog


def test_the_report_is_copied_by_a_button(watched: Start) -> None:
    QTimer.singleShot(0, _fail)
    dialog = report(watched)
    text = dialog.report.toPlainText()
    button = dialog.findChild(QPushButton, "copy")
    assert button is not None
    watched.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == text
    assert button.text() == "Copied"
    dialog.close()


def test_diagnostics_are_shown_and_hold_nothing_that_was_typed(begin: Begin) -> None:
    start = begin(self_reporting_case("tested"))
    (action,) = [
        action
        for menu in start.window.menuBar().actions()
        for action in menu.menu().actions()
        if action.text().startswith("&Diagnostics")
    ]
    action.trigger()
    text = report(start).report.toPlainText()
    assert f"data folder: {start.workplace.folder.root}" in text
    assert "Harbor" not in text
