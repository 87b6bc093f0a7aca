"""Editors with their names before them, one below the other; for what is no fact of a case."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from app.widgets.style import NEAR


def named_editors(rows: Sequence[tuple[str, QWidget]]) -> QGridLayout:
    """A grid of `rows`: the name with its mnemonic, and the editor, which takes the room.

    The editor gets the name for assistive technology.
    """
    grid = QGridLayout()
    grid.setHorizontalSpacing(NEAR)
    grid.setVerticalSpacing(NEAR)
    grid.setColumnStretch(1, 1)
    for row, (words, editor) in enumerate(rows):
        label = QLabel(words)
        label.setBuddy(editor)
        editor.setAccessibleName(words.replace("&", ""))
        grid.addWidget(label, row, 0)
        grid.addWidget(editor, row, 1)
    return grid
