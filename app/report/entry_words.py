"""How the entries of a history, and the facts they hold, read in plain words."""

from __future__ import annotations

from datetime import date

from app.onboarding.business_calendar import long_date
from app.report.words import kind, subject
from app.storage.history import JsonValue, RecordedEntry

_ISO_DAY = 10


def fact_in_words(value: JsonValue) -> str:
    """A recorded fact in plain words; an empty text where there is none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(fact_in_words, value))
    if isinstance(value, dict):
        facts = {name: fact_in_words(fact) for name, fact in value.items() if name != "id"}
        return ", ".join(
            f"{name.replace('_', ' ')}: {fact}" for name, fact in facts.items() if fact
        )
    text = str(value)
    if len(text) == _ISO_DAY and text[4] == "-":
        try:
            return long_date(date.fromisoformat(text))
        except ValueError:
            return text
    return text


def what_in_words(entry: RecordedEntry) -> str:
    """What an entry is about: its kind, and the field."""
    about = subject(entry.path)
    return f"{kind(entry.kind)} – {about}" if about else kind(entry.kind)


def change_in_words(entry: RecordedEntry) -> str:
    """What changed from what to what, the remark and the file, on one line."""
    before, after = fact_in_words(entry.before_value), fact_in_words(entry.after_value)
    change = (
        f"{before} → {after}" if before and after else after or (before and f"{before} removed")
    )
    corrects = f"to entry {entry.corrects}" if entry.corrects else ""
    return "; ".join(part for part in (change, corrects, entry.note, entry.file_name or "") if part)
