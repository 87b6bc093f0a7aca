"""Names of CAIS files (specification 5.1.1, 6.1, 6.5): read, and explained when wrong."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.onboarding.testing import FileKind
from app.submissions import names
from app.submissions.names import NameKind, Part, parse_name

TODAY = date(2020, 10, 5)


def words(name: str) -> list[str]:
    return [finding.finding for finding in parse_name(name, today=TODAY).findings]


def test_the_specification_s_submission_example_is_read_whole() -> None:
    name = parse_name("123_999_20200101_CAIS_000123.json.bz2", today=TODAY)
    assert name.kind is NameKind.SUBMISSION
    assert name.valid
    assert (name.submitter_id, name.reporter_crd) == (123, 999)
    assert name.generation_date == date(2020, 1, 1)
    assert name.group is None
    assert (name.file_kind, name.file_number) == (FileKind.CAIS, "000123")
    assert name.base_name == "123_999_20200101_CAIS_000123"


def test_a_group_is_an_element_of_its_own() -> None:
    name = parse_name("123_999_20200101_EastDesk_TIDS_000001.json.bz2", today=TODAY)
    assert name.valid
    assert (name.group, name.file_kind) == ("EastDesk", FileKind.TIDS)


def test_a_pair_shares_its_pair_name_and_nothing_else_does() -> None:
    cais = parse_name("1_2_20200101_g_CAIS_000001.json.bz2", today=TODAY)
    tids = parse_name("1_2_20200101_g_TIDS_000001.json.bz2", today=TODAY)
    other = parse_name("1_2_20200101_CAIS_000001.json.bz2", today=TODAY)
    assert cais.pair_name == tids.pair_name
    assert cais.pair_name != other.pair_name


@pytest.mark.parametrize(
    ("name", "finding", "code"),
    [
        ("0123_999_20200101_CAIS_000123.json.bz2", "name-submitter-id", "21002"),
        ("-1_999_20200101_CAIS_000123.json.bz2", "name-submitter-id", "21002"),
        ("9223372036854775808_999_20200101_CAIS_000123.json.bz2", "name-submitter-id", "21002"),
        ("123__20200101_CAIS_000123.json.bz2", "name-reporter-crd", "21003"),
        ("123_٩٩٩_20200101_CAIS_000123.json.bz2", "name-reporter-crd", "21003"),
        ("123_999_20200231_CAIS_000123.json.bz2", "name-date", "21004"),
        ("123_999_2020011_CAIS_000123.json.bz2", "name-date", "21004"),
        ("123_999_20201006_CAIS_000123.json.bz2", "name-future-date", "21004"),
        ("123_999_20201006_TIDS_000123.json.bz2", "name-future-date", "21504"),
        ("123_999_20200101_caisweb_CAIS_000123.json.bz2", "name-reserved-group", "21010"),
        ("123_999_20200101_CAISWEB_TIDS_000123.json.bz2", "name-reserved-group", "21510"),
        ("123_999_20200101_a-b_CAIS_000123.json.bz2", "name-group", "21010"),
        ("123_999_20200101_a_b_CAIS_000123.json.bz2", "name-group", "21010"),
        ("123_999_20200101__CAIS_000123.json.bz2", "name-group", "21010"),
        ("123_999_20200101_abcdefghijklmnopqrstu_CAIS_000123.json.bz2", "name-group", "21010"),
        ("123_999_20200101_cais_000123.json.bz2", "name-kind", "21010"),
        ("123_999_20200101_CATS_000123.json.bz2", "name-kind", "21010"),
        ("123_999_20200101_CAIS_123.json.bz2", "name-number", "21010"),
        ("123_999_20200101_CAIS_0001234.json.bz2", "name-number", "21010"),
        ("123_999_20200101_CAIS_000123_2.json.bz2", "name-extra", "21010"),
        ("123_999_20200101_CAIS_000123.json", "name-extension", "21010"),
        ("123_999_20200101_CAIS_000123.json.gz", "name-extension", "21010"),
        ("123_999_20200101_CAIS_000123.JSON.BZ2", "name-extension", "21010"),
        ("123_999_20200101_CAIS_000123", "name-extension", "21010"),
    ],
)
def test_a_wrong_element_is_named(name: str, finding: str, code: str) -> None:
    parsed = parse_name(name, today=TODAY)
    assert parsed.kind is NameKind.SUBMISSION
    assert not parsed.valid
    assert [(found.finding, found.official_code) for found in parsed.findings] == [(finding, code)]


def test_every_wrong_element_is_named_at_once() -> None:
    assert words("0123_999_20200231_CATS_1.json") == [
        "name-submitter-id",
        "name-date",
        "name-kind",
        "name-number",
        "name-extension",
    ]


def test_today_is_not_the_future() -> None:
    assert parse_name("1_2_20201005_CAIS_000001.json.bz2", today=TODAY).valid


def test_the_group_cais_is_allowed_but_unwise() -> None:
    name = parse_name("1_2_20200101_CAIS_CAIS_000001.json.bz2", today=TODAY)
    assert name.valid
    assert name.group == "CAIS"
    assert [finding.finding for finding in name.findings] == ["name-group-unwise"]


def test_a_short_number_is_shown_filled() -> None:
    (finding,) = parse_name("1_2_20200101_CAIS_42.json.bz2", today=TODAY).findings
    assert "000042" in finding.message


def test_feedback_has_a_version_before_its_extension() -> None:
    name = parse_name("123_456_20200204_CAIS_000123.v4.feedback.json.bz2", today=TODAY)
    assert name.kind is NameKind.FEEDBACK
    assert name.valid
    assert name.feedback_version == 4
    assert name.base_name == "123_456_20200204_CAIS_000123"


@pytest.mark.parametrize("added", ["_2", ".2", ".v2", "-2"])
def test_a_base_name_used_again_gets_a_file_version(added: str) -> None:
    name = parse_name(f"123_456_20200204_CAIS_000123{added}.v1.feedback.json.bz2", today=TODAY)
    assert name.valid
    assert (name.file_version, name.feedback_version) == (2, 1)
    assert name.base_name == "123_456_20200204_CAIS_000123"


def test_caisweb_is_right_in_the_feedback_of_portal_entries() -> None:
    name = parse_name("123_456_20200204_caisweb_CAIS_000123.v2.feedback.json.bz2", today=TODAY)
    assert name.valid
    assert name.group == "caisweb"


@pytest.mark.parametrize(
    ("name", "finding"),
    [
        ("1_2_20200101_CAIS_000001.feedback.json.bz2", "name-feedback-version"),
        ("1_2_20200101_CAIS_000001.v0.feedback.json.bz2", "name-feedback-version"),
        ("1_2_20200101_CAIS_000001.V4.feedback.json.bz2", "name-feedback-version"),
        ("1_2_20200101_CAIS_000001.v4.Feedback.json.bz2", "name-feedback-word"),
        ("1_2_20200101_CAIS_000001.v4.feedback.json", "name-extension"),
        ("1_2_20200101_CAIS_01.v4.feedback.json.bz2", "name-number"),
    ],
)
def test_wrong_feedback_names_are_explained(name: str, finding: str) -> None:
    parsed = parse_name(name, today=TODAY)
    assert parsed.kind is NameKind.FEEDBACK
    assert not parsed.valid
    assert [found.finding for found in parsed.findings] == [finding]


def test_an_undocumented_feedback_version_is_said_and_not_refused() -> None:
    name = parse_name("1_2_20200101_CAIS_000001.v7.feedback.json.bz2", today=TODAY)
    assert name.valid
    assert name.feedback_version == 7
    assert [finding.finding for finding in name.findings] == ["name-undocumented-version"]


def test_outstanding_rejections_come_as_meta_and_data() -> None:
    meta = parse_name("1_2_3_20200101_OUTSTANDINGREJECTIONS_grp_meta.json", today=TODAY)
    data = parse_name("1_2_3_20200101_OUTSTANDINGREJECTIONS_grp_data.json.bz2", today=TODAY)
    assert meta.kind is data.kind is NameKind.OUTSTANDING_REJECTIONS
    assert meta.valid
    assert data.valid
    assert (meta.submitter_id, meta.reporter_crd, meta.correspondent_crd) == (1, 2, 3)
    assert (meta.part, data.part) == (Part.META, Part.DATA)
    assert meta.group == "grp"


def test_outstanding_inconsistencies_are_alike() -> None:
    name = parse_name("1_2_3_20200101_OUTSTANDINGINCONSISTENCIES_g_data.json.bz2", today=TODAY)
    assert name.kind is NameKind.OUTSTANDING_INCONSISTENCIES
    assert name.valid


def test_outstanding_parts_have_their_own_extensions() -> None:
    assert words("1_2_3_20200101_OUTSTANDINGREJECTIONS_g_data.json") == ["name-extension"]
    assert words("1_2_3_20200101_OUTSTANDINGREJECTIONS_g_meta.json.bz2") == ["name-extension"]
    assert words("1_2_3_20200101_OUTSTANDINGREJECTIONS_g_both.json") == ["name-part"]


def test_sentinels() -> None:
    name = parse_name("20200101_OUTSTANDINGREJECTIONS_processed", today=TODAY)
    assert name.kind is NameKind.SENTINEL
    assert name.valid
    assert name.generation_date == date(2020, 1, 1)
    assert words("20200101_OUTSTANDINGREJECTIONS_Processed") == ["name-sentinel"]
    assert words("20201301_OUTSTANDINGREJECTIONS_processed") == ["name-date"]


@pytest.mark.parametrize(
    ("name", "finding"),
    [
        ("..", "name-path"),
        ("../../1_2_20200101_CAIS_000001.json.bz2", "name-path"),
        ("C:\\1_2_20200101_CAIS_000001.json.bz2", "name-path"),
        ("1_2_20200101_CAIS_000001\u202e.json.bz2", "name-hidden-characters"),
        ("1_2_20200101_CAIS_000001\n.json.bz2", "name-hidden-characters"),
        ("\x00", "name-hidden-characters"),
        ("\ud800", "name-hidden-characters"),
        ("<_\u00a0.__OUTSTANDINGREJECTIONS", "name-hidden-characters"),
        ("a" * 10_000, "name-length"),
        ("<b>hello.html", "name-unknown"),
        ("readme.txt", "name-unknown"),
    ],
)
def test_hostile_and_foreign_names_get_one_clear_line(name: str, finding: str) -> None:
    parsed = parse_name(name, today=TODAY)
    assert parsed.kind is NameKind.UNKNOWN
    assert [found.finding for found in parsed.findings] == [finding]


def test_messages_show_hidden_characters_by_number() -> None:
    (finding,) = parse_name("1_2_20200101_a b_CAIS_000001.json.bz2", today=TODAY).findings
    assert "a b" in finding.message
    assert all(character.isprintable() for character in finding.message)


UNSIGNED = st.integers(min_value=0, max_value=2**63 - 1)
GROUPS = st.none() | st.from_regex(r"[A-Za-z0-9]{1,20}", fullmatch=True).filter(
    lambda group: group.upper() not in {"CAIS", "TIDS", "CAISWEB"}
)


@given(
    UNSIGNED,
    UNSIGNED,
    st.dates(max_value=TODAY, min_value=date(1000, 1, 1)),
    GROUPS,
    st.sampled_from(FileKind),
    st.integers(0, 999_999),
)
def test_every_valid_name_is_read_back_exactly(
    submitter: int, reporter: int, day: date, group: str | None, kind: FileKind, number: int
) -> None:
    elements = [str(submitter), str(reporter), f"{day:%Y%m%d}".zfill(8)]
    elements += [group] if group is not None else []
    base = "_".join([*elements, kind, f"{number:06}"])
    name = parse_name(f"{base}.json.bz2", today=TODAY)
    assert name.findings == ()
    assert (name.submitter_id, name.reporter_crd, name.generation_date) == (
        submitter,
        reporter,
        day,
    )
    assert (name.group, name.file_kind, name.file_number) == (group, kind, f"{number:06}")
    later = parse_name(f"{base}.v3.feedback.json.bz2", today=day - timedelta(days=0))
    assert (later.base_name, later.feedback_version, later.findings) == (base, 3, ())


@given(st.text(max_size=120))
def test_any_text_gets_a_result(text: str) -> None:
    name = parse_name(text, today=TODAY)
    assert name.valid or name.findings


@given(st.from_regex(r"[0-9v_.]{0,12}(CAIS|TIDS|OUTSTANDINGREJECTIONS|\.feedback)[0-9a-z_.]*"))
def test_nearly_right_names_get_a_result(text: str) -> None:
    name = parse_name(text, today=TODAY)
    assert name.valid or name.findings


def test_a_flawless_name_is_read_as_every_name_is() -> None:
    flawless = 0
    for elements in product(
        ("0", "999", "07", "9" * 18, "9" * 19, ""),
        ("20201004", "20201005", "20201006", "20200931", "2020093"),
        ("", "desk1_", "caisweb_", "CAIS_", "tids_", "x" * 21 + "_", "é_"),
        ("CAIS", "TIDS", "cais"),
        ("000001", "00001"),
        ("v1", "v4", "v5", "v0", ""),
    ):
        name = "{0}_{0}_{1}_{2}{3}_{4}.{5}.feedback.json.bz2".format(*elements)
        at_once = names._flawless_feedback(name, TODAY)
        explained = names._explained(name, TODAY)
        if at_once is not None:
            flawless += 1
            assert at_once == explained
        else:
            assert explained.findings or len(elements[0]) == 19
    assert flawless == 3 * 2 * 3 * 2 * 2
