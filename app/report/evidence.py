"""The evidence that goes into the PDF as JSON: facts, history and what the pages show."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any

from pydantic import TypeAdapter

from app.onboarding.assessment import Assessment
from app.onboarding.case import Case
from app.report.content import Occasion
from app.report.seal import attached_facts, facts_seal
from app.storage.history import RecordedEntry

FORMAT = "cais-onboarding-evidence/1"
_ENTRIES: TypeAdapter[tuple[RecordedEntry, ...]] = TypeAdapter(tuple[RecordedEntry, ...])
FILE_NAME = "cais-onboarding-evidence.json"


class NotEvidenceError(ValueError):
    """The text is no evidence of this program, or of a version that it does not know."""


@dataclass(frozen=True)
class Evidence:
    """What an attached evidence file holds.

    `shown` is every text on the pages, `seal` the fingerprint of the facts as they are attached.
    """

    case: Case
    today: date
    made_at: datetime
    version: str
    paper: str
    history: tuple[RecordedEntry, ...]
    shown: dict[str, Any]
    seal: str

    @property
    def head(self) -> str:
        """The hash of the last entry of the history; empty without one."""
        return self.history[-1].hash if self.history else ""


def evidence_json(
    assessment: Assessment, occasion: Occasion, shown: dict[str, Any], paper: str
) -> str:
    """The evidence as JSON, ASCII only, the same for the same input."""
    document = {
        "format": FORMAT,
        "program_version": occasion.version,
        "made_at": occasion.made_at.isoformat(),
        "today": assessment.today.isoformat(),
        "paper": paper,
        "head": occasion.history[-1].hash if occasion.history else None,
        "case": attached_facts(assessment.case),
        "history": _columns(occasion.history),
        "shown": shown,
    }
    return json.dumps(document, ensure_ascii=True, separators=(",", ":"), allow_nan=False)


def read_evidence(text: str) -> Evidence:
    """The evidence in an attached file.

    Raises:
        NotEvidenceError: `text` is not what `evidence_json` writes.
    """
    try:
        document = json.loads(text)
        if document["format"] != FORMAT:
            raise NotEvidenceError(str(document["format"]))
        evidence = Evidence(
            case=Case.model_validate_json(json.dumps(document["case"])),
            today=date.fromisoformat(document["today"]),
            made_at=datetime.fromisoformat(document["made_at"]),
            version=document["program_version"],
            paper=document["paper"],
            history=_entries(document["history"]),
            shown=_shown(document["shown"]),
            seal=facts_seal(
                *(document[part] for part in ("case", "today", "made_at", "program_version"))
            ),
        )
        stated_head = document["head"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NotEvidenceError("not evidence of this program") from error
    if (stated_head or "") != evidence.head:
        raise NotEvidenceError("the head is not the hash of the last entry")
    return evidence


def _shown(shown: dict[str, Any]) -> dict[str, Any]:
    """What the pages show, with the parts that a check looks at."""
    if not all(isinstance(shown[part], dict) for part in ("cover", "testing", "log")):
        raise ValueError("parts are missing")
    if not isinstance(shown["cover"]["verdict"], str) or "facts" not in shown["log"]:
        raise ValueError("no verdict, or no fingerprint of the facts")
    return shown


def _columns(history: Sequence[RecordedEntry]) -> dict[str, Any]:
    """A table: names once, then a row per entry."""
    return {
        "columns": [field.name for field in fields(RecordedEntry)],
        "rows": [list(asdict(entry).values()) for entry in history],
    }


def _entries(table: dict[str, Any]) -> tuple[RecordedEntry, ...]:
    names = [field.name for field in fields(RecordedEntry)]
    if table["columns"] != names:
        raise ValueError("other columns")
    rows = [dict(zip(names, row, strict=True)) for row in table["rows"]]
    return _ENTRIES.validate_json(json.dumps(rows), strict=True)
