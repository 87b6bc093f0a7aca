"""Faults of a real OpenSSH server, each set up for real; each gets its own diagnosis."""

from __future__ import annotations

import socket

import pytest

from app.sftp.diagnosis import Ask, Fault
from app.sftp.host_keys import HostKey, HowAccepted, accept_host_key
from app.sftp.stages import ConnectionOutcome, Stage
from tests.rig.openssh import OpenSSHServer, openssh_server
from tests.sftp.running import accepted, run, run_trusting, target_of

_PAM = """
auth required pam_unix.so
account required pam_unix.so
password required pam_unix.so
session required pam_permit.so
"""


def stopped_at(outcome: ConnectionOutcome, stage: Stage, fault: Fault) -> None:
    assert (outcome.stages[-1].stage, outcome.fault) == (stage, fault), outcome.stages[-1]


def test_a_healthy_server(server: OpenSSHServer) -> None:
    outcome = run_trusting(server)
    assert outcome.ok
    assert [result.stage for result in outcome.stages] == list(Stage)
    assert outcome.cipher == "aes256-gcm@openssh.com"
    assert outcome.host_key is not None
    assert outcome.host_key.fingerprint == server.host_key.fingerprint
    assert outcome.host_key.type == server.host_key.type
    assert outcome.host_key.public_key == server.host_key.public_key
    assert outcome.server_version is not None
    assert outcome.server_version.startswith("SSH-2.0-OpenSSH")
    assert outcome.sign_in_method == "password"
    assert outcome.folders is not None
    assert [folder.path for folder in outcome.folders.folders] == [
        f"/123/cat/cais/{use}" for use in ("upload", "feedback", "reports")
    ]
    assert outcome.remarks == ()


def test_a_changed_key_shows_both_fingerprints() -> None:
    other = "SHA256:" + "A" * 43
    with openssh_server() as server:
        target = target_of(server)
        outcome = run(target, server.password, accepted(target, other))
        stopped_at(outcome, Stage.KNOW_SERVER, Fault.HOST_KEY_CHANGED)
        assert not outcome.asks_for_trust
        details = " ".join(outcome.stages[-1].details)
        assert server.host_key.fingerprint in details
        assert other in details
        assert "assword" not in server.log


def test_a_key_of_another_type() -> None:
    before = HostKey("ssh-ed25519", "SHA256:" + "A" * 43)
    with openssh_server(key_types=("ecdsa",)) as server:
        target = target_of(server)
        known = (accept_host_key(target, before, HowAccepted.ALWAYS),)
        outcome = run(target, server.password, known)
    stopped_at(outcome, Stage.KNOW_SERVER, Fault.HOST_KEY_TYPE_CHANGED)
    assert "ssh-ed25519 before, ecdsa-sha2-nistp256 now" in outcome.stages[-1].finding


def test_the_accepted_type_is_asked_for_where_the_server_has_several() -> None:
    with openssh_server(key_types=("ed25519", "ecdsa", "rsa")) as server:
        target = target_of(server)
        for key in server.host_keys:
            shown = HostKey(key.type, key.fingerprint, key.public_key)
            known = (accept_host_key(target, shown, HowAccepted.ALWAYS),)
            outcome = run(target, server.password, known)
            assert outcome.ok, outcome.stages[-1]
            assert outcome.host_key == shown


def test_a_wrong_password_is_one_attempt() -> None:
    with openssh_server() as server:
        outcome = run_trusting(server, "wrong")
        stopped_at(outcome, Stage.SIGN_IN, Fault.SIGN_IN_REFUSED)
        server.wait_for_log("Connection closed by authenticating user")
        assert server.log.count("Failed password") == 1
        assert "reset" in outcome.stages[-1].causes[0]


def test_no_password_is_stored(server: OpenSSHServer) -> None:
    target = target_of(server)
    known = accepted(target, server.host_key.fingerprint)
    stopped_at(run(target, None, known), Stage.SIGN_IN, Fault.NO_PASSWORD)


def test_a_server_that_ends_the_connection_after_too_many_attempts() -> None:
    with openssh_server(options=("MaxAuthTries 1",)) as server:
        outcome = run_trusting(server, "wrong")
        stopped_at(outcome, Stage.SIGN_IN, Fault.ACCOUNT_LOCKED)
        assert "Too many authentication failures" in outcome.stages[-1].finding
        assert server.log.count("Failed password") == 1


def test_a_locked_account_looks_like_a_wrong_password() -> None:
    # The server does not tell; so being locked is among the causes.
    with openssh_server(password="irrelevant", shadow_fields="19000:0:99999:7::1:") as server:
        outcome = run_trusting(server)
        assert outcome.fault in (Fault.SIGN_IN_REFUSED, Fault.PASSWORD_EXPIRED)
        assert any("lock" in cause or "expired" in cause for cause in outcome.stages[-1].causes)


def test_an_expired_password() -> None:
    with openssh_server(
        pam=_PAM, methods=("keyboard-interactive",), shadow_fields="0:0:99999:7:::"
    ) as server:
        stopped_at(run_trusting(server), Stage.SIGN_IN, Fault.PASSWORD_EXPIRED)


def test_a_password_by_keyboard_interactive_only() -> None:
    with openssh_server(pam=_PAM, methods=("keyboard-interactive",)) as server:
        outcome = run_trusting(server)
        assert outcome.ok, outcome.stages[-1]
        assert outcome.sign_in_method == "keyboard-interactive"


def test_a_wrong_password_by_keyboard_interactive_is_one_attempt() -> None:
    with openssh_server(pam=_PAM, methods=("keyboard-interactive",)) as server:
        outcome = run_trusting(server, "wrong")
        stopped_at(outcome, Stage.SIGN_IN, Fault.SIGN_IN_REFUSED)
        server.wait_for_log("Connection closed by authenticating user")
        assert server.log.count("PAM: Authentication failure for") == 1


def test_public_keys_only() -> None:
    with openssh_server(methods=("publickey",)) as server:
        outcome = run_trusting(server)
        stopped_at(outcome, Stage.SIGN_IN, Fault.KEY_ONLY)
        assert "Failed" not in server.log


@pytest.mark.parametrize(
    ("option", "key_types", "fault"),
    [
        ("Ciphers aes128-ctr,aes128-gcm@openssh.com", ("ed25519",), Fault.NO_AES_256),
        ("Ciphers chacha20-poly1305@openssh.com", ("ed25519",), Fault.NO_AES_256),
        ("HostKeyAlgorithms ssh-rsa", ("rsa",), Fault.OLD_HOST_KEY),
        ("KexAlgorithms diffie-hellman-group14-sha1", ("ed25519",), Fault.OLD_EXCHANGE),
    ],
)
def test_nothing_in_common(option: str, key_types: tuple[str, ...], fault: Fault) -> None:
    with openssh_server(options=(option,), key_types=key_types) as server:
        outcome = run_trusting(server)
    stopped_at(outcome, Stage.AGREE, fault)
    assert option.split()[1] in " ".join(outcome.stages[-1].details).replace(", ", ",")


def test_integrity_by_sha_1_only() -> None:
    with openssh_server(options=("Ciphers aes256-ctr", "MACs hmac-sha1")) as server:
        stopped_at(run_trusting(server), Stage.AGREE, Fault.OLD_INTEGRITY)


def test_the_other_aes_256_cipher() -> None:
    with openssh_server(options=("Ciphers aes256-ctr,aes128-ctr",)) as server:
        outcome = run_trusting(server)
    assert outcome.ok
    assert outcome.cipher == "aes256-ctr"


def test_file_transfer_is_switched_off() -> None:
    with openssh_server(subsystem=False, user_options=()) as server:
        stopped_at(run_trusting(server), Stage.OPEN_FILE_TRANSFER, Fault.FILE_TRANSFER_OFF)


def test_something_else_answers_in_place_of_file_transfer() -> None:
    with openssh_server(user_options=("ForceCommand /bin/echo hello",)) as server:
        # There is no /bin in the account's home: the session ends at once.
        stopped_at(run_trusting(server), Stage.OPEN_FILE_TRANSFER, Fault.CUT_AT_FILE_TRANSFER)


def test_too_many_sessions() -> None:
    with openssh_server(options=("MaxSessions 0",)) as server:
        outcome = run_trusting(server)
        stopped_at(outcome, Stage.OPEN_FILE_TRANSFER, Fault.TOO_MANY_SESSIONS)


def test_too_many_connections() -> None:
    with openssh_server(options=("MaxStartups 1",)) as server:
        with socket.create_connection(("127.0.0.1", server.port)) as waiting:
            assert waiting.recv(4) == b"SSH-"
            outcome = run_trusting(server)
        stopped_at(outcome, Stage.SPEAK_SSH, Fault.SERVER_BUSY)


def test_a_home_without_the_folders() -> None:
    with openssh_server(submitter_ids=(), folders=("incoming",)) as server:
        outcome = run_trusting(server)
        stopped_at(outcome, Stage.SEE_FOLDERS, Fault.FOLDERS_MISSING)
        assert "It holds: incoming" in outcome.stages[-1].details
        assert outcome.stages[-1].ask is Ask.HELP_DESK


def test_the_folders_of_another_submitter() -> None:
    with openssh_server(submitter_ids=(456,)) as server:
        target = target_of(server, submitter_id=123)
        known = accepted(target, server.host_key.fingerprint)
        outcome = run(target, server.password, known)
        stopped_at(outcome, Stage.SEE_FOLDERS, Fault.FOLDERS_MISSING)
        assert "/123/cat/cais/upload" in outcome.stages[-1].finding


def test_folders_without_permission() -> None:
    with openssh_server() as server:
        server.folder("feedback").chmod(0)
        stopped_at(run_trusting(server), Stage.SEE_FOLDERS, Fault.FOLDERS_DENIED)


def test_missing_reports_are_only_mentioned() -> None:
    with openssh_server() as server:
        server.folder("reports").rmdir()
        outcome = run_trusting(server)
        assert outcome.ok
        assert outcome.remarks == ("Not there, or closed to the account: /123/cat/cais/reports",)
