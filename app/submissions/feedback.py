"""Feedback: what CAIS answered to one submission, at one stage (specification 6.1).

Counts only. Nothing of a record is kept: the names of accounts in rejection items are counted
and dropped when a file is read, and no message quotes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from app.onboarding.testing import INTERIM_STATUSES, SubmissionStatus
from app.submissions.codes import ErrorGroup
from app.submissions.findings import Finding
from app.submissions.names import CaisName

LTID_PHASE_SCHEMA = "1.0.0"
FULL_CAIS_SCHEMA = "2.0.0"
KNOWN_SCHEMAS = (LTID_PHASE_SCHEMA, FULL_CAIS_SCHEMA)
#: A field that CAIS does not know: the simulated one writes it into all its feedback.
PRACTICE_MARK = "practiceCAIS"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of something CAIS received, and how many of them it took."""

    received: int
    accepted: int

    @property
    def rejected(self) -> int:
        """How many it did not take."""
        return self.received - self.accepted

    @property
    def error_rate(self) -> Fraction | None:
        """Rejected over received, exactly; None when nothing was received (R6.4)."""
        return Fraction(self.rejected, self.received) if self.received else None


@dataclass(frozen=True, slots=True)
class Feedback:
    """One feedback file, read. What the file does not say, or says unusably, is None.

    Times are aware, in UTC. `accounts` are FDID records; a TIDS file has `identifiers` instead.
    `submission_id` is as written, a number or a text. `counts_as_evidence` is what the file says by itself:
    the administrator chooses among those that count. `practice`: the simulated CAIS wrote it.
    """

    name: CaisName
    size: int | None = None
    sha256: str | None = None
    readable: bool = False
    practice: bool = False
    schema_version: str | None = None
    submission_id: int | str | None = None
    submitter_id: int | None = None
    reporter_crd: int | None = None
    correspondent_crd: int | None = None
    status_text: str | None = None
    status: SubmissionStatus | None = None
    receipt_timestamp: datetime | None = None
    completed_timestamp: datetime | None = None
    status_history: tuple[tuple[str, datetime | None], ...] = ()
    accounts: Tally | None = None
    natural_persons: Tally | None = None
    legal_entities: Tally | None = None
    corrections: Tally | None = None
    identifiers: Tally | None = None
    rejection_items: int = 0
    warning_items: int = 0
    accounts_named_in_items: int = 0
    errors: tuple[ErrorGroup, ...] = ()
    why_not: str | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def final(self) -> bool:
        """Whether CAIS is done with the submission: a documented state that is not interim."""
        return self.status is not None and self.status not in INTERIM_STATUSES

    @property
    def counts_as_evidence(self) -> bool:
        """Whether the file proves accepted accounts by itself; if not, `why_not` says why."""
        return self.why_not is None

    @property
    def is_ltid_phase(self) -> bool:
        """Whether the file is of the older schema, the one of the guide's LTID phase."""
        return self.schema_version == LTID_PHASE_SCHEMA
