"""Cases to store, written by a named person with a clock that a test turns."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.onboarding.access import Environment
from app.onboarding.case import Case, new_case
from app.onboarding.editing import with_value
from app.sftp.host_keys import AcceptedHostKey, HostKey, HowAccepted
from app.storage.case_store import CaseStore
from app.storage.history import EntryKind, HistoryEntry
from app.storage.origin import Origin

ORIGIN = Origin(os_user="pat", workstation="FRONT-DESK", program_version="0.1.0")
TODAY = datetime(2020, 10, 5, tzinfo=UTC).date()
ACCEPTED = AcceptedHostKey(
    Environment.TEST,
    "sftp.example",
    22,
    HostKey.of_public_key("ssh-ed25519", b"a key"),
    datetime(2020, 10, 5, 14, 0, tzinfo=UTC),
    HowAccepted.ALWAYS,
)


class Clock:
    """A clock that a test turns; each look is a second later."""

    def __init__(self) -> None:
        self.moment = datetime(2020, 10, 5, 14, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment


def created(case: Case) -> list[HistoryEntry]:
    return [HistoryEntry(EntryKind.CASE_CREATED, after=case.id)]


def saved_case(store: CaseStore, name: str = "Harbor Securities LLC") -> Case:
    case = new_case()
    store.save(case, created(case))
    return edit(store, case, "registration.company_name", name)


def edit(store: CaseStore, case: Case, path: str, value: str) -> Case:
    changed = with_value(case, path, value, TODAY)
    store.save(changed, [HistoryEntry(EntryKind.FACT_CHANGED, path=path, after=value)])
    return changed
