"""Files full of marked personal data go through everything; the marks come out nowhere."""

from __future__ import annotations

import bz2
import json
import logging
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QTableView

from app.failures import UserFacingError
from app.pages import testing as testing_page
from app.sftp.preflight import passed
from app.storage.backups import Reason, make_backup
from app.storage.history import EntryKind
from app.storage.logbook import start_log, stop_log
from app.submissions import identifiers
from app.submissions.preflight import check_submission
from app.work.exports import write_summary
from tests.pages.conftest import OpenPage
from tests.pages.feedback_files import put_feedback
from tests.pages.hands import Hands
from tests.pages.test_testing_counts import (
    FIRST,
    SECOND,
    drop_and_count,
    put_file,
    table_of,
    unanswered,
)
from tests.rig.cases import TODAY
from tests.rig.secret_scan import find_secret
from tests.submissions import making

MARK = "Zq7Xmarker"
NUMBER = 739_182_645  # where only a number can stand


def person(number: int) -> dict[str, Any]:
    return {
        "customerRecordID": number,
        "firstName": f"{MARK}first",
        "middleName": f"{MARK}middle",
        "lastName": f"{MARK}last",
        "doingBusinessAs": f"{MARK}dba",
        "birthDate": NUMBER,
        "addressList": [address()],
    }


def address() -> dict[str, Any]:
    return {
        "addrType": "ADDRESS1",
        "addrLine1": f"{MARK} Street",
        "city": f"{MARK}ville",
        "regionCode": MARK,
        "postalCode": MARK,
    }


def marked(number: int, **changes: Any) -> dict[str, Any]:
    """An account with a mark in every field that can tell who somebody is."""
    return making.account(
        number,
        **{
            "firmDesignatedID": f"{MARK}{number}",
            "accountName": f"{MARK} Trust",
            "addressList": [address()],
            "authTradersList": [{"authTraderNameID": f"{MARK}trader", "firstName": MARK}],
            "fdidCustomerList": [{"customerRecordID": number, "role": MARK}],
            "branchOfficeCRD": NUMBER,
        }
        | changes,
    )


def faulty_accounts() -> list[Any]:
    """Whatever a finding might be tempted to quote."""
    return [
        marked(1, firmDesignatedID=f"{MARK},"),
        marked(2, firmDesignatedID=MARK * 9),
        marked(3, fdidRecordID=f"{MARK}"),
        marked(4, fdidType=MARK, fdidDate=MARK, fdidEndDate=MARK),
        marked(5, ltids=[making.ltid(5, largeTraderID=MARK, ltidEffectiveDate=MARK), MARK]),
        marked(6, replacedByFDID=f"{MARK}6"),
        marked(7, largeTraderList=MARK),
        marked(8, firmDesignatedID=f"{MARK}1"),
        {MARK: MARK},
        MARK,
    ]


def rejection(number: int) -> dict[str, Any]:
    return making.rejection(
        number,
        firmDesignatedID=f"{MARK}{number}",
        authTraderNameID=f"{MARK}trader",
        addrType=MARK,
    )


def put_everything(folder: Path) -> None:
    """Submissions, feedback and rejections: right, faulty, and broken beside a mark."""
    put_file(
        folder, FIRST, (), fdidRecordList=[marked(n) for n in range(1, 61)], fdidRecordCount=60
    )
    put_file(
        folder, SECOND, (), fdidRecordList=[marked(n) for n in range(41, 91)], fdidRecordCount=50
    )
    name = FIRST.replace("000001", "{:06}").format
    full = making.full_cais(
        [marked(1), *faulty_accounts()],
        naturalPersonCustomerList=[person(1), person(1), {"customerRecordID": MARK}],
        legalEntityCustomerList=[{"customerRecordID": 3, "legalName": MARK, "leid": MARK}],
        catSubmitterID=MARK,
        **{f"{MARK}field": MARK},
    )
    text = json.dumps(full)
    making.write(folder, name(3), full)
    making.write(folder, name(4), bz2.compress(text.replace("addrLine1", "accountName").encode()))
    making.write(folder, name(5), bz2.compress(text.replace(f'"{MARK} Street"', MARK).encode()))
    making.write(folder, name(6), bz2.compress(text[: text.rindex(MARK) + 4].encode()))
    making.write(folder, name(7), bz2.compress(text.encode())[:-9])
    making.write(folder, name(8), bz2.compress(f'"{MARK}"'.encode()))
    making.write(folder, name(9), bz2.compress(text.encode().replace(b"ville", b"\xff")))
    making.write(folder, name(10), text.encode())
    making.write(
        folder,
        name(3).replace("CAIS", "TIDS"),
        making.tids(1, tidRecordList=[{"customerRecordID": 9, "tidValue": MARK, "tidType": MARK}]),
    )
    items = {
        "rejectionItems": [rejection(1), rejection(2), rejection(2), {"customerRecordID": MARK}]
    }
    put_feedback(folder, 11, **items, submitterUsername=MARK)
    put_feedback(folder, 12, **items, receivedFDIDRecordCount=MARK, completedTimestamp=MARK)
    feedback = put_feedback(folder, 13, **items)
    broken = bz2.decompress(feedback.read_bytes()).replace(b'"authTraderNameID"', MARK.encode())
    feedback.write_bytes(bz2.compress(broken))
    outstanding = "1482_1482__20201006_OUTSTANDINGREJECTIONS_g_{}"
    making.write(folder, outstanding.format("data.json.bz2"), rejection(1))
    (folder / outstanding.format("meta.json")).write_text(json.dumps(rejection(2)))


def inspected(folder: Path, temporary: Path) -> bytes:
    """What the command prints of all that, for people and for programs."""
    printed = b""
    for form in ((), ("--json",)):
        run = subprocess.run(
            [sys.executable, "-m", "app", "inspect", *form, str(folder)],
            capture_output=True,
            check=False,
            env={**os.environ, "TMPDIR": str(temporary), "PYTHONWARNINGS": "error"},
        )
        assert run.returncode == 1, run.stderr
        printed += run.stdout + run.stderr
    assert b'"accounts_distinct": 60' in printed
    return printed


def look_at(hands: Hands, folder: Path) -> str:
    """Read all of it on the page, record what it comes to; all words that could be seen."""
    seen = []
    drop_and_count(hands, folder)
    assert table_of(hands) == [["1482", "", "2", "110", "90"]]
    seen.append(hands.words())
    hands.press("testing:record-counted")
    for row in hands.case.testing.submissions:
        page = hands.page
        assert isinstance(page, testing_page.TestingPage)
        page.submissions.table.select_rows([row.id])
        seen.append(hands.words())
    for table in hands.page.findChildren(QTableView):
        model = table.model()
        seen += [
            str(model.index(row, column).data())
            for row in range(model.rowCount())
            for column in range(model.columnCount())
        ]
    for path in sorted(folder.glob("*_CAIS_*[0-9].json.bz2")):
        report = check_submission(path, today=TODAY)
        seen.append(repr(report))
        try:
            passed(report)
        except UserFacingError as refused:
            seen.append(f"{refused} {refused.what} {refused.meaning} {refused.action}")
            logging.getLogger("app").error("not sent", exc_info=refused)
    assert hands.stored().testing.distinct_accounts is not None
    return "\n".join(seen)


@pytest.mark.usefixtures("qapp")
def test_nothing_of_a_record_is_written_or_shown_anywhere(
    open_page: OpenPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Small enough that hashes go through a temporary file.
    monkeypatch.setattr(identifiers, "_IN_MEMORY", 20)
    temporary, folder = tmp_path / "temporary", tmp_path / "files"
    for each in (temporary, folder):
        each.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    put_everything(folder)
    assert find_secret(MARK, folder / FIRST)
    hands = open_page(testing_page.TestingPage, unanswered(), today=TODAY)
    data = hands.workplace.folder
    log = start_log(data, level=logging.DEBUG)
    try:
        shown = look_at(hands, folder)
    finally:
        stop_log(log)
    pdf = tmp_path / "summary.pdf"
    assessment = hands.open_case.assessment
    cases, now = hands.workplace.cases, hands.open_case.now
    write_summary(cases, assessment, now, pdf, overwrite=False)
    make_backup(data, Reason.START)
    (tmp_path / "shown").write_text(shown)
    (tmp_path / "printed").write_bytes(inspected(folder, temporary))
    written = {path.suffix for path in data.root.rglob("*") if path.is_file()}
    assert written >= {".db", ".db-wal", ".log"}
    kinds = [entry.kind for entry in cases.history(hands.case.id)]
    assert {EntryKind.FEEDBACK_COUNTED, EntryKind.ACCOUNTS_COUNTED} <= set(kinds)
    places = (data.root, temporary, pdf, tmp_path / "shown", tmp_path / "printed")
    assert find_secret(MARK, *places) == ()
    assert find_secret(str(NUMBER), *places) == ()
