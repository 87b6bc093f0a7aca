"""Checking a summary: from the File menu, or by dropping the PDF anywhere on the window."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog

from app.background import Report
from app.cancellation import CancelToken
from app.failures import UserFacingError
from app.widgets.banner import Tone

if TYPE_CHECKING:
    from app.window.main_window import MainWindow
    from app.work.checking import Checked

_SUFFIX = ".pdf"
_DRAGS = (QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.Drop)


class SummaryChecks(QObject):
    """Tells of a summary whether it is unchanged. A single PDF dropped on the window is checked.

    It is watched for where the window system hands it over, before pages and text fields get
    it: they would take the file's name for text.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take a PDF that is dropped on the window; leave everything else to the pages."""
        if watched is self._window:
            if event.type() == QEvent.Type.Show:
                self._window.windowHandle().installEventFilter(self)
        elif isinstance(event, QDropEvent) and event.type() in _DRAGS:
            path = _dropped(event)
            if path is not None:
                event.acceptProposedAction()
                if event.type() == QEvent.Type.Drop:
                    self.check(str(path))
                return True
        return super().eventFilter(watched, event)

    def choose(self) -> None:
        """Ask for the file to check."""
        dialog = QFileDialog(self._window, "Check a summary", "", f"Summaries (*{_SUFFIX})")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.check)
        dialog.open()

    def check(self, path: str) -> None:
        """Check the file at `path`; the answer opens in a dialog."""
        file, cases = Path(path), self._window.workplace.cases

        def look(token: CancelToken, report: Report) -> Checked:
            from app.work.checking import check_summary

            return check_summary(file, cases)

        self._window.notice.show_text(f"Checking {file.name} …", "", Tone.INFO)
        job = self._window.runner.prepare("check a summary", look)
        job.done.connect(self._show)
        job.failed.connect(self._failed)
        job.ended.connect(self._ended)
        self._window.runner.start(job)

    def _show(self, checked: Checked) -> None:
        from app.widgets.check_dialog import CheckDialog

        CheckDialog(self._window, checked).open()

    def _failed(self, failure: Exception) -> None:
        if isinstance(failure, UserFacingError):
            self._window.show_failure(failure)

    def _ended(self) -> None:
        self._window.notice.show_text("")


def _dropped(event: QDropEvent) -> Path | None:
    """The one PDF of this computer that is dropped; None for anything else."""
    urls = event.mimeData().urls()
    if len(urls) != 1 or not urls[0].isLocalFile():
        return None
    path = Path(urls[0].toLocalFile())
    return path if path.suffix.lower() == _SUFFIX else None
