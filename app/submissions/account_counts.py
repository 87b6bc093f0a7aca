"""FDID records counted, without checking what else is in them."""

from __future__ import annotations

from datetime import date
from typing import Any

from msgspec import UNSET

from app.cancellation import CancelToken
from app.submissions.account_checks import is_usable_fdid
from app.submissions.findings import Finding
from app.submissions.identifiers import Identifiers, count_distinct
from app.submissions.record_shape import Interest, as_object

INTEREST: Interest = {"firmDesignatedID": None, "largeTraderList": {"ltidEndDate": None}}


class AccountCounts:
    """Counts accounts, distinct ones, and those with large-trader links.

    Args:
        today: Eastern date; a large-trader link that ended on or before it is not current (R6.3).
    """

    ltids_distinct: int | None = None
    without_findings: int | None = None

    def __init__(self, today: date) -> None:
        self._today = today.year * 10_000 + today.month * 100 + today.day
        self.fdids = Identifiers()
        self.accounts = 0
        self.distinct = 0
        self.with_ltid = 0
        self.with_current_ltid = 0

    def check(self, records: list[Any], first: int) -> None:
        """Count consecutive records."""
        seen = [
            as_object(record, INTEREST) if type(record) is dict else record for record in records
        ]
        accounts = [record for record in seen if hasattr(record, "largeTraderList")]
        self.accounts += len(records)
        self.fdids.add(
            [
                account.firmDesignatedID
                for account in accounts
                if is_usable_fdid(account.firmDesignatedID)
            ]
        )
        for account in accounts:
            links = account.largeTraderList
            if links and type(links) is list:
                self.with_ltid += 1
                self.with_current_ltid += any(map(self._is_current, links))

    def _is_current(self, link: Any) -> bool:
        end = getattr(link, "ltidEndDate", None)
        return end is UNSET or end is None or (type(end) is int and end > self._today)

    def finish(self, cancel: CancelToken | None = None) -> list[Finding]:
        """Count the distinct accounts; there are no findings.

        Raises:
            Cancelled: the work was cancelled.
        """
        self.distinct = count_distinct([self.fdids], cancel)
        return []
