"""Through a web proxy and through SOCKS5, and what goes wrong there."""

from __future__ import annotations

import base64
import threading

import pytest

from app.cancellation import CancelToken
from app.failures import Cancelled
from app.onboarding.access import ProxyKind
from app.sftp.diagnosis import Fault
from app.sftp.stage import Stage
from app.sftp.stages import ConnectionOutcome, test_connection
from app.sftp.target import ProxySettings
from tests.rig.openssh import OpenSSHServer
from tests.sftp.proxies import socks_proxy, web_proxy
from tests.sftp.running import PATIENT, SHORT, accepted, run, target_of
from tests.sftp.sockets import closed_port, peer

WEB, SOCKS = ProxyKind.HTTP_CONNECT, ProxyKind.SOCKS5


def through(
    server: OpenSSHServer, kind: ProxyKind, port: int, account: tuple[str, str] | None = None
) -> ConnectionOutcome:
    name = None if account is None else account[0]
    proxy = ProxySettings(
        kind, "127.0.0.1", port, name, None if account is None else lambda: account[1]
    )
    target = target_of(server, proxy=proxy)
    known = accepted(target, server.host_key.fingerprint)
    outcome = run(target, server.password, known, SHORT)
    if account is not None:
        assert account[1] not in repr(outcome)
    return outcome


def stopped_at(outcome: ConnectionOutcome, stage: Stage, fault: Fault) -> None:
    assert (outcome.stages[-1].stage, outcome.fault) == (stage, fault), outcome.stages[-1]


@pytest.mark.parametrize("pieces", [1, 7, 60])
def test_through_a_web_proxy(server: OpenSSHServer, pieces: int) -> None:
    with web_proxy(pieces=pieces) as (here, requests):
        outcome = through(server, WEB, here.port)
    assert outcome.ok, outcome.stages[-1]
    assert requests[0].startswith(f"CONNECT 127.0.0.1:{server.port} HTTP/1.1\r\n".encode())
    assert b"Authorization" not in requests[0]


def test_signing_in_at_a_web_proxy(server: OpenSSHServer) -> None:
    with web_proxy() as (here, requests):
        assert through(server, WEB, here.port, ("office", "pröxy-secret")).ok
    expected = base64.b64encode("office:pröxy-secret".encode())
    assert b"Proxy-Authorization: Basic " + expected in requests[0]


def test_a_web_proxy_that_wants_another_sign_in(server: OpenSSHServer) -> None:
    answer = (
        b"HTTP/1.1 407 Proxy Authentication Required\r\n"
        b"Proxy-Authenticate: NTLM\r\nProxy-Authenticate: Negotiate\r\n\r\n"
    )
    with web_proxy(answer) as (here, _):
        outcome = through(server, WEB, here.port)
    stopped_at(outcome, Stage.REACH_PORT, Fault.PROXY_WANTS_SIGN_IN)
    assert outcome.stages[-1].details == ("It takes: NTLM, Negotiate",)


def test_a_web_proxy_that_refuses(server: OpenSSHServer) -> None:
    with web_proxy(b"HTTP/1.1 403 Forbidden by <b>rule</b>\r\n\r\n") as (here, _):
        outcome = through(server, WEB, here.port)
    stopped_at(outcome, Stage.REACH_PORT, Fault.PROXY_REFUSED)
    assert "403 Forbidden by <b>rule</b>" in outcome.stages[-1].finding


@pytest.mark.parametrize("answer", [b"nonsense\r\n\r\n", b"", b"x" * 40_000])
def test_what_is_no_web_proxy(server: OpenSSHServer, answer: bytes) -> None:
    with web_proxy(answer) as (here, _):
        stopped_at(through(server, WEB, here.port), Stage.REACH_PORT, Fault.PROXY_GARBLED)


@pytest.mark.parametrize("kind", ProxyKind)
def test_a_proxy_that_stays_silent(server: OpenSSHServer, kind: ProxyKind) -> None:
    with peer() as here:
        stopped_at(through(server, kind, here.port), Stage.REACH_PORT, Fault.PROXY_REFUSED)


@pytest.mark.parametrize("kind", ProxyKind)
def test_a_proxy_that_is_not_there(server: OpenSSHServer, kind: ProxyKind) -> None:
    outcome = through(server, kind, closed_port())
    stopped_at(outcome, Stage.REACH_PORT, Fault.PROXY_UNREACHABLE)


@pytest.mark.parametrize("account", [None, ("office", "secret")])
def test_through_a_socks_proxy(server: OpenSSHServer, account: tuple[str, str] | None) -> None:
    with socks_proxy(account=account) as (here, asked):
        outcome = through(server, SOCKS, here.port, account)
    assert outcome.ok, outcome.stages[-1]
    assert asked == [f"127.0.0.1:{server.port}"]


def test_the_name_is_looked_up_by_the_proxy(server: OpenSSHServer) -> None:
    with socks_proxy() as (here, asked):
        target = target_of(
            server, host="sftp.cat.invalid", proxy=ProxySettings(SOCKS, "127.0.0.1", here.port)
        )
        outcome = run(target, server.password, accepted(target, server.host_key.fingerprint))
    assert outcome.ok
    assert asked == [f"sftp.cat.invalid:{server.port}"]


@pytest.mark.parametrize("offered", [None, ("office", "wrong")])
def test_a_socks_proxy_that_wants_another_sign_in(
    server: OpenSSHServer, offered: tuple[str, str] | None
) -> None:
    with socks_proxy(account=("office", "secret")) as (here, _):
        outcome = through(server, SOCKS, here.port, offered)
    stopped_at(outcome, Stage.REACH_PORT, Fault.PROXY_WANTS_SIGN_IN)


def test_a_socks_proxy_that_refuses(server: OpenSSHServer) -> None:
    with socks_proxy(code=2) as (here, _):
        outcome = through(server, SOCKS, here.port)
    stopped_at(outcome, Stage.REACH_PORT, Fault.PROXY_REFUSED)
    assert "not allowed by ruleset" in outcome.stages[-1].finding


def test_what_is_no_socks_proxy(server: OpenSSHServer) -> None:
    with peer(lambda client: client.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as here:
        stopped_at(through(server, SOCKS, here.port), Stage.REACH_PORT, Fault.PROXY_GARBLED)


@pytest.mark.parametrize("kind", ProxyKind)
def test_cancel_while_the_proxy_is_silent(server: OpenSSHServer, kind: ProxyKind) -> None:
    cancel = CancelToken()
    with peer() as here:
        target = target_of(server, proxy=ProxySettings(kind, "127.0.0.1", here.port))

        def cancel_when_spoken_to() -> None:
            here.spoken_to.wait()
            cancel.cancel()

        canceller = threading.Thread(target=cancel_when_spoken_to)
        canceller.start()
        run_ = test_connection(target, lambda: None, (), cancel=cancel, limits=PATIENT)
        assert next(run_).ok
        with pytest.raises(Cancelled):
            next(run_)
        canceller.join()
