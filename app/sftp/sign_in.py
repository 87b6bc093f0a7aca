"""One attempt to sign in, by the method that the server offers."""

from __future__ import annotations

import re
from dataclasses import dataclass

import paramiko

from app.sftp.diagnosis import Fault, StageFailedError
from app.sftp.plain_text import plain
from app.sftp.target import PasswordSource
from app.sftp.wire import WatchedPacketizer

_PASSWORD = "password"  # noqa: S105 - the method's name (RFC 4252 §8)
_INTERACTIVE = "keyboard-interactive"  # RFC 4256
_LOCKED = re.compile(r"lock|too many|disabled|suspend", re.IGNORECASE)
_CHANGE = re.compile(r"expire|new password|change your|must be changed|reset", re.IGNORECASE)


class _AnswerRefusedError(paramiko.SSHException):
    """The server asked for something that the password is no answer to."""


@dataclass(slots=True)
class _OnePassword:
    """Answers one prompt for a password, once (keyboard-interactive)."""

    password: str
    asked: str = ""
    used: bool = False

    def __call__(self, title: str, instructions: str, prompts: list[tuple[str, bool]]) -> list[str]:
        if not prompts:
            # Servers may send instructions alone, before or after the password.
            self.asked = f"{title} {instructions}".strip() or self.asked
            return []
        self.asked = " ".join((title, instructions, *(prompt for prompt, _ in prompts)))
        (_, shown), *further = prompts
        if further or shown or self.used:
            raise _AnswerRefusedError
        self.used = True
        return [self.password]

    def __repr__(self) -> str:
        return "_OnePassword()"


def sign_in(
    transport: paramiko.Transport,
    watched: WatchedPacketizer,
    username: str,
    credentials: PasswordSource,
) -> str:
    """Sign in, and say by which method.

    The server is asked first what it takes, which counts as no attempt; then the password is sent
    once. There is no second method after a refusal: attempts lock accounts.

    Raises:
        StageFailedError: not signed in.
    """
    methods = _offered_methods(transport, username)
    if _PASSWORD not in methods and _INTERACTIVE not in methods:
        raise _no_fitting_method(methods)
    password = credentials()
    if not password:
        raise StageFailedError(Fault.NO_PASSWORD)
    asks = _OnePassword(password)
    try:
        if _PASSWORD in methods:
            watched.waits_for_password_answer = True
            further = transport.auth_password(username, password, fallback=False)
        else:
            further = transport.auth_interactive(username, asks)
    except (paramiko.SSHException, EOFError, OSError) as error:
        raise _failed(error, transport, watched, asks) from None
    finally:
        watched.waits_for_password_answer = False
        _forget_password(transport)
    if further:
        raise StageFailedError(Fault.SECOND_FACTOR, server_text=plain(", ".join(further)))
    return _PASSWORD if _PASSWORD in methods else _INTERACTIVE


def _forget_password(transport: paramiko.Transport) -> None:
    """A connection may stay open for hours; the password is needed for a moment only."""
    handler = transport.auth_handler
    if handler is not None:
        handler.password = None
        handler.interactive_handler = None


def _offered_methods(transport: paramiko.Transport, username: str) -> tuple[str, ...]:
    """What the server takes from this user (RFC 4252 §5.2)."""
    try:
        transport.auth_none(username)
    except paramiko.BadAuthenticationType as refused:
        return tuple(refused.allowed_types)
    raise StageFailedError(Fault.NO_SIGN_IN_ASKED)


def _no_fitting_method(methods: tuple[str, ...]) -> StageFailedError:
    shown = plain(", ".join(methods)) or "none"
    fault = Fault.KEY_ONLY if "publickey" in methods else Fault.OTHER_METHODS
    return StageFailedError(fault, (f"The server offers: {shown}",), methods=shown)


def _failed(
    error: Exception,
    transport: paramiko.Transport,
    watched: WatchedPacketizer,
    asks: _OnePassword,
) -> StageFailedError:
    """The fault behind a sign-in that ended with `error`; what the server said decides."""
    said = server_words(transport, watched, asks.asked)
    details = (f"The server said: {said}",) if said else ()
    if watched.password_change_wanted or (asks.used and _CHANGE.search(said)):
        return StageFailedError(Fault.PASSWORD_EXPIRED, details)
    if isinstance(error, _AnswerRefusedError):
        return StageFailedError(Fault.SECOND_FACTOR, details, server_text=said)
    if watched.expired:
        raise error
    if _LOCKED.search(said):
        return StageFailedError(Fault.ACCOUNT_LOCKED, details, server_text=said)
    if _CHANGE.search(said):
        return StageFailedError(Fault.PASSWORD_EXPIRED, details)
    if not transport.is_active():
        return StageFailedError(Fault.CUT_AT_SIGN_IN, details)
    return StageFailedError(Fault.SIGN_IN_REFUSED, details)


def server_words(transport: paramiko.Transport, watched: WatchedPacketizer, asked: str = "") -> str:
    """What the server said beside the protocol: its banner, its questions, its farewell."""
    banner = transport.get_banner() or b""
    parts = (plain(banner), plain(asked), plain(watched.disconnect_text or ""))
    return " / ".join(part for part in parts if part)
