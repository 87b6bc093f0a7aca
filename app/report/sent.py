"""What went out: a person's statement, kept as an entry of the history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, ValidationError

from app.onboarding.values import Facts, Name, PastDate
from app.report.messages import MessageKind
from app.storage.history import EntryKind, RecordedEntry

#: Longest subject and text of a message that are kept with its entry.
LONGEST_SUBJECT = 2_000
LONGEST_TEXT = 20_000


@dataclass(frozen=True)
class SentInfo:
    """What a kind is called, the rule it serves if any, and the facts that it settles."""

    words: str
    rule: str = ""
    section: str = ""
    day_path: str = ""
    person_path: str = ""


_CONTACT = ("certification.contacted_on", "certification.contacted_by")
SENT_KINDS = {
    MessageKind.CERTIFICATION: SentInfo("Message to the Help Desk", "R7.1", "§7", *_CONTACT),
    MessageKind.CALL: SentInfo("Call to the Help Desk", "R7.1", "§7", *_CONTACT),
    MessageKind.CERTIFICATION_FOLLOW_UP: SentInfo(
        "Follow-up about the certification", "R7.1", "§7", "certification.followed_up_on"
    ),
    MessageKind.REGISTRATION_FOLLOW_UP: SentInfo(
        "Follow-up about the registration", "R1.5", "§1", "registration.followed_up_on"
    ),
    MessageKind.AGENT_REQUEST: SentInfo(
        "Request to the Reporting Agent", "R6.7", "§6.2", "testing.agent_asked_on"
    ),
    MessageKind.SUMMARY: SentInfo("Summary to somebody else"),
}


class Sent(Facts):
    """That something went out: what, on which day, from whom, to whom, and its text if known."""

    what: MessageKind
    on: PastDate
    by: Name
    to: Name
    subject: Annotated[str, Field(max_length=LONGEST_SUBJECT)] = ""
    text: Annotated[str, Field(max_length=LONGEST_TEXT)] = ""

    @property
    def info(self) -> SentInfo:
        """What the kind is called, and the rule it serves."""
        return SENT_KINDS[self.what]

    @property
    def note(self) -> str:
        """The remark that its entry carries."""
        info = self.info
        return f"{info.words} ({info.rule}, {info.section})" if info.rule else info.words


def sent_in(history: Iterable[RecordedEntry]) -> Iterator[tuple[RecordedEntry, Sent]]:
    """What went out, with its entry, in the order in which it was recorded."""
    for entry in history:
        if entry.kind == EntryKind.SENT and entry.after is not None:
            try:
                yield entry, Sent.model_validate_json(entry.after)
            except ValidationError:
                continue  # a later version says it otherwise; the entry itself is shown as it is
