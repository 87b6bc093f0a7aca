"""A program of its own: asks for names where the system's name service is one that a test made.

Run by `run_with_mounts`; prints, for each way of asking, how the connection test ended.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from app.sftp.target import ConnectionTarget
from tests.rig.private_mounts import mount
from tests.sftp.running import SHORT, run

HOSTS = "127.0.0.1 localhost\n2001:db8::7 six.firm.example\n127.0.0.1 here.firm.example\n"


def main(folder: Path) -> None:
    """Put the files in place and ask."""
    service = folder / "service"
    service.mkdir()
    answers = {}
    # First only the file of hosts is asked; then also a name server, on an address where none is.
    for source in ("files", "files dns"):
        for name, content in (
            ("nsswitch.conf", f"hosts: {source}\n"),
            ("hosts", HOSTS),
            ("resolv.conf", "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n"),
        ):
            made = service / f"{name} {source}"
            made.write_text(content)
            mount("--bind", str(made), f"/etc/{name}")
        asked = subprocess.run(
            [sys.executable, "-m", "tests.sftp.names_asked"],
            capture_output=True,
            text=True,
            check=True,
        )
        answers[source] = json.loads(asked.stdout)
    print(json.dumps(answers))


def ask() -> None:
    """Ask, in a process that has not read the system's configuration before."""
    found = {}
    for name, bind in (
        ("nowhere.firm.example", None),
        ("six.firm.example", "127.0.0.1"),
        ("here.firm.example", "::1"),
    ):
        outcome = run(ConnectionTarget(name, "firm", 9, bind_address=bind), limits=SHORT)
        found[name] = [outcome.stages[-1].stage, outcome.fault]
    print(json.dumps(found))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        ask()
