"""Accepted servers: listed, taken back, and added by a fingerprint given beforehand."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton

from app.onboarding.access import Environment
from app.sftp.host_keys import HostKey, HowAccepted
from app.storage.history import EntryKind
from app.window.servers_dialog import ServersDialog
from tests.rig.cases import self_reporting_case
from tests.storage.sample_cases import ACCEPTED
from tests.window.conftest import Start

Begin = Callable[..., Start]
GIVEN = "SHA256:" + "A" * 43


def shown(start: Start) -> ServersDialog:
    start.window.care.show_servers()
    start.qtbot.waitUntil(lambda: not start.runner.busy)
    (dialog,) = start.window.findChildren(ServersDialog)
    return dialog


def press(start: Start, dialog: ServersDialog, name: str) -> None:
    button = dialog.findChild(QPushButton, name)
    assert button is not None and button.isEnabled()
    start.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    start.qtbot.waitUntil(lambda: not start.runner.busy)


def noted(start: Start) -> tuple[list[str], list[str]]:
    """Kinds and notes of what the history has since the case was created."""
    case_id = start.frame.open_case.case.id
    start.stored(case_id)
    entries = start.workplace.cases.history(case_id)[1:]
    return [entry.kind for entry in entries], [entry.note for entry in entries]


def test_an_accepted_server_is_shown_whole_and_can_be_revoked(begin: Begin) -> None:
    start = begin(self_reporting_case("registered"))
    start.workplace.host_keys.accept(ACCEPTED)
    dialog = shown(start)
    cells = [dialog.rows.index(0, column).data() for column in range(4)]
    assert cells == [
        "sftp.example, port 22",
        "Test",
        "Always trusted",
        "Mon 5 Oct 2020, 10:00 EDT",
    ]
    fingerprint = dialog.findChild(QLabel, "fingerprint")
    assert fingerprint is not None
    assert fingerprint.text() == f"{ACCEPTED.key.fingerprint} (ssh-ed25519)"
    press(start, dialog, "revoke")
    assert start.workplace.host_keys.all() == ()
    assert dialog.rows.rowCount() == 0
    assert not dialog.table.isVisible()
    kinds, notes = noted(start)
    assert kinds == [EntryKind.HOST_KEY_REVOKED]
    assert notes == [f"sftp.example:22 ssh-ed25519 {ACCEPTED.key.fingerprint}, test environment"]


def test_a_fingerprint_given_beforehand_is_added_for_its_environment_alone(begin: Begin) -> None:
    start = begin(self_reporting_case("registered"))
    dialog = shown(start)
    dialog.environment.setCurrentIndex(1)
    start.qtbot.keyClicks(dialog.host, "sftp.example")
    start.qtbot.keyClicks(dialog.fingerprint, GIVEN)
    press(start, dialog, "add-key")
    (key,) = start.workplace.host_keys.accepted(Environment.PRODUCTION, "sftp.example", 22)
    assert (key.key, key.how) == (HostKey("", GIVEN), HowAccepted.IMPORTED)
    assert start.workplace.host_keys.accepted(Environment.TEST, "sftp.example", 22) == ()
    assert dialog.rows.index(0, 2).data() == "Given beforehand"
    assert dialog.fingerprint.text() == ""
    kinds, notes = noted(start)
    assert kinds == [EntryKind.HOST_KEY_ACCEPTED]
    assert notes == [f"sftp.example:22 {GIVEN}, production environment (imported)"]


def test_what_is_no_fingerprint_is_kept_and_said(begin: Begin) -> None:
    start = begin(self_reporting_case("registered"))
    dialog = shown(start)
    press(start, dialog, "add-key")
    assert dialog.state.accessibleName() == "Enter the host name."
    start.qtbot.keyClicks(dialog.host, "sftp.example")
    dialog.port.clear()
    press(start, dialog, "add-key")
    assert dialog.state.accessibleName() == "Enter the port, from 1 to 65535."
    start.qtbot.keyClicks(dialog.port, "22")
    start.qtbot.keyClicks(dialog.fingerprint, "nonsense")
    press(start, dialog, "add-key")
    assert dialog.state.accessibleName().startswith("This is no SHA-256 fingerprint")
    assert dialog.fingerprint.text() == "nonsense"
    assert start.workplace.host_keys.all() == ()
