"""When the disk fails, the person is told what happened, and the same edit succeeds later.

Disks are real ones: file systems of a given size, read-only, or taken away, mounted where
only the test sees them. What no mount can do (an input/output error) is raised by hand.
"""

from __future__ import annotations

import errno
import random
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.storage.case_store import CaseStore
from app.storage.database import open_database
from app.storage.faults import PASSING, Fault, StorageError, explained, fault
from app.storage.paths import DataFolder
from app.storage.proof import verify_case
from tests.rig.private_mounts import PROJECT, run_with_mounts
from tests.storage.disk_trouble import editing, outcome
from tests.storage.sample_cases import ORIGIN, edit, saved_case


def on_a_bad_disk(scenario: str, folder: Path) -> Any:
    return run_with_mounts("tests.storage.disk_trouble", scenario, str(folder))


def test_a_full_disk_loses_nothing_and_saving_goes_on_with_room(tmp_path: Path) -> None:
    seen = on_a_bad_disk("full_disk", tmp_path)
    assert set(seen["seen"]) == {"saved", "DISK_FULL", "again: saved"}
    assert seen["seen"]["DISK_FULL"] == seen["seen"]["again: saved"] > 3
    assert seen["seen"]["saved"] > 3
    assert (seen["crd"], seen["entries"], seen["intact"]) == ("60", 62, True)


def test_a_backup_that_does_not_fit_leaves_nothing_behind(tmp_path: Path) -> None:
    seen = on_a_bad_disk("full_disk_for_a_backup", tmp_path)
    assert (seen["first"], seen["left"]) == ("DISK_FULL", [])
    assert (seen["second"], seen["backups"], seen["intact"]) == ("saved", 1, True)


def test_the_first_start_on_a_full_disk_can_be_repeated(tmp_path: Path) -> None:
    seen = on_a_bad_disk("full_disk_at_start", tmp_path)
    assert seen["first"] == "DISK_FULL"
    assert (seen["entries"], seen["intact"]) == (2, True)


def test_a_read_only_disk_is_told(tmp_path: Path) -> None:
    seen = on_a_bad_disk("read_only_disk", tmp_path)
    assert (seen["first"], seen["new_place"]) == ("READ_ONLY", "READ_ONLY")
    assert (seen["entries"], seen["intact"]) == (2, True)


def test_a_drive_that_drops_out_and_comes_back(tmp_path: Path) -> None:
    seen = on_a_bad_disk("drive_drops_out", tmp_path)
    assert seen["away"] == ["GONE", "GONE", "GONE"]
    assert seen["nothing_made"]
    assert seen["back"] == "saved"
    assert (seen["crd"], seen["entries"], seen["intact"]) == ("77", 3, True)


def test_missing_rights_are_told(tmp_path: Path) -> None:
    seen = on_a_bad_disk("no_permission", tmp_path)
    assert seen["locked"] == "NOT_ALLOWED"
    assert seen["read_only_file"] in ("NOT_ALLOWED", "READ_ONLY")
    assert seen["read_only_folder"] in ("NOT_ALLOWED", "READ_ONLY")
    assert (seen["entries"], seen["intact"]) == (2, True)


@pytest.mark.parametrize("rest", ["lost", "zeros", "noise", "an older log"])
def test_a_power_cut_takes_nothing_that_was_saved(
    store: CaseStore, folder: DataFolder, tmp_path: Path, rest: str
) -> None:
    """Whatever the disk holds behind the last forced write, what was saved before is there."""
    case = saved_case(store)
    log = folder.database.with_name("cases.db-wal")
    lengths = []
    for number in range(1, 11):
        case = edit(store, case, "registration.crd", str(number))
        lengths.append(log.stat().st_size)
    content, chance = log.read_bytes(), random.Random(7)
    assert sorted(set(lengths)) == lengths
    for number, forced in enumerate(lengths, 1):
        for beyond in (0, 24, 4_000, 5_000):
            tail = {
                "lost": content[forced : forced + beyond],
                "zeros": bytes(beyond),
                "noise": chance.randbytes(beyond),
                "an older log": content[32 : 32 + beyond],
            }[rest]
            left = DataFolder(tmp_path / f"{number}-{beyond}")
            left.root.mkdir()
            shutil.copyfile(folder.database, left.database)
            left.database.with_name(log.name).write_bytes(content[:forced] + tail)
            with open_database(left) as database:
                found = CaseStore(database).load(case.id).registration.crd
                assert int(found or 0) in (number, number + 1)
                assert verify_case(database, case.id).intact


_HOLD = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
held.execute("ROLLBACK")
held.close()
"""


def test_a_database_held_by_another_program_is_told(store: CaseStore, folder: DataFolder) -> None:
    case = saved_case(store)
    changed, save = editing(store, case, "5")
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(folder.database)],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        assert outcome(save) == "LOCKED"
        assert store.load(case.id) == case  # reading goes on
        holder.communicate()
    assert outcome(save) == "saved"
    assert store.load(case.id) == changed


def test_a_folder_moved_away_and_back(store: CaseStore, folder: DataFolder) -> None:
    case = saved_case(store)
    elsewhere = folder.root.with_name("elsewhere")
    folder.root.rename(elsewhere)
    changed, save = editing(store, case, "5")
    assert outcome(save) == "GONE"
    assert not folder.root.exists()
    elsewhere.rename(folder.root)
    assert outcome(save) == "saved"
    assert store.load(case.id) == changed
    assert verify_case(store.database, case.id).intact


def test_a_deleted_database_does_not_come_back_as_an_empty_one(
    store: CaseStore, folder: DataFolder
) -> None:
    case = saved_case(store)
    for path in folder.root.glob("cases.db*"):
        path.unlink()
    _, save = editing(store, case, "5")
    assert outcome(save) == outcome(save) == "GONE"
    assert not folder.database.exists()


def test_another_database_in_its_place_is_not_written_over(
    store: CaseStore, folder: DataFolder, tmp_path: Path
) -> None:
    case = saved_case(store)
    other = DataFolder(tmp_path / "other")
    with open_database(other) as database:
        theirs = saved_case(CaseStore(database, origin=ORIGIN), "Another firm")
    folder.root.rename(folder.root.with_name("elsewhere"))
    other.root.rename(folder.root)
    _, save = editing(store, case, "5")
    assert outcome(save) == "GONE"
    assert outcome(save) == "CHANGED_ELSEWHERE"
    assert [line.id for line in store.list_cases()] == [theirs.id]
    with open_database(DataFolder(folder.root.with_name("elsewhere"))) as moved_away:
        assert len(CaseStore(moved_away).history(case.id)) == 2


def test_nothing_is_half_saved_when_the_window_closes_meanwhile(store: CaseStore) -> None:
    case = saved_case(store)
    store.database.close()
    _, save = editing(store, case, "5")
    assert outcome(save) == "CLOSED"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (sqlite3.SQLITE_IOERR, Fault.UNREADABLE),
        (sqlite3.SQLITE_IOERR_FSYNC, Fault.UNREADABLE),
        (sqlite3.SQLITE_READONLY_DBMOVED, Fault.GONE),
        (sqlite3.SQLITE_READONLY_CANTINIT, Fault.READ_ONLY),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, Fault.LOCKED),
        (sqlite3.SQLITE_CORRUPT_VTAB, Fault.DAMAGED),
        (sqlite3.SQLITE_NOTADB, Fault.DAMAGED),
        (sqlite3.SQLITE_FULL, Fault.DISK_FULL),
        (sqlite3.SQLITE_CANTOPEN, Fault.NOT_ALLOWED),
        (sqlite3.SQLITE_PERM, Fault.NOT_ALLOWED),
    ],
)
def test_every_result_of_sqlite_has_its_words(tmp_path: Path, code: int, expected: Fault) -> None:
    error = sqlite3.OperationalError("of SQLite itself")
    error.sqlite_errorcode = code
    with pytest.raises(StorageError) as told, explained(tmp_path, saving=True):
        raise error
    assert told.value.fault is expected
    assert "still on the screen" in told.value.meaning or expected not in PASSING
    with pytest.raises(StorageError) as told, explained(tmp_path):
        raise error
    assert "still on the screen" not in told.value.meaning


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (errno.ENOSPC, Fault.DISK_FULL),
        (errno.EDQUOT, Fault.DISK_FULL),
        (errno.EROFS, Fault.READ_ONLY),
        (errno.EACCES, Fault.NOT_ALLOWED),
        (errno.ENOENT, Fault.GONE),
        (errno.ESTALE, Fault.GONE),
        (errno.EIO, Fault.UNREADABLE),
    ],
)
def test_every_failure_of_the_disk_has_its_words(
    tmp_path: Path, code: int, expected: Fault
) -> None:
    with pytest.raises(StorageError) as told, explained(tmp_path):
        raise OSError(code, "of the system itself")
    assert told.value.fault is expected
    assert str(tmp_path) in told.value.what


def test_a_bug_is_not_dressed_up_as_a_disk_failure(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.ProgrammingError), explained(tmp_path):
        raise sqlite3.ProgrammingError("a bug")
    with pytest.raises(IndexError), explained(tmp_path):
        raise IndexError


def test_every_fault_is_told_in_full(tmp_path: Path) -> None:
    for kind in set(Fault) - {Fault.OTHER_WORKSTATION}:  # worded where it is found
        error = fault(kind, tmp_path, saving=True)
        assert error.what
        assert error.meaning
        assert error.action
        assert "{" not in str(error)
        assert error.passing == (kind in PASSING)


def test_an_input_output_error_lets_the_next_save_start_afresh(
    store: CaseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection of a failing disk is given up and made anew at the next try."""
    case = saved_case(store)
    first = store.database
    with store.database.read() as tables:
        connection = tables.conn
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR_WRITE

    def failing(*_: object) -> None:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr("app.storage.case_rows.insert_entry", failing)
        with pytest.raises(StorageError) as told:
            edit(store, case, "registration.crd", "5")
    assert told.value.fault is Fault.UNREADABLE
    edit(store, case, "registration.crd", "5")
    with first.read() as tables:
        assert tables.conn is not connection
    assert verify_case(store.database, case.id).intact
