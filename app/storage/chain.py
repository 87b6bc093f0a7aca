"""Checking a case's history: does every entry still stand as it was written, and where not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.storage.history import RecordedEntry, first_link, seal_of

#: A clock that is corrected by less than this over the network was not "set back".
CLOCK_TOLERANCE = timedelta(minutes=2)


class Break(StrEnum):
    """How a chain can be broken."""

    MISSING_ENTRY = "missing_entry"
    WRONG_LINK = "wrong_link"
    CHANGED_ENTRY = "changed_entry"
    WRONG_CORRECTION = "wrong_correction"
    WRONG_CASE = "wrong_case"
    CUT_SHORT = "cut_short"
    CHANGED_FACTS = "changed_facts"
    EXPORT_NOT_FOUND = "export_not_found"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class ChainBreak:
    """The first place where a chain breaks: which entry, how, and in plain words."""

    seq: int
    how: Break
    words: str


@dataclass(frozen=True)
class ChainReport:
    """What checking one case's chain found.

    `head` is the hash of the last good entry, `clock_went_back` the entries recorded at an
    earlier time than the one before them: the order still holds, the time may be wrong.
    """

    case_id: str
    entries: int
    head: str
    head_seq: int
    broken: ChainBreak | None = None
    clock_went_back: tuple[int, ...] = ()

    @property
    def intact(self) -> bool:
        """Whether nothing was found wrong."""
        return self.broken is None


def check_chain(
    case_id: str,
    entries: Iterable[RecordedEntry],
    *,
    head: tuple[int, str] | None = None,
    state: str | None = None,
) -> ChainReport:
    """Recompute the chain of one case.

    Args:
        case_id: the case that the entries must belong to.
        entries: all of its entries, in order.
        head: number and hash that the last entry must have.
        state: the hash over the facts that the last entry must have sealed.
    """
    last: RecordedEntry | None = None
    count = 0
    backwards: list[int] = []
    broken: ChainBreak | None = None
    for entry in entries:
        count += 1
        if broken is None:
            broken = _break_at(case_id, last, entry)
            if broken is None:
                if last is not None and entry.at < last.at - CLOCK_TOLERANCE:
                    backwards.append(entry.seq)
                last = entry
    return ChainReport(
        case_id=case_id,
        entries=count,
        head=last.hash if last else first_link(case_id),
        head_seq=last.seq if last else 0,
        broken=broken or _cut_short(case_id, last, head) or _changed_facts(last, state),
        clock_went_back=tuple(backwards),
    )


def _cut_short(
    case_id: str, last: RecordedEntry | None, head: tuple[int, str] | None
) -> ChainBreak | None:
    found = (last.seq, last.hash) if last else (0, first_link(case_id))
    if head is None or head == found:
        return None
    return ChainBreak(
        found[0] + 1,
        Break.CUT_SHORT,
        f"The history should end with entry {head[0]} but ends with {found[0]}: "
        "entries at its end are missing or were replaced.",
    )


def _changed_facts(last: RecordedEntry | None, state: str | None) -> ChainBreak | None:
    if last is None or state is None or last.state == state:
        return None
    return ChainBreak(
        last.seq,
        Break.CHANGED_FACTS,
        f"The facts of the case are not those that entry {last.seq} sealed: "
        "they were changed outside the program.",
    )


def _break_at(case_id: str, last: RecordedEntry | None, entry: RecordedEntry) -> ChainBreak | None:
    expected = last.seq + 1 if last else 1
    if entry.seq != expected:
        return ChainBreak(
            expected, Break.MISSING_ENTRY, f"Entry {expected} is missing; {entry.seq} follows."
        )
    if entry.case_id != case_id:
        return ChainBreak(entry.seq, Break.WRONG_CASE, f"Entry {entry.seq} is of another case.")
    if entry.previous_hash != (last.hash if last else first_link(case_id)):
        return ChainBreak(
            entry.seq,
            Break.WRONG_LINK,
            f"Entry {entry.seq} does not follow from the one before it.",
        )
    if entry.hash != seal_of(entry) or not _is_utc(entry.at_utc):
        return ChainBreak(
            entry.seq, Break.CHANGED_ENTRY, f"Entry {entry.seq} was changed after it was written."
        )
    if entry.corrects is not None and not 0 < entry.corrects < entry.seq:
        return ChainBreak(
            entry.seq,
            Break.WRONG_CORRECTION,
            f"Entry {entry.seq} corrects entry {entry.corrects}, which does not come before it.",
        )
    return None


def _is_utc(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).utcoffset() == timedelta(0)
    except ValueError:
        return False
