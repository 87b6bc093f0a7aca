"""The .deb in a Debian 12 with nothing else in it: `make deb`, then `make deb-test`, as root.

Installed, started without and with a display, upgraded over itself with the data kept, removed.
The tests lean on one another in this order: together they are the life of one installation.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app import __version__
from app.storage.history import EntryKind, HistoryEntry
from app.work.workplace import Workplace
from common.frozen import NAME
from smoke import Smoke, try_out
from tests.rig.cases import self_reporting_case

PROJECT = Path(__file__).parents[2]
#: What a desktop has anyway, and a display to look at.
DESKTOP = ("desktop-file-utils", "man-db", "shared-mime-info", "xauth", "xvfb")
PERSON = "jamie"
DATA = Path("home", PERSON, ".local/share/CAIS Onboarding")


@dataclass(frozen=True)
class Tree:
    """A Debian in a folder."""

    root: Path

    def entered(self, *words: str, user: str = "root") -> list[str]:
        """The command that runs `words` in the tree; what the host has in /tmp is there too."""
        steps = (
            'mount -t proc proc "$0/proc" && mount --bind /tmp "$0/tmp" '
            '&& mount --bind /dev "$0/dev" && user="$1" && shift '
            '&& exec chroot --userspec="$user" "$0" "$@"'
        )
        own = ["unshare", "--mount", "--propagation", "private", "sh", "-c", steps]
        return [*own, str(self.root), user, *words]

    def run(self, *words: str, user: str = "root") -> str:
        home = "/root" if user == "root" else f"/home/{user}"
        environment = {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": home,
            "DEBIAN_FRONTEND": "noninteractive",
            "LC_ALL": "C.UTF-8",
        }
        ended = subprocess.run(
            self.entered(*words, user=user),
            capture_output=True,
            text=True,
            env=environment,
            check=False,
        )
        assert ended.returncode == 0, f"{words}\n{ended.stdout}{ended.stderr}"
        return ended.stdout

    def has(self, path: str) -> bool:
        return os.path.lexists(self.root / path.lstrip("/"))


@pytest.fixture(scope="module")
def package() -> Path:
    found = sorted((PROJECT / "dist").glob(f"{NAME}_{__version__}_*.deb"))
    assert found, "make deb comes first"
    return found[-1]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tree]:
    assert os.geteuid() == 0, "a tree of its own is made and entered by root alone"
    root = tmp_path_factory.mktemp("debian") / "tree"
    subprocess.run(
        ["mmdebstrap", "--quiet", "--variant=minbase", "bookworm", str(root)], check=True
    )
    made = Tree(root)
    made.run("apt-get", "update")
    made.run("useradd", "--create-home", PERSON)
    yield made
    shutil.rmtree(root)


def seen_by_the_person(tree: Tree) -> list[object]:
    told = json.loads(tree.run(NAME, "status", "--json", "--on", "2020-10-08", user=PERSON))
    return [told, tree.run(NAME, "verify", user=PERSON)]


@pytest.fixture(scope="module")
def before(tree: Tree) -> dict[str, object]:
    """What one test leaves for the next."""
    return {}


def test_it_installs_with_what_it_depends_on_alone(tree: Tree, package: Path) -> None:
    shutil.copy(package, tree.root / "root")
    installed = f"/root/{package.name}"
    tree.run("apt-get", "install", "--yes", "--no-install-recommends", installed)
    assert tree.run("dpkg-query", "-W", "-f", "${Version}", NAME) == __version__
    assert tree.run(NAME, "--version", user=PERSON) == f"{NAME} {__version__}\n"


def test_every_library_is_found(tree: Tree) -> None:
    inside = f"/usr/lib/{NAME}/_internal"
    script = (
        f"find /usr/lib/{NAME} -type f '(' -name '*.so*' -o -name {NAME} ')' "
        # Where there is no CUPS, there is nothing to print with.
        "-not -path '*/printsupport/*' -exec ldd {} + 2>/dev/null | grep 'not found' | sort -u"
    )
    # As the program's own loader sets it before it starts.
    search = f"LD_LIBRARY_PATH={inside}:{inside}/PySide6/Qt/lib"
    assert tree.run("sh", "-c", f"export {search}; {script} || true") == ""


def test_the_practice_tour_is_walked_without_a_display(tree: Tree) -> None:
    try_out(tree.entered(NAME))


def test_the_desktop_knows_it(tree: Tree) -> None:
    tree.run("apt-get", "install", "--yes", "--no-install-recommends", *DESKTOP)
    tree.run("desktop-file-validate", f"/usr/share/applications/{NAME}.desktop")
    types = (tree.root / "usr/share/mime/globs2").read_text(encoding="utf-8")
    assert "application/vnd.cais-onboarding.case:*.caiscase" in types
    handlers = (tree.root / "usr/share/applications/mimeinfo.cache").read_text(encoding="utf-8")
    assert f"application/vnd.cais-onboarding.case={NAME}.desktop;" in handlers
    assert tree.run("sh", "-c", f"man --warnings {NAME} 2>&1 >/dev/null") == ""
    assert tree.run("man", "--where", NAME).strip() == f"/usr/share/man/man1/{NAME}.1.gz"


def test_the_window_opens_on_a_real_display(tree: Tree, tmp_path: Path) -> None:
    shown = ("xvfb-run", "--auto-servernum", "env", "QT_QPA_PLATFORM=xcb", NAME)
    with Workplace.open(tmp_path / "data") as workplace:
        workplace.cases.save(self_reporting_case("tested"), [HistoryEntry(EntryKind.CASE_CREATED)])
    # xvfb-run hands no signal on: what is told to end is the program itself.
    Smoke(tree.entered(*shown), tmp_path).window(ends=f"/usr/lib/{NAME}/{NAME}")


def test_an_upgrade_keeps_the_data(
    tree: Tree, package: Path, before: dict[str, object], tmp_path: Path
) -> None:
    with Workplace.open(tree.root / DATA) as workplace:
        workplace.cases.save(self_reporting_case("tested"), [HistoryEntry(EntryKind.CASE_CREATED)])
    tree.run("chown", "--recursive", PERSON, f"/home/{PERSON}")
    before["seen"] = seen_by_the_person(tree)
    newer = _of_version(package, f"{__version__}+1", tree.root / "root")
    tree.run("apt-get", "install", "--yes", f"/root/{newer}")
    assert tree.run("dpkg-query", "-W", "-f", "${Version}", NAME) == f"{__version__}+1"
    assert seen_by_the_person(tree) == before["seen"]


def test_removing_it_leaves_the_data_alone(tree: Tree, before: dict[str, object]) -> None:
    tree.run("apt-get", "purge", "--yes", NAME)
    for gone in (
        f"/usr/bin/{NAME}",
        f"/usr/lib/{NAME}",
        f"/usr/share/applications/{NAME}.desktop",
        f"/usr/share/man/man1/{NAME}.1.gz",
        f"/usr/share/doc/{NAME}",
    ):
        assert not tree.has(gone), gone
    types = (tree.root / "usr/share/mime/globs2").read_text(encoding="utf-8")
    assert "caiscase" not in types
    with Workplace.open(tree.root / DATA) as workplace:
        (case,) = workplace.cases.list_cases()
    assert case.firm_name in json.dumps(before["seen"])


def _of_version(package: Path, version: str, folder: Path) -> str:
    """The same package under another version, in `folder`; returns its name."""
    unpacked = folder / "unpacked"
    subprocess.run(["dpkg-deb", "--raw-extract", str(package), str(unpacked)], check=True)
    control = unpacked / "DEBIAN/control"
    text = control.read_text(encoding="utf-8")
    control.write_text(
        text.replace(f"Version: {__version__}\n", f"Version: {version}\n"), encoding="utf-8"
    )
    name = f"{NAME}_{version}.deb"
    build = ["dpkg-deb", "--root-owner-group", "-Znone", "--build", str(unpacked)]
    subprocess.run([*build, str(folder / name)], check=True, stdout=subprocess.DEVNULL)
    shutil.rmtree(unpacked)
    return name
