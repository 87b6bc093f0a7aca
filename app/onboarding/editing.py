"""How a case changes: one field at a time, by its path.

A path names a field as the program shows it: `registration.crd`,
`registration.primary_contact.email`, `portal.accounts.<row id>.name`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from datetime import date
from functools import cache
from typing import Annotated, Any, cast
from uuid import uuid4

from pydantic import TypeAdapter, ValidationError

from app.onboarding.case import LONGEST_UNACCEPTED, Case
from app.onboarding.values import Facts, Row, is_blank


class FieldProblemError(ValueError):
    """What was entered does not fit its field; the text is one clear line for the person."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(message)
        self.path = path
        self.message = message


def value_at(case: Case, path: str) -> Any:
    """The fact at `path`.

    Raises:
        KeyError: the case has no such field or row.
    """
    node: Any = case
    for part in path.split("."):
        node = _row(node, part) if isinstance(node, tuple) else _field(node, part)
    return node


def with_value(case: Case, path: str, raw: object, today: date) -> Case:
    """The case with `raw` (text as typed, or a value) at `path`, validated.

    A text in which nothing can be seen empties a field that may be empty. What the field
    held unaccepted before is forgotten. The case's own marks (its id, when it was created)
    and the ids of rows are no fields.

    Raises:
        FieldProblemError: `raw` does not fit the field.
        KeyError: the case has no such field or row.
    """
    changed = _replaced(case, path.split("."), raw, path, today)
    return _without_unaccepted(changed, lambda known: known == path)


def with_unaccepted(case: Case, path: str, text: str) -> Case:
    """The case that remembers what was typed into `path` though the field cannot take it.

    The fact itself becomes empty: a wrong new text must not leave the old fact standing.
    """
    value_at(case, path)
    # Halves of characters cannot be written to a file.
    storable = text[:LONGEST_UNACCEPTED].encode("utf-8", "replace").decode("utf-8")
    kept = {**case.unaccepted, path: storable}
    emptied = (
        _replaced(case, path.split("."), None, path, date.max) if _optional(case, path) else case
    )
    return emptied.model_copy(update={"unaccepted": kept})


def with_rows(case: Case, path: str, rows: Iterable[Row]) -> Case:
    """The case with `rows` in the list at `path`.

    A row takes the place of the one with its id; where there is none, it comes at the end.
    """
    known: dict[str, Row] = {row.id: row for row in value_at(case, path)}
    known.update((row.id, row) for row in rows)
    return cast(Case, _put(case, path.split("."), tuple(known.values())))


def without_row(case: Case, path: str, row_id: str) -> Case:
    """The case without the row `row_id` of the list at `path`.

    Raises:
        KeyError: there is no such row.
    """
    rows = value_at(case, path)
    _row(rows, row_id)
    changed = cast(
        Case, _put(case, path.split("."), tuple(row for row in rows if row.id != row_id))
    )
    prefix = f"{path}.{row_id}."
    return _without_unaccepted(changed, lambda known: known.startswith(prefix))


def with_replaced(case: Case, path: str, value: object) -> Case:
    """The case with an already validated `value` (a row, a group of facts) at `path`."""
    value_at(case, path)
    return cast(Case, _put(case, path.split("."), value))


def with_earlier(case: Case, paths: Sequence[str], earlier: Case) -> Case:
    """The case that holds at each of `paths` what `earlier` holds there: facts, or rows of lists.

    A row that `earlier` lacks goes, one that is gone comes back between its old neighbours. Texts
    that fields at or below a path did not accept come along; nothing else changes.

    Raises:
        KeyError: neither case has a field or row there.
    """
    changed = case
    for listed, row_ids in _rows_by_list(case, paths).items():
        rows = _merged(value_at(changed, listed), value_at(earlier, listed), row_ids)
        changed = with_replaced(changed, listed, rows)
    known = _Found(case)
    for path in paths:
        if not isinstance(known.at(path.rpartition(".")[0]), tuple):
            changed = with_replaced(changed, path, value_at(earlier, path))
    kept = {at: text for at, text in changed.unaccepted.items() if not _within(at, paths)}
    kept |= {at: text for at, text in earlier.unaccepted.items() if _within(at, paths)}
    return changed.model_copy(update={"unaccepted": kept})


def values_at(case: Case, paths: Sequence[str]) -> dict[str, Any]:
    """What is at each of `paths`; None also for a row that is not there."""
    lists: dict[str, dict[str, Row]] = {}
    for listed in _rows_by_list(case, paths):
        lists[listed] = {row.id: row for row in value_at(case, listed)}
    found = {}
    known = _Found(case)
    for path in paths:
        listed, _, row_id = path.rpartition(".")
        if listed in lists:
            found[path] = lists[listed].get(row_id)
        else:
            value = known.at(path)
            found[path] = None if value is ... else value
    return found


def same_at(case: Case, paths: Sequence[str], other: Case) -> bool:
    """Whether both hold the same at all of `paths`, texts not accepted included."""
    if values_at(case, paths) != values_at(other, paths):
        return False
    here, there = (
        {at: text for at, text in each.unaccepted.items() if _within(at, paths)}
        for each in (case, other)
    )
    return here == there


def new_row_id() -> str:
    """An id for a new row."""
    return uuid4().hex[:12]


class _Found:
    """What is at many paths of one case: a row is looked up by its id, not searched each time."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._rows: dict[str, dict[str, Any]] = {}

    def at(self, path: str) -> Any:
        """What is at `path`; `...` where there is nothing, which is no fact."""
        node: Any = self._case
        above = ""
        for name in path.split("."):
            if isinstance(node, tuple):
                if above not in self._rows:
                    self._rows[above] = {row.id: row for row in node if isinstance(row, Row)}
                node = self._rows[above].get(name, ...)
            else:
                known = isinstance(node, Facts) and name in type(node).model_fields
                node = getattr(node, name) if known else ...
            if node is ...:
                return ...
            above = f"{above}.{name}"
        return node


def _within(path: str, wholes: Collection[str]) -> bool:
    """Whether `path` is one of `wholes` or lies below one."""
    return any(path == whole or path.startswith(f"{whole}.") for whole in wholes)


def _rows_by_list(case: Case, paths: Sequence[str]) -> dict[str, set[str]]:
    """Those of `paths` that name a row of a list: the rows' ids by the path of their list."""
    found: dict[str, set[str]] = {}
    known = _Found(case)
    for path in paths:
        listed, _, row_id = path.rpartition(".")
        if listed in found or isinstance(known.at(listed), tuple):
            found.setdefault(listed, set()).add(row_id)
    return found


def _merged(now: Sequence[Row], earlier: Sequence[Row], row_ids: set[str]) -> tuple[Row, ...]:
    """The rows of `now`, with those in `row_ids` as they were `earlier`."""
    stay = {row.id for row in now}
    was = {row.id: row for row in earlier if row.id in row_ids}
    back: dict[str, list[Row]] = {}
    neighbour = ""
    for row in earlier:
        if row.id in stay:
            neighbour = row.id
        elif row.id in was:
            back.setdefault(neighbour, []).append(row)
    rows = list(back.get("", ()))
    for row in now:
        if row.id in was or row.id not in row_ids:
            rows.append(was.get(row.id, row))
        rows.extend(back.get(row.id, ()))
    return tuple(rows)


def _without_unaccepted(case: Case, forget: Callable[[str], bool]) -> Case:
    kept = {path: text for path, text in case.unaccepted.items() if not forget(path)}
    return (
        case if len(kept) == len(case.unaccepted) else case.model_copy(update={"unaccepted": kept})
    )


def _field(node: Any, name: str) -> Any:
    if not isinstance(node, Facts) or name not in type(node).model_fields:
        raise KeyError(name)
    return getattr(node, name)


def _row(rows: tuple[Any, ...], row_id: str) -> Any:
    for row in rows:
        if isinstance(row, Row) and row.id == row_id:
            return row
    raise KeyError(row_id)


def _put(node: Any, parts: list[str], value: object) -> Any:
    """`node` with `value` at `parts`, without validation."""
    if not parts:
        return value
    if isinstance(node, tuple):
        _row(node, parts[0])
        return tuple(_put(row, parts[1:], value) if row.id == parts[0] else row for row in node)
    inner = _put(_field(node, parts[0]), parts[1:], value)
    return node.model_copy(update={parts[0]: inner})


def _replaced(case: Case, parts: list[str], raw: object, path: str, today: date) -> Case:
    owner = _owner(case, parts)
    value = _validated(type(owner), parts[-1], raw, path, today)
    return cast(Case, _put(case, parts, value))


def _owner(case: Case, parts: list[str]) -> Facts:
    """What the field at `parts` belongs to; KeyError where that is no field to fill in."""
    owner = value_at(case, ".".join(parts[:-1])) if len(parts) > 1 else case
    _field(owner, parts[-1])
    if isinstance(owner, Case) or (isinstance(owner, Row) and parts[-1] == "id"):
        raise KeyError(".".join(parts))
    return cast(Facts, owner)


def _optional(case: Case, path: str) -> bool:
    """Whether the field at `path` may be empty."""
    parts = path.split(".")
    adapter = _adapter(cast(Hashable, type(_owner(case, parts))), parts[-1])
    try:
        adapter.validate_python(None)
    except ValidationError:
        return False
    return True


@cache
def _adapter(owner: Hashable, name: str) -> TypeAdapter[Any]:
    field = cast(type[Facts], owner).model_fields[name]
    annotation: Any = field.annotation
    return TypeAdapter(Annotated[(annotation, *field.metadata)] if field.metadata else annotation)


def _validated(owner: type[Facts], name: str, raw: object, path: str, today: date) -> Any:
    value = None if isinstance(raw, str) and is_blank(raw) else raw
    try:
        return _adapter(cast(Hashable, owner), name).validate_python(
            value, context={"today": today}
        )
    except ValidationError as problem:
        raise FieldProblemError(path, _plain(problem)) from None


def _plain(problem: ValidationError) -> str:
    """The one line for the person: ours where a validator spoke, else a general one."""
    first = problem.errors(include_url=False)[0]
    if first["type"] == "value_error":
        return str(first["ctx"]["error"])
    if first["input"] is None:
        return "This cannot be left empty."
    if first["type"] == "enum":
        return "Choose one of the listed values."
    return "This does not fit here; check what was entered."
