"""What a reader has to say about a file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

MAX_POSITIONS = 3
_SHOWN_LENGTH = 40


class Weight(StrEnum):
    """How much a finding matters."""

    REMARK = "remark"  # worth knowing; the file stays usable
    FAULT = "fault"  # the file, or a part of it, is not as the specification asks


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be.

    Attributes:
        finding: a short stable word, for programs.
        message: one or two plain sentences for a person; never a record's content.
        official_code: the code that CAIS would answer with (error-code list), if there is one.
        count: how often it was found.
        positions: the first places, at most three. The message says what is counted: bytes of
            the unpacked text from 0, or records of a list from 1.
        weight: remark or fault.
    """

    finding: str
    message: str
    official_code: str | None = None
    count: int = 1
    positions: tuple[int, ...] = ()
    weight: Weight = Weight.FAULT

    def to_json(self) -> dict[str, object]:
        """As `inspect --json` prints it."""
        return {
            "finding": self.finding,
            "message": self.message,
            "official_code": self.official_code,
            "count": self.count,
            "positions": list(self.positions),
        }


def has_fault(findings: Iterable[Finding]) -> bool:
    """Whether one of them is more than a remark."""
    return any(finding.weight is Weight.FAULT for finding in findings)


def has_hidden_characters(text: str) -> bool:
    """Whether `text` holds control, direction or other characters that are not seen.

    Blanks other than the usual one are among them: they look like it and are another.
    """
    return not text.isprintable()


def quoted(text: str) -> str:
    """`text` from outside, safe to put into a message: short, one line, nothing hidden."""
    head = text[:_SHOWN_LENGTH]
    visible = "".join(
        character if character.isprintable() else f"<U+{ord(character):04X}>" for character in head
    )
    return f"“{visible}…”" if len(text) > _SHOWN_LENGTH else f"“{visible}”"


class UnreadableFileError(Exception):
    """Why nothing can be read from a file. Readers turn it into a finding; it stays inside."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.finding)
        self.finding = finding
