"""The picture beside the setup's last page."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

_SVG = Path(__file__).parents[2] / "app" / "resources" / "icons" / "app.svg"
#: Twice what NSIS shows at 100 %, so that it is sharp on dense screens too; in pixels.
_SIZE = (328, 628)
_ICON = QRect(84, 96, 160, 160)
_GROUND = "#dfeafa"


def write_side_picture(file: Path) -> None:
    """Write the picture as a bitmap, the one format that NSIS takes.

    Raises:
        RuntimeError: it could not be written.
    """
    image = QImage(*_SIZE, QImage.Format.Format_RGB32)
    image.fill(QColor(_GROUND))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(str(_SVG)).render(painter, _ICON)
    painter.end()
    # 24 bits a pixel: NSIS stretches others badly.
    plain = image.convertToFormat(QImage.Format.Format_RGB888, Qt.ImageConversionFlag.AutoColor)
    if not plain.save(str(file), "BMP"):
        raise RuntimeError(f"{file} could not be written.")
