"""Pictures of every page: `python -m tests.screenshots [FOLDER]`.

Each scale needs an application of its own, so that one process is started for each.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import shiboken6

from app.onboarding.case import Case
from app.onboarding.firm import Registration
from tests.rig import cases

ROOT = Path(__file__).resolve().parent.parent
SCALES = ("1", "2")
THEMES = ("light", "dark")
#: Pictures that the documentation shows, and their names there.
CHOSEN = {
    "late-overview-light-100.png": "overview-light.png",
    "self-testing-light-100.png": "testing-light.png",
    "missing-register-dark-100.png": "register-dark.png",
    "self-certify-dark-100.png": "certify-dark.png",
}


@dataclass(frozen=True)
class Shot:
    """A picture: a case on a day, and a page of it."""

    name: str
    case: Case
    day: date
    page: str
    size: tuple[int, int] = (1280, 820)
    guide: bool = True


_PAGES = (
    "overview",
    "register",
    "administrators",
    "user_accounts",
    "sftp_accounts",
    "relationships",
    "testing",
    "certify",
)


def _waiting_case() -> Case:
    """Registered, the form late, and some facts entered ahead."""
    case = cases.self_reporting_case("registered")
    registration = case.registration.model_copy(update={"verified_on": None})
    return case.model_copy(update={"registration": registration})


def _half_typed_case() -> Case:
    case = cases.self_reporting_case("empty")
    registration = Registration(company_name="Harbor Securities LLC", city="Boston")
    return case.model_copy(
        update={"registration": registration, "unaccepted": {"registration.crd": "12-34"}}
    )


def shots() -> list[Shot]:
    """Every picture that is taken."""
    tested = cases.self_reporting_case("tested")
    day = date(2020, 10, 8)
    found = [Shot(f"self-{page}", tested, day, page) for page in _PAGES]
    empty = cases.self_reporting_case("empty")
    found += [Shot(f"empty-{page}", empty, date(2020, 9, 1), page) for page in _PAGES]
    agent = cases.reports_for_others_case("tested")
    found += [
        Shot(f"agent-{page}", agent, day, page) for page in ("overview", "relationships", "testing")
    ]
    through = cases.through_agent_case("tested")
    found += [Shot(f"through-{page}", through, day, page) for page in ("relationships", "testing")]
    stopped = cases.no_ltid_case("registered", goes_on=False)
    found += [Shot(f"stopped-{page}", stopped, day, page) for page in ("overview", "testing")]
    done = cases.self_reporting_case("certified")
    found += [
        Shot(f"certified-{page}", done, cases.TODAY, page) for page in ("overview", "certify")
    ]
    late = _waiting_case()
    found.append(Shot("late-overview", late, date(2020, 9, 15), "overview"))
    found += [
        Shot("missing-register", _half_typed_case(), date(2020, 9, 1), "register"),
        Shot("small-overview", late, date(2020, 9, 15), "overview", (1024, 700), False),
        Shot("small-register", tested, day, "register", (1024, 700)),
        Shot("small-testing", tested, day, "testing", (1024, 700), False),
    ]
    practice = tested.model_copy(update={"practice": True})
    found.append(Shot("practice-testing", practice, day, "testing"))
    return found


def _until(condition: Callable[[], bool]) -> None:
    """Let the window work until `condition` holds.

    Raises:
        TimeoutError: it did not within ten seconds.
    """
    from PySide6.QtTest import QTest

    for _ in range(1000):
        if condition():
            return
        QTest.qWait(10)
    raise TimeoutError("the window did not get there")


def _settled(window) -> bool:  # noqa: ANN001 - Qt is loaded by `take`
    """Whether nothing is under way but a practice case's simulated CAIS, which goes on."""
    frame = window.frame
    if frame is not None and frame.open_case.case.practice:
        return window._desk.practice.server is not None
    return not window.runner.busy


def take(folder: Path, theme: str, scale: str, only: str) -> None:
    """Take all pictures of one theme and scale, in this process."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    from app.background import JobRunner
    from app.storage.history import EntryKind, HistoryEntry
    from app.widgets.theme import Theme
    from app.window.main_window import MainWindow
    from app.window.program import prepare_application
    from app.work.workplace import Workplace

    application = prepare_application(["cais-onboarding"])
    scheme = Qt.ColorScheme.Dark if theme == "dark" else Qt.ColorScheme.Light
    Theme(application, scheme)

    def picture(window: MainWindow, name: str) -> None:
        _until(lambda: _settled(window))
        QTest.qWait(60)
        window.grab().save(str(folder / f"{name}-{theme}-{scale}00.png"))

    def clock_of(day: date):  # noqa: ANN202 - a small closure
        moment = cases.eastern(day, 14)
        return lambda: moment

    for shot in shots():
        if only and only not in shot.name:
            continue
        with TemporaryDirectory() as home, Workplace.open(Path(home)) as workplace:
            workplace.cases.save(shot.case, [HistoryEntry(EntryKind.CASE_CREATED)])
            window = MainWindow(JobRunner(), clock=clock_of(shot.day))
            window.open_on(workplace)
            window.resize(*shot.size)
            window.show()
            window.start()
            _until(lambda w=window: w.frame is not None)
            window.frame.show_guide(shot.guide)
            window.frame.show_page(shot.page)
            window.frame.page.complete()
            if shot.name.startswith("missing"):
                window.frame.go_next()
            picture(window, shot.name)
            window.close()
            _until(lambda w=window: not w.isVisible())
            window.runner.wait_all(5)
            # Here and not when Python gets to it: by then half of what it needs is gone.
            shiboken6.delete(window)
    if not only or only in "welcome firms":
        _views(picture, clock_of(date(2020, 10, 8)))


def _views(picture, clock) -> None:  # noqa: ANN001 - called by `take` alone
    from PySide6.QtTest import QTest

    from app.background import JobRunner
    from app.storage.history import EntryKind, HistoryEntry
    from app.window.main_window import MainWindow
    from app.work.workplace import Workplace

    with TemporaryDirectory() as home, Workplace.open(Path(home)) as workplace:
        window = MainWindow(JobRunner(), clock=clock)
        window.open_on(workplace)
        window.show()
        window.start()
        QTest.qWait(100)
        picture(window, "welcome")
        for case in (
            cases.self_reporting_case("tested"),
            cases.through_agent_case("registered"),
            cases.reports_for_others_case("certified"),
            cases.no_ltid_case("registered", goes_on=False),
        ):
            workplace.cases.save(case, [HistoryEntry(EntryKind.CASE_CREATED)])
        window.start()
        _until(lambda: window.firms.model.rowCount() > 0)
        picture(window, "firms")
        window.close()
        window.runner.wait_all(5)
        shiboken6.delete(window)


def main() -> int:
    """Take all pictures; returns the exit status."""
    parser = argparse.ArgumentParser(description="Pictures of every page.")
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "screenshots")
    parser.add_argument("--only", default="", help="only pictures whose name holds this")
    parser.add_argument("--docs", action="store_true", help="renew docs/pictures from them")
    parser.add_argument("--theme", choices=THEMES)
    parser.add_argument("--scale", choices=SCALES)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    if arguments.theme and os.environ.get("QT_SCALE_FACTOR") == arguments.scale:
        take(arguments.folder, arguments.theme, arguments.scale, arguments.only)
        return 0
    for theme in [arguments.theme] if arguments.theme else THEMES:
        for scale in [arguments.scale] if arguments.scale else SCALES:
            words = [sys.executable, "-m", "tests.screenshots", str(arguments.folder)]
            words += ["--theme", theme, "--scale", scale, "--only", arguments.only]
            environment = os.environ | {
                "QT_SCALE_FACTOR": scale,
                "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen"),
            }
            subprocess.run(words, check=True, env=environment, cwd=ROOT)
    if arguments.docs:
        pictures = ROOT / "docs" / "pictures"
        pictures.mkdir(exist_ok=True)
        for taken, name in CHOSEN.items():
            shutil.copyfile(arguments.folder / taken, pictures / name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
