"""Runs the benchmarks: all of them, or those named: `python -m tests.bench submissions sftp`.

Each runs in a process of its own, so that none measures what another left in memory.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def main(names: list[str]) -> int:
    """Run them one after the other; the exit status is 1 when one of them failed."""
    there = sorted(
        path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py")
    )
    unknown = [name for name in names if name not in there]
    if unknown:
        print(f"There is no benchmark {', '.join(unknown)}; there are {', '.join(there)}.")
        return 2
    failed = False
    for name in names or there:
        print(f"\n== {name}", flush=True)
        command = [sys.executable, "-m", f"tests.bench.bench_{name}"]
        failed |= subprocess.run(command, check=False).returncode != 0
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
