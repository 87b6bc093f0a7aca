"""Starting file transfer on a signed-in connection."""

from __future__ import annotations

import paramiko

from app.sftp.diagnosis import Fault, StageFailedError
from app.sftp.plain_text import plain

_RESOURCE_SHORTAGE = 4  # RFC 4254 §5.1
_CONNECT_FAILED = 2


def open_file_transfer(transport: paramiko.Transport, seconds: float) -> paramiko.SFTPClient:
    """Open a session, and the SFTP subsystem in it.

    Args:
        transport: signed in.
        seconds: until paramiko gives the opening up.

    Raises:
        StageFailedError: the server said no, or what answers is not SFTP.
        paramiko.SSHException, EOFError, OSError: the connection ended.
    """
    try:
        channel = transport.open_session(timeout=seconds)
    except paramiko.ChannelException as refused:
        said = (f"The server said: {plain(refused.text)}",)
        if refused.code in (_RESOURCE_SHORTAGE, _CONNECT_FAILED):
            raise StageFailedError(Fault.TOO_MANY_SESSIONS, said) from None
        raise StageFailedError(Fault.FILE_TRANSFER_OFF, said) from None
    try:
        channel.invoke_subsystem("sftp")
    except paramiko.SSHException:
        if not transport.is_active():
            raise
        raise StageFailedError(Fault.FILE_TRANSFER_OFF) from None
    try:
        return paramiko.SFTPClient(channel)
    except paramiko.SFTPError as garbled:
        raise StageFailedError(Fault.FILE_TRANSFER_GARBLED, (plain(str(garbled)),)) from None
