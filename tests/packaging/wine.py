"""A Windows to try the setup on: wine, with a folder and a display of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

#: Functions of Windows 10 that wine 8 lacks, built from stand_ins/ for these tests alone.
STAND_INS = ("bcryptprimitives", "icuuc")
_SOURCES = Path(__file__).with_name("stand_ins")
#: How long one program may run, in seconds, on a busy machine.
LIMIT = 400


@dataclass(frozen=True)
class Wine:
    """One Windows: its drive C is a folder.

    Args:
        prefix: where it lies.
        display: the X display its windows are on.
    """

    prefix: Path
    display: str

    @property
    def drive(self) -> Path:
        """Drive C."""
        return self.prefix / "drive_c"

    @property
    def home(self) -> Path:
        """The folder of the one person there."""
        (home,) = (path for path in (self.drive / "users").iterdir() if path.name != "Public")
        return home

    def environment(self) -> dict[str, str]:
        """What programs are started with."""
        return os.environ | {
            "WINEPREFIX": str(self.prefix),
            "WINEDEBUG": "-all",
            # No .NET and no Internet Explorer: nothing of ours asks for them.
            "WINEDLLOVERRIDES": "mscoree=;mshtml=",
            "DISPLAY": self.display,
        }

    def run(
        self, *words: str | Path, folder: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a Windows program to its end."""
        # Through pipes, all three: Python for Windows does not start under wine without.
        with subprocess.Popen(
            ["wine", *words],
            cwd=folder,
            env=self.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as program:
            assert program.stdin is not None
            program.stdin.close()
            status = program.wait(LIMIT)
            # Not up to their ends: what it has started and left running keeps them open.
            texts = [_what_came(stream) for stream in (program.stdout, program.stderr)]
        return subprocess.CompletedProcess(words, status, *texts)

    def start(self, *words: str | Path) -> None:
        """Start a Windows program that nobody listens to; `settle` waits for its end."""
        pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        with subprocess.Popen(["wine", *words], env=self.environment(), **pipes) as program:
            program.wait(LIMIT)

    @contextmanager
    def started(self, *words: str | Path) -> Iterator[subprocess.Popen[str]]:
        """A Windows program that runs meanwhile; it is ended at the end."""
        with subprocess.Popen(
            ["wine", *words],
            env=self.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        ) as program:
            try:
                yield program
            finally:
                program.kill()
                self.end()

    def settle(self) -> None:
        """Wait until no program runs there any more; an uninstaller goes on by itself."""
        subprocess.run(["wineserver", "-w"], env=self.environment(), check=True, timeout=LIMIT)

    def end(self) -> None:
        """End whatever runs there."""
        subprocess.run(["wineserver", "-k"], env=self.environment(), check=False, timeout=LIMIT)
        self.settle()

    def registry(self, key: str) -> dict[str, str]:
        """The values of a key of the registry, as text; empty where there is no such key."""
        asked = self.run("reg", "query", key)
        values = {}
        for line in asked.stdout.splitlines():
            if line.startswith("    "):
                name, _, value = line.strip().split("    ", 2)
                values[name] = value
        return values

    def set_registry(self, key: str, name: str, value: str, kind: str = "REG_SZ") -> None:
        """Set a value in the registry."""
        done = self.run("reg", "add", key, "/v", name, "/t", kind, "/d", value, "/f")
        assert done.returncode == 0, done.stdout

    def files(self) -> set[str]:
        """Every file and folder on drive C but what Windows itself keeps."""
        kept = ("windows/", "users/Public/", "ProgramData/Microsoft/Windows/WER")
        found = (path.relative_to(self.drive).as_posix() for path in self.drive.rglob("*"))
        return {name for name in found if not name.startswith(kept)}

    def path(self, on_linux: Path) -> str:
        """How Windows calls a file of this computer."""
        return f"Z:{on_linux.resolve()}".replace("/", "\\")

    def copy(self, into: Path) -> Wine:
        """Another Windows like this one, which nothing runs on."""
        shutil.copytree(self.prefix, into, symlinks=True)
        return Wine(into, self.display)


def _what_came(pipe: IO[bytes] | None) -> str:
    assert pipe is not None
    os.set_blocking(pipe.fileno(), False)
    return (pipe.read() or b"").decode("utf-8").replace("\r\n", "\n")


def new_windows(prefix: Path, display: str) -> Wine:
    """A freshly installed Windows 10."""
    made = Wine(prefix, display)
    subprocess.run(["wineboot", "--init"], env=made.environment(), check=True, timeout=LIMIT)
    made.settle()
    made.set_registry(r"HKCU\Software\Wine", "Version", "win10")
    for name in STAND_INS:
        built = made.drive / "windows" / "system32" / f"{name}.dll"
        source = _SOURCES / f"{name}.c"
        compiler = ["x86_64-w64-mingw32-gcc", "-shared", "-O1", "-Wall", "-Wextra", "-Werror"]
        subprocess.run([*compiler, "-o", built, source, "-ladvapi32"], check=True)
    made.settle()
    return made


@contextmanager
def display() -> Iterator[str]:
    """A screen that nobody sees, with a window manager; its name as X calls it."""
    reading, writing = os.pipe()
    screen = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1366x900x24", "-nolisten", "tcp"]
    with subprocess.Popen(
        screen, pass_fds=(writing,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        os.close(writing)
        try:
            with os.fdopen(reading) as told:
                name = f":{told.readline().strip()}"
            with subprocess.Popen(["openbox"], env=os.environ | {"DISPLAY": name}) as manager:
                yield name
                manager.terminate()
        finally:
            server.terminate()
