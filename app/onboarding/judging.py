"""Which submissions count for certification, and why the others do not (guide §6, R6.8, R6.9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from app.onboarding.access import Environment
from app.onboarding.case import Case
from app.onboarding.certification import LEVEL_TRACKS, JudgedSubmission, sender_of
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

# What feedback does not say and the person must.
_SAY_ENVIRONMENT = "Say which environment it was sent to."
_SAY_DATA = "Say whether it holds production data or mock data."
_SAY_FIRM = "Say which firm it was sent for (reporter CRD)."
_SAY_SENDER = "Say who sent it: the firm itself or its agent."
_TO_STATE = frozenset({_SAY_ENVIRONMENT, _SAY_DATA, _SAY_FIRM, _SAY_SENDER})


@dataclass(frozen=True, slots=True)
class _Grounds:
    """What all submissions of a case are judged by, found out once."""

    case: Case
    tracks: tuple[Track, ...]
    newest: frozenset[str]
    served_crds: frozenset[str]


def judge_submissions(case: Case) -> tuple[JudgedSubmission, ...]:
    """Every submission of the case with whether it counts, in the case's order (R6.8, R6.9)."""
    grounds = _Grounds(
        case,
        tracks_of(case.registration),
        _newest(case),
        frozenset(firm.crd for firm in case.relationships.served_firms if firm.crd is not None),
    )
    return tuple(_judged(record, grounds) for record in case.testing.submissions)


def _judged(record: SubmissionRecord, grounds: _Grounds) -> JudgedSubmission:
    obstacle = _obstacle(record, grounds)
    track = None if obstacle else _served_track(record, grounds)
    if track is None and not obstacle:
        obstacle = _wrong_sender(record, grounds)
    return JudgedSubmission(
        record,
        not obstacle,
        obstacle or "Completed in the test environment, chosen for certification.",
        track,
        superseded=record.id not in grounds.newest,
        contradictory=bool(obstacle) and obstacle == _contradiction(record),
        to_state=record.chosen and obstacle in _TO_STATE,
    )


def _newest(case: Case) -> frozenset[str]:
    """Ids of the rows that are the newest state of their submission.

    Submissions are told apart by submission ID, not by name (our reading
    `told_apart_by_id`). A row without one stands for itself, and so does one from practice
    or production: their numbers are given by other systems.
    """
    newest: dict[str, SubmissionRecord] = {}
    alone = set()
    for record in case.testing.submissions:
        elsewhere = record.environment is Environment.PRODUCTION
        if record.submission_id is None or elsewhere or (record.practice and not case.practice):
            alone.add(record.id)
        else:
            known = newest.setdefault(record.submission_id, record)
            newest[record.submission_id] = max(known, record, key=_newness)
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


def _obstacle(record: SubmissionRecord, grounds: _Grounds) -> str:
    """Why the row cannot count, whoever sent it; empty if nothing stands against it."""
    if record.practice and not grounds.case.practice:
        return "From practice: never counts."
    if record.kind is FileKind.TIDS:
        return "A Transformed Identifiers File holds no accounts."
    if record.id not in grounds.newest:
        return "Another row holds the same submission, in a newer or equal state."
    return (
        _status_obstacle(record)
        or _count_obstacle(record)
        or _reporter_obstacle(record, grounds)
        or _stated_obstacle(record, grounds.tracks)
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


def _reporter_obstacle(record: SubmissionRecord, grounds: _Grounds) -> str:
    registration = grounds.case.registration
    own = registration.identifier
    by_agent = sender_of(record, registration) is SentBy.AGENT
    for_others = registration.serves_others and not by_agent
    named = {record.reporter_crd, record.correspondent_crd} - {None}
    if not named:
        return _SAY_FIRM if for_others and Track.REPORTS_FOR_OTHERS in grounds.tracks else ""
    reporter = record.reporter_crd or record.correspondent_crd
    if for_others:
        if own not in named and not named & grounds.served_crds:
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


def _served_track(record: SubmissionRecord, grounds: _Grounds) -> Track | None:
    """The track that the submission's sender serves; None if its sender fits none."""
    tracks = grounds.tracks
    if not tracks:
        return None
    if tracks[0] is Track.NO_LTID_ACCOUNTS:
        return tracks[0]
    sender = sender_of(record, grounds.case.registration)
    own = next((track for track in tracks if track in LEVEL_TRACKS), None)
    agent = Track.THROUGH_AGENT if Track.THROUGH_AGENT in tracks else None
    if sender is None:
        return own if agent is None else (agent if own is None else None)
    return own if sender is SentBy.OURSELVES else agent


def _wrong_sender(record: SubmissionRecord, grounds: _Grounds) -> str:
    if not grounds.tracks:
        return "Who reports for the firm is not answered yet (step 1)."
    sender = sender_of(record, grounds.case.registration)
    if sender is None:
        return _SAY_SENDER
    if sender is SentBy.OURSELVES:
        return "Sent by the firm itself, but its agent reports for it (step 1)."
    return "Sent by somebody else, but no agent reports for this firm (step 1)."
