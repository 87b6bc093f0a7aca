"""A summary dropped on the window, or chosen in the menu, is told unchanged or not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QLineEdit

from app.onboarding.case import Case
from app.onboarding.progress import assess
from app.storage.history import EntryKind, HistoryEntry
from app.widgets.check_dialog import CheckDialog
from app.work.exports import write_summary
from app.work.workplace import Workplace
from tests.rig import cases
from tests.window.conftest import DAY, Start

Begin = Callable[..., Start]
CASE = cases.self_reporting_case("tested")


def written(start: Start, folder: Path) -> Path:
    """A summary that this computer has written."""
    return summary_of(CASE, start.workplace, folder / "summary.pdf")


def summary_of(case: Case, workplace: Workplace, path: Path) -> Path:
    moment = cases.eastern(DAY, 15)
    write_summary(workplace.cases, assess(case, DAY), moment, path, overwrite=False)
    return path


def carried(path: Path) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    return mime


def drop(start: Start, path: Path) -> bool:
    """Drop where the window system would; offscreen there is none. Whether it was taken."""
    handle, spot, mime = start.window.windowHandle(), QPoint(400, 300), carried(path)
    copied, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    plain = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(spot, copied, mime, button, plain)
    QApplication.sendEvent(handle, enter)
    event = QDropEvent(QPointF(spot), copied, mime, button, plain)
    QApplication.sendEvent(handle, event)
    return enter.isAccepted() and event.isAccepted()


def answer(start: Start) -> str:
    """The words of the dialog that tells what was found."""
    start.qtbot.waitUntil(lambda: start.window.findChild(CheckDialog) is not None, timeout=20_000)
    dialog = start.window.findChild(CheckDialog)
    assert dialog is not None
    words = "\n".join(label.text() for label in dialog.findChildren(QLabel))
    dialog.close()
    start.qtbot.waitUntil(lambda: start.window.findChild(CheckDialog) is None)
    return words


def test_a_summary_dropped_on_the_window_is_unchanged(begin: Begin, tmp_path: Path) -> None:
    start = begin(CASE)
    assert drop(start, written(start, tmp_path))
    words = answer(start)
    assert words.startswith("Unchanged")
    assert "byte for byte" in words
    assert "This computer wrote this very file on" in words
    assert "Harbor Securities LLC" in words
    assert "Ready to certify" in words


def test_what_differs_is_told_and_can_be_copied(begin: Begin, tmp_path: Path) -> None:
    start = begin(CASE)
    path = written(start, tmp_path)
    content = path.read_bytes()
    path.write_bytes(content.replace(b"%PDF-1.7", b"%PDF-1.6"))
    assert path.read_bytes() != content
    assert drop(start, path)
    start.qtbot.waitUntil(lambda: start.window.findChild(CheckDialog) is not None, timeout=20_000)
    start.click("checked:copy")
    assert "The file was altered" in QGuiApplication.clipboard().text()
    words = answer(start)
    assert words.startswith("Not as it was written")
    assert "Do not rely on this file." in words
    assert "no record of having written this very file" in words


def test_a_rebuilt_file_agrees_with_itself_but_not_with_the_records(
    begin: Begin, tmp_path: Path
) -> None:
    """Facts, history and pages all made anew by the program itself: only the records tell."""
    start = begin(CASE)
    renamed = CASE.registration.model_copy(update={"company_name": "Harbour LLC"})
    better = CASE.model_copy(update={"registration": renamed})
    with Workplace.open(tmp_path / "elsewhere") as other:
        other.cases.save(better, [HistoryEntry(EntryKind.CASE_CREATED)])
        assert drop(start, summary_of(better, other, tmp_path / "rebuilt.pdf"))
    words = answer(start)
    assert words.startswith("Not what this computer has recorded")
    assert "has another entry 1" in words


def test_other_files_are_left_to_the_pages(begin: Begin, tmp_path: Path) -> None:
    start = begin(CASE)
    start.frame.show_page("register")
    for name in ("notes.txt", "case.caiscase.zip"):
        (tmp_path / name).write_text("x")
        drop(start, tmp_path / name)
    start.qtbot.waitUntil(lambda: not start.runner.busy)
    assert start.window.findChild(CheckDialog) is None


def test_what_is_no_summary_gets_an_answer(begin: Begin, tmp_path: Path) -> None:
    start = begin()
    path = tmp_path / "letter.pdf"
    path.write_bytes(b"%PDF-1.7 a letter")
    drop(start, path)
    assert answer(start).startswith("No summary to rely on")


def test_the_menu_asks_for_the_file(begin: Begin, tmp_path: Path) -> None:
    start = begin(CASE)
    path = written(start, tmp_path)
    menus = [action.menu() for action in start.window.menuBar().actions()]
    actions = [action for menu in menus for action in menu.actions()]
    (check,) = [action for action in actions if action.text() == "&Check a summary …"]
    check.trigger()
    dialog = start.window.findChild(QFileDialog)
    assert dialog is not None
    entry = dialog.findChild(QLineEdit, "fileNameEdit")
    assert entry is not None
    entry.setText(str(path))
    start.qtbot.keyClick(entry, Qt.Key.Key_Return)
    assert answer(start).startswith("Unchanged")
