"""The Edit menu: undo and redo across pages, and finding in the whole case."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from app.pages import HISTORY
from app.window.frame import CaseFrame
from app.window.wording import FieldWords, fields_of, show_path
from app.work.undoing import Step

if TYPE_CHECKING:
    from app.pages.firms import FirmsPage
    from app.window.main_window import MainWindow

#: Characters of a step's words in the menu.
_LONGEST = 60


class EditMenu(QObject):
    """Undo, redo and find for the case that is open; the menu says what would be undone."""

    def __init__(self, window: MainWindow, menu: QMenu) -> None:
        super().__init__(window)
        self._window = window
        self.menu = menu
        self._followed: CaseFrame | None = None
        self.undo = self._add(menu, "&Undo", "Ctrl+Z")
        self.redo = self._add(menu, "&Redo", "Ctrl+Shift+Z", "Ctrl+Y")
        self.undo.triggered.connect(self._undo)
        self.redo.triggered.connect(self._redo)
        menu.addSeparator()
        self.find = self._add(menu, "&Find …", "Ctrl+F")
        self.find.triggered.connect(self._find)
        # The words are looked for only when somebody is about to read them.
        menu.aboutToShow.connect(self._name)

    def show_state(self) -> None:
        """Follow the case that is open now, and what can be undone in it."""
        frame = self._window.frame
        if frame is not self._followed:
            self._followed = frame
            if frame is not None:
                frame.desk.undoing.changed.connect(self.show_state)
        self.undo.setEnabled(frame is not None and frame.desk.undoing.next_undo is not None)
        self.find.setEnabled(frame is not None or self._listed is not None)
        self.redo.setEnabled(frame is not None and frame.desk.undoing.next_redo is not None)

    def _name(self) -> None:
        frame = self._window.frame
        undoing = frame.desk.undoing if frame is not None else None
        words = FieldWords(fields_of(frame) if frame is not None else ())
        for action, verb, step in (
            (self.undo, "&Undo", undoing.next_undo if undoing else None),
            (self.redo, "&Redo", undoing.next_redo if undoing else None),
        ):
            action.setText(f"{verb} {_shortened(words.step(step))}" if step else verb)

    def _undo(self) -> None:
        frame = self._window.frame
        if frame is not None:
            frame.page.commit()
            self._show(frame, frame.desk.undoing.undo())

    def _redo(self) -> None:
        frame = self._window.frame
        if frame is not None:
            frame.page.commit()
            self._show(frame, frame.desk.undoing.redo())

    def _find(self) -> None:
        frame = self._window.frame
        if frame is None:
            if self._listed is not None:
                self._listed.take_focus()
            return
        # Loaded when it is needed: the window opens sooner.
        from app.window.find import FindDialog

        frame.page.commit()
        dialog = FindDialog(frame)
        # Where no window manager does it: the focus goes into what was found.
        dialog.finished.connect(self._window.activateWindow)
        dialog.chosen.connect(self._go_to)
        dialog.open()

    def _go_to(self, target: str, query: str) -> None:
        frame = self._window.frame
        if frame is None:
            return
        if target != HISTORY.key:
            show_path(frame, target)
            return
        from app.pages.history import HistoryPage

        frame.show_page(target)
        if isinstance(frame.page, HistoryPage):
            frame.page.filter.setText(query)

    @property
    def _listed(self) -> FirmsPage | None:
        """The list of firms, where it is in front. It is not made for being asked."""
        shown = self._window.views.currentWidget()
        return cast("FirmsPage", shown) if hasattr(shown, "take_focus") else None

    def _show(self, frame: CaseFrame, step: Step | None) -> None:
        if step is not None:
            show_path(frame, step.paths[0])

    def _add(self, menu: QMenu, words: str, *keys: str) -> QAction:
        action = menu.addAction(words)
        action.setShortcuts([QKeySequence(each) for each in keys])
        return action


def _shortened(words: str) -> str:
    cut = words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"
    return cut.replace("&", "&&")
