"""The published error, warning and inconsistency codes, with what to do about each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import msgspec

from app.resources import read_text


class ErrorCode(msgspec.Struct, frozen=True):
    """One published code.

    Attributes:
        title: the official title.
        stage: where in the processing CAIS gives it.
        explanation: what it means.
        advice: what to do, in plain words.
    """

    title: str
    stage: str
    explanation: str
    advice: str


@dataclass(frozen=True, slots=True)
class ErrorGroup:
    """How many items of one feedback file carry a code. Without `known`, the code is undocumented."""

    code: str
    items: int
    known: ErrorCode | None

    @property
    def title(self) -> str:
        """The official title, or that there is none."""
        return self.known.title if self.known else "Undocumented code"

    @property
    def stage(self) -> str | None:
        """Where in the processing CAIS gives the code."""
        return self.known.stage if self.known else None

    @property
    def advice(self) -> str:
        """What to do about it."""
        if self.known:
            return self.known.advice
        return (
            "The published list does not have this code. Ask the FINRA CAT Help Desk what it "
            "means, and name the submission."
        )

    def to_json(self) -> dict[str, object]:
        """As `inspect --json` prints it."""
        return {
            "code": self.code,
            "title": self.title,
            "stage": self.stage,
            "items": self.items,
        }


@cache
def error_codes() -> dict[str, ErrorCode]:
    """Every published code, by its five digits."""
    return msgspec.json.decode(read_text("error_codes.json"), type=dict[str, ErrorCode])


def error_groups(counts: Mapping[str, int]) -> tuple[ErrorGroup, ...]:
    """`counts` of items by code as groups, the largest first."""
    known = error_codes()
    return tuple(
        ErrorGroup(code, items, known.get(code))
        for code, items in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    )
