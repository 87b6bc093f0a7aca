"""Ending the program from outside, as session managers, package managers and scripts do."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType

from PySide6.QtCore import QObject, QSocketNotifier, Signal

_SIGNALS = () if sys.platform == "win32" else (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)


class EndingSignals(QObject):
    """Tells the window's thread of SIGTERM, SIGINT and SIGHUP. Windows has none; it closes windows.

    `arrived` comes for each. Python itself would look at a signal only when some Python code
    runs next, which in an idle window is never: so its number goes through a pipe that Qt watches.
    """

    arrived = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._reading, self._writing = os.pipe()
        os.set_blocking(self._reading, False)
        os.set_blocking(self._writing, False)
        self._watch = QSocketNotifier(self._reading, QSocketNotifier.Type.Read, self)
        self._watch.activated.connect(self._read)
        self._before = {number: signal.signal(number, _noted) for number in _SIGNALS}
        signal.set_wakeup_fd(self._writing, warn_on_full_buffer=False)

    def stop(self) -> None:
        """Leave signals to whom they were left before."""
        signal.set_wakeup_fd(-1)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._watch.setEnabled(False)
        os.close(self._reading)
        os.close(self._writing)

    def _read(self) -> None:
        if set(os.read(self._reading, 64)) & set(_SIGNALS):
            self.arrived.emit()


def _noted(number: int, frame: FrameType | None) -> None:
    """Nothing: the pipe tells of it. Without a handler the signal would end the process."""
