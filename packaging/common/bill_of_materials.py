"""What a release consists of: checksums, and a bill of materials (SBOM) from the lock."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from common.frozen import NAME, ROOT

_CHUNK = 1 << 20


def write_bill(output: Path, version: str) -> Path:
    """Write the libraries of the lock, with their hashes, as CycloneDX JSON; returns its path.

    Raises:
        CalledProcessError: cyclonedx-py did not take the lock.
    """
    path = output / f"{NAME}-{version}.cdx.json"
    # A lock says what is in, not what needs what: cyclonedx-py warns of that each time.
    command = [sys.executable, "-W", "ignore::UserWarning", "-m", "cyclonedx_py", "requirements"]
    command += ["--output-reproducible"]
    command += ["--output-format", "JSON", "--output-file", str(path)]
    command += ["--pyproject", str(ROOT / "pyproject.toml"), "--mc-type", "application"]
    subprocess.run([*command, str(ROOT / "requirements.lock")], check=True)
    bill = json.loads(path.read_text(encoding="utf-8"))
    bill["metadata"]["component"]["version"] = version
    path.write_text(json.dumps(bill, indent=1) + "\n", encoding="utf-8")
    return path


def write_checksums(files: Iterable[Path], path: Path) -> Path:
    """Write `path`, the SHA-256 of each file as `sha256sum --check` reads it; returns it."""
    lines = [f"{_sha256(file)}  {file.name}\n" for file in sorted(files)]
    path.write_text("".join(lines), encoding="utf-8", newline="\n")
    return path


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as content:
        while chunk := content.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
