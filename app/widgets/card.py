"""A box for what belongs together."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QVBoxLayout

from app.widgets.style import APART, NEAR
from app.widgets.texts import plain_label


class Card(QFrame):
    """A framed group with a heading; put widgets into `body`."""

    def __init__(self, title: str = "", note: str = "", *, role: str = "card") -> None:
        super().__init__()
        self.setProperty("role", role)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(APART, APART, APART, APART)
        self.body.setSpacing(NEAR)
        if title:
            self.setAccessibleName(title)
            self.body.addWidget(plain_label(title, "group"))
        if note:
            self.body.addWidget(plain_label(note, "hint"))
