"""The guide in a window of its own, where no case is open beside which it could stand."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from app.widgets.guide_panel import GuidePanel

_HEIGHT = 560


class HelpDialog(QDialog):
    """What the whole is about, every term, and the search. Esc closes it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Help")
        self.setAccessibleName("Help")
        self.guide = GuidePanel()
        self.guide.show_overview()
        self.guide.closed.connect(self.close)
        self.guide.left.connect(self.close)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.guide)
        self.resize(self.guide.width(), _HEIGHT)
        self.guide.take_focus()
