"""A driver that edits through the open case as a page does, and the one who kills it.

The driver is a fork of this process (Qt and all modules are loaded, no Qt object exists yet),
so that a thousand starts take minutes. It says which edits were shown as saved through a
pipe; what was written there survives the driver.
"""

from __future__ import annotations

import os
import random
import select
import signal
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, QTimer

from app.background import JobRunner
from app.onboarding.case import new_case
from app.onboarding.editing import with_value
from app.onboarding.progress import assess
from app.open_case import OpenCase, SaveState, Saving
from app.storage.backups import Reason, contents_of, list_backups, make_backup
from app.storage.case_store import CaseStore
from app.storage.database import open_database
from app.storage.history import EntryKind, HistoryEntry
from app.storage.paths import DataFolder
from app.storage.proof import verify_all
from app.work.workplace import Workplace

COUNTER = "registration.ltid_accounts"
TEXT = "registration.street"


class Driver(QObject):
    """Edits without end: a number, and a text that repeats it. Acknowledges what was saved."""

    def __init__(self, place: Workplace, acknowledge: int, seed: int) -> None:
        super().__init__()
        self._random = random.Random(seed)
        self._acknowledge = acknowledge
        self._runner = JobRunner()
        (summary,) = place.cases.list_cases()
        self._open_case = OpenCase(place.cases, self._runner, place.cases.load(summary.id))
        self._open_case.saving_changed.connect(self._said)
        self._number = self._open_case.case.registration.ltid_accounts or 0
        backup = self._runner.prepare(
            "backup", lambda token, _report: make_backup(place.folder, Reason.START, cancel=token)
        )
        self._runner.start(backup)
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._edit)
        self._timer.start()

    def _edit(self) -> None:
        if self._open_case.unsaved and self._random.random() < 0.999:
            return
        self._number += 1
        with self._open_case.together():
            self._open_case.edit(TEXT, f"{self._number} Main Street {'x' * (self._number % 90)}")
            self._open_case.edit(COUNTER, str(self._number))

    def _said(self, saving: Saving) -> None:
        if saving.state is SaveState.FAILED:
            os._exit(3)
        if saving.state is SaveState.SAVED and not self._open_case.unsaved:
            os.write(self._acknowledge, b"%d\n" % self._number)


@dataclass(frozen=True)
class Killed:
    """How one run ended: the last number shown as saved, and whether it got to edit at all."""

    acknowledged: int | None


def start_over(folder: DataFolder) -> str:
    """A data folder with one case; returns the case's id."""
    case = new_case()
    # Loads here what each driver would else load for itself: it is to edit, not to start.
    assess(with_value(case, COUNTER, "0", date(2020, 10, 5)), date(2020, 10, 5))
    with open_database(folder) as database:
        CaseStore(database).save(case, [HistoryEntry(EntryKind.CASE_CREATED, after=case.id)])
    return case.id


def kill_once(folder: DataFolder, after_milliseconds: float, seed: int) -> Killed:
    """Run the driver and kill it after so many milliseconds.

    Raises:
        AssertionError: it ended by itself.
    """
    reading, writing = os.pipe()
    driver = os.fork()
    if driver == 0:
        os.close(reading)
        _drive(folder.root, writing, seed)
    os.close(writing)
    _kill(driver, after_milliseconds)
    with os.fdopen(reading, "rb") as said:
        lines = said.read().split(b"\n")[:-1]
    return Killed(int(lines[-1]) if lines else None)


def kill_at_creation(folder: DataFolder, after_milliseconds: float) -> None:
    """Start with an empty folder and kill that after so many milliseconds."""
    driver = os.fork()
    if driver == 0:
        with open_database(folder):
            signal.pause()
    _kill(driver, after_milliseconds)


def _kill(driver: int, after_milliseconds: float) -> None:
    handle = os.pidfd_open(driver)
    try:
        ended_by_itself = select.select([handle], [], [], after_milliseconds / 1000)[0]
        os.kill(driver, signal.SIGKILL)
        _, status = os.waitpid(driver, 0)
    finally:
        os.close(handle)
    assert not ended_by_itself, f"the driver ended by itself: {status}"


def _drive(root: Path, acknowledge: int, seed: int) -> None:
    """The driver's whole life; never returns."""
    application = QCoreApplication([])
    with Workplace.open(root) as place:
        driver = Driver(place, acknowledge, seed)
        application.exec()
    del driver
    os._exit(4)


def check(folder: DataFolder, case_id: str, acknowledged: int) -> int:
    """Look at everything after a kill; returns the number that the disk holds.

    Raises:
        AssertionError: something is lost or broken.
    """
    with open_database(folder) as database:
        store = CaseStore(database)
        registration = store.load(case_id).registration
        number = registration.ltid_accounts or 0
        assert number >= acknowledged, f"lost: {acknowledged} was saved, {number} is there"
        # Both edits of one transaction, or neither.
        assert registration.street is None or registration.street.startswith(f"{number} ")
        (report,) = verify_all(database)
        assert report.intact, report.broken
        assert report.entries == 1 + 2 * number
    with closing(sqlite3.connect(folder.database)) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    return number


def check_backups(folder: DataFolder) -> int:
    """Every backup that bears a final name is whole; returns how many there are."""
    backups = list_backups(folder)
    for backup in backups:
        assert contents_of(backup).entries > 0
    return len(backups)
