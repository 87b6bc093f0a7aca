"""Passwords of SFTP accounts: in the operating system's password store, or for this session only.

Never in the database, a model, a log or a message. The database only remembers for which
accounts something is stored, so that nothing stays behind when an account or firm is gone.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from enum import Enum, auto

from app.storage.database import Database
from app.storage.keyrings import KeyringStatus
from app.storage.masking import LiveSecrets, live_secrets
from app.storage.system_keyring import SystemKeyring


class KeptIn(Enum):
    """Where a credential lies."""

    KEYRING = auto()
    SESSION = auto()


#: In place of an SFTP account's id: the firm's proxy. No row of a case can have this id.
PROXY_ID = "proxy"


def account_name(case_id: str, sftp_account_id: str) -> str:
    """The name under which the password of one SFTP account of one case is kept."""
    return f"{case_id}/{sftp_account_id}"


class CredentialStore:
    """Saves, loads and removes passwords. Its calls may block: not for the window's thread.

    Args:
        database: remembers the accounts (never the secrets).
        keyring: the password store of this computer.
        secrets: where live secrets are made known for masking.
    """

    def __init__(
        self,
        database: Database,
        *,
        keyring: SystemKeyring | None = None,
        secrets: LiveSecrets = live_secrets,
    ) -> None:
        self._database = database
        self._keyring = keyring or SystemKeyring()
        self._secrets = secrets
        self._session: dict[str, str] = {}

    def probe(self) -> KeyringStatus:
        """How this computer's password store stands, by trying it."""
        return self._keyring.probe()

    def save(self, account: str, secret: str, *, this_session_only: bool = False) -> KeptIn:
        """Keep `secret`, in place of an earlier one.

        Raises:
            KeyringUnavailableError: the password store did not take it; nothing was kept.
            StorageError: the database cannot be written; nothing was kept.
        """
        self._secrets.add(secret)
        if this_session_only:
            # An earlier password must not be tried after a restart: wrong tries lock accounts.
            self._mark(account, outdated=True)
            self._session[account] = secret
            return KeptIn.SESSION
        # First the note, then the secret: the other way round one could be left unnoticed.
        self._note(account)
        self._keyring.put(account, secret)
        self._mark(account, outdated=False)
        self._session.pop(account, None)
        return KeptIn.KEYRING

    def load(self, account: str) -> str | None:
        """The secret of `account`, or None where there is none.

        Raises:
            KeyringUnavailableError: the password store cannot be read.
            StorageError: the database cannot be used.
        """
        secret = self._session.get(account)
        if secret is None and not self._is_outdated(account):
            secret = self._keyring.get(account)
            if secret is not None and account not in self.noted():
                self._note(account)  # the database is older than the secret: it was restored
        if secret is not None:
            self._secrets.add(secret)
        return secret

    def remove(self, account: str) -> None:
        """Remove the secret of `account` wherever it is kept; none is fine.

        Raises:
            KeyringUnavailableError: it is still in the password store.
            StorageError: the database cannot be written.
        """
        self._session.pop(account, None)
        if account in self.noted():
            self._remove_from_keyring(account)

    def noted(self) -> frozenset[str]:
        """The accounts for which something was put into the password store.

        Raises:
            StorageError: the database cannot be read.
        """
        with self._database.read() as tables:
            return frozenset(
                row[0] for row in tables.execute("SELECT account FROM kept_credentials")
            )

    def remove_leftovers(self, in_use: Collection[str]) -> tuple[str, ...]:
        """Remove the secrets of all accounts not `in_use` any more, and outdated ones; returns which.

        Raises:
            KeyringUnavailableError: the password store cannot be used; the rest stays noted.
            StorageError: the database cannot be written.
        """
        with self._database.read() as tables:
            rows = tables.execute("SELECT account, outdated FROM kept_credentials").fetchall()
        leftovers = tuple(
            account for account, outdated in rows if outdated or account not in in_use
        )
        for account in leftovers:
            self._remove_from_keyring(account)
            if account not in in_use:
                self._session.pop(account, None)
        return leftovers

    def end_session(self) -> None:
        """Drop everything that was kept for this session only; call it at exit."""
        self._session.clear()
        self._secrets.clear()

    def _remove_from_keyring(self, account: str) -> None:
        self._keyring.delete(account)
        with self._database.write() as tables:
            tables.execute("DELETE FROM kept_credentials WHERE account = ?", (account,))

    def _note(self, account: str) -> None:
        with self._database.write() as tables:
            tables.execute(
                "INSERT OR IGNORE INTO kept_credentials VALUES (?, ?, ?, 0)",
                (account, account.partition("/")[0], datetime.now(UTC).isoformat()),
            )

    def _mark(self, account: str, *, outdated: bool) -> None:
        with self._database.write() as tables:
            tables.execute(
                "UPDATE kept_credentials SET outdated = ? WHERE account = ?", (outdated, account)
            )

    def _is_outdated(self, account: str) -> bool:
        with self._database.read() as tables:
            row = tables.execute(
                "SELECT outdated FROM kept_credentials WHERE account = ?", (account,)
            ).fetchone()
        return bool(row and row[0])
