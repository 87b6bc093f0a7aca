"""Signing what we build (Authenticode), when a certificate is given.

The certificate comes from the environment, so that it is in no command line and no file of ours:
`CAIS_SIGNING_CERTIFICATE` (a PKCS#12 file), `CAIS_SIGNING_PASSWORD_FILE` (its password),
`CAIS_SIGNING_TIMESTAMP` (the address of a time stamp authority, RFC 3161).
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_NAME = "CAIS Onboarding"


class NotSignedError(RuntimeError):
    """Something that has to be signed cannot be."""


@dataclass(frozen=True, slots=True)
class SigningCertificate:
    """With what is signed.

    Args:
        file: certificate and key as PKCS#12.
        password_file: holds the password of `file`.
        timestamp: the authority that confirms when; None leaves the signature without a time, so
            that it ends with the certificate.
    """

    file: Path
    password_file: Path
    timestamp: str | None

    @classmethod
    def from_environment(cls) -> Self | None:
        """The certificate that the environment names; None where it names none.

        Raises:
            NotSignedError: it names one that is not there, or no password.
        """
        named = os.environ.get("CAIS_SIGNING_CERTIFICATE")
        if not named:
            return None
        file = Path(named)
        password_file = Path(os.environ.get("CAIS_SIGNING_PASSWORD_FILE", ""))
        for needed, variable in (
            (file, "CAIS_SIGNING_CERTIFICATE"),
            (password_file, "CAIS_SIGNING_PASSWORD_FILE"),
        ):
            if not needed.is_file():
                raise NotSignedError(f"{variable} names no file.")
        return cls(file, password_file, os.environ.get("CAIS_SIGNING_TIMESTAMP") or None)

    @classmethod
    def for_release(cls) -> Self:
        """The certificate of a release, which is never published unsigned.

        Raises:
            NotSignedError: none is given, or no time stamp authority.
        """
        found = cls.from_environment()
        if found is None:
            raise NotSignedError(
                "A release is signed, and CAIS_SIGNING_CERTIFICATE names no certificate. "
                "Give one, or build without --release."
            )
        if found.timestamp is None:
            raise NotSignedError(
                "A release is signed with the time, and CAIS_SIGNING_TIMESTAMP names no authority: "
                "the signature would end with the certificate."
            )
        return found

    def sign(self, file: Path) -> None:
        """Sign `file` in place.

        Raises:
            NotSignedError: it was not signed; `file` is as it was.
        """
        signed = file.with_name(f"{file.name}.signed")
        time = ["-ts", self.timestamp] if self.timestamp else []
        key = ["-pkcs12", self.file, "-readpass", self.password_file]
        how = ["-h", "sha256", "-n", _NAME, *time]
        done = subprocess.run(
            ["osslsigncode", "sign", *key, *how, "-in", file, "-out", signed],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            signed.unlink(missing_ok=True)
            raise NotSignedError(f"{file.name} was not signed: {done.stdout}{done.stderr}".strip())
        signed.replace(file)


def main() -> int:
    """Sign the files named on the command line; used while the setup is put together."""
    certificate = SigningCertificate.from_environment()
    if certificate is None:
        raise NotSignedError("CAIS_SIGNING_CERTIFICATE names no certificate.")
    for name in sys.argv[1:]:
        certificate.sign(Path(name))
    return 0


if __name__ == "__main__":
    sys.exit(main())
