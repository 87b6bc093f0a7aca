"""When feedback is due, and how often to look for it. Pure functions of times.

Source: CAIS specification §6.1, the stages and the times within which they are expected.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

SHORTEST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(minutes=15)
#: The simulated CAIS answers within seconds, and is on this computer.
SHORTEST_PRACTICE_WAIT = timedelta(seconds=1)
#: A tenth of the time waited so far: prompt at first, seldom after hours.
_SHARE = 10


class Lateness(StrEnum):
    """How the next stage stands; the value is for the person."""

    ON_TIME = "on time"
    LATER_THAN_USUAL = "later than usual"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class _Stage:
    version: int
    words: str
    usual: timedelta
    at_most: timedelta
    #: The version whose arrival starts the clock; None: sending does.
    after: int | None


_STAGES = (
    _Stage(1, "acknowledgement", timedelta(minutes=10), timedelta(hours=1), None),
    _Stage(2, "file integrity", timedelta(minutes=30), timedelta(hours=2), None),
    _Stage(3, "data validation", timedelta(hours=1), timedelta(hours=4), 2),
    # No time of its own is published for the final result; it ends the same validation.
    _Stage(4, "final result", timedelta(hours=1), timedelta(hours=4), 2),
)
FINAL_VERSION = _STAGES[-1].version


@dataclass(frozen=True, slots=True)
class Expectation:
    """The next feedback of one submission.

    Args:
        version: which of v1 to v4.
        words: what it tells.
        usual_by: until then it usually comes.
        latest_by: after that it is overdue.
    """

    version: int
    words: str
    usual_by: datetime
    latest_by: datetime

    def lateness(self, now: datetime) -> Lateness:
        """How it stands now."""
        if now <= self.usual_by:
            return Lateness.ON_TIME
        return Lateness.LATER_THAN_USUAL if now <= self.latest_by else Lateness.OVERDUE


def next_expected(sent_at: datetime, seen: Mapping[int, datetime]) -> Expectation | None:
    """The next stage after the highest one seen; None: the final one was seen.

    Args:
        sent_at: when the submission was sent.
        seen: when each feedback version came.
    """
    highest = max(seen, default=0)
    for stage in _STAGES:
        if stage.version > highest:
            # A stage may be seen without those before it: its predecessors were fetched earlier.
            start = sent_at if stage.after is None else seen.get(stage.after, seen[highest])
            return Expectation(
                stage.version, stage.words, start + stage.usual, start + stage.at_most
            )
    return None


def until_next_look(since_last_news: timedelta, shortest: timedelta = SHORTEST_WAIT) -> timedelta:
    """How long to wait before the folder is listed again: a minute at least, 15 at most.

    Args:
        since_last_news: how long nothing has come.
        shortest: in place of the minute, for the simulated CAIS alone.
    """
    return min(max(since_last_news / _SHARE, shortest), LONGEST_WAIT)
