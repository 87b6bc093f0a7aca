"""Whole sessions in a network of their own: `python -m tests.window.without_network NAME FOLDER`.

Run by test_without_network in a network namespace, where no interface is up at first. Two
witnesses look on: Python's audit events see every address that is asked for, and the kernel's
counters of this network see what any library does past Python. Prints what they saw as JSON.
"""

from __future__ import annotations

import contextlib
import fcntl
import io
import json
import socket
import struct
import sys
from pathlib import Path

from PySide6.QtWidgets import QPushButton

from app import cli
from app.onboarding.access import SftpServer
from app.onboarding.case import Case
from app.storage.credentials import account_name
from app.storage.history import EntryKind, HistoryEntry
from app.window.main_window import MainWindow
from app.window.take_over_dialog import TakeOverDialog
from app.work.workplace import Workplace
from tests.rig.cases import self_reporting_case
from tests.rig.openssh import OpenSSHServer, openssh_server
from tests.walk.steps import Person, Walk
from tests.walk.test_walk import CRD, feedback
from tests.window.sessions import in_the_window, write_to

_WATCHED = {"socket.connect", "socket.getaddrinfo", "socket.sendto", "socket.gethostbyname"}
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 1


class Witness:
    """What was asked of the network since it was made."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.before = counters()
        sys.addaudithook(self._note)

    def report(self) -> dict[str, object]:
        """What was asked for by address, and what the kernel counted."""
        after = counters()
        return {
            "asked": sorted(set(self.asked)),
            "times": len([event for event, _ in self.asked if event == "socket.connect"]),
            "counted": {name: after[name] - self.before[name] for name in after},
        }

    def _note(self, event: str, arguments: tuple[object, ...]) -> None:
        if event not in _WATCHED:
            return
        where = arguments[0] if event.startswith("socket.get") else arguments[1]
        if isinstance(where, tuple):  # others are sockets within this computer
            self.asked.append((event, f"{where[0]}:{where[1]}"))
        elif event.startswith("socket.get"):
            self.asked.append((event, str(where)))


def counters() -> dict[str, int]:
    """The kernel's counters of connections made, datagrams sent, and packets without a way."""
    found: dict[str, int] = {}
    lines = Path("/proc/self/net/snmp").read_text().splitlines()
    for names, values in zip(lines[::2], lines[1::2], strict=True):
        kind, *columns = names.split()
        found |= {f"{kind}{c}": int(v) for c, v in zip(columns, values.split()[1:], strict=True)}
    for line in Path("/proc/self/net/snmp6").read_text().splitlines():
        name, value = line.split()
        found[name] = int(value)
    wanted = ("Tcp:ActiveOpens", "Udp:OutDatagrams", "Ip:OutNoRoutes")
    wanted6 = ("Udp6OutDatagrams", "Ip6OutNoRoutes")
    return {name: found[name] for name in (*wanted, *wanted6)}


def interfaces_up() -> list[str]:
    """The interfaces of this network that are up."""
    return [name for _, name in socket.if_nameindex() if _flags(name) & _IFF_UP]


def raise_loopback() -> None:
    """Let this computer talk to itself, and to nobody else."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        request = struct.pack("16sh14x", b"lo", _flags("lo") | _IFF_UP)
        fcntl.ioctl(asking, _SIOCSIFFLAGS, request)


def _flags(name: str) -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        told = fcntl.ioctl(asking, _SIOCGIFFLAGS, struct.pack("16sh14x", name.encode(), 0))
    flags: int = struct.unpack("16sh14x", told)[1]
    return flags


def cut_off(folder: Path) -> dict[str, object]:
    """No interface is up: a case is entered, counted, printed, handed over and verified."""
    files = feedback(folder / "feedback")
    walk = Walk(
        firm="Harbor Securities LLC",
        organisation="Industry Member",
        crd=CRD,
        accounts=120,
        connectivity="CAIS Reporter Portal",
        feedback=files,
    )
    summary = folder / "summary.pdf"
    handed = folder / "harbor.caiscase"
    seen: dict[str, object] = {"up": interfaces_up()}
    witness = Witness()

    def steps(person: Person) -> None:
        person.begin()
        person.register()
        person.go_to("testing")
        person.drop_feedback()
        person.go_to("certify")
        person.hand.click(person.hand.find("save:summary"))
        write_to(person, summary)
        person.saved()
        hand_over(person, handed)
        assert person.window.frame is not None
        case = person.window.frame.open_case.case
        seen["firm"] = case.title
        seen["accepted"] = [each.accounts_accepted for each in case.testing.submissions]

    status = [in_the_window(folder / "data", walk, steps)]
    for words in (["status"], ["verify"], ["verify", str(handed)]):
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            status.append(cli.main([*words, "--data-dir", str(folder / "data")]))
        assert "Harbor" in printed.getvalue()
    return seen | {
        "status": status,
        "pdf": summary.read_bytes()[:5].decode(),
        **witness.report(),
    }


def hand_over(person: Person, path: Path) -> None:
    """By the window."""
    person.window.case_files.hand_over()
    person.hand.click(person.hand.find("write-hand-over"))
    write_to(person, path)


def cut_off_colleague(folder: Path) -> dict[str, object]:
    """No interface is up: what `cut_off` handed over is taken over into another data folder."""
    seen: dict[str, object] = {"up": interfaces_up()}
    witness = Witness()

    def steps(person: Person) -> None:
        person.hand.find("start")
        person.window.case_files.take(str(folder / "harbor.caiscase"))
        dialog = person.hand.dialog(TakeOverDialog)
        take = person.hand.find("take-over-now", QPushButton)
        person.hand.wait(take.isEnabled, "the file read")
        seen["preview"] = dialog.preview.toPlainText().splitlines()[0]
        person.hand.click(take)
        person.hand.find("page:overview")

    walk = Walk(firm="", organisation="", crd=CRD, accounts=0)
    return seen | {"status": in_the_window(folder / "hers", walk, steps), **witness.report()}


def entered_server_alone(folder: Path) -> dict[str, object]:
    """A case with a server is opened, looked at, tested and closed: who is asked for, and when."""
    raise_loopback()
    with openssh_server(submitter_ids=(int(CRD),)) as server:
        return _connecting(folder, server)


def _connecting(folder: Path, server: OpenSSHServer) -> dict[str, object]:
    case = _case_with(server)
    with Workplace.open(folder / "data") as workplace:
        workplace.cases.save(case, [HistoryEntry(EntryKind.CASE_CREATED)])
    walk = Walk(firm="", organisation="", crd=CRD, accounts=0)
    witness = Witness()
    seen: dict[str, object] = {"server": f"127.0.0.1:{server.port}"}

    def steps(person: Person) -> None:
        person.hand.find("page:overview")
        for key in ("register", "sftp_accounts", "certify", "testing"):
            person.go_to(key)
        seen["before"] = witness.report()
        keep_password(person.window, case, server.password)
        person.connect()
        person.saved()

    status = in_the_window(folder / "data", walk, steps)
    return seen | {"status": status, **witness.report()}


def _case_with(server: OpenSSHServer) -> Case:
    case = self_reporting_case("tested")
    accounts = tuple(
        account.model_copy(update={"username": server.username}) for account in case.sftp.accounts
    )
    entered = SftpServer(host="127.0.0.1", port=server.port)
    sftp = case.sftp.model_copy(update={"accounts": accounts, "test_server": entered})
    return case.model_copy(update={"sftp": sftp})


def keep_password(window: MainWindow, case: Case, password: str) -> None:
    """For this session."""
    for account in case.sftp.accounts:
        name = account_name(case.id, account.id)
        window.workplace.credentials.save(name, password, this_session_only=True)


SCENARIOS = {
    scenario.__name__: scenario for scenario in (cut_off, cut_off_colleague, entered_server_alone)
}

if __name__ == "__main__":
    print(json.dumps(SCENARIOS[sys.argv[1]](Path(sys.argv[2]))), flush=True)
