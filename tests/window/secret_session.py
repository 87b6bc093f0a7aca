"""A session with secrets in it, and everything that can write taking part.

Run by test_secret_session: `python -m tests.window.secret_session`, with what it needs as JSON on
standard input, since a password among the words of a command could be seen by others.
Prints what it put where, and every text that was on the clipboard.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QLineEdit

from app.background import Report
from app.cancellation import CancelToken
from app.storage.backups import Reason, make_backup
from app.widgets.dialogs import ReportDialog
from app.window.hand_over_dialog import HandOverDialog
from app.window.take_over_dialog import TakeOverDialog
from tests.walk.steps import Person, Walk
from tests.window.sessions import in_the_window, write_to

CTRL = Qt.KeyboardModifier.ControlModifier


class Clipboard(QObject):
    """Every text that is ever on the clipboard."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        QGuiApplication.clipboard().dataChanged.connect(self._note)

    def _note(self) -> None:
        self.texts.append(QGuiApplication.clipboard().text())


class Session:
    """The steps, in order; `given` holds the secrets."""

    def __init__(self, given: dict[str, Any]) -> None:
        self.given = given
        self.out = Path(given["out"])
        self.seen: dict[str, Any] = {}
        self.walk = Walk(**given["walk"])

    def steps(self, person: Person) -> None:
        """Enter, connect, print, write, hand over, take over, and let things go wrong."""
        self.clipboard = Clipboard()
        person.begin()
        person.register()
        person.go_to("sftp_accounts")
        self.try_to_copy_the_password(person)
        person.sftp_account()
        person.go_to("testing")
        person.connect()
        self.remove_the_password(person)
        self.let_things_go_wrong(person)
        person.go_to("certify")
        self.write_documents(person)
        self.hand_over_and_take_over(person)
        person.saved()
        self.press_every_copy_button(person)
        folder = person.window.workplace.folder
        cases = person.window.workplace.cases
        (case,) = cases.list_cases()
        self.seen["kinds"] = sorted({entry.kind for entry in cases.history(case.id)})
        make_backup(folder, Reason.DAILY)
        # As a killed program would leave it: with its log beside the database.
        shutil.copytree(folder.root, self.out / "as it runs")
        self.seen["clipboard"] = self.clipboard.texts

    def try_to_copy_the_password(self, person: Person) -> None:
        """Ctrl+C and Ctrl+X where the password is typed."""
        person.hand.click("Add account")
        entry = person.hand.find("password", QLineEdit)
        entry.setText(self.walk.password)
        copy_and_cut(entry)
        entry.clear()
        person.hand.click("Remove")

    def remove_the_password(self, person: Person) -> None:
        """From the keyring."""
        person.go_to("sftp_accounts")
        person.hand.click("Remove it")
        person.saved()

    def let_things_go_wrong(self, person: Person) -> None:
        """Bugs in a slot and in a job that hold the password in their words and variables."""
        password = self.walk.password

        def in_a_slot() -> None:
            typed = password
            raise ValueError(f"cannot sign in with {typed}")

        def in_a_job(token: CancelToken, report: Report) -> None:
            typed = password
            raise RuntimeError(f"cannot sign in with {typed}")

        runner = person.window.runner
        for start in (
            lambda: QTimer.singleShot(0, in_a_slot),
            lambda: runner.start(runner.prepare("sign in", in_a_job)),
        ):
            start()
            dialog = person.hand.dialog(ReportDialog)
            self.seen.setdefault("reports", []).append(dialog.report.toPlainText())
            person.hand.click(person.hand.find("copy"))
            dialog.close()

    def write_documents(self, person: Person) -> None:
        """The summary, the e-mail, the facts, the history."""
        person.hand.click(person.hand.find("save:summary"))
        write_to(person, self.out / "summary.pdf")
        person.hand.click(person.hand.find("message:save"))
        write_to(person, self.out / "mail.eml")
        person.window.case_files.choose_export()
        write_to(person, self.out / "facts.json")
        assert person.window.frame is not None
        person.window.frame.show_page("history")
        person.hand.click(person.hand.find("export-history"))
        write_to(person, self.out / "history.csv")

    def hand_over_and_take_over(self, person: Person) -> None:
        """Locked and unlocked; the passphrase wrong once, then right."""
        for name, passphrase in (("open", ""), ("locked", self.given["passphrase"])):
            person.window.case_files.hand_over()
            dialog = person.hand.dialog(HandOverDialog)
            dialog.passphrase.first.setText(passphrase)
            dialog.passphrase.again.setText(passphrase)
            copy_and_cut(dialog.passphrase.first)
            dialog.passphrase.first.setText(passphrase)
            person.hand.click(person.hand.find("write-hand-over"))
            write_to(person, self.out / f"{name}.caiscase")
            person.hand.wait(lambda: not person.window.findChildren(HandOverDialog), "written")
        person.window.case_files.take(str(self.out / "locked.caiscase"))
        taking = person.hand.dialog(TakeOverDialog)
        for passphrase in ("not this one", self.given["passphrase"]):
            entry = person.hand.find("passphrase", QLineEdit)
            person.hand.wait(entry.isEnabled, "the file read")
            entry.setText(passphrase)
            copy_and_cut(entry)
            entry.setText(passphrase)
            person.hand.click(person.hand.find("unlock"))
        person.hand.wait(taking.preview.isVisible, "the file opened")
        self.seen["preview"] = taking.preview.toPlainText()
        taking.close()

    def press_every_copy_button(self, person: Person) -> None:
        """Whatever offers to copy something, on every page."""
        assert person.window.frame is not None
        pressed = 0
        for key in ("overview", "register", "administrators", "user_accounts", "sftp_accounts"):
            person.go_to(key)
            pressed += press_copying(person)
        for key in ("relationships", "testing", "certify"):
            person.go_to(key)
            pressed += press_copying(person)
        self.seen["pressed"] = pressed


def copy_and_cut(entry: QLineEdit) -> None:
    """With everything marked."""
    for key in (Qt.Key.Key_C, Qt.Key.Key_X):
        entry.selectAll()
        QTest.keyClick(entry, key, CTRL)
    entry.copy()
    entry.cut()


def press_copying(person: Person) -> int:
    """The buttons of the page in sight whose words or names speak of copying."""
    frame = person.window.frame
    assert frame is not None
    buttons = [
        button
        for button in frame.page.findChildren(QAbstractButton)
        if button.isVisible()
        and button.isEnabled()
        and "copy" in f"{button.text()} {button.accessibleName()}".lower().replace("&", "")
    ]
    for button in buttons:
        button.click()
        person.hand.look()
        for dialog in QApplication.topLevelWidgets():
            if isinstance(dialog, QDialog) and dialog.isVisible():
                dialog.close()
    return len(buttons)


def main() -> int:
    session = Session(json.load(sys.stdin))
    status = in_the_window(Path(session.given["data_dir"]), session.walk, session.steps)
    print(json.dumps(session.seen), flush=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
