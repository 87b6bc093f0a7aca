"""What is explained: the glossary, why each field is asked, and the search through all of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from pydantic import TypeAdapter

from app.onboarding.guide import the_guide
from app.onboarding.values import Facts
from app.resources import read_text

#: Results beyond these help nobody.
_MOST_RESULTS = 12
_ROW_ID = re.compile(r"\.[0-9a-f]{8,32}(?=\.)")


class Term(Facts):
    """A word of the field.

    `also` are other spellings it stands under; plurals are found by themselves. A `common` one
    is found by the search alone: explaining it wherever it stands would be in the way.
    """

    term: str
    name: str
    meaning: str
    section: str
    also: tuple[str, ...] = ()
    common: bool = False

    @property
    def heading(self) -> str:
        """The term with what it stands for, such as "AA (Account Administrator)"."""
        plain = self.name.casefold().startswith(self.term.casefold())
        return self.name if plain else f"{self.term} ({self.name})"


class FieldHelp(Facts):
    """Why fields are asked, and what to do where the answer is not known.

    `paths` are paths of facts with `*` for a row's id, or names of editors that hold no fact.
    """

    step: int
    title: str
    paths: tuple[str, ...]
    section: str
    why: str
    unsure: str


@dataclass(frozen=True, slots=True)
class Found:
    """Something the search found; `step` is 0 for what belongs to no step."""

    title: str
    text: str
    section: str
    step: int = 0


@cache
def the_glossary() -> tuple[Term, ...]:
    """All terms, in order of the alphabet."""
    return _TERMS.validate_json(read_text("glossary.json"))


@cache
def _every_help() -> tuple[FieldHelp, ...]:
    return _HELP.validate_json(read_text("field-help.json"))


_TERMS: TypeAdapter[tuple[Term, ...]] = TypeAdapter(tuple[Term, ...])
_HELP: TypeAdapter[tuple[FieldHelp, ...]] = TypeAdapter(tuple[FieldHelp, ...])


@cache
def _help_by_path() -> dict[str, FieldHelp]:
    return {path: help_ for help_ in _every_help() for path in help_.paths}


def field_help(path: str) -> FieldHelp | None:
    """The help for the field at `path` (with row ids in it, as the field has it), if any."""
    return _help_by_path().get(_ROW_ID.sub(".*", path))


@cache
def _spellings() -> tuple[re.Pattern[str], dict[str, Term]]:
    """One pattern for all spellings, the longest first, and the term for each of them."""
    by_spelling = {
        spelling.casefold(): term for term in the_glossary() for spelling in (term.term, *term.also)
    }
    spelled = sorted(
        (spelling for term in the_glossary() for spelling in (term.term, *term.also)),
        key=len,
        reverse=True,
    )
    # An abbreviation is one in capitals only: "cat" is an animal.
    parts = [
        re.escape(spelling) if spelling.isupper() else f"(?i:{re.escape(spelling)})"
        for spelling in spelled
    ]
    return re.compile(rf"\b({'|'.join(parts)})(?:s|’s|'s)?\b"), by_spelling


@lru_cache(maxsize=512)
def terms_in(text: str) -> tuple[Term, ...]:
    """The terms that occur in `text` and are not common, in order, each once."""
    pattern, by_spelling = _spellings()
    found = (by_spelling[match.group(1).casefold()] for match in pattern.finditer(text))
    return tuple(dict.fromkeys(term for term in found if not term.common))


def search(query: str) -> tuple[Found, ...]:
    """What holds all words of `query`, the best first: terms, then titles, then texts."""
    words = [word.casefold() for word in re.findall(r"[\w§.]+", query)]
    if not words:
        return ()
    ranked = [
        (rank, place, found)
        for place, (spellings, found) in enumerate(_everything())
        if (rank := _rank(query.strip().casefold(), words, spellings, found)) is not None
    ]
    return tuple(found for _, _, found in sorted(ranked, key=lambda item: item[:2])[:_MOST_RESULTS])


def _rank(query: str, words: list[str], spellings: tuple[str, ...], found: Found) -> int | None:
    """0 for the very term, 1 for words in the title, 2 for words in the text; None for neither."""
    if query in spellings:
        return 0
    title = f"{found.title} {' '.join(spellings)}".casefold()
    if all(word in title for word in words):
        return 1
    text = f"{title} {found.text} {found.section}".casefold()
    return 2 if all(word in text for word in words) else None


@cache
def _everything() -> tuple[tuple[tuple[str, ...], Found], ...]:
    return tuple(_terms_found()) + tuple(((), found) for found in (*_fields(), *_sections()))


def _terms_found() -> Iterator[tuple[tuple[str, ...], Found]]:
    for term in the_glossary():
        spellings = tuple(spelling.casefold() for spelling in (term.term, *term.also))
        yield spellings, Found(term.heading, term.meaning, term.section)


def _fields() -> Iterator[Found]:
    for help_ in _every_help():
        text = f"{help_.why}\nIf you don’t know: {help_.unsure}"
        yield Found(help_.title, text, help_.section, help_.step)


def _sections() -> Iterator[Found]:
    guide = the_guide()
    for step in guide.steps:
        for heading, text in (
            ("what to do", step.what),
            ("why it is asked", step.why),
            ("if you are unsure", step.unsure),
        ):
            title = f"Step {step.number}, {step.title}: {heading}"
            yield Found(title, text, step.section, step.number)
    for reading in guide.readings.values():
        text = f"{reading.reading} Why: {reading.why}"
        yield Found(f"Where the guide is silent: {reading.open}", text, reading.rule)
