"""Levels, which submissions count and why, and the error rate (guide §6). Exact numbers only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from app.onboarding.case import Case
from app.onboarding.firm import Registration
from app.onboarding.guide import the_guide
from app.onboarding.testing import (
    SentBy,
    SubmissionRecord,
)
from app.onboarding.tracks import Track, tracks_of

#: Tracks whose submissions are held to a level and an error rate.
LEVEL_TRACKS = frozenset({Track.SELF_REPORTING, Track.REPORTS_FOR_OTHERS})


@dataclass(frozen=True, slots=True)
class Level:
    """How many accounts must be received by CAIS (R6.3)."""

    required_accounts: int
    registered_accounts: int
    #: Served firms of which one account each must be accepted (§6.2).
    firms: int
    basis: str


@dataclass(frozen=True, slots=True)
class Totals:
    """Accounts of several submissions together."""

    received: int = 0
    accepted: int = 0
    #: Received ones whose LTIDs have all ended: they do not count toward the level.
    without_current_ltid: int = 0

    @property
    def rejected(self) -> int:
        """Received minus accepted."""
        return self.received - self.accepted

    @property
    def error_rate(self) -> Fraction | None:
        """Rejected over received; None where nothing was received (R6.4)."""
        return Fraction(self.rejected, self.received) if self.received else None


@dataclass(frozen=True, slots=True)
class JudgedSubmission:
    """A submission with the reason why it counts or does not."""

    record: SubmissionRecord
    counts: bool
    reason: str
    #: The track whose requirement it serves, where it counts.
    track: Track | None = None
    #: A newer state of the same submission is known.
    superseded: bool = False
    #: It does not count because its numbers cannot be true together.
    contradictory: bool = False
    #: It would count if the person stated what feedback does not say.
    to_state: bool = False

    @property
    def error_rate(self) -> Fraction | None:
        """The submission's own error rate; None where nothing was received or counted."""
        received, rejected = self.record.accounts_received, self.record.accounts_rejected
        return Fraction(rejected, received) if received and rejected is not None else None

    @property
    def over_limit(self) -> bool:
        """Whether its own error rate is 10 % or more: a warning, not a verdict (R6.4)."""
        rate = self.error_rate
        return rate is not None and not below_limit(rate)


def certification_level(accounts: int) -> int:
    """How many accounts must be submitted: all below 100, else 100 (§6.1 step 2).

    Raises:
        ValueError: `accounts` is negative.
    """
    if accounts < 0:
        raise ValueError("accounts must not be negative")
    return min(accounts, the_guide().full_level_accounts)


def below_limit(rate: Fraction) -> bool:
    """Whether an error rate is less than 10 %; just 10 % is not (R6.4)."""
    return rate.numerator * 100 < the_guide().error_rate_limit_percent * rate.denominator


def level_of(case: Case) -> Level | None:
    """The level the firm is held to, or None on tracks without one or before it is known."""
    registration = case.registration
    accounts = registration.ltid_accounts
    tracks = tracks_of(registration)
    if accounts is None or not LEVEL_TRACKS.intersection(tracks):
        return None
    required = certification_level(accounts)
    full = the_guide().full_level_accounts
    basis = (
        f"fewer than {full} accounts with LTIDs: all {accounts:,}"
        if accounts < full
        else f"{accounts:,} accounts with LTIDs: at least {full}"
    )
    firms = 0
    if Track.REPORTS_FOR_OTHERS in tracks:
        firms = sum(firm.ltid_accounts != 0 for firm in case.relationships.served_firms)
        number = f"of {firms:,} " if firms > 1 else ""
        basis += (
            f"; aggregate of all firms, and one for each {number}{'firms' if firms > 1 else 'firm'}"
        )
    return Level(required, accounts, firms, basis)


def totals_of(records: Iterable[SubmissionRecord]) -> Totals:
    """The sums over `records`; one without counts adds nothing."""
    counted = [
        record
        for record in records
        if record.accounts_received is not None and record.accounts_accepted is not None
    ]
    return Totals(
        sum(record.accounts_received or 0 for record in counted),
        sum(record.accounts_accepted or 0 for record in counted),
        sum(record.accounts_without_current_ltid or 0 for record in counted),
    )


def sender_of(record: SubmissionRecord, registration: Registration) -> SentBy | None:
    """Who sent it: as stated, else told by the submitter's number; None if neither tells."""
    if record.sent_by is not None:
        return record.sent_by
    if record.submitter_id is None or registration.identifier is None:
        return None
    own = record.submitter_id == registration.identifier
    return SentBy.OURSELVES if own else SentBy.AGENT
