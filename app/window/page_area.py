"""A page under its header, in what scrolls."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from app.widgets.page import Page
from app.widgets.page_header import PageHeader
from app.widgets.style import APART, FAR

#: Lines of text longer than this are hard to read; tables still fit.
_WIDEST_PAGE = 1040


class _Ground(QWidget):
    """What scrolls: as high as its text needs at the width it has, and no higher.

    Left alone, the scroll area adds up how high every line would be at its narrowest, and
    leaves that much empty room below the page.
    """

    def minimumSizeHint(self) -> QSize:
        """The narrowest width; the height follows from the width."""
        return QSize(super().minimumSizeHint().width(), 0)


class PageArea(QScrollArea):
    """One page under its header, scrolling together.

    Put together from the outside in: whatever a widget holds when it gets a parent is styled
    anew, and a page holds hundreds of widgets.
    """

    def __init__(self, stack: QStackedWidget, build: Callable[[], Page]) -> None:
        super().__init__()
        stack.addWidget(self)
        self.header = PageHeader()
        ground = _Ground()
        ground.setProperty("role", "ground")
        ground.setMaximumWidth(_WIDEST_PAGE)
        column = QVBoxLayout(ground)
        column.setContentsMargins(FAR, APART, FAR, FAR)
        column.setSpacing(APART)
        self.setWidget(ground)
        self.setWidgetResizable(True)
        column.addWidget(self.header)
        self.page = build()
        self.page.body.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.page)
        column.addStretch()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
