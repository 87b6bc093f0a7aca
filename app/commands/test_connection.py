"""`test-connection`: the staged diagnosis of the connection, as the page gives it."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from app.commands.interruption import cancelled_by_signals
from app.commands.opening import open_workplace
from app.commands.output import Exit, answer
from app.commands.servers import by_given_route, given_host_key, known_host_keys, typed_password
from app.failures import UserFacingError
from app.onboarding.access import Environment
from app.sftp.host_keys import AcceptedHostKey
from app.sftp.target import ConnectionTarget

if TYPE_CHECKING:
    from app.sftp.stages import StageResult


def run(arguments: Namespace) -> Exit:
    """Test one connection; the answer is "no" where a stage failed."""
    from app.sftp.stages import run_connection_test, test_connection

    target = _target(arguments)
    known = _known(arguments, target)
    password = partial(typed_password, from_stdin=arguments.password_stdin)
    with cancelled_by_signals() as cancel:
        stages = test_connection(target, password, known, cancel=cancel)
        outcome = run_connection_test(stages, partial(_tell, arguments))
    lines = [f"Note: {remark}" for remark in outcome.remarks]
    if outcome.asks_for_trust and outcome.host_key is not None:
        lines.append(
            "No password was sent. Once the fingerprint is confirmed: "
            f"--host-key {outcome.host_key.fingerprint}"
        )
    lines.append("The connection works." if outcome.ok else "The connection does not work.")
    answer(arguments, outcome.to_json(), lines)
    return Exit.FINE if outcome.ok else Exit.NO


def _target(arguments: Namespace) -> ConnectionTarget:
    try:
        target = ConnectionTarget(
            host=arguments.host,
            port=arguments.port,
            username=arguments.user,
            environment=Environment(arguments.environment),
        )
    except ValueError as wrong:
        raise UserFacingError(str(wrong), action="See `test-connection --help`.") from None
    return by_given_route(arguments, target)


def _known(arguments: Namespace, target: ConnectionTarget) -> Sequence[AcceptedHostKey]:
    """With a key given, no data folder is needed."""
    given = given_host_key(arguments, target)
    if given is not None:
        return (given,)
    with open_workplace(arguments.data_dir) as workplace:
        return known_host_keys(arguments, target, workplace)


def _tell(arguments: Namespace, result: StageResult) -> None:
    """Each stage as it ends: some take their time."""
    if not arguments.json:
        sys.stdout.writelines(f"{line}\n" for line in _lines(result))
        sys.stdout.flush()


def _lines(result: StageResult) -> Iterator[str]:
    mark = "ok" if result.ok else "FAILED"
    yield f"{mark:<7}{result.stage.value} ({result.milliseconds:,} ms): {result.finding}"
    for number, cause in enumerate(result.causes, 1):
        yield f"       {number}. {cause}"
    if result.action:
        yield f"       What to do: {result.action}"
    if result.ask.words:
        yield f"       Whom to ask: {result.ask.words}"
    for detail in result.details:
        yield f"       {detail}"
