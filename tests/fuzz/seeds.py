"""Inputs that the fuzzers start from, and the words of the formats."""

from __future__ import annotations

import bz2
import json
from pathlib import Path

from tests.submissions.making import (
    accepted_document,
    account,
    feedback_document,
    full_cais,
    ltid_phase,
    tids,
    tids_document,
)

NAMES = """
123_999_20200101_CAIS_000123.json.bz2
123_999_20200101_group1_TIDS_000123.json.bz2
123_456_20200204_CAIS_000123.v4.feedback.json.bz2
123_456_20200204_CAIS_000123_2.v1.feedback.json.bz2
1_2_3_20200101_OUTSTANDINGREJECTIONS_g_meta.json
1_2_3_20200101_OUTSTANDINGINCONSISTENCIES_g_data.json.bz2
20200101_OUTSTANDINGREJECTIONS_processed
""".split()

_WORDS = """
BZh9 1AY&SY { } [ ] , : " \\\\ \\\\u0022 \\\\ud800 NaN 1e999 -0 true null .v4.feedback.json.bz2 _CAIS_ _TIDS_
caisweb version 1.0.0 2.0.0 fdidRecordCount fdidRecordList firmDesignatedID fdidRecordID fdidType ACCOUNT
fdidDate fdidEndDate fdidEndReason replacedByFDID largeTraderList largeTraderID largeTraderRecordID
ltidEffectiveDate ltidEndDate ltidEndReason naturalPersonCustomerList legalEntityCustomerList customerRecordID
catReporterCRD catSubmitterID correspondentCRD tidRecordCount PENDING submissionID submissionStatus
COMPLETED_WITH_REJECTIONS COMPLETED_WITHOUT_REJECTIONS RECORD_SCAN_COMPLETED receivedFDIDRecordCount
successfulFDIDRecordCount rejectionItems errorCode receiptTimestamp 20201005T101500 statusHistory
""".split()


def dictionary() -> str:
    """The words as a dictionary file of libFuzzer."""
    return "".join(f'"{word.replace(chr(34), chr(92) + chr(34))}"\n' for word in _WORDS)


def seeds(target: str) -> list[bytes]:
    """What one target starts from."""
    if target == "names":
        return [name.encode() for name in NAMES]
    if target == "feedback":
        answers = [feedback_document(), accepted_document(), tids_document()]
        texts = [json.dumps(answer).encode() for answer in answers]
        return texts + [bz2.compress(text) for text in texts]
    files = [
        ltid_phase([account(1), account(2)]),
        full_cais([account(1, fdidEndDate=20200101, fdidEndReason="OTHER")]),
        tids(1, 2),
    ]
    texts = [json.dumps(file, separators=(",", ":")).encode() for file in files]
    if target == "bzip2":
        streams = [bz2.compress(text, level) for text in texts for level in (1, 9)]
        return [*streams, b"".join(streams), bz2.compress(b"")]
    if target == "document":
        return [b"\x20" + text for text in texts]
    return texts


def write_seeds(folder: Path, target: str) -> None:
    """Write a target's seeds into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds(target)):
        (folder / f"seed-{number}").write_bytes(seed)
