"""How many clicks, keystrokes and pages a walk takes: `python -m tests.walk.counting`.

The self-reporting track in practice mode, from the first start to the confirmation, with the real
window and the simulated CAIS. A person with the keyboard under her hands: she goes to a field with
Tab if it is at most three away and clicks it otherwise, types what the guide asks for, and leaves a
page with Alt+N. The fewest possible are one key to reach each field, the letters of each fact, one
key or click for each choice, and one for each page and each thing to start.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QFileDialog, QWidget

from app.background import JobRunner
from app.onboarding.business_calendar import is_business_day
from app.onboarding.case import new_case
from app.practice.server import SUBMITTER_ID, USERNAME
from app.storage.history import EntryKind, HistoryEntry
from app.widgets.theme import Theme
from app.window.main_window import MainWindow
from app.window.program import prepare_application
from app.work.workplace import Workplace
from tests.walk.hand import Hand

#: Fields that are nearer than this are reached by Tab, others by a click.
TABS = 3


@dataclass
class Count:
    """What one page took, and the least that its facts can take."""

    clicks: int = 0
    keys: int = 0
    fewest: int = 0

    @property
    def taken(self) -> int:
        return self.clicks + self.keys


class CountingPerson:
    """Works through the window and counts, page by page."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self.hand = Hand(window)
        self.counts: dict[str, Count] = {}

    @property
    def here(self) -> Count:
        frame = self.window.frame
        return self.counts.setdefault(frame.key if frame else "first start", Count())

    def reach(self, target: QWidget) -> None:
        """Put the focus on a widget, by Tab where it is near."""
        away = tabs_between(QApplication.focusWidget(), target)
        if away is not None and away <= TABS:
            for _ in range(away):
                self.key(Qt.Key.Key_Tab)
        else:
            self.hand.click(target)
            self.here.clicks += 1

    def key(self, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        count = self.here
        if QApplication.activeWindow() is None:
            # Offscreen nothing brings the window back when a dialog has closed.
            self.window.activateWindow()
            self.wait(self.window.isActiveWindow, "the window in front")
        QTest.keyClick(QApplication.focusWidget() or self.window, key, held)
        count.keys += 1

    def type(self, path: str, text: str) -> None:
        """Type a fact into its field."""
        editor = self.hand.find(f"field:{path}")
        self.reach(editor)
        if isinstance(editor, QComboBox):
            line = editor.lineEdit()
            assert line is not None
            line.selectAll()
        QTest.keyClicks(editor, text)
        self.here.keys += len(text)
        self.here.fewest += len(text) + 1

    def choose(self, path: str, words: str) -> None:
        """Choose one of several answers with the arrow keys."""
        combo = self.hand.find(f"field:{path}", QComboBox)
        self.here.fewest += 2
        if combo.currentText().startswith(words):
            return
        wanted = combo.findText(words, Qt.MatchFlag.MatchStartsWith)
        assert wanted >= 0, words
        away = tabs_between(QApplication.focusWidget(), combo)
        if away is not None and away <= TABS:
            self.reach(combo)
        else:
            # Two clicks, one of them into the list; offscreen there is no window for it.
            self.here.clicks += 2
            self.hand.scroll_to(combo)
            combo.setFocus()
        by_keys = away is not None and away <= TABS
        while combo.currentIndex() != wanted:
            key = Qt.Key.Key_Down if combo.currentIndex() < wanted else Qt.Key.Key_Up
            if by_keys:
                self.key(key)
            else:
                QTest.keyClick(combo, key)

    def check(self, path: str) -> None:
        """Tick a box."""
        box = self.hand.find(f"field:{path}", QCheckBox)
        self.here.fewest += 2
        if box.isChecked():
            return
        self.reach(box)
        if not box.isChecked():
            self.key(Qt.Key.Key_Space)

    def press(self, name: str) -> None:
        """Click a button."""
        self.here.fewest += 1
        count = self.here
        self.hand.click(self.hand.find(name) if ":" in name or "-" in name else name)
        count.clicks += 1

    def go_on(self, key: str) -> None:
        """To the next page."""
        self.here.fewest += 1
        self.key(Qt.Key.Key_N, Qt.KeyboardModifier.AltModifier)
        frame = self.window.frame
        assert frame is not None
        # A button that is pressed by its letter shows that first.
        self.wait(lambda: frame.key == key or frame.missing.isVisible(), key)
        assert frame.key == key, frame.missing.accessibleName()
        self.hand.find(f"page:{key}")

    def wait(self, condition: Callable[[], object], what: str) -> None:
        self.hand.wait(condition, what)


def tabs_between(start: QWidget | None, target: QWidget) -> int | None:
    """How often Tab must be pressed; None where it is not on the way."""
    if start is target:
        return 0
    widget, away = start, 0
    while widget is not None and away <= TABS:
        widget = widget.nextInFocusChain()
        if widget is start or widget is None:
            return None
        takes = widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None
        if takes and widget.isVisible() and widget.isEnabled():
            away += 1
        if widget is target:
            return away
    return None


def walk(person: CountingPerson, today: date) -> None:
    """The seven steps, each with what the guide asks for."""
    person.go_on("register")
    register(person, today)
    person.go_on("administrators")
    person.press("Add administrator")
    at = "administration.administrators.*"
    person.type(f"{at}.name", "Dana Whitfield")
    person.type(f"{at}.confirmed_on", us(today, 27))
    person.go_on("user_accounts")
    person.press("Add account")
    at = "portal.accounts.*"
    person.type(f"{at}.name", "Luis Ortega")
    for box in ("portal_entitlement", "reporter_user", "test_access", "production_access"):
        person.check(f"{at}.{box}")
    person.go_on("sftp_accounts")
    person.press("Add account")
    at = "sftp.accounts.*"
    person.choose(f"{at}.level", "Test and production")
    person.type(f"{at}.form_contact", "Dana Whitfield")
    person.type(f"{at}.requested_on", us(today, 26))
    person.type(f"{at}.username", USERNAME)
    person.type(f"{at}.credentials_received_on", us(today, 24))
    person.type(f"{at}.password_reset_on", us(today, 24))
    person.go_on("relationships")
    person.go_on("testing")
    testing(person)
    person.go_on("certify")
    certify(person, today)


def register(person: CountingPerson, today: date) -> None:
    at = "registration"
    person.choose(f"{at}.organisation_type", "Industry Member")
    for name, text in (
        ("company_name", "Harbor Securities LLC"),
        ("street", "40 Water Street"),
        ("city", "Boston"),
        ("state", "MA"),
        ("postal_code", "02109"),
    ):
        person.type(f"{at}.{name}", text)
    person.choose(f"{at}.reports_for_others", "No")
    person.type(f"{at}.crd", str(SUBMITTER_ID))
    for which, name, phone in (
        ("primary", "Dana Whitfield", "6175550142"),
        ("secondary", "Luis Ortega", "6175550178"),
    ):
        person.type(f"{at}.{which}_contact.name", name)
        person.type(f"{at}.{which}_contact.phone", phone)
        person.type(f"{at}.{which}_contact.email", f"{which}@firm.example.com")
    person.choose(f"{at}.primary_source", "Self-reporting")
    person.choose(f"{at}.secondary_source", "None")
    person.choose(f"{at}.connectivity", "SFTP")
    person.type(f"{at}.data_submission", "LTID account information")
    person.type(f"{at}.ltid_accounts", "120")
    person.type(f"{at}.submitted_on", us(today, 30))
    person.type(f"{at}.submitted_by", "Dana Whitfield")
    person.type(f"{at}.verified_on", us(today, 28))


def testing(person: CountingPerson) -> None:
    frame = person.window.frame
    assert frame is not None
    case, practice = frame.open_case, frame.desk.practice
    before = practice.server
    # The simulation is told to answer at once, as nobody waits for real in a walk: not counted.
    tempo = person.hand.find("testing:tempo", QComboBox)
    tempo.setFocus()
    QTest.keyClick(tempo, Qt.Key.Key_Home)
    person.wait(lambda: practice.server not in (None, before), "the simulated CAIS")
    person.press("start-connection-test")
    person.press("trust:always")
    tests = case.case.testing
    person.wait(lambda: case.case.testing.connection_tests != tests.connection_tests, "a test")
    person.press("testing:send-sample")
    person.wait(
        lambda: [r.feedback_version for r in case.case.testing.submissions] == [4], "feedback"
    )
    person.press("testing:all-data-production")
    person.wait(lambda: not frame.desk.fetching.running, "the watch ended")


def certify(person: CountingPerson, today: date) -> None:
    person.press("save:summary")
    dialog = person.hand.dialog(QFileDialog)
    person.here.fewest += 1
    person.here.keys += 1
    QTest.keyClick(dialog.focusWidget() or dialog, Qt.Key.Key_Return)
    person.wait(lambda: list(Path.home().rglob("*.pdf")), "the summary")
    at = "certification"
    person.type(f"{at}.contacted_on", "today")
    person.type(f"{at}.contacted_by", "Dana Whitfield")
    for name in ("verified", "production_granted", "confirmation_received"):
        person.type(f"{at}.{name}.on", "today")
    person.go_on("overview")


def us(today: date, days: int) -> str:
    """The last business day at least `days` ago, as it is typed."""
    day = today - timedelta(days=days)
    while not is_business_day(day):
        day -= timedelta(days=1)
    return f"{day.month}/{day.day}/{day:%y}"


def report(person: CountingPerson, verdict: str) -> None:
    print("| page | clicks | keystrokes | fewest possible | times the fewest |")
    print("|---|---|---|---|---|")
    total = Count()
    for key, count in person.counts.items():
        total.clicks += count.clicks
        total.keys += count.keys
        total.fewest += count.fewest
        print(_row(key, count))
    print(_row(f"all {len(person.counts)} pages ({verdict})", total))


def _row(what: str, count: Count) -> str:
    times = f"{count.taken / count.fewest:.2f}" if count.fewest else ""
    return f"| {what} | {count.clicks} | {count.keys} | {count.fewest} | {times} |"


def main() -> int:
    """Walk and print the table."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory(prefix="walk-") as name:
        home = Path(name)
        os.environ["HOME"] = str(home)
        (home / "Documents").mkdir()
        application = prepare_application(["walk"])
        Theme(application, Qt.ColorScheme.Light)
        with Workplace.open(home / "data") as workplace:
            case = new_case(practice=True)
            workplace.cases.save(case, [HistoryEntry(EntryKind.CASE_CREATED)])
            runner = JobRunner()
            window = MainWindow(runner)
            window.open_on(workplace)
            window.show()
            window.activateWindow()
            window.start()
            person = CountingPerson(window)
            person.wait(lambda: window.frame is not None, "the case")
            assert window.frame is not None
            open_case = window.frame.open_case
            walk(person, open_case.today)
            person.wait(lambda: not open_case.unsaved, "all stored")
            report(person, open_case.assessment.verdict.value)
            runner.cancel_all()
            runner.wait_all(10)
            shiboken6.delete(window)
    return 0


if __name__ == "__main__":
    sys.exit(main())
