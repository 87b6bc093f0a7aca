"""What holds for every test: its own home, no keyring but its own, no network, no warning unseen.

A warning from Python, an exception in a thread or in a slot, and a complaint from Qt fail the
test they happen in (see `filterwarnings` and `qt_log_level_fail` in pyproject.toml).
"""

from __future__ import annotations

import gc
import ipaddress
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

_HOMES = pytest.StashKey[tempfile.TemporaryDirectory[str]]()

settings.register_profile(
    "project",
    # The same examples on every run of the checks; new ones on a developer's machine.
    derandomize="CI" in os.environ,
    # How long an example takes says more about the machine than about the code.
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
settings.load_profile("project")


def _variables_of(home: Path) -> dict[str, str]:
    """Where programs look for what belongs to the person, pointed below `home`."""
    return {
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_RUNTIME_DIR": str(home / "run"),
        "XDG_STATE_HOME": str(home / "state"),
    }


def _prepare(home: Path) -> None:
    (home / "run").mkdir(mode=0o700, parents=True, exist_ok=True)


def _stays_on_this_machine(host: object) -> bool:
    """Whether `host` (a name or an address) leads nowhere but here, or by design nowhere at all."""
    if host is None or not isinstance(host, str | bytes):
        return True
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        # RFC 6761: names below these never belong to anyone.
        return name in {"", "localhost"} or name.endswith((".localhost", ".invalid"))


def _refuse_network(event: str, arguments: tuple[object, ...]) -> None:
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event in {"socket.connect", "socket.sendto"} and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    else:
        return
    if not _stays_on_this_machine(host):
        raise AssertionError(f"tests use no network, and this one asked for {host!r}")


def pytest_configure(config: pytest.Config) -> None:
    # Fixtures that live longer than one test (a keyring, a server) start before a test has its
    # own home, so that the process gets one too.
    homes = tempfile.TemporaryDirectory(prefix="onboarding-tests-", ignore_cleanup_errors=True)
    config.stash[_HOMES] = homes
    _prepare(Path(homes.name))
    os.environ.update(_variables_of(Path(homes.name)))
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    # Qt complains where the locale is not UTF-8, as on a bare system.
    os.environ["LC_ALL"] = "C.UTF-8"
    # No test may reach the keyring of the person who runs it; fixtures bring their own.
    os.environ["DBUS_SESSION_BUS_ADDRESS"] = "disabled:"
    os.environ.pop("PYTHON_KEYRING_BACKEND", None)
    sys.addaudithook(_refuse_network)


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[_HOMES].cleanup()


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own for each test, so that none finds what another left."""
    home = tmp_path_factory.mktemp("home")
    _prepare(home)
    for name, value in _variables_of(home).items():
        monkeypatch.setenv(name, value)
    return home


@pytest.fixture(autouse=True)
def garbage_on_this_thread() -> Iterator[None]:
    """Cyclic garbage is collected between tests, never by a thread of a test.

    Qt objects in it would be destroyed on that thread, which crashes the process.
    """
    gc.disable()
    yield
    gc.collect(1)
