"""Icons: SVG files with one colour, drawn in the colours of the theme."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QEvent, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QIcon,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPixmapCache,
)
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from app.resources import read_text
from app.widgets.theme import colours

#: Scale factors for which a button's icon is kept ready.
_SCALES = (1, 2)
#: How long a copy button shows that it copied, in milliseconds.
_SHOWN_COPIED = 1_500
#: Width of the ring around what has the focus, in pixels.
_RING = 2.0


@lru_cache(maxsize=256)
def _renderer(name: str, colour: str, ground: str) -> QSvgRenderer:
    source = read_text(f"icons/{name}.svg")
    source = source.replace("currentColor", colour).replace("knockout", ground)
    return QSvgRenderer(QByteArray(source.encode()))


def draw_icon(painter: QPainter, rect: QRectF, name: str, role: str, ground: str = "") -> None:
    """Draw the icon `name` into `rect`; `role` and `ground` name roles of `Colours`."""
    roles = colours()
    renderer = _renderer(name, getattr(roles, role), getattr(roles, ground or "surface"))
    renderer.render(painter, rect)


def icon(name: str, role: str = "text", size: int = 18) -> QIcon:
    """The icon `name` for a button or an action, in the colours of now."""
    found = QIcon()
    for scale in _SCALES:
        found.addPixmap(_pixmap(name, role, size, scale))
    return found


def _pixmap(name: str, role: str, size: int, scale: int) -> QPixmap:
    """A drawn icon; kept by Qt, since a page asks for the same few again and again."""
    roles = colours()
    key = f"icon:{name}:{getattr(roles, role)}:{roles.surface}:{size}:{scale}"
    pixmap = QPixmap()
    if QPixmapCache.find(key, pixmap):
        return pixmap
    pixmap = QPixmap(size * scale, size * scale)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    draw_icon(painter, QRectF(pixmap.rect()), name, role)
    painter.end()
    pixmap.setDevicePixelRatio(scale)
    QPixmapCache.insert(key, pixmap)
    return pixmap


class IconLabel(QWidget):
    """An icon that stands beside words: it says nothing itself to assistive technology."""

    def __init__(self, name: str, role: str = "text", size: int = 18) -> None:
        super().__init__()
        self._name, self._role, self._size = name, role, size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_icon(self, name: str, role: str) -> None:
        """Show another icon."""
        if (name, role) != (self._name, self._role):
            self._name, self._role = name, role
            self.update()

    def sizeHint(self) -> QSize:
        """A square."""
        return QSize(self._size, self._size)

    def minimumSizeHint(self) -> QSize:
        """Never smaller."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the icon in the colours of now."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_icon(painter, QRectF(self.rect()), self._name, self._role)
        painter.end()


class Button(QPushButton):
    """A push button of one of the program's kinds, with an icon that follows the theme.

    Kinds: "primary" (the one thing to do here), "" (others), "quiet" (no outline), "icon" (an
    icon alone, without outline), "link" (leads elsewhere).
    """

    def __init__(self, text: str, *, kind: str = "", icon_name: str = "") -> None:
        super().__init__(text)
        self.setProperty("kind", kind)
        self._kind = kind
        self._icon_name = icon_name
        self._shown = ("", "")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAutoDefault(False)
        self._tint()

    def show_icon(self, name: str) -> None:
        """Show another icon."""
        self._icon_name = name
        self._tint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that has the focus, as the space bar does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A filled button shows the focus by a ring inside: around it, the ring would be too faint."""
        super().paintEvent(event)
        if self._kind != "primary" or not self.hasFocus():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(colours().on_accent), _RING))
        inset = 1.5 * _RING
        area = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(area, _RING, _RING)
        painter.end()

    def changeEvent(self, event: QEvent) -> None:
        """Tint the icon again when the theme changes."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.EnabledChange):
            self._tint()

    def _tint(self) -> None:
        if not self._icon_name:
            return
        role = {"primary": "on_accent", "link": "accent"}.get(self._kind, "text")
        role = role if self.isEnabled() else "outline"
        shown = (self._icon_name, getattr(colours(), role))
        if shown != self._shown:
            self._shown = shown
            self.setIcon(icon(self._icon_name, role))


class CopyButton(Button):
    """Copies something when pressed, and shows for a moment that it did."""

    def __init__(self, words: str) -> None:
        super().__init__("", kind="icon", icon_name="copy")
        self.setAccessibleName(words)
        self.setToolTip(words)
        self._again = QTimer(self, singleShot=True, interval=_SHOWN_COPIED)
        self._again.timeout.connect(self._show_copy)
        self.clicked.connect(self._show_done)

    def _show_done(self) -> None:
        self.show_icon("check")
        self._again.start()

    def _show_copy(self) -> None:
        self.show_icon("copy")
