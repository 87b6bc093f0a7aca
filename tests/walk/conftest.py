from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rig.keyring_session import KeyringKind, KeyringSession, keyring_session
from tests.rig.openssh import OpenSSHServer, openssh_server
from tests.walk.test_walk import CRD


@pytest.fixture(scope="module")
def server() -> Iterator[OpenSSHServer]:
    """A healthy OpenSSH server with the firm's folders."""
    with openssh_server(submitter_ids=(int(CRD),)) as running:
        yield running


@pytest.fixture(scope="module")
def _session() -> Iterator[KeyringSession]:
    with keyring_session(KeyringKind.UNLOCKED) as session:
        yield session


@pytest.fixture
def keyring(_session: KeyringSession, monkeypatch: pytest.MonkeyPatch) -> KeyringSession:
    """A real, unlocked GNOME Keyring, here and in what is started from here."""
    for name, value in _session.variables.items():
        monkeypatch.setenv(name, value)
    return _session


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"
