"""Trust in servers: given, taken back, and noted in the history of the open case either way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.open_case import OpenCase
from app.sftp.host_keys import AcceptedHostKey, HostKey, HowAccepted, accept_host_key
from app.storage.history import EntryKind
from app.work.workplace import Workplace

if TYPE_CHECKING:
    from app.sftp.target import ConnectionTarget

_PATH = "sftp.test_server"


def accept_server(
    open_case: OpenCase,
    workplace: Workplace,
    target: ConnectionTarget,
    key: HostKey,
    how: HowAccepted,
) -> None:
    """Trust `key` for a server, and note the decision in the history.

    Raises:
        StorageError: the decision could not be kept; nothing is trusted.
    """
    accepted = accept_host_key(target, key, how)
    workplace.host_keys.accept(accepted)
    note_accepted(open_case, accepted)


def note_accepted(open_case: OpenCase, key: AcceptedHostKey) -> None:
    """Note in the history that a key was accepted."""
    open_case.note(EntryKind.HOST_KEY_ACCEPTED, _PATH, f"{_words(key)} ({key.how})")


def note_revoked(open_case: OpenCase, key: AcceptedHostKey) -> None:
    """Note in the history that a key is trusted no more."""
    open_case.note(EntryKind.HOST_KEY_REVOKED, _PATH, _words(key))


def _words(key: AcceptedHostKey) -> str:
    kind = f"{key.key.type} " if key.key.type else ""
    return f"{key.host}:{key.port} {kind}{key.key.fingerprint}, {key.environment} environment"
