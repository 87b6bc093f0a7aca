"""What a screen reader is told, read back over AT-SPI from the running program."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.onboarding.access import SftpServer
from app.onboarding.case import Case
from app.onboarding.guide import the_guide
from app.storage.history import EntryKind, HistoryEntry
from app.work.workplace import Workplace
from tests.accessibility.at_spi import CONTROLS, Node, Reader, screen_reader_session
from tests.rig.cases import reports_for_others_case, self_reporting_case

ROOT = Path(__file__).parent.parent.parent
#: What is chosen inside a control, which tells of it.
_INSIDE = frozenset({"list item", "cell", "table cell"})
#: What is scrolled by the keyboard, for which Qt knows no role, and text that can be selected.
_READ = frozenset({"filler", "label"})
_ROLES = CONTROLS | _READ


@pytest.fixture(scope="module")
def session() -> Iterator[dict[str, str]]:
    with screen_reader_session() as variables:
        yield variables


def nobody_answers() -> Case:
    """A case whose SFTP server is a port of this computer at which nobody listens."""
    case = self_reporting_case("tested")
    server = SftpServer(host="127.0.0.1", port=1)
    return case.model_copy(update={"sftp": case.sftp.model_copy(update={"test_server": server})})


@pytest.fixture(scope="module")
def reader(session: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """A reader of the program with a case in it; starting one takes longer than reading it."""
    with running(session, tmp_path_factory.mktemp("self"), nobody_answers(), focused=True) as found:
        yield found


@contextmanager
def running(
    session: dict[str, str], folder: Path, case: Case, *, focused: bool
) -> Iterator[Reader]:
    """The program on a case, and its reader; one window at a time can have the focus."""
    with Workplace.open(folder / "data") as workplace:
        workplace.cases.save(case, [HistoryEntry(EntryKind.CASE_CREATED)])
    words = [sys.executable, "-m", "app", "--data-dir", str(folder / "data")]
    program = subprocess.Popen(words, env=session, cwd=ROOT)
    found = Reader(session["DBUS_SESSION_BUS_ADDRESS"])
    try:
        found.wait_for_program(program.pid)
        found.find("radio button", "Overview")
        if focused:
            # There is no window manager to give it the focus; a second start does.
            subprocess.run(words, env=session, cwd=ROOT, check=True, timeout=60)
        found.listen()
        yield found
    finally:
        found.close()
        program.terminate()
        program.wait(timeout=20)


def go_to(reader: Reader, entry: str) -> None:
    """Go to a page as assistive technology does: press its entry, and see that it came."""
    reader.press(reader.find("radio button", entry))
    title = entry.partition(", ")[2].partition(":")[0]
    if title:
        reader.find("label", title)


def faults(controls: list[Node]) -> list[str]:
    """What is wrong with how `controls` are told of."""
    controls = [node for node in controls if node.role not in _INSIDE]
    found = [f"no name: {node.role} {node.path}" for node in controls if not node.name]
    found += [f"a {node.role}? {node.name}" for node in controls if node.role not in _ROLES]
    found += [f"a mnemonic is read out: {node.name}" for node in controls if "&" in node.name]
    named = Counter((node.role, node.name) for node in controls if node.name)
    found += [f"{count} times {what}" for what, count in named.items() if count > 1]
    return found


def pages() -> list[str]:
    return ["Overview", *(f"Step {step.number}, {step.title}" for step in the_guide().steps)]


def test_every_control_on_every_page_has_a_name_of_its_own(reader: Reader) -> None:
    found = []
    for page in pages():
        go_to(reader, page)
        controls = reader.controls()
        assert len(controls) > 12, page
        found += [f"{page}: {fault}" for fault in faults(controls)]
    assert not found, "\n".join(found)


def test_pictures_are_told_in_words(reader: Reader) -> None:
    for page, name, part in (
        ("Overview", "Timeline", "Tue 8 Sep 2020: Registration submitted"),
        (
            "Step 6, Testing",
            "Accounts toward the certification level",
            "110 accounts submitted, 100 needed",
        ),
        ("Step 6, Testing", "Error rate", "3.63 %"),
        ("Step 6, Testing", "Accounts by processing date", "Tue 6 Oct 2020"),
    ):
        go_to(reader, page)
        assert part in reader.find("graphic", name).description


def test_served_firms_have_names_as_well(session: dict[str, str], tmp_path: Path) -> None:
    case = reports_for_others_case("tested")
    with running(session, tmp_path, case, focused=False) as reader:
        go_to(reader, "Step 5, Relationships")
        found = faults(reader.controls())
    assert not found, "\n".join(found)


def test_fields_tell_what_is_wrong_and_saving_is_announced(reader: Reader) -> None:
    go_to(reader, "Step 1, Register")
    reader.said.clear()
    crd = reader.find("text", "CRD number")
    reader.focus(crd)
    reader.write(crd, "12-34")
    reader.focus(reader.find("text", "Street"))
    assert "CRD number" in reader.hear("digits")
    wrong = reader.find("text", "CRD number")
    assert "digits" in wrong.description
    reader.hear("Saved ")
    reader.hear("Step 1, Register: Needs attention")


def test_what_next_misses_is_announced_and_focused(reader: Reader) -> None:
    go_to(reader, "Step 1, Register")
    reader.write(reader.find("text", "CRD number"), "")
    reader.said.clear()
    reader.press(reader.find("push button", "Next: Administrators"))
    reader.hear("1 thing is still missing.")
    reader.find("text", "CRD number", focused=True)


def test_a_job_tells_how_it_ended(reader: Reader) -> None:
    go_to(reader, "Step 4, SFTP accounts")
    reader.said.clear()
    reader.press(reader.find("push button", "Test the connection"))
    reader.hear("Find the host: done.")
    reader.hear("Reach the port: failed.")
