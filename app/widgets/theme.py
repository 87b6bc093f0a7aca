"""Colour roles for light and dark, and the look that follows the system's choice.

Every colour on screen is one of these roles. Text roles have at least 4.5:1 against the
grounds they stand on, outlines of controls 3:1 (WCAG 2.1, 1.4.3 and 1.4.11).
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory, QWidget

from app.widgets.style import style_sheet


@dataclass(frozen=True, slots=True)
class Colours:
    """What each colour is for; values are "#rrggbb"."""

    window: str
    surface: str
    sidebar: str
    #: Lines that only divide.
    line: str
    #: Outlines that tell where a control is.
    outline: str
    hover: str
    text: str
    muted: str
    accent: str
    accent_hover: str
    accent_soft: str
    on_accent: str
    done: str
    done_soft: str
    waiting: str
    waiting_soft: str
    attention: str
    attention_soft: str


LIGHT = Colours(
    window="#f5f6f8",
    surface="#ffffff",
    sidebar="#eaedf1",
    line="#d5dae1",
    outline="#838c99",
    hover="#e1e6ed",
    text="#1b1f24",
    muted="#545d68",
    accent="#1a5fb4",
    accent_hover="#144c91",
    accent_soft="#dfeafa",
    on_accent="#ffffff",
    done="#1a6f33",
    done_soft="#e3f4e8",
    waiting="#7d5000",
    waiting_soft="#fdf0d2",
    attention="#b3261e",
    attention_soft="#fce8e6",
)
DARK = Colours(
    window="#1b1d21",
    surface="#25282d",
    sidebar="#16181b",
    line="#3b4048",
    outline="#7f8894",
    hover="#30343b",
    text="#e9ebee",
    muted="#aeb6c1",
    accent="#8ab8f8",
    accent_hover="#a9cbfb",
    accent_soft="#263a57",
    on_accent="#0c1d36",
    done="#79d092",
    done_soft="#1d3626",
    waiting="#f0bf62",
    waiting_soft="#3b2f16",
    attention="#ff9d92",
    attention_soft="#472421",
)


def colours() -> Colours:
    """The roles in force: those of the palette that the program shows now."""
    window = QApplication.palette().color(QPalette.ColorRole.Window)
    return DARK if window.lightness() < 128 else LIGHT


class Theme(QObject):
    """Dresses the application, and again whenever the system changes between light and dark.

    Args:
        application: the one to dress.
        forced: light or dark whatever the system says (pictures, tests); None follows it.
    """

    def __init__(self, application: QApplication, forced: Qt.ColorScheme | None = None) -> None:
        super().__init__(application)
        self._application = application
        self._forced = forced
        if not _keeps_own_controls(application):
            application.setStyle("Fusion")
        application.styleHints().colorSchemeChanged.connect(self.dress)
        self._font_watch = _FontWatch()
        self._font_watch.changed.connect(self.dress)
        self.dress()

    def force(self, scheme: Qt.ColorScheme | None) -> None:
        """Show light or dark whatever the system says; None follows the system again."""
        self._forced = scheme
        self.dress()

    @property
    def dark(self) -> bool:
        """Whether dark is to be shown."""
        scheme = self._forced or self._application.styleHints().colorScheme()
        return scheme is Qt.ColorScheme.Dark

    def dress(self) -> None:
        """Put palette and style sheet of the scheme in force on the application."""
        chosen = DARK if self.dark else LIGHT
        self._application.setPalette(_palette(chosen))
        self._application.setStyleSheet(
            style_sheet(
                chosen,
                dark=self.dark,
                points=self._application.font().pointSizeF(),
                controls=not _keeps_own_controls(self._application),
            )
        )


class _FontWatch(QWidget):
    """Never shown: it learns when the system's font changes, without looking at every event."""

    changed = Signal()

    def changeEvent(self, event: QEvent) -> None:
        """Every widget is told when the application's font changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ApplicationFontChange:
            self.changed.emit()


def _keeps_own_controls(application: QApplication) -> bool:
    """Whether the platform's own style draws its controls well in light and dark.

    Windows 11 and macOS do; the older Windows style knows no dark, and other desktops
    bring none that ships with Qt.
    """
    if sys.platform == "win32":
        styles: list[str] = QStyleFactory.keys()
        return "windows11" in (name.lower() for name in styles)
    return sys.platform == "darwin"


def _palette(roles: Colours) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for which, value in (
        (role.Window, roles.window),
        (role.WindowText, roles.text),
        (role.Base, roles.surface),
        (role.AlternateBase, roles.window),
        (role.Text, roles.text),
        (role.PlaceholderText, roles.muted),
        (role.Button, roles.surface),
        (role.ButtonText, roles.text),
        (role.ToolTipBase, roles.surface),
        (role.ToolTipText, roles.text),
        (role.Highlight, roles.accent),
        (role.HighlightedText, roles.on_accent),
        (role.Accent, roles.accent),
        (role.Link, roles.accent),
        (role.LinkVisited, roles.accent),
        (role.BrightText, roles.attention),
        (role.Light, roles.surface),
        (role.Midlight, roles.hover),
        (role.Mid, roles.line),
        (role.Dark, roles.outline),
        (role.Shadow, roles.outline),
    ):
        palette.setColor(which, QColor(value))
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(roles.outline))
    return palette
