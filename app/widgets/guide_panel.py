"""The guide beside the page: what, why, if unsure, where it says so, and what the words mean."""

from __future__ import annotations

import re
import textwrap

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.onboarding.assessment import StepAssessment
from app.onboarding.business_calendar import long_date
from app.onboarding.guide import the_guide
from app.widgets.icons import Button
from app.widgets.links import LinkButton
from app.widgets.style import APART, NEAR, TIGHT
from app.widgets.texts import plain_label, rule

#: Width in average characters of the font.
_WIDTH = 50
#: Longest line of a link, in characters.
_LINK_WIDTH = 36


class GuidePanel(QWidget):
    """The guide for the step that is shown; `closed` asks the frame to fold it away."""

    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "guide")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Guide")
        self._shown: tuple[int, tuple[str, ...]] | None = None
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setAccessibleName("Guide text")
        away = Button("", kind="icon", icon_name="close")
        away.setObjectName("close-guide")
        away.setAccessibleName("Fold the guide away")
        away.setToolTip("Fold the guide away (F1)")
        away.clicked.connect(self.closed)
        head = QHBoxLayout()
        head.setContentsMargins(APART, NEAR, NEAR, 0)
        head.addWidget(plain_label("Guide", "group"), 1)
        head.addWidget(away)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._area, 1)
        self.setFixedWidth(self.fontMetrics().averageCharWidth() * _WIDTH)

    def show_step(self, step: StepAssessment) -> None:
        """Show the guide for `step`, with those of our readings that its judgement rests on."""
        used = dict.fromkeys(name for item in step.requirements for name in item.readings)
        shown = (step.number, tuple(used))
        if shown == self._shown:
            return
        self._shown = shown
        guide, text = the_guide(), step.guide
        content, column = _blank()
        for heading, words in (
            ("What to do", text.what),
            ("Why it is asked", text.why),
            ("If you are unsure", text.unsure),
        ):
            _section(column, heading, words)
        _links(column, text.links)
        if used:
            column.addWidget(rule())
            column.addWidget(plain_label("Where the guide is silent", "strong"))
            for name in used:
                reading = guide.readings[name]
                column.addWidget(plain_label(reading.reading))
                column.addWidget(plain_label(f"Why: {reading.why} ({reading.rule})", "hint"))
        said = " ".join(
            (text.what, text.why, text.unsure, *(item.text for item in step.requirements))
        )
        _glossary(column, _terms_in(said, guide.glossary))
        _edition(column, f"{text.section} of the ")
        column.addStretch()
        self._area.setWidget(content)

    def show_overview(self) -> None:
        """Show what the whole is about, and every term."""
        if self._shown == (0, ()):
            return
        self._shown = (0, ())
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
        _glossary(column, dict(the_guide().glossary))
        _edition(column, "")
        column.addStretch()
        self._area.setWidget(content)


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
    # File names have no spaces to break at: an invisible one after each underscore.
    column.addWidget(plain_label(words.replace("_", "_\u200b")))
    column.addSpacing(TIGHT)


def _links(column: QVBoxLayout, links: tuple[str, ...]) -> None:
    if not links:
        return
    column.addWidget(plain_label("Official pages", "strong"))
    for link in links:
        # A button does not break its words by itself, and a long one would widen the panel.
        words = "\n".join(textwrap.wrap(the_guide().links[link].text, _LINK_WIDTH))
        column.addWidget(LinkButton(link, words, kind="link"))


def _glossary(column: QVBoxLayout, terms: dict[str, str]) -> None:
    if not terms:
        return
    column.addWidget(rule())
    column.addWidget(plain_label("Words", "strong"))
    for term, meaning in terms.items():
        column.addWidget(plain_label(f"{term}: {meaning}", "hint"))


def _terms_in(text: str, glossary: dict[str, str]) -> dict[str, str]:
    """The entries of the glossary whose term occurs in `text`."""
    return {
        term: meaning
        for term, meaning in glossary.items()
        if re.search(rf"\b{re.escape(term)}s?\b", text, 0 if term.isupper() else re.IGNORECASE)
    }


def _edition(column: QVBoxLayout, section: str) -> None:
    edition = the_guide().edition
    column.addWidget(rule())
    column.addWidget(
        plain_label(
            f"{section}{edition.title}, version {edition.version}, {long_date(edition.published)}.",
            "hint",
        )
    )
