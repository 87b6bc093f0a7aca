"""A window in a process of its own, until it is painted: `python -m tests.bench.first_paint NAME AT`.

AT is the `time.monotonic` at which the process was asked for; the milliseconds since then are
printed at the first paint.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget

OURS = "the program, no case yet"
WIZARD = "a bare QWizard of two pages"
WINDOWS = (OURS, WIZARD)


class _Run(Protocol):
    """Something that shows a window, and ends."""

    window: QWidget | None

    def end(self) -> None:
        """Let go of everything."""


class _FirstPaint(QObject):
    """Tells the time of the first paint and ends the program."""

    def __init__(self, asked_at: float) -> None:
        super().__init__()
        self._asked_at = asked_at

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See Qt."""
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            print((time.monotonic() - self._asked_at) * 1e3, flush=True)
            QApplication.quit()
        return False


class _Wizard:
    """What a plain wizard costs."""

    def __init__(self) -> None:
        from PySide6.QtWidgets import QWizard, QWizardPage

        self._application = QApplication([])
        self.window = QWizard()
        for title in ("First", "Second"):
            page = QWizardPage()
            page.setTitle(title)
            self.window.addPage(page)
        self.window.show()

    def end(self) -> None:
        """Close it."""
        self.window.close()


def _program(folder: Path) -> _Run:
    from app.window.program import Program

    program = Program(folder)
    program.begin()
    return program


def main(name: str, asked_at: float) -> int:
    """Show the window with this name until it is painted."""
    with tempfile.TemporaryDirectory(prefix="bench-paint-") as folder:
        run: _Run = _program(Path(folder) / "data") if name == OURS else _Wizard()
        assert run.window is not None
        watch = _FirstPaint(asked_at)
        run.window.installEventFilter(watch)
        QApplication.exec()
        run.end()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], float(sys.argv[2])))
