"""Connecting and fetching in one go: what the page's button and `fetch-feedback` do."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from app.cancellation import CancelToken
from app.sftp.diagnosis import Fault
from app.sftp.fetching import FetchReport, OnProgress, fetch_feedback
from app.sftp.host_keys import AcceptedHostKey
from app.sftp.requests import DEPTH
from app.sftp.session import ConnectionFailedError, open_session
from app.sftp.target import ConnectionTarget, PasswordSource


def collect_feedback(
    target: ConnectionTarget,
    credentials: PasswordSource,
    known_host_keys: Sequence[AcceptedHostKey],
    submitter_id: int,
    into: Path,
    *,
    cancel: CancelToken,
    on_progress: OnProgress = lambda _: None,
) -> FetchReport:
    """Connect, fetch what is new into `into`, and leave.

    A server that falls silent while many files are asked for at once is asked for one at a time
    on a second connection: some servers stop answering otherwise.

    Raises:
        As `open_session` and `fetch_feedback`.
    """
    for depth in (DEPTH, 1):
        try:
            with open_session(target, credentials, known_host_keys, cancel=cancel) as session:
                return fetch_feedback(session, submitter_id, into, on_progress, depth=depth)
        except ConnectionFailedError as failed:
            if failed.diagnosis.fault is not Fault.TRANSFER_SILENT or depth == 1:
                raise
    raise AssertionError("the loop returns or raises")
