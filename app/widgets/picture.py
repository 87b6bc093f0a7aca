"""What is drawn and not made of widgets: to assistive technology it is a picture with a description."""

from __future__ import annotations

from PySide6.QtCore import QMargins, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QLabel


class Picture(QLabel):
    """Base of what draws itself; set an accessible name, and in words what can be seen.

    A label, since Qt tells of a label with a pixmap as a picture, and of a bare widget as
    something without a role.
    """

    def __init__(self) -> None:
        super().__init__()
        nothing = QPixmap(1, 1)
        nothing.fill(Qt.GlobalColor.transparent)
        self.setPixmap(nothing)
        self.setContentsMargins(QMargins())
