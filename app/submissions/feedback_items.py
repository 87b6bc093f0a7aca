"""Rejection and warning items of a feedback file, as counts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from app.submissions.codes import ErrorGroup, error_groups
from app.submissions.feedback_fields import Fields

_CODE = re.compile(r"[0-9A-Za-z]{1,12}")
# Codes 22500 to 22999 are given to customer records, which name no account.
_CUSTOMER_CODES = range(22500, 23000)
_NO_CODE = "no code"


@dataclass(frozen=True, slots=True)
class Items:
    """What the items amount to.

    Attributes:
        rejections: entries in rejectionItems.
        warnings: entries in failedCorrectionItems.
        accounts_named: distinct account records that the rejections name; several errors on one
            record are one account.
        account_items_unnamed: account-level rejections that name no account.
        groups: entries by code, the largest group first.
    """

    rejections: int
    warnings: int
    accounts_named: int
    account_items_unnamed: int
    groups: tuple[ErrorGroup, ...]


def read_items(fields: Fields) -> Items:
    """Count the rejection and warning items of a feedback document."""
    rejections = fields.items("rejectionItems")
    warnings = fields.items("failedCorrectionItems")
    codes: Counter[str] = Counter()
    records: set[object] = set()
    accounts_of_records: set[object] = set()
    accounts_only: set[object] = set()
    unnamed = 0
    for item in rejections:
        code = _code(item, "errorCode")
        codes[code] += 1
        record, account = _name(item, "fdidRecordID"), _name(item, "firmDesignatedID")
        if record is not None:
            records.add(record)
            accounts_of_records.add(account)
        elif account is not None:
            accounts_only.add(account)
        elif not (code.isdecimal() and int(code) in _CUSTOMER_CODES):
            unnamed += 1
    codes.update(_code(item, "warningCode") for item in warnings)
    _note_missing_codes(fields, rejections, warnings, codes)
    return Items(
        rejections=len(rejections),
        warnings=len(warnings),
        accounts_named=len(records) + len(accounts_only - accounts_of_records),
        account_items_unnamed=unnamed,
        groups=error_groups(codes),
    )


def _note_missing_codes(
    fields: Fields,
    rejections: list[dict[str, object]],
    warnings: list[dict[str, object]],
    codes: Counter[str],
) -> None:
    missing = codes.pop(_NO_CODE, 0)
    if missing:
        fields.note(
            "item-without-code",
            f"{missing:,} of {len(rejections) + len(warnings):,} items carry no usable code.",
        )


def _code(item: Mapping[str, object], key: str) -> str:
    value = item.get(key)
    if type(value) is int and 0 <= value < 10**12:
        return str(value)
    if isinstance(value, str) and _CODE.fullmatch(value):
        return value
    return _NO_CODE


def _name(item: Mapping[str, object], key: str) -> str | None:
    """What an item calls an account or its record, as text, so that 7 and "7" are one."""
    value = item.get(key)
    if isinstance(value, str):
        return value or None
    return str(value) if type(value) is int else None
