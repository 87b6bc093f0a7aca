from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime

import pytest
import shiboken6
from pytestqt.qtbot import QtBot

from app.background import JobRunner
from app.onboarding.access import UserAccount
from app.onboarding.assessment import Assessment
from app.onboarding.case import new_case
from app.onboarding.editing import new_row_id
from app.onboarding.testing import PortalLogin
from app.open_case import OpenCase, SaveState, Saving
from app.storage.case_store import CaseStore
from app.storage.history import EntryKind, FileFacts
from app.work.workplace import Workplace


def wait_until_saved(qtbot: QtBot, open_case: OpenCase) -> None:
    qtbot.waitUntil(lambda: not open_case.unsaved, timeout=10_000)


def test_an_edit_is_assessed_announced_and_on_disk(
    qtbot: QtBot, open_case: OpenCase, workplace: Workplace
) -> None:
    heard: list[Assessment] = []
    open_case.changed.connect(heard.append)
    assert open_case.edit("registration.crd", " 12 34 ") == ""
    assert heard[-1].case.registration.crd == "1234"
    wait_until_saved(qtbot, open_case)
    assert open_case.saving.state is SaveState.SAVED
    assert open_case.saving.at is not None
    assert CaseStore(workplace.database).load(open_case.case.id) == open_case.case
    (entry,) = workplace.cases.history(open_case.case.id)
    assert (entry.path, entry.after_value) == ("registration.crd", "1234")


def test_what_a_field_cannot_take_is_kept_and_the_old_fact_does_not_stand(
    qtbot: QtBot, open_case: OpenCase
) -> None:
    open_case.edit("registration.crd", "1234")
    line = open_case.edit("registration.crd", "12x4")
    assert line == "A CRD number is digits only, for example 123456."
    assert open_case.case.registration.crd is None
    assert open_case.case.unaccepted == {"registration.crd": "12x4"}
    assert open_case.problem_at("registration.crd") == line
    assert open_case.edit("registration.crd", "1234") == ""
    assert open_case.problem_at("registration.crd") == ""
    wait_until_saved(qtbot, open_case)


def test_an_edit_that_changes_nothing_writes_nothing(
    qtbot: QtBot, open_case: OpenCase, workplace: Workplace
) -> None:
    open_case.edit("registration.city", "Boston")
    open_case.edit("registration.city", "Boston ")
    wait_until_saved(qtbot, open_case)
    assert len(workplace.cases.history(open_case.case.id)) == 1


def test_rows_come_and_go_with_their_history(
    qtbot: QtBot, open_case: OpenCase, workplace: Workplace
) -> None:
    row = UserAccount(id=new_row_id(), name="Ann Lee")
    open_case.add_row("portal.accounts", row)
    open_case.edit(f"portal.accounts.{row.id}.test_access", True)
    open_case.remove_row("portal.accounts", row.id)
    assert open_case.case.portal.accounts == ()
    wait_until_saved(qtbot, open_case)
    removed = workplace.cases.history(open_case.case.id)[-1]
    before = removed.before_value
    assert isinstance(before, dict)
    assert (before["name"], before["test_access"]) == ("Ann Lee", True)


def test_changes_made_together_are_one_repaint_and_one_transaction(
    qtbot: QtBot, open_case: OpenCase
) -> None:
    heard: list[Assessment] = []
    saved: list[Saving] = []
    open_case.changed.connect(heard.append)
    open_case.saving_changed.connect(saved.append)
    with open_case.together():
        open_case.edit("registration.city", "Boston")
        open_case.edit("registration.state", "MA")
    assert len(heard) == 1
    wait_until_saved(qtbot, open_case)
    assert [s.state for s in saved] == [SaveState.SAVING, SaveState.SAVED]


def test_many_rows_are_one_repaint_and_one_transaction_with_an_entry_each(
    qtbot: QtBot, open_case: OpenCase, workplace: Workplace
) -> None:
    first, second = (UserAccount(id=new_row_id(), name=name) for name in ("Ann Lee", "Bo Hale"))
    open_case.add_row("portal.accounts", first)
    wait_until_saved(qtbot, open_case)
    heard: list[Assessment] = []
    saved: list[Saving] = []
    open_case.changed.connect(heard.append)
    open_case.saving_changed.connect(saved.append)
    newer = first.model_copy(update={"name": "Ann Leeds"})
    file = FileFacts("list.csv", 12, "ab" * 32)
    rows = (newer, second)
    open_case.put_rows("portal.accounts", rows, EntryKind.IMPORTED, files={second.id: file})
    assert open_case.case.portal.accounts == rows
    assert len(heard) == 1
    wait_until_saved(qtbot, open_case)
    assert [s.state for s in saved] == [SaveState.SAVING, SaveState.SAVED]
    changed, added = workplace.cases.history(open_case.case.id)[1:]
    assert (changed.path, added.path) == (f"portal.accounts.{first.id}", "portal.accounts")
    assert (changed.kind, added.kind) == (EntryKind.IMPORTED, EntryKind.IMPORTED)
    assert isinstance(changed.before_value, dict)
    assert changed.before_value["name"] == "Ann Lee"
    assert added.before_value is None
    assert (changed.file, added.file) == (None, file)


def test_a_statement_is_stored_under_its_kind(
    qtbot: QtBot, open_case: OpenCase, workplace: Workplace
) -> None:
    login = PortalLogin(on=date(2020, 10, 6), by="Ann Lee")
    open_case.record("testing.portal_login", login, EntryKind.STATEMENT_MADE, note="by phone")
    open_case.note(EntryKind.CREDENTIAL_STORED, "sftp.accounts.x", "password store")
    wait_until_saved(qtbot, open_case)
    first, second = workplace.cases.history(open_case.case.id)
    assert (first.kind, first.note) == (EntryKind.STATEMENT_MADE, "by phone")
    assert (second.kind, second.note) == (EntryKind.CREDENTIAL_STORED, "password store")


def test_what_cannot_be_stored_stays_and_is_stored_once_it_can_be(
    qtbot: QtBot, open_case: OpenCase, workplace: Workplace
) -> None:
    open_case._retry.setInterval(50)
    other = sqlite3.connect(workplace.database.path)
    other.execute("BEGIN IMMEDIATE")
    open_case.edit("registration.city", "Boston")
    qtbot.waitUntil(lambda: open_case.saving.state is SaveState.FAILED, timeout=20_000)
    assert open_case.saving.failure is not None
    assert open_case.saving.failure.action
    open_case.edit("registration.state", "MA")
    assert open_case.unsaved
    other.rollback()
    other.close()
    wait_until_saved(qtbot, open_case)
    qtbot.waitUntil(lambda: open_case.saving.state is SaveState.SAVED, timeout=10_000)
    stored = Workplace.open(workplace.folder.root)
    assert stored.cases.load(open_case.case.id).registration.city == "Boston"
    assert len(stored.cases.history(open_case.case.id)) == 2
    stored.close()


@pytest.mark.parametrize(
    ("moment", "today"),
    [
        (datetime(2020, 10, 6, 3, 59, tzinfo=UTC), date(2020, 10, 5)),
        (datetime(2020, 10, 6, 4, 0, tzinfo=UTC), date(2020, 10, 6)),
    ],
)
def test_today_is_the_eastern_day(
    qtbot: QtBot, workplace: Workplace, runner: JobRunner, moment: datetime, today: date
) -> None:
    opened = OpenCase(workplace.cases, runner, new_case(), clock=lambda: moment)
    assert opened.assessment.today == today
    assert opened.edit("registration.submitted_on", today.isoformat()) == ""
    opened.edit("registration.submitted_on", "")
    assert opened.edit("registration.submitted_on", "10/08/2020") != ""
    qtbot.waitUntil(lambda: not opened.unsaved, timeout=10_000)
    shiboken6.delete(opened)
