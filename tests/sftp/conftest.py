"""What the tests of file transfer share."""

from __future__ import annotations

import threading
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.rig.openssh import OpenSSHServer, openssh_server
from tests.rig.practice_process import PracticeProcess, practice_process
from tests.sftp.running import AnyServer


def _open_sockets() -> set[str]:
    links = set()
    for entry in Path("/proc/self/fd").iterdir():
        try:
            links.add(str(entry.readlink()))
        except FileNotFoundError:
            continue  # the descriptor that lists this very folder
    return {link for link in links if link.startswith("socket:")}


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Generator[None]:
    """No test leaves a thread or a socket."""
    threads, sockets = set(threading.enumerate()), _open_sockets()
    yield
    left = [t for t in threading.enumerate() if t not in threads and t.name != "name look-up"]
    for thread in left:
        thread.join(2)  # a thread on its way out is no thread left
    assert [t for t in left if t.is_alive()] == []
    assert _open_sockets() - sockets == set()


@pytest.fixture(scope="session")
def _session_server() -> Generator[OpenSSHServer]:
    with openssh_server() as server:
        yield server


@pytest.fixture
def server(_session_server: OpenSSHServer) -> OpenSSHServer:
    """A healthy OpenSSH server with empty CAIS folders; tests that change it start their own."""
    return _session_server


@pytest.fixture(scope="session")
def _practice(tmp_path_factory: pytest.TempPathFactory) -> Generator[PracticeProcess]:
    with practice_process(tmp_path_factory.mktemp("practice")) as running:
        yield running


@pytest.fixture(params=["OpenSSH", "practice CAIS"])
def either(
    request: pytest.FixtureRequest, _session_server: OpenSSHServer, _practice: PracticeProcess
) -> Generator[AnyServer]:
    """A healthy server of each kind; what a test leaves in its folders is taken away."""
    running: AnyServer = _session_server if request.param == "OpenSSH" else _practice
    yield running
    for folder in ("feedback", "upload"):
        for path in running.folder(folder).iterdir():
            # The simulation may take an upload out at this very moment.
            path.unlink(missing_ok=True)
