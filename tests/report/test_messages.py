"""Messages: what they must say, and that mail programs read them."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from datetime import date
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from app.onboarding.assessment import Assessment
from app.onboarding.business_calendar import long_date
from app.onboarding.case import Case
from app.onboarding.guide import the_guide
from app.onboarding.progress import assess
from app.report import messages
from app.report.mail import LONGEST_LINK, eml, mail_link
from app.report.message_contents import contents
from app.report.messages import Message, MessageKind, draft
from tests.report.samples import MADE_AT, TRACKS, assessed, case_of
from tests.rig.cases import reports_for_others_case


def _lacking(kind: MessageKind, message: Message, assessment: Assessment) -> list[str]:
    return [item.words for item in contents(kind, message, assessment) if not item.said]


def _read(content: bytes) -> email.message.EmailMessage:
    return email.message_from_bytes(content, policy=email.policy.default)


@pytest.mark.parametrize("track", TRACKS)
def test_r7_1_help_desk_message_says_who_and_which_processing_dates(track: str) -> None:
    assessment = assessed(case_of(track, "tested"))
    message = messages.help_desk_message(assessment)
    assert message.to == the_guide().help_desk.email
    assert assessment.case.title in message.subject
    assert assessment.processing_dates
    for day in assessment.processing_dates:
        assert long_date(day) in message.subject
        assert long_date(day) in message.text
    identifier = assessment.case.registration.identifier
    assert identifier is not None
    assert identifier in message.text
    assert _lacking(MessageKind.CERTIFICATION, message, assessment) == []


@pytest.mark.parametrize("kind", MessageKind)
@pytest.mark.parametrize("track", TRACKS)
def test_every_draft_says_all_that_it_must_say(kind: MessageKind, track: str) -> None:
    assessment = assessed(case_of(track, "certified"))
    message = draft(kind, assessment)
    assert contents(kind, message, assessment)
    assert _lacking(kind, message, assessment) == []
    emptied = contents(kind, Message("", "", ""), assessment)
    assert not any(item.said for item in emptied)


def test_a_message_broken_into_other_lines_still_says_it() -> None:
    assessment = assessed(case_of("self_reporting", "tested"))
    message = messages.help_desk_message(assessment)
    broken = replace(message, subject="CAIS", text=message.text.replace("Wed 7 Oct", "Wed\n7 Oct"))
    assert _lacking(MessageKind.CERTIFICATION, broken, assessment) == []


def test_many_processing_dates_are_one_line_that_names_the_missing() -> None:
    assessment = assessed(case_of("self_reporting", "tested"))
    days = tuple(date(2020, 10, day) for day in range(6, 14))
    assessment = replace(assessment, processing_dates=days)
    kind = MessageKind.CERTIFICATION
    message = draft(kind, assessment)
    assert contents(kind, message, assessment)[-1].words == "All 8 CAT processing dates"
    fewer = replace(message, subject="CAIS", text=message.text.replace("Thu 8 Oct 2020", ""))
    assert _lacking(kind, fewer, assessment) == [
        "All 8 CAT processing dates; missing: Thu 8 Oct 2020"
    ]


def test_what_an_edited_message_no_longer_says_is_named() -> None:
    assessment = assessed(case_of("self_reporting", "tested"))
    message = messages.help_desk_message(assessment)
    edited = Message(message.to, "CAIS", message.text.replace("Wed 7 Oct 2020", "Wednesday"))
    kind = MessageKind.CERTIFICATION
    assert _lacking(kind, edited, assessment) == ["CAT processing date Wed 7 Oct 2020"]
    elsewhere = replace(message, to="sales@example.com")
    assert _lacking(kind, elsewhere, assessment) == ["Addressed to help@finracat.com"]
    nothing = assessed(case_of("self_reporting", "registered"))
    lacks = _lacking(kind, messages.help_desk_message(nothing), nothing)
    assert lacks == ["CAT processing dates: none is recorded yet"]


def test_level_counts_and_rate_stand_in_the_message() -> None:
    text = messages.help_desk_message(assessed(case_of("self_reporting", "tested"))).text
    assert "Certification level: 100" in text
    assert "110 received, 106 accepted, 4 rejected" in text
    assert "3.63 % (4 of 110)" in text
    assert "Tue 6 Oct 2020: 60 accounts received, 57 accepted, error rate 5 %" in text


def test_eml_opens_as_a_draft_with_the_summary_attached() -> None:
    message = messages.help_desk_message(assessed(case_of("self_reporting", "tested")))
    content = eml(message, MADE_AT, attachment=("CAIS-certification-1482.pdf", b"%PDF-1.7 x"))
    mail = _read(content)
    assert mail["X-Unsent"] == "1"
    assert mail["To"] == "help@finracat.com"
    assert mail["Subject"] == message.subject
    body = mail.get_body()
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == message.text
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == "CAIS-certification-1482.pdf"
    assert attached.get_content_type() == "application/pdf"
    assert attached.get_content() == b"%PDF-1.7 x"
    again = eml(message, MADE_AT, attachment=("CAIS-certification-1482.pdf", b"%PDF-1.7 x"))
    assert content == again


@pytest.mark.parametrize(
    "name", ["Harbor\r\nBcc: all@example.com", "שלום", "港湾" * 50, "W" * 200, "a&b=c?d#e+f %00"]
)
def test_strange_firm_names_break_neither_header_nor_link(name: str) -> None:
    case = _named(case_of("self_reporting", "tested"), name)
    message = messages.help_desk_message(assessed(case))
    mail = _read(eml(message, MADE_AT))
    assert mail["Bcc"] is None
    assert " ".join(name.split()) in str(mail["Subject"])
    link = mail_link(message)
    parts = urlsplit(link.url)
    assert len(link.url) <= LONGEST_LINK
    assert parts.scheme == "mailto"
    assert unquote(parts.path) == "help@finracat.com"
    assert set(parse_qs(parts.query)) == {"subject", "body"}


def test_a_text_too_long_for_a_link_is_left_to_the_clipboard() -> None:
    assessment = assessed(reports_for_others_case("tested", firms=60))
    message = messages.help_desk_message(assessment)
    assert "60, all in the attached summary" in message.text
    short = mail_link(Message("help@finracat.com", "Short", "Text\nmore"))
    assert short.complete
    assert parse_qs(urlsplit(short.url).query)["body"] == ["Text\r\nmore"]
    long = mail_link(replace(message, text=message.text * 20))
    assert not long.complete
    assert "clipboard" in parse_qs(urlsplit(long.url).query)["body"][0]


def test_r6_7_the_agent_is_asked_for_feedback_counts_and_dates() -> None:
    message = messages.agent_request(assessed(case_of("through_agent", "registered")))
    assert message.to == ""
    assert "Northgate Data Services" in message.text
    assert "CRD 2236" in message.text
    for asked in ("feedback file", "submission ID", "received and accepted", "first connected"):
        assert asked in message.text


def test_r1_5_the_follow_up_names_the_day_that_has_passed() -> None:
    case = case_of("self_reporting", "registered")
    waiting = case.registration.model_copy(update={"verified_on": None})
    assessment = assess(case.model_copy(update={"registration": waiting}), date(2020, 9, 14))
    message = messages.registration_follow_up(assessment)
    assert "Tue 8 Sep 2020" in message.text
    assert "Thu 10 Sep 2020" in message.text


def test_the_certification_follow_up_repeats_the_dates() -> None:
    assessment = assessed(case_of("self_reporting"))
    message = messages.certification_follow_up(assessment)
    contacted = assessment.case.certification.contacted_on
    assert contacted is not None
    assert long_date(contacted) in message.text


def test_the_call_script_has_number_dates_and_what_to_note() -> None:
    message = messages.call_script(assessed(case_of("self_reporting", "tested")))
    script = message.text
    assert message.to == "888-696-3348"
    for said in ("888-696-3348", "Tue 6 Oct 2020", "Wed 7 Oct 2020", "CRD 1482", "Note down"):
        assert said in script


def test_practice_is_addressed_to_nobody() -> None:
    case = case_of("self_reporting", "tested").model_copy(update={"practice": True})
    for write in (
        messages.help_desk_message,
        messages.certification_follow_up,
        messages.registration_follow_up,
        messages.agent_request,
    ):
        message = write(assessed(case))
        assert message.to == ""
        assert message.subject.startswith("PRACTICE")
        assert message.text.startswith("PRACTICE")
    assert messages.call_script(assessed(case)).text.startswith("PRACTICE")


def _named(case: Case, name: str) -> Case:
    registration = case.registration.model_copy(update={"company_name": name})
    return case.model_copy(update={"registration": registration})
