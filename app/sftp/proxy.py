"""Through the firm's proxy, where nothing leaves the network directly."""

from __future__ import annotations

import base64
import re
import socket
from typing import Any

from python_socks import ProxyError, ProxyTimeoutError, ProxyType
from python_socks.sync import Proxy

from app.onboarding.access import ProxyKind
from app.sftp.diagnosis import Fault, StageFailedError
from app.sftp.line import Line
from app.sftp.plain_text import plain
from app.sftp.target import ProxySettings

_ANSWER_BYTES = 16_384
_PEEK_BYTES = 1_024
_END = b"\r\n\r\n"
_SIGN_IN_WANTED = 407  # RFC 9110 §15.5.8


def pass_through(
    sock: socket.socket,
    proxy: ProxySettings,
    host: str,
    port: int,
    *,
    line: Line,
    seconds: float,
) -> None:
    """Have the proxy at the other end of `sock` connect to the server.

    Nothing that the server sends is taken from the socket: it speaks first, perhaps in one packet
    with the proxy's answer.

    Args:
        sock: connected to the proxy; afterwards as if connected to the server.
        proxy: kind, and who signs in there.
        host: of the server; the proxy looks its name up.
        port: of the server.
        line: cuts the wait when the person cancels.
        seconds: for each answer of the proxy.

    Raises:
        StageFailedError: the proxy did not connect.
        Cancelled: the person cancelled.
    """
    sock.settimeout(seconds)
    try:
        if proxy.kind is ProxyKind.HTTP_CONNECT:
            _http_connect(sock, proxy, host, port)
        else:
            _socks5(sock, proxy, host, port)
    except TimeoutError:
        line.raise_if_cancelled()
        reply = f"no answer within {seconds:.0f} seconds."
        raise StageFailedError(Fault.PROXY_REFUSED, reply=reply) from None
    except OSError as error:
        line.raise_if_cancelled()
        raise StageFailedError(Fault.PROXY_GARBLED, (plain(str(error)),)) from None


def _password(proxy: ProxySettings) -> str | None:
    return None if proxy.username is None or proxy.password is None else proxy.password()


def _http_connect(sock: socket.socket, proxy: ProxySettings, host: str, port: int) -> None:
    """RFC 9110 §9.3.6. The libraries tried (http.client, python-socks, PySocks) read beyond the
    answer's end and lose the server's greeting.
    """  # noqa: D205 - one paragraph
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    lines = [f"CONNECT {place} HTTP/1.1", f"Host: {place}"]
    password = _password(proxy)
    if password is not None:
        pair = base64.b64encode(f"{proxy.username}:{password}".encode()).decode("ascii")
        lines.append(f"Proxy-Authorization: Basic {pair}")
    sock.sendall("\r\n".join([*lines, "", ""]).encode("idna" if not place.isascii() else "ascii"))
    answer = _read_head(sock)
    status = re.match(rb"HTTP/1\.[0-9] ([0-9]{3})([^\r\n]*)", answer)
    if status is None:
        raise StageFailedError(Fault.PROXY_GARBLED, (f"It said: {plain(answer)}",))
    code = int(status[1])
    if code == _SIGN_IN_WANTED:
        raise StageFailedError(Fault.PROXY_WANTS_SIGN_IN, _ways_to_sign_in(answer))
    if code // 100 != 2:
        raise StageFailedError(
            Fault.PROXY_REFUSED, reply=plain(f"{code}{status[2].decode('latin-1')}")
        )


def _read_head(sock: socket.socket) -> bytes:
    """The answer up to its empty line, and not a byte more."""
    head = bytearray()
    while _END not in head and len(head) < _ANSWER_BYTES:
        peeked = bytes(head[-3:]) + sock.recv(_PEEK_BYTES, socket.MSG_PEEK)
        kept = len(head[-3:])
        end = peeked.find(_END)
        piece = sock.recv(len(peeked) - kept if end < 0 else end + len(_END) - kept)
        if not piece:
            break
        head += piece
    return bytes(head)


def _ways_to_sign_in(answer: bytes) -> tuple[str, ...]:
    found = re.findall(rb"(?im)^proxy-authenticate:[ \t]*(\S+)", answer)
    ways = ", ".join(dict.fromkeys(plain(way) for way in found))
    return (f"It takes: {ways}",) if ways else ()


class _Connected(Proxy):
    """A first leg that is there already: our own socket, which can be cut and bound."""

    def __init__(self, sock: socket.socket) -> None:
        super().__init__(ProxyType.SOCKS5, "", 0)
        self._sock = sock

    def connect(
        self, dest_host: str, dest_port: int, timeout: float | None = None, **_: Any
    ) -> socket.socket:
        return self._sock


def _socks5(sock: socket.socket, proxy: ProxySettings, host: str, port: int) -> None:
    """RFC 1928."""
    password = _password(proxy)
    socks = Proxy(
        ProxyType.SOCKS5,
        proxy.host,
        proxy.port,
        username=None if password is None else proxy.username,
        password=password,
        rdns=True,
        forward=_Connected(sock),
    )
    try:
        socks.connect(host, port)
    except ProxyTimeoutError:
        raise TimeoutError from None
    except ProxyError as refused:
        said = plain(str(refused))
        if refused.error_code is not None:
            raise StageFailedError(Fault.PROXY_REFUSED, reply=f"{said}.") from None
        if re.search(r"authenticat", said, re.IGNORECASE):
            raise StageFailedError(Fault.PROXY_WANTS_SIGN_IN, (said,)) from None
        raise StageFailedError(Fault.PROXY_GARBLED, (said,)) from None
