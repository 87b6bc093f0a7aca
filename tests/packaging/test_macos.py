"""What of the macOS bundle can be checked elsewhere than on a Mac: docs/limits.md says what cannot."""

from __future__ import annotations

import plistlib
from pathlib import Path

import pytest

from app import __version__
from app.storage.hand_over import SUFFIX
from macos import bundle

IMAGE = Path("CAIS-Onboarding.dmg")


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A bundle as PyInstaller leaves it, with the first bytes of what it holds."""
    for name in (
        "MacOS/cais-onboarding",
        "Frameworks/libfirst.dylib",
        "Frameworks/PySide6/QtCore.abi3.so",
        "Frameworks/Python.framework/Versions/3.11/Python",
    ):
        path = tmp_path / bundle.BUNDLE / "Contents" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"\xcf\xfa\xed\xfe rest")
    (tmp_path / bundle.BUNDLE / "Contents/Info.plist").write_bytes(b"<?xml")
    return tmp_path / bundle.BUNDLE


def test_nothing_is_let_through_but_what_a_library_needs() -> None:
    entitlements = plistlib.loads((bundle.HERE / "entitlements.plist").read_bytes())
    assert entitlements == {"com.apple.security.cs.allow-unsigned-executable-memory": True}


def test_the_bundle_says_what_it_is() -> None:
    told = plistlib.loads(plistlib.dumps(bundle.properties()))
    assert told["CFBundleShortVersionString"] == __version__
    (kind,) = told["CFBundleDocumentTypes"]
    (declared,) = told["UTExportedTypeDeclarations"]
    assert kind["LSItemContentTypes"] == [declared["UTTypeIdentifier"]]
    endings = declared["UTTypeTagSpecification"]["public.filename-extension"]
    assert endings == [SUFFIX.removeprefix(".")]


def test_it_is_signed_from_the_inside_out_with_the_hardened_runtime(made: Path) -> None:
    commands = list(bundle.commands(made, IMAGE, "Developer ID Application: X", "profile"))
    signed = [Path(words[-1]) for words in commands if words[:2] == ["codesign", "--force"]]
    assert signed[-2:] == [made, IMAGE]
    assert len(signed[:-2]) == 3
    assert not {made / "Contents/MacOS/cais-onboarding", made / "Contents/Info.plist"} & set(signed)
    for words in commands:
        if words[:2] == ["codesign", "--force"]:
            assert words[words.index("--options") + 1] == "runtime"
            assert "--timestamp" in words
    (entitled,) = [words for words in commands if "--entitlements" in words]
    assert entitled[-1] == str(made)
    assert Path(entitled[entitled.index("--entitlements") + 1]).exists()


def test_it_is_notarised_and_stapled_before_it_is_assessed(made: Path) -> None:
    commands = list(bundle.commands(made, IMAGE, "Developer ID Application: X", "profile"))
    assert [words[1] for words in commands[-3:]] == ["notarytool", "stapler", "--assess"]


def test_without_an_identity_it_is_signed_by_nobody(made: Path) -> None:
    commands = list(bundle.commands(made, IMAGE, "", ""))
    assert all(words[words.index("--sign") + 1] == "-" for words in commands if "--sign" in words)
    assert not any("notarytool" in words or "--timestamp" in words for words in commands)
    assert commands[-1][0] == "hdiutil"


@pytest.mark.parametrize("given", ["CAIS_APPLE_IDENTITY", "CAIS_APPLE_PROFILE"])
def test_a_release_is_signed_or_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    for name in ("CAIS_APPLE_IDENTITY", "CAIS_APPLE_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(given, "something")
    with pytest.raises(bundle.NotSignedError):
        bundle.pack_dmg(tmp_path, tmp_path, __version__, release=True)
