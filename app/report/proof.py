"""Is a summary still as it was written? The evidence in the file against the file itself.

The pages are set anew from the attached evidence. The same program version gives the same
bytes, so that a single changed digit anywhere shows. A file of another version is held
against its evidence text by text.

What this cannot see: somebody who changes the facts, seals a whole new history and sets the
pages anew. That shows only against what was kept: the hash recorded when the file was written.
"""

from __future__ import annotations

import difflib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from app import __version__
from app.onboarding.progress import assess
from app.report.content import Occasion, summary_content
from app.report.evidence import FILE_NAME, Evidence, NotEvidenceError, read_evidence
from app.report.summary import summary_pdf
from app.report.text import clean
from app.report.typesetting import Paper
from app.storage.case_rows import sections_of, state_of_bodies
from app.storage.chain import check_chain

if TYPE_CHECKING:
    from pypdf import PdfReader

#: What is looked for on the pages of a file of another version.
_COMPARED = ("cover", "steps", "requirements", "log")
#: Differences on the pages that are named one by one.
_NAMED = 8
#: More words than any page of ours holds; a forged one could hold millions.
_MOST_WORDS = 5_000


class Difference(StrEnum):
    """What was found wrong with a file."""

    NO_PDF = "no_pdf"
    NO_EVIDENCE = "no_evidence"
    CHAIN = "chain"
    FACTS = "facts"
    SHOWN = "shown"
    PAGES = "pages"
    BYTES = "bytes"


@dataclass(frozen=True)
class Found:
    """One thing that differs, in plain words."""

    kind: Difference
    words: str


@dataclass(frozen=True)
class Verification:
    """What checking a summary found. `evidence` is None where none could be read.

    `exact` says whether the file was compared byte by byte, which only the version that wrote
    it can do.
    """

    found: tuple[Found, ...]
    evidence: Evidence | None = None
    exact: bool = False

    @property
    def unchanged(self) -> bool:
        """Whether nothing differs."""
        return not self.found

    @property
    def sentence(self) -> str:
        """The answer in one line."""
        if self.unchanged:
            if self.exact:
                return "Unchanged: the file is, byte for byte, what the program wrote."
            return "Unchanged: the pages, the facts and the history agree."
        return f"Not as it was written: {self.found[0].words}"

    def to_json(self) -> dict[str, Any]:
        """As `verify --json` prints it."""
        evidence = self.evidence
        return {
            "unchanged": self.unchanged,
            "exact": self.exact,
            "found": [{"kind": item.kind.value, "text": item.words} for item in self.found],
            "firm": evidence.case.title if evidence else None,
            "made_at": evidence.made_at.isoformat() if evidence else None,
            "program_version": evidence.version if evidence else None,
            "head": evidence.head or None if evidence else None,
        }


def verify_summary(content: bytes) -> Verification:
    """Check the summary PDF `content` against the evidence attached to it.

    Never fails on a damaged or hostile file: that is an answer as well.
    """
    reader = _opened(content)
    if reader is None:
        return Verification((Found(Difference.NO_PDF, "This is not a readable PDF file."),))
    evidence = _attached(reader)
    if isinstance(evidence, Found):
        return Verification((evidence,))
    exact = evidence.version == __version__
    found = [*_history_breaks(evidence)]
    if evidence.seal != evidence.shown["log"]["facts"]:
        found.append(_OTHER_FACTS)
    if any(item.kind is Difference.CHAIN for item in found):
        # What such a history says cannot even be shown for sure.
        return Verification(tuple(found), evidence, exact)
    occasion = Occasion(evidence.made_at, evidence.version, evidence.history)
    assessment = assess(evidence.case, evidence.today)
    follows = summary_content(assessment, occasion)
    if exact:
        if follows != evidence.shown:
            found.append(_SHOWN_DIFFERS)
        expected = summary_pdf(assessment, occasion, paper=Paper(evidence.paper)).content
        if expected != content:
            found.extend(_page_differences(reader, expected))
    else:
        if _figures(follows) != _figures(evidence.shown):
            found.append(_SHOWN_DIFFERS)
        found.extend(_missing_texts(reader, evidence.shown))
    return Verification(tuple(found), evidence, exact)


_OTHER_FACTS = Found(
    Difference.FACTS,
    "The attached facts are not those whose fingerprint stands on the pages.",
)
_SHOWN_DIFFERS = Found(
    Difference.SHOWN,
    "What the pages are said to show does not follow from the attached facts.",
)


def _opened(content: bytes) -> PdfReader | None:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(content))
        len(reader.pages)
    except (PyPdfError, *_DAMAGE):
        return None
    return reader


#: What reading a damaged PDF can raise besides pypdf's own errors.
_DAMAGE = (
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    IndexError,
    RecursionError,
    OverflowError,
    AssertionError,
    NotImplementedError,
    OSError,
    EOFError,
)


def _attached(reader: PdfReader) -> Evidence | Found:
    from pypdf.errors import PyPdfError

    try:
        contents = [item.content for item in reader.attachment_list if item.name == FILE_NAME]
        if len(contents) != 1:
            return Found(Difference.NO_EVIDENCE, "No evidence is attached to this file.")
        evidence = read_evidence(contents[0].decode("ascii"))
        Paper(evidence.paper)
    except (PyPdfError, NotEvidenceError, *_DAMAGE):
        return Found(Difference.NO_EVIDENCE, "The attached evidence cannot be read.")
    return evidence


def _history_breaks(evidence: Evidence) -> Iterator[Found]:
    """Where the history does not hold, and whether it ends with the attached facts."""
    if not evidence.history:
        return
    report = check_chain(evidence.case.id, evidence.history)
    if report.broken is not None:
        yield Found(Difference.CHAIN, report.broken.words)
        return
    # Facts that an older version stored may be written differently by this one.
    same_version = {entry.program_version for entry in evidence.history} == {__version__}
    if same_version and evidence.history[-1].state != state_of_bodies(sections_of(evidence.case)):
        yield Found(
            Difference.FACTS,
            "The attached facts are not those that the last entry of the history sealed.",
        )


def _page_differences(reader: PdfReader, expected: bytes) -> Iterator[Found]:
    """Where the pages say something else than the pages set anew from the evidence."""
    wanted = _opened(expected)
    named = 0
    for number, (said, should) in enumerate(_both(reader, wanted), start=1):
        for change in _changed_words(said.split(), should.split()):
            if named < _NAMED:
                yield Found(Difference.PAGES, f"Page {number}: {change}")
            named += 1
    if named > _NAMED:
        yield Found(Difference.PAGES, f"{named - _NAMED:,} more differences on the pages.")
    elif named == 0:
        yield Found(
            Difference.BYTES,
            "The file was altered, though its pages and its evidence read the same.",
        )


def _both(reader: PdfReader, wanted: PdfReader | None) -> Iterator[tuple[str, str]]:
    said = _page_texts(reader)
    should = _page_texts(wanted) if wanted is not None else []
    for number in range(max(len(said), len(should))):
        yield (
            said[number] if number < len(said) else "",
            should[number] if number < len(should) else "",
        )


def _page_texts(reader: PdfReader) -> list[str]:
    """The text of each page; a page that cannot be read has none."""
    from pypdf.errors import PyPdfError

    texts = []
    for page in reader.pages:
        try:
            texts.append(page.extract_text())
        except (PyPdfError, *_DAMAGE):
            texts.append("")
    return texts


def _changed_words(said: list[str], should: list[str]) -> Iterator[str]:
    if said == should:
        return
    said = said[:_MOST_WORDS]
    matcher = difflib.SequenceMatcher(None, said, should, autojunk=False)
    for tag, first, last, wanted_first, wanted_last in matcher.get_opcodes():
        if tag != "equal":
            is_there = clean(" ".join(said[first:last]))[:120] or "nothing"
            belongs = clean(" ".join(should[wanted_first:wanted_last]))[:120] or "nothing"
            yield f"“{is_there}” stands where the evidence says “{belongs}”."


def _figures(shown: dict[str, Any]) -> tuple[Any, ...]:
    """What no later version may see differently: dates, counts by date, the head."""
    cover, testing, log = shown["cover"], shown["testing"], shown["log"]
    return cover.get("dates"), testing.get("dates"), testing.get("total"), log.get("head")


def _missing_texts(reader: PdfReader, shown: dict[str, Any]) -> Iterator[Found]:
    """Texts of the evidence that stand on no page (a file of another version)."""
    pages = _squeezed("".join(_page_texts(reader)))
    missing = [
        text
        for text in (*_texts(*(shown.get(part) for part in _COMPARED)), shown["cover"]["verdict"])
        if _squeezed(clean(text)) not in pages
    ]
    for text in missing[:_NAMED]:
        yield Found(Difference.PAGES, f"No page says “{clean(text)[:120]}”.")


def _texts(*values: object) -> Iterator[str]:
    for value in values:
        if isinstance(value, dict):
            yield from _texts(*value.values())
        elif isinstance(value, list):
            yield from _texts(*value)
        elif isinstance(value, str) and any(character.isdigit() for character in value):
            yield value


def _squeezed(text: str) -> str:
    return "".join(text.split()).casefold()
