"""Backups are proven and spread over days; a restore loses nothing that can still be read."""

from __future__ import annotations

import json
import os
import random
import re
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.cancellation import CancelToken
from app.failures import Cancelled
from app.storage import backups, restoring
from app.storage.backups import (
    KEPT,
    Backup,
    Reason,
    backup_due,
    check_integrity,
    contents_of,
    list_backups,
    make_backup,
    newest_good_backup,
)
from app.storage.case_store import CaseStore
from app.storage.credentials import CredentialStore
from app.storage.database import open_database
from app.storage.faults import Fault, StorageError
from app.storage.history import EntryKind
from app.storage.paths import DataFolder
from app.storage.proof import verify_all, verify_case
from app.storage.restoring import restore
from tests.storage.sample_cases import ORIGIN, edit, saved_case

MONDAY = datetime(2020, 10, 5, 13, 0, tzinfo=UTC)


def backed_up(folder: DataFolder, at: datetime = MONDAY) -> Backup:
    backup = make_backup(folder, Reason.START, now=at)
    assert backup is not None
    return backup


def overwrite(path: Path, needle: bytes, *, pages: int = 1) -> None:
    """Damage the pages that hold `needle`, as a bad sector would."""
    content = bytearray(path.read_bytes())
    hits = [match.start() for match in re.finditer(re.escape(needle), content)]
    assert hits
    for hit in hits[:pages]:
        start = hit // 4096 * 4096
        content[start : start + 4096] = b"\xee" * 4096
    path.write_bytes(content)


def test_a_backup_holds_what_is_still_only_in_the_log(store: CaseStore, folder: DataFolder) -> None:
    case = edit(store, saved_case(store), "registration.crd", "123456")
    assert folder.database.with_name("cases.db-wal").stat().st_size > 0
    backup = backed_up(folder)
    assert (backup.at, backup.reason) == (MONDAY, Reason.START)
    assert backup.path.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in folder.backups.iterdir()] == [backup.path.name]
    contents = contents_of(backup)
    assert [(firm.name, firm.number, firm.entries) for firm in contents.firms] == [
        ("Harbor Securities LLC", "123456", 3)
    ]
    with closing(sqlite3.connect(backup.path)) as copy:
        (body,) = copy.execute(
            "SELECT body FROM case_sections WHERE case_id = ? AND section = 'registration'",
            (case.id,),
        ).fetchone()
    assert json.loads(body)["crd"] == "123456"


def test_nothing_new_makes_no_new_backup(store: CaseStore, folder: DataFolder) -> None:
    case = saved_case(store)
    backed_up(folder)
    assert make_backup(folder, Reason.DAILY, now=MONDAY + timedelta(hours=1)) is None
    edit(store, case, "registration.crd", "5")
    assert make_backup(folder, Reason.DAILY, now=MONDAY + timedelta(hours=2)) is not None


def test_saving_goes_on_while_a_backup_is_made(store: CaseStore, folder: DataFolder) -> None:
    case = saved_case(store)

    class EditsMeanwhile(CancelToken):
        def raise_if_cancelled(self) -> None:
            nonlocal case
            case = edit(store, case, "registration.crd", str(int(case.registration.crd or 0) + 1))

    backup = make_backup(folder, Reason.DAILY, now=MONDAY, cancel=EditsMeanwhile())
    assert case.registration.crd == "1"
    assert backup is not None
    assert contents_of(backup).entries == 2
    assert len(store.history(case.id)) == 3


def test_a_cancelled_backup_leaves_nothing(store: CaseStore, folder: DataFolder) -> None:
    saved_case(store)
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        make_backup(folder, Reason.DAILY, now=MONDAY, cancel=cancel)
    assert list(folder.backups.iterdir()) == []


def test_ten_are_kept_spread_over_days(store: CaseStore, folder: DataFolder) -> None:
    case = saved_case(store)
    at = MONDAY
    for number in range(1, 31):
        case = edit(store, case, "registration.crd", str(number))
        at += timedelta(hours=5)
        backed_up(folder, at)
    kept = list_backups(folder)
    assert len(kept) == KEPT
    assert kept[0].at == at
    # Thirty backups of a week: the last three, and one of each day before.
    assert len({backup.at.date() for backup in kept}) == 7
    assert [backup.at for backup in kept] == sorted((backup.at for backup in kept), reverse=True)
    assert not backup_due(folder, at.date())
    assert backup_due(folder, at.date() + timedelta(days=1))


def test_what_a_killed_program_left_half_written_is_cleared(
    store: CaseStore, folder: DataFolder
) -> None:
    saved_case(store)
    folder.backups.mkdir()
    old, fresh = (folder.backups / f"cases-{name}.partial" for name in ("old", "fresh"))
    for partial in (old, fresh):
        partial.touch()
    os.utime(old, (0, 0))
    backed_up(folder)
    assert not old.exists()
    assert fresh.exists()


def test_other_files_in_the_folder_are_left_alone(store: CaseStore, folder: DataFolder) -> None:
    saved_case(store)
    folder.backups.mkdir()
    (folder.backups / "cases-of-mine.db").write_text("not a backup")
    backup = backed_up(folder)
    assert list_backups(folder) == (backup,)
    assert (folder.backups / "cases-of-mine.db").exists()


def test_a_damaged_database_is_noticed_and_gives_no_backup(
    store: CaseStore, folder: DataFolder
) -> None:
    saved_case(store)
    check_integrity(folder)
    store.database.close()
    overwrite(folder.database, b"CREATE TRIGGER history_only_grows")
    for check in (check_integrity, lambda place: make_backup(place, Reason.DAILY)):
        with pytest.raises(StorageError) as refused:
            check(folder)
        assert refused.value.fault is Fault.DAMAGED
    assert not folder.backups.exists() or list(folder.backups.iterdir()) == []


@pytest.mark.parametrize("damage", ["a page", "a missing entry"])
def test_a_backup_that_was_written_wrong_is_not_kept(
    store: CaseStore, folder: DataFolder, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    """A disk that stores something else than it was given."""
    saved_case(store)
    copy = backups._copy

    def badly(source: sqlite3.Connection, partial: Path, cancel: CancelToken | None) -> None:
        copy(source, partial, cancel)
        if damage == "a page":
            overwrite(partial, b"Harbor Securities LLC", pages=9)
            return
        with closing(sqlite3.connect(partial)) as raw:
            raw.execute("DROP TRIGGER history_is_never_deleted")
            raw.execute("DELETE FROM history WHERE seq = 2")
            raw.commit()

    monkeypatch.setattr(backups, "_copy", badly)
    with pytest.raises(StorageError) as refused:
        backed_up(folder)
    assert refused.value.fault is Fault.DAMAGED
    assert list(folder.backups.iterdir()) == []


def test_a_damaged_backup_is_not_restored(store: CaseStore, folder: DataFolder) -> None:
    case = saved_case(store)
    backup = backed_up(folder)
    store.database.close()
    before = folder.database.read_bytes()
    overwrite(backup.path, b"Harbor Securities LLC", pages=3)
    with pytest.raises(StorageError) as refused:
        contents_of(backup)
    assert refused.value.fault is Fault.DAMAGED
    with pytest.raises(StorageError):
        restore(folder, backup, recover_facts=True)
    assert folder.database.read_bytes() == before
    assert not list(folder.root.glob("restor*"))
    with open_database(folder) as again:
        assert CaseStore(again).load(case.id) == case


def test_the_newest_whole_backup_is_offered(store: CaseStore, folder: DataFolder) -> None:
    assert newest_good_backup(folder) is None
    case = saved_case(store)
    older = backed_up(folder)
    edit(store, case, "registration.crd", "5")
    newer = backed_up(folder, MONDAY + timedelta(days=1))
    assert newest_good_backup(folder) == newer
    overwrite(newer.path, b"Harbor Securities LLC", pages=3)
    assert newest_good_backup(folder) == older
    for rest in (b"garbage", b"x", b""):  # SQLite itself takes the last two for empty databases
        older.path.write_bytes(rest)
        assert newest_good_backup(folder) is None


def test_going_back_on_purpose_keeps_the_history_and_takes_the_earlier_facts(
    store: CaseStore, folder: DataFolder
) -> None:
    case = edit(store, saved_case(store), "registration.crd", "1")
    backup = backed_up(folder)
    edit(store, case, "registration.crd", "2")
    newer = saved_case(store, "Entered after the backup")
    entries = store.history(case.id)
    store.database.close()
    done = restore(folder, backup, recover_facts=False, origin=ORIGIN, now=MONDAY)
    assert done.salvaged.entries == 3
    assert done.set_aside == folder.set_aside / "20201005T130000"
    with open_database(folder) as database:
        restored = CaseStore(database, origin=ORIGIN)
        assert restored.load(case.id).registration.crd == "1"
        history = restored.history(case.id)
        assert history[: len(entries)] == entries
        assert history[-1].kind == EntryKind.RESTORED
        assert "backup of 2020-10-05 13:00 UTC" in history[-1].note
        assert len(restored.history(newer.id)) == 3
        assert all(report.intact for report in verify_all(database))
        edit(restored, restored.load(case.id), "registration.crd", "3")
    # The former database lies aside, complete.
    with open_database(DataFolder(done.set_aside)) as former:
        assert CaseStore(former).load(case.id).registration.crd == "2"


def test_what_came_after_the_backup_is_recovered_with_its_facts(
    store: CaseStore, folder: DataFolder
) -> None:
    case = saved_case(store)
    backup = backed_up(folder)
    for number in range(1, 4):
        case = edit(store, case, "registration.crd", str(number))
    newer = edit(store, saved_case(store, "After the backup"), "registration.city", "Boston")
    store.archive(newer.id)
    CredentialStore(store.database)._note(f"{case.id}/abc")
    store.database.close()
    done = restore(folder, backup, recover_facts=True, origin=ORIGIN)
    assert (done.salvaged.entries, done.salvaged.cases_with_facts) == (7, 2)
    with open_database(folder) as database:
        restored = CaseStore(database)
        assert restored.load(case.id) == case
        assert restored.load(newer.id) == newer
        assert [line.firm_name for line in restored.list_cases()] == ["Harbor Securities LLC"]
        assert all(report.intact for report in verify_all(database))
        assert CredentialStore(database).noted() == {f"{case.id}/abc"}


def long_history(store: CaseStore, edits: int) -> str:
    case = saved_case(store)
    for number in range(1, edits + 1):
        case = edit(store, case, "registration.street", f"{number:05d} Marker Street {'x' * 100}")
    return case.id


@pytest.mark.parametrize("with_backup", [True, False])
def test_entries_beyond_a_lost_page_are_kept_beside(
    store: CaseStore, folder: DataFolder, with_backup: bool
) -> None:
    case_id = long_history(store, 10)
    backup = backed_up(folder) if with_backup else None
    case = store.load(case_id)
    for number in range(11, 120):
        case = edit(store, case, "registration.street", f"{number:05d} Marker Street {'x' * 100}")
    last = store.history(case_id)[-1]
    store.database.close()
    overwrite(folder.database, b'"00060 Marker Street')
    with pytest.raises(StorageError):
        check_integrity(folder)
    done = restore(folder, backup, recover_facts=True, origin=ORIGIN)
    assert done.set_aside is not None
    with open_database(folder) as database:
        restored = CaseStore(database)
        report = verify_case(database, case_id)
        assert report.intact
        history = restored.history(case_id)
        assert 50 < len(history) < 62
        loose = json.loads((done.set_aside / "loose-entries.json").read_text())
        assert loose[-1]["hash"] == last.hash
        assert len(history) - 1 + len(loose) > 105
        # The facts that the last readable entry sealed are not proven by the chain any more.
        street = restored.load(case_id).registration.street
        assert street == (f"00010 Marker Street {'x' * 100}" if with_backup else None)
        check_integrity(folder)


def test_garbage_is_set_aside_and_the_backup_takes_its_place(
    store: CaseStore, folder: DataFolder
) -> None:
    case = saved_case(store)
    backup = backed_up(folder)
    store.database.close()
    folder.database.write_bytes(b"\x00garbage" * 1000)
    with pytest.raises(StorageError) as refused:
        open_database(folder)
    assert refused.value.fault is Fault.DAMAGED
    done = restore(folder, backup, recover_facts=True)
    assert done.set_aside is not None
    assert (done.set_aside / "cases.db").read_bytes().startswith(b"\x00garbage")
    with open_database(folder) as database:
        assert CaseStore(database).load(case.id) == case
        assert verify_case(database, case.id).intact


@pytest.mark.parametrize("moved", [0, 1, 2, 3])
def test_a_restore_killed_half_way_is_finished_at_the_next_start(
    store: CaseStore, folder: DataFolder, monkeypatch: pytest.MonkeyPatch, moved: int
) -> None:
    """The program dies between two of the moves that put the restored database in place."""
    case = edit(store, saved_case(store), "registration.crd", "1")
    backup = backed_up(folder)
    case = edit(store, case, "registration.crd", "2")
    # As a killed program leaves it: with log and index beside the database.
    with open_database(folder) as still_open:
        CaseStore(still_open).list_cases()
        with monkeypatch.context() as patched:
            patched.setattr(restoring, "finish_restore", lambda _folder: None)
            restore(folder, backup, recover_facts=False, origin=ORIGIN, now=MONDAY)
        assert list(folder.root.glob("restored-*.db"))
        aside = folder.set_aside / "20201005T130000"
        aside.mkdir(parents=True)
        for name in ("cases.db-wal", "cases.db-shm", "cases.db")[:moved]:
            (folder.root / name).rename(aside / name)
    store.database.close()
    with open_database(folder) as database:
        assert CaseStore(database).load(case.id).registration.crd == "1"
        assert verify_case(database, case.id).intact
    assert not list(folder.root.glob("restor*"))
    assert (aside / "cases.db").exists()


def test_a_restore_that_cannot_be_put_in_place_changes_nothing(
    store: CaseStore, folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows does not let go of a file that another program has open."""
    case = saved_case(store)
    backup = backed_up(folder)
    case = edit(store, case, "registration.crd", "2")
    with open_database(folder) as still_open:
        CaseStore(still_open).list_cases()
        store.database.close()
        rename = Path.rename

        def refusing(self: Path, target: Path) -> Path:
            if self == folder.database:
                raise PermissionError(13, "in use")
            return rename(self, target)

        monkeypatch.setattr(Path, "rename", refusing)
        with pytest.raises(StorageError) as refused:
            restore(folder, backup, recover_facts=False)
        assert refused.value.fault is Fault.NOT_ALLOWED
        monkeypatch.undo()
        assert folder.database.with_name("cases.db-wal").exists()
    assert not list(folder.root.glob("restor*"))
    with open_database(folder) as database:
        assert CaseStore(database).load(case.id) == case


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_damaged_a_restore_ends_with_a_whole_record(
    store: CaseStore, folder: DataFolder, seed: int
) -> None:
    chance = random.Random(seed)
    kept = long_history(store, 20)
    backup = backed_up(folder) if seed % 2 else None
    before = len(store.history(kept)) if backup else 0
    for number in range(3):
        saved_case(store, f"Firm {number}")
    case = store.load(kept)
    for number in range(20):
        case = edit(store, case, "registration.street", f"{number} Later Street {'y' * 150}")
    if chance.random() < 0.3:
        as_left = {path: path.read_bytes() for path in folder.root.glob("cases.db*")}
        store.database.close()
        for path, content in as_left.items():  # as a killed program leaves it
            path.write_bytes(content)
    store.database.close()
    content = bytearray(folder.database.read_bytes())
    for _ in range(chance.choice((1, 2, 5, 20))):
        start = chance.randrange(len(content))
        length = chance.choice((1, 4, 100, 4096))
        content[start : start + length] = chance.randbytes(len(content[start : start + length]))
    folder.database.write_bytes(content)
    # Opening it either works or is told in words; never anything else.
    with suppress(StorageError), open_database(folder) as damaged:
        CaseStore(damaged).list_cases()
    restore(folder, backup, recover_facts=True, origin=ORIGIN)
    check_integrity(folder)
    with open_database(folder) as database:
        restored = CaseStore(database)
        assert all(report.intact for report in verify_all(database))
        for line in restored.list_cases(archived=True):
            edit(restored, restored.load(line.id), "registration.crd", "99")
        if backup:
            assert len(restored.history(kept)) > before
        assert all(report.intact for report in verify_all(database))
