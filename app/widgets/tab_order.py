"""The order of Tab where widgets come to a page later than those below them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def tab_before(added: QWidget, follower: QWidget) -> None:
    """Have Tab come to what is in `added`, in its order, and then to `follower`.

    Qt puts what is made later at the end, wherever it stands on the page.
    """
    at = follower.previousInFocusChain()
    while at is not None and at is not follower and not _is_stop(at):
        at = at.previousInFocusChain()
    for widget in added.findChildren(QWidget):
        if at is not None and _is_stop(widget):
            QWidget.setTabOrder(at, widget)
            at = widget


def _is_stop(widget: QWidget) -> bool:
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
