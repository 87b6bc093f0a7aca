from __future__ import annotations

import pytest

from app.onboarding.access import SftpServer
from app.onboarding.case import Case
from app.work.sftp_targets import obstacle_of
from tests.rig import cases


def case_at(host: str | None, *, practice: bool) -> Case:
    case = cases.self_reporting_case("tested")
    sftp = case.sftp.model_copy(update={"test_server": SftpServer(host=host)})
    return case.model_copy(update={"sftp": sftp, "practice": practice})


@pytest.mark.parametrize(
    ("host", "practice", "line"),
    [
        ("sftp.cat.example", False, ""),
        (None, False, "Enter the host name of the test environment."),
        ("127.0.0.1", True, ""),
        (
            "sftp.cat.example",
            True,
            "This is a practice case: it connects to the simulated CAIS alone.",
        ),
    ],
)
def test_a_practice_case_connects_to_the_simulated_cais_alone(
    host: str | None, practice: bool, line: str
) -> None:
    case = case_at(host, practice=practice)
    assert obstacle_of(case, case.sftp.accounts[0].id) == line
    assert obstacle_of(case, "f" * 12) == "Add the SFTP account first."
