"""Ctrl+C and SIGTERM as the same cancellation that the pages' Cancel is."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from app.cancellation import CancelToken

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def cancelled_by_signals() -> Iterator[CancelToken]:
    """A token that Ctrl+C or SIGTERM cancels, as long as the block runs."""
    token = CancelToken()

    def cancel(number: int, frame: FrameType | None) -> None:
        # On a thread of its own: the interrupted one may hold the very lock that is needed.
        threading.Thread(target=token.cancel, name="interruption", daemon=True).start()

    before = {number: signal.signal(number, cancel) for number in _SIGNALS}
    try:
        yield token
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
