"""Bugs: whatever goes wrong unforeseen becomes a report that can be read and copied.

A report tells where in the program it happened and on what kind of system. It holds no
values: an exception's message may quote what somebody typed.
"""

from __future__ import annotations

import logging
import platform
import sys
import threading
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, Signal, qVersion

from app import __version__
from app.storage.masking import live_secrets

_log = logging.getLogger(__name__)
#: Exceptions whose messages speak of the program's own names and types, never of values.
_SPEAK_OF_CODE = (AttributeError, ImportError, NameError, TypeError)


def bug_report(error: BaseException, where: str = "") -> str:
    """A report of `error` without secrets and without anything that was typed.

    Args:
        error: what was raised.
        where: what the person was looking at, in the program's own words.
    """
    lines = [
        f"CAIS Onboarding {__version__}, {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC",
        f"{platform.platform()}, Python {platform.python_version()}, Qt {qVersion()}",
    ]
    if where:
        lines.append(f"Page: {where}")
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        lines += ["", *_lines(current)]
        current = current.__cause__ or current.__context__
    return live_secrets.masked("\n".join(lines))


def _lines(error: BaseException) -> list[str]:
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    said = f": {error}" if isinstance(error, _SPEAK_OF_CODE) else ""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{name}{said}"] + [
        f"  {_short(frame.filename)}:{frame.lineno} in {frame.name}" for frame in frames
    ]


def _short(filename: str) -> str:
    """The file without the folders before the program: they may hold a person's name."""
    parts = Path(filename).parts
    for anchor in ("app", "site-packages"):
        if anchor in parts:
            return "/".join(parts[parts.index(anchor) :])
    return parts[-1] if parts else filename


class BugWatch(QObject):
    """Catches what nobody caught, on any thread.

    `found` carries the exception and arrives on the window's thread.
    """

    found = Signal(Exception)

    def install(self) -> None:
        """Be told of every uncaught exception from now on."""
        sys.excepthook = self._uncaught
        threading.excepthook = self._uncaught_in_thread

    def remove(self) -> None:
        """Put back what was there before."""
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__

    def _uncaught(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if not isinstance(error, Exception):  # Ctrl+C in the terminal, sys.exit
            sys.__excepthook__(kind, error, trace)
            return
        _log.error("a bug: %s", bug_report(error))
        self.found.emit(error)

    def _uncaught_in_thread(self, arguments: threading.ExceptHookArgs) -> None:
        if isinstance(arguments.exc_value, Exception):
            _log.error("a bug: %s", bug_report(arguments.exc_value))
            self.found.emit(arguments.exc_value)
