"""How fast the SFTP parts are, against OpenSSH's own `sftp` in the same run.

`python -m tests.bench.bench_sftp [--full]`; `--full` fetches 500 files over the long line also with
OpenSSH, which takes it two minutes, instead of 200.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import resource
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

from app.cancellation import CancelToken
from app.sftp.fetching import fetch_feedback
from app.sftp.host_keys import AcceptedHostKey
from app.sftp.preflight import Preflight
from app.sftp.sending import send_submission
from app.sftp.session import Session, open_session
from app.sftp.stages import run_connection_test, test_connection
from app.sftp.target import ConnectionTarget
from tests.bench.cancelling import cancel_times
from tests.rig.openssh import SUBMITTER_ID, OpenSSHServer, openssh_server
from tests.sftp.running import accepted, target_of
from tests.sftp.sockets import Relay

SMALL_FILES = 500
LARGE_BYTES = 200 * 1024**2
LONG_LINE_SECONDS = 0.02  # one way
ROUNDS = 3
FEEDBACK = f"/{SUBMITTER_ID}/cat/cais/feedback"
UPLOAD = f"/{SUBMITTER_ID}/cat/cais/upload"
CIPHER = "aes256-gcm@openssh.com"


@dataclass(frozen=True)
class Measured:
    """One comparison: medians of the rounds, in seconds, and how large the ratio may be."""

    what: str
    ours: float
    reference: float
    at_most: float

    def line(self) -> str:
        ratio = self.ours / self.reference
        verdict = "ok" if ratio <= self.at_most else "TOO SLOW"
        return (
            f"{self.what:<52}{self.ours:>9.3f}s{self.reference:>10.3f}s"
            f"{ratio:>8.3f} (at most {self.at_most:.3f}) {verdict}"
        )


def measure(*, full: bool = False) -> Iterator[Measured]:
    """All comparisons, one after the other."""
    with openssh_server() as server, tempfile.TemporaryDirectory(dir=_fast_folder()) as folder:
        bench = _Bench(server, Path(folder))
        yield bench.connection_test()
        bench.make_small_files(SMALL_FILES)
        yield bench.small_files(server.port, 0.7, ROUNDS, "500 files of 2 KB, no latency")
        if not full:
            bench.make_small_files(200)
        count = SMALL_FILES if full else 200
        with Relay(server.port, delay=LONG_LINE_SECONDS) as relay:
            what = f"{count} files of 2 KB, 40 ms round trip"
            yield bench.small_files(relay.port, 1 / 30, 1, what)
        bench.make_large_file()
        yield bench.large_file_down()
        yield bench.large_file_up()


def _fast_folder() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


class _Bench:
    def __init__(self, server: OpenSSHServer, folder: Path) -> None:
        self.server = server
        self.folder = folder
        self._runs = 0
        self._large = folder / f"{SUBMITTER_ID}_456_20201005_CAIS_000001.json.bz2"
        askpass = folder / "askpass"
        askpass.write_text('#!/bin/sh\nprintf "%s\\n" "$BENCH_WORD"\n')
        askpass.chmod(0o700)
        self._environment = {
            **os.environ,
            "SSH_ASKPASS": str(askpass),
            "SSH_ASKPASS_REQUIRE": "force",
            "BENCH_WORD": server.password,
        }

    def target(self, port: int) -> tuple[ConnectionTarget, tuple[AcceptedHostKey, ...]]:
        target = target_of(self.server, port=port, submitter_id=SUBMITTER_ID)
        return target, accepted(target, self.server.host_key.fingerprint)

    @contextlib.contextmanager
    def session(self, port: int) -> Generator[Session]:
        target, known = self.target(port)
        with open_session(
            target, lambda: self.server.password, known, cancel=CancelToken()
        ) as session:
            yield session

    def fresh_folder(self) -> Path:
        self._runs += 1
        folder = self.folder / f"run-{self._runs}"
        folder.mkdir()
        return folder

    def openssh(self, port: int, commands: str) -> float:
        """Seconds that OpenSSH's client takes for a batch."""
        options = {
            "BatchMode": "no",
            "Ciphers": CIPHER,
            "LogLevel": "ERROR",
            "NumberOfPasswordPrompts": "1",
            "PubkeyAuthentication": "no",
            "StrictHostKeyChecking": "no",
            "UserKnownHostsFile": "/dev/null",
        }
        arguments = [f"-o{name}={value}" for name, value in options.items()]
        batch = self.folder / "batch"
        batch.write_text(commands)
        start = time.perf_counter()
        subprocess.run(
            [
                "sftp",
                "-q",
                *arguments,
                "-P",
                str(port),
                "-b",
                str(batch),
                f"{self.server.username}@127.0.0.1",
            ],
            check=True,
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        return time.perf_counter() - start

    def compare(
        self,
        what: str,
        at_most: float,
        ours: Callable[[], object],
        reference: Callable[[], float],
        rounds: int = ROUNDS,
    ) -> Measured:
        pairs = []
        for _ in range(rounds):
            start = time.perf_counter()
            ours()
            pairs.append((time.perf_counter() - start, reference()))
        mine, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
        return Measured(what, mine, theirs, at_most)

    def connection_test(self) -> Measured:
        target, known = self.target(self.server.port)

        def ours() -> None:
            run = test_connection(target, lambda: self.server.password, known, cancel=CancelToken())
            assert run_connection_test(run, lambda _: None).ok

        def reference() -> float:
            return self.openssh(self.server.port, f"ls {UPLOAD}\n")

        ours()  # paramiko is loaded once in a program's life
        return self.compare("the staged test of a healthy server", 1.5, ours, reference, 7)

    def make_small_files(self, count: int) -> None:
        folder = self.server.folder("feedback")
        for file in folder.iterdir():
            file.unlink()
        for number in range(count):
            name = f"123_456_20201005_CAIS_{number:06}.v4.feedback.json.bz2"
            (folder / name).write_bytes(os.urandom(2_000))

    def fetch(self, port: int) -> None:
        with self.session(port) as session:
            report = fetch_feedback(session, SUBMITTER_ID, self.fresh_folder())
        assert len(report.fetched) == len(report.on_server)

    def small_files(self, port: int, at_most: float, rounds: int, what: str) -> Measured:
        def reference() -> float:
            return self.openssh(port, f"get -p {FEEDBACK}/* {self.fresh_folder()}\n")

        return self.compare(what, at_most, lambda: self.fetch(port), reference, rounds)

    def make_large_file(self) -> None:
        self.make_small_files(0)
        block = os.urandom(1024**2)
        with self._large.open("wb") as file:
            for _ in range(LARGE_BYTES // len(block)):
                file.write(block)
        os.link(self._large, self.server.folder("feedback") / "large.feedback.json.bz2")

    def large_file_down(self) -> Measured:
        port = self.server.port

        def reference() -> float:
            folder = self.fresh_folder()
            seconds = self.openssh(port, f"get {FEEDBACK}/large* {folder}\n")
            _empty(folder)
            return seconds

        def ours() -> None:
            self.fetch(port)
            _empty(self.folder / f"run-{self._runs}")

        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        measured = self.compare("one file of 200 MB down", 2.0, ours, reference)
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        print(f"memory that fetches of 200 MB took at their peak: {grown // 1024} MB")
        return measured

    def large_file_up(self) -> Measured:
        port = self.server.port
        there = self.server.folder("upload") / self._large.name
        with self._large.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        preflight = Preflight(LARGE_BYTES, digest)

        def ours() -> None:
            with self.session(port) as session:
                send_submission(session, SUBMITTER_ID, self._large, preflight)
            there.unlink()

        def reference() -> float:
            seconds = self.openssh(port, f"put {self._large} {UPLOAD}/\n")
            there.unlink()
            return seconds

        return self.compare("one file of 200 MB up", 2.0, ours, reference)


def _empty(folder: Path) -> None:
    for file in folder.iterdir():
        if file.is_file():
            file.unlink()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true")
    arguments = parser.parse_args()
    print(f"{'':<52}{'ours':>10}{'OpenSSH':>11}{'ratio':>8}")
    for measured in measure(full=arguments.full):
        print(measured.line(), flush=True)
    for what, milliseconds in cancel_times():
        verdict = "ok" if milliseconds <= 200 else "TOO SLOW"
        print(f"cancel, {what}: {milliseconds:.0f} ms (at most 200) {verdict}")


if __name__ == "__main__":
    main()
