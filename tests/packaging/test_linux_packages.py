"""What of the packages for Linux can be checked without building one; the rest: linux_in_clean_debian.py."""

from __future__ import annotations

import configparser
import gzip
import re
import subprocess
import tarfile
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

from app import __version__
from app.cli import parser
from app.storage.hand_over import SUFFIX
from common.bill_of_materials import write_checksums
from common.frozen import NAME
from linux import deb
from linux.manual import manual_page

ROOT = Path(__file__).parents[2]
MOMENT = datetime(2026, 11, 22, 12, tzinfo=UTC)
CASE_TYPE = "application/vnd.cais-onboarding.case"
#: What is asked of `make` and its answer, in every workflow.
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


@pytest.fixture
def frozen(tmp_path: Path) -> Path:
    """As PyInstaller leaves it, but empty."""
    folder = tmp_path / "frozen" / NAME
    (folder / "_internal").mkdir(parents=True)
    (folder / NAME).write_bytes(b"\x7fELF")
    (folder / NAME).chmod(0o755)
    (folder / "_internal" / "libfirst.so.1").write_bytes(b"\x7fELF")
    (folder / "_internal" / "libfirst.so").symlink_to("libfirst.so.1")
    return folder


def laid_out(tmp_path: Path, frozen: Path) -> Path:
    tree = tmp_path / "tree"
    deb.lay_out(tree, frozen, __version__, MOMENT)
    return tree


def test_the_package_has_what_a_desktop_looks_for(tmp_path: Path, frozen: Path) -> None:
    tree = laid_out(tmp_path, frozen)
    package = deb.pack_deb(tree, tmp_path, "1.2.3", MOMENT)
    assert package.name.startswith(f"{NAME}_1.2.3_")
    listing = subprocess.run(
        ["dpkg-deb", "--contents", str(package)], check=True, capture_output=True, text=True
    ).stdout
    found = {line.split()[5]: line.split()[:2] for line in listing.splitlines()}
    assert found[f"./usr/lib/{NAME}/{NAME}"] == ["-rwxr-xr-x", "root/root"]
    assert f"./usr/bin/{NAME}" in found
    assert {
        f"./usr/share/applications/{NAME}.desktop",
        f"./usr/share/mime/packages/{NAME}.xml",
        f"./usr/share/metainfo/{NAME}.metainfo.xml",
        f"./usr/share/man/man1/{NAME}.1.gz",
        f"./usr/share/icons/hicolor/scalable/apps/{NAME}.svg",
        f"./usr/share/icons/hicolor/256x256/apps/{NAME}.png",
        f"./usr/share/doc/{NAME}/copyright",
    } <= found.keys()
    assert not any("w" in mode[5:] for mode, _ in found.values() if mode[0] != "l")


def test_the_same_source_gives_the_same_package(tmp_path: Path, frozen: Path) -> None:
    made = []
    for _ in range(2):
        tree = laid_out(tmp_path, frozen)
        made.append(deb.pack_deb(tree, tmp_path, __version__, MOMENT).read_bytes())
        made.append(deb.pack_archive(frozen, tmp_path, __version__, MOMENT).read_bytes())
    assert made[:2] == made[2:]


def test_the_archive_unpacks_to_one_folder_with_its_licence(tmp_path: Path, frozen: Path) -> None:
    with tarfile.open(deb.pack_archive(frozen, tmp_path, "1.2.3", MOMENT)) as archive:
        names = archive.getnames()
        folder = names[0]
        assert all(name == folder or name.startswith(f"{folder}/") for name in names)
        assert {f"{folder}/{NAME}", f"{folder}/LICENSE"} <= set(names)
        assert archive.getmember(f"{folder}/{NAME}").mode == 0o755
        assert archive.getmember(f"{folder}/_internal/libfirst.so").issym()


def test_desktop_entry_and_file_type_belong_together() -> None:
    entry = configparser.ConfigParser(interpolation=None)
    entry.optionxform = str  # type: ignore[assignment, method-assign]
    entry.read(deb.HERE / f"{NAME}.desktop", encoding="utf-8")
    desktop = entry["Desktop Entry"]
    assert desktop["Exec"] == f"{NAME} %f"
    assert desktop["MimeType"] == f"{CASE_TYPE};"
    described = ElementTree.parse(deb.HERE / f"{NAME}.mime.xml").getroot()  # noqa: S314 - ours
    name = {"mime": "http://www.freedesktop.org/standards/shared-mime-info"}
    (kind,) = described.findall("mime:mime-type", name)
    assert kind.get("type") == CASE_TYPE
    assert [glob.get("pattern") for glob in kind.findall("mime:glob", name)] == [f"*{SUFFIX}"]


def test_software_centres_are_told_this_version() -> None:
    told = ElementTree.fromstring(deb.metainfo("1.2.3", MOMENT.date()))  # noqa: S314 - ours
    (release,) = told.findall("releases/release")
    assert release.attrib == {"version": "1.2.3", "date": "2026-11-22"}
    assert told.findtext("launchable") == f"{NAME}.desktop"
    assert told.findtext("provides/mediatype") == CASE_TYPE


def test_the_manual_page_knows_every_command_and_option() -> None:
    page = manual_page(__version__, MOMENT.date()).replace("\\-", "-")
    for command, words in re.findall(r"^    ([a-z-]+) +(.*)$", parser().format_help(), re.M):
        assert f"cais-onboarding {command} " in page, command
        assert words.split("  ")[-1].split(" (")[0] in " ".join(page.split()), words
    assert ".B --password-stdin" in page


def test_checksums_are_as_sha256sum_reads_them(tmp_path: Path) -> None:
    files = [tmp_path / "b.deb", tmp_path / "a.tar.gz"]
    for file in files:
        file.write_bytes(file.name.encode())
    sums = write_checksums(files, tmp_path / "SHA256SUMS")
    told = subprocess.run(
        ["sha256sum", "--check", sums.name],
        check=True,
        capture_output=True,
        cwd=tmp_path,
        text=True,
    )
    assert told.stdout == "a.tar.gz: OK\nb.deb: OK\n"


def test_changes_come_with_the_package(tmp_path: Path, frozen: Path) -> None:
    tree = laid_out(tmp_path, frozen)
    changes = gzip.decompress((tree / f"usr/share/doc/{NAME}/changelog.gz").read_bytes())
    assert changes == (ROOT / "CHANGELOG.md").read_bytes()


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_run_what_is_run_at_a_desk(workflow: Path) -> None:
    text = workflow.read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    asked = set(re.findall(r"run: make ([a-z-]+)", text))
    assert asked
    assert asked <= targets
    for script in re.findall(r"(?:bash|packaging|tests)[\\/][\w.\\/-]+\.py", text):
        assert (ROOT / script.replace("\\", "/")).exists(), script


def test_there_is_a_workflow_for_each_system() -> None:
    text = (ROOT / ".github/workflows/packages.yml").read_text("utf-8")
    jobs = set(re.findall(r"^  ([a-z-]+):$", text.partition("\njobs:\n")[2], re.M))
    assert jobs == {"linux", "windows-build", "windows-try", "macos", "publish"}
    (waits,) = re.findall(r"needs: \[(.*)\]", text)
    assert set(waits.split(", ")) == {"linux", "windows-try", "macos"}
