"""Removes this person's SFTP passwords from Windows Credential Manager.

Installed beside the program, and run by the uninstaller when the data is to go.
"""

from __future__ import annotations

import sys

from win32ctypes.pywin32 import pywintypes, win32cred

#: The service under which the program keeps them (`app.storage.system_keyring.SERVICE`).
_SERVICE = "CAIS Onboarding"
_NOTHING_THERE = 1168


def main() -> int:
    """Delete every entry of the program, and no other; returns the exit status."""
    try:
        entries = win32cred.CredEnumerate(None, 0)
    except pywintypes.error as refused:
        if refused.winerror == _NOTHING_THERE:
            return 0
        raise
    for entry in entries:
        name = entry["TargetName"]
        if name == _SERVICE or name.endswith(f"@{_SERVICE}"):
            win32cred.CredDelete(name, entry["Type"], 0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
