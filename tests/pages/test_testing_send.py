"""Sending a submission by the page, to a real OpenSSH server."""

from __future__ import annotations

import hashlib
from pathlib import Path

from app.pages import testing as testing_page
from app.storage.history import EntryKind
from app.widgets.dialogs import QuestionDialog
from tests.pages.conftest import OpenPage
from tests.pages.hands import Hands
from tests.pages.test_connection_view import click, dialog, wait_for_words
from tests.pages.test_testing_fetch import case_for, page_for, server
from tests.rig.openssh import OpenSSHServer
from tests.submissions.making import account, ltid_phase, write

__all__ = ["server"]
NAME = "1482_1482_20201005_CAIS_000001.json.bz2"


def submission(folder: Path, *, faulty: bool = False, name: str = NAME) -> Path:
    records = [account(number) for number in range(1, 11)]
    if faulty:
        records[0]["fdidType"] = "NONE OF THESE"
    return write(folder, name, ltid_phase(records, catReporterCRD=1482, catSubmitterID=1482))


def send(hands: Hands, path: Path) -> None:
    page = hands.page
    assert isinstance(page, testing_page.TestingPage)
    page.send.send([path])


def sent_entries(hands: Hands) -> list[str]:
    hands.stored()
    history = hands.workplace.cases.history(hands.case.id)
    return [entry.note for entry in history if entry.kind == EntryKind.SUBMISSION_SENT]


def test_a_flawless_file_is_sent_once_and_remembered(
    open_page: OpenPage, server: OpenSSHServer, tmp_path: Path
) -> None:
    path = submission(tmp_path)
    hands = page_for(open_page, server)
    send(hands, path)
    click(hands, dialog(hands), "trust:always")
    wait_for_words(hands, f"{NAME} sent.")
    there = server.folder("upload", 1482) / NAME
    assert there.read_bytes() == path.read_bytes()
    (note,) = sent_entries(hands)
    assert hashlib.sha256(path.read_bytes()).hexdigest() in note
    assert hands.desk.fetching.watching
    send(hands, path)
    wait_for_words(hands, "already lies in the upload folder")
    assert len(sent_entries(hands)) == 1


def test_a_file_with_rejections_is_asked_about_and_not_sent(
    open_page: OpenPage, server: OpenSSHServer, tmp_path: Path
) -> None:
    hands = page_for(open_page, server)
    send(hands, submission(tmp_path, faulty=True))
    hands.qtbot.waitUntil(lambda: bool(hands.page.findChildren(QuestionDialog)), timeout=30_000)
    (asked,) = hands.page.findChildren(QuestionDialog)
    click(hands, asked, "safe")
    assert list(server.folder("upload", 1482).iterdir()) == []
    assert sent_entries(hands) == []


def test_a_file_that_cat_would_refuse_is_not_sent(open_page: OpenPage, tmp_path: Path) -> None:
    hands = open_page(testing_page.TestingPage, case_for("127.0.0.1", 22))
    path = tmp_path / NAME
    path.write_bytes(b"no bzip2")
    send(hands, path)
    wait_for_words(hands, "did not pass its check")
    assert sent_entries(hands) == []
