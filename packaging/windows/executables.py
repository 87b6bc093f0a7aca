"""What is executable in a payload: whose signature each file bears, and what each one loads."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

SUFFIXES = frozenset({".exe", ".dll", ".pyd"})
#: Microsoft's roots are in no Linux distribution's store; the others are.
MICROSOFT_ROOTS = Path(__file__).with_name("microsoft-roots.pem")
SYSTEM_ROOTS = Path("/etc/ssl/certs/ca-certificates.crt")

PYTHON = "Python Software Foundation"
QT = "The QT Company Oy"
MICROSOFT = "Microsoft Corporation"

#: The wheels whose makers sign nothing: they are held against the hashes of the lock alone.
UNSIGNED = (
    *("_cffi_backend", "bcrypt/", "cryptography/", "msgspec/", "nacl/", "pycrfsuite/"),
    *("pydantic_core/", "typst/"),
)

#: Who signs what: the first pattern that fits counts. None: nobody does.
SIGNERS: tuple[tuple[str, str | None], ...] = (
    (r"vcruntime140\w*\.dll", MICROSOFT),
    (r"[^/]+\.(exe|dll|pyd)", PYTHON),
    (r"Lib/site-packages/(PySide6|shiboken6)/.*", QT),
    (rf"Lib/site-packages/({'|'.join(UNSIGNED)}).*", None),
)

#: Libraries that Windows 10 brings; nothing else may be missing.
_OF_WINDOWS = re.compile(
    r"(api-ms-win|ext-ms-win)-.*|(advapi32|authz|bcrypt|bcryptprimitives|cabinet|cfgmgr32|combase|comctl32"
    r"|comdlg32|crypt32|d2d1|d3d11|d3d12|d3d9|dcomp|dnsapi|dwmapi|dwrite|dxgi|gdi32|icuuc|imm32"
    r"|iphlpapi|kernel32|mpr|msi|msvcrt|ncrypt|netapi32|ntdll|ole32|oleaut32|powrprof|propsys"
    r"|psapi|rpcrt4|runtimeobject|secur32|setupapi|shcore|shell32|shlwapi|uiautomationcore|ucrtbase|user32|userenv"
    r"|usp10|uxtheme|version|winhttp|winmm|winspool|ws2_32|wtsapi32|synchronization)"
    r"\.(dll|drv)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Signature:
    """What Authenticode says about one file.

    Args:
        by: the organisation that signed; empty where nobody did.
        valid: the file is as it was signed, by a certificate whose chain ends in a trusted root.
    """

    by: str
    valid: bool


def executables(payload: Path) -> list[Path]:
    """Every file below `payload` that Windows would run or load as a library."""
    return sorted(path for path in payload.rglob("*") if path.suffix.lower() in SUFFIXES)


def signature_of(file: Path, roots: Path) -> Signature:
    """Whose signature `file` bears.

    Args:
        file: an executable.
        roots: the certificates that are trusted, as PEM.
    """
    trusted = ["-CAfile", roots, "-TSA-CAfile", roots]
    done = subprocess.run(
        ["osslsigncode", "verify", *_offline(), *trusted, "-in", file],
        capture_output=True,
        check=False,
    )
    # Several signatures are verified one after the other; what is said last says whether all hold.
    said = done.stdout.decode("utf-8", "replace")
    signer = re.search(r"Signer #0:\s+Subject: \S.*?/O=([^/\n]+)", said)
    valid = done.returncode == 0 and "Signature verification: failed" not in said
    return Signature(signer[1].strip() if signer else "", signer is not None and valid)


def _offline() -> list[str]:
    """Newer versions ask for revocation lists over the network unless told not to."""
    told = subprocess.run(
        ["osslsigncode", "verify", "--help"], capture_output=True, text=True, check=False
    )
    return ["-ignore-crl"] if "-ignore-crl" in told.stdout + told.stderr else []


def check_signatures(payload: Path, work: Path) -> list[str]:
    """Hold every executable against `SIGNERS`; returns one line for each that is not as it should be.

    A file that ought to be unsigned and is signed is reported too: then the list is out of date.
    """
    roots = work / "roots.pem"
    roots.write_bytes(SYSTEM_ROOTS.read_bytes() + MICROSOFT_ROOTS.read_bytes())
    faults = []
    for file in executables(payload):
        name = file.relative_to(payload).as_posix()
        found = signature_of(file, roots)
        try:
            wanted = signer_of(name)
        except LookupError:
            faults.append(f"{name} is new, and signed by {found.by or 'nobody'}: extend the list")
            continue
        if wanted is None and found.by:
            faults.append(f"{name} is signed by {found.by}; the list says that it is not signed")
        elif wanted is not None and (found.by != wanted or not found.valid):
            faults.append(f"{name}: no signature of {wanted} holds (found: {found.by or 'none'})")
    return faults


def signer_of(name: str) -> str | None:
    """Who has to have signed the file `name` of the payload; None where nobody does.

    Raises:
        LookupError: the list does not know such a file.
    """
    for pattern, signer in SIGNERS:
        if re.fullmatch(pattern, name):
            return signer
    raise LookupError(f"{name} is of nobody in SIGNERS")


def missing_libraries(payload: Path) -> dict[str, list[str]]:
    """By executable: what it needs and neither the payload nor Windows 10 has."""
    here = {path.name.lower() for path in executables(payload)}
    missing = {}
    for file in executables(payload):
        absent = [
            name
            for name in _imports(file)
            if name.lower() not in here and not _OF_WINDOWS.fullmatch(name)
        ]
        if absent:
            missing[file.relative_to(payload).as_posix()] = absent
    return missing


def _imports(file: Path) -> list[str]:
    said = subprocess.run(
        ["x86_64-w64-mingw32-objdump", "--private-headers", file],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return re.findall(r"DLL Name: (\S+)", said)
