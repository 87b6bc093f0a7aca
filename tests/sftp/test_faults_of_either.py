"""Faults that OpenSSH and the simulated CAIS both show: the diagnosis is the same."""

from __future__ import annotations

import os
import time
from pathlib import Path

from app.sftp.diagnosis import Fault
from app.sftp.host_keys import HostKey, HowAccepted, accept_host_key
from app.sftp.stages import ConnectionOutcome, Stage
from tests.rig.practice_process import practice_process
from tests.sftp.running import AnyServer, accepted, run, run_trusting, target_of

OTHER = "SHA256:" + "A" * 43


def stopped_at(outcome: ConnectionOutcome, stage: Stage, fault: Fault) -> None:
    assert (outcome.stages[-1].stage, outcome.fault) == (stage, fault), outcome.stages[-1]


def test_it_is_healthy(either: AnyServer) -> None:
    outcome = run_trusting(either)
    assert outcome.ok
    assert [result.stage for result in outcome.stages] == list(Stage)
    assert outcome.cipher == "aes256-gcm@openssh.com"


def test_its_key_is_not_known(either: AnyServer) -> None:
    outcome = run(target_of(either), either.password)
    stopped_at(outcome, Stage.KNOW_SERVER, Fault.HOST_KEY_UNKNOWN)
    assert outcome.asks_for_trust
    assert outcome.host_key is not None
    assert outcome.host_key.fingerprint == either.host_key.fingerprint


def test_its_key_has_changed(either: AnyServer) -> None:
    target = target_of(either)
    outcome = run(target, either.password, accepted(target, OTHER))
    stopped_at(outcome, Stage.KNOW_SERVER, Fault.HOST_KEY_CHANGED)
    details = " ".join(outcome.stages[-1].details)
    assert OTHER in details
    assert either.host_key.fingerprint in details


def test_its_key_is_of_another_type(either: AnyServer) -> None:
    target = target_of(either)
    known = (accept_host_key(target, HostKey("ssh-dss", OTHER), HowAccepted.ALWAYS),)
    outcome = run(target, either.password, known)
    stopped_at(outcome, Stage.KNOW_SERVER, Fault.HOST_KEY_TYPE_CHANGED)


def test_the_password_is_wrong(either: AnyServer) -> None:
    stopped_at(run_trusting(either, "wrong"), Stage.SIGN_IN, Fault.SIGN_IN_REFUSED)
    assert run_trusting(either).ok


def test_the_user_is_unknown(either: AnyServer) -> None:
    target = target_of(either, username="nobody-here")
    known = accepted(target, either.host_key.fingerprint)
    stopped_at(run(target, "wrong", known), Stage.SIGN_IN, Fault.SIGN_IN_REFUSED)
    assert run_trusting(either).ok


def test_the_folders_are_another_submitters(either: AnyServer) -> None:
    target = target_of(either, submitter_id=999)
    known = accepted(target, either.host_key.fingerprint)
    outcome = run(target, either.password, known)
    stopped_at(outcome, Stage.SEE_FOLDERS, Fault.FOLDERS_MISSING)
    assert "/999/cat/cais/upload" in outcome.stages[-1].finding


def test_its_clock_is_far_off(either: AnyServer) -> None:
    file = either.folder("feedback") / "x.json.bz2"
    file.touch()
    os.utime(file, (time.time() + 5 * 3_600 + 60,) * 2)
    outcome = run_trusting(either)
    assert outcome.ok
    assert "5 hours ahead" in outcome.remarks[0]


def test_an_account_that_the_simulation_has_locked(tmp_path: Path) -> None:
    with practice_process(tmp_path, "locked-account") as server:
        stopped_at(run_trusting(server), Stage.SIGN_IN, Fault.ACCOUNT_LOCKED)
