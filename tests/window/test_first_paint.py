"""The window comes first: nothing heavy before its first paint, and the data folder after it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.storage.paths import DataFolder
from app.widgets.theme import Theme
from app.window.main_window import Opening
from app.window.program import Program
from tests.rig.private_mounts import PROJECT
from tests.window.test_program import end

#: Each takes longer to import than the window may be later than a bare one.
HEAVY = {
    "Qt",
    "PySide6.QtNetwork",
    "PySide6.QtSvg",
    "app.widgets.theme",
    "holidays",
    "keyring",
    "paramiko",
    "pydantic",
    "sqlite3",
    "sqlite_utils",
    "typst",
}


@pytest.fixture
def program(qtbot: QtBot, qapp: QApplication, theme: Theme, folder: Path) -> Iterator[Program]:
    program = Program(folder, qapp)
    yield program
    end(program)


def imported_by(statement: str) -> set[str]:
    # `Qt`, all enumerations of Qt, is made by PySide at its first use and no module.
    script = (
        f"{statement}\nimport json, sys\nfrom PySide6 import QtCore\n"
        "print(json.dumps([*sys.modules, *({'Qt'} & vars(QtCore).keys())]))"
    )
    command = [sys.executable, "-c", script]
    told = subprocess.run(command, cwd=PROJECT, capture_output=True, check=True, text=True)
    return set(json.loads(told.stdout))


def test_nothing_heavy_is_imported_before_the_first_paint() -> None:
    imported = imported_by("import app.window.program")
    assert "PySide6.QtWidgets" in imported
    assert not HEAVY & imported
    assert not {name for name in imported if name.startswith(("app.pages", "app.onboarding"))}


def test_the_data_folder_is_opened_once_the_window_is_painted(
    program: Program, qtbot: QtBot, folder: Path
) -> None:
    assert program.begin()
    assert program.window is not None
    assert program.window.isVisible()
    assert not folder.exists()
    qtbot.waitUntil(lambda: program.settled)
    assert DataFolder(folder).database.exists()
    assert program.window.welcome.isVisible()


def test_a_window_closed_before_its_folder_is_open_lets_the_folder_go(
    program: Program, qtbot: QtBot, folder: Path
) -> None:
    assert program.begin()
    qtbot.waitUntil(lambda: program.runner.busy)
    assert program.window is not None
    program.window.close()
    program.end()
    assert not list(DataFolder(folder).in_use.iterdir())


def test_an_opening_that_takes_long_is_said(program: Program, qtbot: QtBot) -> None:
    assert program.begin()
    assert program.window is not None
    waiting = program.window.centralWidget()
    assert isinstance(waiting, Opening)
    waiting.late.timeout.emit()
    assert waiting.text() == "Opening your cases …"
    qtbot.waitUntil(lambda: program.settled)
    # Until the first view took its place among the views.
    assert program.window.views.indexOf(waiting) == 0
    assert not waiting.isVisible()


def test_a_program_that_is_told_to_end_closes_its_window(
    program: Program, qtbot: QtBot, folder: Path
) -> None:
    """As when the person logs out of her computer."""
    assert program.begin()
    qtbot.waitUntil(lambda: program.settled)
    assert program.window is not None
    os.kill(os.getpid(), signal.SIGTERM)
    qtbot.waitUntil(lambda: not program.window.isVisible())
    program.end()
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
