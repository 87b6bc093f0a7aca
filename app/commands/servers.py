"""Which host keys and passwords a command goes by."""

from __future__ import annotations

import getpass
import sys
from argparse import Namespace
from collections.abc import Sequence

from app.failures import UserFacingError
from app.sftp.host_keys import AcceptedHostKey, HowAccepted, accept_host_key, parse_fingerprint
from app.sftp.target import ConnectionTarget
from app.storage.masking import live_secrets
from app.work.workplace import Workplace


def given_host_key(arguments: Namespace, target: ConnectionTarget) -> AcceptedHostKey | None:
    """The key of `--host-key`; None without one.

    Raises:
        UserFacingError: it is no fingerprint.
    """
    if arguments.host_key is None:
        return None
    try:
        key = parse_fingerprint(arguments.host_key)
    except ValueError as wrong:
        raise UserFacingError(str(wrong), action="Give it as SHA256:… .") from None
    return accept_host_key(target, key, HowAccepted.IMPORTED)


def known_host_keys(
    arguments: Namespace, target: ConnectionTarget, workplace: Workplace
) -> Sequence[AcceptedHostKey]:
    """The given key alone, else those that were accepted in the data folder.

    Raises:
        UserFacingError: the given one is no fingerprint.
        StorageError: the database cannot be read.
    """
    given = given_host_key(arguments, target)
    if given is not None:
        return (given,)
    return workplace.host_keys.accepted(target.environment, target.host, target.port)


def typed_password(*, from_stdin: bool) -> str | None:
    """The first line of standard input, or what is typed at a terminal; None where there is none.

    Asked only when it is needed: after the server was found to be the accepted one.
    """
    if from_stdin:
        secret = sys.stdin.readline().rstrip("\r\n")
    elif sys.stdin.isatty():
        secret = getpass.getpass("Password: ")
    else:
        secret = ""
    live_secrets.add(secret)
    return secret or None
