"""How long the summary takes, beside other engines setting the same tables in the same run.

`python -m tests.bench.bench_report [--rounds N]`. Each figure comes from a process of its own:
the time includes loading the engine, the memory is the process's peak. Ours also tags the pages,
embeds the evidence and builds it; the others do none of that. Then the memory after many previews,
and the window: the longest time that it does not answer while a large summary is set, previewed
and checked.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from app.onboarding.case import Case
from app.report.content import summary_content
from app.report.proof import verify_summary
from app.report.summary import summary_pages, summary_pdf
from tests.bench.pdf_engines import ENGINES, tables_of
from tests.report.samples import assessed, occasion, with_long_values
from tests.rig.cases import reports_for_others_case

OURS = "ours"
#: Served firms (each with a submission) and history entries.
SIZES = {"typical": (20, 60), "large": (1_000, 5_000)}
PREVIEWS = 5


@dataclass(frozen=True)
class Measured:
    """One engine at one size: medians of the rounds; seconds, and peak memory in MB.

    `processor` is time on all processors together, which other programs disturb less.
    """

    size: str
    engine: str
    seconds: float
    processor: float
    megabytes: float
    kilobytes: float


def case_of_size(size: str) -> Case:
    """The case of a size, in Latin letters: the other engines have but one font."""
    return reports_for_others_case(firms=SIZES[size][0])


def measure_here(engine: str, size: str) -> dict[str, float]:
    """Set one document in this process."""
    case = case_of_size(size)
    assessment, made = assessed(case), occasion(case, SIZES[size][1])
    tables = tables_of(summary_content(assessment, made)) if engine != OURS else []
    before, processor = time.perf_counter(), time.process_time()
    if engine == OURS:
        content = summary_pdf(assessment, made).content
    else:
        content = ENGINES[engine](tables)
    seconds, processor = time.perf_counter() - before, time.process_time() - processor
    assert content.startswith(b"%PDF"), engine
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    size_kb = len(content) / 1024
    return {
        "seconds": seconds,
        "processor": processor,
        "megabytes": peak,
        "kilobytes": size_kb,
    }


def measure(rounds: int) -> Iterator[Measured]:
    """All engines at all sizes, the rounds interleaved."""
    for size in SIZES:
        names = [OURS, *ENGINES]
        runs: dict[str, list[dict[str, float]]] = {name: [] for name in names}
        for _ in range(rounds if size == "typical" else 1):
            for name in names:
                runs[name].append(_own_process("--one", name, size))
        for name in names:
            yield Measured(
                size,
                name,
                *(
                    statistics.median(run[key] for run in runs[name])
                    for key in ("seconds", "processor", "megabytes", "kilobytes")
                ),
            )


def _own_process(*words: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", __spec__.name, *words],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return json.loads(done.stdout)


def after_previews(size: str) -> list[float]:
    """Peak MB after each of several previews, each at another minute as while somebody types."""
    case = case_of_size(size)
    assessment, made = assessed(case), occasion(case, SIZES[size][1])
    peaks = []
    for minute in range(PREVIEWS):
        summary_pages(assessment, replace(made, made_at=made.made_at + timedelta(minutes=minute)))
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return peaks


def longest_gap(work: str) -> tuple[float, float]:
    """Milliseconds that the window did not answer while a job did `work`, and the job's seconds."""
    from PySide6.QtCore import QElapsedTimer, Qt, QTimer
    from PySide6.QtWidgets import QApplication

    from app.background import JobRunner

    app = QApplication.instance() or QApplication([])
    case = with_long_values(case_of_size("large"))
    made = occasion(case, SIZES["large"][1])
    written = summary_pdf(assessed(case), made).content if work == "check" else b""
    clock, gaps = QElapsedTimer(), []
    runner = JobRunner()

    def beat() -> None:
        gaps.append(clock.nsecsElapsed() / 1e6)
        clock.start()

    def task(token: object, report: object) -> object:
        assessment = assessed(case)
        if work == "preview":
            return len(summary_pages(assessment, made))
        if work == "check":
            return verify_summary(written).unchanged
        return len(summary_pdf(assessment, made).content)

    timer = QTimer(interval=5, timerType=Qt.TimerType.PreciseTimer)
    timer.timeout.connect(beat)
    job = runner.prepare(work, task)
    job.ended.connect(app.quit)
    clock.start()
    timer.start()
    started = time.perf_counter()
    runner.start(job)
    app.exec()
    timer.stop()
    return max(gaps), time.perf_counter() - started


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--one", nargs=2, metavar=("ENGINE", "SIZE"), help=argparse.SUPPRESS)
    parser.add_argument("--previews", metavar="SIZE", help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.previews:
        print(json.dumps(after_previews(wanted.previews)))
        return 0
    if wanted.one:
        print(json.dumps(measure_here(*wanted.one)))
        return 0
    print("| case | engine | s | processor s | beside ours | peak MB | file KB |")
    print("|---|---|---|---|---|---|---|")
    ours = 1.0
    for row in measure(wanted.rounds):
        ours = row.processor if row.engine == OURS else ours
        print(
            f"| {row.size} | {row.engine} | {row.seconds:.2f} | {row.processor:.2f} "
            f"| {row.processor / ours:.2f} | {row.megabytes:,.0f} | {row.kilobytes:,.0f} |",
            flush=True,
        )
    for size in SIZES:
        peaks = _own_process("--previews", size)
        print(f"Peak after 1 and {PREVIEWS} previews, {size}: {peaks[0]:.0f}, {peaks[-1]:.0f} MB")
    for work in ("export", "preview", "check"):
        gap, seconds = longest_gap(work)
        print(f"Window, {work} of the large case ({seconds:.1f} s): longest gap {gap:.0f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
