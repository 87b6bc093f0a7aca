"""The connection as something that can be cut from another thread."""

from __future__ import annotations

import contextlib
import socket
import threading
from types import TracebackType

import paramiko

from app.cancellation import CancelToken
from app.failures import Cancelled

#: How long a cut connection's own thread may take to notice.
_FAREWELL_SECONDS = 1.0
#: How often a wait looks up; a cancelled one ends well within 200 ms.
LOOK_UP_SECONDS = 0.05


class Line:
    """Holds the socket, and later the SSH transport on it, for one run.

    Cancelling the token closes whatever is held, so that every wait on it ends at once. Leaving
    the `with` block closes it too and waits for the transport's thread: nothing is left behind.
    """

    def __init__(self, cancel: CancelToken) -> None:
        self._cancel = cancel
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._transport: paramiko.Transport | None = None
        self._closed = threading.Event()
        cancel.on_cancel(self.cut)

    def __enter__(self) -> Line:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def hold_socket(self, sock: socket.socket) -> None:
        """Take over an open socket.

        Raises:
            Cancelled: too late; the socket was closed.
        """
        with self._lock:
            self._socket = sock
        self._close_if_late()

    def hold_transport(self, transport: paramiko.Transport) -> None:
        """Take over the transport that now owns the socket.

        Raises:
            Cancelled: too late; it was closed.
        """
        with self._lock:
            self._transport = transport
        self._close_if_late()

    def _close_if_late(self) -> None:
        if self._closed.is_set():
            self.cut()
            raise Cancelled

    def raise_if_cancelled(self) -> None:
        """Leave here if the person cancelled.

        Raises:
            Cancelled: she did.
        """
        self._cancel.raise_if_cancelled()

    def wait_for(self, event: threading.Event, seconds: float) -> bool:
        """Wait until `event` is set (True) or the time is up (False).

        Raises:
            Cancelled: the person cancelled meanwhile.
        """
        left = seconds
        while not event.wait(min(LOOK_UP_SECONDS, left)):
            self.raise_if_cancelled()
            left -= LOOK_UP_SECONDS
            if left <= 0:
                return False
        self.raise_if_cancelled()
        return True

    def cut(self) -> None:
        """Close what is held, from any thread, without waiting."""
        self._closed.set()
        with self._lock:
            sock, transport = self._socket, self._transport
        if sock is not None:
            # Wakes a thread that waits on the socket; a socket already closed needs no waking.
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()
        if transport is not None:
            transport.close()

    def close(self) -> None:
        """Close what is held and wait until its thread has ended."""
        self.cut()
        transport = self._transport
        if transport is not None and transport.is_alive():
            transport.join(_FAREWELL_SECONDS)
