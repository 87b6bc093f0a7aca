"""Writing a file whole or not at all."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from app.failures import UserFacingError
from app.storage.history import FileFacts
from app.storage.paths import sync_folder


def write_whole(path: Path, content: bytes, *, overwrite: bool) -> FileFacts:
    """Write `content` to `path` so that nobody ever finds half of it there.

    Args:
        path: where to.
        content: all of it.
        overwrite: whether an existing file may be replaced.

    Returns:
        The file's name, size and SHA-256.

    Raises:
        UserFacingError: it exists already, or the folder does not take it; nothing is left there.
    """
    if not overwrite and path.exists():
        raise UserFacingError(
            f"{path.name} exists already.", "It was not changed.", "Choose another name."
        )
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    except OSError as refused:
        raise _refusal(path, refused) from refused
    partial = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
        sync_folder(path.parent)
    except OSError as refused:
        partial.unlink(missing_ok=True)
        raise _refusal(path, refused) from refused
    return FileFacts(path.name, len(content), hashlib.sha256(content).hexdigest())


def _refusal(path: Path, refused: OSError) -> UserFacingError:
    return UserFacingError(
        f"{path.name} could not be written: {refused.strerror}.",
        "Nothing was left in its place.",
        "Choose another folder, or close the program that has the file open, and try again.",
    )
