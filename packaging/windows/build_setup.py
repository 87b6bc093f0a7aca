"""Builds the setup for Windows on Linux: `make windows`.

Needs the Debian packages of PACKAGES_WINDOWS in the Makefile. With --release it is compressed
well and signed, or fails.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from app import __version__
from app.window.taskbar import APP_ID
from windows.embedded_python import NotFetchedError
from windows.executables import check_signatures, executables, missing_libraries, signer_of
from windows.payload import ROOT, lay_out, removal_script
from windows.pictures import write_side_picture
from windows.signing import NotSignedError, SigningCertificate

BUILD = ROOT / "build" / "windows"


class UnsoundPayloadError(RuntimeError):
    """What would be installed is not what it should be."""


def build(output: Path, version: str = __version__, *, release: bool = False) -> Path:
    """Build the setup of this version into the folder `output`; returns its path.

    Args:
        output: made where it is missing.
        version: of the program, as the setup shows it.
        release: for publishing: the interpreter from python.org alone, compressed well (LZMA),
            and signed. Otherwise it is signed only if a certificate is given.

    Raises:
        NotSignedError: a release without a certificate, or signing failed.
        UnsoundPayloadError: a signature does not hold, or a library is missing.
        NotFetchedError: the interpreter cannot be had.
    """
    certificate = (
        SigningCertificate.for_release() if release else SigningCertificate.from_environment()
    )
    payload = lay_out_checked(official_only=release)
    if certificate is not None:
        # So that a firm can allow the program by who signed it, to the last library.
        for file in executables(payload):
            if signer_of(file.relative_to(payload).as_posix()) is None:
                certificate.sign(file)
    output.mkdir(parents=True, exist_ok=True)
    return pack(payload, output, version, "lzma" if release else "zlib", certificate, work=BUILD)


def lay_out_checked(*, official_only: bool = False) -> Path:
    """Lay out what is installed, below `build/`, and check it; returns the folder.

    Args:
        official_only: the interpreter from python.org alone.

    Raises:
        UnsoundPayloadError: a signature does not hold, or a library is missing.
        NotFetchedError: the interpreter cannot be had.
    """
    payload = BUILD / "payload"
    origin = lay_out(payload, BUILD / "downloads", official_only=official_only)
    print(f"The interpreter is {origin}.")
    check(payload)
    return payload


def check(payload: Path) -> None:
    """Hold the payload against what it has to be, and say what of it is signed by whom.

    Raises:
        UnsoundPayloadError: a signature does not hold, or a library is missing.
    """
    faults = check_signatures(payload, payload.parent)
    faults += [f"{name} needs {', '.join(x)}" for name, x in missing_libraries(payload).items()]
    if faults:
        raise UnsoundPayloadError("\n".join(faults))
    signers: dict[str | None, int] = {}
    for file in executables(payload):
        signer = signer_of(file.relative_to(payload).as_posix())
        signers[signer] = signers.get(signer, 0) + 1
    for signer, count in signers.items():
        print(f"{count} executables: {f'signed by {signer}' if signer else 'unsigned wheels'}")


def pack(
    payload: Path,
    output: Path,
    version: str,
    compression: str,
    certificate: SigningCertificate | None,
    *,
    work: Path,
) -> Path:
    """Put the payload into a setup; returns its path.

    Args:
        payload: what is installed.
        output: an existing folder.
        version: of the program, as the setup shows it.
        compression: "lzma" (small, slow to build), "zlib" or "none".
        certificate: signs the setup and the uninstaller in it; None leaves both unsigned.
        work: a folder for what is needed on the way.
    """
    setup = output / f"CAIS-Onboarding-{version}-setup.exe"
    removal = work / "removal.nsh"
    removal.write_text(removal_script(payload), encoding="utf-8")
    picture = work / "side.bmp"
    write_side_picture(picture)
    handed_in = {
        "VERSION": version,
        "PAYLOAD": payload,
        "REMOVAL": removal,
        "PICTURE": picture,
        "ICON": payload / "cais-onboarding.ico",
        "OUTPUT": setup,
        "APP_ID": APP_ID,
        "COMPRESSION": compression,
    }
    if certificate is not None:
        handed_in["SIGN"] = f'"{sys.executable}" "{Path(__file__).with_name("signing.py")}"'
    subprocess.run(
        ["makensis", "-V2", "-WX", "-INPUTCHARSET", "UTF8"]
        + [f"-D{name}={value}" for name, value in handed_in.items()]
        + [Path(__file__).with_name("setup.nsi")],
        check=True,
    )
    if certificate is not None:
        certificate.sign(setup)
    return setup


def main() -> int:
    """Build what the command line asks for; returns the exit status."""
    parser = argparse.ArgumentParser(description="Build the setup for Windows.")
    parser.add_argument("--output", type=Path, default=ROOT / "dist", help="default: dist/")
    parser.add_argument("--release", action="store_true", help="compressed well and signed")
    parser.add_argument("--payload", action="store_true", help="only what would be installed")
    arguments = parser.parse_args()
    try:
        if arguments.payload:
            print(lay_out_checked(official_only=arguments.release))
        else:
            print(build(arguments.output, release=arguments.release))
    except (NotFetchedError, NotSignedError, UnsoundPayloadError) as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
