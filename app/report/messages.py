"""What a person sends or says: drafts that she may edit before they go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.onboarding.assessment import Assessment
from app.onboarding.certification import totals_of
from app.onboarding.counting import counted, percent
from app.onboarding.guide import the_guide
from app.onboarding.steps.register import expected_by
from app.onboarding.testing import SubmissionRecord
from app.report import words

#: More submission IDs than this are left to the attached summary.
_MOST_IDS = 40


class MessageKind(StrEnum):
    """What is sent or said, and when."""

    CERTIFICATION = "certification"
    CERTIFICATION_FOLLOW_UP = "certification_follow_up"
    REGISTRATION_FOLLOW_UP = "registration_follow_up"
    AGENT_REQUEST = "agent_request"
    CALL = "call"
    #: The summary to an examiner, an auditor, a firm that is reported for.
    SUMMARY = "summary"

    @property
    def with_summary(self) -> bool:
        """Whether the certification summary goes with it."""
        return self in _WITH_SUMMARY


_WITH_SUMMARY = frozenset(
    {MessageKind.CERTIFICATION, MessageKind.CERTIFICATION_FOLLOW_UP, MessageKind.SUMMARY}
)


#: What asks for the answer of a step that is late, by the step's number.
FOLLOW_UPS = {
    1: MessageKind.REGISTRATION_FOLLOW_UP,
    7: MessageKind.CERTIFICATION_FOLLOW_UP,
}


@dataclass(frozen=True)
class Message:
    """An e-mail as drafted, or what to say; `to` is empty where the address is the person's to know.

    For a call, `to` is the telephone number.
    """

    to: str
    subject: str
    text: str


def draft(kind: MessageKind, assessment: Assessment) -> Message:
    """The message of this kind as the facts give it."""
    return _DRAFTS[kind](assessment)


def help_desk_message(assessment: Assessment) -> Message:
    """The e-mail to the Help Desk after testing, with the processing dates (R7.1, guide §7)."""
    case = assessment.case
    who = _firm(assessment)
    dates = ", ".join(words.day(day) for day in assessment.processing_dates) or "to be added"
    contact = case.registration.primary_contact
    lines = [
        "To the FINRA CAT Help Desk,",
        "",
        (
            f"{who} has completed the CAIS onboarding steps, testing included "
            f"(Onboarding Guide {the_guide().edition.version}, §7). Please verify them and grant access "
            "to the CAIS production environment."
        ),
        "",
        f"CAT processing dates: {dates}",
        *_date_lines(assessment),
        "",
        *_fact_lines(assessment),
        "",
        "The attached summary gives every requirement with its evidence.",
        "",
        "Please confirm when the steps are verified and production access is granted.",
        "",
        *_signature(contact.name, contact.phone, contact.email, case.title),
    ]
    subject = f"CAIS testing completed: {who}, processing dates {dates}"
    return _addressed(assessment, the_guide().help_desk.email, subject, lines)


def registration_follow_up(assessment: Assessment) -> Message:
    """The question about a registration that was not processed in time (R1.5, guide §1)."""
    registration = assessment.case.registration
    days = the_guide().registration_business_days
    contact = registration.primary_contact
    lines = [
        "To the FINRA CAT Help Desk,",
        "",
        f"{_firm(assessment)} submitted the CAT Registration for Customer and Account Information "
        f"Form on {words.day(registration.submitted_on)}"
        + (f" ({registration.submitted_by})." if registration.submitted_by else "."),
        (
            f"It was to be processed within {days} business days, by "
            f"{words.day(expected_by(registration))}; we have had no answer yet."
        ),
        "",
        "Please tell us whether the form has arrived, and whether anything is missing.",
        "",
        *_signature(contact.name, contact.phone, contact.email, assessment.case.title),
    ]
    subject = f"CAIS registration: question about {_firm(assessment)}"
    return _addressed(assessment, the_guide().help_desk.email, subject, lines)


def certification_follow_up(assessment: Assessment) -> Message:
    """The question when the Help Desk has not answered the certification message (guide §7)."""
    case = assessment.case
    dates = ", ".join(words.day(day) for day in assessment.processing_dates)
    contact = case.registration.primary_contact
    lines = [
        "To the FINRA CAT Help Desk,",
        "",
        (
            f"On {words.day(case.certification.contacted_on)} {_firm(assessment)} told you that its "
            "CAIS testing is complete. We have had no answer yet."
        ),
        "",
        f"CAT processing dates: {dates}",
        "",
        "Please tell us where the verification stands, and whether you need anything else.",
        "",
        *_signature(contact.name, contact.phone, contact.email, case.title),
    ]
    subject = f"CAIS certification: question about {_firm(assessment)}"
    return _addressed(assessment, the_guide().help_desk.email, subject, lines)


def agent_request(assessment: Assessment) -> Message:
    """What a firm asks its Reporting Agent for, as proof of the agent's test (R6.7)."""
    case = assessment.case
    agents = [agent.name for agent in case.relationships.agents if agent.name]
    name = agents[0] if agents else (case.registration.primary_vendor or "our Reporting Agent")
    contact = case.registration.primary_contact
    crd = case.registration.crd or "our CRD number"
    lines = [
        f"To {name},",
        "",
        (
            f"you report to CAIS for {_firm(assessment)}. To certify, we need proof of your testing in "
            "the CAIS test environment. Please send us, for one submission with at least one of our "
            "accounts:"
        ),
        "",
        f"1. the feedback file (named …_{crd}_…_CAIS_….v4.feedback.json.bz2), or else",
        "   the file name, the submission ID, its status, when CAIS received and completed it, and",
        "   the numbers of our accounts that were received and accepted;",
        "2. whether it held production data;",
        "3. the day on which you first connected to the CAIS test environment (SFTP or portal).",
        "",
        (
            "Please send no customer data. If you cannot see our firm in CAIS, tell us: we enter the "
            "reporting relationship in the portal."
        ),
        "",
        *_signature(contact.name, contact.phone, contact.email, case.title),
    ]
    return _addressed(assessment, "", f"CAIS testing: proof for {_firm(assessment)}", lines)


def call_script(assessment: Assessment) -> Message:
    """What to have at hand, to say, to ask and to note down when calling the Help Desk (§7)."""
    desk = the_guide().help_desk
    dates = [words.day(day) for day in assessment.processing_dates]
    lines = [
        f"Call {desk.name}: {desk.phone}",
        "",
        "Have at hand",
        *(f"  • {line}" for line in _fact_lines(assessment)),
        "",
        "Say",
        (
            f"  “This is … of {_firm(assessment)}. We have completed the CAIS onboarding steps and "
            "testing, and call to certify.”"
        ),
        "  “Our CAT processing dates are:”",
        *(f"    {day}" for day in dates or ["(none recorded yet)"]),
        "",
        "Ask",
        "  • Do you see our submissions on these dates?",
        "  • Is anything missing for the verification?",
        "  • When do we get production access, and who is told?",
        "",
        "Note down",
        "  • the name of the person you spoke to, the day and the time",
        "  • the number of the case, if you are given one",
        "  • what was said: record it in step 7",
    ]
    practice = ["PRACTICE: do not call. This case was made to practice with.", ""]
    text = "\n".join([*(practice if assessment.case.practice else []), *lines]) + "\n"
    return Message(desk.phone, f"Call to the {desk.name}", text)


def summary_message(assessment: Assessment) -> Message:
    """What goes with a summary that somebody else than the Help Desk gets."""
    contact = assessment.case.registration.primary_contact
    lines = [
        (
            f"The attached summary shows how far the CAIS onboarding of {_firm(assessment)} has come, "
            "each requirement with its evidence."
        ),
        "",
        "The evidence is inside the PDF as well, so that anyone can check that nothing was altered:",
        "CAIS Onboarding, File > Check a summary.",
        "",
        *_signature(contact.name, contact.phone, contact.email, assessment.case.title),
    ]
    return _addressed(assessment, "", f"CAIS certification summary: {_firm(assessment)}", lines)


def _addressed(assessment: Assessment, to: str, subject: str, lines: list[str]) -> Message:
    """The message; a practice case's goes to nobody and says what it is."""
    if assessment.case.practice:
        to, subject = "", f"PRACTICE, not to be sent: {subject}"
        lines = ["PRACTICE, not to be sent.", "", *lines]
    return Message(to, subject, "\n".join(lines) + "\n")


def _firm(assessment: Assessment) -> str:
    return f"{assessment.case.title} ({words.identifier(assessment.case.registration)})"


def _date_lines(assessment: Assessment) -> list[str]:
    """One line per processing date with its counts."""
    lines = []
    for day in assessment.processing_dates:
        totals = totals_of(_processed_on(assessment, day))
        rate = f", error rate {percent(totals.error_rate)}" if totals.error_rate is not None else ""
        lines.append(
            f"  {words.day(day)}: {totals.received:,} accounts received, "
            f"{totals.accepted:,} accepted{rate}"
        )
    return lines


def _processed_on(assessment: Assessment, day: date) -> list[SubmissionRecord]:
    return [record for record in counted(assessment.submissions) if record.certified_date == day]


def _fact_lines(assessment: Assessment) -> list[str]:
    """Firm, track, level, counts and submission IDs, one each line."""
    totals, level, rate = assessment.totals, assessment.level, assessment.error_rate
    lines = [
        f"Firm: {_firm(assessment)}",
        f"Track: {words.track(assessment)}",
    ]
    if level is not None:
        lines.append(f"Certification level: {level.required_accounts:,} ({level.basis})")
    lines.append(
        f"Accounts: {totals.received:,} received, {totals.accepted:,} accepted, "
        f"{totals.rejected:,} rejected"
    )
    if rate is not None:
        lines.append(f"Error rate: {percent(rate)} ({totals.rejected:,} of {totals.received:,})")
    ids = [r.submission_id for r in counted(assessment.submissions) if r.submission_id]
    if ids and len(ids) <= _MOST_IDS:
        lines.append(f"Submission IDs: {', '.join(ids)}")
    elif ids:
        lines.append(f"Submission IDs: {len(ids):,}, all in the attached summary")
    return lines


def _signature(*parts: str | None) -> list[str]:
    return [part for part in parts if part]


_DRAFTS: dict[MessageKind, Callable[[Assessment], Message]] = {
    MessageKind.CERTIFICATION: help_desk_message,
    MessageKind.CERTIFICATION_FOLLOW_UP: certification_follow_up,
    MessageKind.REGISTRATION_FOLLOW_UP: registration_follow_up,
    MessageKind.AGENT_REQUEST: agent_request,
    MessageKind.CALL: call_script,
    MessageKind.SUMMARY: summary_message,
}
