"""Makes the files that the readers are tested with. All of it is invented."""

from __future__ import annotations

import bz2
import json
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

TODAY = date(2020, 12, 1)
FEEDBACK_NAME = "123_456_20201005_CAIS_000123.v4.feedback.json.bz2"
TIDS_FEEDBACK_NAME = "123_456_20201005_TIDS_000123.v4.feedback.json.bz2"


def feedback_document(**changes: Any) -> dict[str, Any]:
    """A flawless final answer to a CAIS Data File: 100 accounts, 8 of them rejected."""
    document: dict[str, Any] = {
        "version": "2.0.0",
        "submissionID": 7001,
        "submitterUsername": "reporter1",
        "catSubmitterID": 123,
        "catReporterCRD": 456,
        "submissionStatus": "COMPLETED_WITH_REJECTIONS",
        "receiptTimestamp": "20201005T101500.123456789",
        "completedTimestamp": "20201005 114000",
        "statusHistory": {
            "FILE_ACKNOWLEDGED": "20201005T101501",
            "COMPLETED_WITH_REJECTIONS": "20201005T114000",
        },
        "receivedFDIDRecordCount": 100,
        "successfulFDIDRecordCount": 92,
        "receivedNaturalRecordCount": 120,
        "successfulNaturalRecordCount": 119,
        "receivedLegalEntityRecordCount": 3,
        "successfulLegalEntityRecordCount": 3,
        "receivedCorrectionActionCount": 0,
        "successfulCorrectionActionCount": 0,
        "rejectionItems": [rejection(number) for number in range(1, 9)]
        + [rejection(1, 22050), {"rejectionID": 99, "errorCode": 22507, "customerRecordID": [5]}],
    }
    document.update(changes)
    return {key: value for key, value in document.items() if value is not None}


def rejection(record: int, code: int | str = 22012, **more: Any) -> dict[str, Any]:
    """One account-level rejection item."""
    return {
        "rejectionID": 5000 + record,
        "errorCode": code,
        "rejectionTimestamp": "20201005T113000",
        "firmDesignatedID": f"MARKER-FDID-{record}",
        "fdidRecordID": record,
        **more,
    }


def accepted_document(**changes: Any) -> dict[str, Any]:
    """A flawless answer in which nothing was rejected."""
    return feedback_document(
        **{
            "submissionStatus": "COMPLETED_WITHOUT_REJECTIONS",
            "statusHistory": None,
            "successfulFDIDRecordCount": 100,
            "successfulNaturalRecordCount": 120,
            "rejectionItems": [],
        }
        | changes
    )


def tids_document(**changes: Any) -> dict[str, Any]:
    """The answer to a Transformed Identifiers File, its counts as text."""
    document = {
        "version": "2.0.0",
        "submissionID": 7002,
        "submissionStatus": "COMPLETED",
        "receiptTimestamp": "20201005T101500",
        "completedTimestamp": "20201005T114000",
        "receivedTIDsCount": "123",
        "successfulTIDsCount": "122",
        "statusHistory": {"COMPLETED": "20201005T114000"},
        "rejectionItems": [{"rejectionID": 1, "errorCode": 24905, "customerRecordID": [5]}],
    }
    return document | changes


def packed(document: object) -> bytes:
    """JSON compressed with bzip2."""
    return bz2.compress(json.dumps(document).encode())


def write(folder: Path, name: str, document: object) -> Path:
    """Write `document` compressed, or as it is when it is bytes."""
    path = folder / name
    path.write_bytes(document if isinstance(document, bytes) else packed(document))
    return path


# --- submissions ---


def account(
    number: int, *, ltids: Iterable[Mapping[str, Any]] | None = None, **more: Any
) -> dict[str, Any]:
    """A flawless FDID record with one current LTID."""
    if ltids is None:
        ltids = [ltid(number)]
    return {
        "fdidRecordID": number,
        "firmDesignatedID": f"FDID{number:07}",
        "fdidType": "ACCOUNT",
        "accountType": "OTHER",
        "accountName": "MARKER-ACCOUNT-NAME",
        "fdidDate": 20150102,
        "largeTraderList": list(ltids),
        **more,
    }


def ltid(number: int, **more: Any) -> dict[str, Any]:
    """A large-trader entry."""
    return {
        "largeTraderRecordID": number,
        "largeTraderID": f"{number % 100_000_000:08}-0000",
        "ltidEffectiveDate": 20200101,
        **more,
    }


def ltid_phase(accounts: Iterable[Mapping[str, Any]], **changes: Any) -> dict[str, Any]:
    """A file of the LTID phase (schema 1.0.0)."""
    records = list(accounts)
    document: dict[str, Any] = {
        "version": "1.0.0",
        "catReporterCRD": 999,
        "catSubmitterID": 123,
        "fdidRecordCount": len(records),
        "fdidRecordList": records,
    }
    document.update(changes)
    return {key: value for key, value in document.items() if value is not None}


def full_cais(accounts: Iterable[Mapping[str, Any]], **changes: Any) -> dict[str, Any]:
    """A file of Full CAIS (schema 2.0.0) with three customers."""
    records = list(accounts)
    people = [{"customerRecordID": number, "lastName": "MARKER-LAST"} for number in (1, 2)]
    document: dict[str, Any] = {
        "version": "2.0.0",
        "catReporterCRD": 999,
        "catSubmitterID": 123,
        "fdidRecordCount": len(records),
        "naturalPersonCustomerRecordCount": len(people),
        "legalEntityCustomerRecordCount": 1,
        "fdidRecordList": records,
        "naturalPersonCustomerList": people,
        "legalEntityCustomerList": [{"customerRecordID": 3, "legalName": "MARKER-LEGAL"}],
    }
    document.update(changes)
    return {key: value for key, value in document.items() if value is not None}


def tids(*numbers: int, **changes: Any) -> dict[str, Any]:
    """A Transformed Identifiers File."""
    records = [
        {"customerRecordID": number, "tidType": "SSNITIN", "tidValue": "ab" * 32}
        for number in numbers
    ]
    document: dict[str, Any] = {
        "version": "2.0.0",
        "tidRecordCount": len(records),
        "tidRecordList": records,
    }
    return document | changes


CAIS_NAME = "123_999_20200101_CAIS_000123.json.bz2"
TIDS_NAME = "123_999_20200101_TIDS_000123.json.bz2"
