"""The locked libraries as wheels for Windows, without what the program never loads."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

#: Qt, file by file: everything else of PySide6 is left out (QML, designer, translations, tools,
#: software OpenGL: about half of it). Qt's own dependencies are followed by `executables.py`.
KEPT_OF_PYSIDE = frozenset(
    f"PySide6/{name}"
    for name in (
        "__init__.py",
        "_config.py",
        "_git_pyside_version.py",
        "pyside6.abi3.dll",
        "Qt6Core.dll",
        "Qt6Gui.dll",
        "Qt6Network.dll",
        "Qt6PrintSupport.dll",
        "Qt6Svg.dll",
        "Qt6Widgets.dll",
        "QtCore.pyd",
        "QtGui.pyd",
        "QtNetwork.pyd",
        "QtPrintSupport.pyd",
        "QtSvg.pyd",
        "QtWidgets.pyd",
        "plugins/iconengines/qsvgicon.dll",
        "plugins/imageformats/qico.dll",
        "plugins/imageformats/qsvg.dll",
        "plugins/platforms/qoffscreen.dll",
        "plugins/platforms/qwindows.dll",
        "plugins/styles/qmodernwindowsstyle.dll",
    )
)
#: Microsoft's C++ runtime, which the wheels bring along beside what they need it for.
_CPP_RUNTIME = re.compile(r"(PySide6|shiboken6)/(concrt|msvcp|vcruntime)140\w*\.dll")
#: Projects that others name as dependencies and that the program never imports, with the reason.
LEFT_OUT = {
    "pip": "named by sqlite-utils for its own plugin commands",
}
#: What holidays are called in other languages; only their days are asked for.
_OTHER_LANGUAGES = "holidays/locale/"
#: Python's interface files, headers and the like: read by tools, never by the interpreter.
_FOR_TOOLS = re.compile(r"\.(pyi|pyx|pxd|h|hpp|c|lib|prl|typesystem\w*|xml|qmltypes)$|/py\.typed$")


def install_libraries(lock: Path, into: Path) -> None:
    """Put the wheels that `lock` names for Windows into `into`, held against their hashes.

    The lock's own conditions decide what Windows needs (pywin32-ctypes, not secretstorage); only
    wheels are taken, so that nothing is built or run.

    Raises:
        subprocess.CalledProcessError: a wheel cannot be had or has another hash.
    """
    uv = Path(sys.executable).with_name("uv")
    install = [uv, "pip", "install", "--quiet", "--python", sys.executable, "--link-mode", "copy"]
    for_windows = ["--python-platform", "x86_64-pc-windows-msvc", "--python-version", "3.11"]
    exactly = ["--require-hashes", "--only-binary", ":all:", "--requirements", lock]
    subprocess.run([*install, *for_windows, *exactly, "--target", into], check=True)
    # Starters of commands, made for the system that this runs on.
    shutil.rmtree(into / "bin", ignore_errors=True)
    (into / ".lock").unlink(missing_ok=True)


def trim(libraries: Path) -> None:
    """Remove from the folder `libraries` what the program never loads."""
    for project in LEFT_OUT:
        shutil.rmtree(libraries / project)
        for described in libraries.glob(f"{project}-*.dist-info"):
            shutil.rmtree(described)
    for path in sorted(libraries.rglob("*")):
        if path.is_file() and not is_kept(path.relative_to(libraries).as_posix()):
            path.unlink()
    for folder in sorted(libraries.rglob("*"), reverse=True):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def is_kept(name: str) -> bool:
    """Whether the file `name` (below the folder of libraries, with slashes) is installed."""
    if name.startswith("PySide6/"):
        return name in KEPT_OF_PYSIDE or _CPP_RUNTIME.fullmatch(name) is not None
    if name.startswith("shiboken6/vc"):
        # The wheel brings Microsoft's whole runtime; parallel loops are in nothing of ours.
        return _CPP_RUNTIME.fullmatch(name) is not None
    if name.startswith(_OTHER_LANGUAGES):
        return False
    if ".dist-info/" in name:
        return True
    return not (_FOR_TOOLS.search(name) or "/tests/" in name or "__pycache__" in name)
