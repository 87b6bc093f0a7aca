"""Where the focus is in a page, what the guide says of it, and the way back to it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from app.widgets.guide_panel import GuidePanel


class ExplainedFocus:
    """Has the guide speak of what has the focus, and remembers it while the focus is elsewhere."""

    def __init__(self, guide: GuidePanel) -> None:
        self._guide = guide
        self._at: QWidget | None = None

    def move_to(self, widget: QWidget | None) -> None:
        """The focus is on `widget` of the page now; None: another page came to the front."""
        self._at = widget
        self.explain()

    def comes_back(self, before: QWidget | None, now: QWidget) -> bool:
        """Whether `now` had the focus last, and gets it from another window (`before`; or none)."""
        elsewhere = before is None or not isValid(before) or before.window() is not now.window()
        return elsewhere and now is self._at

    def explain(self) -> None:
        """Show in the guide what is said of the editor with the focus, if the guide is open."""
        if self._guide.isHidden():
            return
        if self._at is None or not isValid(self._at):
            self._guide.show_field("", "")
            return
        # The button that copies a field's value stands for the field.
        name, label = self._at.objectName(), self._at.accessibleName()
        if name.startswith("copy:"):
            name, label = name.removeprefix("copy:"), label.removeprefix("Copy ")
        self._guide.show_field(name.removeprefix("field:"), label)

    def go_back(self) -> bool:
        """Put the focus back into the page where it was; whether that is still there."""
        if self._at is None or not isValid(self._at) or not self._at.isVisible():
            return False
        self._at.setFocus(Qt.FocusReason.OtherFocusReason)
        return True


def focus_first(pane: QWidget) -> bool:
    """Put the focus on the first widget of `pane` that takes it by Tab; whether there is one."""
    widget = pane.nextInFocusChain()
    while widget is not None and widget is not pane:
        # A field hands the focus to its editor, which comes later in the chain.
        takes = widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None
        if takes and widget.isVisible() and widget.isEnabled() and pane.isAncestorOf(widget):
            widget.setFocus(Qt.FocusReason.TabFocusReason)
            return True
        widget = widget.nextInFocusChain()
    return False
