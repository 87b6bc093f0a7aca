"""Servers that are no SFTP servers, and a relay that can hold, cut and slow a real connection."""

from __future__ import annotations

import contextlib
import random
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass, field

Behaviour = Callable[[socket.socket], None]


@dataclass
class Peer:
    """A listening socket, and what its clients sent."""

    port: int
    received: bytearray = field(default_factory=bytearray)
    spoken_to: threading.Event = field(default_factory=threading.Event)


@contextlib.contextmanager
def peer(behave: Behaviour | None = None) -> Generator[Peer]:
    """Accepts connections on loopback, lets `behave` speak first, then only listens.

    The connection stays open until the client or the `with` block closes it, unless `behave`
    closes it.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    here = Peer(listener.getsockname()[1])
    open_sockets: list[socket.socket] = [listener]
    threads: list[threading.Thread] = []

    def serve(client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            if behave is not None:
                behave(client)
            while piece := client.recv(65_536):
                here.received += piece
                here.spoken_to.set()
        client.close()

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = listener.accept()
                open_sockets.append(client)
                threads.append(threading.Thread(target=serve, args=(client,), daemon=True))
                threads[-1].start()

    acceptor = threading.Thread(target=accept, daemon=True)
    acceptor.start()
    try:
        yield here
    finally:
        for sock in open_sockets:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()
        acceptor.join()
        for thread in threads:
            thread.join()


@contextlib.contextmanager
def dropping() -> Generator[int]:
    """A port where nothing answers: the queue of connections is full, so that Linux drops more."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port: int = listener.getsockname()[1]
        # One waits to be accepted, further ones fill what the kernel allows beside it.
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(("127.0.0.1", port))
        yield port


def closed_port() -> int:
    """A port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as sock:
        port: int = sock.getsockname()[1]
        return port


class Relay:
    """Stands between a client and a server on loopback.

    Held, it takes what both sides send and passes nothing on; cut, it ends the connection. With a
    delay it is a long line; with loss, now and then a piece and all behind it comes later by a
    retransmission, which is what a lost packet looks like above TCP.

    Args:
        to_port: of the server, on loopback.
        delay: one way, in seconds.
        loss: the share of pieces that get lost once.
    """

    def __init__(self, to_port: int, delay: float = 0, loss: float = 0) -> None:
        self._delay = delay
        self._loss = loss
        self._chance = random.Random(1)
        self._on_the_way: dict[socket.socket, deque[tuple[float, bytes]]] = {}
        self._to_port = to_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.from_client = bytearray()
        self.to_client = 0
        self._held = False
        self._cut_after: int | None = None
        self._corrupt = False
        self.holds_something = threading.Event()
        self.connections = 0
        self._wake, self._woken = socket.socketpair()
        self._selector = selectors.DefaultSelector()
        self._pairs: dict[socket.socket, socket.socket] = {}
        self._clients: set[socket.socket] = set()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Relay:
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._wake.send(b"q")
        self._thread.join()
        for sock in [*self._pairs, self._listener, self._wake, self._woken]:
            sock.close()
        self._selector.close()

    def hold(self) -> None:
        """Pass nothing on from now."""
        self._held = True

    def cut_after(self, size: int) -> None:
        """Pass on `size` more bytes of the server's, and close both sides with the next one."""
        self._cut_after = size

    def corrupt(self) -> None:
        """Change a byte in the next piece that the server sends."""
        self._corrupt = True

    def cut(self) -> None:
        """Close both sides now."""
        self._wake.send(b"c")

    def _run(self) -> None:
        while True:
            for key, _ in self._selector.select(self._until_next()):
                sock = key.fileobj
                assert isinstance(sock, socket.socket)
                if sock is self._woken:
                    if sock.recv(1) == b"q":
                        return
                    self._close_all()
                elif sock is self._listener:
                    self._accept()
                elif sock in self._pairs:
                    self._pass_on(sock)
            self._deliver()

    def _until_next(self) -> float | None:
        due = [queue[0][0] for queue in self._on_the_way.values() if queue]
        return max(0, min(due) - time.monotonic()) if due else None

    def _deliver(self) -> None:
        for sock, queue in self._on_the_way.items():
            while queue and queue[0][0] <= time.monotonic():
                with contextlib.suppress(OSError):
                    sock.sendall(queue.popleft()[1])

    def _accept(self) -> None:
        client, _ = self._listener.accept()
        server = socket.create_connection(("127.0.0.1", self._to_port))
        self.connections += 1
        self._clients.add(client)
        for sock, other in ((client, server), (server, client)):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._pairs[sock] = other
            self._selector.register(sock, selectors.EVENT_READ)

    def _pass_on(self, sock: socket.socket) -> None:
        try:
            piece = sock.recv(65_536)
        except ConnectionError:
            piece = b""
        if not piece:
            self._close(sock)
            return
        if sock in self._clients:
            self.from_client += piece
        else:
            self.to_client += len(piece)
        if sock not in self._clients and self._cut_after is not None:
            # To the byte: what comes in one piece depends on how busy the computer is.
            piece, rest = piece[: self._cut_after], piece[self._cut_after :]
            self._cut_after -= len(piece)
            if rest:
                self._cut_after = None
                self._send(self._pairs[sock], piece)
                self._close(sock)
                return
        if self._held:
            self.holds_something.set()
            return
        if self._corrupt and sock not in self._clients:
            self._corrupt = False
            middle = len(piece) // 2
            piece = piece[:middle] + bytes([piece[middle] ^ 0xFF]) + piece[middle + 1 :]
        self._send(self._pairs[sock], piece)

    def _send(self, to: socket.socket, piece: bytes) -> None:
        if not self._delay:
            with contextlib.suppress(OSError):
                to.sendall(piece)
            return
        queue = self._on_the_way.setdefault(to, deque())
        arrives = time.monotonic() + self._delay
        if self._chance.random() < self._loss:
            arrives += 2 * self._delay + 0.2
        queue.append((max(arrives, queue[-1][0] if queue else 0), piece))

    def _close_all(self) -> None:
        for sock in list(self._pairs):
            if sock in self._pairs:
                self._close(sock)

    def _close(self, sock: socket.socket) -> None:
        other = self._pairs.pop(sock)
        del self._pairs[other]
        for end in (sock, other):
            self._on_the_way.pop(end, None)
            self._selector.unregister(end)
            end.close()
