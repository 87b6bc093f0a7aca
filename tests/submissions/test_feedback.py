"""One feedback file: exact counts, what counts as evidence, and everything odd named."""

from __future__ import annotations

import bz2
import hashlib
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.cancellation import CancelToken
from app.failures import Cancelled
from app.onboarding.business_calendar import EASTERN
from app.onboarding.testing import SubmissionStatus
from app.submissions.feedback import Feedback, Tally
from app.submissions.feedback_reader import interpret_feedback, read_feedback
from app.submissions.json_text import RepeatedKeys, decode_document
from app.submissions.names import parse_name
from app.submissions.timestamps import parse_timestamp
from tests.submissions.making import (
    FEEDBACK_NAME,
    TIDS_FEEDBACK_NAME,
    TODAY,
    accepted_document,
    feedback_document,
    packed,
    rejection,
    tids_document,
    write,
)


def read(document: object, name: str = FEEDBACK_NAME) -> Feedback:
    data = document if isinstance(document, bytes) else packed(document)
    return interpret_feedback(data, parse_name(name, today=TODAY))


def words(feedback: Feedback) -> list[str]:
    return [finding.finding for finding in feedback.findings]


def test_a_flawless_final_answer_is_read_exactly(tmp_path: Path) -> None:
    path = write(tmp_path, FEEDBACK_NAME, feedback_document())
    feedback = read_feedback(path, today=TODAY)
    assert feedback.findings == ()
    assert feedback.readable
    assert feedback.submission_id == 7001
    assert (feedback.submitter_id, feedback.reporter_crd) == (123, 456)
    assert feedback.status is SubmissionStatus.COMPLETED_WITH_REJECTIONS
    assert feedback.final
    assert feedback.counts_as_evidence
    assert feedback.accounts == Tally(100, 92)
    assert feedback.accounts.rejected == 8
    assert feedback.accounts.error_rate == Fraction(2, 25)
    assert feedback.natural_persons == Tally(120, 119)
    assert feedback.size == path.stat().st_size
    assert feedback.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_times_are_eastern_and_become_utc() -> None:
    feedback = read(feedback_document())
    # Daylight saving time still held on 5 October 2020: four hours behind UTC.
    assert feedback.receipt_timestamp == datetime(2020, 10, 5, 14, 15, 0, 123456, tzinfo=UTC)
    assert feedback.completed_timestamp == datetime(2020, 10, 5, 15, 40, tzinfo=UTC)
    winter = read(feedback_document(completedTimestamp="20201105T114000.5"))
    assert winter.completed_timestamp == datetime(2020, 11, 5, 16, 40, 0, 500000, tzinfo=UTC)


def test_several_errors_on_one_record_are_one_rejected_account() -> None:
    feedback = read(feedback_document())
    assert feedback.rejection_items == 10
    assert feedback.accounts_named_in_items == 8
    assert [(group.code, group.items) for group in feedback.errors] == [
        ("22012", 8),
        ("22050", 1),
        ("22507", 1),
    ]
    assert feedback.errors[0].title == "Missing or Invalid format of largeTraderID"


def test_an_item_may_name_its_account_by_fdid_alone() -> None:
    items = [rejection(1), {"errorCode": 22001, "firmDesignatedID": "MARKER-FDID-1"}]
    items.append({"errorCode": 22001, "firmDesignatedID": "other"})
    assert read(feedback_document(rejectionItems=items)).accounts_named_in_items == 2


def test_the_ltid_phase_is_read_too() -> None:
    feedback = read(feedback_document(version="1.0.0"))
    assert feedback.findings == ()
    assert feedback.is_ltid_phase
    assert feedback.counts_as_evidence


def test_a_correspondent_is_read() -> None:
    assert read(feedback_document(correspondentCRD=789)).correspondent_crd == 789


def test_numbers_written_as_text_are_accepted_and_named() -> None:
    feedback = read(
        feedback_document(receivedFDIDRecordCount="100", successfulFDIDRecordCount="92")
    )
    assert feedback.accounts == Tally(100, 92)
    assert feedback.counts_as_evidence
    (finding,) = feedback.findings
    assert finding.finding == "number-as-text"
    assert finding.count == 2
    assert "receivedFDIDRecordCount" in finding.message


def test_tids_feedback_counts_identifiers_and_no_accounts() -> None:
    feedback = read(tids_document(), TIDS_FEEDBACK_NAME)
    assert feedback.identifiers == Tally(123, 122)
    assert feedback.accounts is None
    assert feedback.final
    assert not feedback.counts_as_evidence
    assert words(feedback) == ["number-as-text"]
    assert feedback.name.reporter_crd == 456


@pytest.mark.parametrize(
    ("status", "version", "final"),
    [
        ("FILE_ACKNOWLEDGED", 1, False),
        ("FILE_INTEGRITY_PASSED", 2, False),
        ("COMPLETED_INTEGRITY_ERROR", 2, True),
        ("RECORD_SCAN_COMPLETED", 3, False),
        ("COMPLETED_FILE_TIMEOUT", 3, True),
        ("INCOMPLETE_PROCESSING_FAILURE", 4, True),
        ("CANCELLED_BY_SUPPORT", 1, True),
    ],
)
def test_interim_and_failed_states_never_count(status: str, version: int, final: bool) -> None:
    feedback = read(
        feedback_document(submissionStatus=status),
        f"123_456_20201005_CAIS_000123.v{version}.feedback.json.bz2",
    )
    assert feedback.status is SubmissionStatus(status)
    assert feedback.final is final
    assert not feedback.counts_as_evidence
    assert feedback.why_not
    assert words(feedback) == []


def test_a_timeout_is_final_at_v4_for_tids() -> None:
    timeout = tids_document(submissionStatus="COMPLETED_FILE_TIMEOUT")
    assert words(read(timeout, TIDS_FEEDBACK_NAME)) == ["number-as-text"]
    early = read(timeout, TIDS_FEEDBACK_NAME.replace("v4", "v3"))
    assert "undocumented-stage" in words(early)


def test_rejections_with_no_rejected_account_still_count() -> None:
    only_customers = feedback_document(
        successfulFDIDRecordCount=100,
        rejectionItems=[{"errorCode": 22507, "customerRecordID": [1]}],
    )
    feedback = read(only_customers)
    assert feedback.findings == ()
    assert feedback.counts_as_evidence
    assert feedback.accounts == Tally(100, 100)


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"rejectionItems": []}, "items-contradict-counts"),
        ({"rejectionItems": [rejection(n) for n in range(9)]}, "items-contradict-counts"),
        ({"successfulFDIDRecordCount": 91}, "items-contradict-counts"),
        ({"submissionStatus": "COMPLETED_WITHOUT_REJECTIONS"}, "status-contradicts-counts"),
    ],
)
def test_items_that_contradict_the_counts_are_shown_and_the_counts_rule(
    changes: dict[str, Any], finding: str
) -> None:
    feedback = read(feedback_document(**changes))
    assert words(feedback) == [finding]
    assert feedback.counts_as_evidence
    assert feedback.accounts is not None
    assert feedback.accounts.received == 100


def test_items_without_a_name_may_explain_the_difference() -> None:
    items = [rejection(n) for n in range(1, 8)] + [{"errorCode": 22003}]
    assert words(read(feedback_document(rejectionItems=items))) == []


def test_more_accepted_than_received_is_impossible_and_never_counts() -> None:
    feedback = read(feedback_document(successfulFDIDRecordCount=101))
    assert "impossible-counts" in words(feedback)
    assert feedback.accounts is None
    assert not feedback.counts_as_evidence


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"submissionStatus": "COMPLETED_SOMEHOW"}, "undocumented-status"),
        ({"version": "3.1.0"}, "undocumented-schema"),
    ],
)
def test_what_is_undocumented_is_shown_and_never_counts(
    changes: dict[str, Any], finding: str
) -> None:
    feedback = read(feedback_document(**changes))
    assert words(feedback) == [finding]
    assert not feedback.counts_as_evidence


def test_an_undocumented_version_never_counts_by_itself() -> None:
    name = FEEDBACK_NAME.replace("v4", "v5")
    feedback = read(feedback_document(), name)
    assert words(feedback) == ["name-undocumented-version", "undocumented-stage"]
    assert not feedback.counts_as_evidence


def test_an_undocumented_code_is_shown_as_such() -> None:
    items = [rejection(n, 29999) for n in range(1, 9)]
    feedback = read(feedback_document(rejectionItems=items))
    assert words(feedback) == ["undocumented-code"]
    assert feedback.errors[0].known is None
    assert feedback.errors[0].to_json() == {
        "code": "29999",
        "title": "Undocumented code",
        "stage": None,
        "items": 8,
    }


def test_a_name_of_another_firm_than_the_content_never_counts() -> None:
    feedback = read(feedback_document(catReporterCRD=457))
    assert words(feedback) == ["name-contradicts-content"]
    assert not feedback.counts_as_evidence


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"submissionStatus": None}, "missing-field"),
        ({"submissionStatus": 7}, "unusable-field"),
        ({"submissionStatus": "A\nB"}, "unusable-field"),
        ({"receivedFDIDRecordCount": None}, "missing-field"),
        ({"receivedFDIDRecordCount": -1}, "unusable-field"),
        ({"receivedFDIDRecordCount": 1.0}, "unusable-field"),
        ({"receivedFDIDRecordCount": True}, "unusable-field"),
        ({"receivedFDIDRecordCount": 10**30}, "unusable-field"),
        ({"receiptTimestamp": "2020-10-05T10:15:00"}, "unusable-field"),
        ({"receiptTimestamp": "20201305T101500"}, "unusable-field"),
        ({"receiptTimestamp": None}, "missing-field"),
        ({"submissionID": []}, "unusable-field"),
        ({"catReporterCRD": None}, "missing-field"),
    ],
)
def test_a_field_that_evidence_needs_must_be_usable(changes: dict[str, Any], finding: str) -> None:
    feedback = read(feedback_document(**changes))
    assert words(feedback) == [finding]
    assert not feedback.counts_as_evidence


def test_odd_items_are_named_and_survived() -> None:
    items = [7, None, [], {}, {"errorCode": []}, {"errorCode": "2 2"}, rejection(1, "22012")]
    feedback = read(feedback_document(rejectionItems=items))
    assert "unusable-field" in words(feedback)
    assert "item-without-code" in words(feedback)
    assert [(group.code, group.items) for group in feedback.errors] == [("22012", 1)]
    assert "unusable-field" in words(read(feedback_document(rejectionItems={"a": 1})))
    assert "unusable-field" in words(read(feedback_document(statusHistory=[1])))
    assert "unusable-field" in words(read(feedback_document(statusHistory={"x": 1})))


def test_warnings_on_corrections_are_grouped_with_the_errors() -> None:
    warnings = [{"failedRejectionID": 1, "warningCode": 24009}]
    feedback = read(feedback_document(failedCorrectionItems=warnings))
    assert feedback.warning_items == 1
    assert ("24009", 1) in [(group.code, group.items) for group in feedback.errors]


# --- files that are not what they should be ---

VALID = json.dumps(feedback_document()).encode()


@pytest.mark.parametrize(
    ("data", "finding"),
    [
        (b"", "empty-file"),
        (b"PK\x03\x04 an archive", "not-bzip2"),
        (bz2.compress(VALID)[:-7], "cut-short"),
        (bz2.compress(VALID)[:3], "cut-short"),
        (bz2.compress(VALID)[:-4] + b"abcd", "damaged-bzip2"),
        (b"BZh9" + b"\x00" * 50, "damaged-bzip2"),
        (bz2.compress(b""), "empty-document"),
        (bz2.compress(b"  \n"), "empty-document"),
        (bz2.compress(VALID.decode().encode("utf-16")), "not-utf8"),
        (bz2.compress(b'{"a": "\xff"}'), "not-utf8"),
        (bz2.compress(b'{"a": 1,}'), "not-json"),
        (bz2.compress(b'{"a": [1, 2,]}'), "not-json"),
        (bz2.compress(b'{"a": NaN}'), "not-json"),
        (bz2.compress(b'{"a": "\\ud800"}'), "not-json"),
        (bz2.compress(b'{"a": 1e999}'), "not-json"),
        (bz2.compress(b'{"a": 1'), "not-json"),
        (bz2.compress(VALID + VALID), "not-json"),
        (bz2.compress(b'{"a": "\x00"}'), "not-json"),
        (bz2.compress(b"\x00" * 100), "not-json"),
        (bz2.compress(b"[" * 100_000), "nested-too-deep"),
        (bz2.compress(b'{"a":' * 100_000), "nested-too-deep"),
        (bz2.compress(b"[]"), "not-an-object"),
        (bz2.compress(b"null"), "not-an-object"),
    ],
)
def test_what_cannot_be_read_gets_one_clear_line(data: bytes, finding: str) -> None:
    feedback = read(data)
    assert not feedback.readable
    assert not feedback.counts_as_evidence
    assert words(feedback) == [finding]


def test_a_trailing_comma_is_found_at_its_byte() -> None:
    text = '{"é": 1,}'.encode()
    (finding,) = read(bz2.compress(text)).findings
    assert finding.positions == (9,)
    assert text[9:10] == b"}"
    assert "comma" in finding.message


def test_several_streams_are_one_text() -> None:
    halves = bz2.compress(VALID[:100]) + bz2.compress(VALID[100:])
    assert read(halves).counts_as_evidence


def test_bytes_after_the_compressed_text_are_remarked() -> None:
    feedback = read(bz2.compress(VALID) + b"junk")
    assert words(feedback) == ["trailing-bytes"]
    assert feedback.readable


def test_a_byte_order_mark_is_named_and_the_rest_is_read() -> None:
    feedback = read(bz2.compress(b"\xef\xbb\xbf" + VALID))
    assert words(feedback) == ["byte-order-mark"]
    assert feedback.accounts == Tally(100, 92)


def test_a_key_that_stands_twice_is_found() -> None:
    text = VALID.replace(b'"submissionID": 7001', b'"submissionID": 1, "submissionID": 7001')
    (finding,) = read(bz2.compress(text)).findings
    assert (finding.finding, finding.count) == ("duplicate-key", 1)


def test_plain_json_is_read_and_remarked() -> None:
    feedback = read(VALID, FEEDBACK_NAME.removesuffix(".bz2"))
    assert words(feedback) == ["name-extension", "not-compressed"]
    assert feedback.accounts == Tally(100, 92)
    assert not feedback.counts_as_evidence


def test_a_400_digit_number_is_no_count() -> None:
    text = VALID.replace(
        b'"receivedFDIDRecordCount": 100', b'"receivedFDIDRecordCount": ' + b"9" * 400
    )
    assert words(read(bz2.compress(text))) == ["unusable-field"]


def bomb() -> bytes:
    """2 KB that unpack to 2 GB: one stream of 45 MB of zeros, many times."""
    one = bz2.compress(b"\0" * 45_000_000)
    return one * (2_000_000_000 // 45_000_000)


def test_a_bomb_is_stopped_early(capfd: pytest.CaptureFixture[str]) -> None:
    data = bomb()
    assert len(data) < 4_096
    feedback = read(data)
    assert words(feedback) == ["too-large-unpacked"]


def test_files_that_cannot_be_opened_are_findings(tmp_path: Path) -> None:
    folder = tmp_path / FEEDBACK_NAME
    folder.mkdir()
    assert words(read_feedback(folder, today=TODAY)) == ["not-a-file"]
    gone = tmp_path / FEEDBACK_NAME.replace("123.v4", "124.v4")
    assert words(read_feedback(gone, today=TODAY)) == ["file-gone"]
    pipe = tmp_path / FEEDBACK_NAME.replace("123.v4", "125.v4")
    os.mkfifo(pipe)
    assert words(read_feedback(pipe, today=TODAY)) == ["not-a-file"]
    assert words(read_feedback(Path("a\0b"), today=TODAY))[-1] == "not-readable"


def test_reading_can_be_cancelled(tmp_path: Path) -> None:
    path = write(tmp_path, FEEDBACK_NAME, feedback_document())
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        read_feedback(path, today=TODAY, cancel=cancel)


def test_no_message_holds_anything_of_a_record() -> None:
    changes = {
        "rejectionItems": [rejection(n, "MARKERCODE") for n in range(3)],
        "receivedFDIDRecordCount": "MARKER-COUNT",
        "submitterUsername": "MARKER-USER",
        "statusHistory": {"MARKER-STATUS": "MARKER-TIME"},
    }
    feedback = read(feedback_document(**changes))
    assert "MARKER-" not in repr(feedback.findings)
    assert "MARKER-FDID" not in repr(feedback)
    assert "MARKER-USER" not in repr(feedback)


# --- properties ---

COUNT = st.integers(0, 2**63 - 1)


@given(COUNT, COUNT, st.integers(0, 2**63 - 1), st.text(max_size=20))
def test_valid_feedback_is_read_back_exactly(one: int, two: int, number: int, user: str) -> None:
    received, accepted = max(one, two), min(one, two)
    document = accepted_document(
        submissionID=number,
        submitterUsername=user,
        receivedFDIDRecordCount=received,
        successfulFDIDRecordCount=accepted,
    )
    feedback = read(json.dumps(document).encode())
    assert feedback.submission_id == number
    assert feedback.accounts == Tally(received, accepted)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda children: (
        st.lists(children, max_size=4) | st.dictionaries(st.text(max_size=8), children, max_size=4)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(sorted(feedback_document())), JSON, max_size=6))
def test_any_value_in_any_field_gets_a_result(changes: dict[str, Any]) -> None:
    feedback = read(json.dumps(feedback_document(**changes)).encode())
    assert feedback.counts_as_evidence or feedback.why_not


@given(st.data())
def test_mutated_files_get_a_result(data: st.DataObject) -> None:
    raw = bytearray(data.draw(st.sampled_from([VALID, bz2.compress(VALID)])))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    feedback = read(bytes(raw))
    assert feedback.readable or feedback.findings


@given(st.binary(max_size=200))
def test_any_bytes_get_a_result(raw: bytes) -> None:
    feedback = read(raw)
    assert feedback.readable or feedback.findings


KEY = st.sampled_from(["a", "b", 'a":', "a\\", "a :", "é", "b\n"])
SPACE = st.sampled_from(["", " ", "\t", "\n"])


def _written(value: object, draw: Callable[[st.SearchStrategy[Any]], Any], *, escaped: bool) -> str:
    """JSON with any white space; of keys only, some of them twice."""
    if not isinstance(value, list):
        return json.dumps(value, ensure_ascii=escaped)
    members = (
        f"{draw(SPACE)}{json.dumps(key, ensure_ascii=escaped)}{draw(SPACE)}:"
        f"{draw(SPACE)}{_written(inner, draw, escaped=escaped)}{draw(SPACE)}"
        for key, inner in value
    )
    return f"{{{','.join(members)}}}"


@given(
    st.recursive(
        st.lists(st.tuples(KEY, KEY), max_size=3),
        lambda inner: st.lists(st.tuples(KEY, inner | KEY), max_size=3),
        max_leaves=8,
    ),
    st.booleans(),
    st.data(),
)
def test_a_key_that_stands_twice_is_found_however_it_is_written(
    value: list[tuple[str, Any]], escaped: bool, data: st.DataObject
) -> None:
    text = _written(value, data.draw, escaped=escaped)
    counter = RepeatedKeys()
    json.loads(text, object_pairs_hook=counter)
    _, findings = decode_document(text.encode())
    assert [(found.finding, found.count) for found in findings] == (
        [("duplicate-key", counter.count)] if counter.count else []
    )


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1)),  # noqa: DTZ001 - Eastern, as written
    st.sampled_from(["T", " "]),
    st.integers(0, 9),
)
@example(datetime(2020, 3, 8, 2, 30), "T", 0)  # noqa: DTZ001 - an hour that there was not
@example(datetime(2020, 11, 1, 1, 59, 59), " ", 9)  # noqa: DTZ001 - one that there was twice
@example(datetime(2020, 11, 1, 2), "T", 0)  # noqa: DTZ001
def test_every_eastern_time_becomes_its_utc(at: datetime, between: str, digits: int) -> None:
    fraction = f"{at.microsecond:06}000"[:digits]
    text = f"{at:%Y%m%d}{between}{at:%H%M%S}{'.' if digits else ''}{fraction}"
    kept = at.replace(microsecond=int(f"{fraction:0<6}"[:6]), tzinfo=EASTERN)
    found = parse_timestamp(text)
    assert found is not None
    assert (found, found.utcoffset()) == (kept.astimezone(UTC), timedelta(0))


@pytest.mark.parametrize(
    "text", ["99991231T235959", "00010101T000000", "00000101T000000", "20201301T000000"]
)
def test_times_beyond_the_calendar_are_none_or_exact(text: str) -> None:
    found = parse_timestamp(text)
    assert found is None or found.year in (1, 9999)
