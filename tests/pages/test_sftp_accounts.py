from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton, QWidget

from app.background import JobRunner
from app.onboarding.access import AccessLevel, SftpAccess, SftpAccount
from app.onboarding.assessment import StepStatus
from app.onboarding.case import Case
from app.pages.sftp_accounts import SftpAccountsPage
from app.storage.credentials import KeptIn
from app.storage.history import EntryKind
from tests.pages.conftest import OpenPage
from tests.pages.hands import Hands, opened_addresses, pdf_text
from tests.rig.cases import row_id, self_reporting_case, through_agent_case
from tests.rig.keyring_session import KeyringKind, keyring_session

LIST = "sftp.accounts"
ACCOUNT = f"{LIST}.{row_id(1)}"
SECRET = "Kolibri-7#Pfingstrose"


@pytest.fixture
def unlocked_keyring(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with keyring_session(KeyringKind.UNLOCKED) as session:
        for name, value in session.variables.items():
            monkeypatch.setenv(name, value)
        yield


def without_accounts() -> Case:
    return self_reporting_case("tested").model_copy(update={"sftp": SftpAccess()})


def password(hands: Hands) -> QLineEdit:
    return hands.find(QLineEdit, "password")


def test_not_required_with_the_portal_alone_and_nothing_is_lost(open_page: OpenPage) -> None:
    hands = open_page(SftpAccountsPage, through_agent_case("tested"))
    assert "through the CAIS Reporter Portal alone" in hands.words()
    assert not hands.find(QPushButton, f"add:{LIST}").isVisible()
    assert not hands.find(QPushButton, "start-connection-test").isVisible()
    hands.open_case.edit("registration.connectivity", "both")
    assert hands.find(QPushButton, f"add:{LIST}").isVisible()
    hands.press(f"add:{LIST}")
    hands.open_case.edit("registration.connectivity", "portal")
    assert "is kept" in hands.words()
    assert len(hands.stored().sftp.accounts) == 1


def test_an_account_from_the_form_to_the_reset_password(open_page: OpenPage) -> None:
    hands = open_page(SftpAccountsPage, without_accounts())
    hands.press(f"add:{LIST}")
    account = f"{LIST}.{hands.fact(LIST)[0].id}"
    assert "A form without a mark opens test and production" in hands.words()
    hands.choose(f"{account}.level", "No mark on the form (opens both)")
    assert "A form without a mark opens test and production" in hands.words()
    hands.choose(f"{account}.level", "Test")
    assert "A form without a mark" not in hands.words()
    hands.type(f"{account}.form_contact", "Dana Whitfield")
    hands.type(f"{account}.requested_on", "9/15/2020")
    assert hands.cells(LIST) == [["Not known yet", "Test", "Requested Tue 15 Sep 2020"]]
    assert not hands.shows(f"{account}.level")
    hands.type(f"{account}.username", "harbor_cais")
    hands.type(f"{account}.credentials_received_on", "9/18/2020")
    assert hands.cells(LIST)[0][2] == "Reset the initial password"
    hands.type(f"{account}.password_reset_on", "9/18/2020")
    assert hands.cells(LIST) == [["harbor_cais", "Test", "Ready to use"]]
    assert hands.open_case.assessment.step(4).status is StepStatus.DONE
    assert hands.stored().sftp == hands.case.sftp


@pytest.mark.parametrize(
    ("path", "wrong", "says", "right"),
    [
        ("sftp.test_server.port", "ssh", "1 to 65535", "22"),
        ("sftp.test_server.port", "70000", "1 to 65535", "2222"),
        ("sftp.test_server.host", "sftp://cat.example/in", "host name alone", "cat.example"),
        ("sftp.test_server.host", "two words", "host name or address", "127.0.0.1"),
        (f"{ACCOUNT}.requested_on", "12/31/2020", "lies in the future", "9/15/2020"),
        (f"{ACCOUNT}.username", "x" * 500, "At most 200 characters", "harbor"),
    ],
)
def test_wrong_input_gets_one_line_and_stays(
    open_page: OpenPage, path: str, wrong: str, says: str, right: str
) -> None:
    hands = open_page(SftpAccountsPage, self_reporting_case("tested"))
    hands.type(path, wrong)
    assert says in hands.problem(path)
    assert hands.stored().unaccepted == {path: wrong}
    hands.type(path, right)
    assert hands.problem(path) == ""
    assert hands.stored().unaccepted == {}


def change_level(hands: Hands, words: str, on: str = "10/12/2020") -> None:
    hands.pick(hands.find(QComboBox, "level-change:level"), words)
    hands.write(hands.find(QLineEdit, "level-change:on"), on)
    hands.press("level-change:record")


def test_the_last_account_of_an_environment_is_not_taken_away_without_a_reason(
    open_page: OpenPage,
) -> None:
    hands = open_page(SftpAccountsPage, self_reporting_case("tested"))
    change_level(hands, "Test")
    assert "No other SFTP account with production access" in hands.words()
    assert "Enter the reason, or leave the level as it is." in hands.words()
    assert hands.fact(f"{ACCOUNT}.level_changes") == ()
    hands.write(hands.find(QLineEdit, "level-change:reason"), "A second account is on its way")
    hands.press("level-change:record")
    (change,) = hands.stored().sftp.accounts[0].level_changes
    assert change.level is AccessLevel.TEST
    assert change.override_reason == "A second account is on its way"
    entry = hands.workplace.cases.history(hands.case.id)[-1]
    assert entry.kind == EntryKind.RULE_OVERRIDDEN
    assert hands.cells(LIST)[0][1] == "Test"
    assert "Changed to “Test” by the form of Mon 12 Oct 2020." in hands.words()


def test_adding_an_environment_needs_no_reason_but_a_day(open_page: OpenPage) -> None:
    case = self_reporting_case("tested")
    account = case.sftp.accounts[0].model_copy(update={"level": AccessLevel.TEST})
    sftp = case.sftp.model_copy(update={"accounts": (account,)})
    hands = open_page(SftpAccountsPage, case.model_copy(update={"sftp": sftp}))
    hands.press("level-change:record")
    assert "Choose the new level." in hands.words()
    change_level(hands, "Test and production", "")
    assert "Enter the day on which the new form was sent." in hands.words()
    change_level(hands, "Test and production", "12/24/2020")
    assert "lies in the future" in hands.words()
    change_level(hands, "Test and production")
    assert hands.fact(f"{ACCOUNT}.level_changes")[0].override_reason is None
    assert hands.cells(LIST)[0][1] == "Test and production (production planned)"
    assert hands.stored().sftp.accounts[0].current_level is AccessLevel.BOTH


def everything_on_disk(hands: Hands, folder: Path) -> bytes:
    hands.stored()
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


@pytest.mark.usefixtures("unlocked_keyring")
def test_a_password_goes_into_the_keyring_and_nowhere_else(
    open_page: OpenPage, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    hands = open_page(SftpAccountsPage, self_reporting_case("tested"))
    keep = hands.find(QPushButton, "keep-password")
    hands.qtbot.waitUntil(lambda: hands.desk.passwords.status is not None, timeout=15_000)
    assert keep.isEnabled()
    assert "No password is kept for the SFTP account." in hands.words()
    field = password(hands)
    assert field.echoMode() is QLineEdit.EchoMode.Password
    hands.write(field, SECRET)
    hands.press("keep-password")
    hands.qtbot.waitUntil(lambda: "password store (keyring)" in hands.words(), timeout=15_000)
    assert field.text() == ""
    QTest.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert field.text() == ""
    assert hands.desk.passwords.load(row_id(1)) == SECRET
    assert SECRET.encode() not in everything_on_disk(hands, tmp_path)
    assert SECRET not in caplog.text
    assert SECRET not in hands.case.model_dump_json()
    kinds = [entry.kind for entry in hands.workplace.cases.history(hands.case.id)]
    assert kinds[-1] == EntryKind.CREDENTIAL_STORED
    hands.press("remove-password")
    hands.qtbot.waitUntil(lambda: "No password is kept" in hands.words(), timeout=15_000)
    assert hands.desk.passwords.load(row_id(1)) is None


def test_without_a_keyring_for_this_session_only(open_page: OpenPage, tmp_path: Path) -> None:
    hands = open_page(SftpAccountsPage, self_reporting_case("tested"))
    hands.qtbot.waitUntil(lambda: hands.desk.passwords.status is not None, timeout=15_000)
    assert "no password store that CAIS Onboarding can use" in hands.words()
    assert not hands.find(QPushButton, "keep-password").isEnabled()
    hands.press("keep-password-for-session")
    assert "Enter the password first." in hands.words()
    hands.write(password(hands), SECRET)
    assert "Enter the password first." not in hands.words()
    hands.press("keep-password-for-session")
    hands.qtbot.waitUntil(lambda: "until you close the program" in hands.words(), timeout=15_000)
    assert hands.desk.passwords.kept_in(row_id(1)) is KeptIn.SESSION
    assert password(hands).text() == ""
    assert SECRET.encode() not in everything_on_disk(hands, tmp_path)


def test_enter_without_a_keyring_keeps_nothing_and_says_so(open_page: OpenPage) -> None:
    hands = open_page(SftpAccountsPage, self_reporting_case("tested"))
    hands.qtbot.waitUntil(lambda: hands.desk.passwords.status is not None, timeout=15_000)
    hands.write(password(hands), SECRET)
    QTest.keyClick(password(hands), Qt.Key.Key_Return)
    assert "The keyring cannot take it" in hands.words()
    assert hands.desk.passwords.kept_in(row_id(1)) is None


def test_a_typed_password_does_not_stay_when_the_page_or_the_account_is_left(
    open_page: OpenPage, runner: JobRunner
) -> None:
    case = self_reporting_case("tested")
    second = SftpAccount(id=row_id(2), username="harbor_second")
    sftp = case.sftp.model_copy(update={"accounts": (*case.sftp.accounts, second)})
    hands = open_page(SftpAccountsPage, case.model_copy(update={"sftp": sftp}))
    hands.write(password(hands), SECRET)
    QTest.keyClick(hands.table(LIST), Qt.Key.Key_Down)
    assert password(hands).text() == ""
    hands.write(password(hands), SECRET)
    hands.page.hide()
    assert password(hands).text() == ""
    hands.qtbot.waitUntil(lambda: not runner.busy, timeout=15_000)


def test_the_connection_test_says_what_it_lacks(open_page: OpenPage) -> None:
    hands = open_page(SftpAccountsPage, without_accounts())
    hands.press("start-connection-test")
    assert "Add the SFTP account first." in hands.words()
    assert not hands.find(QWidget, "stage:find_host").isVisible()


def test_the_form_worksheet_is_of_the_chosen_account(open_page: OpenPage) -> None:
    case = self_reporting_case("tested")
    second = SftpAccount(id=row_id(2), username="harbor_second", level=AccessLevel.TEST)
    sftp = case.sftp.model_copy(update={"accounts": (*case.sftp.accounts, second)})
    hands = open_page(SftpAccountsPage, case.model_copy(update={"sftp": sftp}))
    hands.table(LIST).setFocus()
    QTest.keyClick(hands.table(LIST), Qt.Key.Key_Down)
    with opened_addresses("file") as opened:
        hands.press("worksheet:sftp")
        hands.qtbot.waitUntil(lambda: len(opened) == 1, timeout=30_000)
        text = pdf_text(Path(QUrl(opened[0]).toLocalFile()))
    assert "harbor_second" in text
    assert "harbor_cais" not in text
