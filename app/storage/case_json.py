"""The case file: all facts of one case as JSON, alone or in a hand-over file. No secrets."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from app.failures import UserFacingError
from app.onboarding.case import Case
from app.storage.hand_over import is_hand_over, read_hand_over

#: Far above any real case (2,000 served firms are half a megabyte).
LARGEST_CASE_FILE = 64 * 1024 * 1024


def read_case_file(path: Path) -> Case:
    """The case in the file `path`: plain JSON, or a hand-over file without a passphrase.

    Raises:
        UserFacingError: it cannot be read or is no case file of this version.
    """
    try:
        if path.stat().st_size > LARGEST_CASE_FILE:
            raise UserFacingError(f"{path.name} is too large for a case file.", "Nothing was read.")
        text = path.read_bytes()
    except OSError as refused:
        raise UserFacingError(
            f"{path.name} cannot be read: {refused.strerror}.",
            "Nothing was changed.",
            "Check the name and that you may open the file.",
        ) from refused
    if is_hand_over(text):
        return read_hand_over(text).case
    try:
        return Case.model_validate_json(text)
    except ValidationError as problem:
        first = problem.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file as a whole"
        raise UserFacingError(
            f"{path.name} is not a case file of this program version.",
            f"The first thing that does not fit is {where}. Nothing was changed.",
            "Ask for the file again, written by the same version of CAIS Onboarding.",
        ) from None


def case_file_text(case: Case) -> str:
    """`case` as the text of a case file."""
    return case.model_dump_json(indent=2) + "\n"
