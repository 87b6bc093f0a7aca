"""FDID records counted, without checking what else is in them."""

from __future__ import annotations

from datetime import date
from typing import Any

from msgspec import UNSET

from app.cancellation import CancelToken
from app.submissions.account_checks import are_usable_fdids, is_usable_fdid
from app.submissions.findings import Finding
from app.submissions.identifiers import Identifiers, count_distinct
from app.submissions.record_shape import Interest, as_object

INTEREST: Interest = {"firmDesignatedID": None, "largeTraderList": {"ltidEndDate": None}}


class AccountCounts:
    """Counts accounts, distinct ones, and those with large-trader links.

    `fdids_ended` are accounts without a current large-trader link (R6.3).

    Args:
        today: Eastern date; a large-trader link that ended on or before it is not current (R6.3).
    """

    ltids_distinct: int | None = None
    without_findings: int | None = None

    def __init__(self, today: date) -> None:
        self._today = today.year * 10_000 + today.month * 100 + today.day
        self.fdids = Identifiers(tagged=False)
        self.fdids_ended = Identifiers(tagged=False)
        self.accounts = 0
        self.distinct = 0
        self.with_ltid = 0
        self.with_current_ltid = 0

    def check(self, records: list[Any], first: int) -> None:
        """Count consecutive records."""
        accounts = records
        if type(records[0]) is dict or not hasattr(records[0], "largeTraderList"):
            # Unlike the others of their file: the records were decoded the general way.
            seen = [
                as_object(record, INTEREST) if type(record) is dict else record
                for record in records
            ]
            accounts = [record for record in seen if hasattr(record, "largeTraderList")]
        self.accounts += len(records)
        self.fdids.add(_usable_fdids([account.firmDesignatedID for account in accounts]))
        today, ended = self._today, []
        for account in accounts:
            links = account.largeTraderList
            if links and type(links) is list:
                self.with_ltid += 1
                for link in links:
                    end = getattr(link, "ltidEndDate", None)
                    if end is UNSET or end is None or (type(end) is int and end > today):
                        self.with_current_ltid += 1
                        break
                else:
                    ended.append(account.firmDesignatedID)
            else:
                ended.append(account.firmDesignatedID)
        self.fdids_ended.add(_usable_fdids(ended))

    def finish(self, cancel: CancelToken | None = None) -> list[Finding]:
        """Count the distinct accounts; there are no findings.

        Raises:
            Cancelled: the work was cancelled.
        """
        self.distinct = count_distinct([self.fdids], cancel)
        return []


def _usable_fdids(values: list[Any]) -> list[str]:
    return values if are_usable_fdids(values) else [each for each in values if is_usable_fdid(each)]
