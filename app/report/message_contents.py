"""What each message must say, by the guide, and whether it still says so after it was edited."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from app.onboarding.assessment import Assessment
from app.onboarding.guide import the_guide
from app.onboarding.steps.register import expected_by
from app.report import words
from app.report.messages import Message, MessageKind

#: More processing dates than this are one line together.
_DATES_APART = 6


@dataclass(frozen=True)
class Content:
    """One thing that a message must say, and whether it does.

    `section` asks for it; empty where the guide does not.
    """

    words: str
    section: str
    said: bool


def contents(kind: MessageKind, message: Message, assessment: Assessment) -> tuple[Content, ...]:
    """What a message of this kind must say, with what was found in `message`."""
    return tuple(_CONTENTS[kind](message, assessment))


def _certification(message: Message, assessment: Assessment) -> Iterator[Content]:
    """The Help Desk requires the processing dates, from each firm for itself (R7.1, R7.2)."""
    yield from _to_help_desk(message, assessment, "§7")
    yield from _who(message, assessment, "§7")
    yield from _dates(message, assessment)


def _certification_follow_up(message: Message, assessment: Assessment) -> Iterator[Content]:
    yield from _to_help_desk(message, assessment, "§7")
    yield from _who(message, assessment, "§7")
    yield _day(message, "Day of the first contact", assessment.case.certification.contacted_on)
    yield from _dates(message, assessment)


def _registration_follow_up(message: Message, assessment: Assessment) -> Iterator[Content]:
    """The form is processed within two business days of receipt (R1.5)."""
    registration = assessment.case.registration
    yield from _to_help_desk(message, assessment, "§1")
    yield from _who(message, assessment, "§1")
    yield _day(message, "Day the form was submitted", registration.submitted_on, "§1")
    yield _day(message, "Day by which it was to be processed", expected_by(registration), "§1")


def _agent_request(message: Message, assessment: Assessment) -> Iterator[Content]:
    """What proves the agent's test for this firm (R6.1, R6.7)."""
    section = "§6.2"
    yield from _who(message, assessment, section)
    for about, needles in (
        ("Asks for the feedback file or the submission ID", ("feedback", "submission id")),
        ("Asks when CAIS received and completed it", ("received", "processing date")),
        ("Asks how many of your accounts were accepted", ("accepted",)),
        ("Asks when the agent first connected", ("connected",)),
    ):
        text = message.text.casefold()
        yield Content(about, section, any(needle in text for needle in needles))


def _call(message: Message, assessment: Assessment) -> Iterator[Content]:
    phone = the_guide().help_desk.phone
    yield Content(f"Telephone number {phone}", "§7", phone in f"{message.to} {message.text}")
    yield from _who(message, assessment, "§7")
    yield from _dates(message, assessment)


def _summary(message: Message, assessment: Assessment) -> Iterator[Content]:
    yield from _who(message, assessment, "")


def _to_help_desk(message: Message, assessment: Assessment, section: str) -> Iterator[Content]:
    if not assessment.case.practice:
        address = the_guide().help_desk.email
        yield Content(f"Addressed to {address}", section, address in message.to)


def _who(message: Message, assessment: Assessment, section: str) -> Iterator[Content]:
    registration = assessment.case.registration
    said = f"{message.subject}\n{message.text}"
    if registration.company_name:
        yield Content(
            "Name of the firm", section, _squeezed(registration.company_name) in _squeezed(said)
        )
    if registration.identifier:
        identifier = words.identifier(registration)
        yield Content(identifier, section, registration.identifier in said)


def _dates(message: Message, assessment: Assessment) -> Iterator[Content]:
    days = [words.day(day) for day in assessment.processing_dates]
    said = _squeezed(f"{message.subject}\n{message.text}")
    missing = [day for day in days if _squeezed(day) not in said]
    if not days:
        yield Content("CAT processing dates: none is recorded yet", "§7", False)
    elif len(days) <= _DATES_APART:
        for day in days:
            yield Content(f"CAT processing date {day}", "§7", day not in missing)
    else:
        lacks = f"; missing: {', '.join(missing[:_DATES_APART])}" if missing else ""
        yield Content(f"All {len(days):,} CAT processing dates{lacks}", "§7", not missing)


def _day(message: Message, about: str, day: date | None, section: str = "§7") -> Content:
    said = day is not None and _squeezed(words.day(day)) in _squeezed(message.text)
    return Content(f"{about}: {words.day(day)}", section, said)


def _squeezed(text: str) -> str:
    """`text` with single blanks: a mail program may break its lines anew."""
    return " ".join(text.split())


_CONTENTS: dict[MessageKind, Callable[[Message, Assessment], Iterator[Content]]] = {
    MessageKind.CERTIFICATION: _certification,
    MessageKind.CERTIFICATION_FOLLOW_UP: _certification_follow_up,
    MessageKind.REGISTRATION_FOLLOW_UP: _registration_follow_up,
    MessageKind.AGENT_REQUEST: _agent_request,
    MessageKind.CALL: _call,
    MessageKind.SUMMARY: _summary,
}
