"""What the guide says of the field that has the focus: why it is asked, and what if unknown."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QVBoxLayout

from app.onboarding.explanations import field_help, terms_in
from app.widgets.guide_texts import breakable, explained
from app.widgets.style import APART, NEAR, TIGHT
from app.widgets.texts import plain_label

#: Words explained below; more would hide the guide to the step.
_WORDS_SHOWN = 4


class FieldHelpBox(QFrame):
    """Made once and filled anew with each field: the focus moves on faster than boxes are built."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "field-help")
        self._eyebrow = plain_label("The field you are in", "eyebrow")
        self.title = plain_label(role="group")
        self._why = plain_label()
        self._unsure = plain_label()
        self._section = plain_label(role="hint")
        self._words = plain_label(role="hint")
        column = QVBoxLayout(self)
        column.setContentsMargins(APART, NEAR, APART, NEAR)
        column.setSpacing(TIGHT)
        for widget in (self._eyebrow, self.title):
            column.addWidget(widget)
        for heading, words in (
            ("Why it is asked", self._why),
            ("If you don’t know", self._unsure),
        ):
            column.addSpacing(TIGHT)
            column.addWidget(plain_label(heading, "strong"))
            column.addWidget(words)
        for widget in (self._section, self._words):
            column.addSpacing(TIGHT)
            column.addWidget(widget)
        self.hide()

    @property
    def said(self) -> str:
        """All that is shown, to be read out; empty where nothing is."""
        if self.isHidden():
            return ""
        return (
            f"{self.title.text()}. Why it is asked: {self._why.text()} "
            f"If you don’t know: {self._unsure.text()}"
        )

    def show_field(self, path: str, label: str) -> None:
        """Show the help for the field at `path`, called `label`; nothing where there is none."""
        found = field_help(path) if path else None
        self.setVisible(found is not None)
        if found is None:
            return
        title = label or found.title
        self.title.setText(title)
        self._why.setText(breakable(found.why))
        self._unsure.setText(breakable(found.unsure))
        place = f"Guide {found.section}" if found.section.startswith("§") else found.section
        self._section.setText(place)
        terms = terms_in(f"{title} {found.why} {found.unsure}")[:_WORDS_SHOWN]
        self._words.setText(breakable(explained(terms)))
        self._words.setVisible(bool(terms))
