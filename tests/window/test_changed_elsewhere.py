"""A case changed in another window or by a job meanwhile, and a clock that was set back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QPushButton

from app.onboarding.editing import with_value
from app.storage.history import EntryKind, HistoryEntry
from app.work.workplace import Workplace
from tests.rig.cases import TODAY, self_reporting_case
from tests.window.conftest import Start
from tests.window.test_closing import question, type_name

Begin = Callable[..., Start]


def change_elsewhere(start: Start, case_id: str) -> None:
    with Workplace.open(start.workplace.folder.root) as other:
        case = other.cases.load(case_id)
        changed = with_value(case, "registration.city", "Denver", TODAY)
        entry = HistoryEntry(EntryKind.FACT_CHANGED, "registration.city", "Boston", "Denver")
        other.cases.save(changed, [entry])


def outdated(begin: Begin) -> Start:
    start = begin(self_reporting_case("registered"))
    change_elsewhere(start, start.frame.open_case.case.id)
    type_name(start, "Harbor & Sons")
    start.qtbot.waitUntil(start.frame.outdated.isVisible)
    return start


def test_opening_again_shows_the_newer_facts_and_what_is_not_stored(begin: Begin) -> None:
    start = outdated(begin)
    before = start.frame
    assert "changed in another window" in before.outdated.accessibleName()
    assert before.footer.saving.text() == "Not saved yet"
    assert not before.failure.isVisible()
    buttons = before.outdated.findChildren(QAbstractButton)
    start.qtbot.mouseClick(buttons[0], Qt.MouseButton.LeftButton)
    start.qtbot.waitUntil(lambda: start.window.frame is not before)
    assert start.frame.open_case.case.registration.city == "Denver"
    assert start.frame.open_case.case.title == "Harbor Securities LLC"
    said = start.window.notice.accessibleName()
    assert said.endswith("Registration: company name: Harbor & Sons")
    type_name(start, "Harbor Brothers")
    start.frame.page.commit()
    case_id = start.frame.open_case.case.id
    assert start.stored(case_id).registration.company_name == "Harbor Brothers"


def test_an_outdated_case_is_not_tried_again_and_again(begin: Begin) -> None:
    start = outdated(begin)
    saved: list[object] = []
    start.frame.open_case.saving_changed.connect(saved.append)
    type_name(start, "Harbor Brothers")
    start.frame.page.commit()
    assert saved == []
    assert not start.frame.open_case._retry.isActive()
    assert [entry.after for entry in start.frame.open_case.unstored][-1] == "Harbor Brothers"


def test_leaving_an_outdated_case_is_the_persons_choice(begin: Begin) -> None:
    start = outdated(begin)
    start.window.close()
    asked = question(start)
    safe = asked.findChild(QPushButton, "safe")
    assert safe is not None and safe.text() == "&Stay here"
    other = asked.findChild(QPushButton, "other")
    assert other is not None
    start.qtbot.mouseClick(other, Qt.MouseButton.LeftButton)
    start.qtbot.waitUntil(lambda: not start.window.isVisible())


def test_a_clock_that_was_set_back_is_told_and_nothing_is_lost(begin: Begin) -> None:
    start = begin(self_reporting_case("registered"))
    case = start.frame.open_case.case
    last = start.workplace.cases.history(case.id)[-1].at
    start.workplace.cases.now = lambda: last - timedelta(days=2)
    type_name(start, "Harbor & Sons")
    start.qtbot.waitUntil(start.frame.news.isVisible)
    said = start.frame.news.accessibleName()
    assert said.startswith("The clock of this computer seems to be wrong.")
    assert start.stored(case.id).registration.company_name == "Harbor & Sons"
    assert last <= datetime.now(UTC)
