"""Name services and networks that answer wrongly or not at all, made for real in namespaces."""

from __future__ import annotations

from pathlib import Path

from app.sftp.diagnosis import Fault
from app.sftp.stage import Stage
from tests.rig.private_mounts import run_with_mounts


def test_names_asked_of_a_real_name_service(tmp_path: Path) -> None:
    """By files of hosts, in a mount namespace; and by a name server that is not there."""
    found = run_with_mounts("tests.sftp.names_asked", str(tmp_path))
    by_file, by_server = found["files"], found["files dns"]
    assert by_file == {
        "nowhere.firm.example": [Stage.FIND_HOST, Fault.NAME_NOT_FOUND],
        "six.firm.example": [Stage.FIND_HOST, Fault.NO_ADDRESS_OF_FAMILY],
        "here.firm.example": [Stage.FIND_HOST, Fault.NO_ADDRESS_OF_FAMILY],
    }
    assert by_server["nowhere.firm.example"] == [Stage.FIND_HOST, Fault.LOOKUP_UNAVAILABLE]


def test_networks_that_refuse_or_swallow() -> None:
    """In a network namespace: routes that forbid, that lead nowhere, and a cable to nobody."""
    found = run_with_mounts("tests.sftp.networks_reached")
    assert found == {
        "198.51.100.1": [Stage.REACH_PORT, Fault.BLOCKED_HERE],
        "198.51.100.2": [Stage.REACH_PORT, Fault.NO_ROUTE],
        "203.0.113.1": [Stage.REACH_PORT, Fault.NO_ROUTE],
        "192.0.2.9": [Stage.REACH_PORT, Fault.NO_ANSWER],
    }
