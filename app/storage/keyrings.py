"""The operating system's password store: which ones are accepted, and how one can stand.

A backend of the keyring library that is present proves nothing: some drop what they are
given, some keep it in a readable file, and a setting can force any of them. So only
stores that encrypt are accepted, by class, made here; and a store counts as ready when a
probe was written, read back and deleted.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from app.failures import UserFacingError

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend


class KeyringState(Enum):
    """How the operating system's password store stands."""

    READY = auto()
    LOCKED = auto()
    MISSING = auto()
    FORGETFUL = auto()
    INSECURE = auto()
    FAILING = auto()
    SLOW = auto()


@dataclass(frozen=True)
class KeyringStatus:
    """How the store stands, which one it is, and that in plain words.

    `detail` is the kind of failure for the diagnostics; never a text from the store itself.
    """

    state: KeyringState
    store: str = ""
    detail: str = ""

    @property
    def what(self) -> str:
        """What was found."""
        return _WORDS[self.state][0]

    @property
    def action(self) -> str:
        """What the person can do."""
        return _WORDS[self.state][1]

    @property
    def ready(self) -> bool:
        """Whether passwords can be kept."""
        return self.state is KeyringState.READY


_SESSION = "Until then a password can be kept for this session only."
_WORDS = {
    KeyringState.READY: ("Passwords are kept in your computer's password store.", ""),
    KeyringState.LOCKED: (
        "Your computer's password store is locked.",
        f"Unlock it (signing in again does that, too) and try again. {_SESSION}",
    ),
    KeyringState.MISSING: (
        "Your computer has no password store that CAIS Onboarding can use.",
        "Ask your IT department for one (GNOME Keyring or KWallet). " + _SESSION,
    ),
    KeyringState.FORGETFUL: (
        "Your computer's password store does not keep what it is given.",
        f"Ask your IT department to switch a working one on. {_SESSION}",
    ),
    KeyringState.INSECURE: (
        "The password store set up on this computer keeps passwords readable for others.",
        "It is not used. Ask your IT department for GNOME Keyring or KWallet. " + _SESSION,
    ),
    KeyringState.FAILING: (
        "Your computer's password store answers with a failure.",
        f"Try again; if it stays so, send the diagnostics to your IT department. {_SESSION}",
    ),
    KeyringState.SLOW: (
        "Your computer's password store has not answered yet.",
        f"Look for a window that asks for your password, answer it and try again. {_SESSION}",
    ),
}


class KeyringUnavailableError(UserFacingError):
    """The password store could not do what was asked; `status` tells how it stands."""

    def __init__(self, status: KeyringStatus) -> None:
        super().__init__(status.what, "The password was not read or kept there.", status.action)
        self.status = status


def accepted_backends() -> Sequence[KeyringBackend]:
    """New instances of the stores that encrypt and that work here, best first."""
    usable: list[tuple[float, type[KeyringBackend]]] = []
    for backend in _accepted_classes():
        try:
            usable.append((backend.priority, backend))
        except RuntimeError:  # how the keyring library says that one is not for this system
            continue
    usable.sort(key=lambda pair: pair[0], reverse=True)
    made = [backend() for _, backend in usable]
    for store in made:
        if hasattr(type(store), "persist"):
            # Windows: on this workstation only, not roaming with the person's profile.
            store.persist = "local machine"  # type: ignore[attr-defined]
    return made


def _accepted_classes() -> list[type[KeyringBackend]]:
    from keyring.backends import Windows, kwallet, libsecret, macOS

    if sys.platform == "win32":
        return [Windows.WinVaultKeyring]
    if sys.platform == "darwin":
        return [macOS.Keyring]
    from app.storage.secret_service import ClosingSecretService

    return [ClosingSecretService, libsecret.Keyring, kwallet.DBusKeyring]


def why_none() -> KeyringStatus:
    """Which words fit when no accepted store works: what is set up here instead, if anything."""
    import keyring
    from keyring.backends import chainer, fail, null

    try:
        configured = type(keyring.get_keyring())
    except Exception as error:  # noqa: BLE001 - a setting may name a module that fails in any way
        return KeyringStatus(KeyringState.MISSING, detail=class_name(type(error)))
    if issubclass(configured, null.Keyring):
        return KeyringStatus(KeyringState.FORGETFUL, class_name(configured))
    if issubclass(configured, fail.Keyring | chainer.ChainerBackend):
        return KeyringStatus(KeyringState.MISSING)
    if any(issubclass(accepted, configured) for accepted in _accepted_classes()):
        return KeyringStatus(KeyringState.MISSING, class_name(configured))
    return KeyringStatus(KeyringState.INSECURE, class_name(configured))


def class_name(kind: type) -> str:
    """The full name of a class."""
    return f"{kind.__module__}.{kind.__qualname__}"
