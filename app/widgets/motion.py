"""Whether things may move: only where it explains, and never where the system asks for less."""

from __future__ import annotations

import sys

from PySide6.QtWidgets import QProgressBar

#: The question about animations, as Windows numbers it (SPI_GETCLIENTAREAANIMATION).
_ANIMATIONS = 0x1042


def motion_wanted() -> bool:
    """Whether the system leaves animations on; systems that we cannot ask do."""
    if sys.platform == "win32":
        import ctypes

        wanted = ctypes.c_int(1)
        ask = ctypes.windll.user32.SystemParametersInfoW
        return not ask(_ANIMATIONS, 0, ctypes.byref(wanted), 0) or bool(wanted.value)
    return True


def show_busy(bar: QProgressBar) -> None:
    """Show that something is under way without knowing how long it takes.

    The bar moves, or stands half full where nothing is to move.
    """
    bar.setRange(0, 0 if motion_wanted() else 2)
    bar.setValue(1)
