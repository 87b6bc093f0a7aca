"""What the window does on disks that fail; run by test_disk_trouble in a mount namespace.

Each scenario is a program of its own: `python -m tests.window.disk_trouble NAME FOLDER`.
It prints what the person saw as JSON.
"""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QLineEdit

from app.storage.history import EntryKind, HistoryEntry
from app.storage.proof import verify_case
from app.window.program import Program
from app.work.workplace import Workplace
from tests.rig.cases import self_reporting_case
from tests.rig.private_mounts import PROJECT, mount, unmount
from tests.storage.disk_trouble import fill
from tests.storage.test_durability import _HOLD as HOLD
from tests.walk.steps import Person, Walk
from tests.window.sessions import in_the_window

NAME = "registration.company_name"
#: See capabilities(7) and prctl(2).
_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH, _PR_CAPBSET_DROP = 1, 2, 24
CASE = self_reporting_case("tested")
WALK = Walk(firm="", organisation="", crd="1482", accounts=0)

Step = Callable[[Person], object]


def session(data: Path, take_away: Step, mend: Step, words: str = "") -> dict[str, Any]:
    """Type while all is well, while it is not, and see that it is saved once it is mended."""
    with Workplace.open(data) as workplace:
        workplace.cases.save(CASE, [HistoryEntry(EntryKind.CASE_CREATED)])
    seen: dict[str, Any] = {}

    def steps(person: Person) -> None:
        hand = person.hand
        person.hand.find("page:overview")
        person.go_to("register")
        hand.type(NAME, "Harbor One LLC")
        person.saved()
        frame = person.window.frame
        assert frame is not None
        take_away(person)
        hand.type(NAME, "Harbor Two LLC")
        hand.wait(lambda: said_in(person, words), "word of the trouble")
        seen["said"] = frame.failure.accessibleName()
        seen["footer"] = frame.footer.saving.text()
        hand.type("registration.city", "Salem")  # typing goes on meanwhile
        seen["on screen"] = [
            hand.find(f"field:{path}", QLineEdit).text() for path in (NAME, "registration.city")
        ]
        mend(person)
        hand.wait(lambda: frame.footer.saving.text().startswith("Saved "), "saved again")
        seen["still said"] = frame.failure.isVisible()

    seen["status"] = in_the_window(data, WALK, steps)
    return seen | stored(data)


def said_in(person: Person, words: str) -> bool:
    """Whether the window says so."""
    frame = person.window.frame
    assert frame is not None
    return frame.failure.isVisible() and words in frame.failure.accessibleName()


def stored(data: Path) -> dict[str, Any]:
    """What a later start finds."""
    with Workplace.open(data) as workplace:
        registration = workplace.cases.load(CASE.id).registration
        report = verify_case(workplace.database, CASE.id)
    return {
        "stored": [registration.company_name, registration.city],
        "intact": report.intact,
        "clock went back": list(report.clock_went_back),
    }


def full_disk(folder: Path) -> object:
    """Not a page is free until the person makes room."""
    mount("-t", "tmpfs", "-o", "size=16m", "tmpfs", str(folder))
    return session(
        folder / "data",
        lambda _: fill(folder, leaving=0),
        lambda _: (folder / "filler").unlink(),
    )


def folder_vanished(folder: Path) -> object:
    """A network drive drops out and comes back."""
    here, drive = _drive(folder)
    return session(
        here / "data", lambda _: unmount(here), lambda _: mount("--bind", str(drive), str(here))
    )


def read_only_folder(folder: Path) -> object:
    """A network drive drops out, comes back as one that can only be read, and is mended."""
    here, drive = _drive(folder)

    def take_away(person: Person) -> None:
        unmount(here)
        person.hand.type(NAME, "Harbor Away LLC")
        person.hand.wait(lambda: said_in(person, "not there any more"), "word that it is gone")
        mount("--bind", str(drive), str(here))
        mount("-o", "remount,bind,ro", str(here))

    def mend(_: Person) -> None:
        mount("-o", "remount,bind,rw", str(here))

    return session(here / "data", take_away, mend, "can only be read")


def _drive(folder: Path) -> tuple[Path, Path]:
    mount("-t", "tmpfs", "tmpfs", str(folder))
    drive, here = folder / "drive", folder / "here"
    drive.mkdir()
    here.mkdir()
    mount("--bind", str(drive), str(here))
    return here, drive


def permission_denied(folder: Path) -> object:
    """The person's right to the folder is taken away and given back."""
    _be_held_to_permissions(folder)
    data = folder / "data"
    return session(data, lambda _: data.chmod(0o000), lambda _: data.chmod(0o700))


def _be_held_to_permissions(folder: Path) -> None:
    """Start anew without the right of root to read and write whatever it likes."""
    if "HELD" not in os.environ:
        libc = ctypes.CDLL(None, use_errno=True)
        for right in (_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH):
            assert libc.prctl(_PR_CAPBSET_DROP, right, 0, 0, 0) == 0
        words = [sys.executable, "-m", "tests.window.disk_trouble", "permission_denied"]
        os.execve(sys.executable, [*words, str(folder)], {**os.environ, "HELD": "1"})  # noqa: S606 - ourselves


def locked_by_another_program(folder: Path) -> object:
    """Another program holds the database, then lets go of it."""
    holders: list[subprocess.Popen[bytes]] = []
    data = folder / "data"

    def hold(_: Person) -> None:
        holder = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(data / "cases.db")],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        holders.append(holder)
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"

    def let_go(_: Person) -> None:
        holders[0].communicate()

    return session(data, hold, let_go)


def clock_set_back(folder: Path) -> object:
    """The clock stands a day behind the entry before. The only part that is not real: the clock."""
    data = folder / "data"
    with Workplace.open(data) as workplace:
        workplace.cases.save(CASE, [HistoryEntry(EntryKind.CASE_CREATED)])
    seen: dict[str, Any] = {}

    def steps(person: Person) -> None:
        person.hand.find("page:overview")
        person.go_to("register")
        store = person.window.workplace.cases
        right = store.now
        store.now = lambda: right() - timedelta(days=1)
        person.hand.type(NAME, "Harbor Two LLC")
        person.saved()
        frame = person.window.frame
        assert frame is not None
        person.hand.wait(frame.news.isVisible, "word of the clock")
        seen["said"] = frame.news.accessibleName()
        seen["on screen"] = [person.hand.find(f"field:{NAME}", QLineEdit).text()]
        store.now = right
        person.hand.type("registration.city", "Salem")
        person.saved()

    seen["status"] = in_the_window(data, WALK, steps)
    return seen | stored(data)


def refused_at_start(folder: Path) -> object:
    """A folder that can only be read when the program starts: said, and mended by a new start."""
    here, _ = _drive(folder)
    data = here / "data"
    with Workplace.open(data) as workplace:
        workplace.cases.save(CASE, [HistoryEntry(EntryKind.CASE_CREATED)])
    mount("-o", "remount,bind,ro", str(here))
    program = Program(data)
    assert program.begin()
    hand = Person(program.window, WALK).hand if program.window else None
    assert hand is not None
    hand.wait(lambda: program.refusal is not None and program.refusal.isVisible(), "a refusal")
    assert program.refusal is not None
    seen: dict[str, Any] = {
        "said": program.refusal.accessibleName(),
        "words": program.refusal.accessibleDescription(),
        "status": program.status,
    }
    program.end()
    mount("-o", "remount,bind,rw", str(here))
    return seen | stored(data)


SCENARIOS = {
    scenario.__name__: scenario
    for scenario in (
        full_disk,
        folder_vanished,
        read_only_folder,
        permission_denied,
        locked_by_another_program,
        clock_set_back,
        refused_at_start,
    )
}

if __name__ == "__main__":
    print(json.dumps(SCENARIOS[sys.argv[1]](Path(sys.argv[2]))), flush=True)
    os._exit(0)
