"""The macOS bundle and its disk image: signed with the hardened runtime, notarised, stapled.

Signing wants `CAIS_APPLE_IDENTITY` (the name of a "Developer ID Application" certificate in the
keychain) and `CAIS_APPLE_PROFILE` (what `xcrun notarytool store-credentials` was given as a name).
Without them the bundle bears an ad-hoc signature, which opens on the Mac that made it alone.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app import __version__
from common.frozen import NAME
from common.program_icon import png

HERE = Path(__file__).parent
BUNDLE = "CAIS Onboarding.app"
IDENTIFIER = "cais-onboarding.cais.onboarding"
CASE_TYPE = f"{IDENTIFIER}.case"
#: What Qt 6.11 asks for.
OLDEST_SYSTEM = "13.0"
#: The first bytes of what runs on macOS: for one processor, and for several.
_MACH_O = (b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")
#: The pictures that `iconutil` wants: side in points, and pixels for each point.
ICON_PICTURES = tuple((side, scale) for side in (16, 32, 128, 256, 512) for scale in (1, 2))


class NotSignedError(RuntimeError):
    """A release without what signs it."""


def properties() -> dict[str, Any]:
    """Info.plist, as far as PyInstaller does not write it itself."""
    return {
        "CFBundleShortVersionString": __version__,
        "CFBundleVersion": __version__,
        "LSApplicationCategoryType": "public.app-category.business",
        "LSMinimumSystemVersion": OLDEST_SYSTEM,
        "NSHighResolutionCapable": True,
        # Light and dark as the system has it.
        "NSRequiresAquaSystemAppearance": False,
        "CFBundleDocumentTypes": [
            {
                "CFBundleTypeName": "CAIS Onboarding case",
                "CFBundleTypeRole": "Editor",
                "LSHandlerRank": "Owner",
                "LSItemContentTypes": [CASE_TYPE],
            }
        ],
        "UTExportedTypeDeclarations": [
            {
                "UTTypeIdentifier": CASE_TYPE,
                "UTTypeDescription": "CAIS Onboarding case",
                "UTTypeConformsTo": ["public.data"],
                "UTTypeTagSpecification": {"public.filename-extension": ["caiscase"]},
            }
        ],
    }


def icon_file(work: Path) -> Path:
    """Draw the program's icon as macOS wants it, in the folder `work`; returns its path."""
    pictures = work / f"{NAME}.iconset"
    pictures.mkdir(parents=True, exist_ok=True)
    for side, scale in ICON_PICTURES:
        suffix = "@2x" if scale == 2 else ""
        (pictures / f"icon_{side}x{side}{suffix}.png").write_bytes(png(side * scale))
    target = work / f"{NAME}.icns"
    subprocess.run(["iconutil", "-c", "icns", "-o", str(target), str(pictures)], check=True)
    return target


def executable_of(frozen: Path) -> Path:
    """The program within the bundle that lies in the folder `frozen`."""
    return frozen / BUNDLE / "Contents/MacOS" / NAME


def pack_dmg(frozen: Path, output: Path, version: str, *, release: bool) -> Path:
    """Sign the bundle in `frozen` and pack it into a disk image; returns its path.

    Args:
        frozen: where PyInstaller put it.
        output: where the image goes.
        version: of the program.
        release: sign and notarise, or fail.

    Raises:
        NotSignedError: a release without identity or profile.
        CalledProcessError: a tool failed, or Apple refused.
    """
    identity = os.environ.get("CAIS_APPLE_IDENTITY", "")
    profile = os.environ.get("CAIS_APPLE_PROFILE", "")
    if release and not (identity and profile):
        raise NotSignedError("A release wants CAIS_APPLE_IDENTITY and CAIS_APPLE_PROFILE.")
    target = output / f"CAIS-Onboarding-{version}-{os.uname().machine}.dmg"
    steps = commands(frozen / BUNDLE, target, identity, profile if release else "")
    for command in steps:
        subprocess.run(command, check=True)
    return target


def commands(bundle: Path, image: Path, identity: str, profile: str) -> Iterator[list[str]]:
    """What is run, in this order.

    Args:
        bundle: what is signed and packed.
        image: what comes of it.
        identity: who signs; nobody if it is empty.
        profile: whose credentials notarise; nobody's if it is empty.
    """
    # Ad hoc ("-") where nobody signs: Apple's processors run nothing that has no signature at all.
    sign = ["codesign", "--force", "--options", "runtime", "--sign", identity or "-"]
    sign += ["--timestamp"] if identity else []
    entitled = ["--entitlements", str(HERE / "entitlements.plist")]
    # From the inside out, which --deep does not do well: libraries first, the bundle last.
    for library in sorted(_libraries(bundle), key=lambda path: (-len(path.parts), path)):
        yield [*sign, str(library)]
    yield [*sign, *entitled, str(bundle)]
    yield ["codesign", "--verify", "--deep", "--strict", str(bundle)]
    packed = ["-format", "ULFO", "-volname", "CAIS Onboarding", "-srcfolder", str(bundle)]
    yield ["hdiutil", "create", "-ov", *packed, str(image)]
    if identity:
        yield [*sign, str(image)]
    if profile:
        # Apple looks through the image; what it finds is told by `notarytool log`.
        yield ["xcrun", "notarytool", "submit", str(image), "--keychain-profile", profile, "--wait"]
        yield ["xcrun", "stapler", "staple", str(image)]
        opened = ["--type", "open", "--context", "context:primary-signature"]
        yield ["spctl", "--assess", *opened, str(image)]


def _libraries(bundle: Path) -> Iterator[Path]:
    """What runs on macOS within the bundle, but for the program itself, which the bundle signs."""
    for path in bundle.rglob("*"):
        if path.is_symlink() or not path.is_file() or path == executable_of(bundle.parent):
            continue
        with path.open("rb") as content:
            if content.read(4) in _MACH_O:
                yield path
