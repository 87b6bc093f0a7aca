"""Whose an undo is: the editor's while something is typed in it, else the case's."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QWidget


def asks_for_undo(event: QEvent) -> bool:
    """Whether `event` is a key press that asks for undo or redo."""
    return isinstance(event, QKeyEvent) and (
        event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo)
    )


def has_own_undo(editor: QWidget, event: QEvent) -> bool:
    """Whether `editor` has something of its own for the undo or redo that `event` asks for."""
    undo = isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Undo)
    line = editor.lineEdit() if isinstance(editor, QComboBox) else editor
    if isinstance(line, QPlainTextEdit):
        document = line.document()
        return document.isUndoAvailable() if undo else document.isRedoAvailable()
    if isinstance(line, QLineEdit):
        return line.isUndoAvailable() if undo else line.isRedoAvailable()
    return False
