"""Asking where a document is to be saved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

_KINDS = {
    ".pdf": "PDF (*.pdf)",
    ".eml": "E-mail (*.eml)",
    ".ics": "Calendar (*.ics)",
    ".csv": "Table (*.csv)",
    ".json": "JSON (*.json)",
    ".caiscase": "Case files (*.caiscase)",
}


def ask_where(parent: QWidget, title: str, name: str, chosen: Callable[[str], object]) -> None:
    """Open the dialog with the file name `name` proposed; `chosen` gets the path.

    The system's dialog asks before an existing file is replaced.

    Args:
        parent: the window it belongs to.
        title: what is saved.
        name: with its suffix, which says the kind.
        chosen: a bound method.
    """
    home = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    suffix = Path(name).suffix
    dialog = QFileDialog(parent, title, home, _KINDS[suffix])
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(suffix.removeprefix("."))
    dialog.selectFile(name)
    dialog.fileSelected.connect(chosen)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
