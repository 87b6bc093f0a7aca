"""Several feedback files together: newest state, pairs, totals, and the domain's record."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from app.onboarding.testing import EvidenceSource, FileKind, SubmissionRecord
from app.submissions.collection import newest_states, pairs, totals
from app.submissions.evidence import record_id, record_of
from app.submissions.feedback import Feedback
from app.submissions.feedback_reader import interpret_feedback
from app.submissions.names import parse_name
from tests.submissions.making import (
    TODAY,
    accepted_document,
    feedback_document,
    packed,
    rejection,
    tids_document,
)


def read(
    document: object, version: int = 4, base: str = "123_456_20201005_CAIS_000123"
) -> Feedback:
    name = parse_name(f"{base}.v{version}.feedback.json.bz2", today=TODAY)
    data = document if isinstance(document, bytes) else packed(document)
    return interpret_feedback(data, name, sha256=str(hash(data)))


def interim(**changes: Any) -> Feedback:
    return read(feedback_document(submissionStatus="RECORD_SCAN_COMPLETED", **changes), 3)


def test_the_newest_version_of_a_submission_wins_in_any_order() -> None:
    final, scan = read(feedback_document()), interim()
    for order in ([final, scan], [scan, final]):
        (state,) = newest_states(order)
        assert state.newest is final
        assert state.older == (scan,)
        assert state.findings == ()


def test_the_same_feedback_in_two_folders_is_one_submission() -> None:
    (state,) = newest_states([read(feedback_document()), read(feedback_document())])
    assert state.older == ()
    assert totals([state]).received == 100


def test_a_resend_under_the_same_name_is_another_submission() -> None:
    first = read(feedback_document())
    again = read(
        feedback_document(submissionID=7009, submissionStatus="COMPLETED_INTEGRITY_ERROR"), 2
    )
    states = newest_states([first, again])
    assert len(states) == 2
    assert totals(states).accepted == 92


def test_two_different_files_of_one_version_are_a_conflict() -> None:
    other = feedback_document(
        successfulFDIDRecordCount=91, rejectionItems=[rejection(n) for n in range(9)]
    )
    (state,) = newest_states([read(feedback_document()), read(other)])
    assert [finding.finding for finding in state.findings] == ["conflicting-copies"]


def test_an_unreadable_newer_file_is_mentioned() -> None:
    (state,) = newest_states([interim(), read(b"BZh9damaged", 4)])
    assert [finding.finding for finding in state.findings] == ["newer-unreadable"]
    assert not state.newest.counts_as_evidence


def test_pairs_go_by_base_name() -> None:
    cais = read(accepted_document())
    tids = read(tids_document(), base="123_456_20201005_TIDS_000123")
    lonely = read(accepted_document(submissionID=8000), base="123_456_20201005_CAIS_000124")
    found = pairs(newest_states([tids, cais, lonely]))
    assert [(pair.name, pair.complete) for pair in found] == [
        ("123_456_20201005_000123", True),
        ("123_456_20201005_000124", False),
    ]
    assert found[0].cais is not None
    assert found[0].cais.newest is cais


def test_files_of_the_ltid_phase_need_no_partner() -> None:
    assert pairs(newest_states([read(accepted_document(version="1.0.0"))])) == ()


def test_totals_are_exact_and_count_evidence_only() -> None:
    exact = read(
        feedback_document(
            submissionID=1,
            receivedFDIDRecordCount=100,
            successfulFDIDRecordCount=90,
            rejectionItems=[rejection(n) for n in range(10)],
        )
    )
    found = totals(newest_states([exact, interim(submissionID=2)]))
    assert (found.submissions, found.received, found.accepted, found.rejected) == (1, 100, 90, 10)
    assert found.error_rate == Fraction(1, 10)
    assert totals([]).error_rate is None


def test_a_record_for_the_domain_has_the_counts() -> None:
    feedback = read(feedback_document(correspondentCRD=789))
    record = record_of(feedback)
    assert record.source is EvidenceSource.FEEDBACK_FILE
    assert (record.submitter_id, record.reporter_crd, record.correspondent_crd) == (
        "123",
        "456",
        "789",
    )
    assert (record.accounts_received, record.accounts_accepted) == (100, 92)
    assert record.kind is FileKind.CAIS
    assert record.submission_id == "7001"
    assert record.received_at == feedback.receipt_timestamp
    assert (record.errors[0].code, record.errors[0].items) == ("22012", 8)
    assert record.chosen
    assert SubmissionRecord.model_validate_json(record.model_dump_json()) == record
    assert "MARKER" not in record.model_dump_json()


def test_newer_feedback_keeps_the_record_s_id() -> None:
    assert record_id(interim()) == record_id(read(feedback_document()))
    assert record_id(interim()) != record_id(read(feedback_document(submissionID=9)))
    assert not record_of(interim()).chosen


def test_what_the_domain_does_not_take_is_left_out_and_said() -> None:
    huge = feedback_document(receivedFDIDRecordCount=2**62, successfulFDIDRecordCount=2**62 - 8)
    record = record_of(read(huge))
    assert record.accounts_received is None
    assert not record.chosen
    assert "accounts received" in record.findings[-1]


def test_an_unreadable_file_becomes_a_record_that_says_so() -> None:
    record = record_of(read(b"junk"))
    assert not record.chosen
    assert record.findings
