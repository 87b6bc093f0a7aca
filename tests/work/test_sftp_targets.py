from __future__ import annotations

import pytest

from app.failures import UserFacingError
from app.onboarding.access import ProxyKind, Route, SftpServer
from app.onboarding.case import Case
from app.sftp.target import ConnectionTarget, ProxySettings, ServerKind
from app.work.sftp_targets import obstacle_of, test_target
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


WAY = Route(
    proxy=ProxyKind.SOCKS5,
    proxy_host="proxy.firm.example",
    proxy_port=1080,
    proxy_username="office",
    bind_address="10.20.30.40",
)


def password() -> str:
    return "of the proxy"


def target_by(case: Case, way: Route, kind: ServerKind = ServerKind.CAIS) -> ConnectionTarget:
    sftp = case.sftp.model_copy(
        update={
            "test_route": way,
            "test_identifier_server": SftpServer(host="tid.example", port=23),
        }
    )
    case = case.model_copy(update={"sftp": sftp})
    return test_target(case, case.sftp.accounts[0], password, kind)


@pytest.mark.parametrize("kind", ServerKind)
def test_both_hosts_are_reached_by_the_recorded_way(kind: ServerKind) -> None:
    target = target_by(case_at("cais.example", practice=False), WAY, kind)
    hosts = {
        ServerKind.CAIS: ("cais.example", 22),
        ServerKind.TRANSFORMED_IDENTIFIERS: ("tid.example", 23),
    }
    assert (target.host, target.port) == hosts[kind]
    assert target.bind_address == "10.20.30.40"
    assert target.proxy == ProxySettings(
        ProxyKind.SOCKS5, "proxy.firm.example", 1080, "office", password
    )


@pytest.mark.parametrize("kind", ServerKind)
def test_practice_goes_by_no_way_but_the_direct_one(kind: ServerKind) -> None:
    target = target_by(case_at("127.0.0.1", practice=True), WAY, kind)
    assert (target.host, target.port, target.kind) == ("127.0.0.1", 22, kind)
    assert (target.proxy, target.bind_address, target.practice) == (None, None, True)


def test_a_second_host_that_is_not_known_is_asked_for() -> None:
    case = case_at("cais.example", practice=False)
    with pytest.raises(UserFacingError, match="Transformed Identifiers Files is not known"):
        test_target(case, case.sftp.accounts[0], password, ServerKind.TRANSFORMED_IDENTIFIERS)


@pytest.mark.parametrize(
    ("way", "unaccepted", "line"),
    [
        (WAY, {}, ""),
        (Route(), {}, ""),
        (Route(proxy=ProxyKind.SOCKS5, proxy_port=1), {}, "Enter the proxy's host name and port"),
        (Route(proxy=ProxyKind.SOCKS5, proxy_host="p"), {}, "Enter the proxy's host name and port"),
        (Route(), {"sftp.test_route.bind_address": "here"}, "Correct what is marked"),
        (Route(), {"sftp.test_server.port": "x"}, "Correct what is marked"),
        (Route(), {"registration.crd": "x"}, ""),
    ],
)
def test_a_way_that_is_not_complete_is_no_connection(
    way: Route, unaccepted: dict[str, str], line: str
) -> None:
    case = case_at("cais.example", practice=False)
    sftp = case.sftp.model_copy(update={"test_route": way})
    case = case.model_copy(update={"sftp": sftp, "unaccepted": unaccepted})
    found = obstacle_of(case, case.sftp.accounts[0].id)
    assert found.startswith(line)
    assert bool(found) == bool(line)
