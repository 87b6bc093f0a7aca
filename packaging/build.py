"""Builds what is installed, for the system it stands on: `python packaging/build.py [--output FOLDER]`.

Linux: a .deb and a .tar.gz. macOS: a .dmg. The Windows setup is built on Linux: windows/build_setup.py.
What was built is tried before it is packed (smoke.py); beside it come its checksums and a bill of
materials. Run it by the interpreter whose libraries are the locks' and nothing else: `make deb`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from app import __version__
from common.bill_of_materials import write_bill, write_checksums
from common.frozen import NAME, ROOT, freeze
from smoke import try_out

OUTPUT = ROOT / "dist"


def build(output: Path, version: str = __version__, *, release: bool = False) -> list[Path]:
    """Freeze, try, and pack this version into the folder `output`; returns what was made.

    Args:
        output: made where it is missing.
        version: of the program.
        release: for publishing: signed, or it fails (macOS; Debian packages are signed by the
            repository that offers them).

    Raises:
        SmokeError: the frozen program does not do what it should.
        CalledProcessError: a tool failed.
    """
    frozen = freeze()
    output.mkdir(parents=True, exist_ok=True)
    if sys.platform == "darwin":
        from macos.bundle import executable_of, pack_dmg

        try_out([str(executable_of(frozen))])
        made = [pack_dmg(frozen, output, version, release=release)]
    else:
        from linux.deb import lay_out, moment_of_release, pack_archive, pack_deb, validate

        try_out([str(frozen / NAME / NAME)])
        moment = moment_of_release()
        tree = frozen.parent / "tree"
        lay_out(tree, frozen / NAME, version, moment)
        validate(tree)
        made = [
            pack_deb(tree, output, version, moment),
            pack_archive(frozen / NAME, output, version, moment),
        ]
    made.append(write_bill(output, version))
    made.append(write_checksums(made, output / f"SHA256SUMS-{sys.platform}"))
    return made


def main() -> int:
    """Build, and name what was made."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--output", type=Path, default=OUTPUT, metavar="FOLDER")
    asked.add_argument("--release", action="store_true", help="for publishing: signed, or not")
    given = asked.parse_args()
    for path in build(given.output, release=given.release):
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
