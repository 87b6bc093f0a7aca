"""A card whose rows are built anew when what they say has changed."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.widgets.card import Card
from app.widgets.style import NEAR


class ListCard(Card):
    """A card whose rows are rebuilt when what they say has changed.

    Subclasses put `place`, where the rows go, into the body.
    """

    def __init__(self, title: str, note: str = "") -> None:
        super().__init__(title, note)
        self._said: object = None
        self._rows: QWidget | None = None
        self.place = QVBoxLayout()

    def fresh_rows(self, said: object) -> QVBoxLayout | None:
        """A column for the rows; None where they already say this."""
        if said == self._said:
            return None
        self._said = said
        if self._rows is not None:
            self._rows.hide()
            self._rows.deleteLater()
        self._rows = QWidget()
        column = QVBoxLayout(self._rows)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(NEAR)
        self.place.addWidget(self._rows)
        return column
