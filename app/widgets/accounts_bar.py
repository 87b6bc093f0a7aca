"""How many of the accounts that the certification level asks for were submitted, as a bar."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy

from app.widgets.picture import Picture
from app.widgets.theme import colours

_BAR_HEIGHT = 18
#: How far the mark of the level stands out above and below the bar.
_OVERHANG = 5


class AccountsBar(Picture):
    """Accepted accounts solid, submitted but not accepted ones hatched, the level as a mark.

    The words stand beside it in a label; assistive technology gets them from here too.
    """

    def __init__(self) -> None:
        super().__init__()
        self._required = self._submitted = self._accepted = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Accounts toward the certification level")

    @property
    def words(self) -> str:
        """What the bar shows, in one line."""
        if self._submitted > self._required:
            submitted = f"{self._submitted:,} accounts submitted, {self._required:,} needed"
        else:
            submitted = f"{self._submitted:,} of {self._required:,} accounts submitted"
        return f"{submitted}, {self._accepted:,} accepted"

    def show_accounts(self, required: int, submitted: int, accepted: int) -> None:
        """Show numbers of accounts: asked for, received by CAIS, accepted."""
        self._required, self._submitted, self._accepted = required, submitted, accepted
        self.setAccessibleDescription(self.words)
        self.setToolTip(self.words)
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(320, _BAR_HEIGHT + 2 * _OVERHANG)

    def minimumSizeHint(self) -> QSize:
        """Still legible."""
        return QSize(120, _BAR_HEIGHT + 2 * _OVERHANG)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bar in the colours of now."""
        roles = colours()
        bar = QRectF(0.5, _OVERHANG + 0.5, self.width() - 1, _BAR_HEIGHT - 1)
        # With the level at the very end its mark would be cut off.
        most = max(self._required, self._submitted, 1)
        room = bar.width() - 4
        submitted = room * min(self._submitted, most) / most
        accepted = room * min(self._accepted, self._submitted, most) / most
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(roles.outline), 1))
        painter.setBrush(QColor(roles.surface))
        painter.drawRoundedRect(bar, 4, 4)
        painter.setPen(Qt.PenStyle.NoPen)
        inner = bar.adjusted(2, 2, -2, -2)
        hatched = QRectF(inner.x() + accepted, inner.y(), submitted - accepted, inner.height())
        painter.fillRect(hatched, QColor(roles.accent_soft))
        painter.fillRect(hatched, QBrush(QColor(roles.accent), Qt.BrushStyle.BDiagPattern))
        solid = QRectF(inner.x(), inner.y(), accepted, inner.height())
        painter.fillRect(solid, QColor(roles.accent))
        self._draw_mark(painter, inner.x() + room * self._required / most)
        painter.end()

    def _draw_mark(self, painter: QPainter, x: float) -> None:
        painter.setPen(QPen(QColor(colours().text), 2))
        place = min(max(x, 1.0), self.width() - 1.0)
        painter.drawLine(int(place), 1, int(place), self.height() - 1)
