"""Many served firms at once, from a pasted text or a spreadsheet's CSV (R5.2). Text in, firms out."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic import TypeAdapter, ValidationError

from app.onboarding.editing import new_row_id
from app.onboarding.relationships import ServedFirm
from app.onboarding.values import AccountCount, Crd, Name, PastDate, is_blank

#: More lines than any organisation reports for.
MOST_LINES = 10_000
#: What a template has as its headings, by the fact that stands below each.
HEADINGS = {
    "name": "Firm",
    "crd": "CRD number",
    "ltid_accounts": "Accounts with LTIDs",
    "relationship_entered_on": "Relationship entered on",
}
#: Words by which a heading is known, the telling ones first.
_KNOWN = {
    "relationship_entered_on": ("relationship", "entered"),
    "ltid_accounts": ("ltid", "account"),
    "crd": ("crd",),
    "name": ("firm", "name", "company", "member"),
}
_DIVIDERS = "\t;,|"
#: Lines that are looked at to tell by what the cells are divided.
_SAMPLE = 30
#: Lines that a quoted cell may go over; a lone quotation mark must not swallow the rest.
_LONGEST_CELL = 10
_TYPES: dict[str, TypeAdapter[Any]] = {
    "name": TypeAdapter(Name),
    "crd": TypeAdapter(Crd),
    "ltid_accounts": TypeAdapter(AccountCount),
    "relationship_entered_on": TypeAdapter(PastDate),
}


@dataclass(frozen=True, slots=True)
class FirmLine:
    """One line that is a firm, or that is none and why. `text` is the line as it stood."""

    number: int
    text: str
    firm: ServedFirm | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class FirmList:
    """What a text holds, line by line, and headings of columns that have no use here."""

    lines: tuple[FirmLine, ...] = ()
    unused: tuple[str, ...] = ()
    cut: bool = False

    @property
    def firms(self) -> tuple[ServedFirm, ...]:
        """The firms, in order."""
        return tuple(line.firm for line in self.lines if line.firm is not None)

    @property
    def problems(self) -> tuple[str, ...]:
        """A sentence for each line that is no firm."""
        found = [f"Line {line.number}: {line.problem}" for line in self.lines if line.problem]
        if self.cut:
            found.append(f"Only the first {MOST_LINES:,} lines were read.")
        return tuple(found)


@dataclass
class _Reading:
    """What is known while a text is read."""

    today: date
    known: frozenset[str]
    columns: Mapping[str, int] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)


def read_firms(text: str, known_crds: Iterable[str], today: date) -> FirmList:
    """The firms in `text`, one per line.

    With headings in the first line that name a CRD number, columns may stand in any order. Without,
    each line has a name and a CRD number in either order, then accounts. A CRD number that is in
    `known_crds`, or stands in a line before, is not taken again.

    Args:
        text: divided by tabs, semicolons, commas or upright lines; quoted as spreadsheets do.
        known_crds: CRD numbers that are listed already.
        today: no relationship was entered after it.
    """
    records = list(_records(text))
    divider = _divider(text, records)
    reading = _Reading(today, frozenset(known_crds))
    found: list[FirmLine] = []
    unused: tuple[str, ...] = ()
    for place, (number, record) in enumerate(records[:MOST_LINES]):
        cells = _cells(record, divider)
        if is_blank(record.replace(divider, "")):
            continue
        if place == 0 and _are_headings(cells):
            reading.columns, unused = _columns(cells)
            continue
        found.append(_line(number, record, cells, reading))
    return FirmList(tuple(found), unused, len(records) > MOST_LINES)


def _records(text: str) -> Iterator[tuple[int, str]]:
    """Line numbers and lines; a line break inside a quoted cell ends no line."""
    lines = text.splitlines()
    # What spreadsheets write for themselves.
    at = 1 if lines and re.fullmatch(r"sep=.", lines[0].strip()) else 0
    while at < len(lines):
        taken = 1
        if lines[at].count('"') % 2:
            ahead = (
                more
                for more in range(2, _LONGEST_CELL + 1)
                if "\n".join(lines[at : at + more]).count('"') % 2 == 0
            )
            taken = next(ahead, 1)
        yield at + 1, "\n".join(lines[at : at + taken])
        at += taken


def _divider(text: str, records: Sequence[tuple[int, str]]) -> str:
    """The sign that divides most of the first lines; spreadsheets may name it themselves."""
    named = re.match(r"\ufeff?sep=(.)\r?\n", text)
    if named:
        return named.group(1)
    sample = [record for _, record in records[:_SAMPLE]]
    counts = {sign: sum(len(_split(record, sign)) > 1 for record in sample) for sign in _DIVIDERS}
    return max(_DIVIDERS, key=lambda sign: (counts[sign], -_DIVIDERS.index(sign)))


def _cells(record: str, divider: str) -> list[str]:
    if divider not in record:
        divider = next((sign for sign in _DIVIDERS if sign in record), divider)
    return [_plain(cell) for cell in _split(record, divider)]


def _split(record: str, divider: str) -> list[str]:
    try:
        return next(csv.reader([record.strip("\r\n")], delimiter=divider, skipinitialspace=True))
    except csv.Error:
        # A cell longer than any that the module takes.
        return [record[:300]]


def _plain(cell: str) -> str:
    """A cell without what only a spreadsheet needs: `="2236"` keeps a number a text."""
    kept = re.sub(r'^=?"(.*)"$', r"\1", cell.strip())
    return "" if is_blank(kept) else kept.strip()


def _are_headings(cells: Sequence[str]) -> bool:
    if any(cell.replace(",", "").isdecimal() for cell in cells):
        return False
    return bool(_columns(cells)[0]) or not any(map(str.isdigit, "".join(cells)))


def _columns(headings: Sequence[str]) -> tuple[dict[str, int], tuple[str, ...]]:
    """Which fact stands in which column, and headings that say nothing; no fact without a CRD."""
    columns: dict[str, int] = {}
    unused = []
    for place, heading in enumerate(headings):
        words = heading.casefold()
        name = next(
            (
                fact
                for fact, known in _KNOWN.items()
                if fact not in columns and any(word in words for word in known)
            ),
            None,
        )
        if name is not None:
            columns[name] = place
        elif heading:
            unused.append(heading)
    return (columns, tuple(unused)) if "crd" in columns else ({}, ())


def _line(number: int, record: str, cells: Sequence[str], reading: _Reading) -> FirmLine:
    shown = " ".join(cell for cell in cells if cell)
    try:
        facts = _named(cells, reading.columns) if reading.columns else _guessed(cells)
        firm = _firm(facts, reading.today)
        if firm.crd in reading.known:
            raise ValueError(f"CRD {firm.crd} is listed already.")
        before = reading.seen.get(firm.crd or "")
        if before is not None:
            raise ValueError(f"CRD {firm.crd} stands in line {before} already.")
    except ValueError as problem:
        return FirmLine(number, shown, problem=_words(problem))
    reading.seen[firm.crd or ""] = number
    return FirmLine(number, shown, firm)


def _named(cells: Sequence[str], columns: Mapping[str, int]) -> dict[str, str]:
    return {name: cells[place] for name, place in columns.items() if place < len(cells)}


def _guessed(cells: Sequence[str]) -> dict[str, str]:
    """A line without headings: a number is a CRD number, a second one the accounts."""
    filled = [cell for cell in cells if cell]
    numbers = [cell for cell in filled if cell.replace(",", "").isdecimal()]
    names = [cell for cell in filled if cell not in numbers]
    if not numbers:
        raise ValueError("no CRD number; it is digits only.")
    if len(numbers) > 2 or len(names) > 1:
        raise ValueError("more than a name, a CRD number and a number of accounts.")
    return dict(zip(("name", "crd", "ltid_accounts"), (*(names or [""]), *numbers)))


def _firm(facts: Mapping[str, str], today: date) -> ServedFirm:
    if not facts.get("crd"):
        raise ValueError("no CRD number; it is digits only.")
    values = {
        name: _TYPES[name].validate_python(text, context={"today": today})
        for name, text in facts.items()
        if text
    }
    return ServedFirm(id=new_row_id(), **values)


def _words(problem: ValueError) -> str:
    if isinstance(problem, ValidationError):
        first = problem.errors(include_url=False)[0]
        context = first.get("ctx", {})
        return str(context.get("error", "this does not fit here."))
    return str(problem)
