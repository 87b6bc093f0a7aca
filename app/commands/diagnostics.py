"""`diagnostics`: versions, folders, keyring, database, last errors. No secrets, no customer data."""

from __future__ import annotations

import platform
import sqlite3
from argparse import Namespace
from importlib import metadata

from app import __version__
from app.commands.output import Exit, answer
from app.onboarding.guide import the_guide
from app.storage.case_store import CaseStore
from app.storage.credentials import CredentialStore
from app.storage.database import open_database
from app.storage.faults import StorageError
from app.storage.logbook import recent_problems
from app.storage.paths import DataFolder

_LIBRARIES = (
    "PySide6_Essentials",
    "keyring",
    "paramiko",
    "pydantic",
    "sqlite-utils",
    "typst",
)


def run(arguments: Namespace) -> Exit:
    """Print what helps to find a fault; the answer is "no" where the data cannot be used."""
    found = collect(DataFolder.of(arguments.data_dir))
    answer(arguments, found, lines_of(found))
    return Exit.FINE if found["database"] == "fine" else Exit.NO


def collect(folder: DataFolder) -> dict[str, object]:
    """Everything the diagnostics say, by name. Blocks while the keyring is asked."""
    edition = the_guide().edition
    found: dict[str, object] = {
        "program": __version__,
        "guide": f"{edition.version} of {edition.published}",
        "python": platform.python_version(),
        "system": platform.platform(),
        "sqlite": sqlite3.sqlite_version,
        **{name: metadata.version(name) for name in _LIBRARIES},
        "data folder": str(folder.root),
        "log": str(folder.log),
    }
    try:
        with open_database(folder) as database:
            found["cases"] = len(CaseStore(database).list_cases(archived=True))
            status = CredentialStore(database).probe()
            found["password store"] = f"{status.state.name.lower()} {status.store}".strip()
            found["database"] = "fine"
    except StorageError as refused:
        found["database"] = refused.what
    found["last problems"] = list(recent_problems(folder))
    return found


def lines_of(found: dict[str, object]) -> list[str]:
    """What `collect` found, as lines to read."""
    lines = []
    for name, value in found.items():
        if isinstance(value, list):
            lines.append(f"{name}: {'none' if not value else ''}".rstrip())
            lines.extend(f"  {line}" for line in value)
        else:
            lines.append(f"{name}: {value}")
    return lines
