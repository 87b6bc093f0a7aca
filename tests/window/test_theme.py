"""Light and dark: readable, complete, and followed live."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPalette
from PySide6.QtWidgets import QApplication

from app.onboarding.assessment import StepStatus
from app.resources import path_of
from app.widgets.icons import draw_icon
from app.widgets.statuses import LOOKS
from app.widgets.theme import DARK, LIGHT, Colours, Theme, colours
from tests.rig.cases import self_reporting_case
from tests.window.conftest import Start

Begin = Callable[..., Start]
GROUNDS = ("window", "surface", "sidebar", "hover")
SOFT = ("accent_soft", "done_soft", "waiting_soft", "attention_soft")


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.1 defines it."""
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in QColor(colour).getRgbF()[:3]
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_counted_as_wcag_does() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)


@pytest.mark.parametrize("roles", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("text", ["text", "muted", "accent", "done", "waiting", "attention"])
def test_text_is_readable_on_every_ground(roles: Colours, text: str) -> None:
    values = asdict(roles)
    for ground in (*GROUNDS, *SOFT):
        assert contrast(values[text], values[ground]) >= 4.5, ground


@pytest.mark.parametrize("roles", [LIGHT, DARK], ids=["light", "dark"])
def test_words_on_the_accent_and_outlines_of_controls_can_be_seen(roles: Colours) -> None:
    assert contrast(roles.on_accent, roles.accent) >= 4.5
    assert contrast(roles.on_accent, roles.accent_hover) >= 4.5
    for ground in ("window", "surface"):
        assert contrast(roles.outline, asdict(roles)[ground]) >= 3


def test_each_status_has_words_and_a_shape_of_its_own() -> None:
    looks = [LOOKS[status] for status in StepStatus]
    assert len({look.icon for look in looks}) == len(looks)
    assert len({look.words for look in looks}) == len(looks)


@pytest.fixture
def switched(theme: Theme) -> Iterator[Theme]:
    theme.force(Qt.ColorScheme.Light)
    yield theme
    theme.force(Qt.ColorScheme.Light)


def test_dark_is_followed_live_by_an_open_window(begin: Begin, switched: Theme) -> None:
    start = begin(self_reporting_case("tested"))

    def ground() -> str:
        image = start.window.grab().toImage()
        return image.pixelColor(3, image.height() - 3).name()

    assert colours() is LIGHT
    assert ground() == LIGHT.sidebar
    switched.force(Qt.ColorScheme.Dark)
    assert colours() is DARK
    assert ground() == DARK.sidebar


def test_the_system_decides_unless_it_is_forced(switched: Theme, qapp: QApplication) -> None:
    switched.force(None)
    wanted = qapp.styleHints().colorScheme() is Qt.ColorScheme.Dark
    assert switched.dark is wanted
    assert (qapp.palette().color(QPalette.ColorRole.Window).name() == DARK.window) is wanted


@pytest.mark.parametrize("path", sorted(path_of("icons").glob("*.svg")), ids=lambda p: p.stem)
def test_every_icon_draws_something(path: object, qapp: QApplication) -> None:
    name = getattr(path, "stem", "")
    image = QImage(48, 48, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    draw_icon(painter, QRectF(image.rect()), name, "text")
    painter.end()
    drawn = sum(image.pixelColor(x, y).alpha() > 0 for x in range(48) for y in range(48))
    assert drawn > 40
