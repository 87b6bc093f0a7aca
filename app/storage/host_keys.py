"""The host keys of SFTP servers that the person has accepted for good."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from app.onboarding.access import Environment
from app.sftp.host_keys import AcceptedHostKey, HostKey, HowAccepted
from app.storage.database import Database
from app.storage.origin import Origin

_COLUMNS = "environment, host, port, key_type, fingerprint, public_key, accepted_at, how"


class HostKeys:
    """Keeps accepted keys: see `app.sftp.host_keys.HostKeyStore`. A server may have several.

    Args:
        database: the open database.
        origin: who accepts; this person on this workstation unless told.
    """

    def __init__(self, database: Database, *, origin: Origin | None = None) -> None:
        self._database = database
        self._origin = origin or Origin.here()

    def accepted(self, environment: Environment, host: str, port: int) -> Sequence[AcceptedHostKey]:
        """Every key accepted for this server, oldest first.

        Raises:
            StorageError: the database cannot be read.
        """
        server = (environment, host.casefold(), port)
        with self._database.read() as tables:
            rows = tables.execute(
                f"SELECT {_COLUMNS} FROM host_keys "  # noqa: S608 - our own column names
                "WHERE environment = ? AND host = ? AND port = ? ORDER BY accepted_at",
                server,
            ).fetchall()
        return tuple(map(_accepted, rows))

    def all(self) -> Sequence[AcceptedHostKey]:
        """Every key there is, by server.

        Raises:
            StorageError: the database cannot be read.
        """
        with self._database.read() as tables:
            rows = tables.execute(
                f"SELECT {_COLUMNS} FROM host_keys "  # noqa: S608 - our own column names
                "ORDER BY host, port, environment, accepted_at"
            ).fetchall()
        return tuple(map(_accepted, rows))

    def accept(self, accepted: AcceptedHostKey) -> None:
        """Keep a key; the same key again replaces its entry.

        Raises:
            ValueError: it was accepted for once only.
            StorageError: it was not saved.
        """
        if accepted.how is HowAccepted.ONCE:
            raise ValueError("A key accepted for once is never kept.")
        key = accepted.key
        row = {
            "environment": accepted.environment,
            "host": accepted.host.casefold(),
            "port": accepted.port,
            "fingerprint": key.fingerprint,
            "key_type": key.type,
            "public_key": key.public_key,
            "how": accepted.how,
            "accepted_at": accepted.accepted_at.astimezone(UTC).isoformat(),
            "accepted_by": self._origin.os_user,
        }
        with self._database.write() as tables:
            tables.table("host_keys").upsert(row, pk=("environment", "host", "port", "fingerprint"))

    def revoke(self, accepted: AcceptedHostKey) -> None:
        """Forget a key; nothing happens if it is not there.

        Raises:
            StorageError: it was not saved.
        """
        place = (
            accepted.environment,
            accepted.host.casefold(),
            accepted.port,
            accepted.key.fingerprint,
        )
        with self._database.write() as tables:
            tables.execute(
                "DELETE FROM host_keys "
                "WHERE environment = ? AND host = ? AND port = ? AND fingerprint = ?",
                place,
            )


def _accepted(row: tuple[str, str, int, str, str, str, str, str]) -> AcceptedHostKey:
    environment, host, port, key_type, fingerprint, public_key, at, how = row
    return AcceptedHostKey(
        Environment(environment),
        host,
        port,
        HostKey(key_type, fingerprint, public_key),
        datetime.fromisoformat(at),
        HowAccepted(how),
    )
