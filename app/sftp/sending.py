"""Sending a submission: once, whole, never over what is there, and with a proof of what was sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.failures import UserFacingError
from app.onboarding.access import Environment
from app.onboarding.business_calendar import EASTERN
from app.sftp.folders import FolderUse
from app.sftp.plain_text import plain
from app.sftp.preflight import Preflight
from app.sftp.session import Session
from app.sftp.target import ServerKind
from app.sftp.upload import Arrival, OnProgress, Upload, look_for, open_here, refuse_if_there
from app.sftp.upload_name import upload_name

#: The two files of a 2.0.0 submission belong together within this time (CAIS specification §5.1).
PAIR_WITHIN = timedelta(minutes=60)


@dataclass(frozen=True, slots=True)
class SentFile:
    """The proof of one file sent.

    Args:
        path: on the server.
        sha256: of what was sent, in hexadecimal.
        began_at: UTC, as is `sent_at`.
    """

    name: str
    path: str
    size: int
    sha256: str
    environment: Environment
    host: str
    username: str
    began_at: datetime
    sent_at: datetime
    arrival: Arrival


def send_submission(
    session: Session,
    submitter_id: int,
    file: Path,
    preflight: Preflight,
    *,
    production_access_recorded: bool = False,
    on_progress: OnProgress = lambda _: None,
) -> SentFile:
    """Send one file to the upload folder under its own name.

    It is written under its final name at once, because CAT takes files away as soon as they are
    complete and submitters may not delete or rename there (CAIS specification §5.3.1).

    Args:
        session: with the host that takes this kind of file; nobody else may use it meanwhile.
        submitter_id: whose folder.
        file: on this computer.
        preflight: the pass for exactly these bytes.
        production_access_recorded: whether the case says that production access was granted (R7.3).
        on_progress: told of each step, in the calling thread.

    Raises:
        UserFacingError: not sent, or not wholly; the words say which.
        ConnectionFailedError: the connection ended meanwhile; part of the file may lie there.
        Cancelled: the person cancelled; part of the file may lie there.
    """
    target = session.target
    if target.environment is Environment.PRODUCTION and not production_access_recorded:
        raise UserFacingError(
            "This is the production environment, and nothing was sent.",
            "Production access has not been recorded for this firm (guide, section 7).",
            "Send to the test environment, or record on step 7 that production access was granted.",
        )
    path = _path_for(session, submitter_id, file)
    began_at = datetime.now(UTC)
    with open_here(file) as source, session.transfer():
        upload = Upload(session, path, file.name, source, on_progress)
        sha256 = upload.run(preflight)
        arrival = look_for(session, path, upload.size)
    return SentFile(
        name=file.name,
        path=path,
        size=upload.size,
        sha256=sha256,
        environment=target.environment,
        host=target.host,
        username=target.username,
        began_at=began_at,
        sent_at=datetime.now(UTC),
        arrival=arrival,
    )


def send_pair(
    cais: tuple[Session, Path, Preflight],
    transformed_identifiers: tuple[Session, Path, Preflight],
    submitter_id: int,
    *,
    production_access_recorded: bool = False,
    on_progress: OnProgress = lambda _: None,
    on_sent: Callable[[SentFile], object] = lambda _: None,
) -> tuple[SentFile, SentFile]:
    """Send the two files of a 2.0.0 submission, each to its own host.

    Both names are looked for before the first byte leaves, so that not one is sent alone. What
    breaks the second one after that leaves the first one sent: `half_sent` has the words for it.

    Args:
        cais: the CAIS Data File.
        transformed_identifiers: its partner.
        submitter_id: whose folders.
        production_access_recorded: as for `send_submission`.
        on_progress: as for `send_submission`.
        on_sent: told of each file once it is sent, in the calling thread.

    Raises:
        As `send_submission`.
    """
    parts = (cais, transformed_identifiers)
    names = [
        upload_name(file.name, submitter_id, kind).pair_name
        for (_, file, _), kind in zip(parts, ServerKind, strict=True)
    ]
    if names[0] != names[1]:
        raise UserFacingError(
            "The two files don't belong together: their names differ in more than the kind.",
            "Nothing was sent: CAT joins the two files of a submission by their names.",
            "Choose the two files of one submission.",
        )
    for session, file, _ in parts:
        with session.transfer():
            refuse_if_there(session, _path_for(session, submitter_id, file), file.name)
    sent = []
    for session, file, preflight in parts:
        sent.append(
            send_submission(
                session,
                submitter_id,
                file,
                preflight,
                production_access_recorded=production_access_recorded,
                on_progress=on_progress,
            )
        )
        on_sent(sent[-1])
    return sent[0], sent[1]


def half_sent(first: SentFile, second: str, why: UserFacingError | None) -> UserFacingError:
    """What to say when only the first file of a pair went out.

    Args:
        first: which was sent.
        second: the name of the one that was not.
        why: what broke it; None: the person cancelled.
    """
    until = (first.sent_at + PAIR_WITHIN).astimezone(EASTERN)
    reason = "Sending was stopped." if why is None else why.what
    return UserFacingError(
        f"{plain(first.name)} was sent, {plain(second)} was not. {reason}",
        f"CAT waits for the second file until {until:%H:%M} Eastern Time and refuses the submission "
        "without it.",
        f"Send {plain(second)} alone before then. If a part of it lies on the server already, send "
        "both files again under a new file number.",
    )


def _path_for(session: Session, submitter_id: int, file: Path) -> str:
    upload_name(file.name, submitter_id, session.target.kind)
    return f"{session.folder(FolderUse.UPLOAD, submitter_id)}/{file.name}"
