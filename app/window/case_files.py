"""Case files: taken in, and written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog

from app.widgets.banner import Tone

if TYPE_CHECKING:
    from app.window.main_window import MainWindow

_CASE_FILES = "Case files (*.json)"


class CaseFiles(QObject):
    """What the window does with case files."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        window.cases.written.connect(self._written)

    def choose(self) -> None:
        """Ask for a case file to open."""
        dialog = QFileDialog(self._window, "Open a case file", "", _CASE_FILES)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.take)
        dialog.open()

    def take(self, path: str) -> None:
        """Open the case in the file at `path`."""

        def go_on() -> None:
            self._window.cases.take_file(Path(path))

        self._window.leave(go_on)

    def choose_export(self) -> None:
        """Ask where to write the open case as a file."""
        frame = self._window.frame
        if frame is None:
            return
        dialog = QFileDialog(self._window, "Export the case file", "", _CASE_FILES)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("json")
        dialog.selectFile(f"{_file_name(frame.open_case.case.title)}.json")
        dialog.fileSelected.connect(self.export)
        dialog.open()

    def export(self, path: str) -> None:
        """Write the open case to the file at `path`, once every edit is on disk."""
        if self._window.frame is None:
            return
        open_case = self._window.frame.open_case

        def go_on() -> None:
            self._window.cases.write_file(open_case.case, Path(path))

        self._window.leave(go_on)

    def _written(self, path: Path) -> None:
        if self._window.frame is not None:
            self._window.frame.news.show_text(
                f"{path.name} is written.",
                "It holds every fact of this case; passwords are never in it.",
                Tone.DONE,
            )


def _file_name(title: str) -> str:
    """`title` as a file name that every system takes."""
    kept = "".join(letter if letter.isalnum() or letter in " -_" else " " for letter in title)
    return " ".join(kept.split())[:80] or "case"
