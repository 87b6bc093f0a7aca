"""The words of the diagnoses, the evidence, and the text for the Help Desk."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

from app import resources
from app.onboarding.access import Environment, ProxyKind
from app.sftp.diagnosis import Ask, Fault, StageFailedError, diagnose
from app.sftp.evidence import connection_test_of
from app.sftp.help_desk import copy_for_help_desk
from app.sftp.plain_text import plain
from app.sftp.stage import Stage
from app.sftp.target import ConnectionTarget, ProxySettings
from tests.rig.openssh import OpenSSHServer
from tests.sftp.running import run, run_trusting, target_of

FACTS = {
    name: f"<{name}>"
    for name in (
        "host port place username environment bind_address seconds found wanted proxy reply "
        "known_type key_type methods server_text folders"
    ).split()
}


def test_every_fault_has_words_and_every_entry_is_a_fault() -> None:
    words = tomllib.loads(resources.read_text("connection-faults.toml"))
    assert set(words) == {fault.value for fault in Fault}


def test_the_table_of_faults_is_complete_and_names_tests_that_exist() -> None:
    here = Path(__file__)
    table = (here.parents[2] / "docs" / "connection-faults.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(test_\w+)`", table))
    files = [*here.parent.glob("test_*.py"), here.parents[1] / "pages" / "test_testing_send.py"]
    tests = "".join(file.read_text(encoding="utf-8") for file in files)
    assert named - set(re.findall(r"def (test_\w+)", tests)) == set()
    words = tomllib.loads(resources.read_text("connection-faults.toml"))
    for fault in Fault:
        assert f"`{fault.value}`: {words[fault]['finding']}" in table


@pytest.mark.parametrize("fault", Fault)
def test_the_words_of_a_fault(fault: Fault) -> None:
    found = diagnose(StageFailedError(fault), FACTS)
    for text in (found.finding, found.action, *found.causes):
        assert text == plain(text, 1_000)
        assert text.strip().endswith((".", ")", ">")) or text.endswith("{reply}")
        assert "error occurred" not in text.lower()
    assert found.causes
    assert found.finding != found.action
    assert found.ask is not Ask.NOBODY or fault in (Fault.NAME_INVALID, Fault.NO_PASSWORD)


def test_the_proof_of_a_good_run(server: OpenSSHServer) -> None:
    outcome = run_trusting(server)
    proof = connection_test_of(outcome, "0123456789ab")
    assert proof.succeeded
    assert proof.at == outcome.at
    assert proof.host_key_sha256 == server.host_key.fingerprint
    assert proof.cipher == "aes256-gcm@openssh.com"
    assert proof.environment is Environment.TEST
    assert (proof.failed_stage, proof.finding, proof.practice) == (None, None, False)
    assert proof.username == server.username


def test_the_proof_of_a_failed_run(server: OpenSSHServer) -> None:
    proof = connection_test_of(run(target_of(server)), "0123456789ab", practice=True)
    assert not proof.succeeded
    assert proof.failed_stage == "Know the server"
    assert proof.finding is not None
    assert "No password was sent" in proof.finding
    assert proof.practice


def test_the_json_of_a_run(server: OpenSSHServer) -> None:
    good = json.loads(json.dumps(run_trusting(server).to_json()))
    assert good["ok"] is True
    assert [stage["stage"] for stage in good["stages"]] == list(Stage)
    assert good["host_key"]["fingerprint"] == server.host_key.fingerprint
    assert set(good["stages"][0]) >= {"stage", "ok", "milliseconds", "finding", "causes", "action"}
    failed = json.loads(json.dumps(run_trusting(server, "not-the-password").to_json()))
    assert (failed["ok"], failed["fault"]) == (False, "sign_in_refused")
    assert "not-the-password" not in json.dumps(failed)


def test_the_text_for_the_help_desk(server: OpenSSHServer) -> None:
    text = copy_for_help_desk(run_trusting(server))
    assert "succeeded" in text
    assert server.host_key.fingerprint in text
    assert "8. See the folders: ok" in text
    assert server.password not in text
    failed = copy_for_help_desk(run_trusting(server, "not-the-password"))
    assert 'ended at "Sign in"' in failed
    assert "Fault: sign_in_refused" in failed
    assert "not-the-password" not in failed


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("two\r\nlines\tand tab", "two lines and tab"),
        ("\x1b[31mred\x1b[0m\x07", "[31mred[0m"),
        ("zero\u200bwidth\ufeff \u202ereversed", "zerowidth reversed"),
        (b"\xff\xfe bytes", "\ufffd\ufffd bytes"),
        ("x" * 1_000, "x" * 299 + "…"),
        ("\ud800", ""),
    ],
)
def test_plain_text(text: str | bytes, shown: str) -> None:
    assert plain(text) == shown


@pytest.mark.parametrize(
    ("host", "port", "username"),
    [
        ("", 22, "firm"),
        ("a b", 22, "firm"),
        ("a\n", 22, "firm"),
        ("h", 0, "firm"),
        ("h", 65_536, "f"),
        ("h", 22, " "),
    ],
)
def test_what_can_be_no_target(host: str, port: int, username: str) -> None:
    with pytest.raises(ValueError, match=r"host|port|user name"):
        ConnectionTarget(host, username, port)


def test_what_can_be_no_proxy() -> None:
    with pytest.raises(ValueError, match="proxy"):
        ProxySettings(ProxyKind.SOCKS5, "", 1080)
