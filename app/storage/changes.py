"""A change of a case that has happened and is still to be stored."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import cast

from pydantic import TypeAdapter

from app.onboarding.values import Row
from app.storage.history import EntryKind, FileFacts, HistoryEntry, JsonValue

_AS_JSON: TypeAdapter[object] = TypeAdapter(object)
#: What the person does herself; the rest is evidence, which stands as it came.
_BY_HAND = frozenset(
    {
        EntryKind.FACT_CHANGED,
        EntryKind.STATEMENT_MADE,
        EntryKind.SUBMISSION_CHOSEN,
        EntryKind.DATE_CONFIRMED,
        EntryKind.RULE_OVERRIDDEN,
    }
)


@dataclass(frozen=True)
class Change:
    """One fact, row or group of facts that changed; values are those of the case.

    A new row has the path of its list, as the history tells it.
    """

    kind: EntryKind
    path: str
    before: object = None
    after: object = None
    note: str = ""
    file: FileFacts | None = None

    @property
    def unit(self) -> str:
        """The path of what changed: for a new row its own, not that of its list."""
        row = self.after
        if self.before is None and isinstance(row, Row) and not self.path.endswith(f".{row.id}"):
            return f"{self.path}.{row.id}"
        return self.path

    @property
    def by_hand(self) -> bool:
        """Whether it is something that the person did and may take back."""
        return self.kind in _BY_HAND and bool(self.path)

    @cached_property
    def entry(self) -> HistoryEntry:
        """Its entry in the history, the very same each time: so saving again records it once."""
        before, after = _json(self.before), _json(self.after)
        return HistoryEntry(self.kind, self.path, before, after, self.note, file=self.file)


def _json(value: object) -> JsonValue:
    return cast(JsonValue, _AS_JSON.dump_python(value, mode="json"))
