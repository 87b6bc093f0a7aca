"""What the IT department decides beforehand: where it is read, what it changes, and what is refused."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app import cli
from app.failures import UserFacingError
from app.onboarding.access import Environment, ProxyKind
from app.sftp.host_keys import HowAccepted
from app.storage.paths import DataFolder
from app.storage.policy import Policy, PolicyError, Source, _setting, read_policy
from app.work.workplace import Workplace

FINGERPRINT = "SHA256:" + "A" * 42 + "E"
WHOLE = f"""
data_folder = "/srv/cais/$USER"
practice = false
proxy_kind = "http"
proxy_host = "proxy.firm.example"
proxy_port = 8080
host_keys = ["test sftp.cat.example 22 {FINGERPRINT}"]
"""

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Puts a policy file where this computer would have it."""
    path = tmp_path / "policy.toml"
    monkeypatch.setattr("app.storage.policy.policy_file", lambda: path)

    def written(text: str) -> Path:
        path.write_text(text, encoding="utf-8")
        return path

    return written


def policy_of(**values: object) -> Policy:
    return read_policy(lambda: [Source("the place", values)])


def test_nothing_is_decided_where_nothing_is_set(write: Write) -> None:
    assert read_policy() == Policy()
    assert Policy().practice


def test_the_file_is_read(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USER", "mlopez")
    write(WHOLE)
    policy = read_policy()
    assert policy.data_folder == Path("/srv/cais/mlopez")
    assert not policy.practice
    assert policy.route is not None
    assert policy.route.proxy is ProxyKind.HTTP_CONNECT
    assert (policy.route.proxy_host, policy.route.proxy_port) == ("proxy.firm.example", 8080)
    (key,) = policy.host_keys
    assert (key.environment, key.host, key.port) == (Environment.TEST, "sftp.cat.example", 22)
    assert key.key.fingerprint == FINGERPRINT
    assert key.how is HowAccepted.POLICY


def test_the_first_place_that_sets_something_counts() -> None:
    sources = [
        Source("the computer", {"practice": 0}),
        Source("the person", {"practice": 1, "data_folder": "/person"}),
        Source("the file", {"data_folder": "/file"}),
    ]
    policy = read_policy(lambda: sources)
    assert not policy.practice
    assert policy.data_folder == Path("/person")


def test_the_registrys_names_and_numbers_are_understood() -> None:
    names = ["DataFolder", "PRACTICE", "proxykind", "ProxyHost", "ProxyPort", "HostKeys", "Colour"]
    assert [_setting(name) for name in names] == [
        *("data_folder", "practice", "proxy_kind", "proxy_host", "proxy_port", "host_keys"),
        "Colour",
    ]
    assert policy_of(practice=1).practice
    route = policy_of(proxy_kind="socks5", proxy_host="10.0.0.1", proxy_port="1080").route
    assert route is not None
    assert route.proxy_port == 1080


@pytest.mark.parametrize(
    ("values", "setting", "why"),
    [
        ({"data_folder": "CAIS"}, "data_folder", "whole path"),
        ({"data_folder": 3}, "data_folder", "whole path"),
        ({"data_folder": ""}, "data_folder", "whole path"),
        ({"practice": "no"}, "practice", "on or off"),
        ({"practice": 2}, "practice", "on or off"),
        ({"proxy_host": "proxy"}, "proxy_kind", "kind, its host and its port"),
        (
            {"proxy_kind": "ftp", "proxy_host": "p", "proxy_port": 1},
            "proxy_kind",
            "'http' or 'socks5'",
        ),
        ({"proxy_kind": "http", "proxy_host": "p", "proxy_port": 70_000}, "proxy_port", "1 to 65"),
        ({"host_keys": 5}, "host_keys", "list of lines"),
        ({"host_keys": ["sftp.cat.example SHA256:…"]}, "host_keys", "environment, host, port"),
        ({"host_keys": [f"uat h 22 {FINGERPRINT}"]}, "host_keys", "test or production"),
        ({"host_keys": [f"test h 0 {FINGERPRINT}"]}, "host_keys", "1 to 65535"),
        ({"host_keys": ["test h 22 SHA256:short"]}, "host_keys", "no SHA-256 fingerprint"),
        ({"colour": "red"}, "colour", "no such setting"),
    ],
)
def test_what_cannot_be_used_is_named_with_its_place(
    values: dict[str, object], setting: str, why: str
) -> None:
    with pytest.raises(PolicyError) as raised:
        policy_of(**values)
    assert f"{setting} in the place" in raised.value.what
    assert why in raised.value.meaning
    assert "IT department" in raised.value.action


def test_an_unreadable_file_is_told(write: Write) -> None:
    path = write("practice = perhaps")
    with pytest.raises(PolicyError, match=str(path)):
        read_policy()


def test_the_data_folder_is_the_policys_unless_one_is_named(write: Write, tmp_path: Path) -> None:
    write(f'data_folder = "{tmp_path / "firm"}"')
    assert DataFolder.of().root == tmp_path / "firm"
    assert DataFolder.of(tmp_path / "own").root == tmp_path / "own"


def test_keys_of_the_policy_are_trusted_and_stay(write: Write, tmp_path: Path) -> None:
    write(WHOLE)
    with Workplace.open(tmp_path / "data") as workplace:
        keys = workplace.host_keys
        (key,) = keys.accepted(Environment.TEST, "SFTP.cat.example", 22)
        assert keys.accepted(Environment.PRODUCTION, "sftp.cat.example", 22) == ()
        assert keys.all() == (key,)
        with pytest.raises(UserFacingError, match="cannot be revoked"):
            keys.revoke(key)
        assert keys.all() == (key,)
    write("")
    with Workplace.open(tmp_path / "data") as workplace:
        assert workplace.host_keys.all() == (), "it was never stored"


def test_practising_is_refused_where_it_is_switched_off(
    write: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write("practice = false")
    assert cli.main(["practice", "--data-dir", str(tmp_path)]) == 2
    assert "switched off" in capsys.readouterr().err


def test_where_nothing_is_set_nothing_is_loaded_for_it() -> None:
    code = (
        "import sys\n"
        "from app.storage import policy\n"
        "policy.read_policy(lambda: [])\n"
        "print(*{'pydantic', 'tomllib', 'paramiko'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
