"""Levels, which submissions count and why, and the error rate (guide §6). Exact numbers only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction

from app.onboarding.access import Environment
from app.onboarding.case import Case
from app.onboarding.firm import Registration
from app.onboarding.guide import the_guide
from app.onboarding.testing import (
    COMPLETED_STATUSES,
    INTERIM_STATUSES,
    DataKind,
    EvidenceSource,
    FileKind,
    SentBy,
    SubmissionRecord,
)
from app.onboarding.tracks import Track, tracks_of

#: Tracks whose submissions are held to a level and an error rate.
LEVEL_TRACKS = frozenset({Track.SELF_REPORTING, Track.REPORTS_FOR_OTHERS})
# What feedback does not say and the person must.
_SAY_ENVIRONMENT = "Say which environment it was sent to."
_SAY_DATA = "Say whether it holds production data or mock data."
_SAY_FIRM = "Say which firm it was sent for (reporter CRD)."
_SAY_SENDER = "Say who sent it: the firm itself or its agent."
_TO_STATE = frozenset({_SAY_ENVIRONMENT, _SAY_DATA, _SAY_FIRM, _SAY_SENDER})


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
        """The submission's own error rate."""
        return totals_of([self.record]).error_rate

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
    return rate < Fraction(the_guide().error_rate_limit_percent, 100)


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


def judge_submissions(case: Case) -> tuple[JudgedSubmission, ...]:
    """Every submission of the case with whether it counts, in the case's order (R6.8, R6.9)."""
    tracks = tracks_of(case.registration)
    newest = _newest(case.testing.submissions)
    judged = []
    for record in case.testing.submissions:
        obstacle = _obstacle(record, case, tracks, newest)
        track = None if obstacle else _served_track(record, case.registration, tracks)
        if track is None and not obstacle:
            obstacle = _wrong_sender(record, case.registration, tracks)
        judged.append(
            JudgedSubmission(
                record,
                not obstacle,
                obstacle or "Completed in the test environment, chosen for certification.",
                track,
                superseded=record.id not in newest,
                contradictory=bool(obstacle) and obstacle == _contradiction(record),
                to_state=record.chosen and obstacle in _TO_STATE,
            )
        )
    return tuple(judged)


def _newest(records: tuple[SubmissionRecord, ...]) -> frozenset[str]:
    """Ids of the rows that are the newest state of their submission.

    Submissions are told apart by submission ID, not by name (our reading
    `told_apart_by_id`). A row without one stands for itself.
    """
    newest: dict[str, SubmissionRecord] = {}
    for record in records:
        if record.submission_id is not None:
            known = newest.setdefault(record.submission_id, record)
            newest[record.submission_id] = max(known, record, key=_newness)
    alone = {record.id for record in records if record.submission_id is None}
    return frozenset(alone | {record.id for record in newest.values()})


def _newness(record: SubmissionRecord) -> tuple[int, bool, datetime, bool, bool, str]:
    """What is newer sorts higher; among equals the person's choice, never the order of rows."""
    return (
        record.feedback_version or 0,
        record.chosen,
        record.completed_at or datetime.min.replace(tzinfo=UTC),
        record.source is EvidenceSource.FEEDBACK_FILE,
        record.accounts_received is not None,
        record.id,
    )


def _obstacle(
    record: SubmissionRecord, case: Case, tracks: tuple[Track, ...], newest: frozenset[str]
) -> str:
    """Why the row cannot count, whoever sent it; empty if nothing stands against it."""
    if record.practice and not case.practice:
        return "From practice: never counts."
    if record.kind is FileKind.TIDS:
        return "A Transformed Identifiers File holds no accounts."
    if record.id not in newest:
        return "Another row holds the same submission, in a newer or equal state."
    return (
        _status_obstacle(record)
        or _count_obstacle(record)
        or _reporter_obstacle(record, case, tracks)
        or _stated_obstacle(record, tracks)
        or ("" if record.chosen else "Not chosen for certification.")
    )


def _status_obstacle(record: SubmissionRecord) -> str:
    status = record.known_status
    if status in COMPLETED_STATUSES:
        return ""
    if record.status is None:
        return "Its status is not known."
    if status is None:
        return f"The status “{record.status}” is not documented."
    if status in INTERIM_STATUSES:
        return f"CAIS is not finished with it ({status.value})."
    return f"It ended without accepted accounts ({status.value})."


def _count_obstacle(record: SubmissionRecord) -> str:
    if record.accounts_received is None or record.accounts_accepted is None:
        return "The numbers of accounts received and accepted are missing."
    return _contradiction(record)


def _contradiction(record: SubmissionRecord) -> str:
    if record.accounts_received is None:
        return ""
    if (record.accounts_accepted or 0) > record.accounts_received:
        return "More accounts accepted than received cannot be: check the numbers."
    if (record.accounts_without_current_ltid or 0) > record.accounts_received:
        return "More accounts without a current LTID than received cannot be: check the numbers."
    return ""


def _reporter_obstacle(record: SubmissionRecord, case: Case, tracks: tuple[Track, ...]) -> str:
    own = case.registration.identifier
    by_agent = sender_of(record, case.registration) is SentBy.AGENT
    for_others = case.registration.serves_others and not by_agent
    named = {record.reporter_crd, record.correspondent_crd} - {None}
    if not named:
        return _SAY_FIRM if for_others and Track.REPORTS_FOR_OTHERS in tracks else ""
    reporter = record.reporter_crd or record.correspondent_crd
    if for_others:
        served = {firm.crd for firm in case.relationships.served_firms}
        if not named & (served | {own}):
            return f"Sent for CRD {reporter}, which is not among the firms of step 5."
    elif own is not None and own not in named:
        return f"Sent for CRD {reporter}, not for this firm ({own})."
    return ""


def _stated_obstacle(record: SubmissionRecord, tracks: tuple[Track, ...]) -> str:
    if record.environment is None:
        return _SAY_ENVIRONMENT
    if record.environment is Environment.PRODUCTION:
        return "Sent to production: only the test environment counts."
    if record.data is None:
        return _SAY_DATA
    mock_asked = Track.NO_LTID_ACCOUNTS in tracks
    if record.data is DataKind.MOCK and not mock_asked:
        return "Mock data counts only for firms without LTID accounts (§6.3)."
    if record.data is DataKind.PRODUCTION and mock_asked:
        return "A firm without LTID accounts certifies with mock data (§6.3)."
    return ""


def _served_track(
    record: SubmissionRecord, registration: Registration, tracks: tuple[Track, ...]
) -> Track | None:
    """The track that the submission's sender serves; None if its sender fits none."""
    if not tracks:
        return None
    if tracks[0] is Track.NO_LTID_ACCOUNTS:
        return tracks[0]
    sender = sender_of(record, registration)
    own = next((track for track in tracks if track in LEVEL_TRACKS), None)
    agent = Track.THROUGH_AGENT if Track.THROUGH_AGENT in tracks else None
    if sender is None:
        return own if agent is None else (agent if own is None else None)
    return own if sender is SentBy.OURSELVES else agent


def _wrong_sender(
    record: SubmissionRecord, registration: Registration, tracks: tuple[Track, ...]
) -> str:
    if not tracks:
        return "Who reports for the firm is not answered yet (step 1)."
    sender = sender_of(record, registration)
    if sender is None:
        return _SAY_SENDER
    if sender is SentBy.OURSELVES:
        return "Sent by the firm itself, but its agent reports for it (step 1)."
    return "Sent by somebody else, but no agent reports for this firm (step 1)."
