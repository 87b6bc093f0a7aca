"""Setting pages with typst: the same bytes for the same input, no network, no system fonts."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, cast

from app.report.text import for_pages
from app.resources import path_of

if TYPE_CHECKING:
    from typst import Fonts

#: Archival with the evidence inside and every text mapped to Unicode (PDF/A-3a), and readable
#: by a screen reader (PDF/UA-1).
STANDARDS: list[Literal["a-3a", "ua-1"]] = ["a-3a", "ua-1"]
_ROOT = str(path_of(""))
_FONTS = [str(path_of("fonts"))]
#: For how many more documents the engine keeps what it has cached.
_CACHED_FOR = 10


class Paper(StrEnum):
    """The size of the pages."""

    LETTER = "us-letter"
    A4 = "a4"


class TypesettingError(Exception):
    """The pages could not be set as PDF/A and PDF/UA."""


def pdf(
    template: str,
    content: dict[str, Any],
    made_at: datetime,
    *,
    paper: Paper,
    attached: str | None = None,
    archival: bool = True,
) -> bytes:
    """Set `content` with a template of `app/resources`.

    Args:
        template: the template's file name.
        content: plain values; texts are shown as they are, never read as markup.
        made_at: the document's date, aware.
        paper: the size of the pages.
        attached: evidence to attach, as JSON.
        archival: PDF/A-3a and PDF/UA-1; without, nothing that the fonts lack stops it.

    Raises:
        TypesettingError: the engine refused the standards.
    """
    import typst

    try:
        made = _compile(
            template,
            format="pdf",
            sys_inputs=_inputs(content, made_at, paper, attached),
            pdf_standards=[*STANDARDS] if archival else [],
            timestamp=int(made_at.timestamp()),
        )
    except typst.TypstError as error:
        if not archival:
            raise
        raise TypesettingError(error.message) from error
    return bytes(cast(bytes, made))


def pages(
    template: str, content: dict[str, Any], made_at: datetime, *, paper: Paper, ppi: float
) -> list[bytes]:
    """The same pages as PNG pictures, `ppi` pixels to the inch."""
    made = _compile(
        template,
        format="png",
        ppi=ppi,
        sys_inputs=_inputs(content, made_at, paper, None),
        timestamp=int(made_at.timestamp()),
    )
    # One page comes as bytes, several as a list.
    return [made] if isinstance(made, bytes) else [bytes(page) for page in cast(list[bytes], made)]


def _compile(template: str, **options: Any) -> object:
    """What the engine makes. It gives up the interpreter lock, so that the window stays alive."""
    import typst

    try:
        return typst.compile(
            str(path_of(template)),
            root=_ROOT,
            font_paths=_fonts(),
            ignore_system_fonts=True,
            **options,
        )
    finally:
        _forget()


def _forget() -> None:
    """Have the engine drop what it has cached of the last document.

    It keeps that for ten more, which a preview that follows the person's typing would never use
    again: ten settings of a large document would hold some gigabytes.
    """
    import typst

    for _ in range(_CACHED_FOR + 1):
        typst.compile(b" ", format="svg", font_paths=_fonts(), ignore_system_fonts=True)


@cache
def _fonts() -> Fonts:
    """The shipped fonts and the engine's own, read once."""
    from typst import Fonts

    return Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=_FONTS)


def _inputs(
    content: dict[str, Any], made_at: datetime, paper: Paper, attached: str | None
) -> dict[str, str]:
    data = {
        **for_pages(content),
        # Properties of the file are not broken over lines.
        "document_title": content["title"].replace("\n", " "),
        "paper": paper.value,
        "date": [*made_at.astimezone(UTC).timetuple()[:6]],
    }
    inputs = {"data": json.dumps(data, ensure_ascii=True)}
    return inputs if attached is None else {**inputs, "attached": attached}
