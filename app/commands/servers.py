"""Which host keys and passwords a command goes by."""

from __future__ import annotations

import getpass
import sys
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import replace
from functools import cache, partial
from urllib.parse import unquote, urlsplit

from pydantic import ValidationError

from app.failures import UserFacingError
from app.onboarding.access import ProxyKind, Route
from app.sftp.host_keys import AcceptedHostKey, HowAccepted, accept_host_key, parse_fingerprint
from app.sftp.target import ConnectionTarget
from app.storage.masking import live_secrets
from app.work.sftp_targets import proxy_of
from app.work.workplace import Workplace

_HELP = "See `cais-onboarding test-connection --help`."


def given_host_key(arguments: Namespace, target: ConnectionTarget) -> AcceptedHostKey | None:
    """The key of `--host-key`; None without one.

    Raises:
        UserFacingError: it is no fingerprint.
    """
    if arguments.host_key is None:
        return None
    try:
        key = parse_fingerprint(arguments.host_key)
    except ValueError as wrong:
        raise UserFacingError(str(wrong), action="Give it as SHA256:… .") from None
    return accept_host_key(target, key, HowAccepted.IMPORTED)


def known_host_keys(
    arguments: Namespace, target: ConnectionTarget, workplace: Workplace
) -> Sequence[AcceptedHostKey]:
    """The given key alone, else those that were accepted in the data folder.

    Raises:
        UserFacingError: the given one is no fingerprint.
        StorageError: the database cannot be read.
    """
    given = given_host_key(arguments, target)
    if given is not None:
        return (given,)
    return workplace.host_keys.accepted(target.environment, target.host, target.port)


def by_given_route(arguments: Namespace, target: ConnectionTarget) -> ConnectionTarget:
    """The target by the way of `--proxy` and `--bind`; what is not given stays as it is.

    Raises:
        UserFacingError: one of them cannot be used.
    """
    facts: dict[str, object] = {}
    if arguments.proxy is not None:
        facts |= _proxy_facts(arguments.proxy)
    if arguments.bind is not None:
        facts["bind_address"] = arguments.bind
    try:
        route = Route.model_validate(facts)
    except ValidationError as wrong:
        said = wrong.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
        raise UserFacingError(
            f"The way to the server cannot be used. {said}", action=_HELP
        ) from None
    # Asked for once: the proxy may be gone through twice in one run.
    ask = cache(
        partial(typed_password, from_stdin=arguments.password_stdin, prompt="Proxy password: ")
    )
    proxy = target.proxy if arguments.proxy is None else proxy_of(route, ask)
    return replace(target, proxy=proxy, bind_address=route.bind_address or target.bind_address)


def _proxy_facts(given: str) -> dict[str, object]:
    try:
        parts = urlsplit(given)
        kind, host, port = ProxyKind(parts.scheme), parts.hostname, parts.port
    except ValueError:
        kind, host, port = None, None, None
        parts = urlsplit("")
    if kind is None or host is None or port is None:
        raise UserFacingError(
            "The proxy is given as http://HOST:PORT or socks5://HOST:PORT.", action=_HELP
        )
    if parts.password is not None:
        raise UserFacingError(
            "The proxy's password does not belong on the command line, where others can read it.",
            action="Give the user name alone (http://NAME@HOST:PORT); the password is asked for.",
        )
    return {
        "proxy": kind,
        "proxy_host": host,
        "proxy_port": port,
        "proxy_username": parts.username and unquote(parts.username),
    }


def typed_password(*, from_stdin: bool, prompt: str = "Password: ") -> str | None:
    """The next line of standard input, or what is typed at a terminal; None where there is none.

    Asked only when it is needed: an account's after the server was found to be the accepted one.
    """
    if from_stdin:
        secret = sys.stdin.readline().rstrip("\r\n")
    elif sys.stdin.isatty():
        secret = getpass.getpass(prompt)
    else:
        secret = ""
    live_secrets.add(secret)
    return secret or None
