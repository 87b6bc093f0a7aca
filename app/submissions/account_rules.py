"""What can be wrong with an FDID record, by the code that CAIS would answer with."""

from __future__ import annotations

from app.submissions.tally import Rule

FDID_MISSING = Rule("fdid-missing", "22001", "The firmDesignatedID is missing or is no text.")
FDID_BLANK = Rule("fdid-blank", "22001", "The firmDesignatedID is blank.")
FDID_PENDING = Rule("fdid-pending", "22001", "The firmDesignatedID is PENDING, which is reserved.")
FDID_LONG = Rule("fdid-length", "22001", "The firmDesignatedID is longer than 40 characters.")
FDID_CHARACTERS = Rule(
    "fdid-characters",
    "22001",
    "The firmDesignatedID holds a character that is not allowed (printable ASCII only, and no "
    "comma, bar, quotation mark or @ sign).",
)
FDID_REPEATED = Rule(
    "fdid-duplicate",
    "22002",
    "The firmDesignatedID stands in several records; CAIS leaves all of them out.",
)
RECORD_ID = Rule("record-id", "22003", "The fdidRecordID is missing or no whole number.")
RECORD_ID_REPEATED = Rule(
    "record-id-duplicate", "22004", "The fdidRecordID stands in several records."
)
TYPE = Rule("fdid-type", "22005", "The fdidType is not ACCOUNT, RELATIONSHIP or ENTITYID.")
DATE = Rule("fdid-date", "22007", "The fdidDate is missing or no date (YYYYMMDD as a number).")
END_DATE = Rule(
    "fdid-end-date", "22008", "The fdidEndDate is no date, or is missing beside an end reason."
)
END_FIRST = Rule("fdid-end-before-start", "22009", "The fdidEndDate lies before the fdidDate.")
END_REASON = Rule("fdid-end-reason", "22010", "The fdidEndReason is missing beside an fdidEndDate.")
SELF_REPLACED = Rule(
    "fdid-replaced-by-itself", "22024", "The account is said to be replaced by itself."
)
LTID_REPEATED = Rule("ltid-duplicate", "22006", "A largeTraderID stands twice at the same account.")
LTID_FORM = Rule("ltid-format", "22012", "A largeTraderID has neither the LTID nor the ULTID form.")
LTID_RECORD = Rule(
    "ltid-record-id", "22013", "A largeTraderRecordID is missing or no whole number."
)
LTID_RECORD_REPEATED = Rule(
    "ltid-record-id-duplicate", "22014", "A largeTraderRecordID stands twice at one account."
)
LTID_DATE = Rule("ltid-date", "22015", "An ltidEffectiveDate is missing or no date.")
LTID_END_DATE = Rule(
    "ltid-end-date", "22016", "An ltidEndDate is no date, or is missing beside an end reason."
)
LTID_END_REASON = Rule(
    "ltid-end-reason", "22017", "An ltidEndReason is missing beside an ltidEndDate."
)
LTID_END_FIRST = Rule(
    "ltid-end-before-start", "22028", "An ltidEndDate lies before its ltidEffectiveDate."
)
DATA_TYPE = Rule(
    "account-data-type", "22034", "The record, its largeTraderList or an entry has a wrong type."
)
