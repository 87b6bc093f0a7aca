"""Accounts told apart by the submission files themselves, dropped on step 6."""

from __future__ import annotations

import bz2
import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QAbstractButton, QListWidget, QTableView

from app.onboarding.case import Case
from app.onboarding.testing import DistinctAccounts
from app.pages import testing as testing_page
from app.storage.history import EntryKind
from tests.pages.conftest import OpenPage
from tests.pages.hands import Hands
from tests.pages.test_testing_sources import drop
from tests.rig.cases import TODAY, row_id, self_reporting_case
from tests.submissions import making

FIRST = "1482_1482_20201006_CAIS_000001.json.bz2"
SECOND = "1482_1482_20201007_CAIS_000002.json.bz2"
ANSWER = "testing.distinct_accounts"


def unanswered() -> Case:
    """Two submissions count, of 60 and of 50 accounts; nobody said how many differ."""
    case = self_reporting_case("tested")
    testing = case.testing.model_copy(update={"distinct_accounts": None})
    return case.model_copy(update={"testing": testing})


@pytest.fixture
def hands(open_page: OpenPage) -> Hands:
    return open_page(testing_page.TestingPage, unanswered(), today=TODAY)


def put_file(
    folder: Path, name: str, numbers: Iterable[int], *, ended: Iterable[int] = (), **changes: Any
) -> Path:
    """A submission of accounts with these numbers, the LTIDs of some ended."""
    gone = set(ended)
    accounts = [
        making.account(number, ltids=[making.ltid(number, ltidEndDate=20200301)])
        if number in gone
        else making.account(number)
        for number in numbers
    ]
    document = making.ltid_phase(
        accounts, **{"catReporterCRD": 1482, "catSubmitterID": 1482} | changes
    )
    return making.write(folder, name, document)


def drop_and_count(hands: Hands, *paths: Path) -> None:
    with hands.qtbot.waitSignal(hands.desk.accounts.ended, timeout=10_000):
        drop(hands.page, paths)


def sees(hands: Hands, name: str) -> bool:
    return hands.find(QAbstractButton, name).isVisible()


def put_long_file(folder: Path) -> Path:
    """A submission that takes seconds to count, made of the same records over and over."""
    records = [json.dumps(making.account(number)) for number in range(1_000)]
    head = b'{"version":"1.0.0","catReporterCRD":1482,"fdidRecordList":[' + records[0].encode()
    many = bz2.compress("".join(f",{record}" for record in records).encode())
    path = folder / SECOND
    path.write_bytes(bz2.compress(head) + many * 400 + bz2.compress(b"]}"))
    return path


def table_of(hands: Hands) -> list[list[str]]:
    (table,) = [
        each
        for each in hands.page.findChildren(QTableView)
        if each.accessibleName() == "Accounts by reporter and correspondent"
    ]
    model = table.model()
    columns, rows = range(model.columnCount()), range(model.rowCount())
    return [[str(model.index(row, column).data()) for column in columns] for row in rows]


def lines_of(hands: Hands) -> list[str]:
    (shown,) = [
        each
        for each in hands.page.findChildren(QListWidget)
        if each.accessibleName() == "Submission files that tell nothing"
    ]
    return [shown.item(number).text() for number in range(shown.count()) if shown.isVisible()]


def test_accounts_in_two_files_count_once_and_are_recorded_with_both_files(
    hands: Hands, tmp_path: Path
) -> None:
    first = put_file(tmp_path, FIRST, range(1, 61))
    second = put_file(tmp_path, SECOND, range(41, 91), ended=(41, 90))
    drop_and_count(hands, first, second)
    assert table_of(hands) == [["1482", "", "2", "110", "90"]]
    assert lines_of(hands) == []
    assert "90 different accounts in 2 files." in hands.words()
    # Account 41 has a current LTID in the first file; account 90 has none anywhere.
    assert "1 of them has no current LTID" in hands.words()
    assert hands.fact(ANSWER) is None
    hands.press("testing:record-counted")
    answer = hands.stored().testing.distinct_accounts
    assert isinstance(answer, DistinctAccounts)
    assert (answer.received, answer.without_current_ltid, answer.from_files) == (90, 1, True)
    assert set(answer.record_ids) == {row_id(1), row_id(2)}
    history = hands.workplace.cases.history(hands.case.id)
    entries = [entry for entry in history if entry.kind == EntryKind.ACCOUNTS_COUNTED]
    assert [entry.file_name for entry in entries] == [FIRST, SECOND]
    assert [entry.file_size for entry in entries] == [first.stat().st_size, second.stat().st_size]
    assert "Recorded: 90 different accounts." in hands.words()
    step = hands.open_case.assessment.step(6)
    (distinct,) = [item for item in step.requirements if item.key == "distinct"]
    assert distinct.met
    assert "counted from the submission files" in distinct.detail


def test_a_folder_brings_its_feedback_and_its_submissions(hands: Hands, tmp_path: Path) -> None:
    put_file(tmp_path, FIRST, range(1, 61))
    put_file(tmp_path, SECOND, range(1, 51))
    making.write(tmp_path, SECOND.replace("CAIS", "TIDS"), making.tids(1))
    drop_and_count(hands, tmp_path)
    assert "60 different accounts in 2 files." in hands.words()
    assert lines_of(hands) == []
    assert "The accounts in 2 submission files are counted below." in hands.words()


def test_the_submission_without_its_file_is_named_until_the_file_comes(
    hands: Hands, tmp_path: Path
) -> None:
    drop_and_count(hands, put_file(tmp_path, FIRST, range(1, 61)))
    assert f"Still missing: {SECOND}." in hands.words()
    assert not sees(hands, "testing:record-counted")
    drop_and_count(hands, put_file(tmp_path, SECOND, range(61, 111)))
    assert "110 different accounts in 2 files." in hands.words()
    assert sees(hands, "testing:record-counted")


@pytest.mark.parametrize(
    ("name", "changes", "line"),
    [
        (SECOND, {"numbers": range(1, 10)}, "It holds 9 accounts, but CAIS received 50"),
        (SECOND, {"catReporterCRD": 77}, "It names reporter CRD 77, its feedback 1482"),
        (SECOND.replace("000002", "000009"), {}, "It belongs to none of the submissions"),
    ],
)
def test_a_file_that_was_not_sent_tells_nothing(
    hands: Hands, tmp_path: Path, name: str, changes: dict[str, Any], line: str
) -> None:
    numbers = changes.pop("numbers", range(1, 51))
    drop_and_count(
        hands,
        put_file(tmp_path, FIRST, range(1, 61)),
        put_file(tmp_path, name, numbers, **changes),
    )
    (shown,) = lines_of(hands)
    assert shown.startswith(f"{name}: {line}")
    assert not sees(hands, "testing:record-counted")


def test_a_broken_file_is_listed_with_its_reason(hands: Hands, tmp_path: Path) -> None:
    broken = tmp_path / SECOND
    broken.write_bytes(b"BZh9 and no more")
    drop_and_count(hands, broken)
    (shown,) = lines_of(hands)
    assert shown.startswith(f"{SECOND}: The compressed file")


def test_taking_a_submission_out_tells_the_accounts_apart_anew(
    hands: Hands, tmp_path: Path
) -> None:
    case = unanswered()
    third = case.testing.submissions[1].model_copy(
        update={
            "id": row_id(3),
            "file_name": FIRST.replace("000001.json", "000003.v4.feedback.json"),
            "submission_id": "60300",
        }
    )
    hands.open_case.add_row("testing.submissions", third)
    drop_and_count(
        hands,
        put_file(tmp_path, FIRST, range(1, 61)),
        put_file(tmp_path, SECOND, range(1, 51)),
        put_file(tmp_path, FIRST.replace("000001", "000003"), range(101, 151)),
    )
    assert "110 different accounts in 3 files." in hands.words()
    with hands.qtbot.waitSignal(hands.desk.accounts.ended, timeout=10_000):
        hands.open_case.record(
            f"testing.submissions.{row_id(3)}.chosen", False, EntryKind.SUBMISSION_CHOSEN
        )
    assert "60 different accounts in 2 files." in hands.words()
    assert len(lines_of(hands)) == 1


def test_one_submission_has_nothing_to_tell_apart_but_ended_ltids(
    hands: Hands, tmp_path: Path
) -> None:
    hands.open_case.record(
        f"testing.submissions.{row_id(2)}.chosen", False, EntryKind.SUBMISSION_CHOSEN
    )
    drop_and_count(hands, put_file(tmp_path, FIRST, range(1, 61), ended=(1, 2)))
    assert "60 different accounts in 1 file." in hands.words()
    assert "2 of them have no current LTID and do not count toward the level." in hands.words()
    assert "Enter that number at the submission." in hands.words()
    assert not sees(hands, "testing:record-counted")


def test_counting_is_cancelled_at_once(hands: Hands, tmp_path: Path) -> None:
    large = put_long_file(tmp_path)
    drop_and_count(hands, put_file(tmp_path, FIRST, range(1, 61)))
    with hands.qtbot.waitSignal(hands.desk.accounts.progressed, timeout=10_000):
        drop(hands.page, [large])
    with hands.qtbot.waitSignal(hands.desk.accounts.ended, timeout=10_000):
        hands.press("testing:cancel-accounts")
    assert table_of(hands) == [["1482", "", "1", "60", "60"]]
    assert "Stopped." in hands.words()
    assert not sees(hands, "testing:cancel-accounts")


def test_correspondents_are_shown_apart(open_page: OpenPage, tmp_path: Path) -> None:
    hands = open_page(testing_page.TestingPage, unanswered(), today=date(2020, 12, 1))
    paths = [
        put_file(tmp_path, FIRST, range(1, 61), correspondentCRD=7, version="2.0.0"),
        put_file(tmp_path, SECOND, range(1, 51), correspondentCRD=8, version="2.0.0"),
    ]
    drop_and_count(hands, *paths)
    assert table_of(hands) == [["1482", "7", "1", "60", "60"], ["1482", "8", "1", "50", "50"]]
