"""What a message must say, line by line, and whether it does."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from app.report.message_contents import Content
from app.widgets.icons import IconLabel
from app.widgets.style import NEAR, TIGHT
from app.widgets.texts import plain_label

_COLUMNS = 2


class ContentList(QWidget):
    """A headline that counts what is missing, and one line for each thing to say."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[Content, ...] | None = None
        self._lines: QWidget | None = None
        self._headline = plain_label(role="strong")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(TIGHT)
        self._column.addWidget(self._headline)

    def show_contents(self, contents: tuple[Content, ...]) -> None:
        """Show these."""
        if contents == self._shown:
            return
        self._shown = contents
        missing = sum(not content.said for content in contents)
        self._headline.setText(
            f"{missing} of {len(contents)} things that it must say are missing"
            if missing
            else "It says all that it must say"
        )
        if self._lines is not None:
            self._lines.hide()
            self._lines.deleteLater()
        self._lines = QWidget()
        grid = QGridLayout(self._lines)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(NEAR)
        grid.setVerticalSpacing(TIGHT)
        for number, content in enumerate(contents):
            row, column = divmod(number, _COLUMNS)
            shape = ("check", "done") if content.said else ("status-needs-attention", "attention")
            grid.addWidget(IconLabel(*shape, 16), row, 2 * column, Qt.AlignmentFlag.AlignTop)
            words = plain_label(_words(content))
            grid.addWidget(words, row, 2 * column + 1, Qt.AlignmentFlag.AlignTop)
            grid.setColumnStretch(2 * column + 1, 1)
        self._column.addWidget(self._lines)
        self._lines.show()


def _words(content: Content) -> str:
    section = f" ({content.section})" if content.section else ""
    return f"{content.words}{section}" if content.said else f"Missing: {content.words}{section}"
