"""The kinds of value a person types, each with the one clear line said when it is wrong.

Every type takes text as it comes from a field. A validator that must know the day
(no date in the future) finds it under `today` in pydantic's validation context;
without one, as when a stored case is read, only the form is checked.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import isleap
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo

NAME_LENGTH = 200
NOTE_LENGTH = 4_000
#: More accounts than any firm has: a slip of the keyboard, not a number.
MOST_ACCOUNTS = 1_000_000_000
#: Characters that turn the reading direction around; they make one name look like another.
_DIRECTION_CHARACTERS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Facts(BaseModel):
    """Base of every value in a case: frozen, and no field that is not ours."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Row(Facts):
    """One entry of a list in a case; `id` stays the same for the row's whole life."""

    id: Annotated[str, Field(pattern=r"^[0-9a-f]{8,32}$")]


def one_line(text: str) -> str:
    """`text` on one line, without control and direction-changing characters.

    Halves of characters (surrogates), which a broken paste leaves and no file can hold, go too.
    """
    kept = (
        " " if character.isspace() else character
        for character in text
        if character.isspace()
        or not (
            unicodedata.category(character) in ("Cc", "Cs") or character in _DIRECTION_CHARACTERS
        )
    )
    return " ".join("".join(kept).split())


def is_blank(text: str) -> bool:
    """Whether nothing of `text` can be seen: only blanks, control and zero-width characters."""
    return all(
        character.isspace() or unicodedata.category(character) in ("Cc", "Cf", "Cs")
        for character in text
    )


def _compact(text: str) -> str:
    """`text` without anything that cannot be seen: what a paste from a web page brings along."""
    return "".join(character for character in text if not is_blank(character))


def _name(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = one_line(value)
    if len(text) > NAME_LENGTH:
        raise ValueError(f"At most {NAME_LENGTH} characters; this has {len(text):,}.")
    return text


def _note(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = "\n".join(one_line(line) for line in value.splitlines()).strip()
    if len(text) > NOTE_LENGTH:
        raise ValueError(f"At most {NOTE_LENGTH:,} characters; this has {len(text):,}.")
    return text


def _identifier(what: str, longest: int) -> BeforeValidator:
    def check(value: object) -> object:
        if isinstance(value, bool) or not isinstance(value, str | int):
            return value
        digits = _compact(str(value))
        if not re.fullmatch(r"[0-9]+", digits):
            raise ValueError(f"{what} is digits only, for example 123456.")
        if digits.startswith("0"):
            raise ValueError(f"{what} does not start with 0.")
        if len(digits) > longest:
            raise ValueError(f"{what} has at most {longest} digits; this has {len(digits):,}.")
        return digits

    return BeforeValidator(check)


def _account_count(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = "".join(character for character in value if not is_blank(character) or character == " ")
    text = text.strip()
    if re.fullmatch(r"[-\u2212]\s*[0-9][0-9, ]*", text):
        raise ValueError("The number of accounts cannot be below 0.")
    if not re.fullmatch(r"[0-9]+|[0-9]{1,3}(,[0-9]{3})+", text):
        raise ValueError("Enter a whole number of accounts, for example 85 or 1,250.")
    digits = text.replace(",", "").lstrip("0") or "0"
    # Python refuses to convert absurdly long digit strings; the answer is the same.
    return int(digits) if len(digits) <= len(str(MOST_ACCOUNTS)) else MOST_ACCOUNTS + 1


def _plausible_count(value: int) -> int:
    if value < 0:
        raise ValueError("The number of accounts cannot be below 0.")
    if value > MOST_ACCOUNTS:
        raise ValueError(f"More than {MOST_ACCOUNTS:,} accounts: check the number.")
    return value


def _email(value: object) -> object:
    if not isinstance(value, str):
        return value
    from email_validator import EmailNotValidError, validate_email

    try:
        return validate_email(_compact(value), check_deliverability=False).normalized
    except EmailNotValidError:
        raise ValueError(
            "This is not an e-mail address; it looks like name@firm.example."
        ) from None


def _phone(value: object) -> object:
    if not isinstance(value, str):
        return value
    import phonenumbers

    text = one_line(value)
    try:
        number = phonenumbers.parse(text[:250], "US")
    except phonenumbers.NumberParseException:
        number = None
    possible = phonenumbers.ValidationResult.IS_POSSIBLE
    # "Possible" alone would let a local number without area code pass.
    if number is None or phonenumbers.is_possible_number_with_reason(number) != possible:
        raise ValueError("Enter a phone number with area code, for example 212-555-0100.")
    # The library passes over what it cannot place, or takes a second number for an extension.
    extension = number.extension or ""
    digits = "".join(character for character in text if character.isdigit())
    kept = f"{number.country_code}{number.national_number}{extension}"
    if len(digits.removeprefix("011")) > len(kept) or len(extension) > 7:
        raise ValueError("Enter one phone number; an extension as “ext. 12” after it.")
    style = (
        phonenumbers.PhoneNumberFormat.NATIONAL
        if number.country_code == 1
        else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )
    return phonenumbers.format_number(number, style)


#: Days that are named, by how many days ago they are.
_NEAR_DAYS = {"today": 0, "yesterday": 1}
_DATE_HELP = "Enter a date as month/day/year, for example 10/05/2020."


def _today(info: ValidationInfo) -> date | None:
    context: Any = info.context
    today = context.get("today") if isinstance(context, dict) else None
    return today if isinstance(today, date) else None


def _date(value: object, info: ValidationInfo) -> object:
    """Dates in any common US form; one that leaves the day, month or year open is refused."""
    if isinstance(value, datetime):
        return value.date()
    if not isinstance(value, str):
        return value
    text, today = one_line(value), _today(info)
    if today is not None and text.casefold() in _NEAR_DAYS:
        return today - timedelta(days=_NEAR_DAYS[text.casefold()])
    if re.fullmatch(r"[0-9]{4}(19|20)[0-9]{2}", text) and not text.startswith(("19", "20")):
        text = f"{text[:2]}/{text[2:4]}/{text[4:]}"
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise ValueError(f"There is no such day. {_DATE_HELP}") from None
    first, second = _parsed_twice(text)
    if first != second or first.time() != datetime.min.time():
        raise ValueError(_DATE_HELP)
    return first.date()


def _parsed_twice(text: str) -> tuple[datetime, datetime]:
    """`text` with two different defaults: a part that it leaves open comes out differently.

    Raises:
        ValueError: it is no date.
    """
    from dateutil import parser

    try:
        first, second = (
            parser.parse(text, default=default, dayfirst=False, ignoretz=True)
            for default in (datetime(2000, 1, 1), datetime(2004, 2, 2))  # noqa: DTZ001
        )
    except (ValueError, OverflowError):
        raise ValueError(_DATE_HELP) from None
    return first, second


def _latest_such_day(value: object, info: ValidationInfo) -> object:
    """A day and a month alone are the latest such day: what happened lies behind."""
    today = _today(info)
    if not isinstance(value, str) or today is None:
        return value
    try:
        first, second = _parsed_twice(one_line(value))
    except ValueError:
        return value
    yearless = (first.year, second.year) == (2000, 2004)
    if not yearless or (first.month, first.day) != (second.month, second.day):
        return value
    if first.time() != datetime.min.time():
        return value
    years = (today.year - back for back in range(9))
    leap = (first.month, first.day) == (2, 29)
    days = (date(year, first.month, first.day) for year in years if not leap or isleap(year))
    return next((day for day in days if day <= today), value)


def _plausible_date(value: date) -> date:
    if not 1990 <= value.year <= 2100:
        raise ValueError(f"The year {value.year} cannot be right here. {_DATE_HELP}")
    return value


def _not_in_future(value: date, info: ValidationInfo) -> date:
    today = _today(info)
    if today is not None and value > today:
        raise ValueError("This day lies in the future; enter the day it happened.")
    return value


def _in_utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("A time needs its time zone.")
    try:
        return value.astimezone(UTC)
    except OverflowError:
        # The first and last hours that can be written down have no counterpart in UTC.
        return value.replace(tzinfo=UTC)


#: A name or other short text on one line, up to 200 characters.
Name = Annotated[str, BeforeValidator(_name)]
#: A remark on several lines, up to 4,000 characters.
Note = Annotated[str, BeforeValidator(_note)]
#: A number that FINRA gave to a firm or person, as digits.
Crd = Annotated[str, _identifier("A CRD number", 10)]
#: The number of a Reporting Agent without a CRD number, as digits (guide §1, footnote 1).
OrgId = Annotated[str, _identifier("An ORG ID", 10)]
#: CRD number or ORG ID of an organisation that submits for others.
SubmitterId = Annotated[str, _identifier("A CRD number or ORG ID", 19)]
#: Accounts, a whole number from 0.
AccountCount = Annotated[int, BeforeValidator(_account_count), AfterValidator(_plausible_count)]
#: An e-mail address, its form checked, nothing looked up.
Email = Annotated[str, BeforeValidator(_email)]
#: A phone number with area code; US numbers are stored in the national form.
Phone = Annotated[str, BeforeValidator(_phone)]
#: A calendar date that may lie ahead (an effective date).
AnyDate = Annotated[date, BeforeValidator(_date), AfterValidator(_plausible_date)]
#: A calendar date on which something happened: not after today.
PastDate = Annotated[AnyDate, BeforeValidator(_latest_such_day), AfterValidator(_not_in_future)]
#: A moment in UTC; taken with any time zone, never without one.
Moment = Annotated[datetime, AfterValidator(_in_utc)]
