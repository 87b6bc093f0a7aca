"""Many firms at once: pasted from a spreadsheet or a list, or from a CSV file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from app.failures import UserFacingError
from app.onboarding.firm_lists import FirmList
from app.widgets.banner import Banner, Tone
from app.widgets.firm_import import FirmImportDialog
from app.widgets.icons import Button
from app.widgets.style import NEAR
from app.widgets.texts import plain_label, rule
from app.work.firm_lists import FirmFile, FirmLists

#: Lines with a problem that are named; the rest is counted.
_NAMED = 5
#: Longer texts are looked through beside the window, in characters.
_LONG = 5_000
#: How long the text must have stayed as it is before that begins, in milliseconds.
_PAUSE = 150
_LISTS = "Lists (*.csv *.txt *.tsv);;All files (*)"


class FirmPaste(QWidget):
    """A field to paste into, what was recognised in it, and a button that adds it; or a file.

    `added` carries the id of the first firm that was added.
    """

    added = Signal(str)

    def __init__(self, lists: FirmLists) -> None:
        super().__init__()
        self._lists = lists
        self._found = FirmList()
        self.text = QPlainTextEdit(tabChangesFocus=True)
        self.text.setObjectName("paste:served_firms")
        self.text.setAccessibleName("Firms to add, one per line")
        self.text.setPlaceholderText("Juniper Brokerage Inc.\t2236\t40")
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setFixedHeight(self.text.fontMetrics().lineSpacing() * 5 + 24)
        self.text.textChanged.connect(self._look)
        self.found = plain_label(role="hint")
        self.problems = plain_label(role="problem")
        self.said = Banner(closable=True)
        self.button = Button("Add these firms", icon_name="add")
        self.button.setObjectName("add-pasted")
        self.button.clicked.connect(self._add)
        self.file = Button("Import a &CSV file …")
        self.file.setObjectName("import-firms")
        self.file.clicked.connect(self._choose_file)
        self.template = Button("Save a &template …", kind="quiet")
        self.template.setObjectName("save-template")
        self.template.clicked.connect(self._choose_template)
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE)
        self._pause.timeout.connect(self._look_later)
        lists.read.connect(self._preview)
        lists.told_apart.connect(self._show)
        lists.written.connect(self._show_written)
        lists.failed.connect(self._show_failure)
        self._arrange()
        self._look()

    def look_again(self) -> None:
        """Other firms are listed than before."""
        if self.text.toPlainText():
            self._look()

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self.button)
        row.addWidget(self.found, 1)
        row.addWidget(self.template)
        row.addWidget(self.file)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(NEAR)
        column.addWidget(rule())
        column.addWidget(plain_label("Add many at once", "strong"))
        column.addWidget(
            plain_label(
                "Paste from a spreadsheet: one firm per line with its name, CRD number and, if "
                "known, its number of accounts with LTIDs. Or import a file that a spreadsheet "
                "saved as CSV; you see what it holds before anything is added.",
                "hint",
            )
        )
        column.addWidget(self.text)
        column.addWidget(self.problems)
        column.addLayout(row)
        column.addWidget(self.said)

    def _look(self) -> None:
        text = self.text.toPlainText()
        if len(text) < _LONG:
            self._pause.stop()
            self._show(self._lists.tell_apart(text))
        else:
            self.button.setEnabled(False)
            self.found.setText("Looking through the list …")
            self._pause.start()

    def _look_later(self) -> None:
        self._lists.tell_apart_later(self.text.toPlainText())

    def _show(self, found: FirmList) -> None:
        self._found = found
        count, problems = len(found.firms), found.problems
        noun = "firm" if count == 1 else "firms"
        self.found.setText(f"{count:,} {noun} recognized" if self.text.toPlainText() else "")
        rest = len(problems) - _NAMED
        more = (f"… and {rest:,} more lines.",) if rest > 0 else ()
        self.problems.setText("\n".join((*problems[:_NAMED], *more)))
        self.problems.setVisible(bool(problems))
        self.button.setEnabled(bool(count))

    def _add(self) -> None:
        firms = self._found.firms
        self.text.clear()
        self._lists.add(firms)
        self.added.emit(firms[0].id)

    def _choose_file(self) -> None:
        dialog = QFileDialog(self, "Import a list of firms", "", _LISTS)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.import_file)
        dialog.open()

    def import_file(self, path: str) -> None:
        """Read the file at `path` and show what it holds."""
        self.said.show_text("")
        self._lists.look_into(Path(path))

    def _preview(self, read: FirmFile) -> None:
        dialog = FirmImportDialog(self.window(), read)
        dialog.agreed.connect(self._import)
        dialog.open()

    def _import(self, read: FirmFile) -> None:
        firms = read.found.firms
        self._lists.add(firms, read.file)
        noun = "firm" if len(firms) == 1 else "firms"
        self.said.show_text(
            f"{len(firms):,} {noun} added from {read.file.name}.",
            "Undo (Ctrl+Z) takes all of them out again.",
            Tone.DONE,
        )
        self.added.emit(firms[0].id)

    def _choose_template(self) -> None:
        dialog = QFileDialog(self, "Save a template", "", "CSV files (*.csv)")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.selectFile("firms.csv")
        dialog.fileSelected.connect(self.save_template)
        dialog.open()

    def save_template(self, path: str) -> None:
        """Write a CSV with the headings to fill in to `path`."""
        self._lists.write_template(Path(path))

    def _show_written(self, path: Path) -> None:
        self.said.show_text(
            f"{path.name} is written.",
            "Fill it in with a spreadsheet program, save it as CSV, and import it here.",
            Tone.DONE,
        )

    def _show_failure(self, failure: UserFacingError) -> None:
        self.said.show_failure(failure)
