"""Finding out what hung up on us instead of greeting as an SSH server."""

from __future__ import annotations

import contextlib
import socket
import ssl

from app.sftp.line import Line

#: The first bytes of a TLS record: an alert or a handshake message of any version (RFC 8446 §5.1).
TLS_RECORDS = (b"\x15\x03", b"\x16\x03")


def speaks_tls(sock: socket.socket, line: Line, seconds: float) -> bool:
    """Whether the other end of a fresh connection answers a TLS greeting with TLS.

    Most TLS servers end the connection without a word when SSH is spoken to them.

    Raises:
        Cancelled: the person cancelled.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # Nothing is sent but the greeting, and nothing that comes back is trusted.
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    with contextlib.suppress(ssl.SSLWantReadError):
        context.wrap_bio(incoming, outgoing).do_handshake()
    sock.settimeout(seconds)
    try:
        sock.sendall(outgoing.read())
        answer = sock.recv(2)
    except OSError:
        line.raise_if_cancelled()
        return False
    return answer in TLS_RECORDS
