"""Looking after the data folder while the window is open: its claim, backups, checks, leftovers."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from PySide6.QtCore import QObject, QTimer, Signal

from app.background import JobRunner, Report, Work
from app.cancellation import CancelToken
from app.failures import UserFacingError
from app.storage.backups import Reason, backup_due, check_integrity, make_backup
from app.storage.case_store import CaseStore
from app.storage.credentials import account_name
from app.storage.faults import Fault, StorageError
from app.storage.paths import DataFolder
from app.storage.workstation import REFRESH_SECONDS, FolderClaim
from app.work.passwords import password_holders
from app.work.workplace import Workplace

_log = logging.getLogger(__name__)
#: How often the program looks whether the backup of the day is due, in milliseconds.
BACKUP_CHECK = 15 * 60_000


class Keeping(QObject):
    """Looks after one open data folder.

    `told` carries a `UserFacingError` that the person should know of, `damaged` one that says
    the database is damaged, `lost` one that says another workstation has taken the folder:
    nothing more may be written then.

    Args:
        workplace: what is open.
        claim: this program's claim on the folder, acquired.
        runner: runs all work.
    """

    told = Signal(object)
    damaged = Signal(object)
    lost = Signal(object)

    def __init__(self, workplace: Workplace, claim: FolderClaim, runner: JobRunner) -> None:
        super().__init__()
        self._workplace = workplace
        self._claim = claim
        self._runner = runner
        self._claim_watch = QTimer(self, interval=REFRESH_SECONDS * 1_000)
        self._claim_watch.timeout.connect(self.refresh_claim)
        self._backup_watch = QTimer(self, interval=BACKUP_CHECK)
        self._backup_watch.timeout.connect(self.back_up_if_due)

    def start(self) -> None:
        """Begin: what is due at every start, one after the other, and then by the clock."""
        self._claim_watch.start()
        self._backup_watch.start()
        workplace = self._workplace

        def look(token: CancelToken, report: Report) -> None:
            try:
                remove_leftover_passwords(workplace)
            except UserFacingError as failure:
                # They are still noted: the next start tries again.
                _log.info("passwords left over: %s", failure.what)
            token.raise_if_cancelled()
            _back_up(workplace.folder, Reason.START, token)
            token.raise_if_cancelled()
            check_integrity(workplace.folder)

        self._start("look after the data folder", look)

    def stop(self) -> None:
        """Start nothing more."""
        self._claim_watch.stop()
        self._backup_watch.stop()

    def refresh_claim(self) -> None:
        """Say that the folder is still in use here."""

        def refresh(token: CancelToken, report: Report) -> None:
            try:
                self._claim.refresh()
            except StorageError as failure:
                if failure.fault is Fault.OTHER_WORKSTATION:
                    raise
                # Saving tells of the same trouble, in the words for it.
                _log.warning("the claim was not refreshed: %s", failure.what)

        self._start("refresh the claim", refresh)

    def back_up_if_due(self) -> None:
        """Make the backup of the day if there is none yet."""
        folder = self._workplace.folder

        def back_up(token: CancelToken, report: Report) -> None:
            if backup_due(folder, datetime.now(UTC).date()):
                _back_up(folder, Reason.DAILY, token)

        self._start("daily backup", back_up)

    def _start(self, name: str, work: Work) -> None:
        job = self._runner.prepare(name, work)
        job.failed.connect(self._failed)
        self._runner.start(job)

    def _failed(self, failure: Exception) -> None:
        kind = failure.fault if isinstance(failure, StorageError) else None
        if kind is Fault.OTHER_WORKSTATION:
            self.stop()
            self.lost.emit(failure)
        elif kind is Fault.DAMAGED:
            self.damaged.emit(failure)
        elif isinstance(failure, UserFacingError):
            self.told.emit(failure)


def _back_up(folder: DataFolder, reason: Reason, token: CancelToken) -> None:
    try:
        make_backup(folder, reason, cancel=token)
    except StorageError as failure:
        if failure.fault is Fault.DAMAGED:
            raise
        raise UserFacingError(
            f"No backup was made: {failure.what}",
            "Your changes are saved as usual.",
            "Backups are tried again while the program is open, and at the next start.",
        ) from failure


def remove_leftover_passwords(workplace: Workplace) -> tuple[str, ...]:
    """Remove passwords of SFTP accounts that no case has any more; returns their names.

    Blocks while the password store is asked; where nothing is left over it is not asked at all.

    Raises:
        KeyringUnavailableError: the password store cannot be used now; the rest stays noted.
        StorageError: the database cannot be used.
    """
    noted = workplace.credentials.noted()
    # A store of its own: reading here must not hide from the open case that another
    # program has changed it.
    store = CaseStore(workplace.database)
    there = {summary.id for summary in store.list_cases(archived=True)}
    in_use = {
        account_name(case_id, holder)
        for case_id in there & {name.partition("/")[0] for name in noted}
        for holder in password_holders(store.load(case_id))
    }
    # One kept while this was looking around belongs to an account just being added.
    return workplace.credentials.remove_leftovers(in_use | (workplace.credentials.noted() - noted))
