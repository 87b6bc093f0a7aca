"""SSH with what CAT asks for (AES-256) and nothing outdated, watched so that faults can be told apart."""

from __future__ import annotations

import logging
import re
import socket
import threading
import time
from dataclasses import dataclass
from typing import cast

import paramiko
from paramiko.common import MSG_DISCONNECT, MSG_KEXINIT, MSG_USERAUTH_FAILURE
from paramiko.message import Message
from paramiko.packet import Packetizer

from app.sftp.diagnosis import Fault
from app.sftp.probe import TLS_RECORDS

#: CAT asks for AES-256 (CAIS specification §5.3.1). GCM first: it is the faster one.
CIPHERS = ("aes256-gcm@openssh.com", "aes256-ctr")
DIGESTS = (
    "hmac-sha2-256-etm@openssh.com",
    "hmac-sha2-512-etm@openssh.com",
    "hmac-sha2-256",
    "hmac-sha2-512",
)
#: The server's answer to a right but expired password (RFC 4252 §8); paramiko has no name for it.
MSG_USERAUTH_PASSWD_CHANGEREQ = 60

#: What the simulated CAIS calls itself in its greeting.
PRACTICE_SOFTWARE = "PracticeCAIS"

_GREETING_BYTES = 16_384
_GREETING_LINES = 50
_PEEK_BYTES = 1_024

#: paramiko logs what the server says, with control characters and tracebacks. The diagnosis says
#: it instead, as plain text.
_LOG_CHANNEL = "cais_onboarding.ssh"
logging.getLogger(_LOG_CHANNEL).setLevel(logging.CRITICAL + 1)


@dataclass(frozen=True, slots=True)
class ServerOffer:
    """The algorithms that a server offers, as it names them."""

    exchanges: tuple[str, ...]
    host_keys: tuple[str, ...]
    ciphers: tuple[str, ...]
    digests: tuple[str, ...]

    @classmethod
    def read(cls, message: Message) -> ServerOffer:
        """From a KEXINIT message (RFC 4253 §7.1); of what goes both ways, what we would receive."""
        copy = Message(message.asbytes())
        copy.get_bytes(16)
        lists = [tuple(copy.get_list()) for _ in range(6)]
        return cls(exchanges=lists[0], host_keys=lists[1], ciphers=lists[3], digests=lists[5])


class WatchedPacketizer(Packetizer):
    """Reads the greeting within bounds, keeps a time limit, and remembers what paramiko forgets.

    paramiko asks `handshake_timed_out` in every turn of its reading loop: the one place where a
    limit ends every kind of wait, without a further thread.
    """

    def __init__(self, sock: socket.socket) -> None:
        super().__init__(sock)
        self._sock = sock
        self._deadline: float | None = None
        self._read = bytearray()
        self._lines = 0
        self.greeting_ended = threading.Event()
        self.identification = b""
        self.greeting_fault: Fault | None = None
        self.expired = False
        self.offer: ServerOffer | None = None
        self.disconnect_text: str | None = None
        self.sign_in_methods: tuple[str, ...] = ()
        self.password_change_wanted = False
        self.waits_for_password_answer = False

    @property
    def greeting(self) -> bytes:
        """Everything read before the key exchange."""
        return bytes(self._read)

    def limit(self, seconds: float | None) -> None:
        """From now, the connection ends by itself after `seconds` (None: never)."""
        self._deadline = None if seconds is None else time.monotonic() + seconds

    def start_handshake(self, timeout: float) -> None:
        """Nothing: our own limit holds (paramiko would start a timer thread)."""

    def complete_handshake(self) -> None:
        """Nothing, as above."""

    def handshake_timed_out(self) -> bool:
        """Whether the limit has passed."""
        if self._deadline is not None and time.monotonic() > self._deadline:
            self.expired = True
        return self.expired

    def readline(self, timeout: float) -> str:
        """One line of the greeting (RFC 4253 §4.2); nothing beyond it is taken from the socket.

        Raises:
            EOFError: there is no SSH greeting; `greeting_fault` says why.
        """
        line = bytearray()
        while not line.endswith(b"\n"):
            piece = self._greeting_piece()
            line += piece
            self.greeting_fault = self._what_else_greets() if piece else self._why_no_greeting()
            if self.greeting_fault is not None:
                self.greeting_ended.set()
                raise EOFError
        self._lines += 1
        if line.startswith(b"SSH-"):
            self.identification = bytes(line.rstrip(b"\r\n"))
            self.greeting_ended.set()
        return line.rstrip(b"\r\n").decode("utf-8", "replace")

    def _greeting_piece(self) -> bytes:
        """What has come, up to and with the end of a line; nothing when no more will come."""
        while not self.handshake_timed_out():
            try:
                peeked = self._sock.recv(_PEEK_BYTES, socket.MSG_PEEK)
                piece = self._sock.recv(peeked.find(b"\n") + 1 or len(peeked))
            except TimeoutError:
                continue
            except OSError:
                break
            self._read += piece
            return piece
        return b""

    def _what_else_greets(self) -> Fault | None:
        if self._read.startswith(b"HTTP/"):
            return Fault.HTTP_INSTEAD
        if self._read.startswith(TLS_RECORDS):
            return Fault.TLS_INSTEAD
        if len(self._read) > _GREETING_BYTES or self._lines >= _GREETING_LINES:
            return Fault.ENDLESS_GREETING
        return None

    def _why_no_greeting(self) -> Fault:
        if b"Not allowed at this time" in self._read or b"MaxStartups" in self._read:
            return Fault.SERVER_BUSY  # OpenSSH's words where too many connections are open
        if re.search(rb"<(!doctype )?html", self._read, re.IGNORECASE):
            return Fault.HTTP_INSTEAD  # as old as HTTP 0.9: a page without a status line
        if self._read:
            return Fault.NOT_SSH
        return Fault.SILENT if self.expired else Fault.CLOSED_UNGREETED

    def read_message(self) -> tuple[int, Message]:
        """The next message; what the diagnosis needs of it is kept."""
        kind, message = super().read_message()
        if kind == MSG_KEXINIT and self.offer is None:
            self.offer = ServerOffer.read(message)
        elif kind == MSG_DISCONNECT:
            copy = Message(message.asbytes())
            copy.get_int()
            self.disconnect_text = copy.get_binary().decode("utf-8", "replace")
        elif kind == MSG_USERAUTH_FAILURE:
            methods = Message(message.asbytes()).get_binary().decode("ascii", "replace")
            self.sign_in_methods = tuple(methods.split(","))
        elif kind == MSG_USERAUTH_PASSWD_CHANGEREQ and self.waits_for_password_answer:
            self.password_change_wanted = True
        return kind, message


def new_transport(
    sock: socket.socket, preferred_key_types: tuple[str, ...]
) -> tuple[paramiko.Transport, WatchedPacketizer]:
    """An SSH client transport on `sock` that offers AES-256 and SHA-2 only; not started yet.

    Args:
        sock: connected.
        preferred_key_types: of the keys already accepted, so that the server shows one of these.
    """
    transport = paramiko.Transport(sock, packetizer_class=WatchedPacketizer)
    transport.set_log_channel(_LOG_CHANNEL)
    security = transport.get_security_options()
    security.ciphers = CIPHERS
    security.digests = DIGESTS
    offered = tuple(security.key_types)
    wanted = tuple(a for a in offered if key_type_of(a) in preferred_key_types)
    security.key_types = (*wanted, *(a for a in offered if a not in wanted))
    return transport, cast(WatchedPacketizer, transport.packetizer)


def key_type_of(algorithm: str) -> str:
    """The type of key that a signature algorithm goes with: RSA keys sign in several ways."""
    return "ssh-rsa" if algorithm.startswith("rsa-sha2-") else algorithm


def prepare_server_transport(sock: socket.socket) -> paramiko.Transport:
    """The other end, for the simulated CAIS: the same algorithms; not started yet."""
    transport = paramiko.Transport(sock, packetizer_class=WatchedPacketizer)
    transport.set_log_channel(_LOG_CHANNEL)
    security = transport.get_security_options()
    security.ciphers = CIPHERS
    security.digests = DIGESTS
    return transport
