"""Feedback files as CAIS would leave them in a folder, for the page that counts them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.submissions import making

CRD = 1482


def name_of(number: int, *, version: int = 4, day: str = "20201006", reporter: int = CRD) -> str:
    return f"{CRD}_{reporter}_{day}_CAIS_{number:06d}.v{version}.feedback.json.bz2"


def put_feedback(
    folder: Path,
    number: int,
    *,
    received: int = 60,
    rejected: int = 3,
    version: int = 4,
    reporter: int = CRD,
    **changes: Any,
) -> Path:
    """Final feedback on one submission of `received` accounts."""
    document = making.feedback_document(
        **{
            "submissionID": 600_000 + number,
            "catSubmitterID": CRD,
            "catReporterCRD": reporter,
            "receiptTimestamp": "20201006T101500",
            "completedTimestamp": "20201006T114000",
            "statusHistory": None,
            "submissionStatus": (
                "COMPLETED_WITH_REJECTIONS" if rejected else "COMPLETED_WITHOUT_REJECTIONS"
            ),
            "receivedFDIDRecordCount": received,
            "successfulFDIDRecordCount": received - rejected,
            "receivedNaturalRecordCount": 0,
            "successfulNaturalRecordCount": 0,
            "receivedLegalEntityRecordCount": 0,
            "successfulLegalEntityRecordCount": 0,
            "rejectionItems": [making.rejection(record + 1) for record in range(rejected)],
        }
        | changes
    )
    name = name_of(number, version=version, reporter=reporter)
    return making.write(folder, name, document)
