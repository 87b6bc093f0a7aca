"""Opening: private files, full durability, and databases that are not for us left alone."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import stat
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path, PureWindowsPath

import pytest

from app.onboarding.access import Environment
from app.sftp.host_keys import HostKey, HowAccepted
from app.storage.case_store import CaseStore
from app.storage.database import Database, open_database
from app.storage.faults import Fault, StorageError
from app.storage.host_keys import HostKeys
from app.storage.paths import DataFolder, sqlite_uri
from app.storage.preferences import Preferences
from tests.storage.sample_cases import ACCEPTED, ORIGIN, saved_case


def contents(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith("-shm")  # only shared memory, made anew
    }


def test_folder_and_files_are_for_this_person_alone(store: CaseStore, folder: DataFolder) -> None:
    saved_case(store)
    assert stat.S_IMODE(folder.root.stat().st_mode) == 0o700
    files = [path for path in folder.root.rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {"cases.db", "cases.db-wal", "cases.db-shm"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_a_loose_umask_changes_nothing(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        folder = DataFolder(tmp_path / "a" / "b")
        with open_database(folder) as database:
            saved_case(CaseStore(database))
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.root.iterdir()}
        assert set(modes.values()) == {0o600}
        assert stat.S_IMODE(folder.root.stat().st_mode) == 0o700
    finally:
        os.umask(before)


def test_our_own_folder_is_narrowed_but_not_somebodys_documents(tmp_path: Path) -> None:
    ours, documents = DataFolder(tmp_path / "ours"), DataFolder(tmp_path / "documents")
    for folder in (ours, documents):
        folder.root.mkdir(mode=0o755)
    (documents.root / "letter.txt").write_text("Dear Sir")
    for folder in (ours, documents):
        open_database(folder).close()
    assert stat.S_IMODE(ours.root.stat().st_mode) == 0o700
    assert stat.S_IMODE(documents.root.stat().st_mode) == 0o755
    assert stat.S_IMODE(documents.database.stat().st_mode) == 0o600


def test_every_commit_is_synced(database: Database) -> None:
    with database.read() as tables:
        pragmas = {
            name: tables.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "trusted_schema")
        }
    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "trusted_schema": 0,
    }


def test_paths_reach_sqlite_whatever_is_in_them(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "50% of #1? Ünï & co")
    with open_database(folder) as database:
        saved_case(CaseStore(database))
    assert folder.database.exists()
    network = PureWindowsPath(r"\\server\share\my data\cases.db")
    assert sqlite_uri(network, "mode=rw") == "file:////server/share/my%20data/cases.db?mode=rw"
    local = PureWindowsPath(r"C:\data\cases.db")
    assert sqlite_uri(local, "mode=ro") == "file:///C:/data/cases.db?mode=ro"


def test_settings_and_places_survive(database: Database, folder: DataFolder) -> None:
    case = saved_case(CaseStore(database))
    preferences = Preferences(database)
    assert preferences.setting("columns") is None
    preferences.keep("columns", {"name": [1, 2]})
    preferences.keep("gone", 1)
    preferences.keep("gone", None)
    preferences.remember_page(case.id, "sftp")
    preferences.remember_page(case.id, "testing")
    database.close()
    with open_database(folder) as again:
        assert Preferences(again).setting("columns") == {"name": [1, 2]}
        assert Preferences(again).setting("gone") is None
        assert Preferences(again).last_page(case.id) == "testing"
        assert Preferences(again).last_page("0" * 32) is None


def test_host_keys_are_kept_per_server_several_each(database: Database, folder: DataFolder) -> None:
    keys = HostKeys(database, origin=ORIGIN)
    assert keys.accepted(Environment.TEST, "sftp.example", 22) == ()
    later = replace(
        ACCEPTED,
        key=HostKey("", "SHA256:" + "A" * 43),
        accepted_at=ACCEPTED.accepted_at + timedelta(days=1),
        how=HowAccepted.IMPORTED,
    )
    elsewhere = replace(ACCEPTED, environment=Environment.PRODUCTION)
    for accepted in (later, replace(ACCEPTED, host="SFTP.Example"), elsewhere):
        keys.accept(accepted)
    database.close()
    with open_database(folder) as again:
        keys = HostKeys(again, origin=ORIGIN)
        assert keys.accepted(Environment.TEST, "sftp.EXAMPLE", 22) == (ACCEPTED, later)
        assert keys.accepted(Environment.TEST, "sftp.example", 2222) == ()
        assert set(keys.all()) == {ACCEPTED, later, elsewhere}
        keys.accept(replace(later, how=HowAccepted.ALWAYS))
        assert keys.accepted(Environment.TEST, "sftp.example", 22)[1].how is HowAccepted.ALWAYS
        keys.revoke(ACCEPTED)
        keys.revoke(ACCEPTED)
        assert set(keys.all()) == {replace(later, how=HowAccepted.ALWAYS), elsewhere}


def test_a_key_accepted_for_once_is_never_on_disk(database: Database) -> None:
    with pytest.raises(ValueError, match="for once"):
        HostKeys(database).accept(replace(ACCEPTED, how=HowAccepted.ONCE))
    assert HostKeys(database).all() == ()


def as_a_newer_version(path: Path) -> None:
    with closing(sqlite3.connect(path)) as raw:
        raw.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) "
            "VALUES ('cais-onboarding', '9999_of_the_future', '')"
        )
        raw.commit()


@pytest.mark.parametrize("left_behind", ["nothing", "log and index", "log without index"])
def test_a_newer_database_is_refused_and_left_untouched(
    database: Database, folder: DataFolder, tmp_path: Path, left_behind: str
) -> None:
    """Also when the newer program was killed and its last transaction is only in the log."""
    saved_case(CaseStore(database))
    newer = DataFolder(tmp_path / "newer")
    newer.root.mkdir(mode=0o700)
    if left_behind == "nothing":
        as_a_newer_version(folder.database)
        database.close()
    else:
        as_a_newer_version(folder.database)
    for path in folder.root.glob("cases.db*"):
        if not (left_behind == "log without index" and path.name.endswith("-shm")):
            shutil.copyfile(path, newer.root / path.name)
    with_log = {"log and index", "log without index"}
    assert newer.database.with_name("cases.db-wal").exists() == (left_behind in with_log)
    before, names = contents(newer.root), set(newer.root.iterdir())
    with pytest.raises(StorageError) as refused:
        open_database(newer)
    assert refused.value.fault is Fault.NEWER
    assert "newer version" in refused.value.what
    assert contents(newer.root) == before
    assert set(newer.root.iterdir()) == names


def test_a_file_that_is_not_ours_is_left_untouched(folder: DataFolder) -> None:
    folder.root.mkdir()
    with closing(sqlite3.connect(folder.database)) as raw:
        raw.execute("CREATE TABLE recipes (name TEXT)")
        raw.commit()
    before = contents(folder.root)
    with pytest.raises(StorageError) as refused:
        open_database(folder)
    assert refused.value.fault is Fault.NOT_OURS
    assert contents(folder.root) == before


@pytest.mark.parametrize("content", [b"not a database at all", b"SQLite format 3\x00" + b"x" * 90])
def test_a_damaged_file_is_said_to_be_and_left_untouched(
    folder: DataFolder, content: bytes
) -> None:
    folder.root.mkdir()
    folder.database.write_bytes(content)
    with pytest.raises(StorageError) as refused:
        open_database(folder)
    assert refused.value.fault is Fault.DAMAGED
    assert contents(folder.root) == {"cases.db": hashlib.sha256(content).hexdigest()}


def test_a_start_killed_before_the_first_table_is_taken_up(folder: DataFolder) -> None:
    folder.root.mkdir()
    folder.database.touch()
    with open_database(folder) as database:
        assert CaseStore(database).list_cases() == ()


def test_after_closing_nothing_is_written(database: Database) -> None:
    database.close()
    database.close()
    with pytest.raises(StorageError) as refused, database.write():
        pass
    assert refused.value.fault is Fault.CLOSED
