"""Locking a file with a passphrase: scrypt for the key, Fernet for the content.

Both come from the `cryptography` library, which keeps them; the sizes follow its advice for
files (https://cryptography.io/en/latest/fernet/ and .../key-derivation-functions/).
"""

from __future__ import annotations

import base64
import os
import unicodedata

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

#: First line of a locked file; the number is the version of the format.
MARK = b"CAIS Onboarding locked file 1\n"
_SALT_BYTES = 16
# 128 MB of memory and about half a second for each guess.
_WORK, _BLOCK, _LANES = 2**17, 8, 1


class WrongPassphraseError(ValueError):
    """The passphrase is another one, or the file was changed."""


def is_locked(content: bytes) -> bool:
    """Whether `content` needs a passphrase."""
    return content.startswith(MARK)


def lock(content: bytes, passphrase: str) -> bytes:
    """`content`, readable only with `passphrase`. Takes about half a second."""
    salt = os.urandom(_SALT_BYTES)
    return MARK + salt.hex().encode() + b"\n" + _fernet(passphrase, salt).encrypt(content) + b"\n"


def unlock(locked: bytes, passphrase: str) -> bytes:
    """What `lock` was given.

    Raises:
        WrongPassphraseError: the passphrase does not fit, or the file was changed.
    """
    salt, _, token = locked.removeprefix(MARK).partition(b"\n")
    try:
        return _fernet(passphrase, bytes.fromhex(salt.decode("ascii"))).decrypt(token.strip())
    except (InvalidToken, ValueError):
        raise WrongPassphraseError from None


def _fernet(passphrase: str, salt: bytes) -> Fernet:
    # The same letters can be typed as different characters on different systems.
    typed = unicodedata.normalize("NFKC", passphrase).encode("utf-8", "surrogatepass")
    key = Scrypt(salt=salt, length=32, n=_WORK, r=_BLOCK, p=_LANES).derive(typed)
    return Fernet(base64.urlsafe_b64encode(key))
