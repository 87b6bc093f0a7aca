"""Sign-ins that OpenSSH can't be set up for, against a scripted SSH server."""

from __future__ import annotations

import paramiko
import pytest

from app.cancellation import CancelToken
from app.sftp.diagnosis import Fault
from app.sftp.requests import Status
from app.sftp.session import open_session
from app.sftp.stages import ConnectionOutcome, Stage, run_connection_test, test_connection
from app.sftp.target import ConnectionTarget
from tests.sftp.hostile_server import hostile_server, names, status
from tests.sftp.running import accepted, run
from tests.sftp.scripted_server import Script, scripted_server

RIGHT = Script.password


def outcome_of(script: Script, password: str = RIGHT) -> ConnectionOutcome:
    with scripted_server(script) as server:
        target = ConnectionTarget("127.0.0.1", "firm", server.port)
        return run(target, password, accepted(target, server.host_key.fingerprint))


def stopped_at(outcome: ConnectionOutcome, stage: Stage, fault: Fault) -> None:
    assert (outcome.stages[-1].stage, outcome.fault) == (stage, fault), outcome.stages[-1]


def test_keyboard_interactive_is_preferred_by_none_and_used_where_it_is_all_there_is() -> None:
    script = Script(methods="publickey,keyboard-interactive")
    outcome = outcome_of(script)
    assert outcome.sign_in_method == "keyboard-interactive"
    assert script.asked == ["right"]


def test_a_refused_password_is_not_tried_again_by_another_method() -> None:
    script = Script(methods="password,keyboard-interactive")
    outcome = outcome_of(script, "wrong")
    stopped_at(outcome, Stage.SIGN_IN, Fault.SIGN_IN_REFUSED)
    assert script.asked == ["wrong"]


def test_a_method_that_is_offered_after_the_refusal_is_not_tried_either() -> None:
    class Shifting(Script):
        def get_allowed_auths(self, username: str) -> str:
            return "keyboard-interactive" if self.asked else "password"

    script = Shifting()
    outcome = outcome_of(script, "wrong")
    stopped_at(outcome, Stage.SIGN_IN, Fault.SIGN_IN_REFUSED)
    assert script.asked == ["wrong"]


def test_a_second_question_is_not_answered_with_the_password() -> None:
    script = Script(
        methods="keyboard-interactive",
        prompts=((("Password: ", False),), (("Code from your token: ", False),)),
    )
    outcome = outcome_of(script)
    stopped_at(outcome, Stage.SIGN_IN, Fault.SECOND_FACTOR)
    assert "Code from your token" in outcome.stages[-1].finding
    assert script.asked == ["right"]


@pytest.mark.parametrize(
    "prompts",
    [
        ((("Password: ", False), ("Code: ", False)),),
        ((("Your name: ", True),),),
    ],
)
def test_questions_that_the_password_is_no_answer_to(
    prompts: tuple[tuple[tuple[str, bool], ...], ...],
) -> None:
    script = Script(methods="keyboard-interactive", prompts=prompts)
    stopped_at(outcome_of(script), Stage.SIGN_IN, Fault.SECOND_FACTOR)
    assert script.asked == []


def test_a_second_method_after_the_right_password() -> None:
    outcome = outcome_of(Script(methods="password,publickey", partial=True))
    stopped_at(outcome, Stage.SIGN_IN, Fault.SECOND_FACTOR)


def test_no_method_that_fits() -> None:
    outcome = outcome_of(Script(methods="hostbased,gssapi-with-mic"))
    stopped_at(outcome, Stage.SIGN_IN, Fault.OTHER_METHODS)
    assert "hostbased, gssapi-with-mic" in outcome.stages[-1].finding


def test_a_server_that_lets_everyone_in() -> None:
    script = Script(open_to_all=True)
    stopped_at(outcome_of(script), Stage.SIGN_IN, Fault.NO_SIGN_IN_ASKED)
    assert script.asked == []


@pytest.mark.parametrize(
    ("banner", "fault"),
    [
        ("Your account is locked.", Fault.ACCOUNT_LOCKED),
        ("Password expired; reset it first.", Fault.PASSWORD_EXPIRED),
        ("Authorized use only.", Fault.SIGN_IN_REFUSED),
    ],
)
def test_what_the_server_says_decides(banner: str, fault: Fault) -> None:
    outcome = outcome_of(Script(banner=banner), "wrong")
    stopped_at(outcome, Stage.SIGN_IN, fault)
    assert f"The server said: {banner}" in outcome.stages[-1].details


def test_a_banner_is_shown_as_plain_text() -> None:
    outcome = outcome_of(Script(banner="\x1b[2J<img src=x>\r\nWelcome\u202e"))
    assert outcome.server_text == "[2J<img src=x> Welcome"


def test_a_server_that_opens_no_session() -> None:
    outcome = outcome_of(Script(sessions=False))
    stopped_at(outcome, Stage.OPEN_FILE_TRANSFER, Fault.TOO_MANY_SESSIONS)


def test_a_server_of_the_time_of_ssh_1_99_is_remarked_on() -> None:
    outcome = outcome_of(Script(version="SSH-1.99-Old_3"))
    assert outcome.stages[3].ok
    assert "still speaks SSH 1" in outcome.remarks[0]


def test_nothing_is_asked_of_a_server_that_is_not_known() -> None:
    script = Script()
    asked: list[str] = []

    def password() -> str:
        asked.append("password")
        return "right"

    with scripted_server(script) as server:
        target = ConnectionTarget("127.0.0.1", "firm", server.port)
        for known in ((), accepted(target, "SHA256:" + "B" * 43)):
            run_connection_test(
                test_connection(target, password, known, cancel=CancelToken()), lambda _: None
            )
    assert asked == []
    assert script.asked == []


class _Talkative(paramiko.SubsystemHandler):
    """Prints a greeting where file transfer should start, as a shell's start-up file may."""

    def start_subsystem(
        self, name: str, transport: paramiko.Transport, channel: paramiko.Channel
    ) -> None:
        channel.sendall(b"Welcome to the server. " * 10)
        channel.recv(1)


def test_a_server_that_prints_text_first() -> None:
    with scripted_server(Script(), _Talkative) as server:
        target = ConnectionTarget("127.0.0.1", "firm", server.port)
        outcome = run(target, "right", accepted(target, server.host_key.fingerprint))
    stopped_at(outcome, Stage.OPEN_FILE_TRANSFER, Fault.FILE_TRANSFER_GARBLED)


def test_folders_that_the_server_can_not_list() -> None:
    def answers(_kind: int, _body: bytes) -> tuple[int, bytes]:
        return status(Status.FAILURE, b"Storage is \x1b[31moffline")

    with hostile_server(answers) as (target, known):
        outcome = run(target, "right", known)
    stopped_at(outcome, Stage.SEE_FOLDERS, Fault.LISTING_FAILED)
    assert "Storage is [31moffline" in outcome.stages[-1].finding


def test_a_home_that_is_no_text() -> None:
    def answers(kind: int, _body: bytes) -> tuple[int, bytes]:
        if kind == 16:  # REALPATH, which paramiko reads
            return names((b"\xff\xfe", 0))
        return status(Status.NO_SUCH_FILE, b"\xff")

    with hostile_server(answers) as (target, known):
        outcome = run(target, "right", known)
    stopped_at(outcome, Stage.SEE_FOLDERS, Fault.FOLDERS_MISSING)
    assert "Home folder: (a name that is no text)" in outcome.stages[-1].details


@pytest.mark.parametrize("methods", ["password", "keyboard-interactive"])
def test_an_open_session_holds_no_password(methods: str) -> None:
    with scripted_server(Script(methods=methods)) as server:
        target = ConnectionTarget("127.0.0.1", "firm", server.port)
        known = accepted(target, server.host_key.fingerprint)
        asked: list[str] = []

        def password() -> str:
            asked.append("now")
            return "right"

        with open_session(target, password, known, cancel=CancelToken()) as session:
            assert asked == ["now"]
            channel = session.sftp.get_channel()
            assert channel is not None
            handler = channel.get_transport().auth_handler
            assert handler is not None
            assert handler.password is None
            assert handler.interactive_handler is None
