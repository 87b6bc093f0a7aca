"""Feedback fetched by the page of step 6, from a real OpenSSH server."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtWidgets import QLabel, QPushButton

from app.onboarding.access import Environment, SftpServer
from app.onboarding.case import Case
from app.onboarding.firm import Connectivity
from app.pages.testing import TestingPage as Page6
from app.work.awaited_feedback import awaited
from tests.pages.conftest import OpenPage
from tests.pages.feedback_files import name_of, put_feedback
from tests.pages.hands import Hands
from tests.pages.test_connection_view import click, dialog, wait_for_words
from tests.rig.cases import FIRST_TEST_DAY, row_id, self_reporting_case, submission
from tests.rig.openssh import PASSWORD, USERNAME, OpenSSHServer, openssh_server

FETCH, WATCH, STOP = "testing:fetch", "testing:fetch-watch", "testing:fetch-cancel"


@pytest.fixture
def server() -> Iterator[OpenSSHServer]:
    with openssh_server(submitter_ids=(1482,)) as running:
        yield running


def case_for(host: str | None, port: int) -> Case:
    case = self_reporting_case("tested")
    account = case.sftp.accounts[0].model_copy(update={"username": USERNAME})
    sftp = case.sftp.model_copy(
        update={"accounts": (account,), "test_server": SftpServer(host=host, port=port)}
    )
    testing = case.testing.model_copy(update={"submissions": (), "distinct_accounts": None})
    return case.model_copy(update={"sftp": sftp, "testing": testing})


def page_for(open_page: OpenPage, server: OpenSSHServer, password: str = PASSWORD) -> Hands:
    hands = open_page(Page6, case_for(server.host, server.port))
    job = hands.desk.passwords.keep(row_id(1), password, this_session_only=True)
    with hands.qtbot.waitSignal(job.ended, timeout=15_000):
        pass
    return hands


def trusted(hands: Hands, press: str = FETCH) -> None:
    hands.press(press)
    click(hands, dialog(hands), "trust:always")


def wait_rows(hands: Hands, number: int) -> None:
    hands.qtbot.waitUntil(
        lambda: (
            len(hands.fact("testing.submissions")) == number and not hands.desk.counting.running
        ),
        timeout=30_000,
    )


def test_new_feedback_is_fetched_and_counted(open_page: OpenPage, server: OpenSSHServer) -> None:
    put_feedback(server.folder("feedback", 1482), 1, received=60, rejected=3)
    put_feedback(server.folder("feedback", 1482), 2, received=40, rejected=0)
    older = server.folder("feedback", 1482) / name_of(1)
    six_days_ago = time.time() - 6 * 86_400 - 60
    os.utime(older, (six_days_ago, six_days_ago))
    hands = page_for(open_page, server)
    trusted(hands)
    wait_rows(hands, 2)
    wait_for_words(hands, "2 new files fetched.")
    left = "1482_1482_20201006_CAIS_000001 4 days, 1482_1482_20201006_CAIS_000002 10 days."
    assert f"Left on the server: {left}" in hands.words()
    stored = hands.stored().testing.submissions
    assert [record.accounts_accepted for record in stored] == [57, 40]
    assert {record.environment for record in stored} == {Environment.TEST}
    assert not any(record.practice for record in stored)
    here = hands.workplace.folder.feedback / hands.case.id
    assert len(list(here.glob("*.bz2"))) == 2
    assert len(list(server.folder("feedback", 1482).iterdir())) == 2, "nothing is deleted there"

    hands.press(FETCH)
    wait_for_words(hands, "There is nothing new on the server.")


def test_a_removed_row_stays_removed(open_page: OpenPage, server: OpenSSHServer) -> None:
    put_feedback(server.folder("feedback", 1482), 1)
    hands = page_for(open_page, server)
    trusted(hands)
    wait_rows(hands, 1)
    hands.stored()
    hands.qtbot.waitUntil(lambda: not hands.desk.runner.busy, timeout=10_000)
    hands.open_case.remove_row("testing.submissions", hands.fact("testing.submissions")[0].id)
    put_feedback(server.folder("feedback", 1482), 2)
    hands.press(FETCH)
    wait_for_words(hands, "1 new file fetched.")
    hands.qtbot.waitUntil(lambda: not hands.desk.runner.busy, timeout=10_000)
    (record,) = hands.fact("testing.submissions")
    assert record.submission_id == "600002"


def test_who_does_not_trust_the_server_sends_it_nothing(
    open_page: OpenPage, server: OpenSSHServer
) -> None:
    hands = page_for(open_page, server)
    hands.press(FETCH)
    click(hands, dialog(hands), "trust:no")
    wait_for_words(hands, "The server was not trusted, so nothing was sent to it.")
    assert "Accepted password" not in server.log
    assert hands.find(QPushButton, FETCH).isVisible()


def test_a_refused_password_is_explained_and_tried_once(
    open_page: OpenPage, server: OpenSSHServer
) -> None:
    hands = page_for(open_page, server, password="not the right one")
    trusted(hands)
    wait_for_words(hands, "Most likely:")
    assert server.log.count("Failed password") == 1
    assert "not the right one" not in hands.words()


def test_watching_takes_what_comes_and_stops_at_a_press(
    open_page: OpenPage, server: OpenSSHServer
) -> None:
    put_feedback(server.folder("feedback", 1482), 1, version=1)
    hands = page_for(open_page, server)
    trusted(hands, WATCH)
    wait_rows(hands, 1)
    wait_for_words(hands, "Looking for new feedback; last at")
    assert hands.desk.fetching.running
    hands.press(STOP)
    wait_for_words(hands, "Stopped.")
    hands.qtbot.waitUntil(lambda: not hands.desk.fetching.running, timeout=5_000)
    assert hands.find(QPushButton, FETCH).isVisible()
    assert not hands.find(QPushButton, STOP).isVisible()


def test_what_is_missing_is_said(open_page: OpenPage) -> None:
    hands = open_page(Page6, case_for(None, 22))
    hands.press(FETCH)
    wait_for_words(hands, "Enter the host name of the test environment.")
    assert not hands.desk.fetching.running


def test_only_who_uses_sftp_is_offered_it(open_page: OpenPage) -> None:
    case = case_for("127.0.0.1", 22)
    registration = case.registration.model_copy(update={"connectivity": Connectivity.PORTAL})
    hands = open_page(Page6, case.model_copy(update={"registration": registration}))
    assert not hands.find(QPushButton, FETCH).isVisible()


RECEIVED = datetime(2020, 10, 6, 14, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("after", "status", "words"),
    [
        (timedelta(minutes=20), "FILE_ACKNOWLEDGED", "file integrity, usually by 10:45 Eastern"),
        (timedelta(minutes=60), "FILE_ACKNOWLEDGED", "later than usual; overdue after 12:15"),
        (timedelta(hours=3), "FILE_ACKNOWLEDGED", "overdue since 12:15 Eastern Time"),
    ],
)
def test_what_is_late_is_said(after: timedelta, status: str, words: str) -> None:
    from app.pages.testing_fetch import _waiting_line

    record = submission(1, received_at=RECEIVED, status=status, feedback_version=1)
    now = RECEIVED + after
    (item,) = awaited([record], (), {"1482_1482_20201006_CAIS_000001": 2}, now)
    line = _waiting_line(item, now)
    assert words in line
    assert "Fetch soon: 2 days left on the server." in line


@pytest.mark.parametrize("status", ["COMPLETED_WITHOUT_REJECTIONS", "COMPLETED_INTEGRITY_ERROR"])
def test_nothing_is_waited_for_once_it_is_final(status: str) -> None:
    record = submission(1, received_at=RECEIVED, status=status)
    assert awaited([record], (), {}, RECEIVED) == ()


def test_waiting_is_shown_on_the_page(open_page: OpenPage) -> None:
    case = case_for("127.0.0.1", 22)
    record = submission(1, status="FILE_ACKNOWLEDGED", feedback_version=1)
    testing = case.testing.model_copy(update={"submissions": (record,)})
    hands = open_page(
        Page6,
        case.model_copy(update={"testing": testing}),
        today=FIRST_TEST_DAY,
    )
    waiting = hands.find(QLabel, "testing:waiting")
    assert "waiting for the file integrity" in waiting.text()
