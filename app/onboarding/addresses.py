"""A whole postal address in one text, told apart into the fields of the form (guide §1).

Nothing is guessed: what is not beyond doubt is left as it was pasted.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from app.onboarding.values import NAME_LENGTH, one_line

_STATES = (
    "AL Alabama;AK Alaska;AZ Arizona;AR Arkansas;CA California;CO Colorado;CT Connecticut;"
    "DE Delaware;DC District of Columbia;FL Florida;GA Georgia;HI Hawaii;ID Idaho;IL Illinois;"
    "IN Indiana;IA Iowa;KS Kansas;KY Kentucky;LA Louisiana;ME Maine;MD Maryland;"
    "MA Massachusetts;MI Michigan;MN Minnesota;MS Mississippi;MO Missouri;MT Montana;"
    "NE Nebraska;NV Nevada;NH New Hampshire;NJ New Jersey;NM New Mexico;NY New York;"
    "NC North Carolina;ND North Dakota;OH Ohio;OK Oklahoma;OR Oregon;PA Pennsylvania;"
    "RI Rhode Island;SC South Carolina;SD South Dakota;TN Tennessee;TX Texas;UT Utah;VT Vermont;"
    "VA Virginia;WA Washington;WV West Virginia;WI Wisconsin;WY Wyoming;PR Puerto Rico;"
    "VI Virgin Islands;GU Guam"
)
#: Names and abbreviations of the states, in lower case.
_KNOWN_STATES = frozenset(
    word.casefold() for state in _STATES.split(";") for word in state.split(" ", 1)
)
_COUNTRIES = frozenset({"us", "usa", "u.s.", "u.s.a.", "united states", "united states of america"})
#: The parts in the order in which an address has them; everything else is of the street.
_PARTS = {
    "Recipient": "recipient",
    "PlaceName": "city",
    "StateName": "state",
    "ZipCode": "postal_code",
    "CountryName": "country",
}
_ORDERS = (
    ("street", "city", "state", "postal_code"),
    ("street", "city", "state", "postal_code", "country"),
    ("recipient", "street", "city", "state", "postal_code"),
    ("recipient", "street", "city", "state", "postal_code", "country"),
)


@dataclass(frozen=True, slots=True)
class Address:
    """A US address; `recipient` is what stands above the street, if anything does."""

    street: str
    city: str
    state: str
    postal_code: str
    recipient: str = ""


def address_in(text: str) -> Address | None:
    """The US address that `text` is; None where it is not one beyond doubt.

    Street, city, state and ZIP code must all be there, in this order and each in one piece, and the
    state must be one.
    """
    lines = [one_line(line).strip(" ,") for line in text.splitlines() if line.strip()]
    whole = ", ".join(lines)
    if not 0 < len(whole) <= NAME_LENGTH or not any(map(str.isdigit, whole)):
        return None
    import usaddress  # type: ignore[import-untyped]

    labelled = [(word, _PARTS.get(label, "street")) for word, label in usaddress.parse(whole)]
    runs = [
        (part, " ".join(word for word, _ in words).strip(" ,"))
        for part, words in groupby(labelled, key=lambda pair: pair[1])
    ]
    if tuple(part for part, _ in runs) not in _ORDERS:
        return None
    found = dict(runs)
    country = found.pop("country", "")
    if found["state"].casefold() not in _KNOWN_STATES or (
        country and country.casefold() not in _COUNTRIES
    ):
        return None
    digits = found["postal_code"].replace("-", "")
    if not (digits.isdecimal() and len(digits) in (5, 9)):
        return None
    return Address(**found)
