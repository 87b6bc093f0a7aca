"""What CAIS would say to a file, record by record, with its real error codes."""

from __future__ import annotations

import bz2
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from app.onboarding.testing import FileKind
from app.submissions.account_checks import AccountChecks, is_usable_fdid
from app.submissions.customer_checks import CustomerChecks
from app.submissions.findings import Finding, Weight
from app.submissions.header_checks import ACCOUNTS, LEGAL_ENTITIES, NATURAL_PERSONS
from app.submissions.preflight import Verdict, check_submission

#: A file to practise with is small; larger ones are answered with a processing failure.
MOST_UNPACKED = 64 << 20
#: Into so many parts a lot of records is split to find the faulty ones.
_PARTS = 8
_UNREADABLE = {FileKind.CAIS: "21011", FileKind.TIDS: "21511"}
_NO_NAME = {FileKind.CAIS: "21010", FileKind.TIDS: "21510"}
_FDID_TWICE, _RECORD_ID_TWICE = "22002", "22004"
_CUSTOMER_TWICE = {FileKind.CAIS: "22502", FileKind.TIDS: "24915"}
#: Given where a scenario wants rejections that the file has no reason for.
PLAYED_REJECTION = "22049"


@dataclass(frozen=True, slots=True)
class Item:
    """One error of one record. Held in memory while the feedback is written, and dropped."""

    code: str
    record_id: int | None = None
    fdid: str | None = None
    customer: int | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """Records received, and how many of them were accepted."""

    received: int = 0
    accepted: int = 0


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is wrong with a file as a whole, or with its records.

    Args:
        schema: as the file says; None where it can't be read.
        file_codes: why the file is refused; empty if it is not.
        too_large: more than this simulation reads.
        record_ids: of the accounts with nothing wrong, for a scenario that rejects some.
    """

    kind: FileKind
    schema: str | None = None
    correspondent_crd: int | None = None
    file_codes: tuple[str, ...] = ()
    too_large: bool = False
    accounts: Count = Count()
    natural_persons: Count = Count()
    legal_entities: Count = Count()
    identifiers: Count = Count()
    items: tuple[Item, ...] = ()
    record_ids: tuple[int, ...] = ()


def judge(path: Path, today: date) -> Judgement:
    """Judge one file by the program's own checks.

    Args:
        path: the file, under the name it was sent with.
        today: in US Eastern Time.
    """
    report = check_submission(path, today=today)
    try:
        kind = report.name.file_kind or FileKind.CAIS
        head = Judgement(kind, report.schema_version, report.correspondent_crd)
        if report.verdict is Verdict.FILE_REFUSED:
            findings = (*report.name.findings, *report.file_findings)
            return _refused(head, _codes_of(findings, kind))
        if (report.unpacked_size or 0) > MOST_UNPACKED:
            return _refused(head, (), too_large=True)
    finally:
        report.close()
    document = json.loads(bz2.decompress(path.read_bytes()))
    return _judged(head, document, today)


def _refused(head: Judgement, codes: tuple[str, ...], *, too_large: bool = False) -> Judgement:
    return replace(head, file_codes=codes, too_large=too_large)


def _codes_of(findings: Iterable[Finding], kind: FileKind) -> tuple[str, ...]:
    faults = [finding for finding in findings if finding.weight is Weight.FAULT]
    codes = [finding.official_code or _UNREADABLE[kind] for finding in faults]
    return tuple(dict.fromkeys(codes)) or (_NO_NAME[kind],)


def _judged(head: Judgement, document: dict[str, Any], today: date) -> Judgement:
    if head.kind is FileKind.TIDS:
        records = next((value for value in document.values() if isinstance(value, list)), [])
        faulty = _faulty_customers(records, FileKind.TIDS)
        return replace(head, identifiers=_count(records, faulty), items=_flat(faulty))
    accounts = document.get(ACCOUNTS, [])
    naturals = document.get(NATURAL_PERSONS, [])
    entities = document.get(LEGAL_ENTITIES, [])
    faulty_accounts = _faulty_accounts(accounts, today)
    faulty_naturals = _faulty_customers(naturals, FileKind.CAIS)
    faulty_entities = _faulty_customers(entities, FileKind.CAIS)
    return replace(
        head,
        accounts=_count(accounts, faulty_accounts),
        natural_persons=_count(naturals, faulty_naturals),
        legal_entities=_count(entities, faulty_entities),
        items=_flat(faulty_accounts) + _flat(faulty_naturals) + _flat(faulty_entities),
        record_ids=tuple(
            record["fdidRecordID"]
            for place, record in enumerate(accounts)
            if place not in faulty_accounts
        ),
    )


#: Errors by the place of the record in its list.
_Faulty = dict[int, list[Item]]


def _count(records: Sequence[object], faulty: _Faulty) -> Count:
    return Count(len(records), len(records) - len(faulty))


def _flat(faulty: _Faulty) -> tuple[Item, ...]:
    return tuple(item for place in sorted(faulty) for item in faulty[place])


def _faulty_accounts(records: Sequence[Any], today: date) -> _Faulty:
    faulty: _Faulty = {}
    for place, findings in _each_alone(records, partial(_check_accounts, today)):
        codes = (finding.official_code or "" for finding in findings)
        faulty[place] = [_account_item(code, records[place]) for code in codes]
    for key, code in (("firmDesignatedID", _FDID_TWICE), ("fdidRecordID", _RECORD_ID_TWICE)):
        for place in _repeated(records, key):
            if key == "fdidRecordID" or is_usable_fdid(records[place][key]):
                faulty.setdefault(place, []).append(_account_item(code, records[place]))
    return faulty


def _check_accounts(today: date, records: list[Any]) -> list[Finding]:
    checks = AccountChecks(today)
    checks.check(records, 1)
    findings = checks.finish()
    checks.fdids.close()
    return findings


def _check_customers(kind: FileKind, records: list[Any]) -> list[Finding]:
    checks = CustomerChecks(tids=kind is FileKind.TIDS)
    checks.check(records)
    findings = checks.finish()
    checks.numbers.close()
    return findings


def _each_alone(
    records: Sequence[Any], check: Callable[[list[Any]], list[Finding]]
) -> Iterator[tuple[int, list[Finding]]]:
    """The findings of each record by itself, with its place; in no order.

    Where nothing is found in several together, nothing is in each: they are passed over, which
    takes a flawless file one check in place of thousands.
    """
    left = [range(len(records))]
    while left:
        places = left.pop()
        findings = check([records[place] for place in places]) if places else []
        if findings and len(places) == 1:
            yield places[0], findings
        elif findings:
            size = -(-len(places) // _PARTS)
            left += [places[at : at + size] for at in range(0, len(places), size)]


def _account_item(code: str, record: object) -> Item:
    fields = record if isinstance(record, dict) else {}
    number, fdid = fields.get("fdidRecordID"), fields.get("firmDesignatedID")
    return Item(
        code,
        record_id=number if type(number) is int else None,
        fdid=fdid if isinstance(fdid, str) else None,
    )


def _faulty_customers(records: Sequence[Any], kind: FileKind) -> _Faulty:
    faulty: _Faulty = {}
    for place, findings in _each_alone(records, partial(_check_customers, kind)):
        faulty[place] = [Item(finding.official_code or "") for finding in findings]
    for place in _repeated(records, "customerRecordID"):
        number = records[place]["customerRecordID"]
        item = Item(_CUSTOMER_TWICE[kind], customer=number if type(number) is int else None)
        faulty.setdefault(place, []).append(item)
    return faulty


def _repeated(records: Sequence[Any], key: str) -> list[int]:
    """The places of records that share a text or number under `key` with another."""
    values = [record.get(key) if isinstance(record, dict) else None for record in records]
    usable = [value for value in values if type(value) in (str, int)]
    often = {value for value, count in Counter(usable).items() if count > 1}
    return [
        place for place, value in enumerate(values) if type(value) in (str, int) and value in often
    ]
