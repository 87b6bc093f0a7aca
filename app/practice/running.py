"""The simulated CAIS alone, as `practice` runs it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from app.cancellation import CancelToken
from app.failures import UserFacingError
from app.practice.scenario import Pace, Scenario
from app.practice.server import PracticeServer


def run_practice(
    folder: Path,
    on_start: Callable[[PracticeServer], object],
    *,
    scenario: Scenario = Scenario.AS_THE_FILE_IS,
    port: int = 0,
    pace: Pace | None = None,
    cancel: CancelToken,
) -> None:
    """Run the server until cancelled.

    Args:
        folder: where it keeps its files.
        on_start: given the server once it listens.
        scenario: what to play.
        port: on 127.0.0.1; 0: a free one.
        pace: how fast submissions are answered.
        cancel: ends it.

    Raises:
        UserFacingError: the port is taken, or the folder can't be used.
    """
    ended = threading.Event()
    cancel.on_cancel(ended.set)
    try:
        server = PracticeServer(folder, scenario, pace, port)
        server.start()
    except OSError as error:
        raise UserFacingError(
            f"The practice server could not start: {error.strerror or error}.",
            "The port is taken by another program, or the folder can't be written to.",
            "Choose another port, or leave it out to have a free one chosen.",
        ) from error
    try:
        on_start(server)
        ended.wait()
    finally:
        server.stop()


def how_to_reach(server: PracticeServer) -> dict[str, str | int]:
    """What a person, or a script, needs to connect."""
    return {
        "scenario": server.scenario.value,
        "host": server.host,
        "port": server.port,
        "username": server.username,
        "password": server.password,
        "submitter_id": server.submitter_id,
        "host_key_type": server.host_key.type,
        "host_key": server.host_key.fingerprint,
    }
