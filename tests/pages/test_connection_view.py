"""The connection test on the page, against a real OpenSSH server and a real silent one."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from app.onboarding.access import SftpServer
from app.onboarding.case import Case
from app.pages.sftp_accounts import SftpAccountsPage
from app.widgets.host_key_dialog import HostKeyDialog
from app.widgets.stage_row import StageRow, StageState
from tests.pages.conftest import OpenPage
from tests.pages.hands import Hands
from tests.rig.cases import row_id, self_reporting_case
from tests.rig.openssh import PASSWORD, USERNAME, OpenSSHServer, openssh_server

START = "start-connection-test"


@pytest.fixture(scope="module")
def server() -> Iterator[OpenSSHServer]:
    with openssh_server(submitter_ids=(1482,)) as running:
        yield running


def case_for(host: str, port: int) -> Case:
    case = self_reporting_case("tested")
    account = case.sftp.accounts[0].model_copy(update={"username": USERNAME})
    sftp = case.sftp.model_copy(
        update={"accounts": (account,), "test_server": SftpServer(host=host, port=port)}
    )
    testing = case.testing.model_copy(update={"connection_tests": ()})
    return case.model_copy(update={"sftp": sftp, "testing": testing})


def page_for(open_page: OpenPage, server: OpenSSHServer, password: str = PASSWORD) -> Hands:
    hands = open_page(SftpAccountsPage, case_for(server.host, server.port))
    job = hands.desk.passwords.keep(row_id(1), password, this_session_only=True)
    with hands.qtbot.waitSignal(job.ended, timeout=15_000):
        pass
    return hands


def dialog(hands: Hands) -> HostKeyDialog:
    def is_there() -> bool:
        return any(d.isVisible() for d in hands.page.window().findChildren(HostKeyDialog))

    hands.qtbot.waitUntil(is_there, timeout=20_000)
    return next(d for d in hands.page.window().findChildren(HostKeyDialog) if d.isVisible())


def wait_for_words(hands: Hands, words: str) -> None:
    hands.qtbot.waitUntil(lambda: words in hands.words(), timeout=30_000)


def states(hands: Hands) -> list[StageState]:
    return [row.state for row in hands.page.window().findChildren(StageRow)]


def click(hands: Hands, parent: QWidget, name: str) -> None:
    button = parent.findChild(QPushButton, name)
    assert button is not None
    hands.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_first_contact_asks_and_enter_trusts_nothing(
    open_page: OpenPage, server: OpenSSHServer
) -> None:
    hands = page_for(open_page, server)
    signed_in_before = server.log.count("Accepted password")
    hands.press(START)
    asked = dialog(hands)
    shown = "\n".join(label.text() for label in asked.findChildren(QLabel))
    assert f"127.0.0.1, port {server.port}" in shown
    assert server.host_key.type in shown
    assert server.host_key.fingerprint in shown
    with hands.qtbot.waitSignal(asked.decided):
        QTest.keyClick(asked, Qt.Key.Key_Return)
    wait_for_words(hands, "The server was not trusted, so nothing was sent to it.")
    assert hands.workplace.host_keys.accepted("test", server.host, server.port) == ()
    assert hands.fact("testing.connection_tests") == ()
    assert server.log.count("Accepted password") == signed_in_before


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space, Qt.Key.Key_Escape])
def test_whoever_types_on_when_the_question_comes_trusts_nothing(
    open_page: OpenPage, server: OpenSSHServer, key: Qt.Key
) -> None:
    hands = page_for(open_page, server)
    hands.press(START)
    asked = dialog(hands)
    focused = asked.focusWidget()
    assert focused is not None
    assert focused.objectName() == "trust:no"
    QTest.keyClick(focused, key)
    wait_for_words(hands, "The server was not trusted")
    assert hands.workplace.host_keys.accepted("test", server.host, server.port) == ()


def test_trusted_for_good_every_stage_shows_its_result_and_time(
    open_page: OpenPage, server: OpenSSHServer
) -> None:
    hands = page_for(open_page, server)
    hands.press(START)
    click(hands, dialog(hands), "trust:always")
    wait_for_words(hands, "The connection works.")
    assert states(hands) == [StageState.DONE] * 8
    for row in hands.page.window().findChildren(StageRow):
        assert row.finding.text()
        assert row.time.text().endswith((" ms", " s"))
        assert "done" in row.accessibleName()
    (proof,) = hands.stored().testing.connection_tests
    assert proof.succeeded and proof.host_key_sha256 == server.host_key.fingerprint
    hands.press(START)
    hands.qtbot.waitUntil(lambda: len(hands.fact("testing.connection_tests")) == 2, timeout=30_000)


def test_trusted_once_is_not_on_disk(open_page: OpenPage, server: OpenSSHServer) -> None:
    hands = page_for(open_page, server)
    hands.press(START)
    click(hands, dialog(hands), "trust:once")
    wait_for_words(hands, "The connection works.")
    with hands.workplace.database.read() as tables:
        assert tables.execute("SELECT count(*) FROM host_keys").fetchone() == (0,)


def test_a_changed_key_is_a_hard_stop_with_both_fingerprints(
    open_page: OpenPage, server: OpenSSHServer
) -> None:
    hands = page_for(open_page, server)
    hands.press(START)
    click(hands, dialog(hands), "trust:always")
    wait_for_words(hands, "The connection works.")
    with openssh_server(submitter_ids=(1482,)) as other:
        hands.type("sftp.test_server.port", str(other.port))
        # The same name and port as before, as if another server stood there.
        with hands.workplace.database.write() as tables:
            tables.execute("UPDATE host_keys SET port = ?", (other.port,))
        hands.press(START)
        wait_for_words(hands, "Stopped: this is not the server you accepted.")
        said = hands.words()
        assert server.host_key.fingerprint in said
        assert other.host_key.fingerprint in said
        assert not any(d.isVisible() for d in hands.page.window().findChildren(HostKeyDialog))
        assert "Accepted password" not in other.log
    assert not hands.page.window().findChildren(QPushButton, "trust:always")


def test_a_refused_sign_in_opens_and_can_be_copied_without_the_password(
    open_page: OpenPage, server: OpenSSHServer
) -> None:
    hands = page_for(open_page, server, "Wrong-1#Password")
    hands.press(START)
    click(hands, dialog(hands), "trust:once")
    wait_for_words(hands, "The test ended at “Sign in”.")
    said = hands.words()
    assert "Likely cause" in said
    assert "What to do" in said
    assert states(hands)[5:] == [StageState.FAILED, StageState.LATER, StageState.LATER]
    hands.press("copy-for-help-desk")
    copied = QGuiApplication.clipboard().text()
    assert 'ended at "Sign in"' in copied
    assert "Wrong-1#Password" not in copied
    assert hands.stored().testing.connection_tests[0].failed_stage == "Sign in"


@pytest.fixture
def silent_server() -> Iterator[socket.socket]:
    """Takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def test_cancel_ends_the_wait_at_once(open_page: OpenPage, silent_server: socket.socket) -> None:
    hands = open_page(SftpAccountsPage, case_for("127.0.0.1", silent_server.getsockname()[1]))
    hands.press(START)
    hands.qtbot.waitUntil(lambda: states(hands)[2] is StageState.RUNNING, timeout=10_000)
    assert not hands.find(QPushButton, START).isEnabled()
    assert hands.find(QPushButton, "cancel-connection-test").hasFocus()
    with hands.qtbot.waitSignal(hands.desk.connection.cancelled, timeout=2_000):
        hands.press("cancel-connection-test")
    assert "Cancelled. No further attempt was made." in hands.words()
    assert StageState.RUNNING not in states(hands)
    assert hands.find(QPushButton, START).isEnabled()
    assert hands.find(QPushButton, START).hasFocus()
    assert hands.fact("testing.connection_tests") == ()


def test_what_is_still_being_typed_is_used(open_page: OpenPage, server: OpenSSHServer) -> None:
    hands = open_page(SftpAccountsPage, case_for("127.0.0.1", 1))
    hands.write(hands.editor("sftp.test_server.port"), str(server.port))
    start = hands.find(QPushButton, START)
    start.click()  # as its mnemonic does: the focus stays in the field
    asked = dialog(hands)
    assert hands.fact("sftp.test_server.port") == server.port
    assert hands.editor("sftp.test_server.port").text() == str(server.port)
    QTest.keyClick(asked, Qt.Key.Key_Escape)
    wait_for_words(hands, "The server was not trusted")
