"""Passwords of SFTP accounts on behalf of the pages: always in a job, never in the case (R4.7)."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.background import Job, JobRunner, Report
from app.cancellation import CancelToken
from app.failures import UserFacingError
from app.onboarding.case import Case
from app.open_case import OpenCase
from app.storage.credentials import PROXY_ID, CredentialStore, KeptIn, account_name
from app.storage.history import EntryKind
from app.storage.keyrings import KeyringStatus

_PROXY_PATH = "sftp.test_route.proxy_username"


def password_holders(case: Case) -> tuple[str, ...]:
    """The ids of what the case may have a password for: its SFTP accounts, and its proxy."""
    accounts = tuple(account.id for account in case.sftp.accounts)
    return (*accounts, PROXY_ID) if case.sftp.test_route.proxy_username else accounts


class PasswordDesk(QObject):
    """Keeps, finds and removes the passwords of the open case's SFTP accounts and of its proxy.

    An account is named by its id, the proxy by `PROXY_ID`.

    `keyring_found` carries the `KeyringStatus` after a probe. `kept_changed` carries the id
    of the account whose password was kept or removed; `failed` a `UserFacingError`.
    """

    keyring_found = Signal(object)
    kept_changed = Signal(str)
    failed = Signal(object)

    def __init__(self, open_case: OpenCase, runner: JobRunner, store: CredentialStore) -> None:
        super().__init__()
        self._open_case = open_case
        self._runner = runner
        self._store = store
        self._kept: dict[str, KeptIn] = {}
        self.status: KeyringStatus | None = None

    def probe(self) -> Job:
        """Find out how the password store stands and for which accounts it holds something."""

        def look(token: CancelToken, report: Report) -> tuple[KeyringStatus, frozenset[str]]:
            return self._store.probe(), self._store.noted()

        job = self._runner.prepare("password store", look)
        job.done.connect(self._probed)
        job.failed.connect(self._failed)
        return self._runner.start(job)

    def kept_in(self, account_id: str) -> KeptIn | None:
        """Where the account's password is kept, as far as known; None: nowhere."""
        return self._kept.get(account_id)

    def keep(self, account_id: str, secret: str, *, this_session_only: bool) -> Job:
        """Keep a password; `kept_changed` or `failed` follows."""
        account = self._account(account_id)

        def save(token: CancelToken, report: Report) -> tuple[str, KeptIn]:
            return account_id, self._store.save(
                account, secret, this_session_only=this_session_only
            )

        job = self._runner.prepare("keep password", save)
        job.done.connect(self._saved)
        job.failed.connect(self._failed)
        return self._runner.start(job)

    def remove(self, account_id: str) -> Job:
        """Remove a password wherever it is kept; `kept_changed` or `failed` follows."""
        account = self._account(account_id)

        def forget(token: CancelToken, report: Report) -> tuple[str, None]:
            self._store.remove(account)
            return account_id, None

        job = self._runner.prepare("remove password", forget)
        job.done.connect(self._saved)
        job.failed.connect(self._failed)
        return self._runner.start(job)

    def load(self, account_id: str) -> str | None:
        """The password itself, for connecting alone; blocks: call it in a job.

        Raises:
            UserFacingError: the password store cannot be read.
        """
        return self._store.load(self._account(account_id))

    def _account(self, account_id: str) -> str:
        return account_name(self._open_case.case.id, account_id)

    def _probed(self, found: tuple[KeyringStatus, frozenset[str]]) -> None:
        self.status, noted = found
        for holder in password_holders(self._open_case.case):
            if self._account(holder) in noted:
                self._kept.setdefault(holder, KeptIn.KEYRING)
        self.keyring_found.emit(self.status)

    def _saved(self, outcome: tuple[str, KeptIn | None]) -> None:
        account_id, kept = outcome
        path = _PROXY_PATH if account_id == PROXY_ID else f"sftp.accounts.{account_id}"
        if kept is None:
            self._kept.pop(account_id, None)
            self._open_case.note(EntryKind.CREDENTIAL_REMOVED, path)
        else:
            self._kept[account_id] = kept
            where = "password store" if kept is KeptIn.KEYRING else "this session only"
            self._open_case.note(EntryKind.CREDENTIAL_STORED, path, where)
        self.kept_changed.emit(account_id)

    def _failed(self, failure: Exception) -> None:
        if isinstance(failure, UserFacingError):
            self.failed.emit(failure)
