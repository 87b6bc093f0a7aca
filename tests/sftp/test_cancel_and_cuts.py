"""Cancelling and losing the connection, in every stage: the run ends, and nothing is left."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

import paramiko
import pytest

from app.cancellation import CancelToken
from app.failures import Cancelled
from app.sftp.diagnosis import Fault
from app.sftp.stages import ConnectionOutcome, Stage, StageResult, test_connection
from app.sftp.target import ConnectionTarget
from tests.sftp.running import PATIENT, SHORT, AnyServer, run, target_of
from tests.sftp.sockets import Relay, peer
from tests.sftp.stalled import HELD_AFTER, STALLING, Stalled, stalled

#: Cancelling takes milliseconds (`make bench` says how many); the stages' own limits are a minute.
PROMPT_SECONDS = 5


@pytest.fixture
def server(either: AnyServer) -> AnyServer:
    return either


@pytest.mark.parametrize("stage", STALLING)
def test_cancel_in_every_stage(stage: Stage, server: AnyServer) -> None:
    cancel = CancelToken()
    cancelled_at: list[float] = []
    results: list[StageResult] = []
    with stalled(stage, server) as here:

        def cancel_when_stalled() -> None:
            here.stalls.wait()
            cancelled_at.append(time.monotonic())
            cancel.cancel()

        canceller = threading.Thread(target=cancel_when_stalled)
        canceller.start()
        run = test_connection(
            here.target,
            lambda: server.password,
            here.known,
            cancel=cancel,
            limits=PATIENT,
            lookup=here.lookup,
        )
        with pytest.raises(Cancelled):
            for result in run:
                results.append(result)
                here.hold_after(result)
        ended_at = time.monotonic()
        assert not [t for t in threading.enumerate() if isinstance(t, paramiko.Transport)]
        canceller.join()
    assert all(result.ok for result in results)
    assert len(results) == list(Stage).index(stage)
    assert ended_at - cancelled_at[0] < PROMPT_SECONDS


def test_a_run_that_is_cancelled_before_it_begins_touches_nothing() -> None:
    cancel = CancelToken()
    cancel.cancel()
    with peer() as here:
        target = ConnectionTarget("127.0.0.1", "firm", here.port)
        with pytest.raises(Cancelled):
            next(test_connection(target, lambda: None, (), cancel=cancel))
        assert not here.spoken_to.is_set()


def test_a_run_that_is_given_up_between_stages_closes_its_connection() -> None:
    with peer(lambda client: client.sendall(b"SSH-2.0-Half\r\n")) as here:
        target = ConnectionTarget("127.0.0.1", "firm", here.port)
        run = test_connection(target, lambda: None, (), cancel=CancelToken())
        for _ in range(3):
            assert next(run).ok
        run.close()
    # nothing_left_behind looks for the thread and the socket


SILENT = {
    Stage.FIND_HOST: Fault.LOOKUP_SILENT,
    Stage.REACH_PORT: Fault.NO_ANSWER,
    Stage.SPEAK_SSH: Fault.SILENT,
    Stage.AGREE: Fault.AGREEMENT_SILENT,
    Stage.SIGN_IN: Fault.SIGN_IN_SILENT,
    Stage.OPEN_FILE_TRANSFER: Fault.FILE_TRANSFER_SILENT,
    Stage.SEE_FOLDERS: Fault.LISTING_SILENT,
}
CUT = {
    Stage.SIGN_IN: Fault.CUT_AT_SIGN_IN,
    Stage.OPEN_FILE_TRANSFER: Fault.CUT_AT_FILE_TRANSFER,
    Stage.SEE_FOLDERS: Fault.CUT_WHILE_LISTING,
}


def finish(
    here: Stalled, server: AnyServer, after: Callable[[StageResult], None]
) -> ConnectionOutcome:
    run = test_connection(
        here.target,
        lambda: server.password,
        here.known,
        cancel=CancelToken(),
        limits=SHORT,
        lookup=here.lookup,
    )
    while True:
        try:
            after(next(run))
        except StopIteration as end:
            outcome: ConnectionOutcome = end.value
            return outcome


@pytest.mark.parametrize("stage", STALLING)
def test_silence_in_every_stage(stage: Stage, server: AnyServer) -> None:
    with stalled(stage, server) as here:
        outcome = finish(here, server, here.hold_after)
    assert outcome.stages[-1].stage is stage
    assert outcome.fault is SILENT[stage]


@pytest.mark.parametrize("stage", list(CUT))
def test_a_cut_in_every_stage(stage: Stage, server: AnyServer) -> None:
    with stalled(stage, server) as here:

        def cut(result: StageResult) -> None:
            if result.stage is HELD_AFTER[stage] and here.relay is not None:
                here.relay.cut_after(1)

        outcome = finish(here, server, cut)
    assert outcome.stages[-1].stage is stage
    assert outcome.fault is CUT[stage]


@pytest.mark.parametrize(
    ("passed", "stage", "fault"),
    [(0, Stage.SPEAK_SSH, Fault.CLOSED_UNGREETED), (100, Stage.AGREE, Fault.CUT_IN_AGREEMENT)],
)
def test_a_cut_in_the_greeting_and_after_it(
    passed: int, stage: Stage, fault: Fault, server: AnyServer
) -> None:
    """The greeting is shorter than 100 bytes; the offer of algorithms that follows is longer."""
    with Relay(server.port) as relay:
        relay.cut_after(passed)
        target = target_of(server, port=relay.port)
        outcome = run(target, server.password, (), SHORT)
    assert (outcome.stages[-1].stage, outcome.fault) == (stage, fault), outcome.stages[-1]


def test_nothing_is_logged(server: AnyServer, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), stalled(Stage.SIGN_IN, server) as here:
        finish(here, server, lambda _: None)
    assert caplog.records == []
