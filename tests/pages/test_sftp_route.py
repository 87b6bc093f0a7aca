"""The way to the servers: chosen on step 4, and gone by the test, by fetching and by sending."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QLineEdit, QPushButton

from app.onboarding.access import ProxyKind, Route
from app.onboarding.case import Case
from app.pages import testing as testing_page
from app.pages.sftp_accounts import SftpAccountsPage
from app.storage.credentials import PROXY_ID, KeptIn, account_name
from app.storage.history import EntryKind
from app.work.sftp_targets import obstacle_of
from tests.pages.conftest import OpenPage
from tests.pages.feedback_files import put_feedback
from tests.pages.hands import Hands
from tests.pages.test_connection_view import click, dialog, wait_for_words
from tests.pages.test_testing_fetch import case_for, server
from tests.rig.cases import row_id
from tests.rig.keyring_session import KeyringKind, keyring_session
from tests.rig.openssh import PASSWORD, OpenSSHServer
from tests.sftp.proxies import socks_proxy, web_proxy

__all__ = ["server"]
ROUTE = "sftp.test_route"
PROXY_PASSWORD = "Weg-durch-die-Wand-9"


@pytest.fixture
def unlocked_keyring(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with keyring_session(KeyringKind.UNLOCKED) as session:
        for name, value in session.variables.items():
            monkeypatch.setenv(name, value)
        yield


def by_route(case: Case, **facts: object) -> Case:
    sftp = case.sftp.model_copy(update={"test_route": Route.model_validate(facts)})
    return case.model_copy(update={"sftp": sftp})


def keep(hands: Hands, holder: str, secret: str) -> None:
    job = hands.desk.passwords.keep(holder, secret, this_session_only=True)
    with hands.qtbot.waitSignal(job.ended, timeout=15_000):
        pass


def test_it_lies_behind_a_quiet_button_until_it_is_used(open_page: OpenPage) -> None:
    hands = open_page(SftpAccountsPage, case_for("127.0.0.1", 22))
    assert not hands.shows(f"{ROUTE}.proxy")
    hands.press("sftp:route")
    hands.choose(f"{ROUTE}.proxy", "Web proxy (HTTP CONNECT)")
    hands.type(f"{ROUTE}.proxy_host", "proxy.firm.example")
    hands.type(f"{ROUTE}.proxy_port", "8080")
    assert not hands.find(QPushButton, "keep-proxy-password").isVisible()
    hands.type(f"{ROUTE}.proxy_username", "office")
    assert hands.find(QPushButton, "keep-proxy-password").isVisible()
    hands.type(f"{ROUTE}.bind_address", "my-computer")
    assert "one of this computer's addresses" in hands.problem(f"{ROUTE}.bind_address")
    stored = hands.stored()
    assert stored.sftp.test_route == Route(
        proxy=ProxyKind.HTTP_CONNECT,
        proxy_host="proxy.firm.example",
        proxy_port=8080,
        proxy_username="office",
    )
    assert "Correct what is marked" in obstacle_of(stored, row_id(1))


def test_what_is_recorded_is_open_from_the_start_and_can_be_gone_to(open_page: OpenPage) -> None:
    hands = open_page(SftpAccountsPage, by_route(case_for("127.0.0.1", 22), bind_address="::1"))
    assert hands.shows(f"{ROUTE}.bind_address")
    hands.press("sftp:route")
    assert not hands.shows(f"{ROUTE}.bind_address")
    hands.page.reveal(f"{ROUTE}.bind_address")
    assert hands.editor(f"{ROUTE}.bind_address").hasFocus()


@pytest.mark.usefixtures("unlocked_keyring")
def test_the_proxys_password_is_in_the_keyring_alone(open_page: OpenPage) -> None:
    case = by_route(
        case_for("127.0.0.1", 22),
        proxy="http",
        proxy_host="p.example",
        proxy_port=1,
        proxy_username="office",
    )
    hands = open_page(SftpAccountsPage, case)
    entry = hands.page.findChild(QLineEdit, "proxy-password")
    hands.qtbot.waitUntil(lambda: hands.desk.passwords.status is not None, timeout=10_000)
    hands.qtbot.keyClicks(entry, PROXY_PASSWORD)
    hands.press("keep-proxy-password")
    hands.qtbot.waitUntil(
        lambda: hands.desk.passwords.kept_in(PROXY_ID) is KeptIn.KEYRING, timeout=10_000
    )
    hands.qtbot.waitUntil(lambda: "The password is kept in your computer" in hands.words())
    kept = hands.workplace.credentials.load(account_name(hands.case.id, PROXY_ID))
    assert kept == PROXY_PASSWORD
    assert entry.text() == ""
    hands.stored()
    last = hands.workplace.cases.history(hands.case.id)[-1]
    assert (last.kind, last.path) == (EntryKind.CREDENTIAL_STORED, f"{ROUTE}.proxy_username")
    for file in hands.workplace.folder.root.rglob("*"):
        if file.is_file():
            assert PROXY_PASSWORD.encode() not in file.read_bytes()


def test_practice_has_no_way_to_choose(open_page: OpenPage) -> None:
    case = case_for("127.0.0.1", 22).model_copy(update={"practice": True})
    hands = open_page(SftpAccountsPage, case)
    assert not hands.find(QPushButton, "sftp:route").isVisible()


def test_the_connection_test_goes_through_the_web_proxy(
    open_page: OpenPage, server: OpenSSHServer
) -> None:
    with web_proxy() as (here, requests):
        case = by_route(
            case_for(server.host, server.port),
            proxy="http",
            proxy_host="127.0.0.1",
            proxy_port=here.port,
            proxy_username="office",
            bind_address="127.0.0.1",
        )
        hands = open_page(SftpAccountsPage, case)
        keep(hands, row_id(1), PASSWORD)
        keep(hands, PROXY_ID, PROXY_PASSWORD)
        hands.page.accounts.choose(row_id(1))  # type: ignore[attr-defined]
        hands.press("start-connection-test")
        click(hands, dialog(hands), "trust:always")
        wait_for_words(hands, "The connection works.")
    signed = base64.b64encode(f"office:{PROXY_PASSWORD}".encode())
    assert all(b"Basic " + signed in request for request in requests)
    assert len(requests) == 2
    assert PROXY_PASSWORD not in hands.words()


def test_fetching_goes_through_the_socks_proxy(open_page: OpenPage, server: OpenSSHServer) -> None:
    put_feedback(server.folder("feedback", 1482), 1)
    with socks_proxy(account=("office", PROXY_PASSWORD)) as (here, asked):
        case = by_route(
            case_for(server.host, server.port),
            proxy="socks5",
            proxy_host="127.0.0.1",
            proxy_port=here.port,
            proxy_username="office",
        )
        hands = open_page(testing_page.TestingPage, case)
        keep(hands, row_id(1), PASSWORD)
        keep(hands, PROXY_ID, PROXY_PASSWORD)
        hands.press("testing:fetch")
        click(hands, dialog(hands), "trust:once")
        wait_for_words(hands, "1 new file fetched.")
    assert asked == [f"{server.host}:{server.port}"] * 2


def test_a_proxy_without_its_port_is_no_reason_to_go_without_it(open_page: OpenPage) -> None:
    case = by_route(case_for("127.0.0.1", 22), proxy="http", proxy_host="p.example")
    hands = open_page(testing_page.TestingPage, case)
    hands.press("testing:fetch")
    wait_for_words(hands, "Enter the proxy's host name and port on step 4")
    assert not hands.desk.fetching.running
