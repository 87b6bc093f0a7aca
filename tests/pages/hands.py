"""What a person does with a page: keys and clicks only, and what can be seen of it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTableView,
    QWidget,
)
from pytest import MonkeyPatch
from pytestqt.qtbot import QtBot

from app.onboarding.case import Case
from app.onboarding.editing import value_at
from app.open_case import OpenCase
from app.storage.case_store import CaseStore
from app.widgets.page import Page
from app.work.desk import Desk
from app.work.workplace import Workplace

AnyWidget = TypeVar("AnyWidget", bound=QWidget)


@dataclass
class Hands:
    """The page under test, and ways to use it."""

    qtbot: QtBot
    page: Page
    open_case: OpenCase
    desk: Desk
    workplace: Workplace

    @property
    def case(self) -> Case:
        return self.open_case.case

    def fact(self, path: str) -> Any:
        """The fact at `path` as it now is."""
        return value_at(self.case, path)

    def stored(self) -> Case:
        """The case as another start of the program would read it."""
        self.qtbot.waitUntil(lambda: not self.open_case.unsaved, timeout=10_000)
        return CaseStore(self.workplace.database).load(self.case.id)

    def find(self, kind: type[AnyWidget], name: str) -> AnyWidget:
        """The widget with this object name that is not on its way out."""
        found = list(self.page.window().findChildren(kind, name))
        shown = [widget for widget in found if widget.isVisibleTo(self.page.window())] or found
        assert shown, f"{name} is not there"
        return shown[0]

    def editor(self, path: str) -> QWidget:
        return self.find(QWidget, f"field:{path}")

    def shows(self, path: str) -> bool:
        """Whether a field for `path` can be seen."""
        found = self.page.window().findChildren(QWidget, f"field:{path}")
        return any(widget.isVisible() for widget in found)

    def type(self, path: str, text: str) -> None:
        """Replace what stands in the field by `text`, and go on to the next one."""
        editor = self.editor(path)
        self.write(editor, text)
        QTest.keyClick(editor, Qt.Key.Key_Tab)

    def write(self, editor: QWidget, text: str) -> None:
        """Replace what stands in `editor`. Long texts are pasted, others typed."""
        editor.setFocus()
        line = editor.lineEdit() if isinstance(editor, QComboBox) else editor
        assert isinstance(line, QLineEdit | QPlainTextEdit)
        line.selectAll()
        if len(text) > 50 or not text.isascii() or not text.isprintable():
            QGuiApplication.clipboard().setText(text)
            QTest.keyClick(line, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
        elif text:
            QTest.keyClicks(line, text)
        else:
            QTest.keyClick(line, Qt.Key.Key_Delete)

    def choose(self, path: str, words: str) -> None:
        """Choose the entry of a combo box by its words, with the keyboard."""
        combo = self.editor(path)
        assert isinstance(combo, QComboBox)
        self.pick(combo, words)

    def pick(self, combo: QComboBox, words: str) -> None:
        """Go through a combo box's entries to the one that reads `words`."""
        combo.setFocus()
        QTest.keyClick(combo, Qt.Key.Key_Home)
        for _ in range(combo.count()):
            if combo.currentText() == words:
                return
            QTest.keyClick(combo, Qt.Key.Key_Down)
        raise AssertionError(f"{words!r} is not among the choices")

    def tick(self, path: str) -> None:
        """Press the space bar on a check box."""
        box = self.editor(path)
        assert isinstance(box, QCheckBox)
        box.setFocus()
        QTest.keyClick(box, Qt.Key.Key_Space)

    def press(self, name: str) -> None:
        """Click a button."""
        button = self.find(QAbstractButton, name)
        assert button.isVisible() and button.isEnabled(), f"{name} cannot be pressed"
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def problem(self, path: str) -> str:
        """The one line below the field."""
        label = self.find(QLabel, f"problem:{path}")
        return label.text() if label.isVisible() else ""

    def table(self, path: str) -> QTableView:
        return self.find(QTableView, f"rows:{path}")

    def cells(self, path: str) -> list[list[str]]:
        """What the table of a list shows."""
        model = self.table(path).model()
        return [
            [str(model.index(row, column).data()) for column in range(model.columnCount())]
            for row in range(model.rowCount())
        ]

    def words(self) -> str:
        """All text on labels that can be seen."""
        labels = self.page.window().findChildren(QLabel)
        return "\n".join(label.text() for label in labels if label.isVisible())


class _Opener(QObject):
    """Stands in for the browser and the PDF program, which a test machine has none of."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.opened.append(url.toString())


@contextmanager
def opened_addresses(scheme: str, *, works: bool = True) -> Iterator[list[str]]:
    """The addresses that the program has opened by the system; none opens unless it `works`."""
    opener = _Opener()
    if not works:
        with MonkeyPatch.context() as patch:
            patch.setattr(QDesktopServices, "openUrl", lambda url: False)
            yield opener.opened
        return
    QDesktopServices.setUrlHandler(scheme, opener, "open")
    try:
        yield opener.opened
    finally:
        QDesktopServices.unsetUrlHandler(scheme)


def pdf_text(path: Path) -> str:
    """What a reader finds in a PDF."""
    found = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True
    )
    return found.stdout
