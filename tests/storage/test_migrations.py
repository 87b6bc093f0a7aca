"""Databases of every released version are upgraded whole, after a backup, or left as they were."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database as Tables
from sqlite_utils import Migrations

from app.storage import schema
from app.storage.backups import Reason, contents_of, list_backups, make_backup
from app.storage.case_store import CaseStore
from app.storage.database import Database, open_database
from app.storage.faults import Fault, StorageError
from app.storage.host_keys import HostKeys
from app.storage.paths import DataFolder
from app.storage.preferences import Preferences
from app.storage.proof import verify_all
from tests.rig import cases
from tests.rig.private_mounts import PROJECT
from tests.storage.sample_cases import ACCEPTED, ORIGIN, edit

SAMPLES = sorted((Path(__file__).parent / "schemas").glob("*.db"))
Step = Callable[[Tables], None]


@pytest.fixture(params=SAMPLES, ids=lambda path: path.stem)
def sample(request: pytest.FixtureRequest, folder: DataFolder) -> DataFolder:
    """A data folder as a released version left it."""
    folder.root.mkdir(mode=0o700)
    shutil.copyfile(request.param, folder.database)
    return folder


def back_up(folder: DataFolder) -> object:
    return make_backup(folder, Reason.UPGRADE)


def looks_right(database: Database) -> None:
    store = CaseStore(database, origin=ORIGIN)
    names = [line.firm_name for line in store.list_cases(archived=True)]
    complete = cases.self_reporting_case()
    assert "Withdrawn Securities" in names
    assert "Withdrawn Securities" not in [line.firm_name for line in store.list_cases()]
    assert store.load(complete.id) == complete
    begun = next(line for line in store.list_cases() if line.firm_number == "123456")
    assert store.load(begun.id).unaccepted == {"registration.ltid_accounts": "many"}
    assert all(report.intact for report in verify_all(database))
    assert HostKeys(database).all() == (ACCEPTED,)
    assert Preferences(database).setting("appearance") == "dark"
    assert Preferences(database).last_page(begun.id) == "sftp"
    edit(store, store.load(begun.id), "registration.city", "Boston")
    assert all(report.intact for report in verify_all(database))


def test_there_is_a_sample_of_every_released_schema() -> None:
    assert {path.stem for path in SAMPLES} == schema.migration_names()


def test_every_released_schema_is_upgraded(sample: DataFolder) -> None:
    with open_database(sample, before_upgrade=back_up) as database:
        looks_right(database)
        with database.read() as tables:
            assert schema.migrations().pending(tables) == []


@pytest.fixture
def next_version(monkeypatch: pytest.MonkeyPatch) -> Callable[[Step], None]:
    """Makes this program the next version, whose schema has one step more."""

    def become(step: Step) -> None:
        further = Migrations(schema.MIGRATION_SET)
        for known in schema.migrations()._migrations:
            further(name=known.name)(known.fn)
        further(name="9998_a_column_more")(_column)
        further(name="9999_of_the_next_version")(step)
        names = schema.migration_names() | {"9998_a_column_more", "9999_of_the_next_version"}
        monkeypatch.setattr("app.storage.database.migrations", lambda: further)
        monkeypatch.setattr("app.storage.inspection.migration_names", lambda: names)

    return become


def _column(tables: Tables) -> None:
    tables.execute("ALTER TABLE cases ADD COLUMN colour TEXT")


def columns(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as raw:
        return {row[1] for row in raw.execute("PRAGMA table_info(cases)")}


def test_an_upgrade_makes_a_backup_first(
    sample: DataFolder, next_version: Callable[[Step], None]
) -> None:
    next_version(lambda tables: None)
    with open_database(sample, before_upgrade=back_up) as database:
        looks_right(database)
    (backup,) = list_backups(sample)
    assert backup.reason is Reason.UPGRADE
    assert len(contents_of(backup).firms) == 3
    assert "colour" in columns(sample.database)
    assert "colour" not in columns(backup.path)
    with open_database(sample, before_upgrade=back_up):
        assert list_backups(sample) == (backup,)  # nothing left to upgrade


def test_without_a_backup_there_is_no_upgrade(
    sample: DataFolder, next_version: Callable[[Step], None]
) -> None:
    next_version(lambda tables: None)

    def no_room(_: DataFolder) -> None:
        raise StorageError(Fault.DISK_FULL, "no room for a backup")

    with pytest.raises(StorageError, match="no room"):
        open_database(sample, before_upgrade=no_room)
    assert "colour" not in columns(sample.database)


def test_an_upgrade_that_fails_leaves_the_old_schema_whole(
    sample: DataFolder, next_version: Callable[[Step], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(tables: Tables) -> None:
        tables.execute("DROP TABLE settings")
        raise RuntimeError("a mistake in the next version")

    next_version(failing)
    with pytest.raises(RuntimeError):
        open_database(sample, before_upgrade=back_up)
    assert "colour" not in columns(sample.database)
    monkeypatch.undo()
    with open_database(sample) as database:  # by this version again
        looks_right(database)


_KILLED_AMID = """
import os, signal, sys
from pathlib import Path
from app.storage import schema
from app.storage.database import open_database
from app.storage.paths import DataFolder
schema.migration_names()
steps = schema.migrations()

@steps(name="9999_killed_amid")
def killed(tables):
    tables.execute("ALTER TABLE cases ADD COLUMN colour TEXT")
    tables.execute("DROP TABLE settings")
    os.kill(os.getpid(), signal.SIGKILL)

schema.migration_names.cache_clear()
open_database(DataFolder(Path(sys.argv[1])))
"""


def test_an_upgrade_killed_half_way_leaves_the_old_schema_whole(sample: DataFolder) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _KILLED_AMID, str(sample.root)],
        cwd=PROJECT,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == -9, done.stderr
    with open_database(sample) as database:
        looks_right(database)
    assert "colour" not in columns(sample.database)
