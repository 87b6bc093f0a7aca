"""Whether a server is the one that the person accepted, and of the kind that is meant."""

from __future__ import annotations

from collections.abc import Sequence

from app.failures import UserFacingError
from app.sftp.diagnosis import Fault, StageFailedError
from app.sftp.host_keys import AcceptedHostKey, HostKey


def recognise(shown: HostKey, accepted: Sequence[AcceptedHostKey]) -> None:
    """Compare the key that a server shows with those accepted for it.

    Raises:
        StageFailedError: it is none of them; the details have all fingerprints.
    """
    known = [entry.key for entry in accepted]
    if any(shown.fingerprint == key.fingerprint for key in known):
        return
    lines = [f"Shown now: {shown.type} {shown.fingerprint}"]
    if not known:
        raise StageFailedError(Fault.HOST_KEY_UNKNOWN, tuple(lines))
    lines += [f"Accepted before: {key.type} {key.fingerprint}" for key in known]
    same_type = any(key.type in ("", shown.type) for key in known)
    raise StageFailedError(
        Fault.HOST_KEY_CHANGED if same_type else Fault.HOST_KEY_TYPE_CHANGED,
        tuple(lines),
        known_type=", ".join(sorted({key.type for key in known})),
        key_type=shown.type,
    )


def refuse_mixing(is_practice: bool, meant: bool | None) -> None:
    """Practice and reality stay apart (R6.9); no password has left yet.

    Args:
        is_practice: whether the server is the simulated CAIS.
        meant: whether it should be; None: either.

    Raises:
        UserFacingError: the server is not of the kind that is meant.
    """
    if meant is None or meant is is_practice:
        return
    if meant:
        raise UserFacingError(
            "This is not the practice CAIS.",
            "A practice case fetches from and sends to the simulated CAIS on this computer and "
            "nowhere else. Nothing was fetched or sent.",
            "Put back the host 127.0.0.1 on step 4, or open the firm's real case.",
        )
    raise UserFacingError(
        "This is the practice CAIS, and this case is a real one.",
        "What the simulation answers proves nothing. Nothing was fetched or sent.",
        "Enter the host of CAT's test environment on step 4, or open the practice case.",
    )
