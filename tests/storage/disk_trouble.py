"""What happens to the store on disks that fail; run by test_durability in a mount namespace.

Each scenario is a program of its own: `python -m tests.storage.disk_trouble NAME FOLDER`.
It prints what was seen as JSON.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.onboarding.case import Case
from app.onboarding.editing import with_value
from app.storage.backups import Reason, list_backups, make_backup
from app.storage.case_store import CaseStore
from app.storage.database import open_database
from app.storage.faults import StorageError
from app.storage.history import EntryKind, HistoryEntry
from app.storage.paths import DataFolder
from app.storage.proof import verify_all
from tests.rig.private_mounts import mount, unmount
from tests.storage.sample_cases import ORIGIN, TODAY, saved_case

PAGE = 4096


def outcome(action: Callable[[], object]) -> str:
    """What `action` ended with: `saved`, or the fault."""
    try:
        action()
    except StorageError as error:
        assert error.what
        assert error.action
        return error.fault.name
    return "saved"


def editing(store: CaseStore, case: Case, value: str) -> tuple[Case, Callable[[], object]]:
    """An edit that can be tried again and again with the same arguments, as the window does."""
    changed = with_value(case, "registration.crd", value, TODAY)
    entries = [HistoryEntry(EntryKind.FACT_CHANGED, path="registration.crd", after=value)]
    return changed, lambda: store.save(changed, entries)


def state(store: CaseStore, case: Case) -> dict[str, Any]:
    """What is on disk now, as a second look by a fresh connection would see it."""
    return {
        "crd": store.load(case.id).registration.crd,
        "entries": len(store.history(case.id)),
        "intact": all(report.intact for report in verify_all(store.database)),
    }


def fill(disk: Path, leaving: int) -> Path:
    """Fill `disk` but for `leaving` bytes."""
    filler = disk / "filler"
    free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
    with filler.open("wb") as file:
        file.write(b"\xff" * max(0, free - leaving))
    return filler


def full_disk(folder: Path) -> object:
    """Edits on a disk with ever so few free pages, so that every write is hit once."""
    mount("-t", "tmpfs", "-o", "size=16m", "tmpfs", str(folder))
    seen: Counter[str] = Counter()
    with open_database(DataFolder(folder / "data")) as database:
        store = CaseStore(database, origin=ORIGIN)
        case = saved_case(store)
        for number in range(1, 61):
            changed, save = editing(store, case, str(number))
            filler = fill(folder, leaving=number % 12 * PAGE)
            first = outcome(save)
            seen[first] += 1
            filler.unlink()
            if first != "saved":
                assert state(store, case)["crd"] == case.registration.crd
                seen["again: " + outcome(save)] += 1
            case = changed
        return {"seen": seen, **state(store, case)}


def full_disk_for_a_backup(folder: Path) -> object:
    """A backup that does not fit leaves nothing behind and harms nothing."""
    mount("-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder))
    place = DataFolder(folder / "data")
    with open_database(place) as database:
        store = CaseStore(database, origin=ORIGIN)
        case = saved_case(store)
        filler = fill(folder, leaving=8 * PAGE)
        first = outcome(lambda: make_backup(place, Reason.START))
        left = sorted(path.name for path in place.backups.iterdir())
        filler.unlink()
        second = outcome(lambda: make_backup(place, Reason.START))
        return {
            "first": first,
            "left": left,
            "second": second,
            "backups": len(list_backups(place)),
            **state(store, case),
        }


def full_disk_at_start(folder: Path) -> object:
    """The first start of all on a full disk, then with room."""
    mount("-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder))
    filler = fill(folder, leaving=3 * PAGE)
    place = DataFolder(folder / "data")
    first = outcome(lambda: open_database(place).close())
    filler.unlink()
    mount("-o", "remount,size=4m", str(folder))
    with open_database(place) as database:
        store = CaseStore(database, origin=ORIGIN)
        return {"first": first, **state(store, saved_case(store))}


def read_only_disk(folder: Path) -> object:
    """A start from a disk that cannot be written, then from the same one writable again."""
    mount("-t", "tmpfs", "tmpfs", str(folder))
    place = DataFolder(folder / "data")
    with open_database(place) as database:
        case = saved_case(CaseStore(database, origin=ORIGIN))
    mount("-o", "remount,ro", str(folder))
    first = outcome(lambda: open_database(place).close())
    new_place = outcome(lambda: open_database(DataFolder(folder / "other")).close())
    mount("-o", "remount,rw", str(folder))
    with open_database(place) as database:
        return {
            "first": first,
            "new_place": new_place,
            **state(CaseStore(database, origin=ORIGIN), case),
        }


def drive_drops_out(folder: Path) -> object:
    """A network drive goes away while the case is open, and comes back."""
    mount("-t", "tmpfs", "tmpfs", str(folder))
    drive, here = folder / "drive", folder / "here"
    drive.mkdir()
    here.mkdir()
    mount("--bind", str(drive), str(here))
    place = DataFolder(here / "data")
    with open_database(place) as database:
        store = CaseStore(database, origin=ORIGIN)
        case = saved_case(store)
        unmount(here)
        changed, save = editing(store, case, "77")
        away = [outcome(save), outcome(save), outcome(lambda: store.load(case.id))]
        nothing_made = not list(here.iterdir())
        mount("--bind", str(drive), str(here))
        return {
            "away": away,
            "nothing_made": nothing_made,
            "back": outcome(save),
            **state(store, changed),
        }


def no_permission(_folder: Path) -> object:
    """An ordinary person, a folder and a file that belong to somebody else."""
    # Not below the test's own folder, which is closed to other users.
    folder = Path("/mnt")
    mount("-t", "tmpfs", "tmpfs", str(folder))
    mine, locked = DataFolder(folder / "mine"), DataFolder(folder / "locked")
    with open_database(mine) as database:
        case = saved_case(CaseStore(database, origin=ORIGIN))
    open_database(locked).close()
    locked.root.chmod(0o700)
    for path in (mine.root, mine.database):
        os.chown(path, 65534, 65534)
    mine.database.chmod(0o400)
    person = os.fork()
    if person:
        _, status = os.waitpid(person, 0)
        assert status == 0
        return json.loads((folder / "mine" / "seen.json").read_text())
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
    seen = {
        "locked": outcome(lambda: open_database(locked).close()),
        "read_only_file": outcome(lambda: open_database(mine).close()),
    }
    mine.root.chmod(0o500)
    mine.database.chmod(0o600)
    seen["read_only_folder"] = outcome(lambda: open_database(mine).close())
    mine.root.chmod(0o700)
    with open_database(mine) as database:
        seen |= state(CaseStore(database, origin=ORIGIN), case)
    (mine.root / "seen.json").write_text(json.dumps(seen))
    os._exit(0)


SCENARIOS = {
    scenario.__name__: scenario
    for scenario in (
        full_disk,
        full_disk_for_a_backup,
        full_disk_at_start,
        read_only_disk,
        drive_drops_out,
        no_permission,
    )
}

if __name__ == "__main__":
    print(json.dumps(SCENARIOS[sys.argv[1]](Path(sys.argv[2]))))
