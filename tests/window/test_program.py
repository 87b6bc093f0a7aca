"""From one start to its end: one window per folder, the claim, backups, and a damaged database."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QProcess, QProcessEnvironment, Qt
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.onboarding.case import Case
from app.storage.backups import Reason, contents_of, list_backups, make_backup
from app.storage.history import EntryKind, HistoryEntry
from app.storage.origin import Origin
from app.storage.paths import DataFolder
from app.storage.workstation import FolderClaim
from app.widgets.dialogs import FailureDialog
from app.widgets.theme import Theme
from app.window.doorbell import Doorbell
from app.window.main_window import MainWindow
from app.window.program import Program
from app.window.restore_dialog import RestoreDialog
from app.window.take_over_dialog import TakeOverDialog
from app.work.workplace import Workplace
from tests.rig.cases import self_reporting_case
from tests.rig.private_mounts import PROJECT
from tests.window.test_closing import type_name

Launch = Callable[[], Program]
BACK_OFFICE = Origin("robin", "BACK-OFFICE", "0.1.0")


@pytest.fixture
def launch(
    qtbot: QtBot, qapp: QApplication, theme: Theme, folder: Path
) -> Iterator[Callable[[], Program]]:
    """Starts the program on the data folder in this process; it ends with the test."""
    programs: list[Program] = []

    def start() -> Program:
        program = Program(folder, qapp)
        programs.append(program)
        assert program.begin()
        qtbot.waitUntil(lambda: program.settled)
        return program

    yield start
    for program in programs:
        end(program)


def end(program: Program) -> None:
    program.end()
    # A dialog goes with its window: deleting it again would crash.
    for window in [w for w in QApplication.topLevelWidgets() if w.parent() is None]:
        if isinstance(window, MainWindow | QDialog):
            shiboken6.delete(window)
    program.window = program.rescue = program.refusal = None


@contextmanager
def opened(folder: Path) -> Iterator[Workplace]:
    with Workplace.open(folder) as workplace:
        yield workplace


def store(folder: Path, case: Case) -> None:
    with opened(folder) as workplace:
        workplace.cases.save(case, [HistoryEntry(EntryKind.CASE_CREATED)])


def window_of(program: Program) -> MainWindow:
    assert program.window is not None
    return program.window


def title(program: Program) -> str:
    frame = window_of(program).frame
    return frame.open_case.case.title if frame is not None else ""


def press(qtbot: QtBot, dialog: QDialog, name: str) -> None:
    button = dialog.findChild(QPushButton, name)
    assert button is not None
    assert button.isVisible() and button.isEnabled(), name
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def restore_dialog(qtbot: QtBot) -> RestoreDialog:
    """The dialog, once it has looked at every backup."""
    found: list[RestoreDialog] = []

    def look() -> bool:
        found[:] = [w for w in QApplication.allWidgets() if isinstance(w, RestoreDialog)]
        return any(w.isVisible() and "Looking" not in w.state.accessibleName() for w in found)

    qtbot.waitUntil(look)
    return found[0]


def with_project_on_path() -> QProcessEnvironment:
    environment = QProcessEnvironment.systemEnvironment()
    environment.insert("PYTHONPATH", str(PROJECT))
    return environment


def every_word(dialog: QDialog) -> str:
    return "\n".join(
        [label.text() for label in dialog.findChildren(QLabel)]
        + [widget.accessibleName() for widget in dialog.findChildren(QWidget)]
    )


def test_a_start_makes_a_backup_when_something_changed(launch: Launch, folder: Path) -> None:
    store(folder, self_reporting_case("registered"))
    end(launch())
    (backup,) = list_backups(DataFolder(folder))
    assert backup.reason is Reason.START
    assert [firm.name for firm in contents_of(backup).firms] == ["Harbor Securities LLC"]
    end(launch())  # where the person was is remembered now, which is worth a backup
    backups = list_backups(DataFolder(folder))
    end(launch())
    assert list_backups(DataFolder(folder)) == backups


def test_the_daily_backup_is_made_once_it_is_due(
    launch: Launch, qtbot: QtBot, folder: Path
) -> None:
    program = launch()
    (first,) = list_backups(DataFolder(folder))
    store(folder, self_reporting_case("registered"))
    keeping = program.keeping
    assert keeping is not None
    keeping.back_up_if_due()
    qtbot.waitUntil(lambda: not program.runner.busy)
    assert list_backups(DataFolder(folder)) == (first,)  # one was made today
    first.path.rename(first.path.with_name("cases-20201004T120000.000000Z-start.db"))
    keeping.back_up_if_due()
    qtbot.waitUntil(lambda: not program.runner.busy)
    newest = list_backups(DataFolder(folder))[0]
    assert newest.reason is Reason.DAILY
    assert newest.at.date() == datetime.now(UTC).date()


def test_a_backup_that_fails_is_told_and_the_work_goes_on(
    launch: Launch, qtbot: QtBot, folder: Path
) -> None:
    store(folder, self_reporting_case("registered"))
    (folder / "backups").symlink_to("/proc")  # a folder that takes no files
    program = launch()
    said = window_of(program).notice.accessibleName()
    assert said.startswith("No backup was made: ")
    assert "Your changes are saved as usual." in said
    assert title(program) == "Harbor Securities LLC"


def test_a_folder_open_on_another_workstation_is_refused_with_its_name(
    launch: Launch, folder: Path
) -> None:
    store(folder, self_reporting_case("registered"))
    with FolderClaim(DataFolder(folder), origin=BACK_OFFICE):
        program = launch()
        dialog = program.refusal
        assert dialog is not None and dialog.isVisible()
        assert "BACK-OFFICE (by robin)" in dialog.accessibleName()
        assert program.window is None
        assert program.status == 2
        end(program)
    assert launch().window is not None


def test_nothing_more_is_written_once_another_workstation_took_the_folder(
    launch: Launch, qtbot: QtBot, folder: Path
) -> None:
    store(folder, self_reporting_case("registered"))
    program = launch()
    for sign in (folder / "in-use").iterdir():  # stale after a long sleep, then removed
        sign.unlink()
    with FolderClaim(DataFolder(folder), origin=BACK_OFFICE):
        assert program.keeping is not None
        program.keeping.refresh_claim()
        window = window_of(program)
        qtbot.waitUntil(lambda: bool(window.findChildren(FailureDialog)))
        (dialog,) = window.findChildren(FailureDialog)
        assert "BACK-OFFICE" in dialog.accessibleName()
        dialog.close()
        assert window.frame is not None
        window.frame.open_case.edit("registration.company_name", "Harbor & Sons")
        qtbot.waitUntil(window.frame.failure.isVisible)
        assert "has already been closed" in window.frame.failure.accessibleName()
    with opened(folder) as workplace:
        assert workplace.cases.list_cases()[0].firm_name == "Harbor Securities LLC"


def test_a_second_start_raises_the_first_window_and_opens_none(folder: Path) -> None:
    first = subprocess.Popen(
        [sys.executable, "-m", "tests.window.raised_by_another", str(folder)],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert first.stdout is not None
        assert first.stdout.readline() == "minimized\n"
        second = subprocess.run(
            [sys.executable, "-m", "app", "--data-dir", str(folder)],
            cwd=PROJECT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (second.returncode, second.stderr) == (0, "")
        assert first.stdout.readline() == "came up\n"
        assert first.wait(60) == 0
    finally:
        first.kill()
        first.communicate()


def test_what_a_killed_first_start_left_is_no_obstacle(folder: Path) -> None:
    first = subprocess.Popen(
        [sys.executable, "-m", "tests.window.raised_by_another", str(folder)],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert first.stdout is not None
    assert first.stdout.readline() == "minimized\n"
    first.kill()
    first.communicate()
    bell = Doorbell(DataFolder(folder))
    assert not bell.ring()
    assert bell.listen()
    bell.close()


def test_another_folder_has_another_doorbell(qtbot: QtBot, folder: Path, tmp_path: Path) -> None:
    bell = Doorbell(DataFolder(folder))
    assert bell.listen()
    assert not Doorbell(DataFolder(tmp_path / "other")).ring()
    rings: list[str] = []
    bell.rung.connect(rings.append)
    visitor = QProcess()
    visitor.setWorkingDirectory(str(PROJECT))
    for words in ([], ["Harbor.caiscase"]):
        visitor.start(sys.executable, ["-m", "app", "--data-dir", str(folder), *words])
        with qtbot.waitSignal(visitor.finished, timeout=60_000):
            pass
    # Named from its own folder: the window that is open may have been started in another one.
    assert rings == ["", str(PROJECT / "Harbor.caiscase")]
    assert not folder.exists()
    bell.close()


def test_a_case_file_that_is_opened_reaches_the_window_that_is_open(
    launch: Launch, qtbot: QtBot, folder: Path, tmp_path: Path
) -> None:
    program = launch()
    visitor = QProcess()
    visitor.setWorkingDirectory(str(tmp_path))
    visitor.setProcessEnvironment(with_project_on_path())
    words = ["-m", "app", "--data-dir", str(folder), "Harbor.caiscase"]
    visitor.start(sys.executable, words)
    with qtbot.waitSignal(visitor.finished, timeout=60_000):
        pass
    assert visitor.exitCode() == 0
    qtbot.waitUntil(lambda: bool(window_of(program).findChildren(TakeOverDialog)))
    (dialog,) = window_of(program).findChildren(TakeOverDialog)
    qtbot.waitUntil(lambda: program.settled)
    assert "Take over Harbor.caiscase" in every_word(dialog)
    dialog.close()


def test_a_case_file_opens_with_the_program(
    qtbot: QtBot, qapp: QApplication, theme: Theme, folder: Path, tmp_path: Path
) -> None:
    program = Program(folder, qapp, case_file=tmp_path / "Harbor.caiscase")
    assert program.begin()
    qtbot.waitUntil(lambda: program.settled)
    (dialog,) = window_of(program).findChildren(TakeOverDialog)
    assert "Take over Harbor.caiscase" in every_word(dialog)
    dialog.close()
    end(program)


def damage(folder: Path) -> None:
    (folder / "cases.db").write_bytes(b"\x00garbage" * 1000)


def test_a_damaged_database_is_set_aside_for_the_newest_good_backup(
    launch: Launch, qtbot: QtBot, folder: Path
) -> None:
    case = self_reporting_case("registered")
    store(folder, case)
    assert make_backup(DataFolder(folder), Reason.START) is not None
    bad = folder / "backups" / "cases-20991005T120000.000000Z-daily.db"
    bad.write_bytes(b"damaged too")
    damage(folder)
    program = launch()
    assert program.window is None
    dialog = restore_dialog(qtbot)
    assert "is damaged" in dialog.accessibleName()
    assert [dialog.rows.index(row, 2).data() for row in range(2)] == ["not usable", "1"]
    assert dialog.preview.toPlainText().startswith("Harbor Securities LLC, 1482: 1 entry")
    press(qtbot, dialog, "restore-backup")
    qtbot.waitUntil(lambda: program.window is not None and title(program) == case.title)
    assert "Your cases are restored." in window_of(program).notice.accessibleName()
    (aside,) = (folder / "set-aside").iterdir()
    assert str(aside) in window_of(program).notice.accessibleName()
    assert (aside / "cases.db").read_bytes().startswith(b"\x00garbage")
    assert bad.exists()
    assert program.status == 0
    qtbot.waitUntil(lambda: not program.runner.busy)


def test_without_a_backup_what_can_be_read_is_recovered(
    launch: Launch, qtbot: QtBot, folder: Path
) -> None:
    store(folder, self_reporting_case("registered"))
    damage(folder)
    program = launch()
    dialog = restore_dialog(qtbot)
    assert "There is no backup that can be used." in dialog.state.accessibleName()
    restoring = dialog.findChild(QPushButton, "restore-backup")
    assert restoring is not None
    assert not restoring.isEnabled()
    press(qtbot, dialog, "without")
    qtbot.waitUntil(lambda: program.window is not None)
    window = window_of(program)
    qtbot.waitUntil(lambda: window.views.currentWidget() is window.welcome)
    assert len(list((folder / "set-aside").iterdir())) == 1
    qtbot.waitUntil(lambda: not program.runner.busy)


def test_leaving_the_rescue_changes_nothing(launch: Launch, qtbot: QtBot, folder: Path) -> None:
    store(folder, self_reporting_case("registered"))
    damage(folder)
    program = launch()
    press(qtbot, restore_dialog(qtbot), "cancel")
    assert program.status == 2
    assert (folder / "cases.db").read_bytes().startswith(b"\x00garbage")
    assert not (folder / "set-aside").exists()


def test_going_back_by_the_menu_keeps_the_history(
    launch: Launch, qtbot: QtBot, folder: Path
) -> None:
    case = self_reporting_case("registered")
    store(folder, case)
    program = launch()
    former = window_of(program)
    type_name(_Started(qtbot, former), "Harbor & Sons")  # type: ignore[arg-type]  # as `Start`
    former.care.choose_backup()
    press(qtbot, restore_dialog(qtbot), "restore-backup")
    qtbot.waitUntil(lambda: program.window is not former)
    qtbot.waitUntil(lambda: title(program) == "Harbor Securities LLC")
    said = window_of(program).notice.accessibleName()
    assert "1 later entry was carried over into the history." in said
    qtbot.waitUntil(lambda: not program.runner.busy)
    with opened(folder) as workplace:
        kinds = [entry.kind for entry in workplace.cases.history(case.id)]
        assert kinds[0] == "case_created"
        assert "fact_changed" in kinds
        assert kinds[-1] == "restored"
    window_of(program).notice.hide()


class _Started:
    """What `type_name` needs of a start."""

    def __init__(self, qtbot: QtBot, window: MainWindow) -> None:
        self.qtbot = qtbot
        self.window = window
        assert window.frame is not None
        self.frame = window.frame


def test_damage_found_by_the_check_offers_the_backups(
    launch: Launch, qtbot: QtBot, folder: Path
) -> None:
    """The file opens, but a page deep in it is gone."""
    store(folder, self_reporting_case("registered"))
    assert make_backup(DataFolder(folder), Reason.START) is not None
    database = folder / "cases.db"
    content = bytearray(database.read_bytes())
    start = content.find(b"Harbor Securities LLC") // 4096 * 4096
    assert start > 0
    last = len(content) - 4096
    content[last:] = b"\xee" * 4096
    database.write_bytes(content)
    program = launch()
    dialog = restore_dialog(qtbot)
    assert "is damaged" in dialog.accessibleName()
    press(qtbot, dialog, "restore-backup")
    qtbot.waitUntil(lambda: title(program) == "Harbor Securities LLC")
    qtbot.waitUntil(lambda: not program.runner.busy)
