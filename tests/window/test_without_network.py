"""The program works with the network cut off, and opens connections to entered servers alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.rig.openssh import as_root
from tests.rig.private_mounts import PROJECT

SESSIONS = "tests.window.without_network"
NOTHING = {
    "Tcp:ActiveOpens": 0,
    "Udp:OutDatagrams": 0,
    "Ip:OutNoRoutes": 0,
    "Udp6OutDatagrams": 0,
    "Ip6OutNoRoutes": 0,
}


def in_a_network_of_its_own(scenario: str, folder: str) -> Any:
    done = subprocess.run(
        as_root(
            ["unshare", "--net", sys.executable, "-W", "error", "-m", SESSIONS, scenario, folder]
        ),
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_with_the_network_cut_off_everything_but_sftp_works(tmp_path: Path) -> None:
    seen = in_a_network_of_its_own("cut_off", str(tmp_path))
    assert seen["firm"] == "Harbor Securities LLC"
    assert seen["accepted"] == [57, 49]
    assert seen["pdf"] == "%PDF-"
    assert seen["status"] == [0, 0, 0, 0]
    colleague = in_a_network_of_its_own("cut_off_colleague", str(tmp_path))
    assert colleague["preview"] == "Firm: Harbor Securities LLC, 1482"
    assert colleague["status"] == 0
    for session in (seen, colleague):
        # Nobody even tried: neither Python nor a library past it.
        assert session["up"] == []
        assert session["asked"] == []
        assert session["counted"] == NOTHING


def test_the_entered_server_is_the_only_one_ever_connected_to(tmp_path: Path) -> None:
    seen = in_a_network_of_its_own("entered_server_alone", str(tmp_path))
    assert seen["before"]["asked"] == []
    assert seen["before"]["counted"] == NOTHING
    assert seen["status"] == 0
    assert {where.removesuffix(":22") for _, where in seen["asked"]} <= {
        seen["server"],
        "127.0.0.1",
    }
    # Each connection that the kernel saw is one that Python was seen to make, to that server.
    assert seen["counted"] == NOTHING | {"Tcp:ActiveOpens": seen["times"]}
    assert seen["times"] > 0
