"""A paste that is more than its field holds: put where it belongs, said, and undone in one step."""

from __future__ import annotations

from collections.abc import Mapping

from app.onboarding.addresses import address_in
from app.onboarding.editing import new_row_id, value_at
from app.onboarding.people import mailboxes_in
from app.open_case import OpenCase
from app.widgets.fields import Field
from app.widgets.form import Form
from app.widgets.row_list import RowList

_TAKE_BACK = "Ctrl+Z takes it back."
_CARE_OF = ("c/o", "attn", "attention")


def split_address(form: Form, path: str, text: str) -> None:
    """A whole address, pasted into the field at `path`: each part into its own field.

    What stands above the street is the company's name, unless there is one already.
    """
    field, address = form.field(path), address_in(text)
    if field is None or address is None:
        return
    parts = {
        "street": address.street,
        "city": address.city,
        "state": address.state,
        "postal_code": address.postal_code,
    }
    said = ["The address was put into street, city, state and ZIP code."]
    company = f"{form.prefix}.company_name"
    named = path != company and value_at(form.open_case.case, company) is not None
    if address.recipient and (named or address.recipient.casefold().startswith(_CARE_OF)):
        said.append(f"“{address.recipient}” was left out.")
    elif address.recipient:
        parts["company_name"] = address.recipient
        said.append(f"“{address.recipient}” is the company name.")
    _put(form.open_case, field, {f"{form.prefix}.{name}": part for name, part in parts.items()})
    field.say(" ".join((*said, _TAKE_BACK)))


def split_mailbox(form: Form, path: str, text: str) -> None:
    """A name with an e-mail address, pasted into the field for the address at `path`."""
    boxes = mailboxes_in(text)
    field, name_at = form.field(path), f"{path.removesuffix('.email')}.name"
    if field is None or not path.endswith(".email") or len(boxes) != 1 or not boxes[0].name:
        return
    parts = {path: boxes[0].email}
    if value_at(form.open_case.case, name_at) is None:
        parts[name_at] = boxes[0].name
        said = f"“{boxes[0].name}” was put into the name."
    else:
        said = f"“{boxes[0].name}” was left out."
    _put(form.open_case, field, parts)
    field.say(f"{said} {_TAKE_BACK}")


def split_mailboxes(people: RowList, path: str, text: str) -> None:
    """Several e-mail addresses, pasted into one row: the others get rows of their own."""
    boxes, form = mailboxes_in(text), people.form
    field = form.field(path) if form is not None else None
    if form is None or field is None or not path.endswith(".email"):
        return
    if len(boxes) < 2:
        split_mailbox(form, path, text)
        return
    row_id = people.chosen_id
    known = {(row.email or "").casefold() for row in people.rows if row.id != row_id}
    fresh = [box for box in boxes if box.email.casefold() not in known]
    if not fresh:
        return
    first, *others = fresh
    rows = [
        people.spec.new_row(new_row_id()).model_copy(
            update={"email": box.email, "name": box.name or None}
        )
        for box in others
    ]
    parts = {path: first.email}
    if first.name and value_at(people.open_case.case, f"{form.prefix}.name") is None:
        parts[f"{form.prefix}.name"] = first.name
    with people.open_case.together():
        _put(people.open_case, field, parts)
        if rows:
            people.open_case.put_rows(people.spec.path, rows)
    noun = people.spec.one if len(rows) == 1 else f"{people.spec.one}s"
    listed = len(boxes) - len(fresh)
    said = f"{len(rows):,} more {noun} added, one for each other e-mail address."
    if listed:
        said += f" {listed:,} {'is' if listed == 1 else 'are'} listed already."
    field.say(f"{said} {_TAKE_BACK}")


def _put(open_case: OpenCase, field: Field, parts: Mapping[str, str]) -> None:
    field.drop_typed()
    with open_case.together():
        for path, text in parts.items():
            open_case.edit(path, text)
