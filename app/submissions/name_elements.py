"""The elements that names of CAIS files are made of, each with what it must be."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from app.onboarding.testing import FileKind
from app.submissions.findings import Finding, Weight, quoted

MAX_UNSIGNED = 2**63 - 1

_UNSIGNED = re.compile(r"0|[1-9][0-9]{0,18}")
_DATE = re.compile(r"[0-9]{8}")
_GROUP = re.compile(r"[A-Za-z0-9]{1,20}")
_NUMBER = re.compile(r"[0-9]{6}")
_KINDS = frozenset(FileKind.__members__)


@dataclass
class Elements:
    """The elements collected so far, and what was wrong with them."""

    name: str
    today: date
    found: dict[str, object] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    tids: bool = False

    def wrong(self, element: str, message: str, code: str | None = None) -> None:
        """Note that an element is refused; `code` is what CAIS says to it in a CAIS Data File."""
        if code is not None and self.tids:
            # TIDS has no codes for submitter and reporter: those fall under its file name.
            code = {"21004": "21504"}.get(code, "21510")
        self.findings.append(Finding(f"name-{element}", message, code))

    def remark(self, element: str, message: str) -> None:
        """Note something about an element that is not refused."""
        self.findings.append(Finding(f"name-{element}", message, weight=Weight.REMARK))

    def unsigned(self, key: str, title: str, text: str, code: str | None) -> None:
        """A number from 0 to 2^63-1, without leading zeros."""
        if _UNSIGNED.fullmatch(text) and int(text) <= MAX_UNSIGNED:
            self.found[key] = int(text)
            return
        must = "must be a number in digits only, without leading zeros"
        found = f"{quoted(text)} stands there" if text else "nothing stands there"
        self.wrong(key.replace("_", "-"), f"The {title} {must}; {found}.", code)

    def day(self, text: str, code: str | None) -> None:
        """The file generation date."""
        found = _calendar_day(text)
        if found is None:
            self.wrong(
                "date",
                "The file generation date must be a real calendar day written YYYYMMDD; "
                f"{quoted(text)} stands there.",
                code,
            )
        elif found > self.today:
            self.wrong(
                "future-date",
                f"The file generation date {quoted(text)} lies in the future; it must be today's "
                "date or an earlier one (Eastern Time).",
                code,
            )
        else:
            self.found["generation_date"] = found

    def grouping(self, text: str, code: str | None) -> None:
        """The optional group."""
        if not _GROUP.fullmatch(text):
            self.wrong(
                "group",
                "The group must be 1 to 20 letters and digits without accents, or be left out "
                f"together with its underscore; {quoted(text)} stands there.",
                code,
            )
            return
        self.found["group"] = text
        if text.upper() in _KINDS:
            self.remark(
                "group-unwise",
                f"The group {quoted(text)} reads like a file kind; another group is wiser.",
            )

    def kind(self, text: str, unknown: bool) -> None:
        """CAIS or TIDS; `unknown` when the text is neither in any letter case."""
        if text in _KINDS:
            self.found["file_kind"] = FileKind(text)
            return
        hint = f"“{text.upper()}” in capitals" if not unknown else "CAIS or TIDS"
        self.wrong(
            "kind",
            f"The file kind must be {hint}; {quoted(text)} stands there.",
            "21010",
        )

    def number(self, text: str) -> None:
        """The file number."""
        if _NUMBER.fullmatch(text):
            self.found["file_number"] = text
            return
        padded = f" Write {text:0>6}." if re.fullmatch(r"[0-9]{1,5}", text) else ""
        found = f"{quoted(text)} stands there" if text else "nothing stands there"
        self.wrong(
            "number",
            f"The file number must have exactly 6 digits, filled with zeros in front; {found}.{padded}",
            "21010",
        )

    def extension(self, extension: str, code: str | None) -> None:
        """What follows the base name."""
        if extension == ".json.bz2":
            return
        if extension.lower() == ".json.bz2":
            message = "The extension must be .json.bz2 in small letters."
        elif extension.lower() == ".json":
            message = (
                "The extension must be .json.bz2: the file has to be compressed with bzip2, and its "
                "name has to say so."
            )
        else:
            shown = f"{quoted(extension)} stands there" if extension else "there is none"
            message = f"The extension must be .json.bz2 (JSON compressed with bzip2); {shown}."
        self.wrong("extension", message, code)


def _calendar_day(text: str) -> date | None:
    if not _DATE.fullmatch(text):
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None
