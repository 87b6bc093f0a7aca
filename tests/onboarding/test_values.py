"""What people type: taken where it can be understood, else one clear line."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from app.onboarding.case import Case
from app.onboarding.editing import FieldProblemError, value_at, with_unaccepted, with_value
from app.onboarding.values import NAME_LENGTH, NOTE_LENGTH, Moment, is_blank, one_line
from tests.onboarding.looking import typed
from tests.rig.cases import TODAY, row_id, self_reporting_case, through_agent_case

CASE = self_reporting_case("tested")
WITH_AGENT = through_agent_case("tested")
DATE_HELP = "Enter a date as month/day/year, for example 10/05/2020."
FIELDS = {
    "name": "registration.company_name",
    "note": "certification.contact_note",
    "crd": "registration.crd",
    "org": "registration.org_id",
    "agent": f"relationships.agents.{row_id(1)}.agent_id",
    "count": "registration.ltid_accounts",
    "email": "registration.primary_contact.email",
    "phone": "registration.primary_contact.phone",
    "date": f"relationships.agents.{row_id(1)}.effective_date",
    "past": "registration.submitted_on",
    "host": "sftp.test_server.host",
    "port": "sftp.test_server.port",
    "proxy_user": "sftp.test_route.proxy_username",
    "own_address": "sftp.test_route.bind_address",
    "choice": "registration.connectivity",
    "yes": f"portal.accounts.{row_id(1)}.test_access",
}


def stored(kind: str, raw: object) -> Any:
    return value_at(with_value(WITH_AGENT, FIELDS[kind], raw, TODAY), FIELDS[kind])


def problem(kind: str, raw: object) -> str:
    with pytest.raises(FieldProblemError) as caught:
        stored(kind, raw)
    assert caught.value.path == FIELDS[kind]
    assert str(caught.value) == caught.value.message
    return caught.value.message


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("name", "  Harbor\n Securities\tLLC ", "Harbor Securities LLC"),
        ("name", "a\x00b\x1b[31m\x7f", "ab[31m"),
        ("name", "Firm\u202egnp.exe", "Firmgnp.exe"),
        ("name", "مؤسسة حسن", "مؤسسة حسن"),
        ("name", "Zoë 👩‍👩‍👧 & Söhne", "Zoë 👩‍👩‍👧 & Söhne"),
        ("name", "<b>Bold</b> & Co", "<b>Bold</b> & Co"),
        ("name", "half \ud83d of a character", "half of a character"),
        ("name", "x" * NAME_LENGTH, "x" * NAME_LENGTH),
        ("note", " one \r\n\r\n two\u2028three ", "one\n\ntwo\nthree"),
        ("crd", " 12 34\u200b56\n", "123456"),
        ("crd", "123456", "123456"),
        ("crd", 1482, "1482"),
        ("org", "7059", "7059"),
        ("agent", "9" * 19, "9" * 19),
        ("count", "0", 0),
        ("count", "1,250", 1250),
        ("count", " 0085 ", 85),
        ("count", "1,000,000,000", 10**9),
        ("count", "1\u200b00", 100),
        ("count", 99, 99),
        ("email", " dana@Firm.Example\n", "dana@firm.example"),
        ("email", "dana\u200b@firm.example", "dana@firm.example"),
        ("phone", "617.555.0142", "(617) 555-0142"),
        ("phone", "+1 617 555 0142 ext. 7", "(617) 555-0142 ext. 7"),
        ("phone", "1-800-FLOWERS", "(800) 356-9377"),
        ("phone", "+44 20 7946 0958", "+44 20 7946 0958"),
        ("phone", "011 44 20 7946 0958", "+44 20 7946 0958"),
        ("date", "10/5/2020", date(2020, 10, 5)),
        ("date", "10-05-20", date(2020, 10, 5)),
        ("date", "Mon 5 Oct 2020", date(2020, 10, 5)),
        ("date", "October 5, 2020", date(2020, 10, 5)),
        ("date", "2020-10-05", date(2020, 10, 5)),
        ("date", "20201005", date(2020, 10, 5)),
        ("date", "10/5/2031", date(2031, 10, 5)),
        ("past", "12/2/2020", TODAY),
        ("date", datetime(2020, 10, 5, 23, tzinfo=UTC), date(2020, 10, 5)),
        ("host", " sftp.firm.example. ", "sftp.firm.example"),
        ("proxy_user", " OFFICE\\dana ", "OFFICE\\dana"),
        ("own_address", " [2001:DB8::7] ", "2001:db8::7"),
        ("host", "192.0.2.7", "192.0.2.7"),
        ("host", "[2001:DB8::7]", "2001:db8::7"),
        ("host", "under_score-9", "under_score-9"),
        ("port", " 2222 ", 2222),
        ("port", 22, 22),
        ("choice", "both", "both"),
        ("yes", True, True),
    ],
)
def test_what_is_understood(kind: str, raw: object, value: object) -> None:
    assert stored(kind, raw) == value


@pytest.mark.parametrize(
    ("kind", "raw", "line"),
    [
        ("name", "x" * 10_000, "At most 200 characters; this has 10,000."),
        ("name", "🙂" * 201, "At most 200 characters; this has 201."),
        ("name", 5, "This does not fit here; check what was entered."),
        ("note", "x" * 5_000, "At most 4,000 characters; this has 5,000."),
        ("note", 5, "This does not fit here; check what was entered."),
        ("crd", "CRD 1482", "A CRD number is digits only, for example 123456."),
        ("crd", "-5", "A CRD number is digits only, for example 123456."),
        ("crd", "١٢٣٤", "A CRD number is digits only, for example 123456."),
        ("crd", "🙂", "A CRD number is digits only, for example 123456."),
        ("crd", "0", "A CRD number does not start with 0."),
        ("crd", "01482", "A CRD number does not start with 0."),
        ("crd", "9" * 11, "A CRD number has at most 10 digits; this has 11."),
        ("crd", "9" * 10_000, "A CRD number has at most 10 digits; this has 10,000."),
        ("crd", True, "This does not fit here; check what was entered."),
        ("org", "A-7", "An ORG ID is digits only, for example 123456."),
        ("agent", "9" * 20, "A CRD number or ORG ID has at most 19 digits; this has 20."),
        ("count", "-5", "The number of accounts cannot be below 0."),
        ("count", "−5", "The number of accounts cannot be below 0."),
        ("count", -5, "The number of accounts cannot be below 0."),
        ("count", "1000000001", "More than 1,000,000,000 accounts: check the number."),
        ("count", "9" * 10_000, "More than 1,000,000,000 accounts: check the number."),
        ("count", "about 90", "Enter a whole number of accounts, for example 85 or 1,250."),
        ("count", "85.5", "Enter a whole number of accounts, for example 85 or 1,250."),
        ("count", "12,50", "Enter a whole number of accounts, for example 85 or 1,250."),
        ("count", "1 250", "Enter a whole number of accounts, for example 85 or 1,250."),
        ("count", "1e3", "Enter a whole number of accounts, for example 85 or 1,250."),
        ("count", "٨٥", "Enter a whole number of accounts, for example 85 or 1,250."),
        ("email", "dana", "This is not an e-mail address; it looks like name@firm.example."),
        ("email", "dana@", "This is not an e-mail address; it looks like name@firm.example."),
        ("email", "a@b.example, c@d.example",
         "This is not an e-mail address; it looks like name@firm.example."),
        ("email", "x" * 10_000 + "@firm.example",
         "This is not an e-mail address; it looks like name@firm.example."),
        ("email", 5, "This does not fit here; check what was entered."),
        ("phone", "555-0142", "Enter a phone number with area code, for example 212-555-0100."),
        ("phone", "call me", "Enter a phone number with area code, for example 212-555-0100."),
        ("phone", "6" * 10_000, "Enter a phone number with area code, for example 212-555-0100."),
        ("phone", 5, "This does not fit here; check what was entered."),
        ("date", "5", DATE_HELP),
        ("date", "10/2020", DATE_HELP),
        ("date", "Monday", DATE_HELP),
        ("date", "2/30/2020", DATE_HELP),
        ("date", "10/05/2020 10:30 XYZ", DATE_HELP),
        ("date", "9" * 10_000, DATE_HELP),
        ("date", "2020-02-30",
         f"There is no such day. {DATE_HELP}"),
        ("date", "10/5/1820",
         f"The year 1820 cannot be right here. {DATE_HELP}"),
        ("date", 5.5, "This does not fit here; check what was entered."),
        ("past", "12/3/2020", "This day lies in the future; enter the day it happened."),
        ("past", date(2020, 12, 3), "This day lies in the future; enter the day it happened."),
        ("proxy_user", "office:secret",
         "A proxy's user name holds no colon; the password is kept apart."),
        ("proxy_user", "🙂" * 64, "A proxy's user name is shorter than this."),
        ("own_address", "my-computer",
         "Enter one of this computer's addresses, such as 10.20.30.40."),
        ("own_address", "10.20.30",
         "Enter one of this computer's addresses, such as 10.20.30.40."),
        ("host", "sftp://sftp.example",
         "Enter the host name alone, without user name, folder or sftp://."),
        ("host", "me@sftp.example",
         "Enter the host name alone, without user name, folder or sftp://."),
        ("host", "sftp.example:22", "Enter the host name alone; the port has a field of its own."),
        ("host", "a b", "Enter a host name or address, for example sftp.firm.example."),
        ("host", "a..b", "Enter a host name or address, for example sftp.firm.example."),
        ("host", "x" * 64, "Enter a host name or address, for example sftp.firm.example."),
        ("host", "x." * 130 + "example",
         "Enter a host name or address, for example sftp.firm.example."),
        ("host", 5, "This does not fit here; check what was entered."),
        ("port", "0", "A port is a number from 1 to 65535; SFTP mostly uses 22."),
        ("port", "65536", "A port is a number from 1 to 65535; SFTP mostly uses 22."),
        ("port", "２２", "A port is a number from 1 to 65535; SFTP mostly uses 22."),
        ("port", "9" * 10_000, "A port is a number from 1 to 65535; SFTP mostly uses 22."),
        ("port", "", "This cannot be left empty."),
        ("choice", "telepathy", "Choose one of the listed values."),
        ("yes", "perhaps", "This does not fit here; check what was entered."),
    ],
)  # fmt: skip
def test_what_is_not_understood_gets_one_line(kind: str, raw: object, line: str) -> None:
    assert problem(kind, raw) == line
    assert "\n" not in line


def test_one_phone_number_in_a_field() -> None:
    line = "Enter one phone number; an extension as “ext. 12” after it."
    assert problem("phone", "617-555-0142; 6175550143") == line
    assert problem("phone", "617-555-0142/x2345") == line
    assert problem("phone", "617-555-0142 / 617-555-0143").startswith("Enter a phone number")
    assert stored("phone", "617-555-0142 x2345678") == "(617) 555-0142 ext. 2345678"


@pytest.mark.parametrize("kind", sorted(set(FIELDS) - {"port", "yes"}))
@pytest.mark.parametrize("nothing", ["", "  ", "\n", "\u200b\ufeff", "\x00", "\ud83d", None])
def test_what_cannot_be_seen_empties_a_field(kind: str, nothing: str | None) -> None:
    assert stored(kind, nothing) is None


@given(st.sampled_from(sorted(FIELDS)), st.text(), st.text())
def test_any_text_is_stored_or_kept(kind: str, before: str, text: str) -> None:
    """Nothing typed is lost, nothing crashes, and what is stored is taken again as it is."""
    path = FIELDS[kind]
    case = with_unaccepted(WITH_AGENT, path, before)
    try:
        changed = with_value(case, path, text, TODAY)
    except FieldProblemError as caught:
        assert caught.message
        assert len(caught.message.splitlines()) == 1
        assert text not in caught.message or len(text) < 40
        changed = with_unaccepted(case, path, text)
        assert changed.unaccepted[path] == text
    else:
        assert path not in changed.unaccepted
        assert with_value(changed, path, value_at(changed, path), TODAY) == changed
    assert Case.model_validate_json(changed.model_dump_json()) == changed


#: What dates, numbers, addresses and hosts are made of.
PIECES = st.lists(
    st.sampled_from(
        [*"0123456789/-.:,@ +x()#", "2020", "10", "Oct", "Mon", "am", "T", "Z", "EST", "AD",
         "nan", "inf", "ext", "e5", "٣", "example", "::", "1e400"]
    ),
    max_size=12,
).map("".join)  # fmt: skip


@given(st.sampled_from(sorted(FIELDS)), PIECES)
def test_likely_texts_are_stored_or_kept(kind: str, text: str) -> None:
    test_any_text_is_stored_or_kept.hypothesis.inner_test(kind, "x", text)  # type: ignore[attr-defined]


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)))
def test_dates_are_read_as_written(day: date) -> None:
    """In the forms that people here use."""
    for form in ("%m/%d/%Y", "%Y-%m-%d", "%a %d %b %Y", "%B %d, %Y", "%m-%d-%Y", "%Y%m%d"):
        assert stored("date", day.strftime(form)) == day


@given(st.text())
def test_one_line_is_one_line(text: str) -> None:
    once = one_line(text)
    assert one_line(once) == once
    assert len(once.splitlines()) <= 1
    assert not any("\u202a" <= character <= "\u202e" for character in once)
    if is_blank(text):
        assert is_blank(once)


def test_a_day_is_not_compared_when_a_case_is_read() -> None:
    """A stored case stays readable on a computer whose clock is wrong."""
    case = typed(CASE, date(2020, 12, 2), certification__contacted_on="12/1/2020")
    assert Case.model_validate_json(case.model_dump_json()) == case


def test_a_time_has_its_zone() -> None:
    moment: TypeAdapter[Any] = TypeAdapter(Moment)
    assert moment.validate_python("2020-10-05T12:00:00-04:00").isoformat() == (
        "2020-10-05T16:00:00+00:00"
    )
    last = datetime.max.replace(tzinfo=timezone(-timedelta(hours=4)))
    assert moment.validate_python(last) == datetime.max.replace(tzinfo=UTC)
    with pytest.raises(ValueError, match="needs its time zone"):
        moment.validate_python("2020-10-05T12:00:00")


def test_lengths_are_what_the_lines_say() -> None:
    assert (NAME_LENGTH, NOTE_LENGTH) == (200, 4_000)
