"""A real GNOME Keyring on a D-Bus of its own: unlocked, locked, never set up, or absent.

Needs the packages gnome-keyring and dbus. Nothing of the person who runs the tests is
touched: bus, folders and keyring live in a temporary folder.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import Enum, auto
from pathlib import Path
from typing import Self

BUS_CONFIGURATION = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={socket}</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""
_PASSWORD = "password of the keyring itself"

# Runs apart from the tests' process, whose bus is another one.
_LOCK = """
import secretstorage
from contextlib import closing
with closing(secretstorage.dbus_init()) as bus:
    secretstorage.get_default_collection(bus).lock()
"""


class KeyringKind(Enum):
    """How the keyring of a session stands."""

    UNLOCKED = auto()
    LOCKED = auto()
    NEVER_SET_UP = auto()
    ABSENT = auto()


class KeyringSession:
    """A running bus with a keyring on it. No program is started by the bus on its own.

    Attributes:
        variables: the environment that leads a program to this keyring.
    """

    def __init__(self, folder: Path, kind: KeyringKind) -> None:
        socket = folder / "bus"
        self.variables = {
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={socket}",
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(folder / "run"),
            "XDG_DATA_HOME": str(folder / "data"),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "GNOME_KEYRING_CONTROL": str(folder / "run" / "keyring"),
        }
        (folder / "run").mkdir(mode=0o700)
        configuration = folder / "bus.conf"
        configuration.write_text(BUS_CONFIGURATION.format(socket=socket))
        self._processes: list[subprocess.Popen[bytes]] = []
        self._start_bus(configuration)
        if kind is not KeyringKind.ABSENT:
            self._start_keyring(unlock=kind is not KeyringKind.NEVER_SET_UP)
        if kind is KeyringKind.LOCKED:
            self.lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def lock(self) -> None:
        """Lock the keyring; without a screen nobody can unlock it again."""
        subprocess.run([sys.executable, "-c", _LOCK], env=self.environment, check=True, timeout=30)

    def end(self) -> None:
        """End the keyring and the bus."""
        for process in reversed(self._processes):
            process.terminate()
            process.wait(timeout=20)
        self._processes.clear()

    @property
    def environment(self) -> Mapping[str, str]:
        """The whole environment for a program in this session; it has no screen."""
        screens = {"DISPLAY", "WAYLAND_DISPLAY"}
        own = {name: value for name, value in os.environ.items() if name not in screens}
        return {**own, **self.variables}

    def _start_bus(self, configuration: Path) -> None:
        bus = subprocess.Popen(
            ["dbus-daemon", f"--config-file={configuration}", "--nofork", "--print-address"],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._processes.append(bus)
        assert bus.stdout is not None
        with bus.stdout:
            # The address is printed once the bus listens.
            assert bus.stdout.readline().startswith(b"unix:"), "no D-Bus: install dbus"

    def _start_keyring(self, *, unlock: bool) -> None:
        keyring = subprocess.Popen(
            [
                "gnome-keyring-daemon",
                "--foreground",
                "--components=secrets",
                *(["--unlock"] if unlock else []),
            ],
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._processes.append(keyring)
        assert keyring.stdin is not None
        with keyring.stdin:
            keyring.stdin.write(_PASSWORD.encode() if unlock else b"")
        self._wait_for_name("org.freedesktop.secrets")

    def _wait_for_name(self, name: str) -> None:
        from jeepney import DBusAddress, new_method_call
        from jeepney.bus_messages import MatchRule, message_bus
        from jeepney.io.blocking import open_dbus_connection

        address = self.variables["DBUS_SESSION_BUS_ADDRESS"]
        with open_dbus_connection(address) as bus:
            rule = MatchRule(
                type="signal",
                sender="org.freedesktop.DBus",
                interface="org.freedesktop.DBus",
                member="NameOwnerChanged",
            )
            rule.add_arg_condition(0, name)
            with bus.filter(rule) as changes:
                bus.send_and_get_reply(message_bus.AddMatch(rule))
                daemon = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus")
                asked = new_method_call(daemon, "NameHasOwner", "s", (name,))
                if not bus.send_and_get_reply(asked).body[0]:
                    bus.recv_until_filtered(changes, timeout=20)


@contextmanager
def keyring_session(kind: KeyringKind) -> Iterator[KeyringSession]:
    """A session in a temporary folder of its own."""
    # A socket's path may be about 100 characters long, pytest's folders are longer.
    with (
        tempfile.TemporaryDirectory(prefix="keyring-", ignore_cleanup_errors=True) as folder,
        KeyringSession(Path(folder), kind) as session,
    ):
        yield session
