"""Who writes: the person, the workstation and the program version, for every history entry."""

from __future__ import annotations

import getpass
import os
import platform
import sys
from dataclasses import dataclass

from app import __version__

if sys.platform != "win32":
    import pwd


@dataclass(frozen=True)
class Origin:
    """Where an entry comes from, as the operating system names it."""

    os_user: str
    workstation: str
    program_version: str = __version__

    @classmethod
    def here(cls) -> Origin:
        """This person on this workstation."""
        return cls(os_user=_os_user(), workstation=workstation_name())


def workstation_name() -> str:
    """The name this computer has in its network."""
    return platform.node() or "unnamed workstation"


def _os_user() -> str:
    """The account the program runs under, as the system knows it where it can be asked."""
    try:
        if sys.platform == "win32":
            return getpass.getuser()
        else:
            return pwd.getpwuid(os.getuid()).pw_name
    except (OSError, KeyError):
        # A service account need not be in the list of users, nor Windows' variables be set.
        return "unknown user"
