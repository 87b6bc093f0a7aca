"""A mistake in the program while there is no window that could tell of it: at the start, mostly."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from app.failures import UserFacingError
from app.storage.paths import PROGRAM_NAME, DataFolder

if TYPE_CHECKING:
    from types import TracebackType

    from app.widgets.dialogs import ReportDialog

_HEADLINE = f"{PROGRAM_NAME} could not start."
_WORDS = (
    "Your cases are as they were last saved. Start the program again; if this happens again, the "
    "report below helps to mend it. It holds nothing that you entered."
)
_DOING = "starting"
_IMPOSSIBLE = 2


class StartWatch:
    """Tells of mistakes in the program for as long as no window does.

    Args:
        give_way: called once a report is shown, to take away the window that is not finished.

    Attributes:
        folder: where reports are kept, once that is known.
    """

    def __init__(self, give_way: Callable[[], None]) -> None:
        self.folder: DataFolder | None = None
        self._give_way = give_way
        self._report: ReportDialog | None = None

    def install(self) -> None:
        """Be told of every uncaught exception from now on."""
        sys.excepthook = self._uncaught

    def remove(self) -> None:
        """Put back Python's own way."""
        sys.excepthook = sys.__excepthook__

    def tell(self, error: Exception) -> None:
        """Keep a report of `error` and show it; one tells enough, and the next ones come of it."""
        if self._report is None:
            from app.storage.bug_reports import told_and_kept

            self._report = _dialog(*told_and_kept(error, self.folder, _DOING))
            self._report.finished.connect(self._read)
            self._give_way()

    def _uncaught(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if isinstance(error, Exception):
            self.tell(error)
        else:  # Ctrl+C in the terminal
            sys.__excepthook__(kind, error, trace)

    def _read(self) -> None:
        self._report = None


def tell(error: Exception, data_dir: Path | None) -> int:
    """Tell of `error` where not even the program could be made; the exit status."""
    from app.storage.bug_reports import told_and_kept

    try:
        folder: DataFolder | None = DataFolder.of(data_dir)
    except UserFacingError:
        folder = None
    report, kept = told_and_kept(error, folder, _DOING)
    try:
        from PySide6.QtWidgets import QApplication

        application = QApplication.instance() or QApplication(sys.argv[:1])
        shown = _dialog(report, kept)  # noqa: F841 - held for as long as it is shown
        application.exec()
    except ImportError:
        _tell_without_qt(report)
    return _IMPOSSIBLE


def _dialog(report: str, kept: Path | None) -> ReportDialog:
    from app.widgets.dialogs import ReportDialog

    where = f" It is kept as {kept}." if kept is not None else ""
    dialog = ReportDialog(None, _HEADLINE, _WORDS + where, report, ("error", "attention"))
    dialog.open()
    return dialog


def _tell_without_qt(report: str) -> None:
    """Qt is missing or damaged: by what the system itself has."""
    text = f"{_HEADLINE}\n{_WORDS}\n\n{report}"
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.user32.MessageBoxW(None, text, PROGRAM_NAME, 0x10)
    elif sys.stderr is not None:
        sys.stderr.write(text)
