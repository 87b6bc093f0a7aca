"""Everything of one case that can be found by words: steps, fields, rows of lists, history.

Built in a job from plain data; finding is a look through lower-case texts and takes a few
milliseconds for thousands of them. Nothing is looked up anywhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.onboarding.business_calendar import eastern_date, long_date
from app.onboarding.case import SECTIONS, Case
from app.onboarding.progress import STEP_SECTIONS
from app.onboarding.values import Facts, Row
from app.report.words import kind, moment, subject
from app.storage.history import RecordedEntry

#: Where the history is shown; every other target is the path of a fact or a row.
HISTORY = "history"
#: Facts of a row that name it, the first that it has.
_NAMES = ("name", "username", "file_name", "submission_id", "crd", "agent_id", "host")


class Sort(StrEnum):
    """What was found; in this order where all else is equal."""

    STEP = "Step"
    FIELD = "Field"
    ROW = "Entry"
    HISTORY = "History"


@dataclass(frozen=True, slots=True)
class Findable:
    """One thing that can be found.

    `target` is a path (of a section for a step), or `HISTORY`. `parts` are a row's facts: the
    path and lower-case text of each.
    """

    sort: Sort
    title: str
    holds: str
    place: str
    target: str
    text: str
    parts: tuple[tuple[str, str], ...] = ()

    def target_for(self, words: Sequence[str]) -> str:
        """Where to go for `words`: the fact of the row that has them, else the whole."""
        wanted = (path for path, text in self.parts if any(word in text for word in words))
        return next(wanted, self.target)


@dataclass(frozen=True, slots=True)
class Wording:
    """How a fact is shown: its label, and the words for values that are chosen."""

    label: str
    choices: Mapping[object, str]


@dataclass(frozen=True, slots=True)
class Found:
    """The best matches with where each leads, and how many there are in all."""

    best: tuple[tuple[Findable, str], ...]
    count: int


class CaseIndex:
    """All that can be found in a case."""

    def __init__(self, entries: Iterable[Findable]) -> None:
        self._entries = tuple(entries)

    def __len__(self) -> int:
        return len(self._entries)

    def find(self, query: str, most: int) -> Found:
        """What holds all words of `query`, in any letter case; at most `most`, best first."""
        words = query.casefold().split()
        if not words:
            return Found((), 0)
        hits = self._entries
        for word in words:
            hits = tuple(entry for entry in hits if word in entry.text)
        order = list(Sort)
        best = sorted(
            hits, key=lambda entry: (_rank(entry.title.casefold(), words), order.index(entry.sort))
        )
        return Found(tuple((entry, entry.target_for(words)) for entry in best[:most]), len(hits))


def _rank(title: str, words: Sequence[str]) -> int:
    """The title itself before what holds the words elsewhere."""
    if title.startswith(" ".join(words)):
        return 0
    if all(word in title for word in words):
        return 1
    return 2 if title.startswith(words[0]) else 3


def index_of(
    case: Case,
    steps: Mapping[int, str],
    wordings: Mapping[str, Wording],
    hidden: frozenset[str],
    history: Iterable[RecordedEntry],
) -> CaseIndex:
    """Everything in `case`.

    Args:
        case: its facts.
        steps: the titles of the steps by their numbers.
        wordings: by the pattern of a path, how its facts are shown.
        hidden: paths of fields that are not asked for just now.
        history: its entries.
    """
    return CaseIndex(
        (
            *_steps(steps),
            *_facts(case, steps, wordings, hidden),
            *reversed([_entry(entry) for entry in history]),
        )
    )


def pattern(path: str) -> str:
    """`path` with a star for the id of a row: the same for all rows of a list."""
    return ".".join("*" if _is_row_id(part) else part for part in path.split("."))


def _is_row_id(part: str) -> bool:
    return len(part) >= 8 and all(character in "0123456789abcdef" for character in part)


def _steps(steps: Mapping[int, str]) -> Iterator[Findable]:
    for number, title in steps.items():
        place = f"Step {number}"
        text = f"{title} {place}".casefold()
        yield Findable(Sort.STEP, title, "", place, STEP_SECTIONS[number], text)


def _facts(
    case: Case, steps: Mapping[int, str], wordings: Mapping[str, Wording], hidden: frozenset[str]
) -> Iterator[Findable]:
    numbers = {section: number for number, section in STEP_SECTIONS.items()}
    for section in SECTIONS:
        if section not in numbers:
            continue
        number = numbers[section]
        place = f"Step {number}: {steps[number]}"
        for path, value in _walk(getattr(case, section), section):
            if path in hidden:
                continue
            if isinstance(value, Row):
                yield _row(value, path, place, wordings)
            else:
                wording = wordings.get(pattern(path))
                label = wording.label if wording else _name_of(path)
                holds = case.unaccepted.get(path) or _shown(value, wording)
                text = f"{label} {holds} {_raw(value)}".casefold()
                yield Findable(Sort.FIELD, label, holds, place, path, text)


def _name_of(path: str) -> str:
    """What a fact is called that no page has shown yet."""
    words = subject(path).partition(": ")[2]
    return words[:1].upper() + words[1:]


def _walk(facts: Facts, at: str) -> Iterator[tuple[str, object]]:
    """The single facts below `at`, and the rows of its lists as a whole."""
    for name in type(facts).model_fields:
        value, path = getattr(facts, name), f"{at}.{name}"
        if isinstance(value, tuple):
            yield from ((f"{path}.{row.id}", row) for row in value if isinstance(row, Row))
        elif isinstance(value, Facts):
            yield from _walk(value, path)
        else:
            yield path, value


def _row(row: Row, path: str, place: str, wordings: Mapping[str, Wording]) -> Findable:
    parts, said = [], []
    for name in type(row).model_fields:
        value = getattr(row, name)
        if name == "id" or value is None or value is False or isinstance(value, tuple):
            continue
        wording = wordings.get(pattern(f"{path}.{name}"))
        label = wording.label if wording else _name_of(f"{path.partition('.')[0]}.{name}")
        shown = _shown(value, wording)
        parts.append((f"{path}.{name}", f"{label} {shown} {_raw(value)}".casefold()))
        if name not in _NAMES[:1]:
            said.append(f"{label}: {shown}")
    title = next((str(found) for name in _NAMES if (found := getattr(row, name, None))), "")
    title = title or subject(path)
    text = " ".join((title.casefold(), *(text for _, text in parts)))
    return Findable(Sort.ROW, title, ", ".join(said), place, path, text, tuple(parts))


def _entry(entry: RecordedEntry) -> Findable:
    about = subject(entry.path)
    title = f"{kind(entry.kind)}: {about}" if about else kind(entry.kind)
    change = " → ".join(part for part in (_plain(entry.before), _plain(entry.after)) if part)
    holds = "; ".join(part for part in (change, entry.note, entry.file_name or "") if part)
    place = moment(entry.at)
    text = f"{title} {holds} {place} {entry.os_user}".casefold()
    return Findable(Sort.HISTORY, title, holds, place, HISTORY, text)


def _plain(text: str | None) -> str:
    return (text or "").strip('"')


def _shown(value: object, wording: Wording | None) -> str:
    if wording is not None and value in wording.choices:
        return wording.choices[value]
    if value is None or value is False:
        return ""
    if value is True:
        return "Yes"
    if isinstance(value, datetime):
        return long_date(eastern_date(value))
    if isinstance(value, date):
        return long_date(value)
    if isinstance(value, int):
        return f"{value:,}"
    return str(value)


def _raw(value: object) -> str:
    """Another way in which the person may write the value that she looks for."""
    if isinstance(value, date):
        return f"{value:%m/%d/%Y} {value.month}/{value.day}/{value.year}"
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    digits = "".join(filter(str.isdigit, value)) if isinstance(value, str) else ""
    return digits if len(digits) > 6 else ""
