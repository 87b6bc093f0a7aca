"""Names that a server chose, made fit for a folder of ours."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")
_UNFIT = re.compile(r"[^A-Za-z0-9._-]+")
#: Names that Windows keeps for devices, whatever follows the first dot.
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
_KEPT_LENGTH = 120
_MARK_LENGTH = 8


def local_name(raw_name: bytes) -> str:
    """The name under which a file of the server is kept here.

    A CAIS name stays as it is. Any other (one that climbs out of the folder, holds control or
    direction-changing characters, is a device on Windows, is too long) is replaced by one that is
    safe everywhere and still different from every other: it carries a digest of the original.
    """
    text = raw_name.decode("utf-8", "replace")
    if _PLAIN.fullmatch(text) and not text.endswith(".") and not _DEVICES.fullmatch(text):
        return text
    mark = hashlib.sha256(raw_name).hexdigest()[:_MARK_LENGTH]
    kept = _UNFIT.sub("_", text)[-_KEPT_LENGTH:].strip("._-")
    return f"renamed-{mark}-{kept}" if kept else f"renamed-{mark}"


def local_names(raw_names: Iterable[bytes]) -> dict[bytes, str]:
    """A local name for each, different from the others even where case does not count."""
    names: dict[bytes, str] = {}
    taken: set[str] = set()
    for raw_name in raw_names:
        name = local_name(raw_name)
        if name.casefold() in taken:
            mark = hashlib.sha256(raw_name).hexdigest()[:_MARK_LENGTH]
            name = f"renamed-{mark}-{name[-_KEPT_LENGTH:]}"
        taken.add(name.casefold())
        names[raw_name] = name
    return names
