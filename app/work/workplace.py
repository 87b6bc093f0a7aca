"""What the program has open while it runs: data folder, database, passwords, host keys."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Self

from app.onboarding.access import Environment
from app.sftp.host_keys import AcceptedHostKey, HostKeyStore, HowAccepted, SessionHostKeys
from app.storage.case_store import CaseStore
from app.storage.credentials import CredentialStore
from app.storage.database import Database, open_database
from app.storage.host_keys import HostKeys
from app.storage.paths import DataFolder
from app.storage.preferences import Preferences


class Workplace:
    """The open data folder and everything kept in it."""

    def __init__(self, folder: DataFolder, database: Database) -> None:
        self.folder = folder
        self.database = database
        self.cases = CaseStore(database)
        self.preferences = Preferences(database)
        self.credentials = CredentialStore(database)
        self.host_keys = KnownHostKeys(HostKeys(database))

    @classmethod
    def open(cls, data_dir: Path | None = None) -> Workplace:
        """Open the data folder `data_dir`, or this person's own.

        An older database is backed up before it is upgraded.

        Raises:
            StorageError: it cannot be used.
        """
        folder = DataFolder.of(data_dir)
        return cls(folder, open_database(folder, before_upgrade=_back_up))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Forget what was for this session only, and close the database."""
        self.credentials.end_session()
        self.database.close()


def _back_up(folder: DataFolder) -> None:
    from app.storage.backups import Reason, make_backup

    make_backup(folder, Reason.UPGRADE)


class KnownHostKeys:
    """Accepted host keys: those for good from the database, those for once from memory.

    All methods are those of `app.sftp.host_keys.HostKeyStore`, and raise a `StorageError`
    where the database cannot be used.
    """

    def __init__(self, stored: HostKeyStore) -> None:
        self._stored = stored
        self._session = SessionHostKeys()

    def accepted(self, environment: Environment, host: str, port: int) -> Sequence[AcceptedHostKey]:
        """Every key accepted for this server."""
        return (
            *self._stored.accepted(environment, host, port),
            *self._session.accepted(environment, host, port),
        )

    def all(self) -> Sequence[AcceptedHostKey]:
        """Every key there is."""
        return (*self._stored.all(), *self._session.all())

    def accept(self, accepted: AcceptedHostKey) -> None:
        """Trust a key, for good or for this session as `accepted.how` says."""
        once = accepted.how is HowAccepted.ONCE
        (self._session if once else self._stored).accept(accepted)

    def revoke(self, accepted: AcceptedHostKey) -> None:
        """Trust a key no more."""
        self._session.revoke(accepted)
        self._stored.revoke(accepted)
