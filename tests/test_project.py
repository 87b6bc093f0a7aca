"""The project keeps its own rules: what no tool checks is checked here."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

import app

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "app").rglob("*.py"))
PAGES = [path for path in SOURCES if path.parent.name == "pages"]
TESTS = sorted((ROOT / "tests").rglob("*.py"))
LOCKS = ["requirements.lock", "requirements-dev.lock"]
#: Installed by one `make` target each, and by nothing else.
LOCKS_OF_TARGETS = ["requirements-fuzz.lock", "tests/pdfa/requirements.txt"]

LONGEST_FUNCTION = 45
LONGEST_PAGE = 250
LONGEST_MODULE = 350


def _relative(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def _requirements(name: str) -> list[Requirement]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith(("#", "-"))]


def _locked(name: str) -> dict[str, Version]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return {
        _normal(project): Version(version)
        for project, version in re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", text, re.MULTILINE)
    }


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def _code_lines(node: ast.FunctionDef | ast.AsyncFunctionDef, lines: list[str]) -> int:
    """Lines of `node` that hold code: no docstring, no comment, nothing empty."""
    numbers = set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    if ast.get_docstring(node) is not None:
        docstring = node.body[0]
        numbers -= set(range(docstring.lineno, (docstring.end_lineno or docstring.lineno) + 1))
    return sum(
        1
        for number in numbers
        if lines[number - 1].strip() and not lines[number - 1].lstrip().startswith("#")
    )


def _python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def _imported(path: Path) -> set[str]:
    """The top-level names that `path` imports, anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


def _providers(sources: list[Path]) -> set[str]:
    """The installed projects that `sources` import from."""
    installed = importlib.metadata.packages_distributions()
    return {
        _normal(project)
        for source in sources
        for name in _imported(source)
        for project in installed.get(name, [])
    }


def _required(*files: str) -> set[str]:
    return {_normal(requirement.name) for name in files for requirement in _requirements(name)}


@pytest.mark.parametrize("source", _relative(SOURCES))
def test_functions_are_short(source: str) -> None:
    lines = (ROOT / source).read_text(encoding="utf-8").splitlines()
    lengths = {node.name: _code_lines(node, lines) for node in _functions(ROOT / source)}
    assert {name: n for name, n in lengths.items() if n > LONGEST_FUNCTION} == {}


@pytest.mark.parametrize("source", _relative(SOURCES))
def test_modules_are_short(source: str) -> None:
    limit = LONGEST_PAGE if ROOT / source in PAGES else LONGEST_MODULE
    lines = (ROOT / source).read_text(encoding="utf-8").count("\n")
    assert lines <= limit


@pytest.mark.parametrize("source", _relative(SOURCES))
def test_nothing_pauses_or_nests_the_event_loop(source: str) -> None:
    # The window may never be held up, and a thread never be shot: work goes through
    # app.background, and ends by being cancelled.
    tree = ast.parse((ROOT / source).read_text(encoding="utf-8"))
    banned = {"processEvents", "terminate"} if "QThread" in ast.dump(tree) else {"processEvents"}
    found = [
        f"{node.func.attr} in line {node.lineno}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in banned
    ]
    assert found == []


@pytest.mark.parametrize("source", _relative(TESTS))
def test_no_test_is_left_out(source: str) -> None:
    tree = ast.parse((ROOT / source).read_text(encoding="utf-8"))
    left_out = {"skip", "skipif", "xfail", "importorskip"}
    found = [
        f"{node.attr} in line {node.lineno}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in left_out
        and ast.unparse(node.value) in {"pytest", "pytest.mark"}
    ]
    assert found == []


@pytest.mark.parametrize("lock", [*LOCKS, "requirements-packaging.lock", *LOCKS_OF_TARGETS])
def test_lock_names_no_index_and_hashes_everything(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert (
        re.findall(r"https?:|file:|--(?:extra-)?index-url|--find-links|--trusted-host", text) == []
    )
    entries = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    assert entries
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_serves_every_system(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    # What keyring needs on Windows only, and on Linux only.
    assert re.search(r"^pywin32-ctypes==\S+ ; sys_platform == 'win32'", text, re.MULTILINE)
    assert re.search(r"^secretstorage==\S+ ; sys_platform == 'linux'", text, re.MULTILINE)


@pytest.mark.parametrize(
    ("wanted", "lock"),
    [
        ("requirements.in", "requirements.lock"),
        ("requirements.in", "requirements-dev.lock"),
        ("requirements-dev.in", "requirements-dev.lock"),
        ("requirements-fuzz.in", "requirements-fuzz.lock"),
        ("requirements-packaging.in", "requirements-packaging.lock"),
    ],
)
def test_lock_fulfils_what_is_required(wanted: str, lock: str) -> None:
    locked = _locked(lock)
    unfulfilled = [
        str(requirement)
        for requirement in _requirements(wanted)
        if (version := locked.get(_normal(requirement.name))) is None
        or not requirement.specifier.contains(version)
    ]
    assert unfulfilled == []


def test_all_locks_agree() -> None:
    program, development = _locked("requirements.lock"), _locked("requirements-dev.lock")
    assert {name: development.get(name) for name in program} == program
    packaging = _locked("requirements-packaging.lock")
    shared = program.keys() & packaging.keys()
    assert {name: packaging[name] for name in shared} == {name: program[name] for name in shared}


def test_every_dependency_is_accounted_for() -> None:
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    described = [_normal(name) for name in re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE)]
    required = _required("requirements.in", "requirements-dev.in", "requirements-packaging.in")
    for lock in LOCKS_OF_TARGETS:
        required |= set(_locked(lock))
    assert sorted(described) == sorted(required)


def test_every_dependency_is_used() -> None:
    # Read by zoneinfo where the system has no time zones; read by pydantic's EmailStr.
    used = _providers(SOURCES) | {"tzdata", "email-validator"}
    assert _required("requirements.in") - used == set()


@pytest.mark.parametrize(
    ("sources", "files"),
    [
        (SOURCES, ["requirements.in"]),
        (TESTS, ["requirements.in", "requirements-dev.in", "requirements-fuzz.in"]),
    ],
    ids=["app", "tests"],
)
def test_what_is_imported_is_required(sources: list[Path], files: list[str]) -> None:
    # Not left to chance because something else brings it along. shiboken6 is PySide6's own half.
    assert _providers(sources) - _required(*files) - {"shiboken6", "cais-onboarding"} == set()


def test_wheel_carries_everything(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "app", tree / "app", ignore=ignored)
    for name in ("LICENSE", "README.md", "pyproject.toml", "requirements.in"):
        shutil.copy(ROOT / name, tree)
    options = ["--quiet", "--no-index", "--no-deps", "--no-build-isolation"]
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", *options, "--wheel-dir", tmp_path, tree],
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name.startswith(f"cais_onboarding-{app.__version__}-")
    carried = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("app/")}
    assert carried == {
        path.relative_to(tree).as_posix() for path in (tree / "app").rglob("*") if path.is_file()
    }


def test_version_is_told_once() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "version" not in project["project"]
    assert project["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "app.__version__"}
    assert importlib.metadata.version("cais-onboarding") == app.__version__


def test_command_leads_to_a_function() -> None:
    (command,) = importlib.metadata.entry_points(group="console_scripts", name="cais-onboarding")
    assert callable(command.load())


@pytest.mark.parametrize(
    "package", ["onboarding", "submissions", "sftp", "storage", "report", "practice"]
)
def test_what_is_not_on_screen_loads_no_qt(package: str) -> None:
    modules = [
        ".".join(source.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for source in SOURCES
        if source.relative_to(ROOT).parts[1] == package
    ]
    code = (
        "import importlib, sys\n"
        f"for name in {modules!r}: importlib.import_module(name)\n"
        "print(*[name for name in sys.modules if name.startswith(('PySide6', 'shiboken6'))])"
    )
    done = _python(code)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "", "")


def test_emitting_keeps_its_references() -> None:
    # PySide6 6.12.0 on Python 3.11 drops a reference to True at every emit and aborts the
    # process after some hundred: whoever raises the pinned version learns it here.
    # In a process of its own, so that the abort is this test's failure alone.
    code = """
import sys
from PySide6.QtCore import QObject, Signal

class Sender(QObject):
    told = Signal(bool)

heard = []
sender = Sender()
sender.told.connect(lambda told: heard.append(int(told)))
before = sys.getrefcount(True)
for _ in range(1_000):
    sender.told.emit(True)
print(sum(heard), abs(sys.getrefcount(True) - before) < 50)
"""
    done = _python(code)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "1000 True", "")
