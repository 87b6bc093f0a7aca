"""The operating system's password store: which one, and whether it really works.

A backend of the keyring library that is present proves nothing: some drop what they are
given, some keep it in a readable file, and a setting can force any of them. So only
stores that encrypt are accepted, by class, made here; and a store counts as ready when a
probe was written, read back and deleted.
"""

from __future__ import annotations

import queue
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from enum import Enum, auto
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any, TypeVar

from app.failures import UserFacingError

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "CAIS Onboarding"
PROBE_ACCOUNT = "probe"
#: Long enough for a slow desktop, short enough to say that a window may be waiting.
LIMIT_SECONDS = 10.0
_MOST_DUPLICATES = 10

Result = TypeVar("Result")


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


class SystemKeyring:
    """The accepted password store of this computer, used with a time limit.

    Calls run one after the other in one thread of their own: a store may show a window and
    block until it is answered, and nothing can end that wait from outside.

    Args:
        find: makes the stores that may be used, best first; the operating system's unless told.
        limit_seconds: how long an answer is waited for.
    """

    def __init__(
        self,
        *,
        find: Callable[[], Sequence[KeyringBackend]] | None = None,
        limit_seconds: float = LIMIT_SECONDS,
    ) -> None:
        self._find = find or accepted_backends
        self._limit = limit_seconds
        self._backend: KeyringBackend | None = None
        self._calls: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._waiting: Future[Any] | None = None
        self._one_at_a_time = threading.Lock()

    def probe(self) -> KeyringStatus:
        """Find a store and prove it by writing, reading and deleting. May block: not for the window's thread."""
        try:
            return self._timed(self._probed)
        except KeyringUnavailableError as error:
            return error.status

    def get(self, account: str) -> str | None:
        """The secret kept under `account`.

        Raises:
            KeyringUnavailableError: the store cannot be read.
        """
        return self._timed(lambda: self._chosen().get_password(SERVICE, account))

    def put(self, account: str, secret: str) -> None:
        """Keep `secret` under `account`, in place of an earlier one; it has been read back.

        Raises:
            KeyringUnavailableError: it was not kept.
        """
        given_up = threading.Event()

        def kept() -> bool:
            backend = self._chosen()
            _replace(backend, account, secret)
            if given_up.is_set():
                # The person was told that it was not kept, so it must not turn up later.
                backend.delete_password(SERVICE, account)
                return True
            return backend.get_password(SERVICE, account) == secret

        if not self._timed(kept, given_up):
            raise KeyringUnavailableError(KeyringStatus(KeyringState.FORGETFUL, self._name()))

    def delete(self, account: str) -> None:
        """Remove what is kept under `account`; nothing kept is fine.

        Raises:
            KeyringUnavailableError: it could not be removed.
        """

        def removed() -> None:
            backend = self._chosen()
            # Some stores can hold several under one name and delete one at a time.
            for _ in range(_MOST_DUPLICATES):
                if backend.get_password(SERVICE, account) is None:
                    return
                backend.delete_password(SERVICE, account)
            raise KeyringUnavailableError(KeyringStatus(KeyringState.FAILING, self._name()))

        self._timed(removed)

    def _probed(self) -> KeyringStatus:
        backends = self._find()
        if not backends:
            return _why_none()
        self._backend = backends[0]
        account, secret = f"{PROBE_ACCOUNT}-{token_urlsafe(6)}", token_urlsafe(12)
        self._backend.set_password(SERVICE, account, secret)
        kept = self._backend.get_password(SERVICE, account) == secret
        if kept:
            self._backend.delete_password(SERVICE, account)
            kept = self._backend.get_password(SERVICE, account) is None
        return KeyringStatus(KeyringState.READY if kept else KeyringState.FORGETFUL, self._name())

    def _chosen(self) -> KeyringBackend:
        if self._backend is None:
            backends = self._find()
            if not backends:
                raise KeyringUnavailableError(_why_none())
            self._backend = backends[0]
        return self._backend

    def _name(self) -> str:
        return _class_name(type(self._backend)) if self._backend is not None else ""

    def _timed(self, call: Callable[[], Result], given_up: threading.Event | None = None) -> Result:
        slow = KeyringUnavailableError(KeyringStatus(KeyringState.SLOW, self._name()))
        if not self._one_at_a_time.acquire(timeout=self._limit):
            raise slow
        try:
            if self._waiting is not None and not self._waiting.done():
                raise slow  # an earlier call still waits for its window to be answered
            future = self._handed_on(call)
            self._waiting = future
            try:
                return future.result(self._limit)
            except KeyringUnavailableError:
                raise
            except TimeoutError as error:
                if future.done():
                    raise self._failure(error) from None  # the store's own
                if given_up is not None:
                    given_up.set()
                raise slow from None
            except Exception as error:  # noqa: BLE001 - backends raise whatever their system does
                raise self._failure(error) from None
        finally:
            self._one_at_a_time.release()

    def _handed_on(self, call: Callable[[], Result]) -> Future[Result]:
        future: Future[Result] = Future()

        def run() -> None:
            try:
                future.set_result(call())
            except BaseException as error:  # noqa: BLE001 - handed to the one who waits
                future.set_exception(error)

        self._attend()
        self._calls.put(run)
        return future

    def _failure(self, error: Exception) -> KeyringUnavailableError:
        from keyring.errors import InitError, KeyringLocked

        locked = isinstance(error, KeyringLocked | InitError)
        state = KeyringState.LOCKED if locked else KeyringState.FAILING
        # Only the kind of failure: the text of one may quote what was to be stored.
        return KeyringUnavailableError(KeyringStatus(state, self._name(), _class_name(type(error))))

    def _attend(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(
                target=_serve, args=(self._calls,), name="password store", daemon=True
            )
            self._thread.start()


def _serve(calls: queue.SimpleQueue[Callable[[], None]]) -> None:
    while True:
        calls.get()()


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


def _why_none() -> KeyringStatus:
    """Which words fit when no accepted store works: what is set up here instead, if anything."""
    import keyring
    from keyring.backends import chainer, fail, null

    try:
        configured = type(keyring.get_keyring())
    except Exception as error:  # noqa: BLE001 - a setting may name a module that fails in any way
        return KeyringStatus(KeyringState.MISSING, detail=_class_name(type(error)))
    if issubclass(configured, null.Keyring):
        return KeyringStatus(KeyringState.FORGETFUL, _class_name(configured))
    if issubclass(configured, fail.Keyring | chainer.ChainerBackend):
        return KeyringStatus(KeyringState.MISSING)
    if any(issubclass(accepted, configured) for accepted in _accepted_classes()):
        return KeyringStatus(KeyringState.MISSING, _class_name(configured))
    return KeyringStatus(KeyringState.INSECURE, _class_name(configured))


def _replace(backend: KeyringBackend, account: str, secret: str) -> None:
    from keyring.backends.Windows import WinVaultKeyring

    moves_aside = isinstance(backend, WinVaultKeyring)
    if not moves_aside:
        backend.set_password(SERVICE, account, secret)
        return
    # This backend moves an earlier password aside under another name instead of
    # replacing it; a rotated password must not stay behind.
    earlier = backend.get_password(SERVICE, account)
    if earlier is not None:
        backend.delete_password(SERVICE, account)
    try:
        backend.set_password(SERVICE, account, secret)
    except BaseException:
        if earlier is not None:
            backend.set_password(SERVICE, account, earlier)
        raise


def _class_name(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"
