"""E-mail addresses, with names or without, as they are copied from a message or a directory."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.utils import getaddresses

from pydantic import TypeAdapter, ValidationError

from app.onboarding.values import NAME_LENGTH, Email, one_line

_EMAIL: TypeAdapter[str] = TypeAdapter(Email)
#: More people than any firm gives access to.
_MOST = 200


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One person's address, and her name where it stood beside it."""

    email: str
    name: str = ""


def mailboxes_in(text: str) -> tuple[Mailbox, ...]:
    """The addresses in `text`, divided by semicolons, line breaks, commas or blanks.

    None at all where any part of it is no address: nothing is left out silently.
    """
    items = [item for item in re.split(r"[;\n\r\t]+", text) if item.strip()]
    found: list[Mailbox] = []
    for item in items:
        boxes = _boxes(item.strip(" ,"))
        if not boxes or len(found) > _MOST:
            return ()
        found.extend(boxes)
    unique: dict[str, Mailbox] = {}
    for box in found:
        unique.setdefault(box.email.casefold(), box)
    return tuple(unique.values())


def _boxes(item: str) -> list[Mailbox]:
    """The addresses of one part; one with a name may have a comma in it: "Vale, Robin <…>"."""
    named = re.fullmatch(r"([^<>@]*)<([^<>]+)>", item)
    if named:
        box = _box(named.group(1), named.group(2))
        return [box] if box else []
    if "<" not in item:
        boxes = [_box("", word) for word in re.split(r"[,\s]+", item) if word]
    else:
        boxes = [_box(name, email) for name, email in getaddresses([item])]
    return [box for box in boxes if box] if all(boxes) else []


def _box(name: str, email: str) -> Mailbox | None:
    try:
        checked = _EMAIL.validate_python(email.strip().removeprefix("mailto:"))
    except ValidationError:
        return None
    return Mailbox(checked, one_line(name).strip(" ,'\"")[:NAME_LENGTH])
