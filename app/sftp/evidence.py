"""From the run of a connection test to the proof that the case keeps (R6.1)."""

from __future__ import annotations

from app.onboarding.access import ConnectionTest
from app.onboarding.values import NAME_LENGTH
from app.sftp.plain_text import plain
from app.sftp.stages import ConnectionOutcome
from app.sftp.wire import PRACTICE_SOFTWARE


def connection_test_of(
    outcome: ConnectionOutcome, row_id: str, *, practice: bool = False
) -> ConnectionTest:
    """The proof that a run gives, whether it succeeded or not.

    Args:
        outcome: how the run ended.
        row_id: 8 to 32 hexadecimal digits, new for each run.
        practice: whether the case is for practice. A run against the simulated CAIS is
            practice in every case, and never counts.
    """
    failed = None if outcome.ok else outcome.stages[-1]
    return ConnectionTest(
        id=row_id,
        at=outcome.at,
        environment=outcome.target.environment,
        host=plain(outcome.target.host, NAME_LENGTH),
        port=outcome.target.port,
        username=plain(outcome.target.username, NAME_LENGTH),
        succeeded=outcome.ok,
        failed_stage=None if failed is None else failed.stage.value,
        finding=None if failed is None else failed.finding,
        host_key_type=None if outcome.host_key is None else outcome.host_key.type,
        host_key_sha256=None if outcome.host_key is None else outcome.host_key.fingerprint,
        cipher=outcome.cipher,
        server_software=None
        if outcome.server_version is None
        else plain(outcome.server_version, NAME_LENGTH),
        practice=practice or PRACTICE_SOFTWARE in (outcome.server_version or ""),
    )
