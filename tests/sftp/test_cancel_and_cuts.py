"""Cancelling and losing the connection, in every stage: the run ends, and nothing is left."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager

import paramiko
import pytest

from app.cancellation import CancelToken
from app.failures import Cancelled
from app.sftp.diagnosis import Fault
from app.sftp.reach import Address, look_up
from app.sftp.stages import ConnectionOutcome, Stage, StageResult, test_connection
from app.sftp.target import ConnectionTarget
from tests.sftp.running import PATIENT, SHORT, AnyServer, accepted, run, target_of
from tests.sftp.sockets import Relay, dropping, peer

#: Cancelling takes milliseconds (`make bench` says how many); the stages' own limits are a minute.
PROMPT_SECONDS = 5
_AFTER_SIGN_IN = {
    Stage.SIGN_IN: Stage.KNOW_SERVER,
    Stage.OPEN_FILE_TRANSFER: Stage.SIGN_IN,
    Stage.SEE_FOLDERS: Stage.OPEN_FILE_TRANSFER,
}


#: Stages whose stalling shows to nobody but the one who waits.
_SILENT_AFTER = {Stage.REACH_PORT: Stage.FIND_HOST, Stage.AGREE: Stage.SPEAK_SSH}


@pytest.fixture
def server(either: AnyServer) -> AnyServer:
    return either


def _greet(client: socket.socket) -> None:
    client.sendall(b"SSH-2.0-Half\r\n")


class Stalled:
    """A run that hangs in one stage, and how to tell that it does."""

    def __init__(self, stage: Stage, server: AnyServer, stack: ExitStack) -> None:
        self.stage = stage
        self.stalls = threading.Event()
        self.released = threading.Event()
        self.target = target_of(server)
        self.relay: Relay | None = None
        self.lookup: Callable[[str, int], tuple[Address, ...]] = lambda h, p: tuple(look_up(h, p))
        self.known = accepted(self.target, server.host_key.fingerprint)
        if stage is Stage.FIND_HOST:
            self.lookup = self._never_found
            stack.callback(self.released.set)
        elif stage is Stage.REACH_PORT:
            self._at(stack.enter_context(dropping()))
        elif stage is Stage.SPEAK_SSH:
            here = stack.enter_context(peer())
            self.stalls = here.spoken_to
            self._at(here.port)
        elif stage is Stage.AGREE:
            self._at(stack.enter_context(peer(_greet)).port)
        else:
            self.relay = stack.enter_context(Relay(server.port))
            self.stalls = self.relay.holds_something
            self._at(self.relay.port)

    def _at(self, port: int) -> None:
        self.target = ConnectionTarget("127.0.0.1", self.target.username, port)

    def _never_found(self, _host: str, _port: int) -> tuple[Address, ...]:
        self.stalls.set()
        self.released.wait()
        return ()

    def hold_after(self, result: StageResult) -> None:
        if result.stage is _SILENT_AFTER.get(self.stage):
            self.stalls.set()
        if self.relay is not None and result.stage is _AFTER_SIGN_IN[self.stage]:
            self.relay.hold()


@contextmanager
def stalled(stage: Stage, server: AnyServer) -> Generator[Stalled]:
    with ExitStack() as stack:
        yield Stalled(stage, server, stack)


STALLING = [stage for stage in Stage if stage is not Stage.KNOW_SERVER]


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
            if result.stage is _AFTER_SIGN_IN[stage] and here.relay is not None:
                here.relay.cut_after(1)

        outcome = finish(here, server, cut)
    assert outcome.stages[-1].stage is stage
    assert outcome.fault is CUT[stage]


@pytest.mark.parametrize(
    ("passed", "stage", "fault"),
    [(1, Stage.SPEAK_SSH, Fault.CLOSED_UNGREETED), (100, Stage.AGREE, Fault.CUT_IN_AGREEMENT)],
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
