"""Cases as hypothesis makes them: any facts at all, and examples with some facts replaced."""

from __future__ import annotations

import types
import typing
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from pydantic import BaseModel

from app.onboarding import access, values
from app.onboarding.business_calendar import EASTERN
from app.onboarding.case import Case
from app.onboarding.testing import SubmissionRecord, SubmissionStatus
from app.onboarding.values import Row, one_line
from tests.rig.cases import (
    STAGES,
    no_ltid_case,
    reports_for_others_case,
    self_reporting_case,
    through_agent_case,
)

FIRST_MOMENT = datetime(2020, 9, 20, tzinfo=UTC)
#: Few different numbers, so that reporters, agents and firms meet.
NUMBERS = st.sampled_from(["1482", "2236", "3001", "3002", "7059"])
COUNTS = st.one_of(st.integers(0, 12), st.integers(95, 125), st.just(10**9))
DATES = st.one_of(
    st.dates(date(2020, 8, 10), date(2021, 1, 10)), st.dates(date(1990, 1, 1), date(2100, 12, 31))
)
MOMENTS = st.one_of(
    st.integers(0, 100 * 24 * 4).map(lambda n: FIRST_MOMENT + n * timedelta(minutes=15)),
    st.datetimes(timezones=st.sampled_from([UTC, ZoneInfo("Asia/Tokyo"), EASTERN])),
)
TEXTS = st.one_of(
    st.sampled_from(["Dana", "Northgate", "77", "1.0.0", "2.0.0", "حسن", "🙂", "<b>x</b>"]),
    st.text(max_size=30).map(one_line),
)
_BY_TYPE: list[tuple[Any, st.SearchStrategy[Any]]] = [
    (values.Name, TEXTS),
    (values.Note, TEXTS),
    (values.Crd, NUMBERS),
    (values.OrgId, NUMBERS),
    (values.SubmitterId, NUMBERS),
    (values.AccountCount, COUNTS),
    (values.Email, st.just("dana@firm.example")),
    (values.Phone, st.just("(617) 555-0142")),
    (values.AnyDate, DATES),
    (values.PastDate, DATES),
    (values.Moment, MOMENTS),
    (access.Host, st.sampled_from(["sftp.example", "192.0.2.7", "2001:db8::7"])),
    (access.Port, st.integers(1, 65535)),
    (access.ProxyUser, st.sampled_from(["office", "OFFICE\\dana", "حسن"])),
    (access.OwnAddress, st.sampled_from(["192.0.2.7", "2001:db8::7"])),
]
ROW_IDS = st.text("0123456789abcdef", min_size=12, max_size=12)
#: What a row of the table holds most often, so that many rows count.
_LIKELY: dict[str, st.SearchStrategy[Any]] = {
    "status": st.one_of(
        st.sampled_from(["COMPLETED_WITHOUT_REJECTIONS", "COMPLETED_WITH_REJECTIONS"]),
        st.sampled_from([status.value for status in SubmissionStatus]),
        st.none() | TEXTS,
    ),
    "submission_id": st.none() | st.sampled_from(["1", "2", "3", "4"]),
    "feedback_version": st.none() | st.integers(1, 4),
    "practice": st.sampled_from([False, False, True]),
    "chosen": st.sampled_from([True, True, False]),
}


def _of(annotation: Any) -> st.SearchStrategy[Any]:
    for known, strategy in _BY_TYPE:
        if annotation == known:
            return strategy
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (types.UnionType, typing.Union):
        return st.one_of([_of(argument) for argument in arguments])
    if origin is tuple:
        return _rows(arguments[0])
    if origin is typing.Annotated:
        return _of(arguments[0])
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return st.sampled_from(list(annotation))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return facts(annotation)
    plain = {bool: st.booleans(), int: st.integers(0, 10**6), str: TEXTS, type(None): st.none()}
    return plain[annotation]


def _rows(kind: Any) -> st.SearchStrategy[tuple[Any, ...]]:
    is_row = isinstance(kind, type) and issubclass(kind, Row)
    unique = (lambda row: row.id) if is_row else None
    return st.lists(_of(kind), max_size=2, unique_by=unique).map(tuple)


@cache
def facts(model: type[BaseModel]) -> st.SearchStrategy[Any]:
    """Any value of a model of the case."""
    hints = typing.get_type_hints(model, include_extras=True)
    made = {name: _of(hints[name]) for name in model.model_fields if name != "id"}
    if issubclass(model, Row):
        made["id"] = ROW_IDS
    if model is SubmissionRecord:
        made |= _LIKELY
    return st.fixed_dictionaries(made).map(lambda chosen: model(**chosen))


SECTION_FACTS = {
    name: facts(typing.get_type_hints(Case)[name])
    for name in (
        "registration",
        "administration",
        "portal",
        "sftp",
        "relationships",
        "testing",
        "certification",
    )
}
EXAMPLES = st.builds(
    lambda build, stage: build(stage),
    st.sampled_from(
        [self_reporting_case, through_agent_case, reports_for_others_case, no_ltid_case]
    ),
    st.sampled_from(STAGES),
)
UNACCEPTED = st.dictionaries(
    st.sampled_from(["registration.crd", "registration.org_id", "sftp.test_server.host"]),
    st.text(max_size=5),
    max_size=1,
)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """An example case in which some parts are replaced by anything."""
    case: Case = draw(EXAMPLES)
    replaced = draw(st.sets(st.sampled_from(sorted(SECTION_FACTS)), max_size=3))
    update: dict[str, Any] = {name: draw(SECTION_FACTS[name]) for name in sorted(replaced)}
    if draw(st.booleans()):
        update["unaccepted"] = draw(UNACCEPTED)
    return case.model_copy(update=update | {"practice": draw(st.booleans())})
