"""The window where the IT department has decided something beforehand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app.onboarding.access import ProxyKind
from app.practice.sample import sample_case
from app.window.program import Program
from app.window.servers_dialog import ServersDialog
from tests.window.conftest import Start

Begin = Callable[..., Start]
FINGERPRINT = "SHA256:" + "A" * 42 + "E"


@pytest.fixture(autouse=True)
def policy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "policy.toml"
    monkeypatch.setattr("app.storage.policy.policy_file", lambda: path)
    return path


def menu_words(start: Start) -> list[str]:
    return [action.text().replace("&", "") for action in start.window.findChildren(QAction)]


@pytest.mark.parametrize("offered", [True, False])
def test_practising_is_offered_unless_it_is_switched_off(
    begin: Begin, policy: Path, offered: bool
) -> None:
    policy.write_text(f"practice = {str(offered).lower()}", encoding="utf-8")
    start = begin()
    assert start.window.views.currentWidget() is start.window.welcome
    assert hasattr(start.window.welcome, "practise") is offered
    assert ("Practice in a simulated CAIS" in menu_words(start)) is offered


def test_a_practice_case_is_not_shown_where_practising_is_switched_off(
    begin: Begin, policy: Path
) -> None:
    policy.write_text("practice = false", encoding="utf-8")
    start = begin(sample_case(date(2020, 10, 1)))
    assert start.window.frame is None
    assert start.window.views.currentWidget() is start.window.welcome


def test_a_new_case_has_the_firms_proxy(begin: Begin, policy: Path) -> None:
    policy.write_text(
        'proxy_kind = "socks5"\nproxy_host = "proxy.firm.example"\nproxy_port = 1080\n',
        encoding="utf-8",
    )
    start = begin()
    start.click("start")
    start.wait_page("register")
    route = start.stored(start.frame.open_case.case.id).sftp.test_route
    assert (route.proxy, route.proxy_host, route.proxy_port) == (
        ProxyKind.SOCKS5,
        "proxy.firm.example",
        1080,
    )


def test_a_key_of_the_policy_is_listed_and_stays(begin: Begin, policy: Path) -> None:
    policy.write_text(f'host_keys = ["test sftp.cat.example 22 {FINGERPRINT}"]', encoding="utf-8")
    start = begin()
    start.window.care.show_servers()
    (dialog,) = start.window.findChildren(ServersDialog)
    start.qtbot.waitUntil(lambda: dialog.rows.rowCount() == 1)
    assert dialog.rows.index(0, 2).data() == "By your IT department"
    dialog.revoke.click()
    start.qtbot.waitUntil(dialog.state.isVisible)
    assert dialog.rows.rowCount() == 1
    dialog.close()


def test_a_policy_that_cannot_be_used_is_told_in_place_of_the_window(
    qtbot: QtBot, qapp: QApplication, policy: Path
) -> None:
    policy.write_text('data_folder = "somewhere"', encoding="utf-8")
    program = Program(None, qapp)
    assert program.begin()
    assert program.window is None
    assert program.refusal is not None
    said = " ".join(label.text() for label in program.refusal.findChildren(QLabel))
    assert f"data_folder in {policy}" in said
    program.refusal.close()
    program.end()
    assert program.status == 2
