"""The one style sheet, filled with the colours and sizes in force."""

from __future__ import annotations

from dataclasses import asdict
from string import Template
from typing import TYPE_CHECKING

from app.resources import path_of, read_text

if TYPE_CHECKING:
    from app.widgets.theme import Colours

#: Sizes of text, relative to the system's font.
TYPE_SCALE = {"title": 1.75, "heading": 1.2, "body": 1.0, "small": 0.92}
#: Smallest size of running text, in points.
SMALLEST = 9.0
#: Distances in pixels before scaling: inside a group, between groups, around a page.
TIGHT, NEAR, APART, FAR = 4, 8, 16, 28


def style_sheet(roles: Colours, *, dark: bool, points: float, controls: bool) -> str:
    """The application's style sheet.

    Args:
        roles: the colours.
        dark: which of the icons that a style sheet can only name as files.
        points: the system's font size.
        controls: whether fields and buttons are dressed too, or left to the platform.
    """
    base = max(points, SMALLEST)
    sizes = {f"{name}_size": f"{base * factor:.1f}pt" for name, factor in TYPE_SCALE.items()}
    shade = "dark" if dark else "light"
    icons = path_of("icons").as_posix()
    text = read_text("style.qss") + (read_text("controls.qss") if controls else "")
    return Template(text).substitute(asdict(roles) | sizes, icons=icons, shade=shade)
