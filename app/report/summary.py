"""The certification summary: the document that goes to FINRA CAT and into the firm's files."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

from app.onboarding.assessment import Assessment
from app.onboarding.case import Case
from app.report import typesetting
from app.report.content import Occasion, summary_content
from app.report.evidence import evidence_json
from app.report.typesetting import Paper, TypesettingError

_TEMPLATE = "summary.typ"
_NOT_ARCHIVAL = (
    "This copy is not an archival file (PDF/A): a character in it could not be set as the standard "
    "asks. The evidence is attached all the same."
)


@dataclass(frozen=True)
class Summary:
    """A finished summary. `notice` is what to tell the person about it; mostly empty."""

    content: bytes
    notice: str = ""

    @property
    def sha256(self) -> str:
        """The hash of the file, in hex: the export is recorded with it."""
        return hashlib.sha256(self.content).hexdigest()


def summary_pdf(
    assessment: Assessment, occasion: Occasion, *, paper: Paper = Paper.LETTER
) -> Summary:
    """The summary as PDF/A-3a and PDF/UA-1, with the evidence attached as JSON.

    The same assessment, occasion and paper give the same bytes. Nothing stops it: what cannot
    be set by the standards comes as a plain PDF that says so.
    """
    shown = summary_content(assessment, occasion)
    attached = evidence_json(assessment, occasion, shown, paper.value)
    made_at = occasion.made_at
    try:
        made = typesetting.pdf(_TEMPLATE, shown, made_at, paper=paper, attached=attached)
        return Summary(made)
    except TypesettingError:
        plain = typesetting.pdf(
            _TEMPLATE,
            {**shown, "notice": _NOT_ARCHIVAL},
            made_at,
            paper=paper,
            attached=attached,
            archival=False,
        )
        return Summary(plain, _NOT_ARCHIVAL)


def summary_pages(
    assessment: Assessment,
    occasion: Occasion,
    *,
    paper: Paper = Paper.LETTER,
    ppi: float = 110,
) -> list[bytes]:
    """The very pages of the summary as PNG pictures, `ppi` pixels to the inch."""
    shown = summary_content(assessment, occasion)
    return typesetting.pages(_TEMPLATE, shown, occasion.made_at, paper=paper, ppi=ppi)


def proposed_file_name(case: Case, today: date) -> str:
    """The name proposed for the file: `CAIS-certification-<CRD>-<date>.pdf`."""
    number = case.registration.identifier or "no-ID"
    practice = "PRACTICE-" if case.practice else ""
    return f"{practice}CAIS-certification-{number}-{today.isoformat()}.pdf"
