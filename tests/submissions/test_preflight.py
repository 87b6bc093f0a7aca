"""A submission file before it is sent: every fault with its code, its count and its places."""

from __future__ import annotations

import bz2
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.cancellation import CancelToken
from app.failures import Cancelled
from app.submissions.account_checks import are_usable_fdids, is_usable_fdid
from app.submissions.identifiers import count_distinct, count_left
from app.submissions.preflight import (
    SubmissionReport,
    Verdict,
    check_submission,
    count_submission,
)
from app.submissions.together import distinct_accounts, pair_findings
from tests.submissions.making import (
    CAIS_NAME,
    TIDS_NAME,
    TODAY,
    account,
    full_cais,
    ltid,
    ltid_phase,
    tids,
    write,
)

Check = Callable[..., SubmissionReport]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """Writes a document (or bytes, taken as they are) under a name, and checks it."""

    def run(document: object, name: str = CAIS_NAME) -> SubmissionReport:
        return check_submission(write(tmp_path, name, document), today=TODAY)

    return run


def found(report: SubmissionReport) -> list[tuple[str, str | None, int, tuple[int, ...]]]:
    return [
        (finding.finding, finding.official_code, finding.count, finding.positions)
        for finding in report.findings
    ]


def words(report: SubmissionReport) -> list[str]:
    return [finding.finding for finding in report.findings]


def accounts(count: int) -> list[dict[str, Any]]:
    return [account(number) for number in range(1, count + 1)]


def test_a_flawless_file_of_the_ltid_phase(check: Check, tmp_path: Path) -> None:
    report = check(ltid_phase(accounts(250)))
    assert found(report) == []
    assert report.verdict is Verdict.OK
    assert report.readable
    assert report.schema_version == "1.0.0"
    assert report.accounts_declared == 250
    assert report.accounts_in_file == 250
    assert report.accounts_distinct == 250
    assert report.accounts_with_ltid == 250
    assert report.accounts_with_current_ltid == 250
    assert report.ltids_distinct == 250
    assert report.accounts_without_findings == 250
    data = (tmp_path / CAIS_NAME).read_bytes()
    assert report.sha256 == hashlib.sha256(data).hexdigest()
    assert report.unpacked_size == len(bz2.decompress(data))


def test_a_flawless_file_of_full_cais(check: Check) -> None:
    report = check(full_cais(accounts(3), correspondentCRD=77))
    assert found(report) == []
    assert report.correspondent_crd == 77
    assert report.customers_in_file == 3


def test_an_empty_list_is_a_valid_file(check: Check) -> None:
    report = check(ltid_phase([]))
    assert found(report) == []
    assert report.accounts_in_file == 0


def test_accounts_with_and_without_current_ltids(check: Check) -> None:
    ended = {"ltidEndDate": 20201130, "ltidEndReason": "OTHER"}
    later = {"ltidEndDate": 20201202, "ltidEndReason": "OTHER"}
    report = check(
        ltid_phase(
            [
                account(1, ltids=[]),
                account(2, ltids=[ltid(1, **ended)]),
                account(3, ltids=[ltid(1, **ended), ltid(2)]),
                account(4, ltids=[ltid(1, **later)]),
                account(5, ltids=[ltid(1, ltidEndDate=20201201, ltidEndReason="OTHER")]),
            ]
        )
    )
    assert found(report) == []
    assert report.accounts_with_ltid == 4
    assert report.accounts_with_current_ltid == 2
    assert report.ltids_distinct == 2


HEADER_FAULTS: list[tuple[dict[str, Any], str, str]] = [
    ({"version": None}, "version", "21008"),
    ({"version": "9.9.9"}, "version", "21008"),
    ({"version": 1.0}, "version", "21008"),
    ({"catReporterCRD": None}, "header-catReporterCRD", "21003"),
    ({"catReporterCRD": 998}, "header-catReporterCRD", "21003"),
    ({"catReporterCRD": "999"}, "header-catReporterCRD", "21003"),
    ({"catSubmitterID": 124}, "header-catSubmitterID", "21002"),
    ({"fdidRecordCount": None}, "count-missing", "21007"),
    ({"fdidRecordCount": -1}, "count-missing", "21007"),
    ({"fdidRecordCount": "3"}, "count-missing", "21007"),
    ({"fdidRecordCount": 2}, "count-wrong", "21007"),
    ({"naturalPersonCustomerRecordCount": 5}, "count-wrong", "21016"),
    ({"legalEntityCustomerRecordCount": None}, "count-missing", "21017"),
    ({"correspondentCRD": -4}, "header-correspondentCRD", "21018"),
    ({"colour": "blue"}, "unknown-field", "21012"),
    ({"colours": [1]}, "unknown-field", "21012"),
    ({"correctionList": 5}, "not-a-list", "21011"),
]


@pytest.mark.parametrize(("changes", "finding", "code"), HEADER_FAULTS)
def test_each_header_fault_refuses_the_file(
    check: Check, changes: dict[str, Any], finding: str, code: str
) -> None:
    report = check(full_cais(accounts(3), **changes))
    assert [(word, official) for word, official, _, _ in found(report)] == [(finding, code)]
    assert report.verdict is Verdict.FILE_REFUSED
    assert report.accounts_in_file == 3


def test_a_full_cais_field_is_unknown_in_the_ltid_phase(check: Check) -> None:
    report = check(ltid_phase(accounts(1), correspondentCRD=7))
    assert found(report) == [("unknown-field", "21012", 1, ())]


def test_a_bad_name_refuses_the_file(check: Check) -> None:
    report = check(ltid_phase(accounts(2)), CAIS_NAME.replace("000123", "123"))
    assert words(report) == ["name-number"]
    assert report.verdict is Verdict.FILE_REFUSED
    assert report.accounts_in_file == 2


RECORD_FAULTS: list[tuple[dict[str, Any], str, str]] = [
    ({"firmDesignatedID": None}, "fdid-missing", "22001"),
    ({"firmDesignatedID": 17}, "fdid-missing", "22001"),
    ({"firmDesignatedID": ["x"]}, "fdid-missing", "22001"),
    ({"firmDesignatedID": ""}, "fdid-missing", "22001"),
    ({"firmDesignatedID": "   "}, "fdid-blank", "22001"),
    ({"firmDesignatedID": "Pending"}, "fdid-pending", "22001"),
    ({"firmDesignatedID": "x" * 41}, "fdid-length", "22001"),
    *(
        ({"firmDesignatedID": f"ab{sign}c"}, "fdid-characters", "22001")
        for sign in ',|"@é\t\u202e\x7f'
    ),
    ({"fdidRecordID": None}, "record-id", "22003"),
    ({"fdidRecordID": "7"}, "record-id", "22003"),
    ({"fdidRecordID": 2**63}, "record-id", "22003"),
    ({"fdidType": "account"}, "fdid-type", "22005"),
    ({"fdidType": []}, "fdid-type", "22005"),
    ({"fdidDate": None}, "fdid-date", "22007"),
    ({"fdidDate": 20200230}, "fdid-date", "22007"),
    ({"fdidDate": "20200101"}, "fdid-date", "22007"),
    ({"fdidDate": 10**30}, "fdid-date", "22007"),
    ({"fdidDate": -(10**30)}, "fdid-date", "22007"),
    ({"fdidDate": [20200101]}, "fdid-date", "22007"),
    ({"fdidEndDate": 20150101, "fdidEndReason": "X"}, "fdid-end-before-start", "22009"),
    ({"fdidEndDate": 99999999, "fdidEndReason": "X"}, "fdid-end-date", "22008"),
    ({"fdidEndReason": "X"}, "fdid-end-date", "22008"),
    ({"fdidEndDate": 20200101}, "fdid-end-reason", "22010"),
    ({"replacedByFDID": "FDID0000002"}, "fdid-replaced-by-itself", "22024"),
    ({"largeTraderList": "x"}, "account-data-type", "22034"),
    ({"largeTraderList": ["x"]}, "account-data-type", "22034"),
    ({"largeTraderList": [ltid(1), ltid(1, largeTraderRecordID=2)]}, "ltid-duplicate", "22006"),
    (
        {"largeTraderList": [ltid(1), ltid(2, largeTraderRecordID=1)]},
        "ltid-record-id-duplicate",
        "22014",
    ),
]
LTID_FAULTS: list[tuple[dict[str, Any], str, str]] = [
    ({"largeTraderID": "1234567-1234"}, "ltid-format", "22012"),
    ({"largeTraderID": "12345678-12345"}, "ltid-format", "22012"),
    ({"largeTraderID": "12345678-1234\n"}, "ltid-format", "22012"),
    ({"largeTraderID": "ULT1234-ABCD"}, "ltid-format", "22012"),
    ({"largeTraderID": None}, "ltid-format", "22012"),
    ({"largeTraderID": 5}, "ltid-format", "22012"),
    ({"largeTraderRecordID": "1"}, "ltid-record-id", "22013"),
    ({"ltidEffectiveDate": 20209999}, "ltid-date", "22015"),
    ({"ltidEndReason": "X"}, "ltid-end-date", "22016"),
    ({"ltidEndDate": 20200102}, "ltid-end-reason", "22017"),
    ({"ltidEndDate": 20191231, "ltidEndReason": "X"}, "ltid-end-before-start", "22028"),
]


def without_nones(record: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if value is not None}


@pytest.mark.parametrize("null", [False, True], ids=["left out", "null"])
@pytest.mark.parametrize(("changes", "finding", "code"), RECORD_FAULTS)
def test_each_account_fault_refuses_the_record(
    check: Check, changes: dict[str, Any], finding: str, code: str, null: bool
) -> None:
    wrong = account(2, **changes)
    records = [account(1), wrong if null else without_nones(wrong), account(3)]
    report = check(ltid_phase(records))
    assert found(report) == [(finding, code, 1, (2,))]
    assert report.verdict is Verdict.RECORDS_REFUSED
    assert report.accounts_without_findings == 2
    assert report.accounts_in_file == 3


@pytest.mark.parametrize(("changes", "finding", "code"), LTID_FAULTS)
def test_each_large_trader_fault_refuses_the_record(
    check: Check, changes: dict[str, Any], finding: str, code: str
) -> None:
    wrong = account(2, ltids=[ltid(5), ltid(2, **changes)])
    report = check(ltid_phase([account(1), wrong, account(3)]))
    assert found(report) == [(finding, code, 1, (2,))]
    assert report.accounts_without_findings == 2
    assert report.accounts_with_ltid == 3


@pytest.mark.parametrize("good", ["ULT1a2B3-x9Y8", "00000000-0000"])
def test_ltids_and_ultids_are_taken(check: Check, good: str) -> None:
    assert found(check(ltid_phase([account(1, ltids=[ltid(1, largeTraderID=good)])]))) == []


@pytest.mark.parametrize("fdid", ["!", "a b", "~" * 40, "#$%&'()*+-./:;<=>?[\\]^_`{}", "pendings"])
def test_fdids_with_all_allowed_characters_are_taken(check: Check, fdid: str) -> None:
    assert found(check(ltid_phase([account(1, firmDesignatedID=fdid)]))) == []


def test_repeated_fdids_count_all_their_records(check: Check) -> None:
    records = accounts(3000)
    for place in (10, 500, 2999):
        records[place]["firmDesignatedID"] = "FDID0000005"
    report = check(ltid_phase(records))
    assert found(report) == [("fdid-duplicate", "22002", 4, (5, 11, 501))]
    assert report.accounts_distinct == 2997
    assert report.accounts_without_findings == 2996


def test_repeated_record_numbers_are_found(check: Check) -> None:
    records = accounts(5)
    records[4]["fdidRecordID"] = 1
    records[4]["firmDesignatedID"] = "FDID0000001"
    report = check(ltid_phase(records))
    assert [entry[:2] for entry in found(report)] == [
        ("fdid-duplicate", "22002"),
        ("record-id-duplicate", "22004"),
    ]
    assert report.accounts_without_findings == 3


def test_a_faulty_record_that_also_repeats_is_counted_once(check: Check) -> None:
    records = accounts(5)
    records[1] |= {"firmDesignatedID": "FDID0000001", "fdidType": "NO"}
    report = check(ltid_phase(records))
    assert set(words(report)) == {"fdid-type", "fdid-duplicate"}
    assert report.accounts_without_findings == 3


def test_one_record_with_many_faults_is_one_faulty_account(check: Check) -> None:
    report = check(ltid_phase([account(1), {"fdidRecordID": 2}]))
    assert set(words(report)) == {"fdid-missing", "fdid-type", "fdid-date"}
    assert report.accounts_without_findings == 1


def test_a_year_before_1000_is_wrong_each_time_it_stands_there(check: Check) -> None:
    report = check(ltid_phase([account(number, fdidDate=9991231) for number in (1, 2, 3)]))
    assert found(report) == [("fdid-date", "22007", 3, (1, 2, 3))]


def test_only_the_first_three_places_are_listed(check: Check) -> None:
    records = [account(n, fdidType="NO") for n in range(1, 2001)]
    ((_, _, count, positions),) = found(check(ltid_phase(records)))
    assert count == 2000
    assert positions == (1, 2, 3)


def test_records_that_are_no_objects(check: Check) -> None:
    report = check(ltid_phase([], fdidRecordCount=3, fdidRecordList=[account(1), 5, None]))
    assert found(report) == [("account-data-type", "22034", 2, (2, 3))]


# --- keys that stand twice ---


def text_of(document: object, **dumps: Any) -> str:
    return json.dumps(document, **dumps)


@pytest.mark.parametrize("style", [{}, {"separators": (",", ":")}, {"indent": 2}])
def test_a_key_standing_twice_in_a_record_is_found(check: Check, style: dict[str, Any]) -> None:
    text = text_of(ltid_phase(accounts(4000)), **style)
    one = '"firmDesignatedID"' + text.split('"firmDesignatedID"')[3000].split("FDID")[0]
    assert text.count(f"{one}FDID0003000") == 1
    text = text.replace(f"{one}FDID0003000", f'{one}x", {one}FDID0003000')
    report = check(bz2.compress(text.encode()))
    assert found(report) == [("duplicate-key", "21019", 1, (3000,))]
    assert report.verdict is Verdict.FILE_REFUSED


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"city":"Rome"', '"city":"Rome","city":"Rome"'),
        ('"city":"Rome"', '"city" :"Rome","city":"Rome"'),
        ('"city":"Rome"', '"city":"Rome","c\\u0069ty":"Rome"'),
        # An escaped quotation mark and colon, which could hide the missing key from a count.
        ('"city":"Rome"', '"city":"\\u0022:","city":"Ro\\u0022:me"'),
        ('"city":"Rome"', '"city":"\\"\\u003a","city":"\\"\\u003A"'),
        ('"city":"Rome"', '"city":"","city":"",  "zip":1e2'),
    ],
)
def test_keys_that_hide_are_found(check: Check, old: str, new: str) -> None:
    address = [{"city": "Rome"}]
    records = [account(number, addressList=address) for number in range(1, 3001)]
    text = text_of(ltid_phase(records), separators=(",", ":"))
    place = text.index(old, len(text) // 2)
    number = text.count('"fdidRecordID"', 0, place)
    mended = text[:place] + new + text[place + len(old) :]
    report = check(bz2.compress(mended.encode()))
    assert found(report) == [("duplicate-key", "21019", 1, (number,))]


@pytest.mark.parametrize(
    "name", ['O"Neil: "x":', "back\\slash", "\\u0022:", "é\u2028", "tab\t", "\x7f", "/"]
)
@pytest.mark.parametrize("ascii_only", [True, False])
def test_odd_texts_are_no_repeated_keys(check: Check, name: str, ascii_only: bool) -> None:
    records = [account(number, accountName=name) for number in range(1, 3001)]
    text = text_of(ltid_phase(records), ensure_ascii=ascii_only)
    report = check(bz2.compress(text.encode()))
    assert found(report) == []
    assert report.accounts_in_file == 3000


def test_a_key_standing_twice_beside_the_lists(check: Check) -> None:
    text = text_of(ltid_phase(accounts(1))).replace('"version"', '"version": "1.0.0", "version"', 1)
    ((word, code, count, positions),) = found(check(bz2.compress(text.encode())))
    assert (word, code, count) == ("duplicate-key", "21019", 1)
    assert text[positions[0] :].startswith('"version"')
    assert positions[0] > text.index('"version"')


def test_a_list_standing_twice(check: Check) -> None:
    text = text_of(ltid_phase(accounts(2)))[:-1] + ', "fdidRecordList": []}'
    assert words(check(bz2.compress(text.encode()))) == ["duplicate-key"]


# --- records of all kinds of shapes ---


def test_records_unlike_each_other_are_counted_exactly(check: Check) -> None:
    records: list[dict[str, Any]] = []
    for number in range(1, 5001):
        record = account(number)
        if number % 7 == 0:
            record = dict(reversed(record.items()))
        if number % 11 == 0:
            record["more"] = {"nested": [{"a": 1.5}, None, True]}
        if number % 13 == 0:
            record["addressList"] = [{"city": "x"}, {"city": 5, "b": []}]
        records.append(record)
    report = check(ltid_phase(records))
    assert found(report) == []
    assert report.accounts_distinct == 5000


@pytest.mark.parametrize(
    "name", ['a"b', "a\\b", "a\nb", "", "é", "fdid Record\x7f", "field_0", "_1"]
)
def test_fields_may_have_any_name(check: Check, name: str) -> None:
    records = [account(number, **{name: 1}) for number in range(1, 3001)]
    report = check(ltid_phase(records))
    assert found(report) == []
    assert report.accounts_distinct == 3000


@pytest.mark.parametrize("style", [{"indent": 1}, {"indent": "\t"}, {"separators": (" , ", " : ")}])
def test_white_space_changes_nothing(check: Check, style: dict[str, Any]) -> None:
    text = " \n" + text_of(ltid_phase(accounts(3000)), **style) + "\r\n"
    report = check(bz2.compress(text.encode()))
    assert found(report) == []
    assert report.accounts_distinct == 3000


def test_the_lists_may_stand_before_the_header(check: Check) -> None:
    document = dict(reversed(full_cais(accounts(2500)).items()))
    report = check(document)
    assert found(report) == []
    assert report.accounts_in_file == 2500


def test_text_that_looks_like_records_is_text(check: Check) -> None:
    name = '},{"fdidRecordID":7},{"fdidRecordID":8'
    report = check(ltid_phase([account(n, accountName=name) for n in range(1, 4001)]))
    assert found(report) == []
    assert report.accounts_in_file == 4000


# --- pairs and several files ---


def test_a_whole_pair_fits(check: Check) -> None:
    cais, partner = check(full_cais(accounts(1))), check(tids(1, 2, 3), TIDS_NAME)
    assert found(partner) == []
    assert partner.accounts_in_file is None
    assert pair_findings(cais, partner) == []


def test_customers_without_partner_are_found_both_ways(check: Check) -> None:
    cais, partner = check(full_cais(accounts(1))), check(tids(2, 3, 4, 5), TIDS_NAME)
    findings = pair_findings(cais, partner)
    assert [(f.official_code, f.count, f.positions) for f in findings] == [
        ("22526", 1, (1,)),
        ("24914", 2, (3, 4)),
    ]


TIDS_FAULTS: list[tuple[dict[str, Any], tuple[str, str]]] = [
    (tids(1, tidRecordCount=2), ("count-wrong", "21507")),
    (tids(1, version="1.0.0"), ("version", "21508")),
    (tids(1, 1), ("tid-record-id-duplicate", "24915")),
    (tids(1, tidRecordList=[{"tidType": "EIN"}]), ("tid-record-id", "24901")),
]


@pytest.mark.parametrize(("document", "expected"), TIDS_FAULTS)
def test_tids_faults(check: Check, document: dict[str, Any], expected: tuple[str, str]) -> None:
    assert [entry[:2] for entry in found(check(document, TIDS_NAME))] == [expected]


def test_customer_faults(check: Check) -> None:
    people = [{"customerRecordID": 3}, {"customerRecordID": None}]
    report = check(full_cais(accounts(1), naturalPersonCustomerList=people))
    assert sorted(entry[:2] for entry in found(report)) == [
        ("customer-record-id", "22501"),
        ("customer-record-id-duplicate", "22502"),
    ]


def test_distinct_accounts_over_several_files(check: Check) -> None:
    def numbered(first: int, last: int, number: int, **changes: Any) -> SubmissionReport:
        records = [account(n) for n in range(first, last + 1)]
        return check(full_cais(records, **changes), CAIS_NAME.replace("000123", f"{number:06}"))

    reports = [
        numbered(1, 60, 1),
        numbered(41, 100, 2),
        numbered(1, 10, 3, correspondentCRD=7),
    ]
    groups = distinct_accounts(reports)
    assert [(group.correspondent_crd, group.accounts, group.different) for group in groups] == [
        (None, 120, 100),
        (7, 10, 10),
    ]


# --- files that are not what they should be ---

VALID = text_of(ltid_phase(accounts(3000)), separators=(",", ":")).encode()
MIDDLE = VALID.index(b'{"fdidRecordID":1500,')


def replaced(old: bytes, new: bytes) -> bytes:
    """VALID with something else in the middle of its records."""
    place = VALID.index(old, MIDDLE)
    return VALID[:place] + new + VALID[place + len(old) :]


@pytest.mark.parametrize(
    ("data", "finding", "code"),
    [
        (b"", "empty-file", "21013"),
        (b"B", "cut-short", "21013"),
        (b"plain text", "not-bzip2", "21013"),
        (VALID, "not-bzip2", "21013"),
        (bz2.compress(VALID)[:-20], "cut-short", "21013"),
        (bz2.compress(VALID)[:-1], "cut-short", "21013"),
        (bz2.compress(VALID)[:2000], "cut-short", "21013"),
        (bz2.compress(VALID)[:-2] + b"xy", "damaged-bzip2", "21013"),
        (bz2.compress(VALID)[:500] + b"\0" + bz2.compress(VALID)[501:], "damaged-bzip2", "21013"),
        (bz2.compress(b""), "empty-document", "21011"),
        (bz2.compress(b" \n"), "empty-document", "21011"),
        (bz2.compress(b"[]"), "not-json", "21011"),
        (bz2.compress(b"\xff\xfe{\0}\0"), "not-utf8", "21011"),
        (bz2.compress(VALID[:-1]), "not-json", "21011"),
        (bz2.compress(VALID + b"x"), "not-json", "21011"),
        (bz2.compress(replaced(b'"ACCOUNT"', b'"\xff"')), "not-utf8", "21011"),
        (bz2.compress(replaced(b'"ACCOUNT"', b'"\\ud800"')), "not-json", "21011"),
        (bz2.compress(replaced(b'"ACCOUNT"', b"NaN")), "not-json", "21011"),
        (bz2.compress(replaced(b'"ACCOUNT"', b"1e999")), "not-json", "21011"),
        (bz2.compress(replaced(b'"ACCOUNT"', b'"\0"')), "not-json", "21011"),
        (bz2.compress(replaced(b'"ACCOUNT"', b'"a",')), "not-json", "21011"),
        (bz2.compress(replaced(b"},{", b"},,{")), "not-json", "21011"),
        (bz2.compress(replaced(b"},{", b"}{")), "not-json", "21011"),
        (bz2.compress(replaced(b'"ACCOUNT"', b"[" * 100_000)), "nested-too-deep", "21011"),
        (bz2.compress(VALID[:-2] + b",]}"), "not-json", "21011"),
        (bz2.compress(VALID[:-1] + b",}"), "not-json", "21011"),
        (
            bz2.compress(replaced(b'"ACCOUNT"', b'"' + b"x" * 5_000_000 + b'"')),
            "huge-value",
            "21011",
        ),
    ],
)
def test_what_cannot_be_read_refuses_the_file(
    check: Check, data: bytes, finding: str, code: str
) -> None:
    report = check(data)
    assert [entry[:2] for entry in found(report)] == [(finding, code)]
    assert not report.readable
    assert report.verdict is Verdict.FILE_REFUSED
    assert report.accounts_in_file is None
    assert report.sha256 == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(
    ("old", "new", "inside"),
    [
        (b'"ACCOUNT"', b'"\xff"', 1),
        (b'"ACCOUNT"', b"ACCOUNT", 0),
        (b"},{", b"},,{", 2),
        (b'"ACCOUNT",', b'"ACCOUNT"', 9),
    ],
)
def test_the_first_fault_is_found_at_its_byte(
    check: Check, old: bytes, new: bytes, inside: int
) -> None:
    place = VALID.index(old, MIDDLE)
    report = check(bz2.compress(replaced(old, new)))
    ((_, _, _, positions),) = found(report)
    assert positions == (place + inside,)


def test_a_400_digit_number_is_no_record_number(check: Check) -> None:
    data = bz2.compress(replaced(b'"fdidRecordID":1500', b'"fdidRecordID":' + b"9" * 400))
    assert found(check(data)) == [("record-id", "22003", 1, (1500,))]


@pytest.mark.parametrize("space", [b"", b" "])
@pytest.mark.parametrize("digits", [1_500, 5_000])
def test_endless_numbers_get_a_finding(check: Check, digits: int, space: bytes) -> None:
    data = replaced(b'"fdidRecordID":1500', b'"fdidRecordID"' + space + b":" + b"9" * digits)
    report = check(bz2.compress(data))
    assert words(report) == (["record-id"] if digits < 4_300 else ["huge-number"])


def test_a_byte_order_mark_refuses_the_file_and_is_read_past(check: Check) -> None:
    report = check(bz2.compress(b"\xef\xbb\xbf" + VALID))
    assert found(report) == [("byte-order-mark", "21011", 1, (0,))]
    assert report.accounts_in_file == 3000


def test_several_streams_are_one_file(check: Check) -> None:
    data = bz2.compress(VALID[:9999]) + bz2.compress(b"") + bz2.compress(VALID[9999:], 1)
    assert found(check(data)) == []


def test_bytes_after_the_end_are_found(check: Check) -> None:
    report = check(bz2.compress(VALID) + b"junk")
    assert [entry[:2] for entry in found(report)] == [("trailing-bytes", "21013")]


def test_a_bomb_of_nothing_is_stopped_at_once(check: Check) -> None:
    data = bz2.compress(b"\0" * 45_000_000) * 45
    assert len(data) < 4_096
    assert words(check(data)) == ["not-json"]


def test_a_bomb_in_one_value_is_stopped(check: Check) -> None:
    data = bz2.compress(b'{"version":"') + bz2.compress(b"x" * 45_000_000) * 45
    assert words(check(data)) == ["huge-value"]


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / CAIS_NAME).mkdir()
    folder = check_submission(tmp_path / CAIS_NAME, today=TODAY)
    assert words(folder) == ["not-a-file"]
    assert folder.sha256 is None
    gone = check_submission(tmp_path / CAIS_NAME.replace("0123", "0124"), today=TODAY)
    assert words(gone) == ["file-gone"]


def test_a_file_that_grows_while_it_is_read_is_noticed(tmp_path: Path) -> None:
    path = write(tmp_path, CAIS_NAME, ltid_phase(accounts(10)))
    grown = False

    def grow(_read: int, _size: int) -> None:
        nonlocal grown
        if not grown:
            grown = True
            with path.open("ab") as file:
                file.write(bz2.compress(b" "))

    report = check_submission(path, today=TODAY, progress=grow)
    assert words(report) == ["changed-while-read"]


def test_a_file_that_vanishes_while_it_is_read_is_read_whole(tmp_path: Path) -> None:
    path = write(tmp_path, CAIS_NAME, ltid_phase(accounts(10)))
    report = check_submission(path, today=TODAY, progress=lambda *_: path.unlink(missing_ok=True))
    assert report.accounts_in_file == 10


def test_progress_goes_to_the_end(tmp_path: Path) -> None:
    path = write(tmp_path, CAIS_NAME, ltid_phase(accounts(10)))
    seen: list[tuple[int, int]] = []
    check_submission(path, today=TODAY, progress=lambda *now: seen.append(now))
    assert seen[-1] == (path.stat().st_size, path.stat().st_size)


def test_cancelling_ends_the_check(tmp_path: Path) -> None:
    path = write(tmp_path, CAIS_NAME, ltid_phase(accounts(2000)))
    cancel = CancelToken()
    with pytest.raises(Cancelled):
        check_submission(path, today=TODAY, cancel=cancel, progress=lambda *_: cancel.cancel())


def test_no_finding_holds_anything_of_a_record(check: Check) -> None:
    records = [
        account(n, firmDesignatedID="MARKER,FDID", fdidType="MARKER-TYPE", fdidDate="MARKER-DATE")
        for n in range(5)
    ]
    report = check(ltid_phase(records, **{"MARKER-FIELD": "MARKER-VALUE"}))
    assert len(report.findings) == 4
    assert "MARKER" not in repr(report.findings)


# --- properties ---


FDID = st.text(
    st.characters(min_codepoint=32, max_codepoint=126, exclude_characters=',|"@'),
    min_size=1,
    max_size=40,
).filter(lambda text: bool(text.strip()) and text.upper() != "PENDING")
ROUND = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@ROUND
@given(
    fdids=st.lists(FDID, max_size=40),
    names=st.lists(st.text(max_size=30), min_size=1, max_size=5),
    indent=st.sampled_from([None, 1]),
    ascii_only=st.booleans(),
    level=st.sampled_from([1, 9]),
)
def test_every_valid_file_is_read_back_exactly(
    check: Check,
    fdids: list[str],
    names: list[str],
    indent: int | None,
    ascii_only: bool,
    level: int,
) -> None:
    records = [
        account(number, firmDesignatedID=fdid, accountName=names[number % len(names)])
        for number, fdid in enumerate(fdids)
    ]
    text = json.dumps(ltid_phase(records), indent=indent, ensure_ascii=ascii_only)
    report = check(bz2.compress(text.encode(), level))
    assert report.readable
    assert report.accounts_in_file == len(fdids)
    assert report.accounts_distinct == len(set(fdids))
    repeated = sum(1 for fdid in fdids if fdids.count(fdid) > 1)
    assert report.accounts_without_findings == len(fdids) - repeated


@ROUND
@given(st.data())
def test_mutated_text_gets_a_result_that_json_agrees_with(
    check: Check, data: st.DataObject
) -> None:
    raw = bytearray(text_of(full_cais(accounts(3))).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 3))] = data.draw(
            st.binary(max_size=3)
            | st.sampled_from([b",", b"]", b"}", b'"', b"{", b"[", b":", b"0"])
        )
    report = check(bz2.compress(bytes(raw)))
    try:
        json.loads(raw.decode(), parse_constant=lambda name: 1 / 0)
    except (ValueError, ZeroDivisionError):
        assert not report.readable


@ROUND
@given(st.data())
def test_mutated_bytes_get_the_result_that_bz2_has(check: Check, data: st.DataObject) -> None:
    raw = bytearray(bz2.compress(VALID[:40_000]) + bz2.compress(VALID[40_000:], 1))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    report = check(bytes(raw))
    try:
        same = bz2.decompress(bytes(raw)) == VALID
    except (OSError, ValueError, EOFError):
        same = False
    if not same:
        assert report.findings


# --- counting alone ---


@ROUND
@given(
    st.lists(st.sampled_from(["A", "B", "", "PENDING", 5, None]), max_size=30),
    st.lists(st.sampled_from([None, 20201130, 20201201, 20201202, "x"]), max_size=3),
)
def test_counting_alone_counts_what_the_check_counts(
    tmp_path: Path, fdids: list[Any], ends: list[Any]
) -> None:
    records: list[Any] = [
        account(n, firmDesignatedID=fdid, ltids=[ltid(1, ltidEndDate=end) for end in ends[: n % 4]])
        for n, fdid in enumerate(fdids)
    ]
    path = write(tmp_path, CAIS_NAME, ltid_phase([*records, 7, {"largeTraderList": 5}]))
    counted, checked = (read(path, today=TODAY) for read in (count_submission, check_submission))
    assert counted.accounts_in_file == checked.accounts_in_file
    assert counted.accounts_distinct == checked.accounts_distinct
    assert counted.accounts_with_ltid == checked.accounts_with_ltid
    assert counted.accounts_with_current_ltid == checked.accounts_with_current_ltid
    assert counted.sha256 == checked.sha256
    assert counted.record_findings == ()


def test_counting_alone_notices_text_that_is_not_utf8(tmp_path: Path) -> None:
    path = write(
        tmp_path, CAIS_NAME, bz2.compress(replaced(b"MARKER-ACCOUNT", b"MARKER\xffACCOUNT"))
    )
    assert words(count_submission(path, today=TODAY)) == ["not-utf8"]


@given(
    st.lists(
        st.text("ab \n,PENDIG@\t", max_size=9)
        | st.sampled_from(["", " ", "PENDING", "pending", "x" * 40, "x" * 41, "é"])
        | st.none()
        | st.integers(),
        max_size=5,
    )
)
@example(["FDID1", ""])
@example(["FDID1\n"])
@example(["", "FDID1"])
@example(["FDID1", " "])
@settings(max_examples=500)
def test_identifiers_looked_at_together_are_usable_each(values: list[Any]) -> None:
    if are_usable_fdids(values):
        assert all(map(is_usable_fdid, values))
    assert are_usable_fdids(["FDID1", "A B", "PEND-1"])


def test_counting_knows_accounts_without_a_current_ltid(tmp_path: Path) -> None:
    records = [
        account(1),
        account(2, ltids=[]),
        account(3, ltids=[ltid(3, ltidEndDate=20200101)]),
        account(4, ltids=[ltid(4, ltidEndDate=20200101), ltid(5)]),
        account(5, ltids=[ltid(6, ltidEndDate=20200101)], firmDesignatedID="PENDING"),
    ]
    path = write(tmp_path, CAIS_NAME, ltid_phase(records))
    report = count_submission(path, today=TODAY)
    assert (report.accounts_with_ltid, report.accounts_with_current_ltid) == (4, 2)
    assert count_distinct([report.fdids]) == 4
    assert count_left([(report.fdids, report.fdids_ended)]) == 2
    report.close()
    assert count_distinct([report.fdids]) == 0
    assert report.accounts_with_ltid == 4
