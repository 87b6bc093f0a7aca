"""What of the setup for Windows can be checked on any system; the rest: windows_under_wine.py."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import holidays
import pytest

from app.onboarding.business_calendar import computed_holidays
from app.storage.hand_over import SUFFIX
from app.storage.paths import PROGRAM_NAME
from app.storage.system_keyring import SERVICE
from windows import embedded_python, executables, libraries, payload
from windows.build_setup import build
from windows.signing import NotSignedError, SigningCertificate

ROOT = Path(__file__).parent.parent.parent
SCRIPT = (ROOT / "packaging" / "windows" / "setup.nsi").read_text(encoding="utf-8")
VARIABLES = ("CERTIFICATE", "PASSWORD_FILE", "TIMESTAMP")


@pytest.fixture(autouse=True)
def no_certificate(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(f"CAIS_SIGNING_{name}", raising=False)


def imported_qt_modules() -> set[str]:
    names: set[str] = set()
    for source in (ROOT / "app").rglob("*.py"):
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("PySide6."):
                names.add((node.module or "").split(".")[1])
    return names


def test_every_qt_module_that_is_imported_is_installed() -> None:
    names = imported_qt_modules()
    assert {"QtCore", "QtWidgets", "QtNetwork", "QtSvg"} <= names
    for name in names | {"QtPrintSupport"}:
        library = name.replace("Qt", "Qt6", 1)
        assert libraries.is_kept(f"PySide6/{name}.pyd"), name
        assert libraries.is_kept(f"PySide6/{library}.dll"), name


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("PySide6/plugins/platforms/qwindows.dll", True),
        ("PySide6/msvcp140_2.dll", True),
        ("PySide6/Qt6Quick.dll", False),
        ("PySide6/opengl32sw.dll", False),
        ("PySide6/designer.exe", False),
        ("PySide6/translations/qt_de.qm", False),
        ("PySide6/QtCore.pyi", False),
        ("shiboken6/Shiboken.pyd", True),
        ("shiboken6/vcruntime140.dll", True),
        ("shiboken6/vcomp140.dll", False),
        ("shiboken6/shiboken6.abi3.lib", False),
        ("typst/_typst.pyd", True),
        ("typst/__init__.pyi", False),
        ("pydantic/py.typed", False),
        ("pyside6_essentials-6.11.3.dist-info/METADATA", True),
        ("holidays/countries/united_states.py", True),
        ("holidays/locale/en_US/LC_MESSAGES/US.mo", False),
        ("tabulate/tests/test_input.py", False),
        ("tzdata/zoneinfo/America/New_York", True),
    ],
)
def test_what_is_never_loaded_is_left_out(name: str, kept: bool) -> None:
    assert libraries.is_kept(name) is kept


def test_calendars_stay_whole_without_other_languages(tmp_path: Path) -> None:
    (installed,) = Path(holidays.__file__ or "").parents[:1]
    for source in installed.rglob("*.py"):
        name = f"holidays/{source.relative_to(installed).as_posix()}"
        if libraries.is_kept(name):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, tmp_path / name)
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import holidays; assert holidays.__file__.startswith(sys.argv[1])\n"
        "from app.onboarding.business_calendar import computed_holidays\n"
        "print(*sorted(day for year in range(2020, 2041) for day in computed_holidays(year)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=True
    )
    whole = sorted(day for year in range(2020, 2041) for day in computed_holidays(year))
    assert done.stdout.split() == [str(day) for day in whole]


def test_what_is_left_out_is_imported_nowhere() -> None:
    imports = re.compile(rf"^\s*(?:import|from) ({'|'.join(libraries.LEFT_OUT)})\b", re.MULTILINE)
    for source in (ROOT / "app").rglob("*.py"):
        assert not imports.search(source.read_text(encoding="utf-8")), source


@pytest.mark.parametrize(
    ("name", "signer"),
    [
        ("python.exe", executables.PYTHON),
        ("_ssl.pyd", executables.PYTHON),
        ("libcrypto-3.dll", executables.PYTHON),
        ("vcruntime140_1.dll", executables.MICROSOFT),
        ("Lib/site-packages/PySide6/Qt6Core.dll", executables.QT),
        ("Lib/site-packages/shiboken6/vcruntime140.dll", executables.QT),
        ("Lib/site-packages/typst/_typst.pyd", None),
    ],
)
def test_every_executable_has_one_who_ought_to_have_signed_it(
    name: str, signer: str | None
) -> None:
    assert executables.signer_of(name) == signer


def test_an_executable_of_nobody_is_not_passed_over() -> None:
    for name in ("somewhere/else.dll", "Lib/site-packages/new/_new.pyd"):
        with pytest.raises(LookupError, match=name):
            executables.signer_of(name)


def test_the_uninstaller_names_every_file_and_no_whole_folder(tmp_path: Path) -> None:
    (tmp_path / "program" / "deep").mkdir(parents=True)
    (tmp_path / "python.exe").touch()
    (tmp_path / "program" / "deep" / "a$b.py").touch()
    lines = [line.strip() for line in payload.removal_script(tmp_path).splitlines()]
    assert lines == [
        "!macro REMOVE_PAYLOAD",
        'Delete "$INSTDIR\\program\\deep\\a$$b.py"',
        'Delete "$INSTDIR\\python.exe"',
        'RMDir "$INSTDIR\\program\\deep"',
        'RMDir "$INSTDIR\\program"',
        "!macroend",
    ]
    # The one folder that is removed whole is the data folder, once the person has said so.
    assert re.findall(r"RMDir /r (.+)", SCRIPT) == ['"$LOCALAPPDATA\\${NAME}"']


def test_the_setup_and_the_program_call_things_alike() -> None:
    assert f'!define NAME "{PROGRAM_NAME}"' in SCRIPT
    assert f'!define EXTENSION "{SUFFIX}"' in SCRIPT
    forget = (ROOT / "packaging" / "windows" / "forget_passwords.py").read_text(encoding="utf-8")
    assert f'_SERVICE = "{SERVICE}"' in forget


def test_a_release_without_a_certificate_fails_before_anything_is_built(tmp_path: Path) -> None:
    with pytest.raises(NotSignedError, match="CAIS_SIGNING_CERTIFICATE names no certificate"):
        build(tmp_path, release=True)
    assert list(tmp_path.iterdir()) == []


def test_a_release_is_signed_with_the_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES[:2]:
        (tmp_path / name).touch()
        monkeypatch.setenv(f"CAIS_SIGNING_{name}", str(tmp_path / name))
    assert SigningCertificate.from_environment() is not None
    with pytest.raises(NotSignedError, match="CAIS_SIGNING_TIMESTAMP names no authority"):
        SigningCertificate.for_release()
    monkeypatch.setenv("CAIS_SIGNING_TIMESTAMP", "http://time.invalid")
    assert SigningCertificate.for_release().timestamp == "http://time.invalid"


@pytest.mark.parametrize("missing", VARIABLES[:2])
def test_a_certificate_that_is_not_there_is_told(
    missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in VARIABLES[:2]:
        path = tmp_path / name
        if name != missing:
            path.touch()
        monkeypatch.setenv(f"CAIS_SIGNING_{name}", str(path))
    with pytest.raises(NotSignedError, match=f"CAIS_SIGNING_{missing} names no file"):
        SigningCertificate.from_environment()


def test_another_interpreter_than_the_pinned_one_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / f"python-{embedded_python.VERSION}-embed-amd64.zip"
    archive.write_bytes(b"another")
    (tmp_path / "into").mkdir()
    with pytest.raises(embedded_python.NotFetchedError, match="SHA-256"):
        embedded_python.unpack_python(tmp_path / "into", tmp_path, official_only=True)
    assert not archive.exists(), "so that it is not taken the next time"
    assert list((tmp_path / "into").iterdir()) == []
