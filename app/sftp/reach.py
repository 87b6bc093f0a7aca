"""The first two stages: from a name to a connected socket."""

from __future__ import annotations

import errno
import ipaddress
import queue
import select
import socket
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from app.sftp.diagnosis import Fault, StageFailedError
from app.sftp.line import LOOK_UP_SECONDS, Line
from app.sftp.plain_text import plain

_FAMILY_WORDS = {socket.AF_INET: "IPv4", socket.AF_INET6: "IPv6"}
_IN_PROGRESS = frozenset({0, errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EINTR, errno.EALREADY})


@dataclass(frozen=True, slots=True)
class Address:
    """One address of a host, ready for a socket."""

    family: socket.AddressFamily
    sockaddr: tuple[object, ...]

    @property
    def text(self) -> str:
        """The address alone, as a person writes it."""
        return str(self.sockaddr[0])


#: From a host and a port to addresses; raises OSError or UnicodeError. It may block.
Lookup = Callable[[str, int], Iterable[Address]]


def look_up(host: str, port: int) -> Iterable[Address]:
    """What the operating system knows of a host."""
    found = socket.getaddrinfo(host, port, socket.AF_UNSPEC, socket.SOCK_STREAM)
    return tuple(Address(family, sockaddr) for family, _, _, _, sockaddr in found)


def find_host(
    host: str,
    port: int,
    *,
    line: Line,
    seconds: float,
    bind_address: str | None = None,
    lookup: Lookup = look_up,
) -> tuple[Address, ...]:
    """The addresses of a host, in the order to try them.

    A look-up can't be interrupted: it runs in a thread of its own, which is left to end by itself
    when the person cancels or the time is up.

    Raises:
        StageFailedError: no usable address.
        Cancelled: the person cancelled.
    """
    answered = threading.Event()
    answers: queue.SimpleQueue[Iterable[Address] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(lookup(host, port))
        except (OSError, UnicodeError) as error:
            answers.put(error)
        answered.set()

    threading.Thread(target=ask, name="name look-up", daemon=True).start()
    if not line.wait_for(answered, seconds):
        raise StageFailedError(Fault.LOOKUP_SILENT, seconds=f"{seconds:.0f}")
    answer = answers.get()
    if isinstance(answer, Exception):
        raise StageFailedError(_lookup_fault(answer), (plain(str(answer)),)) from answer
    addresses = tuple(dict.fromkeys(answer))
    return addresses if bind_address is None else _of_family(addresses, bind_address)


def _lookup_fault(error: Exception) -> Fault:
    if isinstance(error, UnicodeError):
        return Fault.NAME_INVALID
    if isinstance(error, socket.gaierror) and error.errno in (socket.EAI_AGAIN, socket.EAI_FAIL):
        return Fault.LOOKUP_UNAVAILABLE
    return Fault.NAME_NOT_FOUND


def _of_family(addresses: tuple[Address, ...], bind_address: str) -> tuple[Address, ...]:
    try:
        own = ipaddress.ip_address(bind_address)
    except ValueError:
        raise StageFailedError(Fault.BIND_ADDRESS_UNUSABLE) from None
    family = socket.AF_INET if isinstance(own, ipaddress.IPv4Address) else socket.AF_INET6
    fitting = tuple(a for a in addresses if a.family == family)
    if not fitting:
        found = " and ".join(sorted({_FAMILY_WORDS.get(a.family, "other") for a in addresses}))
        raise StageFailedError(
            Fault.NO_ADDRESS_OF_FAMILY, found=found or "no", wanted=_FAMILY_WORDS[family]
        )
    return fitting


def reach_port(
    addresses: tuple[Address, ...],
    *,
    line: Line,
    seconds: float,
    bind_address: str | None = None,
) -> tuple[socket.socket, Address]:
    """Connect to the first address that answers; the line holds the socket.

    Args:
        addresses: from `find_host`.
        line: cuts the attempt when the person cancels.
        seconds: for all addresses together.
        bind_address: where the connection shall come from.

    Raises:
        StageFailedError: none answered; the fault is the last address's.
        Cancelled: the person cancelled.
    """
    details: list[str] = []
    fault = Fault.NO_ANSWER
    until = time.monotonic() + seconds
    for tried, address in enumerate(addresses):
        left = max(until - time.monotonic(), 0.0)
        sock = socket.socket(address.family, socket.SOCK_STREAM)
        line.hold_socket(sock)
        try:
            code = _connect(sock, address, line, left / (len(addresses) - tried), bind_address)
        except OSError as error:
            # A cut line closes the socket under the attempt: that is a cancel, not a fault.
            line.raise_if_cancelled()
            code = error.errno or errno.EIO
            if code == errno.EADDRNOTAVAIL and bind_address is not None:
                sock.close()
                raise StageFailedError(Fault.BIND_ADDRESS_UNUSABLE) from error
        if code == 0:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.setblocking(True)
            return sock, address
        sock.close()
        fault = _reach_fault(code)
        details.append(f"{address.text}: {_code_words(code)}")
    raise StageFailedError(fault, tuple(details), seconds=f"{seconds:.0f}")


def _connect(
    sock: socket.socket, address: Address, line: Line, seconds: float, bind_address: str | None
) -> int:
    """The error number that connecting ended with; 0: connected."""
    sock.setblocking(False)
    if bind_address is not None:
        sock.bind((bind_address, 0))
    code = sock.connect_ex(address.sockaddr)
    if code not in _IN_PROGRESS:
        return code
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        line.raise_if_cancelled()
        _, writable, failed = select.select([], [sock], [sock], LOOK_UP_SECONDS)
        if writable or failed:
            return sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    return errno.ETIMEDOUT


def _reach_fault(code: int) -> Fault:
    if code == errno.ECONNREFUSED:
        return Fault.PORT_CLOSED
    if code in (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN, errno.EHOSTDOWN):
        return Fault.NO_ROUTE
    if code in (errno.EACCES, errno.EPERM):
        return Fault.BLOCKED_HERE
    if code == errno.ECONNRESET:
        return Fault.PORT_CLOSED
    return Fault.NO_ANSWER


def _code_words(code: int) -> str:
    return f"{errno.errorcode.get(code, code)}"
