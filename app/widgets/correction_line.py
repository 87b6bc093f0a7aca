"""What is wrong with an entry of the history, said in a new one that names it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from app.widgets.icons import Button
from app.widgets.style import NEAR

_LONGEST = 2_000


class CorrectionLine(QWidget):
    """A line and a button; `given` carries the words, on one line, when they are to be recorded.

    An entry itself is never changed.
    """

    given = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.words = QLineEdit()
        self.words.setObjectName("correction")
        self.words.setMaxLength(_LONGEST)
        self.words.setPlaceholderText("What is wrong, and what is right")
        self.words.setAccessibleName("Correction of the chosen entry")
        self.words.textChanged.connect(self._show_button)
        self.words.returnPressed.connect(self._give)
        self.button = Button("Add as a &correction")
        self.button.setObjectName("correct")
        self.button.clicked.connect(self._give)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(NEAR)
        row.addWidget(self.words, 1)
        row.addWidget(self.button)
        self.allow(False)

    def allow(self, allowed: bool) -> None:
        """Whether there is an entry to correct."""
        self.words.setEnabled(allowed)
        self._show_button()

    def _show_button(self) -> None:
        self.button.setEnabled(self.words.isEnabled() and bool(self.words.text().strip()))

    def _give(self) -> None:
        words = " ".join(self.words.text().split())
        if words:
            self.given.emit(words)
