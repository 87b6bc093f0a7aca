"""What the setup installs: interpreter, libraries and program in one folder, ready to run."""

from __future__ import annotations

import compileall
import shutil
import zipfile
from pathlib import Path
from py_compile import PycInvalidationMode

from common.program_icon import ico
from windows.embedded_python import unpack_python
from windows.libraries import install_libraries, trim

ROOT = Path(__file__).parents[2]
LIBRARIES = "Lib/site-packages"
PROGRAM = "program"
#: Where the interpreter looks for modules, and nowhere else: neither the environment nor the
#: person's own packages can put something in between.
_MODULES = f"python311.zip\n.\n{LIBRARIES}\n{PROGRAM}\n".replace("/", "\\")
#: The commands, for a terminal.
_COMMAND = '@"%~dp0python.exe" -B -m app %*\r\n'


def lay_out(payload: Path, cache: Path, *, official_only: bool) -> str:
    """Fill the new folder `payload`; returns where the interpreter came from, in words.

    Args:
        payload: what was there before is removed.
        cache: what was downloaded is kept here and used again.
        official_only: take CPython from python.org or not at all.
    """
    shutil.rmtree(payload, ignore_errors=True)
    payload.mkdir(parents=True)
    cache.mkdir(parents=True, exist_ok=True)
    origin = unpack_python(payload, cache, official_only=official_only)
    (payload / "python311._pth").write_text(_MODULES, encoding="ascii", newline="\r\n")
    libraries = payload / LIBRARIES
    install_libraries(ROOT / "requirements.lock", libraries)
    trim(libraries)
    shutil.copytree(
        ROOT / "app", payload / PROGRAM / "app", ignore=shutil.ignore_patterns("__pycache__")
    )
    (payload / "LICENSE.txt").rename(payload / "LICENSE-Python.txt")
    shutil.copy(ROOT / "LICENSE", payload / "LICENSE.txt")
    shutil.copy(Path(__file__).with_name("forget_passwords.py"), payload)
    (payload / "cais-onboarding.cmd").write_bytes(_COMMAND.encode("ascii"))
    (payload / "cais-onboarding.ico").write_bytes(ico())
    _compile(payload)
    return origin


def _compile(payload: Path) -> None:
    """Compile every module beforehand, so that the first start is as fast as the second.

    The compiled files are never checked against their sources nor written again: nothing comes
    into the folder after the setup, and the uninstaller knows every file.
    """
    for folder in (payload / LIBRARIES, payload / PROGRAM):
        compiled = compileall.compile_dir(
            folder,
            quiet=1,
            force=True,
            stripdir=str(payload),
            invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
        )
        if not compiled:
            raise RuntimeError(f"Some modules in {folder} do not compile.")
    with zipfile.ZipFile(payload / "python311.zip") as library:
        (name, *_) = (name for name in library.namelist() if name.endswith(".pyc"))
        theirs = library.read(name)[:4]
    ours = next((payload / PROGRAM).rglob("*.pyc")).read_bytes()[:4]
    if ours != theirs:
        raise RuntimeError("Build with the same Python that is installed (3.11): the code differs.")


def removal_script(payload: Path) -> str:
    """What the uninstaller removes, as NSIS reads it: each file and folder by its name.

    Never a whole folder, which may hold what somebody put beside the program.
    """
    lines = ["!macro REMOVE_PAYLOAD"]
    files = sorted(path for path in payload.rglob("*") if path.is_file())
    folders = sorted((path for path in payload.rglob("*") if path.is_dir()), reverse=True)
    lines += [f'  Delete "{_installed(path, payload)}"' for path in files]
    lines += [f'  RMDir "{_installed(path, payload)}"' for path in folders]
    return "\n".join([*lines, "!macroend", ""])


def _installed(path: Path, payload: Path) -> str:
    name = path.relative_to(payload).as_posix().replace("/", "\\").replace("$", "$$")
    return f"$INSTDIR\\{name}"
