"""`practice`: the simulated CAIS alone, for scripts and to learn."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from app.commands.interruption import cancelled_by_signals
from app.commands.output import Exit
from app.failures import UserFacingError
from app.storage.paths import DataFolder
from app.storage.policy import read_policy

if TYPE_CHECKING:
    from app.practice.server import PracticeServer


def run(arguments: Namespace) -> Exit:
    """Run the server until Ctrl+C or SIGTERM; how to reach it is said once it listens."""
    from app.practice.running import run_practice
    from app.practice.scenario import Pace, Scenario

    try:
        scenario, pace = Scenario(arguments.scenario), Pace.times(arguments.pace)
    except ValueError as wrong:
        names = ", ".join(scenario.value for scenario in Scenario)
        raise UserFacingError(f"{wrong}.", action=f"The scenarios are: {names}.") from None
    if not read_policy().practice:
        raise UserFacingError(
            "Practising is switched off on this computer.",
            action="Ask your IT department, which set it so.",
        )
    folder = DataFolder.of(arguments.data_dir)
    try:
        folder.create()
    except OSError as refused:
        raise UserFacingError(f"{folder.root} cannot be used: {refused.strerror}.") from refused
    with cancelled_by_signals() as cancel:
        run_practice(
            folder.practice,
            partial(_tell, arguments),
            scenario=scenario,
            port=arguments.port,
            pace=pace,
            cancel=cancel,
        )
    return Exit.FINE


def _tell(arguments: Namespace, server: PracticeServer) -> None:
    from app.practice.running import how_to_reach

    if arguments.json:
        json.dump({"practice": True, **how_to_reach(server)}, sys.stdout, indent=2)
        sys.stdout.write("\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in _lines(server))
    sys.stdout.flush()


def _lines(server: PracticeServer) -> Iterator[str]:
    yield "PRACTICE: a simulated CAIS on this computer. Nothing that is sent here counts."
    yield f"Scenario: {server.scenario.value}. {server.scenario.words}"
    yield f"Host: {server.host}"
    yield f"Port: {server.port}"
    yield f"User name: {server.username}"
    yield f"Password: {server.password}"
    yield f"Submitter ID: {server.submitter_id}"
    yield f"Host key: {server.host_key.type} {server.host_key.fingerprint}"
    yield "Ctrl+C ends it."
