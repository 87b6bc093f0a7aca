"""Back, Next, and whether everything is stored."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.open_case import SaveState, Saving
from app.widgets.announcing import announce
from app.widgets.icons import Button, IconLabel
from app.widgets.style import APART, NEAR
from app.widgets.texts import plain_label


class Footer(QWidget):
    """The frame's only navigation buttons; there is no Save button."""

    back = Signal()
    next = Signal()
    later = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "footer")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.back_button = Button("&Back", icon_name="chevron-left")
        self.back_button.setObjectName("back")
        self.back_button.clicked.connect(self.back)
        self.next_button = Button("&Next", kind="primary")
        self.next_button.setObjectName("next")
        self.next_button.clicked.connect(self.next)
        self.later_button = Button("Continue, finish &later", kind="quiet")
        self.later_button.setObjectName("later")
        self.later_button.clicked.connect(self.later)
        self.later_button.hide()
        self._saving = SaveState.SAVED
        self._shape = IconLabel("saved", "muted", 16)
        self.saving = plain_label(role="hint", wrap=False)
        self.saving.setObjectName("saving")
        row = QHBoxLayout(self)
        row.setContentsMargins(APART, NEAR, APART, NEAR)
        row.setSpacing(NEAR)
        row.addWidget(self.back_button)
        row.addWidget(self._shape)
        row.addWidget(self.saving, 1)
        row.addWidget(self.later_button)
        row.addWidget(self.next_button)

    def show_ways(self, back: str, onward: str) -> None:
        """Name where Back and Next lead; an empty name hides the button."""
        self.back_button.setVisible(bool(back))
        self.back_button.setToolTip(f"Back to {back}")
        self.back_button.setAccessibleDescription(f"Back to {back}")
        self.next_button.setText(f"&Next: {onward}")

    def show_saving(self, saving: Saving) -> None:
        """Say quietly whether the disk holds what the screen shows."""
        before = self._saving
        self._saving = saving.state
        if saving.state is SaveState.SAVED:
            at = f"Saved {saving.at.astimezone():%H:%M}" if saving.at else "Everything is saved"
            self._show(at, "saved", "muted")
        elif saving.state is SaveState.SAVING:
            self._show("Saving …", "saving", "muted")
        else:
            self._show("Not saved yet", "error", "attention")
        failed = saving.state is SaveState.FAILED
        # Whether an edit was stored is said when it was not, and when it is at last.
        if failed != (before is SaveState.FAILED):
            announce(self.saving, self.saving.text(), urgent=failed)

    def _show(self, words: str, shape: str, role: str) -> None:
        self.saving.setText(words)
        self._shape.show_icon(shape, role)
