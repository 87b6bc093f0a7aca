"""Customer records and transformed identifiers: their numbers, which join the two files of a pair.

Only customerRecordID is looked at: it is what CAIS pairs the files by (specification 4.1). What
else is wrong with a customer is not found here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import UNSET

from app.cancellation import CancelToken
from app.submissions.findings import MAX_POSITIONS, Finding
from app.submissions.identifiers import Identifiers, distinct, tags_missing_in
from app.submissions.record_shape import Interest
from app.submissions.tally import Rule, Tally

INTEREST: Interest = {"customerRecordID": None}

_MISSING = Rule("customer-record-id", "22501", "The customerRecordID is missing or not usable.")
_REPEATED = Rule(
    "customer-record-id-duplicate", "22502", "The customerRecordID stands in several records."
)
_TID_MISSING = Rule("tid-record-id", "24901", "The customerRecordID is missing or not usable.")
_TID_REPEATED = Rule(
    "tid-record-id-duplicate", "24915", "The customerRecordID stands in several records."
)


class CustomerChecks:
    """Checks the customers of a CAIS Data File, or the records of a TIDS file.

    Args:
        tids: whether the file is a Transformed Identifiers File.
    """

    def __init__(self, *, tids: bool) -> None:
        self._missing, self._repeated = (
            (_TID_MISSING, _TID_REPEATED) if tids else (_MISSING, _REPEATED)
        )
        self._title = "identifier record" if tids else "customer record"
        self._tally = Tally()
        self.total = 0
        self.numbers = Identifiers()

    def check(self, records: list[Any]) -> None:
        """Check the next records of the file."""
        found: list[str] = []
        places: list[int] = []
        for place, record in enumerate(records, self.total + 1):
            number = (
                record.get("customerRecordID", UNSET)
                if type(record) is dict
                else getattr(record, "customerRecordID", UNSET)
            )
            if type(number) is int or (type(number) is str and number):
                found.append(str(number))
                places.append(place)
            else:
                self._tally.add(self._missing, place)
        self.total += len(records)
        self.numbers.add(found, places)

    def finish(self, cancel: CancelToken | None = None) -> list[Finding]:
        """Count what repeats, and give all findings.

        Raises:
            Cancelled: the work was cancelled.
        """
        found = distinct(self.numbers, cancel)
        self._tally.add_many(self._repeated, found.repeated_places, found.first)
        return self._tally.findings(self._title)


def unpaired_findings(
    customers: Identifiers, identifiers: Identifiers, cancel: CancelToken | None = None
) -> list[Finding]:
    """Customers without an entry in the TIDS file, and entries without a customer.

    Raises:
        Cancelled: the work was cancelled.
    """
    without_tid = _missing(
        tags_missing_in(customers, identifiers, cancel),
        Rule("customer-without-tid", "22526", "A customer has no entry in the TIDS file."),
        "customer record",
    )
    without_customer = _missing(
        tags_missing_in(identifiers, customers, cancel),
        Rule("tid-without-customer", "24914", "A TIDS entry has no customer in the CAIS file."),
        "identifier record",
    )
    return [*without_tid, *without_customer]


def _missing(places: Iterator[int], rule: Rule, title: str) -> list[Finding]:
    count, first = 0, list[int]()
    for place in places:
        count += 1
        first = sorted([*first, place])[:MAX_POSITIONS]
    tally = Tally()
    tally.add_many(rule, count, first)
    return tally.findings(title)
