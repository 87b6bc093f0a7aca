"""The pages of a document, one below the other."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.widgets.pages_preview import PagesPreview


def page(width: int, height: int) -> bytes:
    picture = QPixmap(width, height)
    picture.fill()
    kept = QBuffer()
    kept.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(kept, "PNG")
    return kept.data().data()


def test_pages_never_lie_on_each_other(qtbot: QtBot) -> None:
    preview = PagesPreview()
    qtbot.addWidget(preview)
    preview.resize(600, 520)
    with qtbot.waitExposed(preview):
        preview.show()
    preview.show_pages([page(500, 640)] * 3)
    # At once, before Qt has had a turn: a picture of the window may be taken any time.
    labels = sorted(preview.findChildren(QLabel), key=lambda label: label.y())
    for above, below in pairwise(labels):
        assert below.y() >= above.y() + above.height()
