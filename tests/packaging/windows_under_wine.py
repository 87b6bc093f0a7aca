"""The setup, tried from installing to removing under wine: `make windows-test`.

Not collected by `make test`: it needs wine, NSIS and a cross compiler, and takes minutes. wine is
not Windows; docs/limits.md says so. What is checked is read from the folders, the registry and the
files that are left, never from exit codes alone.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import app
from app.practice.sample import sample_case
from app.storage.hand_over import SUFFIX, hand_over_file
from app.storage.origin import Origin
from tests.packaging.certificates import code_signing_certificate
from tests.packaging.wine import Wine, display, new_windows
from windows.build_setup import BUILD, pack
from windows.executables import check_signatures, missing_libraries
from windows.signing import SigningCertificate

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
NAME = "CAIS Onboarding"
OLDER = "0.0.9"
UNINSTALL = rf"Software\Microsoft\Windows\CurrentVersion\Uninstall\{NAME}"
FILE_TYPE = r"Software\Classes\CAISOnboarding.CaseFile"
EXTENSION = r"Software\Classes\.caiscase"
#: What exit codes of Windows look like to us: their lowest byte.
RUNNING = 32
OLD_WINDOWS = 1150 % 256

#: Secrets go through the program's own store in one process and are looked for in another, by
#: nothing but the function of Windows.
KEEP = """
import sys
from app.storage.system_keyring import SystemKeyring
store = SystemKeyring()
sys.stdout.reconfigure(encoding="utf-8")
print(store.probe().state.name)
store.put("case/account", "päss wörd 1")
print(store.get("case/account"))
"""
LOOK = """
import sys
from win32ctypes.pywin32 import pywintypes, win32cred
try:
    found = win32cred.CredRead(TargetName="CAIS Onboarding", Type=win32cred.CRED_TYPE_GENERIC)
except pywintypes.error as refused:
    print(refused.winerror)
else:
    sys.stdout.buffer.write(found["CredentialBlob"].decode("utf-16").encode("utf-8"))
"""
TELL = """
import json
from app.storage.policy import read_policy
policy = read_policy()
route = policy.route
print(json.dumps({
    "data_folder": str(policy.data_folder),
    "practice": policy.practice,
    "proxy": [route.proxy, route.proxy_host, route.proxy_port],
    "host_keys": [f"{key.host}:{key.port}" for key in policy.host_keys],
}))
"""
FINGERPRINT = "SHA256:" + "A" * 42 + "E"
#: A case in the person's own data folder, as the window would have left it.
WORK = """
from datetime import date
from app.practice.sample import sample_case
from app.storage.history import EntryKind, HistoryEntry
from app.work.workplace import Workplace
with Workplace.open() as workplace:
    workplace.cases.save(sample_case(date(2020, 10, 8)), [HistoryEntry(EntryKind.CASE_CREATED)])
"""


@pytest.fixture(scope="session")
def payload() -> Path:
    """What is installed, checked as for a release."""
    # In a process of its own: this one may not use the network.
    subprocess.run(
        [sys.executable, "-m", "windows.build_setup", "--payload"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'packaging'}"},
        check=True,
    )
    return BUILD / "payload"


@pytest.fixture(scope="session")
def setup(payload: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("setup")
    return pack(payload, folder, app.__version__, "none", None, work=folder)


@pytest.fixture(scope="session")
def older_setup(payload: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An older version: with a module that the newer one no longer has, and without another."""
    folder = tmp_path_factory.mktemp("older")
    older = folder / "payload"
    shutil.copytree(payload, older, copy_function=os.link)
    (older / "program" / "app" / "long_gone.py").write_text("", encoding="utf-8")
    (older / "program" / "removed" / "deeper").mkdir(parents=True)
    (older / "program" / "removed" / "deeper" / "data.txt").write_text("", encoding="utf-8")
    (older / "forget_passwords.py").unlink()
    return pack(older, folder, OLDER, "none", None, work=folder)


@pytest.fixture(scope="session")
def screen() -> Iterator[str]:
    with display() as name:
        yield name


@pytest.fixture(scope="session")
def fresh(screen: str, tmp_path_factory: pytest.TempPathFactory) -> Wine:
    """A Windows that nothing was ever installed on; copied for each test."""
    return new_windows(tmp_path_factory.mktemp("windows") / "fresh", screen)


@pytest.fixture
def windows(fresh: Wine, tmp_path: Path) -> Iterator[Wine]:
    mine = fresh.copy(tmp_path / "windows")
    yield mine
    mine.end()
    shutil.rmtree(mine.prefix)


@dataclass(frozen=True)
class Installed:
    """The program on a Windows."""

    windows: Wine
    folder: Path

    def python(self, *words: str) -> str:
        """What the installed interpreter prints, run as the shortcut runs it."""
        done = self.windows.run(self.folder / "python.exe", "-B", *words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def command(self, *words: str) -> dict[str, object]:
        """What a headless command answers."""
        answer: dict[str, object] = json.loads(self.python("-m", "app", *words, "--json"))
        return answer

    def uninstall(self, *words: str) -> None:
        """Run the uninstaller to its end, which comes after its own."""
        done = self.windows.run(self.folder / "uninstall.exe", "/S", *words)
        assert done.returncode == 0
        self.windows.settle()


def install(windows: Wine, setup: Path, *words: str) -> Installed:
    done = windows.run(setup, "/S", *words)
    assert done.returncode == 0, done.stdout + done.stderr
    windows.settle()
    return Installed(windows, windows.home / "AppData" / "Local" / "Programs" / NAME)


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def registry_of(windows: Wine) -> set[str]:
    """Every key of both hives as wine keeps them, without what wine itself notes."""
    keys: set[str] = set()
    for name in ("user.reg", "system.reg"):
        text = (windows.prefix / name).read_text(encoding="utf-8", errors="replace")
        keys |= {f"{name} {line.split(']')[0]}" for line in text.splitlines() if line[:1] == "["}
    noted = ("Explorer", "Wine\\\\", "MuiCache", "Notifications")
    return {key for key in keys if not any(part in key for part in noted)}


def link_in(folder: Path) -> bytes:
    return (folder / "Microsoft/Windows/Start Menu/Programs" / f"{NAME}.lnk").read_bytes()


def data_of(windows: Wine) -> Path:
    return windows.home / "AppData" / "Local" / NAME


def test_installs_for_one_person_without_a_question(
    windows: Wine, setup: Path, payload: Path
) -> None:
    before = windows.files()
    program = install(windows, setup)
    installed = files_of(program.folder)
    uninstaller = installed.pop("uninstall.exe")
    assert uninstaller[:2] == b"MZ"
    assert installed == files_of(payload)

    uninstall = windows.registry(rf"HKCU\{UNINSTALL}")
    assert uninstall["DisplayVersion"] == app.__version__
    assert uninstall["InstallLocation"].endswith(rf"AppData\Local\Programs\{NAME}")
    assert uninstall["QuietUninstallString"].endswith(r'\uninstall.exe" /S /CurrentUser')
    assert int(uninstall["EstimatedSize"], 16) > 100_000
    assert windows.registry(rf"HKLM\{UNINSTALL}") == {}
    assert windows.registry(rf"HKCU\{EXTENSION}")["(Default)"] == "CAISOnboarding.CaseFile"
    opens = windows.registry(rf"HKCU\{FILE_TYPE}\shell\open\command")["(Default)"]
    assert opens.endswith(rf'\{NAME}\pythonw.exe" -B -m app "%1"')

    link = link_in(windows.home / "AppData" / "Roaming")
    # wine does not keep the link's other properties, such as its identity on the taskbar.
    assert all(words.encode("utf-16-le") in link for words in ("pythonw.exe", "-B -m app"))
    elsewhere = {
        name
        for name in windows.files() - before
        if not name.startswith(f"{program.folder.relative_to(windows.drive).as_posix()}/")
    }
    assert {name for name in elsewhere if (windows.drive / name).is_file()} == {
        name for name in elsewhere if name.endswith(f"Start Menu/Programs/{NAME}.lnk")
    }


def test_installs_for_everybody_into_a_chosen_folder(
    windows: Wine, setup: Path, payload: Path
) -> None:
    # Two words, since wine would put one with a blank into quotation marks, which /D= has not.
    install(windows, setup, "/AllUsers", r"/D=C:\Firm", r"Programs\CAIS")
    folder = windows.drive / "Firm Programs" / "CAIS"
    assert (folder / "pythonw.exe").read_bytes() == (payload / "pythonw.exe").read_bytes()
    uninstall = windows.registry(rf"HKLM\{UNINSTALL}")
    assert uninstall["InstallLocation"] == r"C:\Firm Programs\CAIS"
    assert uninstall["UninstallString"].endswith("/AllUsers")
    assert windows.registry(rf"HKLM\{EXTENSION}")["(Default)"] == "CAISOnboarding.CaseFile"
    assert windows.registry(rf"HKCU\{UNINSTALL}") == {}
    assert r"C:\Firm Programs\CAIS".encode("utf-16-le") in link_in(windows.drive / "ProgramData")
    assert not (windows.home / "AppData" / "Local" / "Programs" / NAME).exists()


def test_the_window_opens_and_walks_the_practice_tour(
    windows: Wine, setup: Path, tmp_path: Path
) -> None:
    program = install(windows, setup)
    tour = tmp_path / "tour"
    tour.mkdir()
    program.python(windows.path(HERE / "tour.py"), windows.path(tour))
    seen = json.loads((tour / "seen.json").read_text(encoding="utf-8"))
    assert seen == {
        "platform": "windows",
        "connected": True,
        "accounts": [120, 120],
        "stuck": "",
    }
    # The PDF is whole and says what its evidence says, as our own check on this system finds.
    checked = subprocess.run(
        [sys.executable, "-m", "app", "verify", tour / "summary.pdf"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert (tour / "summary.pdf").read_bytes().startswith(b"%PDF-")


def test_a_secret_goes_into_credential_manager_and_comes_back(windows: Wine, setup: Path) -> None:
    program = install(windows, setup)
    assert program.python("-c", KEEP).split("\n") == ["READY", "päss wörd 1", ""]
    assert program.python("-c", LOOK) == "päss wörd 1"
    program.python(str(program.folder / "forget_passwords.py"))
    assert program.python("-c", LOOK).strip() == "1168", "not found any more"
    program.python(str(program.folder / "forget_passwords.py"))


def test_commands_work_and_leave_nothing_in_the_programs_folder(windows: Wine, setup: Path) -> None:
    program = install(windows, setup)
    before = files_of(program.folder)
    program.python("-c", WORK)
    assert "Sample Securities LLC" in json.dumps(program.command("status"))
    diagnostics = program.command("diagnostics")
    assert str(diagnostics["data folder"]).endswith(rf"AppData\Local\{NAME}")
    assert str(diagnostics["password store"]).startswith("ready")
    started = windows.run(
        "cmd", "/c", windows.path(program.folder / "cais-onboarding.cmd"), "--version"
    )
    assert app.__version__ in started.stdout
    assert files_of(program.folder) == before


def test_refuses_while_the_program_runs(windows: Wine, setup: Path, payload: Path) -> None:
    program = install(windows, setup)
    before = files_of(program.folder)
    with windows.started(program.folder / "python.exe", "-B", "-m", "app", "practice") as running:
        assert running.stdout is not None
        assert "PRACTICE" in running.stdout.readline()
        assert windows.run(setup, "/S").returncode == RUNNING
        windows.run(program.folder / "uninstall.exe", "/S")
        # It goes on in a copy of itself; a second one is not refused for any other reason.
        assert windows.run(setup, "/S").returncode == RUNNING
        assert files_of(program.folder) == before
    install(windows, setup)
    assert files_of(program.folder) == before


def test_upgrades_in_place_and_keeps_the_data(
    windows: Wine, older_setup: Path, setup: Path, payload: Path
) -> None:
    program = install(windows, older_setup)
    assert windows.registry(rf"HKCU\{UNINSTALL}")["DisplayVersion"] == OLDER
    assert (program.folder / "program" / "app" / "long_gone.py").exists()
    (program.folder / "policy.toml").write_text("practice = false\n", encoding="utf-8")
    program.python("-c", WORK)
    before = files_of(data_of(windows))
    install(windows, setup)
    installed = files_of(program.folder)
    del installed["uninstall.exe"]
    assert installed.pop("policy.toml") == b"practice = false\n"
    assert installed == files_of(payload)
    assert not (program.folder / "program" / "removed").exists()
    assert windows.registry(rf"HKCU\{UNINSTALL}")["DisplayVersion"] == app.__version__
    assert files_of(data_of(windows)) == before
    assert "Sample Securities LLC" in json.dumps(program.command("status"))


def test_a_new_folder_leaves_nothing_in_the_former(
    windows: Wine, older_setup: Path, setup: Path
) -> None:
    former = install(windows, older_setup).folder
    install(windows, setup, r"/D=C:\Elsewhere")
    assert not former.exists()
    assert (windows.drive / "Elsewhere" / "pythonw.exe").exists()
    assert windows.registry(rf"HKCU\{UNINSTALL}")["InstallLocation"] == r"C:\Elsewhere"


@pytest.mark.parametrize("mode", ["/CurrentUser", "/AllUsers"])
def test_uninstalling_leaves_nothing_but_the_data(windows: Wine, setup: Path, mode: str) -> None:
    before, keys = windows.files(), registry_of(windows)
    install(windows, setup, mode)
    key = ("HKLM" if mode == "/AllUsers" else "HKCU") + rf"\{UNINSTALL}"
    where = windows.registry(key)["InstallLocation"]
    program = Installed(windows, windows.drive / where.removeprefix("C:\\").replace("\\", "/"))
    program.python("-c", WORK)
    data = files_of(data_of(windows))
    assert data
    program.uninstall(mode)
    left = {name for name in windows.files() - before if (windows.drive / name).is_file()}
    # The uninstaller runs in a copy of itself, which Windows removes at its next start.
    left = {name for name in left if "/Temp/~nsu" not in name}
    ours = data_of(windows).relative_to(windows.drive).as_posix()
    assert {name for name in left if not name.startswith(f"{ours}/")} == set()
    assert files_of(data_of(windows)) == data
    assert not program.folder.exists()
    # Folders of the registry that every Windows has, and a fresh wine has not yet for a person.
    parents = (r"[Software\\Classes", r"\\CurrentVersion\\Uninstall")
    assert {key for key in registry_of(windows) - keys if not key.endswith(parents)} == set()


def test_uninstalling_leaves_alone_what_is_not_ours(windows: Wine, setup: Path) -> None:
    program = install(windows, setup)
    (program.folder / "policy.toml").write_text("", encoding="utf-8")
    program.uninstall()
    assert files_of(program.folder) == {"policy.toml": b""}


def test_the_person_is_asked_about_the_data(
    windows: Wine, setup: Path, press: Callable[[str, str], None]
) -> None:
    program = install(windows, setup)
    program.python("-c", WORK)
    program.python("-c", KEEP)
    windows.start(program.folder / "uninstall.exe")
    press(f"{NAME} Uninstall", "alt+d")
    press(f"{NAME} Uninstall", "Return")
    windows.settle()
    assert not data_of(windows).exists()
    assert not program.folder.exists()
    again = install(windows, setup)
    assert again.python("-c", LOOK).strip() == "1168", "the password is gone as well"


@pytest.fixture
def press(screen: str) -> Callable[[str, str], None]:
    """Presses a key in the window with this title, as soon as it is there."""

    def key(title: str, keys: str) -> None:
        find = ["xdotool", "search", "--sync", "--onlyvisible", "--name", title]
        subprocess.run(
            [*find, "windowactivate", "--sync", "key", keys],
            env=os.environ | {"DISPLAY": screen},
            check=True,
            timeout=60,
        )

    return key


def test_a_double_clicked_case_file_is_shown_by_the_program(windows: Wine, setup: Path) -> None:
    # For everybody: wine looks for file types of the computer alone, not for a person's.
    install(windows, setup, "/AllUsers")
    case = sample_case(date(2020, 10, 8))
    content = hand_over_file(case, (), written_at=datetime.now(UTC), origin=Origin.here())
    file = windows.drive / f"Case of a colleague{SUFFIX}"
    file.write_bytes(content)
    windows.start("start", "/unix", file)
    # Two windows have the program's name then: its own, and the one that says what the file holds.
    look = ["xdotool", "sleep", "0.5", "search", "--onlyvisible", "--name", NAME]
    for _ in range(200):
        seen = subprocess.run(
            look, env=windows.environment(), capture_output=True, text=True, check=False
        ).stdout.split()
        if len(seen) > 1:
            break
    assert len(seen) == 2
    assert (data_of(windows) / "cases.db").exists()


def test_policy_keys_are_obeyed(windows: Wine, setup: Path) -> None:
    program = install(windows, setup)
    machine, person = (rf"{hive}\Software\Policies\{NAME}" for hive in ("HKLM", "HKCU"))
    windows.set_registry(machine, "DataFolder", r"C:\Firm Data\%USERNAME%", "REG_EXPAND_SZ")
    windows.set_registry(machine, "Practice", "0", "REG_DWORD")
    windows.set_registry(person, "Practice", "1", "REG_DWORD")
    keys = rf"test one.example 22 {FINGERPRINT}\0production two.example 2222 {FINGERPRINT}"
    windows.set_registry(person, "HostKeys", keys, "REG_MULTI_SZ")
    (program.folder / "policy.toml").write_text(
        'practice = true\nproxy_kind = "http"\nproxy_host = "proxy.example"\nproxy_port = 8080\n',
        encoding="utf-8",
    )
    told = json.loads(program.python("-c", TELL))
    assert told == {
        "data_folder": rf"C:\Firm Data\{windows.home.name}",
        "practice": False,
        "proxy": ["http", "proxy.example", 8080],
        "host_keys": ["one.example:22", "two.example:2222"],
    }
    assert program.command("diagnostics")["data folder"] == told["data_folder"]


def test_an_older_windows_is_refused(windows: Wine, setup: Path) -> None:
    windows.set_registry(r"HKCU\Software\Wine", "Version", "win7")
    before = windows.files()
    assert windows.run(setup, "/S").returncode == OLD_WINDOWS
    assert windows.files() == before


def test_what_is_not_as_its_maker_signed_it_is_found(payload: Path, tmp_path: Path) -> None:
    unsigned = payload / "Lib" / "site-packages" / "bcrypt" / "_bcrypt.pyd"
    copied = tmp_path / "payload"
    copied.mkdir()
    for name in ("python.exe", "pythonw.exe", "vcruntime140.dll"):
        shutil.copy(payload / name, copied)
    assert check_signatures(copied, tmp_path) == []
    changed = bytearray((copied / "pythonw.exe").read_bytes())
    changed[0x1000] ^= 1
    (copied / "pythonw.exe").write_bytes(changed)
    shutil.copy(unsigned, copied / "select.pyd")
    shutil.copy(copied / "python.exe", copied / "vcruntime140.dll")
    assert check_signatures(copied, tmp_path) == [
        "pythonw.exe: no signature of Python Software Foundation holds (found: none)",
        "select.pyd: no signature of Python Software Foundation holds (found: none)",
        (
            "vcruntime140.dll: no signature of Microsoft Corporation holds "
            "(found: Python Software Foundation)"
        ),
    ]


def test_a_library_that_is_missing_is_found(payload: Path, tmp_path: Path) -> None:
    shutil.copy(payload / "_sqlite3.pyd", tmp_path)
    assert missing_libraries(tmp_path) == {
        "_sqlite3.pyd": ["python311.dll", "sqlite3.dll", "VCRUNTIME140.dll"]
    }
    assert missing_libraries(payload) == {}


def test_setup_and_uninstaller_are_signed_when_a_certificate_is_given(
    windows: Wine, payload: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = code_signing_certificate(tmp_path)
    monkeypatch.setenv("CAIS_SIGNING_CERTIFICATE", str(tmp_path / "signing.p12"))
    monkeypatch.setenv("CAIS_SIGNING_PASSWORD_FILE", str(tmp_path / "password.txt"))
    certificate = SigningCertificate.from_environment()
    assert certificate is not None
    setup = pack(payload, tmp_path, app.__version__, "none", certificate, work=tmp_path)
    program = install(windows, setup)

    def holds(file: Path) -> bool:
        verify = ["osslsigncode", "verify", "-CAfile", authority, "-TSA-CAfile", authority]
        done = subprocess.run([*verify, "-in", file], capture_output=True, text=True, check=False)
        return done.returncode == 0 and "CN=CAIS Onboarding test" in done.stdout

    assert holds(setup)
    assert holds(program.folder / "uninstall.exe")
    with setup.open("r+b") as file:
        file.seek(50_000_000)
        file.write(b"changed")
    assert not holds(setup)
    program.uninstall()
    assert not program.folder.exists()
