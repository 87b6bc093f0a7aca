"""Passwords go into a real keyring or stay in memory; every other kind of store is told apart.

GNOME Keyring is real. Stand-ins are used for what this system cannot have: Windows' vault,
a store that waits for a window to be answered, one that drops what it is given, and a
plain-text file.
"""

from __future__ import annotations

import io
import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import keyring.core
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import Windows, null
from keyring.errors import KeyringLocked

from app.storage.credentials import CredentialStore, KeptIn, account_name
from app.storage.database import Database, open_database
from app.storage.keyrings import KeyringState, KeyringStatus, KeyringUnavailableError
from app.storage.masking import LiveSecrets
from app.storage.paths import DataFolder
from app.storage.system_keyring import SERVICE, SystemKeyring
from tests.rig.keyring_session import KeyringKind, KeyringSession, keyring_session

SECRET = "pa55 wörd/+\"'\\ 🔑"
ACCOUNT = account_name("0" * 32, "abcdef012345")

EnterKeyring = Callable[[KeyringKind], KeyringSession]


@pytest.fixture
def enter(monkeypatch: pytest.MonkeyPatch) -> Iterator[EnterKeyring]:
    """Starts a session and leads the test's own process to it."""
    with ExitStack() as sessions:

        def start(kind: KeyringKind) -> KeyringSession:
            session = sessions.enter_context(keyring_session(kind))
            for name, value in session.variables.items():
                monkeypatch.setenv(name, value)
            for name in ("DISPLAY", "WAYLAND_DISPLAY"):
                monkeypatch.delenv(name, raising=False)
            return session

        yield start


@pytest.fixture
def no_configured_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    """The keyring library chooses its own store once per process; each test chooses anew."""
    monkeypatch.setattr(keyring.core, "_keyring_backend", None)


def test_a_secret_is_kept_rotated_and_removed(enter: EnterKeyring, database: Database) -> None:
    enter(KeyringKind.UNLOCKED)
    store = CredentialStore(database)
    status = store.probe()
    assert status.ready
    assert status.store == "app.storage.secret_service.ClosingSecretService"
    assert store.load(ACCOUNT) is None
    assert store.save(ACCOUNT, "the first password") is KeptIn.KEYRING
    assert store.save(ACCOUNT, SECRET) is KeptIn.KEYRING
    # Another run of the program finds it.
    assert CredentialStore(database).load(ACCOUNT) == SECRET
    store.remove(ACCOUNT)
    store.remove(ACCOUNT)
    assert CredentialStore(database).load(ACCOUNT) is None
    assert store.noted() == frozenset()


def test_the_probe_leaves_nothing_behind(enter: EnterKeyring, database: Database) -> None:
    enter(KeyringKind.UNLOCKED)
    assert CredentialStore(database).probe().ready
    import secretstorage

    with closing(secretstorage.dbus_init()) as bus:
        collection = secretstorage.get_default_collection(bus)
        assert list(collection.search_items({"service": SERVICE})) == []


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (KeyringKind.LOCKED, KeyringState.LOCKED),
        (KeyringKind.NEVER_SET_UP, KeyringState.LOCKED),
        (KeyringKind.ABSENT, KeyringState.MISSING),
    ],
)
def test_a_keyring_that_does_not_work_is_told_and_the_session_is_offered(
    enter: EnterKeyring,
    database: Database,
    folder: DataFolder,
    no_configured_keyring: None,
    kind: KeyringKind,
    state: KeyringState,
) -> None:
    enter(kind)
    store = CredentialStore(database)
    assert store.probe().state is state
    with pytest.raises(KeyringUnavailableError) as refused:
        store.save(ACCOUNT, SECRET)
    assert refused.value.status.state is state
    assert "for this session only" in refused.value.action
    assert store.save(ACCOUNT, SECRET, this_session_only=True) is KeptIn.SESSION
    assert store.load(ACCOUNT) == SECRET
    for file in folder.root.rglob("*"):
        assert file.is_dir() or SECRET.encode() not in file.read_bytes()
    store.end_session()
    assert store.load(ACCOUNT) is None
    # What the keyring may hold of another account is not mistaken for "nothing".
    with pytest.raises(KeyringUnavailableError):
        store.load(account_name("1" * 32, "abcdef012345"))


def test_locking_between_two_uses_is_noticed(enter: EnterKeyring, database: Database) -> None:
    session = enter(KeyringKind.UNLOCKED)
    store = CredentialStore(database)
    store.save(ACCOUNT, SECRET)
    session.lock()
    with pytest.raises(KeyringUnavailableError) as refused:
        store.load(ACCOUNT)
    assert refused.value.status.state is KeyringState.LOCKED


def test_accounts_that_are_gone_leave_no_secret_behind(
    enter: EnterKeyring, database: Database
) -> None:
    enter(KeyringKind.UNLOCKED)
    store = CredentialStore(database)
    gone = account_name("1" * 32, "abcdef012345")
    for account in (ACCOUNT, gone):
        store.save(account, SECRET)
    assert store.remove_leftovers({ACCOUNT}) == (gone,)
    assert store.load(gone) is None
    assert store.load(ACCOUNT) == SECRET
    assert store.remove_leftovers({ACCOUNT}) == ()


def test_a_password_for_the_session_retires_the_one_in_the_keyring(
    enter: EnterKeyring, database: Database
) -> None:
    """After a restart the old password must not be tried: wrong tries lock the account."""
    enter(KeyringKind.UNLOCKED)
    store = CredentialStore(database)
    store.save(ACCOUNT, "the old password")
    store.save(ACCOUNT, "the new password", this_session_only=True)
    assert store.load(ACCOUNT) == "the new password"
    restarted = CredentialStore(database)
    assert restarted.load(ACCOUNT) is None
    assert restarted.remove_leftovers({ACCOUNT}) == (ACCOUNT,)
    restarted.save(ACCOUNT, "the new password")
    assert CredentialStore(database).load(ACCOUNT) == "the new password"


def test_a_secret_older_databases_do_not_know_can_still_be_removed(
    enter: EnterKeyring, database: Database, tmp_path: Path
) -> None:
    enter(KeyringKind.UNLOCKED)
    CredentialStore(database).save(ACCOUNT, SECRET)
    with open_database(DataFolder(tmp_path / "restored")) as restored:
        store = CredentialStore(restored)
        assert store.load(ACCOUNT) == SECRET
        store.remove(ACCOUNT)
        assert store.load(ACCOUNT) is None


class StandIn(KeyringBackend):
    """What a stand-in shares: it is made here only, never found by the library."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


class Forgetful(StandIn):
    def set_password(self, service: str, username: str, password: str) -> None:
        pass


class Failing(StandIn):
    def set_password(self, service: str, username: str, password: str) -> None:
        raise OSError(f"cannot store {password}")


class Impatient(StandIn):
    def get_password(self, service: str, username: str) -> str | None:
        raise TimeoutError("of the store itself")


class Waiting(StandIn):
    """Shows a window: nothing returns until it is answered."""

    def __init__(self) -> None:
        super().__init__()
        self.answered = threading.Event()
        self.finished = threading.Event()

    def set_password(self, service: str, username: str, password: str) -> None:
        self.answered.wait()
        super().set_password(service, username, password)

    def delete_password(self, service: str, username: str) -> None:
        super().delete_password(service, username)
        self.finished.set()


def using(backend: KeyringBackend, limit: float = 10.0) -> SystemKeyring:
    return SystemKeyring(find=lambda: [backend], limit_seconds=limit)


def test_a_store_that_drops_what_it_gets_is_found_out(database: Database) -> None:
    store = CredentialStore(database, keyring=using(Forgetful()))
    assert store.probe().state is KeyringState.FORGETFUL
    with pytest.raises(KeyringUnavailableError) as refused:
        store.save(ACCOUNT, SECRET)
    assert refused.value.status.state is KeyringState.FORGETFUL


def test_a_failing_store_is_told_without_its_own_words(database: Database) -> None:
    store = CredentialStore(database, keyring=using(Failing()))
    status = store.probe()
    assert (status.state, status.detail) == (KeyringState.FAILING, "builtins.OSError")
    with pytest.raises(KeyringUnavailableError) as refused:
        store.save(ACCOUNT, SECRET)
    error: BaseException | None = refused.value
    while error is not None:
        assert SECRET not in f"{error!r} {vars(error)}"
        error = error.__cause__
    assert using(Impatient()).probe().state is KeyringState.FAILING


def test_a_store_that_waits_for_a_window_holds_nothing_up(database: Database) -> None:
    waiting = Waiting()
    system = using(waiting, limit=0.05)
    store = CredentialStore(database, keyring=system)
    with pytest.raises(KeyringUnavailableError) as refused:
        store.save(ACCOUNT, SECRET)
    assert refused.value.status.state is KeyringState.SLOW
    assert store.probe().state is KeyringState.SLOW
    waiting.answered.set()
    # What the person was told was not kept does not turn up later.
    assert waiting.finished.wait(20)
    assert waiting.kept == {}


def test_two_at_once_wait_for_each_other(database: Database) -> None:
    """A password is loaded for a connection test while a page asks how the store stands."""
    waiting = Waiting()
    store = CredentialStore(database, keyring=using(waiting))
    with ThreadPoolExecutor(2) as pool:
        saving = pool.submit(store.save, ACCOUNT, SECRET)
        probing = pool.submit(store.probe)
        waiting.answered.set()
        assert saving.result(20) is KeptIn.KEYRING
        assert probing.result(20).ready


def test_states_have_words_of_their_own() -> None:
    words = {KeyringStatus(state).what for state in KeyringState}
    assert len(words) == len(KeyringState)
    for state in set(KeyringState) - {KeyringState.READY}:
        assert KeyringStatus(state).action


def test_a_plain_text_store_that_is_set_up_is_refused(
    enter: EnterKeyring,
    no_configured_keyring: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    enter(KeyringKind.ABSENT)
    keyring.core.set_keyring(StandIn())
    status = SystemKeyring().probe()
    assert status.state is KeyringState.INSECURE
    assert status.store.endswith("StandIn")
    keyring.core.set_keyring(null.Keyring())
    assert SystemKeyring().probe().state is KeyringState.FORGETFUL
    monkeypatch.setattr(keyring.core, "_keyring_backend", None)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "no.such.module")
    assert SystemKeyring().probe().state is KeyringState.MISSING


def test_a_setting_cannot_force_another_store(
    enter: EnterKeyring, no_configured_keyring: None
) -> None:
    enter(KeyringKind.UNLOCKED)
    keyring.core.set_keyring(StandIn())
    status = SystemKeyring().probe()
    assert status.ready
    assert status.store == "app.storage.secret_service.ClosingSecretService"


class FakeVault:
    """Windows' credential vault as far as the keyring library uses it."""

    CRED_TYPE_GENERIC = 1
    CRED_PERSIST_LOCAL_MACHINE = 2
    CRED_PERSIST_ENTERPRISE = 3

    class error(Exception):  # noqa: N801, N818 - its name in pywin32
        winerror = 1168
        funcname = "CredRead"

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, Any]] = {}
        self.full = False

    def CredRead(self, Type: int, TargetName: str) -> dict[str, Any]:  # noqa: N803
        if TargetName not in self.kept:
            raise self.error
        found = self.kept[TargetName]
        return {**found, "CredentialBlob": found["CredentialBlob"].encode("utf-16-le")}

    def CredWrite(self, credential: dict[str, Any], flags: int) -> None:
        if self.full and "new" in credential["CredentialBlob"]:
            raise OSError("no room")
        self.kept[credential["TargetName"]] = credential

    def CredDelete(self, Type: int, TargetName: str) -> None:  # noqa: N803
        del self.kept[TargetName]


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> FakeVault:
    fake = FakeVault()
    monkeypatch.setattr(Windows, "win32cred", fake, raising=False)
    monkeypatch.setattr(Windows, "pywintypes", fake, raising=False)
    return fake


def test_rotating_in_windows_vault_leaves_no_old_password(
    vault: FakeVault, database: Database
) -> None:
    store = CredentialStore(database, keyring=using(Windows.WinVaultKeyring()))
    other = account_name("1" * 32, "abcdef012345")
    store.save(ACCOUNT, "old one")
    store.save(other, "another")
    store.save(ACCOUNT, "new one")
    store.save(other, "another new")
    assert (store.load(ACCOUNT), store.load(other)) == ("new one", "another new")
    assert {kept["CredentialBlob"] for kept in vault.kept.values()} == {"new one", "another new"}
    vault.full = True
    with pytest.raises(KeyringUnavailableError):
        store.save(ACCOUNT, "new and refused")
    vault.full = False
    for account in (ACCOUNT, other):
        store.remove(account)
    assert vault.kept == {}


def test_a_refused_rotation_keeps_the_earlier_password(
    vault: FakeVault, database: Database
) -> None:
    store = CredentialStore(database, keyring=using(Windows.WinVaultKeyring()))
    store.save(ACCOUNT, "old one")
    vault.full = True
    with pytest.raises(KeyringUnavailableError):
        store.save(ACCOUNT, "new one")
    assert store.load(ACCOUNT) == "old one"


def test_a_locked_store_is_told_by_the_librarys_own_error() -> None:
    class Locked(StandIn):
        def set_password(self, service: str, username: str, password: str) -> None:
            raise KeyringLocked

    assert using(Locked()).probe().state is KeyringState.LOCKED


def test_secrets_show_in_no_representation(database: Database) -> None:
    store = CredentialStore(database, keyring=using(StandIn()))
    store.save(ACCOUNT, SECRET)
    store.save("other", SECRET, this_session_only=True)
    assert SECRET not in f"{store!r} {store} {store.probe()!r}"


def test_live_secrets_are_masked_in_every_form() -> None:
    import base64
    import json
    from urllib.parse import quote

    secrets = LiveSecrets()
    secrets.add(SECRET)
    secrets.add("pa55")
    forms = [
        SECRET,
        repr(SECRET),
        repr({"password": SECRET}),
        json.dumps(SECRET),
        repr(SECRET.encode()),
        quote(SECRET),
        quote(SECRET, safe=""),
        base64.b64encode(SECRET.encode()).decode(),
        SECRET.encode().hex(),
    ]
    for form in forms:
        masked = secrets.masked(f"before {form} after")
        assert "[secret]" in masked
        assert "5 w" not in masked
        assert masked.startswith("before ")
        assert masked.endswith(" after")
    secrets.clear()
    assert secrets.masked(SECRET) == SECRET


def test_short_words_are_not_masked() -> None:
    secrets = LiveSecrets()
    secrets.add("a")
    assert secrets.masked("a banana") == "a banana"


def test_the_log_is_private_and_masked(folder: DataFolder) -> None:
    from app.storage.logbook import recent_problems, start_log, stop_log

    secrets = LiveSecrets()
    secrets.add(SECRET)
    folder.create()
    assert recent_problems(folder) == ()
    handler = start_log(folder, secrets=secrets)
    log = logging.getLogger("app.somewhere")
    try:
        log.info("signing in with %s", SECRET)
        log.warning("host %r did not answer", "sftp.example")
        try:
            raise ValueError(SECRET)
        except ValueError:
            log.exception("a bug")
    finally:
        stop_log(handler)
    text = folder.log.read_text(encoding="utf-8")
    assert SECRET not in text
    assert text.count("[secret]") == 2
    assert folder.log.stat().st_mode & 0o777 == 0o600
    assert [line.split(": ", 1)[1] for line in recent_problems(folder)] == [
        "host 'sftp.example' did not answer",
        "a bug",
    ]


def test_the_log_starts_over_when_it_grows_and_stays_private(
    folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.storage import logbook

    monkeypatch.setattr(logbook, "LARGEST_FILE", 500)
    folder.create()
    handler = logbook.start_log(folder)
    try:
        for number in range(60):
            logging.getLogger("app").info("line %d of many", number)
    finally:
        logbook.stop_log(handler)
    files = sorted(folder.log.parent.iterdir())
    assert len(files) == 1 + logbook.OLDER_FILES
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


def test_a_log_that_cannot_be_written_stops_nothing(
    folder: DataFolder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from app.storage.logbook import start_log, stop_log

    class FullDisk(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError(28, "No space left on device")

    folder.create()
    handler = start_log(folder)
    assert isinstance(handler, logging.FileHandler)
    real, handler.stream = handler.stream, FullDisk()  # type: ignore[assignment]
    try:
        logging.getLogger("app").warning("nobody will read this")
    finally:
        handler.stream = real
        stop_log(handler)
    assert capsys.readouterr().err == ""
