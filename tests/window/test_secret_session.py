"""Whatever the program writes in a whole session holds no secret, nor does the clipboard.

The program never puts a secret on the clipboard, so that there is none to clear after a minute;
what is on it then is what was put there before, and all of that is searched.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from tests.rig.keyring_session import KeyringKind, keyring_session
from tests.rig.openssh import openssh_server
from tests.rig.private_mounts import PROJECT
from tests.rig.secret_scan import find_secret, find_secret_in_text
from tests.walk.steps import Walk
from tests.walk.test_walk import CRD

PASSWORD = 'Kolibri-7#Pfing"st\\rose/+&<x'
PASSPHRASE = "anchor Größe mellow 19 tundra"


def session(out: Path, host: str, port: int, username: str) -> subprocess.CompletedProcess[str]:
    walk = Walk(
        firm="Harbor Securities LLC",
        organisation="Industry Member",
        crd=CRD,
        accounts=120,
        host=host,
        port=port,
        username=username,
        password=PASSWORD,
    )
    given = {
        "walk": asdict(walk),
        "passphrase": PASSPHRASE,
        "data_dir": str(out / "data"),
        "out": str(out),
    }
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.window.secret_session"],
        cwd=PROJECT,
        input=json.dumps(given),
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def test_a_whole_session_leaves_no_secret_anywhere(
    tmp_path: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    with (
        keyring_session(KeyringKind.UNLOCKED) as keyring,
        openssh_server(password=PASSWORD, submitter_ids=(int(CRD),)) as server,
    ):
        for name, value in keyring.variables.items():
            monkeypatch.setenv(name, value)
        ended = session(out, server.host, server.port, server.username)
        assert ended.returncode == 0, ended.stderr
        seen: dict[str, Any] = json.loads(ended.stdout)
        written = {path.name for path in out.rglob("*") if path.is_file()}
        assert written >= {
            "cases.db",
            "cases.db-wal",
            "summary.pdf",
            "mail.eml",
            "facts.json",
            "history.csv",
            "open.caiscase",
            "locked.caiscase",
        }
        assert len(list((out / "data" / "logs" / "reports").iterdir())) == 2
        assert list((out / "data" / "backups").glob("*.db"))
        for path in (out / "as it runs").rglob("*"):
            assert path.stat().st_mode & 0o077 == 0, path
        assert (out / "data" / "logs").is_dir()
        # The keyring's own folder too: it keeps the password encrypted.
        places = (out, own_home, Path(os.environ["HOME"]), Path(keyring.variables["HOME"]))
        for secret in (PASSWORD, PASSPHRASE):
            assert find_secret(secret, *places) == ()
            for text in (ended.stdout, ended.stderr, *seen["clipboard"], *seen["reports"]):
                assert find_secret_in_text(secret, text) == ()
    # What was searched is what there was: reports with their places, copies that were made.
    assert [
        name in text for name, text in zip(("ValueError", "RuntimeError"), seen["reports"])
    ] == [
        True,
        True,
    ]
    assert seen["reports"][0] in seen["clipboard"]
    assert seen["pressed"] > 0
    # Each of these is a fact that somebody may have to prove.
    assert set(seen["kinds"]) >= {
        "case_created",
        "fact_changed",
        "credential_stored",
        "credential_removed",
        "host_key_accepted",
        "connection_tested",
        "document_written",
        "handed_over",
    }
    assert "Firm: Harbor Securities LLC" in seen["preview"]
