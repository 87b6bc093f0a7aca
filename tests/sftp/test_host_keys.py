"""Host keys: what a person may type in, and what is kept of a decision."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.onboarding.access import Environment
from app.sftp.host_keys import (
    AcceptedHostKey,
    HostKey,
    HowAccepted,
    SessionHostKeys,
    parse_fingerprint,
)
from tests.rig.openssh import OpenSSHServer

FINGERPRINT = "SHA256:kWF5FffuV7qGQ9HXMChc7IW0tngQNjnVinXeUeMwq/E"


def entry(host: str = "sftp.firm.example", fingerprint: str = FINGERPRINT) -> AcceptedHostKey:
    key = HostKey("ssh-ed25519", fingerprint)
    at = datetime(2020, 10, 5, tzinfo=UTC)
    return AcceptedHostKey(Environment.TEST, host, 22, key, at, HowAccepted.ONCE)


@pytest.mark.parametrize(
    "text",
    [
        FINGERPRINT,
        f"  {FINGERPRINT}=  ",
        FINGERPRINT.removeprefix("SHA256:"),
        f"256 {FINGERPRINT} sftp.firm.example (ED25519)",
        f"The key is {FINGERPRINT} as of today",
    ],
)
def test_forms_of_a_fingerprint(text: str) -> None:
    assert parse_fingerprint(text) == HostKey("", FINGERPRINT)


def test_a_public_key_and_a_known_hosts_line(server: OpenSSHServer) -> None:
    shown = server.host_key
    expected = HostKey(shown.type, shown.fingerprint, shown.public_key)
    assert parse_fingerprint(f"{shown.type} {shown.public_key}") == expected
    assert parse_fingerprint(f"sftp.firm.example {shown.type} {shown.public_key} x") == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no SHA-256 fingerprint"),
        ("SHA256:tooshort", "no SHA-256 fingerprint"),
        ("MD5:" + ":".join(["ab"] * 16), "MD5"),
        ("ssh-ed25519 AAAAC3Nza", "incomplete"),
        ("ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIDc54dCwQHlQLqy2", "does not match its type"),
        ("x" * 10_000, "no SHA-256 fingerprint"),
    ],
)
def test_what_is_no_fingerprint(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_fingerprint(text)


@given(st.text(max_size=200))
def test_any_text_is_a_fingerprint_or_a_plain_line(text: str) -> None:
    try:
        key = parse_fingerprint(text)
    except ValueError as error:
        assert str(error).endswith((".", "more."))
    else:
        assert key.fingerprint.startswith("SHA256:")


def test_session_keys() -> None:
    store = SessionHostKeys()
    store.accept(entry())
    store.accept(entry())
    store.accept(entry("other.example"))
    assert store.accepted(Environment.TEST, "SFTP.firm.example", 22) == (entry(),)
    assert store.accepted(Environment.PRODUCTION, "sftp.firm.example", 22) == ()
    assert store.accepted(Environment.TEST, "sftp.firm.example", 2222) == ()
    store.revoke(entry())
    store.revoke(entry())
    assert store.all() == (entry("other.example"),)


def test_a_decision_has_a_time_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        AcceptedHostKey(
            Environment.TEST,
            "h",
            22,
            HostKey("", FINGERPRINT),
            datetime(2020, 10, 5),  # noqa: DTZ001 - the fault in question
            HowAccepted.ALWAYS,
        )
