"""The same case on two sides: where the histories part, and which facts then differ.

Facts are compared by unit: a field, or a row of a list. A unit changed on one side only
since the histories parted is taken from there; one changed on both sides is a conflict, and
the person decides.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from app.onboarding.case import Case
from app.storage.case_rows import UNSEALED_SECTIONS, case_of
from app.storage.history import EntryKind, JsonValue, RecordedEntry


class Relation(Enum):
    """How two histories of one case stand to each other."""

    SAME = auto()
    THEIRS_IS_AHEAD = auto()
    MINE_IS_AHEAD = auto()
    PARTED = auto()


class Side(Enum):
    """Whose fact is taken."""

    MINE = auto()
    THEIRS = auto()


@dataclass(frozen=True)
class Difference:
    """A unit that differs; a side on which it does not exist has None.

    `changed_by` are the sides that changed it since the histories parted; both, or neither
    (a change that no entry tells of), makes it a conflict.
    """

    path: str
    mine: JsonValue
    theirs: JsonValue
    changed_by: frozenset[Side]

    @property
    def conflict(self) -> bool:
        """Whether the person must choose."""
        return len(self.changed_by) != 1


@dataclass(frozen=True)
class Comparison:
    """Two sides of one case.

    Attributes:
        relation: how the histories stand to each other.
        common: how many entries are the same on both sides.
        head: number of the last entry here.
        mine: entries that only this side knows.
        theirs: entries that only the other side knows.
        differences: facts that differ now.
    """

    relation: Relation
    common: int
    head: int
    mine: tuple[RecordedEntry, ...]
    theirs: tuple[RecordedEntry, ...]
    differences: tuple[Difference, ...]

    @property
    def conflicts(self) -> tuple[Difference, ...]:
        """What the person must choose."""
        if self.relation is not Relation.PARTED:
            return ()
        return tuple(difference for difference in self.differences if difference.conflict)


def compare(
    mine: Case,
    my_entries: Sequence[RecordedEntry],
    theirs: Case,
    their_entries: Sequence[RecordedEntry],
) -> Comparison:
    """Compare both sides of one case.

    Args:
        mine: the facts here.
        my_entries: the whole history here.
        theirs: the facts there.
        their_entries: the whole history there.
    """
    common = 0
    for here, there in zip(my_entries, their_entries):
        if here.hash != there.hash:
            break
        common += 1
    only_mine, only_theirs = tuple(my_entries[common:]), tuple(their_entries[common:])
    if only_mine and only_theirs:
        only_mine, only_theirs = _unknown(only_mine, only_theirs), _unknown(only_theirs, only_mine)
        relation = _relation_of_parted(only_mine, only_theirs)
    else:
        relation = _relation(only_mine, only_theirs)
    return Comparison(
        relation=relation,
        common=common,
        head=len(my_entries),
        mine=only_mine,
        theirs=only_theirs,
        differences=_differences(mine, only_mine, theirs, only_theirs),
    )


def merged(mine: Case, theirs: Case, comparison: Comparison, choices: Mapping[str, Side]) -> Case:
    """The facts of both sides in one case.

    Args:
        mine: the facts here.
        theirs: the facts there.
        comparison: what `compare` found.
        choices: whose fact is taken, by the path of each conflict.

    Raises:
        KeyError: a conflict without a choice.
        StorageError: what was chosen does not fit together.
    """
    document = mine.model_dump(mode="json")
    for difference in comparison.differences:
        if difference.conflict:
            side = choices[difference.path]
        else:
            (side,) = difference.changed_by
        if side is Side.THEIRS:
            _put(document, difference.path.split("."), difference.theirs)
    header = {name: document.pop(name) for name in ("format", "id", "created_at", "practice")}
    return case_of(header, {section: json.dumps(facts) for section, facts in document.items()})


def _relation(mine: Sequence[RecordedEntry], theirs: Sequence[RecordedEntry]) -> Relation:
    if mine and theirs:
        return Relation.PARTED
    if mine:
        return Relation.MINE_IS_AHEAD
    return Relation.THEIRS_IS_AHEAD if theirs else Relation.SAME


def _relation_of_parted(mine: Sequence[RecordedEntry], theirs: Sequence[RecordedEntry]) -> Relation:
    """Two chains that parted are never one again; the question is who has something new."""
    if theirs:
        return Relation.PARTED
    return Relation.MINE_IS_AHEAD if mine else Relation.SAME


def _unknown(
    entries: Sequence[RecordedEntry], others: Sequence[RecordedEntry]
) -> tuple[RecordedEntry, ...]:
    """Those of `entries` that the other side has not quoted, and that quote nothing of it."""
    known = {entry.hash for entry in others} | {_quoted_hash(entry) for entry in others}
    return tuple(e for e in entries if e.hash not in known and _quoted_hash(e) not in known - {""})


def _quoted_hash(entry: RecordedEntry) -> str:
    """The hash of the colleague's entry that `entry` quotes; empty where it quotes none."""
    quoted = entry.after_value if entry.kind == EntryKind.QUOTED else None
    return str(quoted.get("hash", "")) if isinstance(quoted, dict) else ""


def _differences(
    mine: Case,
    my_entries: Iterable[RecordedEntry],
    theirs: Case,
    their_entries: Iterable[RecordedEntry],
) -> tuple[Difference, ...]:
    here, there = _units(mine), _units(theirs)
    touched = {Side.MINE: _touched(my_entries), Side.THEIRS: _touched(their_entries)}
    return tuple(
        Difference(
            path,
            here.get(path),
            there.get(path),
            frozenset(side for side in Side if _covers(touched[side], path)),
        )
        for path in dict.fromkeys((*here, *there))
        if here.get(path) != there.get(path)
    )


def _units(case: Case) -> dict[str, JsonValue]:
    document = case.model_dump(mode="json")
    units: dict[str, JsonValue] = {}
    for section in document.keys() - {"format", "id", "created_at", "practice", *UNSEALED_SECTIONS}:
        _collect(document[section], section, units)
    return units


def _collect(value: JsonValue, path: str, units: dict[str, JsonValue]) -> None:
    if isinstance(value, dict):
        for name, inner in value.items():
            _collect(inner, f"{path}.{name}", units)
    elif isinstance(value, list) and all(isinstance(row, dict) and "id" in row for row in value):
        for row in value:
            if isinstance(row, dict):
                units[f"{path}.{row['id']}"] = row
    else:
        units[path] = value


def _touched(entries: Iterable[RecordedEntry]) -> frozenset[str]:
    """The paths that `entries` changed; a row added to a list under the row's own path."""
    paths = set()
    for entry in entries:
        after = entry.after_value
        row = after.get("id") if isinstance(after, dict) else None
        is_added = isinstance(row, str) and entry.path.rpartition(".")[2] != row
        paths.add(f"{entry.path}.{row}" if is_added else entry.path)
    return frozenset(paths - {""})


def _covers(touched: frozenset[str], path: str) -> bool:
    return any(
        path == changed or path.startswith(f"{changed}.") or changed.startswith(f"{path}.")
        for changed in touched
    )


def _put(node: JsonValue, parts: list[str], value: JsonValue) -> None:
    """Put `value` at `parts`; None takes a row out of its list."""
    name, rest = parts[0], parts[1:]
    if isinstance(node, dict):
        if rest:
            _put(node[name], rest, value)
        else:
            node[name] = value
    elif isinstance(node, list):
        at = next(
            (i for i, row in enumerate(node) if isinstance(row, dict) and row["id"] == name), None
        )
        if value is None:
            node[:] = [row for i, row in enumerate(node) if i != at]
        elif at is None:
            node.append(value)
        else:
            node[at] = value
