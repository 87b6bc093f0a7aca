"""A list to choose from, whose open list shows whole rows."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QStyledItemDelegate


class ChoiceBox(QComboBox):
    """A combo box that never makes its page wider, and changes by the wheel only with the focus."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # A long answer must not make the whole page wider than the window.
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        # Qt's own delegate leaves the style sheet's padding out of the open list's height, so
        # that the last choice was cut off.
        self.setItemDelegate(QStyledItemDelegate(self))
