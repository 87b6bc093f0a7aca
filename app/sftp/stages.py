"""The connection test: eight stages, each with a plain result (R4, R6.1)."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from app.cancellation import CancelToken
from app.sftp.connection import Connection
from app.sftp.diagnosis import Ask, Diagnosis, Fault, StageFailedError, diagnose
from app.sftp.folders import FoldersSeen
from app.sftp.host_keys import AcceptedHostKey, HostKey
from app.sftp.line import Line
from app.sftp.reach import Lookup, look_up
from app.sftp.stage import Stage
from app.sftp.target import ConnectionTarget, PasswordSource, TimeLimits


@dataclass(frozen=True, slots=True)
class StageResult:
    """How one stage ended. All text is plain text; none of it is a secret.

    Args:
        milliseconds: how long it took.
        finding: what was found, one or two sentences.
        causes: why it failed, most likely first; empty where it did not.
        action: what to do now; empty where nothing is to be done.
        ask: who can help.
        details: lines for whoever helps.
        fault: which fault; None where there is none.
    """

    stage: Stage
    ok: bool
    milliseconds: int
    finding: str
    causes: tuple[str, ...] = ()
    action: str = ""
    ask: Ask = Ask.NOBODY
    details: tuple[str, ...] = ()
    fault: Fault | None = None

    def to_json(self) -> dict[str, object]:
        """As `test-connection --json` prints it."""
        return {
            "stage": self.stage.value,
            "ok": self.ok,
            "milliseconds": self.milliseconds,
            "finding": self.finding,
            "causes": list(self.causes),
            "action": self.action,
            "ask": self.ask.words or None,
            "fault": self.fault,
            "details": list(self.details),
        }


@dataclass(frozen=True, slots=True)
class ConnectionOutcome:
    """How the whole run ended.

    Args:
        at: when it began (UTC).
        stages: as far as the run came; the last one failed unless `ok`.
        host_key: what the server showed; None where the run did not come so far.
        known_keys: what had been accepted for this server before.
        server_version: how the server's software names itself.
        cipher: agreed on.
        sign_in_method: `password` or `keyboard-interactive`.
        folders: what the last stage saw.
        remarks: what is worth knowing though nothing failed.
    """

    target: ConnectionTarget
    at: datetime
    stages: tuple[StageResult, ...]
    ok: bool
    fault: Fault | None = None
    address: str | None = None
    server_version: str | None = None
    cipher: str | None = None
    host_key: HostKey | None = None
    known_keys: tuple[HostKey, ...] = ()
    sign_in_method: str | None = None
    server_text: str | None = None
    folders: FoldersSeen | None = None
    remarks: tuple[str, ...] = field(default=())

    @property
    def asks_for_trust(self) -> bool:
        """Whether the run ended because the person has to decide about `host_key` first."""
        return self.fault is Fault.HOST_KEY_UNKNOWN

    def to_json(self) -> dict[str, object]:
        """As `test-connection --json` prints it."""
        key = self.host_key
        return {
            "ok": self.ok,
            "stages": [result.to_json() for result in self.stages],
            "host_key": None if key is None else {"type": key.type, "fingerprint": key.fingerprint},
            "fault": self.fault,
            "remarks": list(self.remarks),
        }


ConnectionTestRun = Generator[StageResult, None, ConnectionOutcome]


def test_connection(
    target: ConnectionTarget,
    credentials: PasswordSource,
    known_host_keys: Sequence[AcceptedHostKey],
    *,
    cancel: CancelToken,
    limits: TimeLimits | None = None,
    lookup: Lookup = look_up,
) -> ConnectionTestRun:
    """Go through the stages one by one; yields each result, returns the outcome.

    The run ends at the first stage that fails. With a server whose key is not among
    `known_host_keys` that is "Know the server": the caller asks the person, keeps the decision and
    starts a new run. `credentials` is called after that stage only, and one attempt is made.

    Args:
        target: the account and where it is.
        credentials: hands over the password.
        known_host_keys: those accepted for this server, "once" ones included.
        cancel: ends the run within 200 ms in any stage.
        limits: how long each stage may take.
        lookup: asks the operating system unless told otherwise.

    Raises:
        Cancelled: the person cancelled.
    """
    began = datetime.now(UTC)
    results: list[StageResult] = []
    with Line(cancel) as line:
        connection = Connection(
            target, credentials, tuple(known_host_keys), line, limits or TimeLimits(), lookup
        )
        for stage, step in _steps(connection):
            result = _run(stage, step, connection)
            results.append(result)
            yield result
            if not result.ok:
                break
    return _outcome(connection, began, tuple(results))


# The name is right for the program; pytest would take it for a test.
test_connection.__test__ = False  # type: ignore[attr-defined]


def run_connection_test(
    run: ConnectionTestRun, on_stage: Callable[[StageResult], object]
) -> ConnectionOutcome:
    """Go through a whole run, telling `on_stage` of each result.

    Raises:
        Cancelled: the person cancelled.
    """
    while True:
        try:
            on_stage(next(run))
        except StopIteration as end:
            outcome: ConnectionOutcome = end.value
            return outcome


def _steps(connection: Connection) -> tuple[tuple[Stage, Callable[[], str]], ...]:
    return (
        (Stage.FIND_HOST, connection.find_host),
        (Stage.REACH_PORT, connection.reach_port),
        (Stage.SPEAK_SSH, connection.speak_ssh),
        (Stage.AGREE, connection.agree),
        (Stage.KNOW_SERVER, connection.know_server),
        (Stage.SIGN_IN, connection.sign_in),
        (Stage.OPEN_FILE_TRANSFER, connection.open_file_transfer),
        (Stage.SEE_FOLDERS, connection.see_folders),
    )


def _run(stage: Stage, step: Callable[[], str], connection: Connection) -> StageResult:
    start = time.monotonic()
    failed: StageFailedError | None = None
    finding = ""
    connection.line.raise_if_cancelled()
    try:
        finding = step()
    except StageFailedError as error:
        # What a cut line broke is no fault of the server's.
        connection.line.raise_if_cancelled()
        failed = error
    milliseconds = round((time.monotonic() - start) * 1_000)
    if failed is None:
        return StageResult(stage, ok=True, milliseconds=milliseconds, finding=finding)
    return _failed_result(stage, milliseconds, diagnose(failed, connection.facts))


def _failed_result(stage: Stage, milliseconds: int, diagnosis: Diagnosis) -> StageResult:
    return StageResult(
        stage,
        ok=False,
        milliseconds=milliseconds,
        finding=diagnosis.finding,
        causes=diagnosis.causes,
        action=diagnosis.action,
        ask=diagnosis.ask,
        details=diagnosis.details,
        fault=diagnosis.fault,
    )


def _outcome(
    connection: Connection, began: datetime, results: tuple[StageResult, ...]
) -> ConnectionOutcome:
    return ConnectionOutcome(
        target=connection.target,
        at=began,
        stages=results,
        ok=len(results) == len(Stage) and results[-1].ok,
        fault=results[-1].fault,
        address=connection.address,
        server_version=connection.server_version,
        cipher=connection.cipher,
        host_key=connection.host_key,
        known_keys=tuple(entry.key for entry in connection.accepted),
        sign_in_method=connection.sign_in_method,
        server_text=connection.server_text,
        folders=connection.folders,
        remarks=tuple(connection.remarks),
    )
