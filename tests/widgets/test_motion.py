"""A bar without an end moves, and stands still where the system asks for less motion."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QProgressBar
from pytestqt.qtbot import QtBot

from app.widgets import motion


@pytest.mark.parametrize("wanted", [True, False])
def test_a_bar_without_an_end(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, wanted: bool) -> None:
    # What Windows answers cannot be had here.
    monkeypatch.setattr(motion, "motion_wanted", lambda: wanted)
    bar = QProgressBar()
    qtbot.addWidget(bar)
    motion.show_busy(bar)
    moves = bar.minimum() == bar.maximum()
    assert moves is wanted
    if not wanted:
        assert 0 < bar.value() < bar.maximum()
