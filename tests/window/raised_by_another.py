"""The first start in a process of its own: says when its window is open, and when it comes up."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QTimer

from app.window.program import Program


class First:
    """Reports on a program's window by lines on standard output."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._minimized = False

    def watch(self) -> None:
        window = self._program.window
        assert window is not None
        if not self._minimized and window.isVisible():
            window.showMinimized()
            self._minimized = True
            print("minimized", flush=True)
        elif self._minimized and not window.isMinimized():
            print("came up", flush=True)
            window.close()


def main() -> int:
    program = Program(Path(sys.argv[1]))
    first = First(program)
    timer = QTimer(interval=5)
    timer.timeout.connect(first.watch)
    timer.start()
    return program.run()


if __name__ == "__main__":
    sys.exit(main())
