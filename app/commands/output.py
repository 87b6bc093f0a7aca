"""How commands answer: text for people, one JSON document for programs, and an exit status."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Iterable
from datetime import UTC, date, datetime
from enum import IntEnum

from app.failures import UserFacingError
from app.onboarding.business_calendar import eastern_date
from app.onboarding.case import Case
from app.storage.case_store import CaseSummary
from app.work.workplace import Workplace


class Exit(IntEnum):
    """Exit statuses of every command."""

    FINE = 0
    #: The answer is "no", or something was found.
    NO = 1
    #: Wrong usage, or not possible.
    IMPOSSIBLE = 2


def answer(arguments: Namespace, document: object, lines: Iterable[str]) -> None:
    """Print `document` as JSON where `--json` asks for it, else `lines`."""
    if arguments.json:
        json.dump(document, sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in lines)


def today_of(arguments: Namespace) -> date:
    """The day to judge by: `--on`, else today in Eastern Time."""
    given: date | None = arguments.on
    return given or eastern_date(datetime.now(UTC))


def chosen_firms(workplace: Workplace, number: str | None) -> tuple[CaseSummary, ...]:
    """The cases of the firm with this CRD number or ORG ID; all without one.

    Raises:
        UserFacingError: there is no such firm.
        StorageError: the database cannot be read.
    """
    cases = workplace.cases.list_cases()
    if number is None:
        return cases
    found = tuple(case for case in cases if case.firm_number == number)
    if not found:
        raise UserFacingError(
            f"There is no firm with the number {number}.",
            action="`cais-onboarding status` lists the firms.",
        )
    return found


def chosen_case(workplace: Workplace, number: str | None) -> Case:
    """The one case meant by `--firm`, or the only one there is.

    Raises:
        UserFacingError: there is none, or more than one.
        StorageError: the database cannot be read.
    """
    found = chosen_firms(workplace, number)
    if len(found) != 1:
        raise UserFacingError(
            f"{len(found)} cases fit.", action="Name the firm: --firm followed by its CRD number."
        )
    return workplace.cases.load(found[0].id)
