"""FDID records: what CAIS would say to each (specification 4.1), and what they count."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from msgspec import UNSET

from app.cancellation import CancelToken
from app.submissions import account_rules as rules
from app.submissions.findings import Finding
from app.submissions.identifiers import Identifiers, count_distinct, distinct
from app.submissions.name_elements import MAX_UNSIGNED
from app.submissions.record_shape import Interest, as_object
from app.submissions.tally import Rule, Tally

INTEREST: Interest = {
    "fdidRecordID": None,
    "firmDesignatedID": None,
    "fdidType": None,
    "fdidDate": None,
    "fdidEndDate": None,
    "fdidEndReason": None,
    "replacedByFDID": None,
    "largeTraderList": {
        "largeTraderRecordID": None,
        "largeTraderID": None,
        "ltidEffectiveDate": None,
        "ltidEndDate": None,
        "ltidEndReason": None,
    },
}

_TYPES = frozenset({"ACCOUNT", "RELATIONSHIP", "ENTITYID"})
_LONGEST_FDID = 40
# Eight digits make a date; larger numbers may be larger than the calendar can even look at.
_FIRST_DAY, _LAST_DAY = 1000_01_01, 9999_12_31
_ACCOUNT_END = (rules.END_DATE, rules.END_FIRST, rules.END_REASON)
_LTID_END = (rules.LTID_END_DATE, rules.LTID_END_FIRST, rules.LTID_END_REASON)
# Printable ASCII without the comma, the bar, the quotation mark and the @ sign.
_FDID = re.compile(r"[ !#-+\--?A-{}~]{1,40}")
# Several of them, one a line, none of only blanks.
_FDIDS = re.compile(rf"(?:(?! *\n){_FDID.pattern}\n)+")
_LTID = re.compile(r"[0-9]{8}-[0-9]{4}|ULT[A-Za-z0-9]{5}-[A-Za-z0-9]{4}")


def is_usable_fdid(value: object) -> bool:
    """Whether `value` is a firmDesignatedID as it must be."""
    return (
        type(value) is str
        and _FDID.fullmatch(value) is not None
        and not value.isspace()
        and (len(value) != len("PENDING") or value.upper() != "PENDING")
    )


def are_usable_fdids(values: list[Any]) -> bool:
    """Whether all `values` certainly are; where this says no, they may be all the same."""
    try:
        text = "\n".join([*values, ""])
    except TypeError:
        return False
    if text.count("\n") != len(values):
        return False  # a line break inside one
    return _FDIDS.fullmatch(text) is not None and "PENDING" not in text.upper()


def _is_number(value: object) -> bool:
    return type(value) is int and 0 <= value <= MAX_UNSIGNED


def _is_there(value: object) -> bool:
    return value is not UNSET and value is not None


class AccountChecks:
    """Checks accounts one by one, and counts them.

    Args:
        today: Eastern date; a large-trader link that ended on or before it is not current (R6.3).
    """

    def __init__(self, today: date) -> None:
        self._today = today.year * 10_000 + today.month * 100 + today.day
        self._tally = Tally()
        self._days: set[int] = set()
        self._record_ids = Identifiers()
        self._ltids = Identifiers(tagged=False)
        self._faulty = 0
        self.fdids = Identifiers()
        self.fdids_ended = Identifiers(tagged=False)  # told by counting alone
        self.accounts = 0
        self.distinct = 0
        self.with_ltid = 0
        self.with_current_ltid = 0
        self.ltids_distinct = 0
        self.without_findings = 0

    def check(self, records: list[Any], first: int) -> None:
        """Check consecutive records, the first of them being number `first` of the file."""
        fdids: list[str] = []
        fdid_tags: list[int] = []
        ids: list[str] = []
        id_tags: list[int] = []
        ltids: list[str] = []
        seen = [
            as_object(record, INTEREST) if type(record) is dict else record for record in records
        ]
        usable = are_usable_fdids([getattr(each, "firmDesignatedID", None) for each in seen])
        for number, account in enumerate(seen, first):
            if not hasattr(account, "largeTraderList"):
                self._faulty += self._broken(rules.DATA_TYPE, number)
                continue
            faulty = self._check_fields(account, number)
            if account.largeTraderList:
                faulty |= self._check_ltids(account.largeTraderList, number, ltids)
            fdid_faulty = not (usable or is_usable_fdid(account.firmDesignatedID))
            if fdid_faulty:
                faulty = self._broken(_fdid_rule(account.firmDesignatedID), number)
            self._faulty += faulty
            # The lowest bit of a tag says that the record is faulty already.
            tag = number << 1 | faulty
            if not fdid_faulty:
                fdids.append(account.firmDesignatedID)
                fdid_tags.append(tag)
            if type(account.fdidRecordID) is int:
                ids.append(str(account.fdidRecordID))
                id_tags.append(tag)
        self.accounts += len(records)
        self.fdids.add(fdids, fdid_tags)
        self._record_ids.add(ids, id_tags)
        self._ltids.add(ltids)

    def _broken(self, rule: Rule, number: int) -> bool:
        self._tally.add(rule, number)
        return True

    def _is_day(self, value: object) -> bool:
        """Whether `value` is a calendar day written as the number YYYYMMDD."""
        if type(value) is not int or not _FIRST_DAY <= value <= _LAST_DAY:
            return False
        if value in self._days:
            return True
        try:
            date(value // 10_000, value // 100 % 100, value % 100)
        except ValueError:
            return False
        self._days.add(value)
        return True

    def _check_fields(self, account: Any, number: int) -> bool:
        faulty = False
        if not _is_number(account.fdidRecordID):
            faulty = self._broken(rules.RECORD_ID, number)
        if type(account.fdidType) is not str or account.fdidType not in _TYPES:
            faulty = self._broken(rules.TYPE, number)
        start, end, reason = account.fdidDate, account.fdidEndDate, account.fdidEndReason
        if not self._is_day(start):
            faulty = self._broken(rules.DATE, number)
        if end is not UNSET or reason is not UNSET:
            faulty |= self._check_end(_ACCOUNT_END, (start, end, reason), number)
        replaced = account.replacedByFDID
        if type(replaced) is str and replaced == account.firmDesignatedID:
            faulty = self._broken(rules.SELF_REPLACED, number)
        return faulty

    def _check_end(
        self, end_rules: tuple[Rule, Rule, Rule], dates: tuple[Any, Any, Any], number: int
    ) -> bool:
        """Check an end date and its reason: both or neither, and not before the start."""
        bad_end, too_early, no_reason = end_rules
        start, end, reason = dates
        faulty = False
        if _is_there(end):
            if not self._is_day(end):
                faulty = self._broken(bad_end, number)
            elif self._is_day(start) and end < start:
                faulty = self._broken(too_early, number)
            if not _is_there(reason):
                faulty = self._broken(no_reason, number)
        elif _is_there(reason):
            faulty = self._broken(bad_end, number)
        return faulty

    def _check_ltids(self, entries: Any, number: int, ltids: list[str]) -> bool:
        """Check an account's large-trader list, and count it."""
        if type(entries) is not list:
            return self._broken(rules.DATA_TYPE, number)
        faulty = current = False
        for entry in entries:
            if not hasattr(entry, "largeTraderID"):
                faulty = self._broken(rules.DATA_TYPE, number)
                continue
            ltid = entry.largeTraderID
            if type(ltid) is str and _LTID.fullmatch(ltid):
                ltids.append(ltid)
            else:
                faulty = self._broken(rules.LTID_FORM, number)
            if not _is_number(entry.largeTraderRecordID):
                faulty = self._broken(rules.LTID_RECORD, number)
            start, end, reason = entry.ltidEffectiveDate, entry.ltidEndDate, entry.ltidEndReason
            if not self._is_day(start):
                faulty = self._broken(rules.LTID_DATE, number)
            if end is UNSET and reason is UNSET:
                current = True
                continue
            faulty |= self._check_end(_LTID_END, (start, end, reason), number)
            current |= not _is_there(end) or (type(end) is int and end > self._today)
        if len(entries) > 1:
            faulty |= self._check_repeats(entries, number)
        self.with_ltid += 1
        self.with_current_ltid += current
        return faulty

    def _check_repeats(self, entries: list[Any], number: int) -> bool:
        """Within one account, each large-trader number and each record number stands once."""
        faulty = False
        for key, rule in (
            ("largeTraderID", rules.LTID_REPEATED),
            ("largeTraderRecordID", rules.LTID_RECORD_REPEATED),
        ):
            values = [getattr(entry, key, None) for entry in entries]
            usable = [value for value in values if type(value) in (str, int)]
            if len(set(usable)) < len(usable):
                faulty = self._broken(rule, number)
        return faulty

    def finish(self, cancel: CancelToken | None = None) -> list[Finding]:
        """Count what repeats, and give all findings.

        Raises:
            Cancelled: the work was cancelled.
        """
        newly_faulty = Identifiers(tagged=False)

        def note_repeated(tags: list[int]) -> None:
            newly_faulty.add([str(tag) for tag in tags if not tag & 1])

        for store, rule in (
            (self.fdids, rules.FDID_REPEATED),
            (self._record_ids, rules.RECORD_ID_REPEATED),
        ):
            found = distinct(store, cancel, note_repeated)
            self._tally.add_many(rule, found.repeated_places, (tag >> 1 for tag in found.first))
            if store is self.fdids:
                self.distinct = found.different
        self.ltids_distinct = count_distinct([self._ltids], cancel)
        self.without_findings = (
            self.accounts - self._faulty - count_distinct([newly_faulty], cancel)
        )
        for spent in (self._record_ids, self._ltids, newly_faulty):
            spent.close()
        return self._tally.findings("account record")


def _fdid_rule(fdid: object) -> Rule:
    """Which rule an unusable firmDesignatedID breaks."""
    if type(fdid) is not str or not fdid:
        return rules.FDID_MISSING
    if fdid.isspace():
        return rules.FDID_BLANK
    if fdid.upper() == "PENDING":
        return rules.FDID_PENDING
    if len(fdid) > _LONGEST_FDID:
        return rules.FDID_LONG
    return rules.FDID_CHARACTERS
