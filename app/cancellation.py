"""How long work learns that the person no longer wants it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from app.failures import Cancelled


class CancelToken:
    """Shared by whoever may cancel and the work that must stop.

    Work that blocks (a socket, a child process) registers a closer with
    `on_cancel`, so that cancelling ends the wait at once instead of at the
    next look at the token.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cancelled = False
        self._closers: list[Callable[[], None]] = []

    @property
    def cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self._cancelled

    def cancel(self) -> None:
        """Stop the work: later looks raise, and registered closers run now, once."""
        with self._lock:
            if self._cancelled:
                return
            self._cancelled = True
            closers, self._closers = self._closers, []
        for close in closers:
            close()

    def on_cancel(self, close: Callable[[], None]) -> None:
        """Have `close` called when the work is cancelled (at once if it already was)."""
        with self._lock:
            if not self._cancelled:
                self._closers.append(close)
                return
        close()

    def raise_if_cancelled(self) -> None:
        """Leave the work here if it was cancelled.

        Raises:
            Cancelled: `cancel` was called.
        """
        if self._cancelled:
            raise Cancelled
