"""What stands in the guide panel: a step, the whole, what the search found, the words used."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.onboarding.assessment import StepAssessment
from app.onboarding.business_calendar import long_date
from app.onboarding.explanations import Found, Term, terms_in, the_glossary
from app.onboarding.guide import the_guide
from app.widgets.links import LinkButton
from app.widgets.style import APART, NEAR, TIGHT
from app.widgets.texts import plain_label, rule

#: Longest line of a link, in characters.
_LINK_WIDTH = 30


def step_text(step: StepAssessment, readings: Sequence[str]) -> QWidget:
    """The guide for `step`, with those of our readings that its judgement rests on."""
    guide, text = the_guide(), step.guide
    content, column = _blank()
    for heading, words in (
        ("What to do", text.what),
        ("Why it is asked", text.why),
        ("If you are unsure", text.unsure),
    ):
        _section(column, heading, words)
    _links(column, text.links)
    if readings:
        column.addWidget(rule())
        column.addWidget(plain_label("Where the guide is silent", "strong"))
        for name in readings:
            reading = guide.readings[name]
            column.addWidget(plain_label(reading.reading))
            column.addWidget(plain_label(f"Why: {reading.why} ({reading.rule})", "hint"))
    said = " ".join((text.what, text.why, text.unsure, *(item.text for item in step.requirements)))
    _words(column, terms_in(said))
    _edition(column, f"{text.section} of the ")
    column.addStretch()
    return content


def overview_text() -> QWidget:
    """What the whole is about, and every term."""
    content, column = _blank()
    _section(
        column,
        "How it goes",
        "Seven steps lead from registering to production access. Most of the time goes into "
        "waiting for others; this page tells whom you are waiting for, and what to do now.",
    )
    _section(
        column,
        "What is kept",
        "Every entry is stored at once, with who made it and when. Passwords are kept in "
        "the password store of your computer, and customers' data is never kept.",
    )
    desk = the_guide().help_desk
    _section(column, desk.name, f"{desk.phone}\n{desk.email}")
    _words(column, the_glossary())
    _edition(column, "")
    column.addStretch()
    return content


def search_text(found: Sequence[Found], query: str) -> QWidget:
    """What the search for `query` found."""
    content, column = _blank()
    if not found:
        _section(
            column,
            f"Nothing is said about “{query}”.",
            "Try a shorter word, or ask the FINRA CAT Help Desk: "
            f"{the_guide().help_desk.phone}, {the_guide().help_desk.email}.",
        )
    for item in found:
        _section(column, item.title, item.text)
        place = f"Step {item.step}, {item.section}" if item.step else item.section
        column.addWidget(plain_label(place, "hint"))
    column.addStretch()
    return content


def explained(terms: Iterable[Term]) -> str:
    """`terms` with what they mean, a paragraph for each."""
    return "\n\n".join(f"{term.heading}: {term.meaning}" for term in terms)


def breakable(words: str) -> str:
    """File names have no spaces to break at: an invisible one after each underscore."""
    return words.replace("_", "_\u200b")


def _blank() -> tuple[QWidget, QVBoxLayout]:
    """Content to fill before it is shown, so that it is right when it is first painted."""
    content = QWidget()
    content.setProperty("role", "guide")
    column = QVBoxLayout(content)
    column.setContentsMargins(APART, NEAR, APART, APART)
    column.setSpacing(NEAR)
    return content, column


def _section(column: QVBoxLayout, heading: str, words: str) -> None:
    column.addWidget(plain_label(heading, "strong"))
    column.addWidget(plain_label(breakable(words)))
    column.addSpacing(TIGHT)


def _links(column: QVBoxLayout, links: tuple[str, ...]) -> None:
    if not links:
        return
    column.addWidget(plain_label("Official pages", "strong"))
    for link in links:
        # A button does not break its words by itself, and a long one would widen the panel.
        words = "\n".join(textwrap.wrap(the_guide().links[link].text, _LINK_WIDTH))
        column.addWidget(LinkButton(link, words, kind="link"))


def _words(column: QVBoxLayout, terms: Sequence[Term]) -> None:
    if not terms:
        return
    column.addWidget(rule())
    column.addWidget(plain_label("Words", "strong"))
    for term in terms:
        column.addWidget(plain_label(breakable(f"{term.heading}: {term.meaning}"), "hint"))


def _edition(column: QVBoxLayout, section: str) -> None:
    edition = the_guide().edition
    column.addWidget(rule())
    column.addWidget(
        plain_label(
            f"{section}{edition.title}, version {edition.version}, {long_date(edition.published)}.",
            "hint",
        )
    )
