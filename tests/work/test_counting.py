from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import shiboken6
from pytestqt.qtbot import QtBot

from app.background import JobRunner
from app.open_case import OpenCase
from app.storage.history import EntryKind
from app.work.counting import CountingDesk
from app.work.workplace import Workplace
from tests.pages.feedback_files import name_of, put_feedback


@pytest.fixture
def counting(open_case: OpenCase, runner: JobRunner) -> Iterator[CountingDesk]:
    desk = CountingDesk(open_case, runner)
    yield desk
    shiboken6.delete(desk)


def count(qtbot: QtBot, desk: CountingDesk, *paths: Path) -> None:
    with qtbot.waitSignal(desk.ended, timeout=10_000):
        desk.add(paths)


def folders(place: Path, *names: str) -> list[Path]:
    made = [place / name for name in names]
    for each in made:
        each.mkdir()
    return made


def test_every_submission_read_has_its_entry_with_its_file(
    qtbot: QtBot, open_case: OpenCase, counting: CountingDesk, workplace: Workplace, tmp_path: Path
) -> None:
    for number in range(3):
        put_feedback(tmp_path, number)
    count(qtbot, counting, tmp_path)
    qtbot.waitUntil(lambda: not open_case.unsaved, timeout=10_000)
    entries = workplace.cases.history(open_case.case.id)
    assert [entry.kind for entry in entries] == [EntryKind.FEEDBACK_COUNTED] * 3
    assert [entry.file_name for entry in entries] == [name_of(number) for number in range(3)]
    count(qtbot, counting, tmp_path)
    assert len(open_case.case.testing.submissions) == 3
    assert not open_case.unsaved


def test_newer_feedback_takes_the_row_of_the_older(
    qtbot: QtBot, open_case: OpenCase, counting: CountingDesk, workplace: Workplace, tmp_path: Path
) -> None:
    older, newer = folders(tmp_path, "older", "newer")
    put_feedback(older, 1, version=3, rejected=5)
    put_feedback(newer, 1, version=4, rejected=0)
    count(qtbot, counting, older)
    count(qtbot, counting, newer)
    (record,) = open_case.case.testing.submissions
    assert (record.feedback_version, record.accounts_accepted) == (4, 60)
    qtbot.waitUntil(lambda: not open_case.unsaved, timeout=10_000)
    entries = workplace.cases.history(open_case.case.id)
    paths = [entry.path for entry in entries]
    assert paths == ["testing.submissions", f"testing.submissions.{record.id}"]


def test_copies_that_say_different_things_are_told_of(
    qtbot: QtBot, open_case: OpenCase, counting: CountingDesk, tmp_path: Path
) -> None:
    one, other, same = folders(tmp_path, "one", "other", "same")
    put_feedback(one, 1, rejected=3)
    put_feedback(other, 1, rejected=4)
    put_feedback(one, 2)
    put_feedback(same, 2)
    count(qtbot, counting, one, other, same)
    contradicted, agreed = open_case.case.testing.submissions
    assert "say different things" in contradicted.findings[-1]
    assert not any("say different things" in line for line in agreed.findings)


def test_newer_feedback_that_cannot_be_read_is_told_of(
    qtbot: QtBot, open_case: OpenCase, counting: CountingDesk, tmp_path: Path
) -> None:
    put_feedback(tmp_path, 1, version=3)
    (tmp_path / name_of(1, version=4)).write_bytes(b"no feedback")
    count(qtbot, counting, tmp_path)
    (record,) = open_case.case.testing.submissions
    assert "could not be read" in record.findings[-1]
