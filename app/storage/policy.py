"""What a firm's IT department decides beforehand: from a policy file, or from Windows policy keys.

Each setting is looked for in the registry (the computer's before the person's) and then in the
policy file; the first place that has it counts. All of these can be written by administrators
alone. Nothing set is the usual case, and costs next to nothing: what reads values is imported only
where there are some.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.failures import UserFacingError

if TYPE_CHECKING:
    from app.onboarding.access import Route
    from app.sftp.host_keys import AcceptedHostKey

REGISTRY_KEY = r"Software\Policies\CAIS Onboarding"
FILE_NAME = "policy.toml"

#: The settings as the policy file names them; the registry writes them without underscores
#: (`DataFolder`).
SETTINGS = ("data_folder", "practice", "proxy_kind", "proxy_host", "proxy_port", "host_keys")
_ROUTE = {"proxy_kind": "proxy", "proxy_host": "proxy_host", "proxy_port": "proxy_port"}


class PolicyError(UserFacingError):
    """A setting of the IT department that cannot be used; nothing is guessed in its place."""

    def __init__(self, setting: str, place: str, why: str) -> None:
        super().__init__(
            f"A setting that your IT department made cannot be used: {setting} in {place}.",
            why,
            "Ask your IT department to correct it. Nothing was opened or changed.",
        )


@dataclass(frozen=True, slots=True)
class Policy:
    """What is decided beforehand.

    Args:
        data_folder: where everything is kept, in place of the person's own folder.
        practice: whether the simulated CAIS is offered.
        route: what the way to the test environment is filled in with in a new case.
        host_keys: keys of servers as the network provider gave them, trusted from the start.
    """

    data_folder: Path | None = None
    practice: bool = True
    route: Route | None = None
    host_keys: tuple[AcceptedHostKey, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """One place where settings are made.

    Args:
        name: where that is, in words.
        values: by the names in `SETTINGS`.
    """

    name: str
    values: Mapping[str, object]


def read_policy(sources: Callable[[], Sequence[Source]] | None = None) -> Policy:
    """The policy in force on this computer.

    Args:
        sources: what to look into, the most binding first; this system's places unless told.

    Raises:
        PolicyError: a setting cannot be used, or the file cannot be read.
    """
    found: dict[str, tuple[Any, str]] = {}
    for source in (sources or system_sources)():
        for setting, value in source.values.items():
            found.setdefault(setting, (value, source.name))
    if not found:
        return Policy()
    for setting, (_, place) in found.items():
        if setting not in SETTINGS:
            raise PolicyError(setting, place, "There is no such setting.")
    return Policy(_data_folder(found), _practice(found), _route(found), tuple(_host_keys(found)))


def policy_file() -> Path:
    """Where the policy file lies: where administrators alone can write.

    On Windows beside the program: in `%PROGRAMDATA%` anybody could put a file for everybody.
    """
    if sys.platform == "win32":
        folder = Path(sys.executable).parent
    elif sys.platform == "darwin":
        folder = Path("/Library/Application Support/CAIS Onboarding")
    else:
        folder = Path("/etc/cais-onboarding")
    return folder / FILE_NAME


def system_sources() -> Sequence[Source]:
    """What is set on this computer, the most binding first.

    Raises:
        PolicyError: the policy file cannot be read.
    """
    return [*_registry(), *_file(policy_file())]


def _file(path: Path) -> Iterator[Source]:
    if not path.is_file():
        return
    import tomllib

    try:
        yield Source(str(path), tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as unreadable:
        raise PolicyError("everything", str(path), f"It is not readable: {unreadable}.") from None


def _registry() -> list[Source]:
    if sys.platform == "win32":
        import winreg

        found = []
        hives = (("HKLM", winreg.HKEY_LOCAL_MACHINE), ("HKCU", winreg.HKEY_CURRENT_USER))
        for name, hive in hives:
            try:
                key = winreg.OpenKey(hive, REGISTRY_KEY)
            except FileNotFoundError:
                continue
            with key:
                count = winreg.QueryInfoKey(key)[1]
                values = [winreg.EnumValue(key, index)[:2] for index in range(count)]
            settings = {_setting(setting): value for setting, value in values}
            found.append(Source(rf"{name}\{REGISTRY_KEY}", settings))
        return found
    else:
        return []


def _setting(name: str) -> str:
    """`DataFolder` of the registry as `data_folder`; names there know no upper and lower case."""
    known = {setting.replace("_", ""): setting for setting in SETTINGS}
    return known.get(name.lower(), name)


def _data_folder(found: Mapping[str, tuple[Any, str]]) -> Path | None:
    if "data_folder" not in found:
        return None
    value, place = found["data_folder"]
    folder = Path(os.path.expandvars(value)).expanduser() if isinstance(value, str) else Path()
    if not folder.is_absolute():
        why = f"It has to be a whole path, and is {value!r}."
        raise PolicyError("data_folder", place, why)
    return folder


def _practice(found: Mapping[str, tuple[Any, str]]) -> bool:
    value, place = found.get("practice", (True, ""))
    # The registry knows no true and false, only 1 and 0.
    if value not in (True, False):
        raise PolicyError("practice", place, f"It is on or off (1 or 0), and not {value!r}.")
    return bool(value)


def _route(found: Mapping[str, tuple[Any, str]]) -> Route | None:
    given = [setting for setting in _ROUTE if setting in found]
    if not given:
        return None
    from pydantic import ValidationError

    from app.onboarding.access import Route

    missing = [setting for setting in _ROUTE if setting not in found]
    place = found[given[0]][1]
    if missing:
        raise PolicyError(missing[0], place, "A proxy needs its kind, its host and its port.")
    try:
        # The registry has a port as a number or as text; only text is held against the limits.
        facts = {field: str(found[name][0]) for name, field in _ROUTE.items()}
        return Route.model_validate(facts)
    except ValidationError as wrong:
        first = wrong.errors(include_url=False)[0]
        setting = next(name for name, field in _ROUTE.items() if field == first["loc"][0])
        why = str(first["msg"]).removeprefix("Value error, ")
        raise PolicyError(setting, found[setting][1], f"{why.rstrip('.')}.") from None


def _host_keys(found: Mapping[str, tuple[Any, str]]) -> Iterator[AcceptedHostKey]:
    value, place = found.get("host_keys", ((), ""))
    lines = [value] if isinstance(value, str) else value
    if not isinstance(lines, list | tuple):
        raise PolicyError("host_keys", place, "It is a list of lines.")
    for line in lines:
        try:
            yield _host_key(str(line))
        except ValueError as wrong:
            raise PolicyError("host_keys", place, f"{line!r}: {wrong}") from None


def _host_key(line: str) -> AcceptedHostKey:
    """The key in a line such as `test sftp.example.com 22 SHA256:…`."""
    from app.onboarding.access import Environment, SftpServer
    from app.sftp.host_keys import AcceptedHostKey, HowAccepted, parse_fingerprint

    words = line.split(maxsplit=3)
    if len(words) != 4:
        raise ValueError("It needs environment, host, port and fingerprint, with blanks between.")
    try:
        environment = Environment(words[0].lower())
    except ValueError:
        raise ValueError("The environment is test or production.") from None
    server = SftpServer.model_validate({"host": words[1], "port": words[2]})
    return AcceptedHostKey(
        environment,
        server.host or "",
        server.port,
        parse_fingerprint(words[3]),
        datetime.now(UTC),
        HowAccepted.POLICY,
    )
