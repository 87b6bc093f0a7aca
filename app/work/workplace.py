"""What the program has open while it runs: data folder, database, passwords, host keys."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Self

from app.failures import UserFacingError
from app.onboarding.access import Environment
from app.sftp.host_keys import AcceptedHostKey, HostKeyStore, HowAccepted, SessionHostKeys
from app.storage.case_store import CaseStore
from app.storage.credentials import CredentialStore
from app.storage.database import Database, open_database
from app.storage.host_keys import HostKeys
from app.storage.paths import DataFolder
from app.storage.policy import Policy, read_policy
from app.storage.preferences import Preferences


class Workplace:
    """The open data folder and everything kept in it.

    Args:
        folder: the data folder.
        database: the open database in it.
        policy: what the IT department decided beforehand.
    """

    def __init__(
        self, folder: DataFolder, database: Database, policy: Policy | None = None
    ) -> None:
        self.folder = folder
        self.database = database
        self.policy = policy or Policy()
        self.cases = CaseStore(database)
        self.preferences = Preferences(database)
        self.credentials = CredentialStore(database)
        self.host_keys = KnownHostKeys(HostKeys(database), self.policy.host_keys)

    @classmethod
    def open(cls, data_dir: Path | None = None) -> Workplace:
        """Open the data folder `data_dir`, or this person's own.

        An older database is backed up before it is upgraded.

        Raises:
            StorageError: it cannot be used.
            PolicyError: what the IT department set cannot be used.
        """
        folder, policy = DataFolder.of(data_dir), read_policy()
        return cls(folder, open_database(folder, before_upgrade=_back_up), policy)

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
    """Accepted host keys: for good from the database, for once from memory, and from the policy.

    All methods are those of `app.sftp.host_keys.HostKeyStore`, and raise a `StorageError`
    where the database cannot be used.

    Args:
        stored: where keys are kept for good.
        given: those that the IT department gave.
    """

    def __init__(self, stored: HostKeyStore, given: Sequence[AcceptedHostKey] = ()) -> None:
        self._stored = stored
        self._given = SessionHostKeys()
        for key in given:
            self._given.accept(key)
        self._session = SessionHostKeys()

    def accepted(self, environment: Environment, host: str, port: int) -> Sequence[AcceptedHostKey]:
        """Every key accepted for this server."""
        return (
            *self._given.accepted(environment, host, port),
            *self._stored.accepted(environment, host, port),
            *self._session.accepted(environment, host, port),
        )

    def all(self) -> Sequence[AcceptedHostKey]:
        """Every key there is."""
        return (*self._given.all(), *self._stored.all(), *self._session.all())

    def accept(self, accepted: AcceptedHostKey) -> None:
        """Trust a key, for good or for this session as `accepted.how` says."""
        once = accepted.how is HowAccepted.ONCE
        (self._session if once else self._stored).accept(accepted)

    def revoke(self, accepted: AcceptedHostKey) -> None:
        """Trust a key no more.

        Raises:
            UserFacingError: the IT department gave it.
        """
        if accepted.how is HowAccepted.POLICY:
            raise UserFacingError(
                "Your IT department gave this key to everybody, so it cannot be revoked here.",
                "Connections to this server go on trusting it.",
                "If you think that it is wrong, tell your IT department.",
            )
        self._session.revoke(accepted)
        self._stored.revoke(accepted)
