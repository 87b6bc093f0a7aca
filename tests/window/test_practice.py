"""Practising from the first start on: server, question of trust, sample, counts; and apart from reality."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel

from app.onboarding.access import SftpServer
from app.onboarding.assessment import Verdict
from app.onboarding.case import Case
from app.practice.scenario import Scenario, Tempo
from app.practice.server import PracticeServer
from app.report.summary import proposed_file_name
from app.storage.history import EntryKind
from app.widgets.host_key_dialog import HostKeyDialog
from app.work.desk import Desk
from tests.rig.cases import self_reporting_case
from tests.window.conftest import Start

Begin = Callable[..., Start]


def desk(start: Start) -> Desk:
    found = start.window._desk
    assert found is not None
    return found


def running(start: Start) -> PracticeServer:
    server = desk(start).practice.server
    assert server is not None
    return server


def words(start: Start) -> str:
    labels = start.window.findChildren(QLabel)
    return "\n".join(label.text() for label in labels if label.isVisible())


def press(start: Start, name: str) -> None:
    found = [b for b in start.window.findChildren(QAbstractButton, name) if b.isVisible()]
    assert found, f"{name} is not there"
    start.qtbot.mouseClick(found[0], Qt.MouseButton.LeftButton)


def trust(start: Start, name: str = "trust:always") -> None:
    def asked() -> list[HostKeyDialog]:
        return [d for d in start.window.findChildren(HostKeyDialog) if d.isVisible()]

    start.qtbot.waitUntil(lambda: bool(asked()), timeout=20_000)
    press(start, name)


def wait(start: Start, condition: Callable[[], bool]) -> None:
    start.qtbot.waitUntil(condition, timeout=30_000)


def practise(start: Start) -> None:
    """From the first-start page to step 6 of the practice case, with the server running."""
    start.click("practise")
    start.wait_page("overview")
    wait(start, lambda: desk(start).practice.server is not None)
    start.frame.show_page("testing")


def _final(case: Case) -> bool:
    records = case.testing.submissions
    return bool(records) and records[0].feedback_version == 4


def choose(start: Start, combo_name: str, key: Qt.Key, times: int = 1) -> None:
    """Go through a combo box by its keys; the server starts anew, with another password."""
    combo = start.window.findChild(QComboBox, combo_name)
    assert combo is not None
    before = running(start)
    combo.setFocus()
    for _ in range(times):
        start.press(key)
    wait(start, lambda: desk(start).practice.server not in (None, before))
    sample = start.window.findChild(QAbstractButton, "testing:send-sample")
    assert sample is not None
    wait(start, sample.isEnabled)  # its password is kept by then


def test_from_the_first_start_to_counted_feedback(begin: Begin) -> None:
    start = begin()
    practise(start)
    choose(start, "testing:tempo", Qt.Key.Key_Up)
    assert desk(start).practice.tempo is Tempo.AT_ONCE
    case = start.frame.open_case.case
    assert case.practice
    assert "A simulated CAIS: nothing here counts" in words(start)
    steps = start.frame.open_case.assessment.steps
    assert [step.status.settled for step in steps] == [True] * 5 + [False] * 2

    press(start, "start-connection-test")
    trust(start)
    wait(start, lambda: "The connection works." in words(start))
    (test,) = start.frame.open_case.case.testing.connection_tests
    assert test.succeeded
    assert test.practice

    press(start, "testing:send-sample")
    wait(start, lambda: "CAIS_000001.json.bz2 sent." in words(start))
    # The watch that sending has begun brings all four stages by itself, at the simulation's pace.
    wait(start, lambda: _final(start.frame.open_case.case))
    assert "120 of 120 accounts accepted. How it counts" in words(start)
    wait(start, lambda: not desk(start).fetching.running)
    assert "The final feedback on what was sent has come." in words(start)
    stored = start.stored(case.id)
    (record,) = stored.testing.submissions
    assert (record.accounts_received, record.accounts_accepted) == (120, 120)
    assert record.practice
    start.frame.open_case.edit(f"testing.submissions.{record.id}.data", "production")
    assert start.frame.open_case.assessment.verdict is Verdict.READY, "one answer is left to give"
    assert proposed_file_name(stored, start.day).startswith("PRACTICE-")
    history = start.workplace.cases.history(case.id)
    sent = [entry for entry in history if entry.kind == EntryKind.SUBMISSION_SENT]
    assert len(sent) == 1
    assert "SHA-256" in sent[0].note
    assert all(running(start).password not in str(entry) for entry in history)


def test_the_server_ends_with_the_case_and_starts_with_it(begin: Begin) -> None:
    start = begin()
    practise(start)
    port = running(start).port
    start.window.new_case()
    wait(start, lambda: not start.frame.open_case.case.practice)
    wait(start, lambda: not start.runner.busy)
    assert not listens(port)
    start.window.practise()
    wait(start, lambda: start.frame.open_case.case.practice)
    wait(start, lambda: desk(start).practice.server is not None)
    assert running(start).port == port, "known by the port that was accepted"
    start.quit()
    assert not listens(port)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_another_scenario_is_played(begin: Begin) -> None:
    start = begin()
    practise(start)
    port = running(start).port
    steps = list(Scenario).index(Scenario.LOCKED_ACCOUNT)
    choose(start, "testing:scenario", Qt.Key.Key_Down, steps)
    wait(
        start,
        lambda: (
            desk(start).practice.server is not None
            and running(start).scenario is Scenario.LOCKED_ACCOUNT
        ),
    )
    assert running(start).port == port
    press(start, "start-connection-test")
    trust(start)
    wait(start, lambda: "locked" in words(start))


def test_a_pair_whose_partner_never_arrives(begin: Begin) -> None:
    start = begin()
    practise(start)
    choose(start, "testing:tempo", Qt.Key.Key_Up)
    steps = list(Scenario).index(Scenario.PARTNER_MISSING)
    choose(start, "testing:scenario", Qt.Key.Key_Down, steps)
    press(start, "testing:send-sample")
    trust(start)
    wait(start, lambda: "CAIS_000001.json.bz2 and" in words(start))
    wait(start, lambda: _refused(start.frame.open_case.case))
    case = start.frame.open_case.case
    assert [group.code for group in case.testing.submissions[0].errors] == ["21014"]
    assert "completed integrity error" in words(start)


def _refused(case: Case) -> bool:
    records = case.testing.submissions
    return bool(records) and records[0].status == "COMPLETED_INTEGRITY_ERROR"


def real_case(server: PracticeServer) -> Case:
    case = self_reporting_case("tested")
    account = case.sftp.accounts[0].model_copy(update={"username": server.username})
    sftp = case.sftp.model_copy(
        update={
            "accounts": (account,),
            "test_server": SftpServer(host=server.host, port=server.port),
        }
    )
    testing = case.testing.model_copy(update={"connection_tests": (), "submissions": ()})
    registration = case.registration.model_copy(update={"crd": str(server.submitter_id)})
    return case.model_copy(update={"sftp": sftp, "testing": testing, "registration": registration})


def test_a_real_case_takes_nothing_from_the_simulation(begin: Begin, tmp_path: Path) -> None:
    with PracticeServer(tmp_path / "practice") as server:
        start = begin(real_case(server))
        found = desk(start)
        account = found.fetching.account
        assert account is not None
        with start.qtbot.waitSignal(
            found.passwords.keep(account.id, server.password, this_session_only=True).ended
        ):
            pass
        start.frame.show_page("testing")
        assert desk(start).practice.server is None
        press(start, "testing:fetch")
        wait(start, lambda: "This is the practice CAIS" in words(start))
        press(start, "start-connection-test")
        trust(start, "trust:once")
        wait(start, lambda: bool(start.frame.open_case.case.testing.connection_tests))
        (test,) = start.frame.open_case.case.testing.connection_tests
        assert test.succeeded
        assert test.practice, "so that it never counts"
        assert start.frame.open_case.case.testing.submissions == ()
