"""The pages of a document as pictures, one below the other."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt, Signal
from PySide6.QtGui import QImageReader, QPixmap, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QLayout, QScrollArea, QVBoxLayout, QWidget

from app.widgets.style import APART

#: Width of a Letter page in inches.
_PAGE_INCHES = 8.5
_WIDEST = 760
_HEIGHT = 520
#: A difference in pixels to the inch that can be seen.
_VISIBLE = 4


class PagesPreview(QScrollArea):
    """Shows pages as sharp as the screen; `wanted` asks for them at another resolution.

    The pages arrive with `show_pages` as PNG bytes, set at `ppi()` pixels to the inch. Only
    those in sight are unpacked: all pages of a large document would take seconds, and as much
    memory again as setting them.
    """

    wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("preview")
        self.setAccessibleName("Preview of the summary")
        self.setMinimumHeight(_HEIGHT)
        self.setWidgetResizable(True)
        # There is always more than fits; the width must not change once it is known.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self._inside = QWidget()
        self._column = QVBoxLayout(self._inside)
        self._column.setSpacing(APART)
        self._column.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        # Never lower than its pages, not even until Qt lays them out: they would overlap.
        self._column.setSizeConstraint(QLayout.SizeConstraint.SetMinimumSize)
        self.setWidget(self._inside)
        self._pages: list[QLabel] = []
        self._pictures: list[bytes] = []
        self._unpacked: set[int] = set()
        self._shown_at = 0
        self.verticalScrollBar().valueChanged.connect(self._unpack)
        self.verticalScrollBar().rangeChanged.connect(self._unpack)

    def ppi(self) -> int:
        """Pixels to the inch that fill the width of the preview on this screen."""
        width = min(self.viewport().width() - 2 * APART, _WIDEST)
        return max(round(width * self.devicePixelRatio() / _PAGE_INCHES), 40)

    def show_pages(self, pages: Sequence[bytes]) -> None:
        """Show these pages, keeping the place that was scrolled to."""
        self._shown_at = round(_size_of(pages[0]).width() / _PAGE_INCHES) if pages else 0
        while len(self._pages) > len(pages):
            surplus = self._pages.pop()
            self._column.removeWidget(surplus)
            surplus.hide()
            surplus.deleteLater()
        while len(self._pages) < len(pages):
            label = QLabel()
            self._pages.append(label)
            self._column.addWidget(label)
        self._pictures = list(pages)
        self._unpacked.clear()
        for number, (label, page) in enumerate(zip(self._pages, pages, strict=True), 1):
            size = _size_of(page) / self.devicePixelRatio()
            if label.size() != size:
                label.setFixedSize(size)
            label.setAccessibleName(f"Page {number} of {len(pages)}")
        for label in self._pages:
            # Qt shows a new one in its next turn only, and leaves no room for it before.
            label.show()
        self._column.activate()
        self._unpack()
        # The width may have changed while they were set.
        self._look_at_width()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask for sharper or smaller pages when the width has changed visibly."""
        super().resizeEvent(event)
        self._look_at_width()
        self._unpack()

    def showEvent(self, event: QShowEvent) -> None:
        """Pages may have come while nobody looked."""
        super().showEvent(event)
        self._unpack()

    def _look_at_width(self) -> None:
        if self._pages and abs(self.ppi() - self._shown_at) > _VISIBLE:
            self.wanted.emit()

    def _unpack(self) -> None:
        """Unpack the pages in sight and their neighbours, and let go of the others."""
        height = self.viewport().height()
        seen = self.verticalScrollBar().value()
        # Where pages lie is known before Qt has laid them out.
        top = self._column.contentsMargins().top()
        for number, (label, page) in enumerate(zip(self._pages, self._pictures, strict=True)):
            bottom = top + label.height()
            near = bottom > seen - height and top < seen + 2 * height
            top = bottom + self._column.spacing()
            if near:
                if number not in self._unpacked:
                    picture = QPixmap()
                    picture.loadFromData(page, "PNG")
                    picture.setDevicePixelRatio(self.devicePixelRatio())
                    label.setPixmap(picture)
                    self._unpacked.add(number)
            elif number in self._unpacked:
                label.clear()
                self._unpacked.discard(number)


def _size_of(page: bytes) -> QSize:
    """Width and height of a PNG picture, read from its head."""
    store = QByteArray(page[:64])
    buffer = QBuffer(store)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    return QImageReader(buffer, QByteArray(b"png")).size()
