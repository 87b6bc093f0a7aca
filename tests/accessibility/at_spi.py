"""Reads a program as a screen reader does: over AT-SPI, on buses and a screen of its own.

Needs the packages at-spi2-core, dbus and xvfb. Nothing of the person who runs the tests is
touched: buses, screen and folders are the session's own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from time import monotonic

from jeepney import DBusAddress, HeaderFields, Message, MessageType, new_method_call
from jeepney.bus_messages import MatchRule, message_bus
from jeepney.io.blocking import DBusConnection, open_dbus_connection

from tests.rig.keyring_session import BUS_CONFIGURATION

_ACCESSIBLE = "org.a11y.atspi.Accessible"
_ROOT = "/org/a11y/atspi/accessible/root"
_PATIENCE = 20
_SERVICE = "/usr/share/dbus-1/services/org.a11y.Bus.service"
#: Bits of AT-SPI's set of states.
_FOCUSABLE, _FOCUSED, _SENSITIVE, _SHOWING = 11, 12, 24, 25
#: What a person operates.
CONTROLS = frozenset(
    {
        "push button",
        "button",
        "toggle button",
        "check box",
        "radio button",
        "combo box",
        "text",
        "entry",
        "password text",
        "spin button",
        "table",
        "list",
        "tree",
        "slider",
        "menu item",
        "menu",
        "link",
        "page tab",
    }
)


@dataclass(frozen=True)
class Node:
    """Something on the screen as assistive technology is told of it."""

    path: str
    role: str
    name: str
    description: str
    states: frozenset[int] = field(repr=False)
    parents: tuple[str, ...] = field(repr=False)

    @property
    def showing(self) -> bool:
        return _SHOWING in self.states

    @property
    def focusable(self) -> bool:
        return _FOCUSABLE in self.states and _SENSITIVE in self.states

    @property
    def focused(self) -> bool:
        return _FOCUSED in self.states

    @property
    def control(self) -> bool:
        return self.showing and (self.role in CONTROLS or self.focusable)


class Reader:
    """A connection to the accessibility bus, and the one program on it."""

    def __init__(self, session_bus: str) -> None:
        with open_dbus_connection(session_bus) as bus:
            launcher = DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Bus")
            asked = new_method_call(launcher, "GetAddress")
            address = bus.send_and_get_reply(asked, timeout=_PATIENCE).body[0]
        self._bus: DBusConnection = open_dbus_connection(address)
        self._serials = count(10_000)
        self._program = ""
        self.said: list[str] = []

    def close(self) -> None:
        self._bus.close()

    def wait_for_program(self, process: int) -> None:
        """Until the program with this process id has put itself on the bus."""
        registry = self._at("org.a11y.atspi.Registry", _ROOT)
        bus = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
        end = monotonic() + _PATIENCE
        while monotonic() < end:
            names = [
                name
                for known in self._ask([new_method_call(registry, "GetChildren")])[0]
                for name, _ in known
            ]
            found = self._ask(
                [new_method_call(bus, "GetConnectionUnixProcessID", "s", (n,)) for n in names]
            )
            for name, answer in zip(names, found, strict=True):
                if answer and answer[0] == process:
                    self._program = name
                    return
        raise AssertionError("the program is not on the accessibility bus")

    def listen(self) -> None:
        """Hear what is announced from now on, and new names of what has one; it comes to `said`."""
        registry = DBusAddress(
            "/org/a11y/atspi/registry", "org.a11y.atspi.Registry", "org.a11y.atspi.Registry"
        )
        for event, member in (
            ("object:announcement", "Announcement"),
            ("object:property-change:accessible-name", "PropertyChange"),
        ):
            registered = new_method_call(registry, "RegisterEvent", "sass", (event, [], ""))
            rule = MatchRule(type="signal", interface="org.a11y.atspi.Event.Object", member=member)
            self._ask([registered, message_bus.AddMatch(rule)])

    def tree(self) -> list[Node]:
        """Everything the program tells of, in the order of its objects."""
        found: list[Node] = []
        level = [(_ROOT, ())]
        while level:
            below: list[tuple[str, tuple[str, ...]]] = []
            for node, children in self._read(level):
                found.append(node)
                if node.showing or not node.parents:
                    below.extend((child, (*node.parents, node.path)) for child in children)
            level = below
        order = {node.path: place for place, node in enumerate(found)}
        return sorted(found, key=lambda node: [order[path] for path in (*node.parents, node.path)])

    def controls(self) -> list[Node]:
        """What can be operated now."""
        return [node for node in self.tree() if node.control]

    def find(self, role: str, name: str, *, focused: bool = False) -> Node:
        """What has this role and a name that begins so, once it shows (or has the focus)."""
        end = monotonic() + _PATIENCE
        nodes: list[Node] = []
        while monotonic() < end:
            nodes = self.tree()
            for node in nodes:
                there = node.focused if focused else node.showing
                if there and node.role == role and node.name.startswith(name):
                    return node
        told = [f"{n.role} {n.name!r}" for n in nodes if (n.focused if focused else n.showing)]
        raise AssertionError(f"no {role} {name!r} among {told}")

    def press(self, node: Node) -> None:
        """Do what a press does, as assistive technology does it."""
        target = DBusAddress(node.path, self._program, "org.a11y.atspi.Action")
        assert self._ask([new_method_call(target, "DoAction", "i", (0,))])[0][0]

    def focus(self, node: Node) -> None:
        """Put the focus on `node`."""
        target = DBusAddress(node.path, self._program, "org.a11y.atspi.Component")
        assert self._ask([new_method_call(target, "GrabFocus")])[0][0]

    def write(self, node: Node, text: str) -> None:
        """Replace what stands in an editor."""
        target = DBusAddress(node.path, self._program, "org.a11y.atspi.EditableText")
        assert self._ask([new_method_call(target, "SetTextContents", "s", (text,))])[0][0]

    def hear(self, part: str) -> str:
        """Wait until something with `part` in it is announced."""
        end = monotonic() + _PATIENCE
        while monotonic() < end:
            heard = next((words for words in self.said if part in words), None)
            if heard is not None:
                return heard
            # A question to the program: its answer comes after what it said before.
            self._ask([new_method_call(self._at(self._program, _ROOT), "GetRoleName")])
        raise AssertionError(f"nobody said {part!r}, but {self.said}")

    def _at(self, name: str, path: str) -> DBusAddress:
        return DBusAddress(path, name, _ACCESSIBLE)

    def _read(
        self, level: Sequence[tuple[str, tuple[str, ...]]]
    ) -> Iterator[tuple[Node, list[str]]]:
        questions = []
        for path, _ in level:
            place = self._at(self._program, path)
            properties = DBusAddress(path, self._program, "org.freedesktop.DBus.Properties")
            questions += [
                new_method_call(place, "GetRoleName"),
                new_method_call(properties, "Get", "ss", (_ACCESSIBLE, "Name")),
                new_method_call(properties, "Get", "ss", (_ACCESSIBLE, "Description")),
                new_method_call(place, "GetState"),
                new_method_call(place, "GetChildren"),
            ]
        answers = self._ask(questions)
        for number, (path, parents) in enumerate(level):
            role, name, description, states, children = answers[5 * number : 5 * number + 5]
            if not (role and name and description and states and children):
                continue  # it went away meanwhile
            node = Node(
                path,
                role[0],
                name[0][1],
                description[0][1],
                frozenset(_bits(states[0])),
                parents,
            )
            yield node, [child for _, child in children[0] if child != "/org/a11y/atspi/null"]

    def _ask(self, questions: Sequence[Message]) -> list[tuple]:  # type: ignore[type-arg]
        """The answers to all of `questions`, which are sent at once; () for what is no more."""
        serials = []
        for question in questions:
            serial = next(self._serials)
            self._bus.send(question, serial=serial)
            serials.append(serial)
        answers: dict[int, tuple] = {}  # type: ignore[type-arg]
        while len(answers) < len(serials):
            message = self._bus.receive(timeout=_PATIENCE)
            fields = message.header.fields
            answered = fields.get(HeaderFields.reply_serial)
            if answered in serials:
                failed = message.header.message_type is MessageType.error
                answers[answered] = () if failed else message.body
            elif fields.get(HeaderFields.member) in ("Announcement", "PropertyChange"):
                self.said.append(str(message.body[3][1]))
        return [answers[serial] for serial in serials]


def _bits(words: Sequence[int]) -> Iterator[int]:
    for place, word in enumerate(words):
        yield from (place * 32 + bit for bit in range(32) if word >> bit & 1)


@contextmanager
def screen_reader_session() -> Iterator[dict[str, str]]:
    """The environment of a screen and buses of its own, for the program and its reader."""
    with ExitStack() as ends:
        # A socket's path may be about 100 characters long, pytest's folders are longer.
        folder = Path(
            ends.enter_context(
                tempfile.TemporaryDirectory(prefix="reader-", ignore_cleanup_errors=True)
            )
        )
        (folder / "run").mkdir(mode=0o700)
        # Only the accessibility bus is started on demand: no keyring, nothing of the desktop's.
        (folder / "services").mkdir()
        shutil.copy(_SERVICE, folder / "services")
        services = f"<servicedir>{folder / 'services'}</servicedir>"
        configuration = folder / "bus.conf"
        text = BUS_CONFIGURATION.format(socket=folder / "bus")
        configuration.write_text(text.replace("</listen>", f"</listen>\n  {services}"))
        variables = os.environ | {
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={folder / 'bus'}",
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(folder / "run"),
            "QT_QPA_PLATFORM": "xcb",
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
        }
        screen = _start(
            ends,
            ["Xvfb", "-displayfd", "1", "-screen", "0", "1366x768x24", "-nolisten", "tcp"],
            variables,
        )
        variables["DISPLAY"] = f":{int(screen)}"
        bus = ["dbus-daemon", f"--config-file={configuration}", "--nofork", "--print-address"]
        _start(ends, bus, variables)
        yield variables


def _start(ends: ExitStack, words: list[str], variables: dict[str, str]) -> str:
    """Start what says one line once it is ready; it ends with the session."""
    process = subprocess.Popen(
        words, env=variables, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    ends.callback(process.wait, timeout=20)
    ends.callback(process.terminate)
    assert process.stdout is not None
    ends.enter_context(process.stdout)
    return process.stdout.readline()
