"""Takes what was uploaded through CAIS's stages, at the chosen pace, in a thread of its own."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.onboarding.business_calendar import EASTERN
from app.onboarding.testing import FileKind
from app.practice.feedback_writing import (
    Answer,
    Received,
    answers_to,
    feedback_file,
    with_played_rejections,
)
from app.practice.judgement import Judgement, judge
from app.practice.scenario import Pace, Scenario
from app.submissions.feedback import FULL_CAIS_SCHEMA
from app.submissions.names import parse_name

#: How often a missing partner is looked for.
_PARTNER_LOOK_SECONDS = 0.5
#: Seconds after the arrival, by feedback version.
_DUE = {1: "acknowledgement", 2: "integrity", 3: "scan", 4: "final"}


@dataclass(slots=True)
class _Submission:
    received: Received
    file: Path
    feedback: Path
    arrived: float
    duplicate: bool
    judgement: Judgement | None = None


class Processor:
    """Answers uploads with feedback files, v1 to v4.

    Args:
        store: where a file lies while it is processed; it is deleted with its last feedback.
        username: whose uploads they are.
        submitter_id: whose folders.
        scenario: what to play.
        pace: how fast.
    """

    def __init__(
        self, store: Path, username: str, submitter_id: int, scenario: Scenario, pace: Pace
    ) -> None:
        self._store = store
        self._username = username
        self._submitter_id = submitter_id
        self._scenario = scenario
        self._pace = pace
        # From the clock: no run of the server gives out a number of an earlier one again.
        self._numbers = itertools.count(time.time_ns() // 1_000_000)
        self._order = itertools.count()
        self._news = threading.Condition()
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._arrivals: Counter[str] = Counter()
        self._accepted: set[str] = set()
        self._pairs: set[str] = set()
        self._ends = False
        self._thread = threading.Thread(target=self._work, name="practice CAIS", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._store.mkdir(parents=True, exist_ok=True)
        self._thread.start()

    def stop(self) -> None:
        """End at once; what is under way stays unanswered."""
        with self._news:
            self._ends = True
            self._news.notify_all()
        self._thread.join()

    def take(self, file: Path, feedback: Path) -> None:
        """A file was uploaded: take it out of the upload folder, and answer it in time.

        Args:
            file: in the upload folder.
            feedback: the folder for the answers.
        """
        number = next(self._numbers)
        kept = self._store / str(number) / file.name
        kept.parent.mkdir()
        file.replace(kept)
        name = parse_name(file.name, today=datetime.now(EASTERN).date())
        base_name = name.base_name or file.name.removesuffix(".json.bz2")
        self._arrivals[base_name] += 1
        version = self._arrivals[base_name]
        received = Received(
            name=name,
            feedback_name=base_name if version == 1 else f"{base_name}.{version}",
            submission_id=number,
            username=self._username,
            submitter_id=self._submitter_id,
            received_at=datetime.now(UTC),
        )
        submission = _Submission(
            received, kept, feedback, time.monotonic(), duplicate=base_name in self._accepted
        )
        if name.pair_name is not None:
            self._pairs.add(f"{name.pair_name} {name.file_kind}")
        self._in(self._pace.acknowledgement, lambda: self._acknowledge(submission))

    def _in(self, seconds: float, do: Callable[[], None]) -> None:
        with self._news:
            heapq.heappush(self._due, (time.monotonic() + seconds, next(self._order), do))
            self._news.notify_all()

    def _work(self) -> None:
        while True:
            with self._news:
                while not self._ends and not (self._due and self._due[0][0] <= time.monotonic()):
                    self._news.wait(self._until_next())
                if self._ends:
                    return
                _, _, do = heapq.heappop(self._due)
            do()

    def _until_next(self) -> float | None:
        return max(0.0, self._due[0][0] - time.monotonic()) if self._due else None

    def _acknowledge(self, submission: _Submission) -> None:
        judgement = judge(submission.file, datetime.now(EASTERN).date())
        if self._scenario is Scenario.REJECTS_12_PERCENT:
            judgement = with_played_rejections(judgement)
        submission.judgement = judgement
        self._write(
            submission,
            answers_to(
                judgement, self._scenario, duplicate=submission.duplicate, partner_came=True
            )[:1],
        )
        self._then(submission, 2, lambda: self._check(submission, judgement))

    def _then(self, submission: _Submission, version: int, do: Callable[[], None]) -> None:
        due: float = getattr(self._pace, _DUE[version])
        self._in(submission.arrived + due - time.monotonic(), do)

    def _check(self, submission: _Submission, judgement: Judgement) -> None:
        """File integrity, for which a 2.0.0 submission needs its other file."""
        partner_came = self._partner_came(submission, judgement)
        waited = time.monotonic() - submission.arrived
        plays_missing = self._scenario is Scenario.PARTNER_MISSING
        sure = partner_came or plays_missing or waited >= self._pace.partner
        if not sure and not judgement.file_codes and not submission.duplicate:
            self._in(_PARTNER_LOOK_SECONDS, lambda: self._check(submission, judgement))
            return
        answers = answers_to(
            judgement, self._scenario, duplicate=submission.duplicate, partner_came=partner_came
        )
        if len(answers) > 2:
            self._accepted.add(submission.received.name.base_name or "")
        self._go_on(submission, answers, 2)

    def _partner_came(self, submission: _Submission, judgement: Judgement) -> bool:
        if judgement.schema != FULL_CAIS_SCHEMA:
            return True
        if self._scenario is Scenario.PARTNER_MISSING:
            return False
        other = FileKind.TIDS if judgement.kind is FileKind.CAIS else FileKind.CAIS
        return f"{submission.received.name.pair_name} {other}" in self._pairs

    def _go_on(self, submission: _Submission, answers: tuple[Answer, ...], count: int) -> None:
        """Give the next answer, and see to the one after it."""
        self._write(submission, answers[:count])
        if count == len(answers):
            submission.file.unlink()
            submission.file.parent.rmdir()
            return
        self._then(
            submission,
            answers[count].version,
            lambda: self._go_on(submission, answers, count + 1),
        )

    def _write(self, submission: _Submission, answers: tuple[Answer, ...]) -> None:
        assert submission.judgement is not None  # noqa: S101 - judged when acknowledged
        name, content = feedback_file(
            submission.received, submission.judgement, answers, datetime.now(UTC)
        )
        unfinished = self._store / name
        unfinished.write_bytes(content)
        unfinished.replace(submission.feedback / name)
