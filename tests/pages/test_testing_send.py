"""Sending a submission by the page, to a real OpenSSH server."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QPushButton

from app.onboarding.access import SftpServer
from app.pages import testing as testing_page
from app.sftp.sending import send_submission
from app.storage.history import EntryKind
from app.widgets.dialogs import QuestionDialog
from tests.pages.conftest import OpenPage
from tests.pages.hands import Hands
from tests.pages.test_connection_view import click, dialog, wait_for_words
from tests.pages.test_testing_fetch import case_for, page_for, server
from tests.rig.cases import row_id
from tests.rig.openssh import PASSWORD, OpenSSHServer, openssh_server
from tests.submissions.making import account, ltid_phase, write

__all__ = ["server"]
NAME = "1482_1482_20201005_CAIS_000001.json.bz2"
PARTNER = "1482_1482_20201005_TIDS_000001.json.bz2"
TIDS_FOLDER = "1482/cat/tid/upload"


@pytest.fixture
def second() -> Iterator[OpenSSHServer]:
    """The host for Transformed Identifiers Files."""
    with openssh_server(submitter_ids=(), folders=(TIDS_FOLDER,)) as running:
        yield running


def submission(folder: Path, *, faulty: bool = False, name: str = NAME) -> Path:
    records = [account(number) for number in range(1, 11)]
    if faulty:
        records[0]["fdidType"] = "NONE OF THESE"
    return write(folder, name, ltid_phase(records, catReporterCRD=1482, catSubmitterID=1482))


def pair(folder: Path, number: int = 1) -> tuple[Path, Path]:
    """The two files of a 2.0.0 submission."""
    header: dict[str, Any] = {"version": "2.0.0", "catReporterCRD": 1482, "catSubmitterID": 1482}
    data = ltid_phase(
        [account(1)],
        **header,
        naturalPersonCustomerRecordCount=1,
        legalEntityCustomerRecordCount=0,
        naturalPersonCustomerList=[{"customerRecordID": 5}],
        legalEntityCustomerList=[],
    )
    tids = {"version": "2.0.0", "tidRecordCount": 1, "tidRecordList": [{"customerRecordID": 5}]}
    end = f"{number:06}.json.bz2"
    return (
        write(folder, NAME.replace("000001.json.bz2", end), data),
        write(folder, PARTNER.replace("000001.json.bz2", end), tids),
    )


def pair_page(open_page: OpenPage, first: OpenSSHServer, second: OpenSSHServer) -> Hands:
    """A page that has both hosts, and trusts them."""
    case = case_for(first.host, first.port)
    identifiers = SftpServer(host=second.host, port=second.port)
    sftp = case.sftp.model_copy(update={"test_identifier_server": identifiers})
    hands = open_page(testing_page.TestingPage, case.model_copy(update={"sftp": sftp}))
    job = hands.desk.passwords.keep(row_id(1), PASSWORD, this_session_only=True)
    with hands.qtbot.waitSignal(job.ended, timeout=15_000):
        pass
    return hands


def trust_both(hands: Hands) -> None:
    """Each host is asked about, one after the other."""
    for port in (
        hands.case.sftp.test_server.port,
        hands.case.sftp.test_identifier_server.port,
    ):
        asked = dialog(hands)
        assert f"port {port}" in hands.words()
        click(hands, asked, "trust:always")
        hands.qtbot.waitUntil(lambda asked=asked: not asked.isVisible(), timeout=5_000)


def send(hands: Hands, *paths: Path) -> None:
    page = hands.page
    assert isinstance(page, testing_page.TestingPage)
    page.send.send(list(paths))


def question(hands: Hands) -> QuestionDialog:
    def asked() -> list[QuestionDialog]:
        return [d for d in hands.page.findChildren(QuestionDialog) if d.isVisible()]

    hands.qtbot.waitUntil(lambda: bool(asked()), timeout=30_000)
    return asked()[0]


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
    click(hands, question(hands), "safe")
    assert list(server.folder("upload", 1482).iterdir()) == []
    assert sent_entries(hands) == []


def test_a_file_that_cat_would_refuse_is_not_sent(open_page: OpenPage, tmp_path: Path) -> None:
    hands = open_page(testing_page.TestingPage, case_for("127.0.0.1", 22))
    path = tmp_path / NAME
    path.write_bytes(b"no bzip2")
    send(hands, path)
    wait_for_words(hands, "did not pass its check")
    assert sent_entries(hands) == []


def test_a_pair_goes_to_its_two_hosts_whichever_file_was_chosen_first(
    open_page: OpenPage, server: OpenSSHServer, second: OpenSSHServer, tmp_path: Path
) -> None:
    data, tids = pair(tmp_path)
    hands = pair_page(open_page, server, second)
    send(hands, tids, data)
    trust_both(hands)
    wait_for_words(hands, f"{NAME} and {PARTNER} sent.")
    assert (server.folder("upload", 1482) / NAME).read_bytes() == data.read_bytes()
    assert (second.home / TIDS_FOLDER / PARTNER).read_bytes() == tids.read_bytes()
    notes = sent_entries(hands)
    assert [note.partition(",")[0] for note in notes] == [NAME, PARTNER]
    for note, path in zip(notes, (data, tids), strict=True):
        assert hashlib.sha256(path.read_bytes()).hexdigest() in note


def test_of_a_pair_that_lacks_its_partner_nothing_is_sent_unasked(
    open_page: OpenPage, server: OpenSSHServer, second: OpenSSHServer, tmp_path: Path
) -> None:
    data, _ = pair(tmp_path)
    hands = pair_page(open_page, server, second)
    send(hands, data)
    asked = question(hands)
    assert f"{PARTNER} belongs to it" in hands.words()
    click(hands, asked, "safe")
    assert list(server.folder("upload", 1482).iterdir()) == []
    send(hands, data)
    click(hands, question(hands), "other")
    click(hands, dialog(hands), "trust:always")
    wait_for_words(hands, f"{NAME} sent.")
    assert len(sent_entries(hands)) == 1


def test_half_a_pair_is_recorded_at_once_and_the_other_half_can_follow_alone(
    open_page: OpenPage, server: OpenSSHServer, second: OpenSSHServer, tmp_path: Path
) -> None:
    data, tids = pair(tmp_path)
    hands = pair_page(open_page, server, second)
    upload = second.home / TIDS_FOLDER
    upload.chmod(0o500)
    send(hands, data, tids)
    trust_both(hands)
    wait_for_words(hands, f"{NAME} was sent, {PARTNER} was not.")
    assert "did not take" in hands.words()
    assert "refuses the submission without it" in hands.words()
    assert [note.partition(",")[0] for note in sent_entries(hands)] == [NAME]
    upload.chmod(0o700)
    send(hands, tids)
    wait_for_words(hands, f"{PARTNER} sent.")
    assert (upload / PARTNER).read_bytes() == tids.read_bytes()
    assert [note.partition(",")[0] for note in sent_entries(hands)] == [NAME, PARTNER]


def test_stopped_between_the_halves_what_was_sent_is_said(
    open_page: OpenPage,
    server: OpenSSHServer,
    second: OpenSSHServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data, tids = pair(tmp_path)
    hands = pair_page(open_page, server, second)
    sent: list[object] = []

    def stop_before_the_second(*arguments: Any, **more: Any) -> object:
        if sent:
            hands.desk.sending.cancel()
        sent.append(send_submission(*arguments, **more))
        return sent[-1]

    monkeypatch.setattr("app.sftp.sending.send_submission", stop_before_the_second)
    send(hands, data, tids)
    trust_both(hands)
    wait_for_words(hands, f"{NAME} was sent, {PARTNER} was not. Sending was stopped.")
    assert len(sent) == 1
    assert [note.partition(",")[0] for note in sent_entries(hands)] == [NAME]


def test_nothing_of_a_pair_is_sent_to_a_host_that_is_not_known(
    open_page: OpenPage, server: OpenSSHServer, tmp_path: Path
) -> None:
    hands = page_for(open_page, server)
    send(hands, *pair(tmp_path))
    wait_for_words(hands, "The host for Transformed Identifiers Files is not known yet.")
    assert list(server.folder("upload", 1482).iterdir()) == []
    assert not server.log.count("Accepted password")


def test_files_of_different_submissions_are_no_pair(
    open_page: OpenPage, server: OpenSSHServer, second: OpenSSHServer, tmp_path: Path
) -> None:
    data, _ = pair(tmp_path)
    _, other = pair(tmp_path, 2)
    hands = pair_page(open_page, server, second)
    send(hands, data, other)
    trust_both(hands)
    wait_for_words(hands, "The two files don't belong together")
    assert sent_entries(hands) == []
    assert list(server.folder("upload", 1482).iterdir()) == []


def test_three_files_are_too_many(
    open_page: OpenPage, server: OpenSSHServer, second: OpenSSHServer, tmp_path: Path
) -> None:
    hands = pair_page(open_page, server, second)
    send(hands, *pair(tmp_path), submission(tmp_path))
    wait_for_words(hands, "More than two files were chosen; nothing was sent.")
    assert hands.find(QPushButton, "testing:send").isVisible()
