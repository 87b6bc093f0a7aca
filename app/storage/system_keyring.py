"""Using the operating system's password store: with a time limit, proven, nothing left behind."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any, TypeVar

from app.storage.keyrings import (
    KeyringState,
    KeyringStatus,
    KeyringUnavailableError,
    accepted_backends,
    class_name,
    why_none,
)

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "CAIS Onboarding"
PROBE_ACCOUNT = "probe"
#: Long enough for a slow desktop, short enough to say that a window may be waiting.
LIMIT_SECONDS = 10.0
_MOST_DUPLICATES = 10

Result = TypeVar("Result")


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
            return why_none()
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
                raise KeyringUnavailableError(why_none())
            self._backend = backends[0]
        return self._backend

    def _name(self) -> str:
        return class_name(type(self._backend)) if self._backend is not None else ""

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
        return KeyringUnavailableError(KeyringStatus(state, self._name(), class_name(type(error))))

    def _attend(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(
                target=_serve, args=(self._calls,), name="password store", daemon=True
            )
            self._thread.start()


def _serve(calls: queue.SimpleQueue[Callable[[], None]]) -> None:
    while True:
        calls.get()()


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
