"""Text as a page can show it: nothing that a font lacks, nothing that cannot be broken."""

from __future__ import annotations

import json
import re
import unicodedata
from bisect import bisect_right
from functools import cache
from typing import Any

from app.resources import read_text

#: Stands for a character that no shipped font can show.
REPLACEMENT = "\ufffd"
#: Where a long word may be broken. The template turns it into a break without a character, so
#: that the name can still be found and copied.
BREAK = "\u200b"
_JOINERS = "\u200c\u200d"
_LONGEST_WORD = 22
_PIECE = 10
_VARIATION_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_LONG_WORDS = re.compile(rf"\S{{{_LONGEST_WORD + 1},}}")


@cache
def _ranges() -> tuple[list[int], list[int]]:
    pairs = json.loads(read_text("fonts/coverage.json"))
    return [first for first, _ in pairs], [last for _, last in pairs]


@cache
def _shown(character: str) -> str:
    """What stands on the page for one character."""
    if character == "\n":
        return character
    if character.isspace():
        return " "
    if character in _JOINERS:
        return character
    category = unicodedata.category(character)
    if category in ("Cc", "Cf"):
        return ""
    firsts, lasts = _ranges()
    point = ord(character)
    at = bisect_right(firsts, point) - 1
    return character if at >= 0 and point <= lasts[at] else REPLACEMENT


def clean(text: str) -> str:
    """`text` without control characters; what no shipped font can show becomes U+FFFD.

    PDF/A and PDF/UA refuse a document with a character that is not in its fonts.
    """
    if text.isascii() and text.isprintable():
        return text
    composed = unicodedata.normalize("NFC", text)
    return "".join(_shown(character) for character in _VARIATION_SELECTORS.sub("", composed))


def breakable(text: str) -> str:
    """`text` with places where words longer than a table's column may be broken."""
    return _LONG_WORDS.sub(lambda word: _broken(word.group()), text)


def _broken(word: str) -> str:
    pieces: list[str] = []
    length = 0
    for position, character in enumerate(word):
        rest = len(word) - position
        natural = length > 2 and word[position - 1] in "_./@:-"
        if rest > 2 and (length >= _PIECE or natural) and _may_part(word, position):
            pieces.append(BREAK)
            length = 0
        pieces.append(character)
        length += 1
    return "".join(pieces)


def _may_part(word: str, position: int) -> bool:
    """Never within what is one sign to the reader: a letter with its marks, a joined emoji."""
    return not (
        unicodedata.category(word[position]).startswith("M")
        or word[position] in _JOINERS
        or word[position - 1] in _JOINERS
    )


def for_pages(value: Any) -> Any:
    """Every text in a structure of dicts, lists and plain values, cleaned and breakable."""
    if isinstance(value, str):
        return breakable(clean(value))
    if isinstance(value, dict):
        return {key: for_pages(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [for_pages(item) for item in value]
    return value
