"""Worksheets hold every value that a form asks for, on paper and as text."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.onboarding.access import AccessLevel, SftpAccount
from app.onboarding.case import Case
from app.report.worksheets import (
    registration_worksheet,
    sftp_worksheet,
    worksheet_pdf,
    worksheet_text,
)
from tests.report.samples import (
    MADE_AT,
    VERSION,
    case_of,
    squeezed,
    text_of,
    with_long_values,
)
from tests.rig.cases import row_id


def test_r1_4_every_value_of_the_registration_is_there(tmp_path: Path) -> None:
    case = case_of("self_reporting", "registered")
    worksheet = registration_worksheet(case)
    assert worksheet.missing == ()
    on_paper = text_of(worksheet_pdf(worksheet, MADE_AT, VERSION), tmp_path)
    for text in (on_paper, worksheet_text(worksheet)):
        for value in ("Harbor Securities LLC", "40 Water Street", "02109", "1482", "120"):
            assert value in text
        for value in ("Dana Whitfield", "(617) 555-0178", "luis@firm.example", "Self-reporting"):
            assert value in text
        assert "SFTP and CAIS Reporter Portal" in text
        assert "https://www.catnmsplan.com/cais-registration" in squeezed(text)


def test_what_is_still_missing_is_named() -> None:
    worksheet = registration_worksheet(case_of("self_reporting", "empty"))
    assert "CRD number or ORG ID" in worksheet.missing
    assert "Company name" in worksheet.missing


def test_r1_2_an_agent_without_an_id_leaves_the_field_blank() -> None:
    case = case_of("reports_for_others", "registered")
    without = case.registration.model_copy(update={"org_id": None, "awaits_identifier": True})
    worksheet = registration_worksheet(case.model_copy(update={"registration": without}))
    assert worksheet.missing == ()
    assert "Leave blank" in worksheet_text(worksheet)


@pytest.mark.parametrize(
    ("level", "said"),
    [
        (AccessLevel.TEST, "Access level: Test"),
        (AccessLevel.BOTH, "Access level: Test and production"),
        (AccessLevel.NOT_MARKED, "Without a mark the account gets test and production"),
        (None, "Without a mark the account gets test and production"),
    ],
)
def test_r4_2_the_level_is_said_or_warned_about(level: AccessLevel | None, said: str) -> None:
    text = worksheet_text(sftp_worksheet(case_of("self_reporting"), _account(level)))
    assert said in text
    assert "Requested by (Super Account Administrator): Dana Whitfield" in text
    assert "Luis Ortega" in text


def test_longest_values_fit_on_paper(tmp_path: Path) -> None:
    case: Case = with_long_values(case_of("self_reporting"))
    worksheet = registration_worksheet(case)
    text = text_of(worksheet_pdf(worksheet, MADE_AT, VERSION), tmp_path)
    assert squeezed(case.registration.company_name or "") in squeezed(text)
    assert squeezed(case.registration.city or "") in squeezed(text)


def _account(level: AccessLevel | None) -> SftpAccount:
    return SftpAccount(id=row_id(9), level=level, form_contact="Luis Ortega")
