"""The stages of the connection test by name: a page lists them before anything is tested."""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """The stages in their order; each value is its name on screen."""

    FIND_HOST = "Find the host"
    REACH_PORT = "Reach the port"
    SPEAK_SSH = "Speak SSH"
    AGREE = "Agree on AES-256"
    KNOW_SERVER = "Know the server"
    SIGN_IN = "Sign in"
    OPEN_FILE_TRANSFER = "Open file transfer"
    SEE_FOLDERS = "See the folders"
