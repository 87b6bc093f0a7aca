"""The program's icon in the formats that the systems want, drawn from its one SVG."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

_SVG = Path(__file__).parents[2] / "app" / "resources" / "icons" / "app.svg"
#: The sizes that Windows asks for, from the title bar at 100 % to the largest icons, in pixels.
WINDOWS_SIZES = (16, 20, 24, 32, 40, 48, 64, 96, 128, 256)
_LARGEST = 256


def png(size: int) -> bytes:
    """The icon as a PNG of `size` by `size` pixels. Needs no display and no application."""
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(str(_SVG)).render(painter)
    painter.end()
    held = QByteArray()
    device = QBuffer(held)
    device.open(QIODevice.OpenModeFlag.WriteOnly)
    if not image.save(device, "PNG"):
        raise RuntimeError(f"Qt could not write the icon of {size} pixels.")
    return held.data()


def ico(sizes: Sequence[int] = WINDOWS_SIZES) -> bytes:
    """The icon as a Windows icon file. Its pictures are PNGs, which Windows reads since Vista."""
    pictures = [png(size) for size in sizes]
    directory = struct.pack("<HHH", 0, 1, len(sizes))
    offset = len(directory) + 16 * len(sizes)
    for size, picture in zip(sizes, pictures, strict=True):
        side = size % _LARGEST  # the format writes 256 as 0
        directory += struct.pack("<BBBBHHII", side, side, 0, 0, 1, 32, len(picture), offset)
        offset += len(picture)
    return directory + b"".join(pictures)
