"""Counts what is found in records, and keeps the first places."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from app.submissions.findings import MAX_POSITIONS, Finding


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that can be wrong with a record.

    Attributes:
        finding: a short stable word.
        code: the official code that CAIS would answer with.
        message: what is wrong, plainly; the numbers of the first records follow it.
    """

    finding: str
    code: str
    message: str


@dataclass(slots=True)
class _Places:
    count: int = 0
    first: list[int] = field(default_factory=list)


class Tally:
    """How often each rule was broken, and in which records first."""

    def __init__(self) -> None:
        self._found: dict[Rule, _Places] = {}

    def add(self, rule: Rule, record: int, count: int = 1) -> None:
        """Note that a record breaks a rule. Records come in order."""
        places = self._found.get(rule)
        if places is None:
            places = self._found[rule] = _Places()
        places.count += count
        if len(places.first) < MAX_POSITIONS and record not in places.first:
            places.first.append(record)

    def add_many(self, rule: Rule, count: int, first: Iterable[int]) -> None:
        """Note that a rule is broken `count` times, in these records first."""
        if count:
            self._found[rule] = _Places(count, list(first)[:MAX_POSITIONS])

    def findings(self, records: str) -> list[Finding]:
        """One finding per broken rule, the most frequent first.

        Args:
            records: what the numbers count, for example "account record".
        """
        ordered = sorted(self._found.items(), key=lambda item: (-item[1].count, item[0].finding))
        return [
            Finding(
                rule.finding,
                f"{rule.message} First in {records} {_listed(places.first)}.",
                rule.code,
                places.count,
                tuple(places.first),
            )
            for rule, places in ordered
        ]


def _listed(numbers: list[int]) -> str:
    texts = [f"{number:,}" for number in numbers]
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"
