"""What checking a summary found: unchanged, or exactly what differs."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QScrollArea, QWidget

from app.report.words import VERDICTS, moment
from app.widgets.dialogs import Dialog
from app.widgets.icons import IconLabel
from app.widgets.style import APART, NEAR, TIGHT
from app.widgets.texts import plain_label
from app.work.checking import Checked

_GROUP = 8
#: Differences that are seen without scrolling.
_SEEN = 4


class CheckDialog(Dialog):
    """The answer first, then what differs, what the file says of itself, and the records here."""

    def __init__(self, parent: QWidget | None, checked: Checked) -> None:
        good = checked.unchanged
        shape = ("status-done", "done") if good else ("error", "attention")
        super().__init__(parent, _headline(checked), checked.name, shape)
        self.setObjectName("checked")
        self._checked = checked
        self.body.addSpacing(NEAR)
        self.body.addWidget(plain_label(checked.sentence if good else _meaning(checked)))
        found = [item.words for item in checked.verification.found]
        if found:
            self.body.addWidget(plain_label("What differs", "strong"))
            self.body.addWidget(_differences(found))
        self.body.addLayout(_facts(checked))
        for line in checked.records:
            self.body.addWidget(plain_label(line))
        self.body.addStretch()
        self._copy = self.add_button("Co&py the result")
        self._copy.setObjectName("checked:copy")
        self._copy.clicked.connect(self._copied)
        close = self.add_button("&Close", kind="primary")
        close.clicked.connect(self.close)
        close.setFocus()
        self.setMinimumWidth(600)

    def _copied(self) -> None:
        QGuiApplication.clipboard().setText("\n".join(result_lines(self._checked)))
        self._copy.setText("Copied")


def result_lines(checked: Checked) -> list[str]:
    """The whole answer as text."""
    facts = [f"{name}: {value}" for name, value in _file_facts(checked)]
    found = [f"- {item.words}" for item in checked.verification.found]
    return [f"{checked.name}: {checked.sentence}", *found, *facts, *checked.records]


def _headline(checked: Checked) -> str:
    if checked.unchanged:
        return "Unchanged"
    if checked.verification.unchanged:
        return "Not what this computer has recorded"
    return "Not as it was written" if checked.verification.evidence else "No summary to rely on"


def _meaning(checked: Checked) -> str:
    if checked.verification.unchanged:
        return checked.sentence
    return (
        "Do not rely on this file. Ask whoever sent it for the original, or take the copy that is "
        "kept with the case (step 7)."
    )


def _file_facts(checked: Checked) -> list[tuple[str, str]]:
    """What the file says of itself; nothing where its evidence cannot be read."""
    evidence = checked.verification.evidence
    sha = checked.sha256
    grouped = " ".join(sha[at : at + _GROUP] for at in range(0, len(sha), _GROUP))
    facts = [("SHA-256", grouped)]
    if evidence is not None:
        verdict = str(evidence.shown["cover"]["verdict"])
        facts[:0] = [
            ("Firm", evidence.case.title),
            ("Verdict", verdict if verdict in VERDICTS.values() else "not one of this program"),
            ("Made", f"{moment(evidence.made_at)}, by version {evidence.version}"),
            ("History", f"{len(evidence.history):,} entries"),
        ]
    return facts


def _facts(checked: Checked) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(APART)
    grid.setVerticalSpacing(TIGHT)
    grid.setColumnStretch(1, 1)
    for row, (name, value) in enumerate(_file_facts(checked)):
        grid.addWidget(plain_label(name, "hint", wrap=False), row, 0)
        grid.addWidget(plain_label(value), row, 1)
    return grid


def _differences(found: list[str]) -> QWidget:
    inside = QWidget()
    grid = QGridLayout(inside)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(NEAR)
    grid.setColumnStretch(1, 1)
    for row, words in enumerate(found):
        grid.addWidget(IconLabel("status-needs-attention", "attention", 16), row, 0)
        grid.addWidget(plain_label(words), row, 1)
    if len(found) <= _SEEN:
        return inside
    area = QScrollArea(widgetResizable=True)
    area.setWidget(inside)
    area.setAccessibleName("What differs")
    area.setMinimumHeight(inside.fontMetrics().lineSpacing() * 2 * _SEEN)
    return area
