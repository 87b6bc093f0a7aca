from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from app.background import Job, JobRunner, Report
from app.cancellation import CancelToken
from app.failures import Cancelled, UserFacingError


class Listener:
    """Notes what a job announces, and on which thread."""

    def __init__(self, job: Job) -> None:
        self.heard: list[tuple[str, object]] = []
        self.threads: set[int] = set()
        job.progressed.connect(self.on_progress)
        job.done.connect(self.on_done)
        job.failed.connect(self.on_failed)
        job.cancelled.connect(self.on_cancelled)
        job.ended.connect(self.on_ended)

    def on_progress(self, progress: object) -> None:
        self._note("progressed", progress)

    def on_done(self, result: object) -> None:
        self._note("done", result)

    def on_failed(self, failure: Exception) -> None:
        self._note("failed", failure)

    def on_cancelled(self) -> None:
        self._note("cancelled", None)

    def on_ended(self, job: Job) -> None:
        self._note("ended", job.name)

    def _note(self, what: str, value: object) -> None:
        self.heard.append((what, value))
        self.threads.add(threading.get_ident())

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.heard]


def run_to_end(qtbot: QtBot, runner: JobRunner, job: Job) -> Listener:
    listener = Listener(job)
    with qtbot.waitSignal(job.ended, timeout=10_000):
        runner.start(job)
    return listener


def test_done_carries_the_result_and_everything_arrives_on_the_windows_thread(
    qtbot: QtBot, runner: JobRunner
) -> None:
    def work(token: CancelToken, report: Report) -> int:
        assert threading.get_ident() != window_thread
        return 42

    window_thread = threading.get_ident()
    listener = run_to_end(qtbot, runner, runner.prepare("sum", work))
    assert listener.heard == [("done", 42), ("ended", "sum")]
    assert listener.threads == {window_thread}
    assert not runner.busy


@pytest.mark.parametrize(
    ("raised", "outcome"),
    [
        (Cancelled(), "cancelled"),
        (UserFacingError("The disk is full."), "failed"),
        (ZeroDivisionError("a bug"), "failed"),
    ],
)
def test_every_ending_is_exactly_one_of_three(
    qtbot: QtBot, runner: JobRunner, raised: Exception, outcome: str
) -> None:
    def work(token: CancelToken, report: Report) -> None:
        raise raised

    listener = run_to_end(qtbot, runner, runner.prepare("work", work))
    assert listener.names == [outcome, "ended"]


def test_a_bug_is_told_to_the_frame_and_a_failure_for_the_user_is_not(
    qtbot: QtBot, runner: JobRunner
) -> None:
    bugs: list[Exception] = []
    runner.bug_found.connect(bugs.append)
    bug = ZeroDivisionError("a bug")

    def wrong(token: CancelToken, report: Report) -> None:
        raise bug

    def refused(token: CancelToken, report: Report) -> None:
        raise UserFacingError("No space left.")

    run_to_end(qtbot, runner, runner.prepare("wrong", wrong))
    run_to_end(qtbot, runner, runner.prepare("refused", refused))
    assert bugs == [bug]


def test_cancelling_ends_a_wait_at_once(qtbot: QtBot, runner: JobRunner) -> None:
    waiting = threading.Event()

    def work(token: CancelToken, report: Report) -> None:
        token.on_cancel(waiting.set)
        waiting.wait(60)
        token.raise_if_cancelled()

    job = runner.prepare("wait", work)
    listener = Listener(job)
    with qtbot.waitSignal(job.ended, timeout=5_000):
        runner.start(job)
        job.cancel()
    assert listener.names == ["cancelled", "ended"]


def test_a_result_that_comes_after_cancelling_is_dropped(qtbot: QtBot, runner: JobRunner) -> None:
    cancelled = threading.Event()

    def work(token: CancelToken, report: Report) -> str:
        token.on_cancel(cancelled.set)
        cancelled.wait(60)
        return "too late"

    job = runner.prepare("late", work)
    listener = Listener(job)
    with qtbot.waitSignal(job.ended, timeout=5_000):
        runner.start(job)
        job.cancel()
    assert listener.names == ["cancelled", "ended"]


def test_ten_thousand_reports_reach_the_window_as_few(qtbot: QtBot, runner: JobRunner) -> None:
    def work(token: CancelToken, report: Report) -> None:
        for number in range(10_000):
            report(number)

    listener = run_to_end(qtbot, runner, runner.prepare("many", work))
    assert listener.names[0] == "progressed"
    assert listener.names.count("progressed") < 1_000


def test_a_closer_registered_after_cancelling_runs_at_once() -> None:
    token = CancelToken()
    closed: list[str] = []
    token.cancel()
    token.on_cancel(lambda: closed.append("closed"))
    token.cancel()
    assert closed == ["closed"]
    with pytest.raises(Cancelled):
        token.raise_if_cancelled()


def test_an_idle_runner_never_wakes_up(qtbot: QtBot) -> None:
    runner = JobRunner()
    (sweep,) = runner.findChildren(QTimer)
    assert not sweep.isActive()

    def work(token: CancelToken, report: Report) -> None:
        assert sweep.isActive()

    listener = run_to_end(qtbot, runner, runner.prepare("work", work))
    assert listener.names == ["done", "ended"]
    with qtbot.waitSignal(sweep.timeout):
        pass
    assert not sweep.isActive()
