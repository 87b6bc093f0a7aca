"""The fields of a feedback document: taken as they should be, and as they sometimes are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from app.submissions.findings import Finding, Weight
from app.submissions.name_elements import MAX_UNSIGNED
from app.submissions.timestamps import parse_timestamp

_DIGITS = re.compile(r"[0-9]{1,19}")
_LONGEST_TEXT = 100


class Fields:
    """Reads one document's fields and collects what is wrong with them.

    Only the names of documented fields go into messages, never a value.
    """

    def __init__(self, document: Mapping[str, object]) -> None:
        self._document = document
        self._numbers_as_text: list[str] = []
        self._missing: list[str] = []
        self._unusable: list[str] = []
        self._notes: list[Finding] = []

    def findings(self) -> list[Finding]:
        """What was wrong, one finding per kind of fault."""
        found = list(self._notes)
        if self._numbers_as_text:
            found.append(
                _about(
                    "number-as-text",
                    "Written as text in quotes where a number belongs (accepted)",
                    self._numbers_as_text,
                    Weight.REMARK,
                )
            )
        if self._missing:
            found.append(_about("missing-field", "Missing", self._missing))
        if self._unusable:
            found.append(
                _about("unusable-field", "There, but not of the right form", self._unusable)
            )
        return found

    def note(self, finding: str, message: str) -> None:
        """Add a finding about several fields."""
        self._notes.append(Finding(finding, message))

    def has(self, key: str) -> bool:
        """Whether the field is there and not null."""
        return self._document.get(key) is not None

    def unusable(self, key: str) -> None:
        """Remember that a field has the wrong form."""
        self._unusable.append(key)

    def _value(self, key: str, required: bool) -> object:
        value = self._document.get(key)
        if value is None and required:
            self._missing.append(key)
        return value

    def text(self, key: str, *, required: bool = False) -> str | None:
        """A short text."""
        value = self._value(key, required)
        if isinstance(value, str) and 0 < len(value) <= _LONGEST_TEXT and value.isprintable():
            return value
        if value is not None:
            self.unusable(key)
        return None

    def number(self, key: str, *, required: bool = False) -> int | None:
        """An unsigned number, 0 to 2^63-1; digits written as text are accepted and named."""
        value = self._document.get(key)
        if type(value) is int and 0 <= value <= MAX_UNSIGNED:
            return value
        if self._value(key, required) is None:
            return None
        if isinstance(value, str) and _DIGITS.fullmatch(value):
            self._numbers_as_text.append(key)
            value = int(value)
        if type(value) is int and 0 <= value <= MAX_UNSIGNED:
            return value
        self.unusable(key)
        return None

    def identifier(self, key: str, *, required: bool = False) -> int | str | None:
        """A number or a short text, as written."""
        if isinstance(self._document.get(key), str):
            return self.text(key, required=required)
        return self.number(key, required=required)

    def timestamp(self, key: str, *, required: bool = False) -> datetime | None:
        """An Eastern time, as UTC."""
        value = self._value(key, required)
        if value is None:
            return None
        moment = parse_timestamp(value) if isinstance(value, str) else None
        if moment is None:
            self.unusable(key)
        return moment

    def history(self, key: str) -> tuple[tuple[str, datetime | None], ...]:
        """The states a submission went through, each with its time."""
        value = self._document.get(key)
        if value is None:
            return ()
        if not isinstance(value, dict):
            self.unusable(key)
            return ()
        steps = tuple(
            (status, parse_timestamp(time) if isinstance(time, str) else None)
            for status, time in value.items()
            if len(status) <= _LONGEST_TEXT and status.isprintable()
        )
        if any(moment is None for _, moment in steps) or len(steps) != len(value):
            self.unusable(key)
        return steps

    def items(self, key: str) -> list[dict[str, object]]:
        """A list of objects; entries of another form are counted as one unusable field."""
        value = self._document.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self.unusable(key)
            return []
        entries = [entry for entry in value if isinstance(entry, dict)]
        if len(entries) != len(value):
            self.unusable(key)
        return entries


def _about(finding: str, what: str, keys: list[str], weight: Weight = Weight.FAULT) -> Finding:
    return Finding(finding, f"{what}: {', '.join(keys)}.", count=len(keys), weight=weight)
