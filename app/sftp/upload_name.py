"""Whether a file may go to an upload folder, by its name alone."""

from __future__ import annotations

from datetime import datetime

from app.failures import UserFacingError
from app.onboarding.business_calendar import EASTERN
from app.onboarding.testing import FileKind
from app.sftp.plain_text import plain
from app.sftp.target import ServerKind
from app.submissions.findings import Weight
from app.submissions.names import CaisName, NameKind, parse_name

_KINDS = {
    ServerKind.CAIS: FileKind.CAIS,
    ServerKind.TRANSFORMED_IDENTIFIERS: FileKind.TIDS,
}


def upload_name(name: str, submitter_id: int, kind: ServerKind) -> CaisName:
    """The parts of a submission's name that fits the folder and the host.

    Raises:
        UserFacingError: it does not (CAIS specification §5.1.1, §5.3.1).
    """
    parsed = parse_name(name, today=datetime.now(EASTERN).date())
    if parsed.kind is not NameKind.SUBMISSION or not parsed.valid:
        faults = [f.message for f in parsed.findings if f.weight is Weight.FAULT]
        raise _refused(name, faults[0] if faults else "It is not the name of a submission.")
    if parsed.submitter_id != submitter_id:
        raise _refused(name, f"It names another submitter than {submitter_id}, who sends it.")
    if parsed.file_kind is not _KINDS[kind]:
        raise _refused(
            name, "CAIS Data Files and Transformed Identifiers Files have their own hosts."
        )
    return parsed


def _refused(name: str, why: str) -> UserFacingError:
    return UserFacingError(
        f"{plain(name, 120)} can't be sent here: {why}",
        "Nothing was sent: CAT would refuse it.",
        "Correct the name, or choose another file.",
    )
