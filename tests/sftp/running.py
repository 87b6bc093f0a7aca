"""Runs of the connection test, as tests need them."""

from __future__ import annotations

from dataclasses import replace

from app.cancellation import CancelToken
from app.sftp.host_keys import AcceptedHostKey, HostKey, HowAccepted, accept_host_key
from app.sftp.stages import ConnectionOutcome, StageResult, run_connection_test, test_connection
from app.sftp.target import ConnectionTarget, TimeLimits
from tests.rig.openssh import OpenSSHServer
from tests.rig.practice_process import PracticeProcess

AnyServer = OpenSSHServer | PracticeProcess

#: Short enough to wait for, long enough for a busy machine where something shall answer.
SHORT = TimeLimits(
    find=0.3, reach=0.5, greeting=0.5, agreement=0.5, sign_in=1, file_transfer=1, listing=1
)
PATIENT = TimeLimits(60, 60, 60, 60, 60, 60, 60)


def target_of(server: AnyServer, **changes: object) -> ConnectionTarget:
    target = ConnectionTarget(server.host, server.username, server.port)
    return replace(target, **changes)  # type: ignore[arg-type]


def accepted(target: ConnectionTarget, *fingerprints: str) -> tuple[AcceptedHostKey, ...]:
    """Keys as if the person had accepted them by their fingerprints."""
    return tuple(
        accept_host_key(target, HostKey("", fingerprint), HowAccepted.IMPORTED)
        for fingerprint in fingerprints
    )


def run(
    target: ConnectionTarget,
    password: str | None = None,
    known: tuple[AcceptedHostKey, ...] = (),
    limits: TimeLimits = PATIENT,
) -> ConnectionOutcome:
    """A whole run; its results are checked for what every run has to keep to."""
    results: list[StageResult] = []
    outcome = run_connection_test(
        test_connection(target, lambda: password, known, cancel=CancelToken(), limits=limits),
        results.append,
    )
    assert tuple(results) == outcome.stages
    assert all(result.ok for result in results[:-1])
    assert outcome.ok == (outcome.fault is None)
    if not outcome.ok:
        assert results[-1].causes
        assert results[-1].action
    if password:
        assert password not in repr(outcome)
    return outcome


def run_trusting(
    server: AnyServer, password: str | None = None, limits: TimeLimits = PATIENT
) -> ConnectionOutcome:
    """A run against a server whose key was accepted before."""
    target = target_of(server)
    known = accepted(target, server.host_key.fingerprint)
    return run(target, password or server.password, known, limits)
