"""A session of the whole program in a process of its own."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFileDialog

from app.window.program import Program
from tests.walk.steps import Person, Walk


def in_the_window(data_dir: Path, walk: Walk, steps: Callable[[Person], None]) -> int:
    """Run the program on `data_dir`, take `steps` in its window, close it; the exit status."""
    program = Program(data_dir)

    def go() -> None:
        assert program.window is not None
        try:
            steps(Person(program.window, walk))
            program.window.close()
        except BaseException:  # noqa: BLE001 - whatever it is, the test must see it
            traceback.print_exc()
            os._exit(3)

    QTimer.singleShot(0, go)
    return program.run()


def write_to(person: Person, path: Path) -> None:
    """Answer the file dialog."""
    person.hand.dialog(QFileDialog).setDirectory(str(path.parent))
    person.hand.name_file(path.name)
    person.hand.wait(path.exists, path.name)
