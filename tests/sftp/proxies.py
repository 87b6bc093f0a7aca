"""A web proxy (CONNECT) and a SOCKS5 proxy on loopback, small and well-behaved or not."""

from __future__ import annotations

import contextlib
import select
import socket
import struct
from collections.abc import Generator

from tests.sftp.sockets import Peer, peer


def _splice(client: socket.socket, server: socket.socket) -> None:
    """Pass everything on, both ways, until one side ends."""
    # A socket that the other side of the test closed meanwhile is no descriptor any more.
    with contextlib.closing(server), contextlib.suppress(OSError, ValueError):
        while True:
            for sock in select.select([client, server], [], [])[0]:
                piece = sock.recv(65_536)
                if not piece:
                    client.close()
                    return
                (server if sock is client else client).sendall(piece)


@contextlib.contextmanager
def web_proxy(
    answer: bytes = b"HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n",
    *,
    pieces: int = 1,
) -> Generator[tuple[Peer, list[bytes]]]:
    """Answers CONNECT. A good answer comes in one packet with the server's greeting, which a
    client must not swallow; or in several pieces.
    """  # noqa: D205 - one paragraph
    requests: list[bytes] = []

    def serve(client: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            piece = client.recv(4_096)
            if not piece:
                return
            head += piece
        requests.append(head)
        if b" 200 " not in answer:
            client.sendall(answer)
            client.shutdown(socket.SHUT_WR)
            return
        host, _, port = head.split()[1].decode().rpartition(":")
        server = socket.create_connection((host.strip("[]"), int(port)))
        whole = answer + server.recv(4_096)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        size = len(whole) // pieces + 1
        for start in range(0, len(whole), size):
            client.sendall(whole[start : start + size])
        _splice(client, server)

    with peer(serve) as here:
        yield here, requests


@contextlib.contextmanager
def socks_proxy(
    *, account: tuple[str, str] | None = None, code: int = 0
) -> Generator[tuple[Peer, list[str]]]:
    """Speaks SOCKS5 (RFC 1928, RFC 1929); `code` other than 0 refuses the connection."""
    asked: list[str] = []

    def exactly(client: socket.socket, size: int) -> bytes:
        data = b""
        while len(data) < size:
            piece = client.recv(size - len(data))
            if not piece:
                raise OSError
            data += piece
        return data

    def signs_in(client: socket.socket) -> bool:
        methods = exactly(client, exactly(client, 2)[1])
        if account is None:
            client.sendall(b"\x05\x00")
            return True
        if 2 not in methods:
            client.sendall(b"\x05\xff")
            return False
        client.sendall(b"\x05\x02")
        name = exactly(client, exactly(client, 2)[1]).decode()
        password = exactly(client, exactly(client, 1)[0]).decode()
        right = (name, password) == account
        client.sendall(b"\x01\x00" if right else b"\x01\x01")
        return right

    def serve(client: socket.socket) -> None:
        if not signs_in(client):
            return
        kind = exactly(client, 4)[3]
        address = exactly(client, 4 if kind == 1 else exactly(client, 1)[0])
        (port,) = struct.unpack(">H", exactly(client, 2))
        host = socket.inet_ntoa(address) if kind == 1 else address.decode()
        asked.append(f"{host}:{port}")
        reply = bytes([5, code, 0, 1, 0, 0, 0, 0, 0, 0])
        if code:
            client.sendall(reply)
            return
        server = socket.create_connection(("127.0.0.1", port))
        client.sendall(reply + server.recv(4_096))
        _splice(client, server)

    with peer(serve) as here:
        yield here, asked
