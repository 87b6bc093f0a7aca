"""Watching for feedback: when it is due, how often to look, and over one connection."""

from __future__ import annotations

import os
import threading
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cancellation import CancelToken
from app.failures import Cancelled
from app.sftp.collecting import collect_feedback
from app.sftp.diagnosis import Fault
from app.sftp.expectations import (
    LONGEST_WAIT,
    SHORTEST_PRACTICE_WAIT,
    SHORTEST_WAIT,
    Lateness,
    next_expected,
    until_next_look,
)
from app.sftp.requests import Ask
from app.sftp.session import ConnectionFailedError, Session, open_session
from app.sftp.watching import watch_feedback
from tests.rig.openssh import SUBMITTER_ID, OpenSSHServer, openssh_server
from tests.sftp.hostile_server import Folder, hostile_server
from tests.sftp.running import accepted, target_of
from tests.sftp.sockets import Relay

SENT = datetime(2020, 10, 5, 14, 0, tzinfo=UTC)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


@pytest.mark.parametrize(
    ("seen", "version", "usual", "latest"),
    [
        ({}, 1, 10, 60),
        ({1: 5}, 2, 30, 120),
        ({1: 5, 2: 20}, 3, 20 + 60, 20 + 240),
        ({2: 20}, 3, 20 + 60, 20 + 240),
        ({1: 5, 2: 20, 3: 70}, 4, 20 + 60, 20 + 240),
        ({3: 70}, 4, 70 + 60, 70 + 240),
    ],
)
def test_what_is_expected_next(seen: dict[int, int], version: int, usual: int, latest: int) -> None:
    expected = next_expected(SENT, {v: SENT + minutes(m) for v, m in seen.items()})
    assert expected is not None
    assert expected.version == version
    assert (expected.usual_by, expected.latest_by) == (
        SENT + minutes(usual),
        SENT + minutes(latest),
    )
    assert expected.lateness(expected.usual_by) is Lateness.ON_TIME
    assert expected.lateness(expected.usual_by + minutes(1)) is Lateness.LATER_THAN_USUAL
    assert expected.lateness(expected.latest_by) is Lateness.LATER_THAN_USUAL
    assert expected.lateness(expected.latest_by + minutes(1)) is Lateness.OVERDUE


def test_after_the_final_result_nothing_is_expected() -> None:
    assert next_expected(SENT, {4: SENT}) is None


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=30)))
def test_never_more_than_one_look_a_minute(waited: timedelta) -> None:
    assert SHORTEST_WAIT <= until_next_look(waited) <= LONGEST_WAIT
    assert until_next_look(waited) <= until_next_look(waited + minutes(1))


class Clock:
    """Time that passes only by pausing."""

    def __init__(self) -> None:
        self.now = SENT
        self.pauses: list[timedelta] = []

    def __call__(self) -> datetime:
        return self.now

    def wait(self, time: timedelta) -> None:
        self.pauses.append(time)
        self.now += time


@pytest.fixture
def own_server() -> Generator[OpenSSHServer]:
    with openssh_server() as server:
        yield server


@contextmanager
def session_through(relay: Relay, server: OpenSSHServer) -> Generator[Session]:
    target = target_of(server, port=relay.port)
    known = accepted(target, server.host_key.fingerprint)
    with open_session(target, lambda: server.password, known, cancel=CancelToken()) as session:
        yield session


def put(server: OpenSSHServer, version: int) -> None:
    name = f"123_456_20201005_CAIS_000001.v{version}.feedback.json.bz2"
    (server.folder("feedback") / name).write_bytes(b"x")


def test_only_practice_is_looked_at_more_than_once_a_minute(own_server: OpenSSHServer) -> None:
    for practice, shortest in ((False, SHORTEST_WAIT), (True, SHORTEST_PRACTICE_WAIT)):
        clock = Clock()
        with Relay(own_server.port) as relay:
            looks = watch_feedback(
                lambda relay=relay: session_through(relay, own_server),
                SUBMITTER_ID,
                cancel=CancelToken(),
                clock=clock,
                wait=clock.wait,
                practice=practice,
            )
            for _ in range(50):
                next(looks)
            looks.close()
        assert min(clock.pauses) == shortest


def test_looks_tell_what_is_new_over_one_connection(own_server: OpenSSHServer) -> None:
    clock = Clock()
    put(own_server, 1)
    with Relay(own_server.port) as relay:
        looks = watch_feedback(
            lambda: session_through(relay, own_server),
            SUBMITTER_ID,
            cancel=CancelToken(),
            clock=clock,
            wait=clock.wait,
        )
        first = next(looks)
        assert [file.name.partition(".")[2] for file in first.new] == ["v1.feedback.json.bz2"]
        for _ in range(50):
            assert next(looks).new == ()
        put(own_server, 2)
        assert len(next(looks).new) == 1
        assert next(looks).next_at - clock.now == SHORTEST_WAIT
        looks.close()
        assert relay.connections == 1
    assert min(clock.pauses) >= SHORTEST_WAIT
    assert max(clock.pauses) == LONGEST_WAIT


def test_a_lost_connection_is_made_anew(own_server: OpenSSHServer) -> None:
    clock = Clock()
    with Relay(own_server.port) as relay:
        looks = watch_feedback(
            lambda: session_through(relay, own_server),
            SUBMITTER_ID,
            cancel=CancelToken(),
            clock=clock,
            wait=clock.wait,
        )
        next(looks)
        relay.cut()
        lost = next(looks)
        assert lost.interrupted is not None
        assert lost.interrupted.fault is Fault.CUT_IN_TRANSFER
        put(own_server, 1)
        assert len(next(looks).new) == 1
        looks.close()
        assert relay.connections == 2


def test_a_refused_sign_in_ends_the_watch(own_server: OpenSSHServer) -> None:
    target = target_of(own_server)
    known = accepted(target, own_server.host_key.fingerprint)
    looks = watch_feedback(
        lambda: open_session(target, lambda: "wrong", known, cancel=CancelToken()),
        SUBMITTER_ID,
        cancel=CancelToken(),
    )
    with pytest.raises(ConnectionFailedError):
        next(looks)
    assert own_server.log.count("Failed password") == 1


def test_cancel_in_a_pause(server: OpenSSHServer) -> None:
    cancel = CancelToken()
    target = target_of(server)
    known = accepted(target, server.host_key.fingerprint)
    looks = watch_feedback(
        lambda: open_session(target, lambda: server.password, known, cancel=cancel),
        SUBMITTER_ID,
        cancel=cancel,
    )
    assert next(looks).new == ()
    canceller = threading.Thread(target=cancel.cancel)
    canceller.start()
    with pytest.raises(Cancelled):
        next(looks)
    canceller.join()


def test_feedback_is_collected_in_one_go(own_server: OpenSSHServer, tmp_path: Path) -> None:
    put(own_server, 1)
    target = target_of(own_server)
    known = accepted(target, own_server.host_key.fingerprint)
    for fetched in (1, 0):
        report = collect_feedback(
            target,
            lambda: own_server.password,
            known,
            SUBMITTER_ID,
            tmp_path,
            cancel=CancelToken(),
        )
        assert len(report.fetched) == fetched


def test_a_server_that_many_requests_bring_to_a_halt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It answers only as long as it is asked one thing at a time."""
    monkeypatch.setattr("app.sftp.session.PATIENCE_SECONDS", 0.5)
    contents = os.urandom(8)
    released = threading.Event()
    reads = 0

    class Halting(Folder):
        def __call__(self, kind: int, body: bytes) -> tuple[int, bytes]:
            nonlocal reads
            if kind == Ask.READ:
                reads += 1
                if reads == 3:
                    released.wait()
            if kind == Ask.OPENDIR:
                self.listed = False
            return super().__call__(kind, body)

    entries = tuple((f"{n}.json.bz2".encode(), len(contents)) for n in range(5))
    with hostile_server(Halting(entries)) as (target, known):
        report = collect_feedback(
            target, lambda: "right", known, SUBMITTER_ID, tmp_path, cancel=CancelToken()
        )
        released.set()
    on_disk = [path for path in tmp_path.iterdir() if path.is_file()]
    assert len(on_disk) == len(entries)
    assert report.skipped == ()
