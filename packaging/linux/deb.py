"""The Debian package, and the archive for other Linux systems, from the frozen program."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import tarfile
from datetime import UTC, date, datetime
from pathlib import Path

from common.frozen import NAME, ROOT
from common.program_icon import png
from linux.manual import manual_page

HERE = Path(__file__).parent
#: Pictures beside the scalable one, for desktops that want them, in pixels.
ICON_SIZES = (48, 128, 256)
#: What the frozen program takes from the system: whatever belongs to the display and its driver.
DEPENDS = (
    "libc6 (>= 2.36)",
    "libegl1",
    "libgl1",
    "libwayland-client0",
    "libwayland-cursor0",
    "libwayland-egl1",
    "libxcb1",
    "xkb-data",
    "fontconfig-config",
    "fonts-dejavu-core | fonts-liberation | fonts-noto-core",
)
#: Without these it works, and passwords are asked for each time; worksheets print as PDF only.
RECOMMENDS = ("gnome-keyring | kwalletmanager | keepassxc", "libcups2", "xdg-desktop-portal")


def lay_out(tree: Path, frozen: Path, version: str, moment: datetime) -> None:
    """Put everything that is installed into the new folder `tree`, as it lies below `/`.

    Args:
        tree: what was there before is removed.
        frozen: the folder of the frozen program.
        version: of the program.
        moment: of the release.
    """
    shutil.rmtree(tree, ignore_errors=True)
    shutil.copytree(frozen, tree / "usr/lib" / NAME, symlinks=True)
    command = tree / "usr/bin" / NAME
    command.parent.mkdir(parents=True)
    command.symlink_to(f"../lib/{NAME}/{NAME}")
    share = tree / "usr/share"
    day = moment.date()
    _write(share / "applications" / f"{NAME}.desktop", (HERE / f"{NAME}.desktop").read_bytes())
    _write(share / "mime/packages" / f"{NAME}.xml", (HERE / f"{NAME}.mime.xml").read_bytes())
    _write(share / "metainfo" / f"{NAME}.metainfo.xml", metainfo(version, day).encode())
    page = manual_page(version, day).encode()
    _write(share / "man/man1" / f"{NAME}.1.gz", gzip.compress(page, 9, mtime=0))
    icons = share / "icons/hicolor"
    svg = ROOT / "app/resources/icons/app.svg"
    _write(icons / "scalable/apps" / f"{NAME}.svg", svg.read_bytes())
    for size in ICON_SIZES:
        _write(icons / f"{size}x{size}/apps" / f"{NAME}.png", png(size))
    papers = share / "doc" / NAME
    _write(papers / "copyright", (HERE / "copyright").read_bytes())
    changes = (ROOT / "CHANGELOG.md").read_bytes()
    _write(papers / "changelog.gz", gzip.compress(changes, 9, mtime=0))


def metainfo(version: str, day: date) -> str:
    """What software centres show (AppStream)."""
    text = (HERE / f"{NAME}.metainfo.xml.in").read_text(encoding="utf-8")
    return text.replace("@VERSION@", version).replace("@DATE@", day.isoformat())


def validate(tree: Path) -> None:
    """Hold what software centres show against AppStream's rules.

    Raises:
        CalledProcessError: it breaks one; which, is on standard output.
    """
    told = tree / "usr/share/metainfo" / f"{NAME}.metainfo.xml"
    subprocess.run(["appstreamcli", "validate", "--no-net", str(told)], check=True)


def pack_deb(tree: Path, output: Path, version: str, moment: datetime) -> Path:
    """Pack what `lay_out` made into a package in the folder `output`; returns its path.

    Raises:
        CalledProcessError: dpkg refused.
    """
    asked = ["dpkg", "--print-architecture"]
    architecture = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()
    control = tree / "DEBIAN" / "control"
    _write(control, _control(tree, version, architecture).encode())
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            runs = path.is_dir() or path == tree / "usr/lib" / NAME / NAME
            path.chmod(0o755 if runs else 0o644)
    target = output / f"{NAME}_{version}_{architecture}.deb"
    # zstd as Ubuntu and Debian 12 take it; xz would take ten times as long for a sixth less.
    command = ["dpkg-deb", "--root-owner-group", "-Zzstd", "-z9", "--build", str(tree)]
    stamp = {"SOURCE_DATE_EPOCH": str(int(moment.timestamp()))}
    subprocess.run(
        [*command, str(target)], check=True, env=os.environ | stamp, stdout=subprocess.DEVNULL
    )
    return target


def pack_archive(frozen: Path, output: Path, version: str, moment: datetime) -> Path:
    """Pack the frozen program for systems without dpkg; returns the archive's path."""
    name = f"{NAME}-{version}-linux-{os.uname().machine}"
    target = output / f"{name}.tar.gz"
    papers = {"LICENSE": ROOT / "LICENSE", f"{NAME}.desktop": HERE / f"{NAME}.desktop"}

    def anybodys(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = "root"
        entry.mtime = int(moment.timestamp())
        return entry

    with (
        target.open("wb") as file,
        gzip.GzipFile(fileobj=file, mode="wb", filename="", compresslevel=6, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w") as archive,
    ):
        archive.add(frozen, name, filter=anybodys)
        for paper, path in papers.items():
            archive.add(path, f"{name}/{paper}", filter=anybodys)
    return target


def moment_of_release() -> datetime:
    """When the source was last changed, so that the same source gives the same package."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given is None:
        asked = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
        given = subprocess.run(asked, check=True, capture_output=True, text=True).stdout
    return datetime.fromtimestamp(int(given), UTC)


def _control(tree: Path, version: str, architecture: str) -> str:
    size = sum(path.lstat().st_size for path in tree.rglob("*") if not path.is_dir())
    return f"""\
Package: {NAME}
Version: {version}
Architecture: {architecture}
Maintainer: The CAIS Onboarding authors <nobody@localhost>
Installed-Size: {size // 1024}
Depends: {", ".join(DEPENDS)}
Recommends: {", ".join(RECOMMENDS)}
Section: misc
Priority: optional
Description: take a broker-dealer through onboarding to FINRA CAT CAIS
 For the administrator of a broker-dealer that reports to the Consolidated
 Audit Trail: takes the firm through onboarding to CAIS step by step, tests the
 SFTP connection, counts submissions, and writes the certification summary.
"""


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
