"""Rejection and warning items of a feedback file, as counts."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.submissions.codes import ErrorGroup, error_groups
from app.submissions.feedback_fields import Fields

_CODE = re.compile(r"[0-9A-Za-z]{1,12}")
# Codes 22500 to 22999 are given to customer records, which name no account.
_CUSTOMER_CODES = range(22500, 23000)
_NO_CODE = "no code"
# What can be counted as it stands; a truth value would count as the number 1.
_TELLABLE = frozenset({int, str, type(None)})


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
    codes: dict[str, int] = {}
    _add_codes(codes, rejections, "errorCode")
    named, unnamed = _accounts(rejections)
    _add_codes(codes, warnings, "warningCode")
    _note_missing_codes(fields, rejections, warnings, codes)
    return Items(
        rejections=len(rejections),
        warnings=len(warnings),
        accounts_named=named,
        account_items_unnamed=unnamed,
        groups=error_groups(codes),
    )


def _add_codes(codes: dict[str, int], items: list[dict[str, object]], key: str) -> None:
    """Add how many items carry each code."""
    values = [item.get(key) for item in items]
    if not _TELLABLE.issuperset(map(type, values)):
        values = [value if type(value) in _TELLABLE else None for value in values]
    counts: dict[object, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    # Few codes stand in many items: each is looked at once.
    for value, count in counts.items():
        code = _code(value)
        codes[code] = codes.get(code, 0) + count


def _accounts(items: list[dict[str, object]]) -> tuple[int, int]:
    """Distinct account records that items name, and account-level items that name none."""
    values = [item.get("fdidRecordID") for item in items]
    if {int}.issuperset(map(type, values)):
        return len(set(values)), 0
    records = [_name(value) for value in values]
    named = set(records)
    named.discard(None)
    if None not in records:
        return len(named), 0
    accounts_of_records: set[str | None] = set()
    accounts_only: set[str | None] = set()
    unnamed = 0
    for item, record in zip(items, records, strict=True):
        account = _name(item.get("firmDesignatedID"))
        if record is not None:
            accounts_of_records.add(account)
        elif account is not None:
            accounts_only.add(account)
        else:
            unnamed += not _is_customer_code(item.get("errorCode"))
    return len(named) + len(accounts_only - accounts_of_records), unnamed


def _is_customer_code(value: object) -> bool:
    code = _code(value)
    return code.isdecimal() and int(code) in _CUSTOMER_CODES


def _note_missing_codes(
    fields: Fields,
    rejections: list[dict[str, object]],
    warnings: list[dict[str, object]],
    codes: dict[str, int],
) -> None:
    missing = codes.pop(_NO_CODE, 0)
    if missing:
        fields.note(
            "item-without-code",
            f"{missing:,} of {len(rejections) + len(warnings):,} items carry no usable code.",
        )


def _code(value: object) -> str:
    if type(value) is int and 0 <= value < 10**12:
        return str(value)
    if isinstance(value, str) and _CODE.fullmatch(value):
        return value
    return _NO_CODE


def _name(value: object) -> str | None:
    """What an item calls an account or its record, as text, so that 7 and "7" are one."""
    if type(value) is int:
        return str(value)
    return value or None if isinstance(value, str) else None
