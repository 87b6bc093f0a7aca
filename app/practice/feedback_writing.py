"""Feedback files as CAIS writes them (CAIS specification §6.1), one per stage."""

from __future__ import annotations

import bz2
import json
import math
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app.onboarding.business_calendar import EASTERN
from app.onboarding.testing import FileKind
from app.onboarding.testing import SubmissionStatus as Status
from app.practice.judgement import PLAYED_REJECTION, Count, Item, Judgement
from app.practice.scenario import Scenario
from app.submissions.feedback import PRACTICE_MARK
from app.submissions.names import CaisName

_INTERIM = frozenset(
    {Status.FILE_ACKNOWLEDGED, Status.FILE_INTEGRITY_PASSED, Status.RECORD_SCAN_COMPLETED}
)
_PLAYED_SHARE = 12  # percent
_INTEGRITY_CODES = {FileKind.CAIS: "21011", FileKind.TIDS: "21511"}
_NO_PARTNER_CODES = {FileKind.CAIS: "21014", FileKind.TIDS: "21514"}
_DUPLICATE_CODES = {FileKind.CAIS: "21001", FileKind.TIDS: "21501"}


@dataclass(frozen=True, slots=True)
class Received:
    """A submission that arrived.

    Args:
        feedback_name: what its feedback is named after: the base name, with a file version where
            it is not the first of that name, or whatever name a refused file had.
    """

    name: CaisName
    feedback_name: str
    submission_id: int
    username: str
    submitter_id: int
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """One feedback file to come: its version, and the state it tells."""

    version: int
    status: Status
    codes: tuple[str, ...] = ()
    counts: bool = False


def answers_to(
    judgement: Judgement, scenario: Scenario, *, duplicate: bool, partner_came: bool
) -> tuple[Answer, ...]:
    """What CAIS answers to a file, stage after stage."""
    kind = judgement.kind
    acknowledged = Answer(1, Status.FILE_ACKNOWLEDGED)
    codes = judgement.file_codes
    if duplicate:
        codes = (_DUPLICATE_CODES[kind],)
    elif scenario is Scenario.INTEGRITY_ERROR and not codes:
        codes = (_INTEGRITY_CODES[kind],)
    elif not partner_came and not codes:
        codes = (_NO_PARTNER_CODES[kind],)
    if judgement.too_large:
        return acknowledged, Answer(2, Status.INCOMPLETE_PROCESSING_FAILURE)
    if codes:
        return acknowledged, Answer(2, Status.COMPLETED_INTEGRITY_ERROR, codes)
    passed = Answer(2, Status.FILE_INTEGRITY_PASSED)
    if kind is FileKind.TIDS:
        return acknowledged, passed, Answer(4, Status.COMPLETED, counts=True)
    final = (
        Status.COMPLETED_WITH_REJECTIONS if judgement.items else Status.COMPLETED_WITHOUT_REJECTIONS
    )
    scanned = Answer(3, Status.RECORD_SCAN_COMPLETED, counts=True)
    return acknowledged, passed, scanned, Answer(4, final, counts=True)


def with_played_rejections(judgement: Judgement) -> Judgement:
    """12 % of the accounts rejected, those that really are wrong among them."""
    received = judgement.accounts.received
    wanted = math.ceil(received * _PLAYED_SHARE / 100)
    missing = wanted - (received - judgement.accounts.accepted)
    if missing <= 0:
        return judgement
    played = tuple(
        Item(PLAYED_REJECTION, record_id=number) for number in judgement.record_ids[:missing]
    )
    return replace(
        judgement,
        accounts=Count(received, judgement.accounts.accepted - len(played)),
        items=judgement.items + played,
    )


def feedback_file(
    received: Received, judgement: Judgement, answers: tuple[Answer, ...], now: datetime
) -> tuple[str, bytes]:
    """Name and content of the feedback file for the last of `answers`."""
    last = answers[-1]
    document: dict[str, Any] = {
        PRACTICE_MARK: "A simulation wrote this; it proves nothing.",
        "version": judgement.schema or "2.0.0",
        "submissionID": received.submission_id,
        "submissionStatus": last.status.value,
        "receiptTimestamp": _timestamp(received.received_at),
        "statusHistory": {answer.status.value: _timestamp(now) for answer in answers},
    }
    if judgement.kind is FileKind.CAIS:
        document |= {
            "submitterUsername": received.username,
            "catSubmitterID": received.submitter_id,
            "catReporterCRD": received.name.reporter_crd,
        }
        if judgement.correspondent_crd is not None:
            document["correspondentCRD"] = judgement.correspondent_crd
    if last.status not in _INTERIM:
        document["completedTimestamp"] = _timestamp(now)
    if last.counts:
        document |= _counts(judgement)
        document["rejectionItems"] = [_item(i, n, now) for n, i in enumerate(judgement.items, 1)]
    elif last.codes:
        document["rejectionItems"] = [_item(Item(c), n, now) for n, c in enumerate(last.codes, 1)]
    name = f"{received.feedback_name}.v{last.version}.feedback.json.bz2"
    return name, bz2.compress(json.dumps(document).encode())


def _counts(judgement: Judgement) -> dict[str, object]:
    if judgement.kind is FileKind.TIDS:
        # The published examples write these two as text.
        return {
            "receivedTIDsCount": str(judgement.identifiers.received),
            "successfulTIDsCount": str(judgement.identifiers.accepted),
        }
    counts: dict[str, object] = {}
    for what, count in (
        ("FDIDRecord", judgement.accounts),
        ("NaturalRecord", judgement.natural_persons),
        ("LegalEntityRecord", judgement.legal_entities),
        ("CorrectionAction", Count()),
    ):
        counts[f"received{what}Count"] = count.received
        counts[f"successful{what}Count"] = count.accepted
    return counts


def _item(item: Item, number: int, now: datetime) -> dict[str, object]:
    written: dict[str, object] = {
        "rejectionID": number,
        "errorCode": int(item.code),
        "rejectionTimestamp": _timestamp(now),
    }
    if item.fdid is not None:
        written["firmDesignatedID"] = item.fdid
    if item.record_id is not None:
        written["fdidRecordID"] = item.record_id
    if item.customer is not None:
        written["customerRecordID"] = [item.customer]
    return written


def _timestamp(moment: datetime) -> str:
    return moment.astimezone(EASTERN).strftime("%Y%m%dT%H%M%S.%f")
