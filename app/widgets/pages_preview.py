"""The pages of a document as pictures, one below the other."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import QLabel, QScrollArea, QVBoxLayout, QWidget

from app.widgets.style import APART

#: Width of a Letter page in inches.
_PAGE_INCHES = 8.5
_WIDEST = 760
_HEIGHT = 520


class PagesPreview(QScrollArea):
    """Shows pages as sharp as the screen; `wanted` asks for them at another resolution.

    The pages arrive with `show_pages` as PNG bytes, set at `ppi()` pixels to the inch.
    """

    wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("preview")
        self.setAccessibleName("Preview of the summary")
        self.setMinimumHeight(_HEIGHT)
        self.setWidgetResizable(True)
        self._inside = QWidget()
        self._column = QVBoxLayout(self._inside)
        self._column.setSpacing(APART)
        self._column.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.setWidget(self._inside)
        self._pages: list[QLabel] = []
        self._shown_at = 0

    def ppi(self) -> int:
        """Pixels to the inch that fill the width of the preview on this screen."""
        width = min(self.viewport().width() - 2 * APART, _WIDEST)
        return max(round(width * self.devicePixelRatio() / _PAGE_INCHES), 40)

    def show_pages(self, pages: Sequence[bytes]) -> None:
        """Show these pages, keeping the place that was scrolled to."""
        self._shown_at = self.ppi()
        while len(self._pages) > len(pages):
            surplus = self._pages.pop()
            self._column.removeWidget(surplus)
            surplus.deleteLater()
        while len(self._pages) < len(pages):
            label = QLabel()
            self._pages.append(label)
            self._column.addWidget(label)
        for number, (label, page) in enumerate(zip(self._pages, pages, strict=True), 1):
            picture = QPixmap()
            picture.loadFromData(page, "PNG")
            picture.setDevicePixelRatio(self.devicePixelRatio())
            label.setPixmap(picture)
            label.setAccessibleName(f"Page {number} of {len(pages)}")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask for sharper or smaller pages when the width has changed visibly."""
        super().resizeEvent(event)
        if self._pages and abs(self.ppi() - self._shown_at) > 4:
            self.wanted.emit()
