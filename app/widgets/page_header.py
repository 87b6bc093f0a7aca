"""What stands above every page: which step it is, how it stands, and what is worth knowing."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.onboarding.assessment import Assessment, Hint, StepAssessment
from app.widgets.icons import Button, IconLabel
from app.widgets.statuses import StatusBadge
from app.widgets.style import NEAR, TIGHT
from app.widgets.texts import plain_label

#: Hints shown before the person asks for all of them.
_SHOWN_AT_FIRST = 2


class PageHeader(QWidget):
    """Title, section, summary, status with its reason, hints and warnings."""

    def __init__(self) -> None:
        super().__init__()
        self._eyebrow = plain_label(role="eyebrow")
        self.title = plain_label(role="title")
        self._summary = plain_label(role="hint")
        self._badge = StatusBadge()
        self._hints = HintList()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(TIGHT)
        for widget in (self._eyebrow, self.title, self._summary):
            column.addWidget(widget)
        column.addSpacing(NEAR)
        column.addWidget(self._badge)
        column.addWidget(self._hints)

    def show_step(self, step: StepAssessment, steps: int) -> None:
        """Show the header of a step's page; `steps` is how many there are."""
        section = step.guide.section
        self._eyebrow.setText(f"Step {step.number} of {steps}  ·  Guide {section}")
        self.title.setText(step.guide.title)
        self._summary.setText(step.guide.summary)
        self._badge.show_status(step.status, step.reason)
        self._hints.show_hints(step.findings.hints)

    def show_overview(self, assessment: Assessment, track: str) -> None:
        """Show the header of the Overview."""
        self.show_view(track or "Which steps apply follows from step 1", assessment.case.title)

    def show_view(self, eyebrow: str, title: str) -> None:
        """Show the header of what is no step."""
        self._eyebrow.setText(eyebrow)
        self.title.setText(title)
        self._summary.hide()
        self._badge.hide()
        self._hints.hide()


class HintList(QWidget):
    """Hints and warnings, warnings first; the first few, and all when asked."""

    def __init__(self) -> None:
        super().__init__()
        self._hints: tuple[Hint, ...] = ()
        self._all = False
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, TIGHT, 0, 0)
        self._column.setSpacing(TIGHT)

    def show_hints(self, hints: tuple[Hint, ...], *, every: bool = False) -> None:
        """Show `hints`; `every` shows all of them from the start."""
        ordered = tuple(sorted(hints, key=lambda hint: not hint.warning))
        if ordered != self._hints or every != self._all:
            self._hints, self._all = ordered, every
            self._rebuild()
        self.setVisible(bool(hints))

    def _rebuild(self) -> None:
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        shown = self._hints if self._all else self._hints[:_SHOWN_AT_FIRST]
        for hint in shown:
            self._column.addWidget(_hint_row(hint))
        rest = len(self._hints) - len(shown)
        if rest:
            noun = "remark" if rest == 1 else "remarks"
            more = Button(f"Show {rest} more {noun}", kind="link")
            more.clicked.connect(self._show_all)
            self._column.addWidget(more)

    def _show_all(self) -> None:
        self._all = True
        self._rebuild()


def _hint_row(hint: Hint) -> QWidget:
    row = QWidget()
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(NEAR)
    shape = IconLabel("warning", "waiting", 18) if hint.warning else IconLabel("hint", "muted", 18)
    words = f"Please check: {hint.text}" if hint.warning else hint.text
    line.addWidget(shape)
    line.addWidget(plain_label(f"{words} ({hint.section})", "" if hint.warning else "hint"), 1)
    return row
