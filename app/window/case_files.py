"""Case files: handed to a colleague, taken over, and exported as plain facts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog

from app.widgets.banner import Tone
from app.widgets.save_dialog import ask_where

if TYPE_CHECKING:
    from app.window.main_window import MainWindow
    from app.work.hand_over import WrittenHandOver

_SUFFIX = ".caiscase"
_FACTS = ".json"
_ALL_CASE_FILES = f"Case files (*{_SUFFIX} *{_FACTS})"


class CaseFiles(QObject):
    """What the window does with case files. A hand-over file dropped on the window is taken over."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        window.cases.written.connect(self._exported)
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take a hand-over file that is dropped on the window."""
        if isinstance(event, QDragEnterEvent):
            if _dropped(event):
                event.acceptProposedAction()
                return True
        elif isinstance(event, QDropEvent) and event.type() is QEvent.Type.Drop:
            path = _dropped(event)
            if path:
                event.acceptProposedAction()
                self.take(path)
                return True
        return super().eventFilter(watched, event)

    def choose(self) -> None:
        """Ask for a case file to take over."""
        dialog = QFileDialog(self._window, "Take over a case", "", _ALL_CASE_FILES)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.take)
        dialog.open()

    def take(self, path: str) -> None:
        """Take over the case in the file at `path`: shown first, with its history, or facts alone."""

        def go_on() -> None:
            if Path(path).suffix.lower() == _FACTS:
                self._window.cases.take_file(Path(path))
            else:
                self._show(Path(path))

        self._window.leave(go_on)

    def hand_over(self) -> None:
        """Hand the open case to a colleague, once every edit is on disk."""
        if self._window.frame is not None:
            self._window.leave(self._offer)

    def choose_export(self) -> None:
        """Ask where to write the facts of the open case."""
        frame = self._window.frame
        if frame is None:
            return
        name = _file_name(frame.open_case.case.title) + _FACTS
        ask_where(self._window, "Export the facts", name, self.export)

    def export(self, path: str) -> None:
        """Write the facts of the open case to the file at `path`, once every edit is on disk."""
        if self._window.frame is None:
            return
        open_case = self._window.frame.open_case

        def go_on() -> None:
            self._window.cases.write_file(open_case.case, Path(path))

        self._window.leave(go_on)

    def _offer(self) -> None:
        from app.window.hand_over_dialog import HandOverDialog

        window = self._window
        if window.frame is None:
            return
        case = window.frame.open_case.case
        name = _file_name(case.title) + _SUFFIX
        dialog = HandOverDialog(window, case, window.workplace.cases, window.runner, name)
        dialog.written.connect(self._handed_over)
        dialog.open()

    def _show(self, path: Path) -> None:
        from app.window.take_over_dialog import TakeOverDialog

        window = self._window
        dialog = TakeOverDialog(window, path, window.workplace.cases, window.runner)
        dialog.taken.connect(self._taken)
        dialog.open()

    def _handed_over(self, written: WrittenHandOver) -> None:
        if self._window.frame is None:
            return
        lock = (
            "It opens only with the passphrase: tell it by another way than the file."
            if written.locked
            else "Whoever gets it can read it; passwords are never in it."
        )
        self._window.frame.news.show_text(
            f"{written.path.name} is written.",
            f"It holds the case up to entry {written.entry.seq:,} of its history. {lock}",
            Tone.DONE,
        )

    def _taken(self, case_id: str) -> None:
        self._window.cases.open(case_id)
        self._window.notice.show_text(
            "The case is taken over.",
            "Its history says from whom. Passwords and accepted servers do not come with a case: "
            "enter the passwords on step 4.",
            Tone.DONE,
        )

    def _exported(self, path: Path) -> None:
        if self._window.frame is not None:
            self._window.frame.news.show_text(
                f"{path.name} is written.",
                "It holds every fact of this case, without its history; passwords are never in it.",
                Tone.DONE,
            )


def _dropped(event: QDropEvent) -> str:
    """The path of the one hand-over file that is held over the window; empty for anything else."""
    urls = event.mimeData().urls()
    path = urls[0].toLocalFile() if len(urls) == 1 else ""
    return path if Path(path).suffix.lower() == _SUFFIX else ""


def _file_name(title: str) -> str:
    """`title` as a file name that every system takes."""
    kept = "".join(letter if letter.isalnum() or letter in " -_" else " " for letter in title)
    return " ".join(kept.split())[:80] or "case"
