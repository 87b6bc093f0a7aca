"""`test-connection`, `fetch-feedback` and `practice` against a real OpenSSH and the practice server."""

from __future__ import annotations

import base64
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import cli
from app.onboarding.access import Environment, ProxyKind, Route, SftpServer
from app.onboarding.case import Case
from app.storage.history import EntryKind, HistoryEntry
from app.work.workplace import Workplace
from tests.pages.feedback_files import put_feedback
from tests.rig.cases import TODAY, self_reporting_case
from tests.rig.openssh import PASSWORD, USERNAME, OpenSSHServer, openssh_server
from tests.sftp.proxies import socks_proxy, web_proxy

STAGES = [
    "Find the host",
    "Reach the port",
    "Speak SSH",
    "Agree on AES-256",
    "Know the server",
    "Sign in",
    "Open file transfer",
    "See the folders",
]
ON = ["--on", TODAY.isoformat()]
PROXY_PASSWORD = "Weg-durch-die-Wand-9"


@pytest.fixture(scope="module")
def server() -> Iterator[OpenSSHServer]:
    with openssh_server(submitter_ids=(1482,)) as running:
        yield running


def run(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    *words: str,
    typed: str = "",
) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    status = cli.main(words)
    printed = capsys.readouterr()
    return status, printed.out, printed.err


def to(server: OpenSSHServer, folder: Path) -> list[str]:
    where = ["--host", server.host, "--port", str(server.port), "--user", USERNAME]
    return ["test-connection", *where, "--data-dir", str(folder)]


def test_an_unknown_server_gets_no_password(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    server: OpenSSHServer,
    tmp_path: Path,
) -> None:
    words = [*to(server, tmp_path), "--json", "--password-stdin"]
    status, out, err = run(capsys, monkeypatch, *words, typed=f"{PASSWORD}\n")
    found = json.loads(out)
    assert (status, err, found["ok"]) == (1, "", False)
    assert [stage["stage"] for stage in found["stages"]] == STAGES[:5]
    assert found["host_key"] == {
        "type": server.host_key.type,
        "fingerprint": server.host_key.fingerprint,
    }
    assert sys.stdin.read() == f"{PASSWORD}\n", "the password was not even read"


def test_with_the_given_key_every_stage_is_gone_through(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    server: OpenSSHServer,
    tmp_path: Path,
) -> None:
    given = ["--host-key", server.host_key.fingerprint, "--password-stdin"]
    words = [*to(server, tmp_path), *given]
    status, out, err = run(capsys, monkeypatch, *words, "--json", typed=f"{PASSWORD}\n")
    found = json.loads(out)
    assert (status, err, found["ok"]) == (0, "", True)
    assert [stage["stage"] for stage in found["stages"]] == STAGES
    for stage in found["stages"]:
        assert {"ok", "milliseconds", "finding", "causes", "action"} <= set(stage)
        assert isinstance(stage["milliseconds"], int)
    status, out, err = run(capsys, monkeypatch, *words, typed=f"{PASSWORD}\n")
    assert (status, err) == (0, "")
    assert out.endswith("The connection works.\n")
    assert PASSWORD not in out


@pytest.mark.parametrize(
    ("key", "typed", "stage", "fault"),
    [
        ("SHA256:" + "A" * 43, PASSWORD, "Know the server", "host_key_changed"),
        ("", "wrong", "Sign in", "sign_in_refused"),
        ("", "", "Sign in", "no_password"),
    ],
)
def test_what_fails_ends_with_one_and_is_explained(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    server: OpenSSHServer,
    tmp_path: Path,
    key: str,
    typed: str,
    stage: str,
    fault: str,
) -> None:
    words = [*to(server, tmp_path), "--host-key", key or server.host_key.fingerprint]
    words += ["--password-stdin", "--json"]
    status, out, _ = run(capsys, monkeypatch, *words, typed=f"{typed}\n")
    last = json.loads(out)["stages"][-1]
    assert (status, last["stage"], last["fault"]) == (1, stage, fault)
    assert last["causes"] and last["action"]


def test_through_a_proxy_and_from_an_address(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    server: OpenSSHServer,
    tmp_path: Path,
) -> None:
    key = ["--host-key", server.host_key.fingerprint, "--password-stdin"]
    with web_proxy() as (here, requests):
        way = ["--proxy", f"http://office%40firm@127.0.0.1:{here.port}", "--bind", "127.0.0.1"]
        words = [*to(server, tmp_path), *key, *way]
        typed = f"{PROXY_PASSWORD}\n{PASSWORD}\n"
        status, out, err = run(capsys, monkeypatch, *words, typed=typed)
    assert (status, err) == (0, "")
    assert "The proxy at 127.0.0.1 connected to" in out
    signed = base64.b64encode(f"office@firm:{PROXY_PASSWORD}".encode())
    assert b"Basic " + signed in requests[0]
    assert PROXY_PASSWORD not in out
    with socks_proxy() as (here, asked):
        words = [*to(server, tmp_path), *key, "--proxy", f"socks5://127.0.0.1:{here.port}"]
        status, _, _ = run(capsys, monkeypatch, *words, typed=f"{PASSWORD}\n")
    assert (status, asked) == (0, [f"127.0.0.1:{server.port}"])


@pytest.mark.parametrize(
    "wrong",
    [
        ["--host-key", "SHA256:short"],
        ["--host", "two words"],
        ["--user", " "],
        ["--proxy", "ftp://proxy:21"],
        ["--proxy", "http://proxy"],
        ["--proxy", "http://proxy:99999"],
        ["--proxy", "http://a/b:80"],
        ["--proxy", "nonsense"],
        ["--bind", "my-computer"],
    ],
)
def test_what_cannot_be_tried_ends_with_two(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    server: OpenSSHServer,
    tmp_path: Path,
    wrong: list[str],
) -> None:
    status, out, err = run(capsys, monkeypatch, *to(server, tmp_path), *wrong)
    assert (status, out) == (2, "")
    assert "test-connection --help" in err or "SHA256:" in err


def test_a_proxys_password_is_not_taken_from_the_command_line(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    server: OpenSSHServer,
    tmp_path: Path,
) -> None:
    words = [*to(server, tmp_path), "--proxy", f"http://office:{PROXY_PASSWORD}@127.0.0.1:8080"]
    status, out, err = run(capsys, monkeypatch, *words)
    assert (status, out) == (2, "")
    assert "does not belong on the command line" in err
    assert PROXY_PASSWORD not in err


def test_feedback_is_fetched_by_the_recorded_way_or_the_given_one(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    server: OpenSSHServer,
    tmp_path: Path,
) -> None:
    case = case_for(server.host, server.port, USERNAME)
    words = ["fetch-feedback", "--firm", "1482", "--data-dir", str(tmp_path), *ON]
    words += ["--password-stdin", "--host-key", server.host_key.fingerprint]
    with socks_proxy() as (here, asked):
        route = Route(proxy=ProxyKind.SOCKS5, proxy_host="127.0.0.1", proxy_port=here.port)
        sftp = case.sftp.model_copy(update={"test_route": route})
        with Workplace.open(tmp_path) as workplace:
            case = case.model_copy(update={"sftp": sftp})
            workplace.cases.save(case, [HistoryEntry(EntryKind.IMPORTED)])
        status, _, err = run(capsys, monkeypatch, *words, typed=f"{PASSWORD}\n")
        assert (status, err, len(asked)) == (0, "", 1)
        with web_proxy() as (other, requests):
            way = ["--proxy", f"http://127.0.0.1:{other.port}"]
            status, _, err = run(capsys, monkeypatch, *words, *way, typed=f"{PASSWORD}\n")
        assert (status, err, len(asked), len(requests)) == (0, "", 1, 1)


def case_for(host: str, port: int, username: str) -> Case:
    case = self_reporting_case("tested")
    account = case.sftp.accounts[0].model_copy(update={"username": username})
    sftp = case.sftp.model_copy(
        update={"accounts": (account,), "test_server": SftpServer(host=host, port=port)}
    )
    testing = case.testing.model_copy(update={"submissions": (), "distinct_accounts": None})
    return case.model_copy(update={"sftp": sftp, "testing": testing})


def test_fetched_feedback_is_counted_once_and_not_again(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    with openssh_server(submitter_ids=(1482,)) as server:
        case = case_for(server.host, server.port, USERNAME)
        with Workplace.open(tmp_path) as workplace:
            workplace.cases.save(case, [HistoryEntry(EntryKind.IMPORTED)])
        put_feedback(server.folder("feedback", 1482), 7, received=60, rejected=3)
        words = ["fetch-feedback", "--firm", "1482", "--data-dir", str(tmp_path), *ON]
        words += ["--password-stdin", "--json"]

        status, out, err = run(capsys, monkeypatch, *words, typed=f"{PASSWORD}\n")
        assert (status, out) == (2, ""), "nobody has accepted this server"
        assert "Password" not in err

        words += ["--host-key", server.host_key.fingerprint]
        status, out, err = run(capsys, monkeypatch, *words, typed=f"{PASSWORD}\n")
        found = json.loads(out)
        assert (status, err) == (0, "")
        assert len(found["fetched"]) == 1
        assert [(s["received"], s["accepted"]) for s in found["submissions"]] == [(60, 57)]
        assert list(found["days_left"].values()) == [10]

        (record,) = loaded(tmp_path, case).testing.submissions
        assert record.environment is Environment.TEST
        assert (record.accounts_accepted, record.practice) == (57, False)

        # A row that the person removed stays removed; what is new comes.
        with Workplace.open(tmp_path) as workplace:
            workplace.cases.load(case.id)
            workplace.cases.save(case, [HistoryEntry(EntryKind.FACT_CHANGED)])
        put_feedback(server.folder("feedback", 1482), 8, received=10, rejected=0)
        status, out, _ = run(capsys, monkeypatch, *words, typed=f"{PASSWORD}\n")
        assert json.loads(out)["unchanged"] == 1
        (record,) = loaded(tmp_path, case).testing.submissions
        assert record.accounts_accepted == 10


def loaded(folder: Path, case: Case) -> Case:
    with Workplace.open(folder) as workplace:
        return workplace.cases.load(case.id)


def test_a_firm_without_an_account_is_told_what_is_missing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    case = self_reporting_case("registered")
    with Workplace.open(tmp_path) as workplace:
        workplace.cases.save(case, [HistoryEntry(EntryKind.IMPORTED)])
    words = ["fetch-feedback", "--firm", "1482", "--data-dir", str(tmp_path)]
    status, out, err = run(capsys, monkeypatch, *words)
    assert (status, out) == (2, "")
    assert "Add the SFTP account first." in err


@pytest.mark.parametrize("ends", [signal.SIGTERM, signal.SIGINT])
def test_practice_runs_until_it_is_ended(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    ends: signal.Signals,
) -> None:
    words = ["practice", "--scenario", "rejects-12-percent", "--json"]
    started = subprocess.Popen(
        [sys.executable, "-m", "app", *words, "--data-dir", str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        env=dict(os.environ),
    )
    assert started.stdout is not None
    with started.stdout as printed:
        told = ""
        while not told.endswith("}\n"):
            told += printed.readline()
        reach = json.loads(told)
        assert (reach["practice"], reach["scenario"]) == (True, "rejects-12-percent")
        where = ["--host", reach["host"], "--port", str(reach["port"])]
        where += ["--user", reach["username"], "--host-key", reach["host_key"]]
        status, _, _ = run(
            capsys,
            monkeypatch,
            "test-connection",
            *where,
            "--password-stdin",
            typed=reach["password"],
        )
        assert status == 0
        started.send_signal(ends)
        assert started.wait(20) == 0


def test_a_scenario_that_is_none(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    words = ["practice", "--scenario", "sunshine", "--data-dir", str(tmp_path)]
    status, out, err = run(capsys, monkeypatch, *words)
    assert (status, out) == (2, "")
    assert "slow-line" in err
