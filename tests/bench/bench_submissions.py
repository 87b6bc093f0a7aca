"""CAIS files read at the size of a large firm: `python -m tests.bench.bench_submissions`.

Every figure stands beside a reference measured in the same round. The floor for a submission is
unpacking alone, by lbzip2 on all cores; each of ours runs in a process of its own, so that its
peak of memory is its own too.
"""

from __future__ import annotations

import argparse
import bz2
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from app.commands.inspect import SWITCH_INTERVAL
from app.submissions.feedback_reader import read_feedback
from app.submissions.preflight import Verdict, check_submission, count_submission
from tests.bench.submission_files import made

TODAY = date(2026, 11, 22)
FEEDBACK_FILES = 1_000
ITEMS = 20_000
ALLOWED_GAP = 0.050


class Row(NamedTuple):
    """One line of the table: medians over the rounds, and the ratio formed within a round."""

    what: str
    reference: str
    seconds: float
    reference_seconds: float
    ratio: float
    at_most: float | None
    megabytes: int


class Run(NamedTuple):
    """One piece of work in a process of its own."""

    seconds: float
    megabytes: int


def run_alone(work: str, path: Path) -> Run:
    """Do one of `WORK` in a new process."""
    command = [sys.executable, "-m", "tests.bench.bench_submissions", "--one", work, str(path)]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return Run(float(output[0]), int(output[1]))


def _check(path: Path) -> None:
    report = check_submission(path, today=TODAY)
    assert report.verdict is Verdict.OK, report.findings


def _count(path: Path) -> None:
    assert count_submission(path, today=TODAY).accounts_in_file


def _load(path: Path) -> None:
    with bz2.open(path) as file:
        json.load(file)


def _feedback(folder: Path) -> None:
    for path in folder.iterdir():
        assert read_feedback(path, today=TODAY).counts_as_evidence


def _unpack(folder: Path) -> None:
    for path in folder.iterdir():
        bz2.decompress(path.read_bytes())


def gaps(path: Path) -> Iterator[tuple[str, float]]:
    """Longest gaps of a window with step 6 in front, in seconds: at work on a file, and idle."""
    from PySide6.QtCore import QEventLoop, QTimer

    from app.window.program import prepare_application
    from tests.bench.bench_window import opened
    from tests.rig.cases import self_reporting_case

    prepare_application(["bench"])
    with tempfile.TemporaryDirectory() as home, opened(Path(home), self_reporting_case()) as there:
        heart, runner, accounts = there.heart, there.window.runner, there.page.counts.desk
        loop = QEventLoop()
        job = runner.prepare(
            "check",
            lambda cancel, report: check_submission(
                path, today=TODAY, cancel=cancel, progress=lambda *now: report(now)
            ),
        )
        job.ended.connect(loop.quit)
        accounts.ended.connect(loop.quit)
        for what, begin in (
            ("idle", lambda: QTimer.singleShot(5_000, loop.quit)),
            ("counted", lambda: accounts.add([path])),
            ("checked", lambda: runner.start(job)),
        ):
            heart.start()
            begin()
            loop.exec()
            heart.stop()
            yield what, heart.longest / 1_000


WORK: dict[str, Callable[[Path], None]] = {
    "check": _check,
    "count": _count,
    "json.load": _load,
    "feedback": _feedback,
    "unpack": _unpack,
}


def floor(path: Path) -> float:
    """Seconds that lbzip2 takes to unpack a file."""
    start = time.perf_counter()
    subprocess.run(["lbzip2", "-dc", str(path)], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def beside_the_floor(what: str, work: str, path: Path, at_most: float, rounds: int) -> Row:
    """One of ours against lbzip2, in turn."""
    pairs = [(floor(path), run_alone(work, path)) for _ in range(rounds)]
    return Row(
        what,
        "lbzip2 -dc",
        statistics.median(run.seconds for _, run in pairs),
        statistics.median(reference for reference, _ in pairs),
        statistics.median(run.seconds / reference for reference, run in pairs),
        at_most,
        max(run.megabytes for _, run in pairs),
    )


def compared(what: str, mine: str, theirs: str, path: Path, at_most: float, rounds: int) -> Row:
    """One of ours against another piece of work, in turn, each in its own process."""
    pairs = [(run_alone(theirs, path), run_alone(mine, path)) for _ in range(rounds)]
    return Row(
        what,
        theirs,
        statistics.median(run.seconds for _, run in pairs),
        statistics.median(reference.seconds for reference, _ in pairs),
        statistics.median(run.seconds / reference.seconds for reference, run in pairs),
        at_most,
        max(run.megabytes for _, run in pairs),
    )


def feedback_document(number: int, items: int) -> dict[str, Any]:
    """The final answer to a submission, with so many rejected accounts."""
    return {
        "version": "2.0.0",
        "submissionID": number,
        "submitterUsername": "reporter",
        "catSubmitterID": 123,
        "catReporterCRD": 456,
        "submissionStatus": "COMPLETED_WITH_REJECTIONS",
        "receiptTimestamp": "20201005T101500.123",
        "completedTimestamp": "20201005T114000",
        "statusHistory": {"FILE_ACKNOWLEDGED": "20201005T101501"},
        "receivedFDIDRecordCount": items + 100,
        "successfulFDIDRecordCount": 100,
        "rejectionItems": [
            {
                "rejectionID": number * 100_000 + item,
                "errorCode": 22012,
                "rejectionTimestamp": "20201005T113000",
                "firmDesignatedID": f"FDID{number * 7 + item:012}",
                "fdidRecordID": item,
                "largeTraderRecordID": item,
            }
            for item in range(1, items + 1)
        ],
    }


def feedback_folder(folder: Path, files: int, items: int) -> Path:
    """A folder of feedback files."""
    folder.mkdir()
    for number in range(1, files + 1):
        name = f"123_456_20201005_CAIS_{number:06}.v4.feedback.json.bz2"
        text = json.dumps(feedback_document(number, items)).encode()
        (folder / name).write_bytes(bz2.compress(text))
    return folder


def rows(records: int = 1_000_000, rounds: int = 3) -> list[Row]:
    """All figures."""
    table: list[Row] = []
    if shutil.which("lbzip2"):
        for size in (10_000, 100_000, 1_000_000, records):
            if size > records or any(f"{size:,} accounts counted" == row.what for row in table):
                continue
            path = made(size)
            least = rounds if size >= 1_000_000 else rounds + 2
            table.append(beside_the_floor(f"{size:,} accounts counted", "count", path, 1.45, least))
            table.append(beside_the_floor(f"{size:,} accounts checked", "check", path, 2.2, least))
    path = made(min(records, 100_000))
    table.append(compared("100,000 accounts counted", "count", "json.load", path, 1 / 3, rounds))
    with tempfile.TemporaryDirectory() as temporary:
        many = feedback_folder(Path(temporary) / "many", FEEDBACK_FILES, 10)
        table.append(compared("1,000 feedback files", "feedback", "unpack", many, 3, rounds))
        long = feedback_folder(Path(temporary) / "long", 1, ITEMS)
        table.append(compared("20,000 rejection items", "feedback", "unpack", long, 3, rounds))
    # Last: a process is born with the memory of the one that starts it, and Qt takes some.
    for what, gap in gaps(made(min(records, 1_000_000))):
        name = f"longest gap, {what}"
        table.append(Row(name, "50 ms", gap, ALLOWED_GAP, gap / ALLOWED_GAP, 1, 0))
    return table


def print_table(table: list[Row]) -> None:
    """The figures as text."""
    print(f"{'what':28}{'against':12}{'s':>9}{'against s':>11}{'ratio':>8}{'at most':>9}{'MB':>6}")
    for row in table:
        limit = "" if row.at_most is None else f"{row.at_most:.2f}"
        print(
            f"{row.what:28}{row.reference:12}{row.seconds:9.3f}{row.reference_seconds:11.3f}"
            f"{row.ratio:8.2f}{limit:>9}{row.megabytes:6}"
        )


def main() -> None:
    """Print the table, or do one piece of work and print its seconds and megabytes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--one", nargs=2, metavar=("WORK", "PATH"))
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    # As in the window: jobs set it. `inspect` does the same.
    sys.setswitchinterval(SWITCH_INTERVAL)
    if options.one:
        work, path = WORK[options.one[0]], Path(options.one[1])
        start = time.perf_counter()
        work(path)
        seconds = time.perf_counter() - start
        print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
        return
    print_table(rows(options.records, options.rounds))


if __name__ == "__main__":
    main()
