"""The open list of a choice box, in the program's own look."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot

from app.widgets.choice_box import ChoiceBox
from app.widgets.theme import Theme


def test_rows_of_the_open_list_have_the_room_that_the_look_gives_them(
    qtbot: QtBot, qapp: QApplication
) -> None:
    theme = Theme(qapp, Qt.ColorScheme.Light)
    box, plain = ChoiceBox(), QComboBox()
    for combo in (box, plain):
        qtbot.addWidget(combo)
        combo.addItems(["Choose", "Test"])
    try:
        # Offscreen no list can be opened; what Qt takes for a row's height is what cut it off.
        assert box.view().sizeHintForRow(0) > plain.view().sizeHintForRow(0)
    finally:
        shiboken6.delete(theme)
        qapp.setStyleSheet("")
