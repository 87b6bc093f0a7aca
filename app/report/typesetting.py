"""Setting pages with typst: the same bytes for the same input, no network, no system fonts."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Literal, cast

from app.report.text import for_pages
from app.resources import path_of

#: Archival with the evidence inside and every text mapped to Unicode (PDF/A-3a), and readable
#: by a screen reader (PDF/UA-1).
STANDARDS: list[Literal["a-3a", "ua-1"]] = ["a-3a", "ua-1"]
_ROOT = str(path_of(""))
_FONTS = [str(path_of("fonts"))]


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
        # The engine gives up the interpreter lock, so that the window stays alive meanwhile.
        return bytes(
            typst.compile(
                str(path_of(template)),
                format="pdf",
                sys_inputs=_inputs(content, made_at, paper, attached),
                pdf_standards=[*STANDARDS] if archival else [],
                timestamp=int(made_at.timestamp()),
                root=_ROOT,
                font_paths=_FONTS,
                ignore_system_fonts=True,
            )
        )
    except typst.TypstError as error:
        if not archival:
            raise
        raise TypesettingError(error.message) from error


def pages(
    template: str, content: dict[str, Any], made_at: datetime, *, paper: Paper, ppi: float
) -> list[bytes]:
    """The same pages as PNG pictures, `ppi` pixels to the inch."""
    import typst

    # One page comes as bytes, several as a list.
    made: object = typst.compile(
        str(path_of(template)),
        format="png",
        ppi=ppi,
        sys_inputs=_inputs(content, made_at, paper, None),
        timestamp=int(made_at.timestamp()),
        root=_ROOT,
        font_paths=_FONTS,
        ignore_system_fonts=True,
    )
    return [made] if isinstance(made, bytes) else [bytes(page) for page in cast(list[bytes], made)]


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
