"""What a hand-over file holds and what taking it over would do, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.report.entry_words import change_in_words, fact_in_words, what_in_words
from app.report.words import moment, subject
from app.storage.comparing import Comparison, Difference, Relation, Side
from app.storage.history import RecordedEntry
from app.widgets.banner import Tone
from app.work.hand_over import SeenHandOver

#: Entries of one side that are shown; the others are counted.
_SHOWN = 200
_BROKEN = (
    "You can look at it, but not take it over. Ask for the file again; if it stays so, keep it and "
    "tell your compliance officer."
)


def outcome(seen: SeenHandOver) -> tuple[str, str, Tone]:
    """Headline, details and tone of what taking it over would do."""
    title = seen.handed.case.title
    broken = seen.handed.report.broken
    if broken is not None:
        return (
            "The history in this file does not stand as it was written.",
            f"{broken.words} {_BROKEN}",
            Tone.ERROR,
        )
    if seen.comparison is None:
        return f"{title} is not here yet.", "It comes with its whole history.", Tone.DONE
    return _of_comparison(title, seen.comparison)


def _of_comparison(title: str, comparison: Comparison) -> tuple[str, str, Tone]:
    theirs, mine = len(comparison.theirs), len(comparison.mine)
    if comparison.relation is Relation.SAME:
        return f"{title} is here already, the same.", "There is nothing to take over.", Tone.INFO
    if comparison.relation is Relation.MINE_IS_AHEAD:
        return (
            f"{title} is here already, and newer than the file.",
            f"You have {_entries(mine)} that the file has not. There is nothing to take over.",
            Tone.INFO,
        )
    if comparison.relation is Relation.THEIRS_IS_AHEAD:
        return (
            f"{title} is here already; the file continues it.",
            f"{_entries(theirs)} of your colleague’s come to the history. Nothing of yours is lost.",
            Tone.DONE,
        )
    conflicts = len(comparison.conflicts)
    asked = (
        "No fact was changed on both sides."
        if not conflicts
        else f"{'1 fact was' if conflicts == 1 else f'{conflicts:,} facts were'} changed on both "
        "sides: choose whose to take."
    )
    return (
        f"{title} is here already, and both of you went on.",
        f"You made {_entries(mine)}, your colleague {_entries(theirs)} since. {asked}",
        Tone.WARNING if conflicts else Tone.INFO,
    )


def preview(seen: SeenHandOver) -> str:
    """Everything there is to say about the file, as lines of text."""
    return "\n".join(_lines(seen))


def _lines(seen: SeenHandOver) -> Iterator[str]:
    handed = seen.handed
    case, by, entries = handed.case, handed.written_by, handed.entries
    number = case.registration.crd or case.registration.identifier
    practice = " (practice case)" if case.practice else ""
    yield f"Firm: {case.title}{f', {number}' if number else ''}{practice}"
    yield f"Handed over: {moment(handed.written_at)} by {by.os_user} on {by.workstation}"
    yield f"Written by: CAIS Onboarding {by.program_version}"
    if entries:
        yield (
            f"History: {_entries(len(entries))}, from {moment(entries[0].at)} "
            f"to {moment(entries[-1].at)}"
        )
    if handed.report.broken is None:
        yield f"Checked: every entry stands as written. Fingerprint {handed.report.head}"
    else:
        yield f"Checked: {handed.report.broken.words}"
    for name, content in handed.attachments.items():
        yield f"Attached: {name}, {len(content):,} bytes"
    if seen.comparison is not None:
        yield from _compared(seen.comparison)


def _compared(comparison: Comparison) -> Iterator[str]:
    yield ""
    yield f"Compared with the case here: {_entries(comparison.common)} are the same."
    moved = [each for each in comparison.differences if _comes(comparison, each)]
    if moved:
        yield ""
        yield "Facts that change here:"
        yield from map(_difference, moved)
    for headline, entries in (
        ("Only in the file:", comparison.theirs),
        ("Only here:", comparison.mine),
    ):
        if entries:
            yield ""
            yield headline
            yield from _diary(entries)


def _comes(comparison: Comparison, difference: Difference) -> bool:
    """Whether the fact is taken from the file without a question."""
    if comparison.relation is Relation.THEIRS_IS_AHEAD:
        return True
    parted = comparison.relation is Relation.PARTED
    return parted and difference.changed_by == frozenset({Side.THEIRS})


def _difference(difference: Difference) -> str:
    mine, theirs = fact_in_words(difference.mine), fact_in_words(difference.theirs)
    return f"  {subject(difference.path)}: {mine or '(nothing)'} → {theirs or '(nothing)'}"


def _diary(entries: Sequence[RecordedEntry]) -> Iterator[str]:
    for entry in entries[:_SHOWN]:
        details = change_in_words(entry)
        said = f"{what_in_words(entry)}{f': {details}' if details else ''}"
        yield f"  {entry.seq}. {moment(entry.at)}, {entry.os_user}: {said}"
    if len(entries) > _SHOWN:
        yield f"  and {len(entries) - _SHOWN:,} more"


def _entries(count: int) -> str:
    return "1 entry" if count == 1 else f"{count:,} entries"
