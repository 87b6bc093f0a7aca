"""Runs the fuzzers: `python -m tests.fuzz [--seconds 60] [target...]`. Needs atheris.

Every target runs for the given time, from its seeds; what an earlier run learned is kept in the
corpus folder. The first input that breaks something is written beside it and ends the run.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path


def fuzz(target: str, arguments: list[str]) -> None:
    """Fuzz one target in this process; it ends by leaving the process."""
    import atheris

    with atheris.instrument_imports(include=["app.submissions"]):
        from tests.fuzz.targets import TARGETS

    atheris.Setup([target, *arguments], TARGETS[target])
    atheris.Fuzz()


def main() -> int:
    """Fuzz the targets one after the other; 1 when one of them found something."""
    from tests.fuzz.seeds import dictionary, write_seeds

    known = ("names", "feedback", "document", "bzip2", "submission")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="target", help=", ".join(known))
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument("--corpus", type=Path, default=Path(tempfile.gettempdir()) / "cais-fuzz")
    options = parser.parse_args()
    failed = False
    for target in options.targets or known:
        corpus = options.corpus / target
        write_seeds(corpus, target)
        words = options.corpus / "words.dict"
        words.write_text(dictionary())
        print(f"== {target}", flush=True)
        arguments = [
            f"-max_total_time={options.seconds}",
            f"-dict={words}",
            f"-artifact_prefix={corpus}-",
            "-max_len=20000",
            "-timeout=30",
            "-rss_limit_mb=1000",
            "-print_final_stats=1",
            str(corpus),
        ]
        command = [sys.executable, "-m", "tests.fuzz", "--here", target, *arguments]
        failed |= subprocess.run(command, check=False).returncode != 0
    return int(failed)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--here"]:
        fuzz(sys.argv[2], sys.argv[3:])
    sys.exit(main())
