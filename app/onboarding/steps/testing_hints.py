"""Step 6: what is worth a second look, and blocks nothing (guide §6, R6.3 to R6.9)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from app.onboarding.assessment import Hint, plural
from app.onboarding.business_calendar import is_business_day, long_date
from app.onboarding.case import Case
from app.onboarding.certification import JudgedSubmission, below_limit, totals_of
from app.onboarding.counting import counted, percent
from app.onboarding.guide import the_guide
from app.onboarding.steps import connecting
from app.onboarding.steps.register import changed_number
from app.onboarding.testing import (
    FEEDBACK_KEPT_DAYS,
    INTERIM_STATUSES,
    SubmissionRecord,
    SubmissionStatus,
)
from app.onboarding.tracks import Track, tracks_of

#: Schema versions that the specification knows, the older one first.
OLD_SCHEMA, FULL_SCHEMA = "1.0.0", "2.0.0"
#: From so many days left, fetching is asked for.
_FEW_DAYS = 4
_IT = re.compile(r"\bit\b")


def hints(case: Case, judged: tuple[JudgedSubmission, ...], today: date) -> tuple[Hint, ...]:
    """All hints of step 6, each once."""
    records = counted(judged)
    found = [
        *(hint for record in records for hint in _date_hints(record, today)),
        *(hint for record in records for hint in _content_hints(record)),
        *_rate_hints(case, judged),
        *_retention_hints(case, today),
        *(Hint("§6", question, warning=True) for question in questions(judged)),
        *_opening_hints(today),
        *_track_hints(case),
        *connecting.hints(case),
    ]
    return tuple(dict.fromkeys(found))


def questions(judged: tuple[JudgedSubmission, ...]) -> tuple[str, ...]:
    """What the person must say of submissions, each question once with how many it is about."""
    asked: dict[str, list[SubmissionRecord]] = {}
    for item in judged:
        if item.to_state:
            asked.setdefault(item.reason, []).append(item.record)
    return tuple(
        f"{name_of(records[0])}: {reason}"
        if len(records) == 1
        else f"{plural(len(records), 'submission')}: {_IT.sub('each', reason)}"
        for reason, records in asked.items()
    )


def name_of(record: SubmissionRecord) -> str:
    """What a submission is called in a sentence."""
    if record.file_name is None and record.submission_id is not None:
        return f"Submission {record.submission_id}"
    return record.file_name or "A submission typed in"


def _date_hints(record: SubmissionRecord, today: date) -> Iterator[Hint]:
    """Processing dates are flagged, never refused (R6.5)."""
    day = record.certified_date
    if day is None:
        return
    if day < the_guide().dates.testing_opens:
        yield Hint("§6", f"{long_date(day)} lies before testing opened.", warning=True)
    if day > today:
        yield Hint("§6", f"{long_date(day)} lies in the future: check.", warning=True)
    if not is_business_day(day):
        yield Hint("§6", f"{long_date(day)} is a weekend day or holiday: check.", warning=True)
    stated = {record.receipt_date, record.completion_date} - {None}
    if stated and day not in stated:
        yield Hint(
            "§6",
            f"{name_of(record)}: {long_date(day)} is neither the day of receipt nor of completion.",
            warning=True,
        )


def _content_hints(record: SubmissionRecord) -> Iterator[Hint]:
    name, version = name_of(record), record.schema_version
    if version == OLD_SCHEMA:
        yield Hint("§6", f"{name} uses schema {OLD_SCHEMA}, the older one.")
    elif version not in (None, FULL_SCHEMA):
        yield Hint("§6", f"{name}: schema version “{version}” is not documented.", warning=True)
    none_rejected = record.known_status is SubmissionStatus.COMPLETED_WITHOUT_REJECTIONS
    if none_rejected and record.accounts_rejected:
        yield Hint(
            "§6",
            f"{name}: the status says that nothing was rejected, the counts say "
            f"{plural(record.accounts_rejected, 'account')}. The counts rule.",
            warning=True,
        )


def _rate_hints(case: Case, judged: tuple[JudgedSubmission, ...]) -> Iterator[Hint]:
    """Error rates of 10 % or more: per submission, processing date and served firm (R6.4)."""
    for item in judged:
        if item.counts and item.over_limit and item.error_rate is not None:
            line = f"{percent(item.error_rate)} of its accounts were rejected."
            yield Hint("§6", f"{name_of(item.record)}: {line}", warning=True)
    for name, members in _groups(case, counted(judged)).items():
        rate = totals_of(members).error_rate
        if rate is not None and not below_limit(rate):
            yield Hint("§6", f"{name}: error rate {percent(rate)}.", warning=True)


def _retention_hints(case: Case, today: date) -> Iterator[Hint]:
    """Feedback that is still to come and must be fetched before CAT removes it."""
    for record in case.testing.submissions:
        if record.known_status not in INTERIM_STATUSES or record.receipt_date is None:
            continue
        left = FEEDBACK_KEPT_DAYS - (today - record.receipt_date).days
        if 0 <= left <= _FEW_DAYS:
            yield Hint(
                "§6",
                f"CAT keeps feedback about {FEEDBACK_KEPT_DAYS} days: {plural(left, 'day')} left to "
                f"fetch the final feedback on {name_of(record)}.",
                warning=True,
            )


def _groups(case: Case, records: tuple[SubmissionRecord, ...]) -> dict[str, list[SubmissionRecord]]:
    """The submissions by processing date, and by served firm where there are such."""
    served: dict[str | None, str] = {}
    if case.registration.serves_others:
        for firm in case.relationships.served_firms:
            if firm.crd is not None:
                # With its number: two firms may have one name.
                served[firm.crd] = f"{firm.name or 'Firm'} (CRD {firm.crd})"
    groups: dict[str, list[SubmissionRecord]] = {}
    for record in records:
        if record.certified_date is not None:
            groups.setdefault(long_date(record.certified_date), []).append(record)
        for crd in {record.reporter_crd, record.correspondent_crd} & served.keys():
            groups.setdefault(served[crd], []).append(record)
    return groups


def _opening_hints(today: date) -> Iterator[Hint]:
    opens = the_guide().dates.testing_opens
    if today < opens:
        yield Hint("§6", f"Testing for certification opens {long_date(opens)}.")


def _track_hints(case: Case) -> Iterator[Hint]:
    registration = case.registration
    tracks = tracks_of(registration)
    yield from changed_number(registration)
    if Track.THROUGH_AGENT in tracks and registration.ltid_accounts is not None:
        yield Hint(
            "§6.2",
            f"You registered {plural(registration.ltid_accounts, 'account')} with LTIDs. We take "
            "one accepted account of yours as the proof; ask the Help Desk whether more is expected.",
        )
    if Track.REPORTS_FOR_OTHERS in tracks:
        for firm in case.relationships.served_firms:
            if firm.ltid_accounts == 0:
                yield Hint(
                    "§6.3",
                    f"{firm.name or 'A firm'} has no accounts with LTIDs, so none is needed for it.",
                )
