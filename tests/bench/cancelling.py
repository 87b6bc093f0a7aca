"""How long it takes from cancelling to the end of the run, wherever it may hang."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import threading
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

from app.cancellation import CancelToken
from app.failures import Cancelled
from app.onboarding.access import ProxyKind
from app.sftp.fetching import fetch_feedback
from app.sftp.preflight import Preflight
from app.sftp.sending import send_submission
from app.sftp.session import Session, open_session
from app.sftp.stages import test_connection
from app.sftp.target import ProxySettings
from app.sftp.watching import watch_feedback
from tests.rig.openssh import SUBMITTER_ID, OpenSSHServer, openssh_server
from tests.sftp.running import PATIENT, accepted, target_of
from tests.sftp.sockets import Relay, peer
from tests.sftp.stalled import STALLING, stalled

_NAME = "123_456_20201005_CAIS_000001.json.bz2"
_BYTES = 20_000_000


def cancel_times() -> Iterator[tuple[str, float]]:
    """What was under way, and milliseconds from cancelling to its end: socket closed, no thread."""
    with openssh_server() as server, tempfile.TemporaryDirectory() as folder:
        for stage in STALLING:
            with stalled(stage, server) as here:

                def run(cancel: CancelToken, here=here) -> None:  # noqa: ANN001
                    for result in test_connection(
                        here.target,
                        lambda: server.password,
                        here.known,
                        cancel=cancel,
                        limits=PATIENT,
                        lookup=here.lookup,
                    ):
                        here.hold_after(result)

                yield stage.value, _milliseconds(here.stalls, run)
        for kind in ProxyKind:
            yield f"proxy silent ({kind.value})", _at_a_silent_proxy(server, kind)
        bench = _Transfers(server, Path(folder))
        yield "fetching, while files come", bench.fetching()
        yield "fetching, while nothing comes", bench.fetching(held=True)
        yield "sending, while it goes", bench.sending()
        yield "sending, while nothing is confirmed", bench.sending(held=True)
        yield "watching, between two looks", bench.watching()


def _milliseconds(ready: threading.Event, run: Callable[[CancelToken], None]) -> float:
    cancel = CancelToken()
    at: list[float] = []

    def canceller() -> None:
        ready.wait()
        at.append(time.perf_counter())
        cancel.cancel()

    thread = threading.Thread(target=canceller)
    thread.start()
    with contextlib.suppress(Cancelled):
        run(cancel)
    ended = time.perf_counter()
    thread.join()
    return (ended - at[0]) * 1_000


def _at_a_silent_proxy(server: OpenSSHServer, kind: ProxyKind) -> float:
    with peer() as here:
        target = target_of(server, proxy=ProxySettings(kind, "127.0.0.1", here.port))

        def run(cancel: CancelToken) -> None:
            for _ in test_connection(target, lambda: None, (), cancel=cancel, limits=PATIENT):
                pass

        return _milliseconds(here.spoken_to, run)


class _Transfers:
    """Files under way over a relay that can hold them."""

    def __init__(self, server: OpenSSHServer, folder: Path) -> None:
        self._server = server
        self._folder = folder
        content = os.urandom(_BYTES)
        self._file = folder / _NAME
        self._file.write_bytes(content)
        self._preflight = Preflight(_BYTES, hashlib.sha256(content).hexdigest())
        (server.folder("feedback") / "x.feedback.json.bz2").write_bytes(content)

    @contextlib.contextmanager
    def _session(self, relay: Relay, cancel: CancelToken) -> Generator[Session]:
        target = target_of(self._server, port=relay.port)
        known = accepted(target, self._server.host_key.fingerprint)
        with open_session(target, lambda: self._server.password, known, cancel=cancel) as session:
            yield session

    def fetching(self, *, held: bool = False) -> float:
        with Relay(self._server.port) as relay:
            half = _HalfWay(relay, held=held)

            def run(cancel: CancelToken) -> None:
                with self._session(relay, cancel) as session:
                    fetch_feedback(session, SUBMITTER_ID, self._folder / f"in-{held}", half)

            return _milliseconds(half.reached, run)

    def sending(self, *, held: bool = False) -> float:
        with Relay(self._server.port) as relay:
            half = _HalfWay(relay, held=held)

            def run(cancel: CancelToken) -> None:
                with self._session(relay, cancel) as session:
                    send_submission(
                        session, SUBMITTER_ID, self._file, self._preflight, on_progress=half
                    )

            try:
                return _milliseconds(half.reached, run)
            finally:
                (self._server.folder("upload") / _NAME).unlink(missing_ok=True)

    def watching(self) -> float:
        looked = threading.Event()
        with Relay(self._server.port) as relay:

            def run(cancel: CancelToken) -> None:
                looks = watch_feedback(
                    lambda: self._session(relay, cancel), SUBMITTER_ID, cancel=cancel
                )
                for _ in looks:
                    looked.set()

            return _milliseconds(looked, run)


class _HalfWay:
    """Told of the progress: says when half has come, and has the relay hold the rest if wanted."""

    def __init__(self, relay: Relay, *, held: bool) -> None:
        self._relay = relay
        self._held = held
        self.reached = relay.holds_something if held else threading.Event()

    def __call__(self, progress: object) -> None:
        done, in_all = progress.bytes, progress.bytes_in_all  # type: ignore[attr-defined]
        if done * 2 > in_all:
            if self._held:
                self._relay.hold()
            else:
                self.reached.set()
