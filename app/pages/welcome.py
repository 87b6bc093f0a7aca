"""The first start: how to begin."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.onboarding.guide import the_guide
from app.widgets.card import Card
from app.widgets.icons import Button, IconLabel
from app.widgets.style import APART, FAR, NEAR, TIGHT
from app.widgets.texts import plain_label

_WIDEST = 760


class WelcomePage(QWidget):
    """Start an onboarding, open a case file, or practise.

    Args:
        practice: whether practising is offered.
    """

    start_wanted = Signal()
    file_wanted = Signal()
    practice_wanted = Signal()

    def __init__(self, *, practice: bool = True) -> None:
        super().__init__()
        content = QWidget()
        content.setProperty("role", "ground")
        content.setMaximumWidth(_WIDEST)
        column = QVBoxLayout(content)
        column.setContentsMargins(FAR, FAR, FAR, FAR)
        column.setSpacing(APART)
        column.addStretch(1)
        column.addWidget(plain_label("Onboarding to CAIS, step by step", "title"))
        column.addWidget(
            plain_label(
                "This program takes your firm through the seven steps of FINRA CAT's "
                "onboarding guide, from the registration form to production access. It tells "
                "you what to do now, whom you are waiting for, and keeps the proof."
            )
        )
        column.addSpacing(NEAR)
        self._add_choices(column)
        if practice:
            self._add_practice(column)
        edition = the_guide().edition
        column.addWidget(
            plain_label(
                "Everything you enter stays on this computer until you send it yourself. "
                f"Follows the {edition.title}, version {edition.version}.",
                "hint",
            )
        )
        column.addStretch(2)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(_scrolled(content))

    def _add_choices(self, column: QVBoxLayout) -> None:
        self.start = _choice(
            column,
            "firms",
            "Start an onboarding",
            "For a firm that has not begun yet, or whose steps you want to record here.",
            Button("&Start", kind="primary"),
        )
        self.start.setObjectName("start")
        self.start.clicked.connect(self.start_wanted)
        self.open_file = _choice(
            column,
            "folder-open",
            "Open a case file",
            "A colleague has handed you a firm's onboarding as a file.",
            Button("&Open …"),
        )
        self.open_file.setObjectName("open-file")
        self.open_file.clicked.connect(self.file_wanted)

    def _add_practice(self, column: QVBoxLayout) -> None:
        self.practise = _choice(
            column,
            "guide",
            "Practice in a simulated CAIS",
            "A sample firm and a server on this computer: nothing counts, and nothing leaves it.",
            Button("&Practice"),
        )
        self.practise.setObjectName("practise")
        self.practise.clicked.connect(self.practice_wanted)


def _scrolled(content: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidget(content)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return area


def _choice(column: QVBoxLayout, shape: str, title: str, words: str, button: Button) -> Button:
    card = Card()
    row = QHBoxLayout()
    row.setSpacing(APART)
    row.addWidget(IconLabel(shape, "accent", 32), 0, Qt.AlignmentFlag.AlignVCenter)
    texts = QVBoxLayout()
    texts.setSpacing(TIGHT)
    texts.addStretch()
    texts.addWidget(plain_label(title, "group"))
    texts.addWidget(plain_label(words, "hint"))
    texts.addStretch()
    row.addLayout(texts, 1)
    row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
    button.setAccessibleName(title)
    button.setAccessibleDescription(words)
    card.body.addLayout(row)
    column.addWidget(card)
    return button
