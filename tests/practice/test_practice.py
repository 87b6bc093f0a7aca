"""The simulated CAIS, reached and judged by the program's own parts."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from app.cancellation import CancelToken
from app.failures import UserFacingError
from app.onboarding.testing import SubmissionStatus as Status
from app.practice.judgement import Count, judge
from app.practice.running import how_to_reach, run_practice
from app.practice.sample import SAMPLE_ACCOUNTS, write_sample_submission
from app.practice.scenario import Pace, Scenario
from app.practice.server import SUBMITTER_ID, PracticeServer
from app.sftp.diagnosis import Fault
from app.sftp.fetching import fetch_feedback
from app.sftp.host_keys import AcceptedHostKey, HowAccepted, accept_host_key
from app.sftp.preflight import Preflight
from app.sftp.sending import send_pair, send_submission
from app.sftp.session import Session, open_session
from app.sftp.stages import ConnectionOutcome, run_connection_test, test_connection
from app.sftp.target import ConnectionTarget, ServerKind
from app.submissions.codes import error_codes
from app.submissions.feedback import Feedback
from app.submissions.feedback_reader import SIMULATED, read_feedback
from app.submissions.findings import has_fault
from app.submissions.preflight import Verdict, check_submission
from tests.submissions.making import account, ltid, ltid_phase, write

TODAY = date(2026, 1, 2)
AT_ONCE = Pace(0, 0, 0, 0, 0)
NAME = "123_999_20201005_CAIS_{:06}.json.bz2"


@contextmanager
def practice(
    folder: Path, scenario: Scenario = Scenario.AS_THE_FILE_IS, pace: Pace = AT_ONCE
) -> Generator[PracticeServer]:
    with PracticeServer(folder / "practice", scenario, pace) as server:
        yield server


def reached(
    server: PracticeServer, kind: ServerKind = ServerKind.CAIS
) -> tuple[ConnectionTarget, tuple[AcceptedHostKey, ...]]:
    target = ConnectionTarget(server.host, server.username, server.port, kind=kind)
    return target, (accept_host_key(target, server.host_key, HowAccepted.ALWAYS),)


def outcome_of(
    server: PracticeServer,
    known: tuple[AcceptedHostKey, ...] | None = None,
    password: str | None = None,
) -> ConnectionOutcome:
    target, accepted = reached(server)
    run = test_connection(
        target,
        lambda: password or server.password,
        accepted if known is None else known,
        cancel=CancelToken(),
    )
    return run_connection_test(run, lambda _: None)


@contextmanager
def session_with(server: PracticeServer, kind: ServerKind = ServerKind.CAIS) -> Generator[Session]:
    target, known = reached(server, kind)
    with open_session(target, lambda: server.password, known, cancel=CancelToken()) as session:
        yield session


def answers(
    server: PracticeServer, into: Path, wanted: int, kind: ServerKind = ServerKind.CAIS
) -> list[Feedback]:
    """All feedback there is, once there are so many files of it."""
    tick = threading.Event()
    with session_with(server, kind) as session:
        for _ in range(600):
            fetch_feedback(session, SUBMITTER_ID, into)
            files = sorted(path for path in into.iterdir() if path.is_file())
            if len(files) >= wanted:
                return [read_feedback(path, today=TODAY, practice=True) for path in files]
            tick.wait(0.02)
    raise AssertionError(f"only {files} came")


def pass_for(path: Path) -> Preflight:
    """Whatever is in the file: what the simulation says to it is the question."""
    content = path.read_bytes()
    return Preflight(len(content), hashlib.sha256(content).hexdigest())


def sent(server: PracticeServer, folder: Path, document: object, number: int = 1) -> Path:
    path = write(folder, NAME.format(number), document)
    with session_with(server) as session:
        send_submission(session, SUBMITTER_ID, path, pass_for(path))
    return path


def accounts(count: int) -> list[dict[str, Any]]:
    return [account(number) for number in range(1, count + 1)]


def full_cais(records: Iterable[dict[str, Any]]) -> dict[str, Any]:
    return ltid_phase(
        records,
        version="2.0.0",
        naturalPersonCustomerRecordCount=1,
        legalEntityCustomerRecordCount=0,
        naturalPersonCustomerList=[{"customerRecordID": 5}],
        legalEntityCustomerList=[],
    )


def tids() -> dict[str, Any]:
    return {"version": "2.0.0", "tidRecordCount": 1, "tidRecordList": [{"customerRecordID": 5}]}


def test_it_passes_the_connection_test(tmp_path: Path) -> None:
    with practice(tmp_path) as server:
        outcome = outcome_of(server)
    assert outcome.ok, outcome.stages[-1]
    assert outcome.server_text is not None
    assert "simulation" in outcome.server_text
    assert outcome.folders is not None
    assert outcome.folders.submitter_id == SUBMITTER_ID


def test_a_flawless_file_goes_through_all_four_stages(tmp_path: Path) -> None:
    with practice(tmp_path) as server:
        sent(server, tmp_path, ltid_phase(accounts(100)))
        found = answers(server, tmp_path / "in", 4)
    assert [feedback.status for feedback in found] == [
        Status.FILE_ACKNOWLEDGED,
        Status.FILE_INTEGRITY_PASSED,
        Status.RECORD_SCAN_COMPLETED,
        Status.COMPLETED_WITHOUT_REJECTIONS,
    ]
    for feedback in found:
        assert not has_fault(feedback.findings), feedback.findings
    final = found[-1]
    assert final.accounts is not None
    assert (final.accounts.received, final.accounts.accepted) == (100, 100)
    assert final.counts_as_evidence


def test_outside_of_practice_its_feedback_is_known_and_is_no_evidence(tmp_path: Path) -> None:
    with practice(tmp_path) as server:
        sent(server, tmp_path, ltid_phase(accounts(3)))
        answers(server, tmp_path / "in", 4)
    for number, path in enumerate(sorted((tmp_path / "in").glob("*.bz2"))):
        renamed = path.with_name(f"1482_1482_20201006_CAIS_{number:06}.v4.feedback.json.bz2")
        path.rename(renamed)
        feedback = read_feedback(renamed, today=TODAY)
        assert feedback.practice
        assert not feedback.counts_as_evidence
        assert feedback.why_not == SIMULATED


def test_faulty_records_are_found_wherever_they_stand(tmp_path: Path) -> None:
    records = accounts(100)
    faulty = [0, 7, 8, 63, 64, 65, 99]
    for place in faulty:
        records[place]["fdidType"] = "NOTHING"
    path = write(tmp_path, NAME.format(1), ltid_phase(records))
    judged = judge(path, TODAY)
    assert [item.record_id for item in judged.items] == [
        records[place]["fdidRecordID"] for place in faulty
    ]
    assert {item.code for item in judged.items} == {"22005"}
    assert judged.accounts.accepted == 93


def test_nothing_of_an_upload_stays(tmp_path: Path) -> None:
    with practice(tmp_path) as server:
        sent(server, tmp_path, ltid_phase(accounts(3)))
        answers(server, tmp_path / "in", 4)
    kept = [path for path in (tmp_path / "practice").rglob("*") if path.is_file()]
    assert all(path.name == "host_key" or "feedback" in path.name for path in kept)


def test_records_are_rejected_for_what_is_wrong_with_them(tmp_path: Path) -> None:
    records = accounts(20)
    records[0] = account(1, ltids=[ltid(1, largeTraderID="wrong")])
    records[1] = account(2, fdidType="NOTHING", fdidDate=20201399)
    records[2] = account(3, firmDesignatedID=records[4]["firmDesignatedID"])
    records[3] = account(4, firmDesignatedID="PENDING")
    with practice(tmp_path) as server:
        path = sent(server, tmp_path, ltid_phase(records))
        final = answers(server, tmp_path / "in", 4)[-1]
    report = check_submission(path, today=TODAY)
    assert final.status is Status.COMPLETED_WITH_REJECTIONS
    assert final.accounts is not None
    assert final.accounts.accepted == report.accounts_without_findings == 15
    assert {group.code: group.items for group in final.errors} == {
        "22001": 1,
        "22002": 2,
        "22005": 1,
        "22007": 1,
        "22012": 1,
    }
    assert final.accounts.error_rate == Fraction(1, 4)
    assert not has_fault(final.findings), final.findings
    report.close()


def test_twelve_percent_are_rejected(tmp_path: Path) -> None:
    with practice(tmp_path, Scenario.REJECTS_12_PERCENT) as server:
        sent(server, tmp_path, ltid_phase(accounts(100)))
        final = answers(server, tmp_path / "in", 4)[-1]
    assert final.accounts is not None
    assert final.accounts.error_rate == Fraction(12, 100)
    assert not has_fault(final.findings), final.findings
    assert all(group.code in error_codes() for group in final.errors)


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (b"no bzip2", "21013"),
        (ltid_phase([account(1)], fdidRecordCount=2), "21007"),
        (ltid_phase([account(1)], catSubmitterID=7), "21002"),
    ],
)
def test_what_is_wrong_with_a_file_ends_at_the_integrity_check(
    tmp_path: Path, document: object, code: str
) -> None:
    with practice(tmp_path) as server:
        sent(server, tmp_path, document)
        last = answers(server, tmp_path / "in", 2)[-1]
    assert last.status is Status.COMPLETED_INTEGRITY_ERROR
    assert code in {group.code for group in last.errors}


def test_the_integrity_error_scenario(tmp_path: Path) -> None:
    with practice(tmp_path, Scenario.INTEGRITY_ERROR) as server:
        sent(server, tmp_path, ltid_phase(accounts(3)))
        last = answers(server, tmp_path / "in", 2)[-1]
    assert last.status is Status.COMPLETED_INTEGRITY_ERROR
    assert [group.code for group in last.errors] == ["21011"]


def test_an_accepted_name_is_not_taken_again(tmp_path: Path) -> None:
    with practice(tmp_path) as server:
        path = sent(server, tmp_path, ltid_phase(accounts(3)))
        before = answers(server, tmp_path / "in", 4)
        with session_with(server) as session:
            send_submission(session, SUBMITTER_ID, path, pass_for(path))
        again = answers(server, tmp_path / "again", 6)
    assert {feedback.submission_id for feedback in again} != {before[0].submission_id}
    refused = [f for f in again if f.status is Status.COMPLETED_INTEGRITY_ERROR]
    assert [group.code for feedback in refused for group in feedback.errors] == ["21001"]
    assert [f.status for f in again if f.submission_id == before[0].submission_id] == [
        feedback.status for feedback in before
    ]


def test_a_pair_is_joined_by_its_names(tmp_path: Path) -> None:
    data = write(tmp_path, NAME.format(1), full_cais(accounts(2)))
    partner = write(tmp_path, NAME.format(1).replace("CAIS", "TIDS"), tids())
    with practice(tmp_path, pace=Pace(0, 0, 0, 0, 60)) as server:
        with (
            session_with(server) as cais,
            session_with(server, ServerKind.TRANSFORMED_IDENTIFIERS) as tid,
        ):
            send_pair((cais, data, pass_for(data)), (tid, partner, pass_for(partner)), SUBMITTER_ID)
        final = answers(server, tmp_path / "cais", 4)[-1]
        last = answers(server, tmp_path / "tids", 3, ServerKind.TRANSFORMED_IDENTIFIERS)[-1]
    assert final.status is Status.COMPLETED_WITHOUT_REJECTIONS
    assert last.status is Status.COMPLETED
    assert last.identifiers is not None
    assert (last.identifiers.received, last.identifiers.accepted) == (1, 1)
    for feedback in (final, last):
        assert not has_fault(feedback.findings), feedback.findings


@pytest.mark.parametrize("pair", [False, True])
def test_the_samples_are_flawless(tmp_path: Path, pair: bool) -> None:
    first = write_sample_submission(tmp_path, TODAY, pair=pair)
    second = write_sample_submission(tmp_path, TODAY, pair=pair)
    assert len(set(first) | set(second)) == (4 if pair else 2)
    for path in first:
        report = check_submission(path, today=TODAY)
        assert report.verdict is Verdict.OK, report.findings
        report.close()
        judged = judge(path, TODAY)
        assert (judged.file_codes, judged.items) == ((), ())
    assert judge(first[0], TODAY).accounts == Count(SAMPLE_ACCOUNTS, SAMPLE_ACCOUNTS)


@pytest.mark.parametrize("scenario", [Scenario.AS_THE_FILE_IS, Scenario.PARTNER_MISSING])
def test_a_file_without_its_partner(tmp_path: Path, scenario: Scenario) -> None:
    with practice(tmp_path, scenario) as server:
        sent(server, tmp_path, full_cais(accounts(2)))
        last = answers(server, tmp_path / "in", 2)[-1]
    assert last.status is Status.COMPLETED_INTEGRITY_ERROR
    assert [group.code for group in last.errors] == ["21014"]


def test_the_host_key_stays_unless_it_shall_change(tmp_path: Path) -> None:
    with practice(tmp_path) as server:
        first = server.host_key
    with practice(tmp_path) as server:
        assert server.host_key == first
    with practice(tmp_path, Scenario.CHANGED_HOST_KEY) as server:
        target, _ = reached(server)
        known = (accept_host_key(target, first, HowAccepted.ALWAYS),)
        assert outcome_of(server, known).fault is Fault.HOST_KEY_CHANGED


def test_a_locked_account(tmp_path: Path) -> None:
    with practice(tmp_path, Scenario.LOCKED_ACCOUNT) as server:
        assert outcome_of(server).fault is Fault.ACCOUNT_LOCKED


def test_wrong_passwords_lock_the_account(tmp_path: Path) -> None:
    with practice(tmp_path) as server:
        faults = [outcome_of(server, password="wrong").fault for _ in range(6)]
        assert faults == [Fault.SIGN_IN_REFUSED] * 5 + [Fault.ACCOUNT_LOCKED]
        assert outcome_of(server).fault is Fault.ACCOUNT_LOCKED


def test_the_slow_line_is_slow_and_works(tmp_path: Path) -> None:
    with practice(tmp_path, Scenario.SLOW_LINE) as server:
        outcome = outcome_of(server)
    assert outcome.ok
    assert outcome.stages[-1].milliseconds > 1_000


def test_accounts_may_do_no_more_than_in_cat(tmp_path: Path) -> None:
    with practice(tmp_path, pace=Pace(0, 600, 600, 600)) as server:
        sent(server, tmp_path, ltid_phase(accounts(1)))
        (feedback,) = answers(server, tmp_path / "in", 1)
        path = f"/{SUBMITTER_ID}/cat/cais/feedback/{feedback.name.name}"
        with session_with(server) as session:
            for attempt in (
                lambda: session.sftp.remove(path),
                lambda: session.sftp.rename(path, path + ".x"),
                lambda: session.sftp.mkdir("/new"),
                lambda: session.sftp.open(path, "w"),
                lambda: session.sftp.open("/../../etc/passwd", "r"),
            ):
                with pytest.raises(OSError, match=r".+"):
                    attempt()
            assert session.sftp.stat(path).st_size


def test_running_it_alone_says_how_to_reach_it(tmp_path: Path) -> None:
    cancel = CancelToken()
    told: list[dict[str, str | int]] = []

    def tell(server: PracticeServer) -> None:
        told.append(how_to_reach(server))
        assert outcome_of(server, password=str(told[0]["password"])).ok
        cancel.cancel()

    run_practice(tmp_path, tell, cancel=cancel)
    assert told[0]["submitter_id"] == SUBMITTER_ID


def test_a_later_run_gives_no_number_out_again(tmp_path: Path) -> None:
    numbers = set()
    for run in (1, 2):
        with practice(tmp_path) as server:
            sent(server, tmp_path, ltid_phase(accounts(3)), number=run)
            numbers |= {f.submission_id for f in answers(server, tmp_path / "in", 4 * run)}
    assert len(numbers) == 2


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with practice(tmp_path) as server, pytest.raises(UserFacingError, match="could not start"):
        run_practice(tmp_path / "second", lambda _: None, port=server.port, cancel=CancelToken())


def test_the_password_does_not_show(tmp_path: Path) -> None:
    with practice(tmp_path) as server:
        assert server.password not in repr(server)
        assert outcome_of(server).ok
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert server.password.encode() not in path.read_bytes()


@pytest.mark.parametrize("factor", [-1, 1_001])
def test_paces_that_are_none(factor: float) -> None:
    with pytest.raises(ValueError, match="pace"):
        Pace.times(factor)


def test_a_bad_name_is_answered_under_that_name(tmp_path: Path) -> None:
    with practice(tmp_path) as server:
        with session_with(server) as session:
            path = f"/{SUBMITTER_ID}/cat/cais/upload/123_999_20201005_CAIS_1.json.bz2"
            with session.sftp.open(path, "wx") as file:
                file.write(b"x")
        last = answers(server, tmp_path / "in", 2)[-1]
    assert last.name.name == "123_999_20201005_CAIS_1.v2.feedback.json.bz2"
    assert last.status is Status.COMPLETED_INTEGRITY_ERROR
    assert "21010" in {group.code for group in last.errors}
