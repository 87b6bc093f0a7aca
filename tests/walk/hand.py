"""A person's hands: keys and clicks into the real window, and eyes that wait for what should appear."""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import TypeVar

from PySide6.QtCore import QDeadlineTimer, QEventLoop, QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QScrollArea,
    QWidget,
)

WidgetT = TypeVar("WidgetT", bound=QWidget)

#: How long something may take to appear, in milliseconds, on a busy machine.
PATIENCE = 30_000


class Hand:
    """Drives the window `root` and whatever dialogs it opens."""

    def __init__(self, root: QWidget) -> None:
        self.root = root

    def wait(self, condition: Callable[[], object], what: str) -> None:
        """Let the window work until `condition` holds."""
        end = QDeadlineTimer(PATIENCE)
        while not condition():
            assert not end.hasExpired(), f"did not come: {what}"
            self.look()

    def look(self) -> None:
        """Let the window work for a moment, as the time between seeing and moving does."""
        # Not QTest.qWait: it keeps Python's global lock, so that no worker gets on.
        loop = QEventLoop()
        QTimer.singleShot(5, loop.quit)
        loop.exec()

    def find(self, name: str, kind: type[WidgetT] = QWidget) -> WidgetT:  # type: ignore[assignment]
        """The visible widget called `name` (`*` stands for a row's id), as soon as there is one."""
        found: list[WidgetT] = []

        def look() -> bool:
            found[:] = [
                widget
                for window in QApplication.topLevelWidgets()
                if window.isVisible()
                for widget in (window, *window.findChildren(kind))
                if isinstance(widget, kind)
                and fnmatchcase(widget.objectName(), name)
                and widget.isVisible()
            ]
            return bool(found)

        self.wait(look, name)
        return found[0]

    def button(self, words: str) -> QAbstractButton:
        """The visible, enabled button with these words (mnemonics left out)."""
        found: list[QAbstractButton] = []

        def look() -> bool:
            found[:] = [
                button
                for window in QApplication.topLevelWidgets()
                if window.isVisible()
                for button in window.findChildren(QAbstractButton)
                if button.isVisible()
                and button.isEnabled()
                and words in (button.text().replace("&", ""), button.accessibleName())
            ]
            return bool(found)

        self.wait(look, f"button {words!r}")
        return found[0]

    def click(self, target: QWidget | str) -> None:
        """Scroll to a widget (or the button with these words) and click it."""
        widget = self.button(target) if isinstance(target, str) else target
        self.wait(widget.isEnabled, f"{widget.objectName()} enabled")
        self.look()
        self.scroll_to(widget)
        self.look()
        spot = widget.rect().center()
        if isinstance(widget, QCheckBox):
            spot = QPoint(8, widget.rect().center().y())
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, spot)

    def scroll_to(self, widget: QWidget) -> None:
        """Bring the widget into sight, as a person would."""
        parent = widget.parentWidget()
        while parent is not None:
            if isinstance(parent, QScrollArea):
                parent.ensureWidgetVisible(widget)
            parent = parent.parentWidget()

    def type(self, path: str, text: str) -> None:
        """Click into the field for `path`, replace what stands there, and leave by Tab."""
        editor = self.find(f"field:{path}")
        self.click(editor)
        QTest.keyClick(editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClick(editor, Qt.Key.Key_Delete)
        QTest.keyClicks(editor, text)
        QTest.keyClick(editor, Qt.Key.Key_Tab)

    def choose(self, path: str, words: str) -> None:
        """Choose `words` in the list for `path`, with the arrow keys."""
        combo = self.find(f"field:{path}", QComboBox)
        self.scroll_to(combo)
        combo.setFocus()
        wanted = combo.findText(words, Qt.MatchFlag.MatchStartsWith)
        assert wanted >= 0, f"{path} does not offer {words!r}"
        QTest.keyClick(combo, Qt.Key.Key_Home)
        while combo.currentIndex() < wanted:
            QTest.keyClick(combo, Qt.Key.Key_Down)

    def check(self, path: str) -> None:
        """Tick the box for `path`."""
        box = self.find(f"field:{path}", QCheckBox)
        if not box.isChecked():
            self.click(box)
        assert box.isChecked()

    def name_file(self, name: str) -> None:
        """Answer the file dialog that is open (Qt's own, as offscreen): `name` in its folder."""
        dialog = self.dialog(QFileDialog)
        entry = dialog.findChild(QLineEdit, "fileNameEdit")
        assert entry is not None
        # Its suggestions are a popup of the window system's, of which there is none offscreen.
        entry.setCompleter(None)  # type: ignore[arg-type]
        entry.selectAll()
        QTest.keyClicks(entry, name)
        QTest.keyClick(entry, Qt.Key.Key_Return)

    def dialog(self, kind: type[WidgetT]) -> WidgetT:
        """The open dialog of this kind."""
        found: list[WidgetT] = []

        def look() -> bool:
            found[:] = [
                window
                for top in QApplication.topLevelWidgets()
                for window in (top, *top.findChildren(kind))
                if isinstance(window, kind) and window.isVisible()
            ]
            return bool(found)

        self.wait(look, kind.__name__)
        return found[0]
