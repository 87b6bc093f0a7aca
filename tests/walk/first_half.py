"""The first half of a walk, in a process of its own that ends by SIGKILL.

Reads the walk as JSON from standard input: the password must not stand in a list of processes.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import NoReturn

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from app.window.main_window import MainWindow
from app.window.program import Program
from tests.walk.steps import Person, Walk


def walk_and_die(walk: Walk, *, sftp: bool) -> NoReturn:
    """Steps 1 to 4; then the power goes, right after the last edit was shown as saved."""
    try:
        window = next(w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow))
        person = Person(window, walk)
        person.begin()
        person.register()
        person.go_to("administrators")
        person.administrators()
        person.go_to("user_accounts")
        person.user_accounts()
        if sftp:
            person.go_to("sftp_accounts")
            person.sftp_account()
        person.hand.look()
        person.saved()
        person.hand.wait(lambda: not window.places.busy, "the page remembered")
    except BaseException:  # noqa: BLE001 - whatever it is, the parent must see it
        traceback.print_exc()
        os._exit(3)
    os.kill(os.getpid(), signal.SIGKILL)
    os._exit(4)


def main() -> int:
    given = json.load(sys.stdin)
    walk = Walk(**given["walk"])
    program = Program(Path(given["data_dir"]))
    QTimer.singleShot(0, lambda: walk_and_die(walk, sftp=given["sftp"]))
    return program.run()


if __name__ == "__main__":
    sys.exit(main())
