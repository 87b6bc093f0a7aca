"""A program of its own: connects in a network of its own, which refuses or swallows what is sent.

Run by `run_with_mounts`; prints, for each address, how the connection test ended. The addresses are
those for documentation (RFC 5737); nothing leaves the namespace.
"""

from __future__ import annotations

import json
import subprocess
import sys

from app.sftp.target import ConnectionTarget
from tests.sftp.running import SHORT, run

NETWORK = (
    "link set lo up",
    "route add prohibit 198.51.100.1/32",
    "route add unreachable 198.51.100.2/32",
    # A cable whose other end takes no packet: none has the address that they are sent to.
    "link add near type veth peer name far",
    "addr add 192.0.2.1/24 dev near",
    "link set near up",
    "link set far up",
    "neigh add 192.0.2.9 lladdr 02:00:00:00:00:01 dev near",
)
ADDRESSES = ("198.51.100.1", "198.51.100.2", "203.0.113.1", "192.0.2.9")


def ask() -> None:
    """Make the network, and connect to each address."""
    for line in NETWORK:
        subprocess.run(["ip", *line.split()], check=True)
    found = {}
    for address in ADDRESSES:
        outcome = run(ConnectionTarget(address, "firm"), limits=SHORT)
        found[address] = [outcome.stages[-1].stage, outcome.fault]
    print(json.dumps(found))


if __name__ == "__main__":
    if "ask" in sys.argv:
        ask()
    else:
        here = [sys.executable, "-m", "tests.sftp.networks_reached", "ask"]
        subprocess.run(["unshare", "--net", *here], check=True)
