"""Who we are to the Windows taskbar."""

from __future__ import annotations

import sys

#: The identity that the setup gives to the Start menu's entry as well: windows are grouped under
#: the entry's icon and name, not under the interpreter's.
APP_ID = "CAISOnboarding.CAISOnboarding"


def identify() -> None:
    """Tell Windows which program this process is; call it before the first window. Elsewhere, nothing."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.shell32.SetCurrentProcessExplicitAppUserModelID(APP_ID)
