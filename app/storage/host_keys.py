"""The host keys of SFTP servers that the person has accepted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from app.storage.database import Database
from app.storage.origin import Origin


@dataclass(frozen=True)
class AcceptedHostKey:
    """One server's key. `public_key` is base64 as in OpenSSH's known_hosts; times in UTC."""

    host: str
    port: int
    key_type: str
    public_key: str
    accepted_at: datetime
    accepted_by: str


class HostKeys:
    """One accepted key per host and port; host names are compared without letter case."""

    def __init__(
        self,
        database: Database,
        *,
        origin: Origin | None = None,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self._database = database
        self._origin = origin or Origin.here()
        self._now = now or (lambda: datetime.now(UTC))

    def get(self, host: str, port: int) -> AcceptedHostKey | None:
        """The accepted key of `host`, if any.

        Raises:
            StorageError: the database cannot be read.
        """
        with self._database.read() as tables:
            row = tables.execute(
                "SELECT host, port, key_type, public_key, accepted_at, accepted_by FROM host_keys "
                "WHERE host = ? AND port = ?",
                (host.lower(), port),
            ).fetchone()
        if row is None:
            return None
        return AcceptedHostKey(
            host=row[0],
            port=row[1],
            key_type=row[2],
            public_key=row[3],
            accepted_at=datetime.fromisoformat(row[4]),
            accepted_by=row[5],
        )

    def accept(self, host: str, port: int, key_type: str, public_key: str) -> AcceptedHostKey:
        """Remember that the person trusts this key, in place of an earlier one.

        Raises:
            StorageError: it was not saved.
        """
        accepted = AcceptedHostKey(
            host.lower(), port, key_type, public_key, self._now(), self._origin.os_user
        )
        row = {**vars(accepted), "accepted_at": accepted.accepted_at.isoformat()}
        with self._database.write() as tables:
            tables.table("host_keys").upsert(row, pk=("host", "port"))
        return accepted

    def forget(self, host: str, port: int) -> None:
        """Trust no key of `host` any more.

        Raises:
            StorageError: it was not saved.
        """
        with self._database.write() as tables:
            tables.execute(
                "DELETE FROM host_keys WHERE host = ? AND port = ?", (host.lower(), port)
            )
