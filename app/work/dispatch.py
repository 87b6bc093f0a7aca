"""Recording that something went out, as evidence."""

from __future__ import annotations

from app.onboarding.editing import value_at
from app.open_case import OpenCase
from app.report.messages import MessageKind
from app.report.sent import Sent
from app.storage.changes import Change
from app.storage.history import EntryKind, FileFacts

#: The first contact counts; of the others the latest.
_FIRST = frozenset({MessageKind.CERTIFICATION, MessageKind.CALL})


def record_sent(open_case: OpenCase, sent: Sent, file: FileFacts | None) -> None:
    """Record that `sent` went out, with the summary `file` if there was one.

    The facts that it settles (such as the day of the contact, R7.1) are filled in with it; a
    first contact that is recorded already stays.
    """
    info = sent.info
    with open_case.together():
        open_case.tell(Change(EntryKind.SENT, info.day_path, after=sent, note=sent.note, file=file))
        if info.day_path and not _settled(open_case, sent):
            open_case.edit(info.day_path, sent.on)
        if info.person_path and value_at(open_case.case, info.person_path) is None:
            open_case.edit(info.person_path, sent.by)


def _settled(open_case: OpenCase, sent: Sent) -> bool:
    known = value_at(open_case.case, sent.info.day_path)
    return known is not None and (sent.what in _FIRST or known >= sent.on)
