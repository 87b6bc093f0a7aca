"""One fact of the case as a labelled editor with one line for what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from app.onboarding import editing
from app.onboarding.case import Case
from app.onboarding.values import one_line
from app.open_case import OpenCase
from app.widgets.announcing import announce
from app.widgets.choice_box import ChoiceBox
from app.widgets.icons import CopyButton
from app.widgets.own_undo import asks_for_undo, has_own_undo
from app.widgets.texts import plain_label

#: Idle time after the last keystroke before a text is taken, in milliseconds.
TYPING_PAUSE = 300
#: Shorter texts are never more than one field holds, in characters.
_SHORTEST_PASTE = 5


class Kind(StrEnum):
    """Which editor a field gets."""

    TEXT = "text"
    NOTE = "note"
    DATE = "date"
    CHOICE = "choice"
    CHECK = "check"


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A field: where its fact lies and how it is asked for.

    `path` is relative to the form's prefix. `choices` are pairs of (value, words); the
    value None stands for no answer yet. `suggestions` make an editable list. `copyable`
    adds a button that puts the value into the clipboard (R1.4). `unchosen` are a choice's words
    for None. `grouped` writes a large
    number in groups of three digits; a port is no quantity and stands without. `spoken` is
    what assistive technology calls the field, where several of a page share a label.
    """

    path: str
    label: str
    kind: Kind = Kind.TEXT
    hint: str = ""
    choices: Sequence[tuple[object, str]] = ()
    suggestions: Sequence[str] = ()
    copyable: bool = False
    grouped: bool = True
    unchosen: str = "Choose …"
    spoken: str = ""

    @property
    def name(self) -> str:
        """What the field is called where nothing stands beside it."""
        return self.spoken or self.label.replace("&", "")


class Field(QWidget):
    """A labelled editor bound to one fact.

    What is typed goes to the case after a short pause, on Enter and when the focus
    leaves; then it is shown as it was understood. `focused` carries the full path, for the guide
    panel; `pasted` the path and the text, lines and all, that was pasted as the whole of it.
    """

    focused = Signal(str)
    pasted = Signal(str, str)

    def __init__(self, spec: FieldSpec, path: str, open_case: OpenCase) -> None:
        super().__init__()
        self.spec = spec
        self.path = path
        self.open_case = open_case
        self._showing = False
        self._touched = False
        self._typed_here = False
        #: The fact that the typed text amounts to, while it is left as it was typed.
        self._taken: object = None
        self._committing = False
        self._before = ""
        self._missing = False
        self.label = QLabel(spec.label if spec.kind is not Kind.CHECK else "")
        self.editor = self._make_editor()
        self.problem = plain_label(role="problem")
        self._said = plain_label(role="hint")
        self._pause = QTimer(self, singleShot=True, interval=TYPING_PAUSE)
        self._pause.timeout.connect(self.commit)
        self._arrange()
        self.show_case(open_case.case)

    def commit(self) -> None:
        """Hand over what stands in the editor if it was touched since."""
        self._pause.stop()
        if self._touched:
            self._touched = False
            self._said.hide()
            self._committing = True
            self.open_case.edit(self.path, self._entered())
            self._committing = False
            self._taken = self._value(self.open_case.case)
            self.show_problem()

    def drop_typed(self) -> None:
        """Forget what is typed and not yet handed over: it is put elsewhere."""
        self._pause.stop()
        self._touched = self._typed_here = False

    def say(self, words: str) -> None:
        """Say below the editor what became of what was entered, until something else is."""
        self._said.setText(words)
        self._said.show()
        announce(self.editor, words)

    def show_case(self, case: Case) -> None:
        """Show the fact at the field's path, or the text it could not take."""
        if self._touched:
            return  # what is being typed is newer than the case
        value = self._value(case)
        if value not in (None, ""):
            self._missing = False
        # Who pauses in the middle of "10/5/20" may go on to "10/5/2021".
        typing = self._typed_here and self.editor.hasFocus()
        if not (typing and (self._committing or value == self._taken)):
            self._showing = True
            self._display(value)
            self._showing = False
            if self.text() != self._before:
                self._before = self.text()
                self._said.hide()
        self.show_problem()

    def _value(self, case: Case) -> object:
        """The fact at the field's path, or the text it could not take."""
        unaccepted = case.unaccepted.get(self.path)
        return editing.value_at(case, self.path) if unaccepted is None else unaccepted

    def show_missing(self) -> None:
        """Say that this field is missing until something is entered."""
        if editing.value_at(self.open_case.case, self.path) is None:
            self._missing = True
            self.show_problem()

    def show_problem(self) -> None:
        """Repaint the one line below the editor."""
        line = self.open_case.problem_at(self.path)
        if not line and self._missing:
            line = "Still missing."
        if line == self.problem.text():
            return
        self.problem.setText(line)
        self.problem.setVisible(bool(line))
        self._describe(line)
        if self.isVisible():
            announce(self.problem, f"{self.spec.name}: {line}" if line else "")
        if self.editor.property("problem") != bool(line):
            self.editor.setProperty("problem", bool(line))
            self.editor.style().polish(self.editor)

    def _describe(self, line: str) -> None:
        """Tell assistive technology the hint and what is wrong."""
        described = " ".join(part for part in (self.spec.hint, line) if part)
        self.editor.setAccessibleDescription(described)

    def take_focus(self) -> None:
        """Put the focus into the editor."""
        self.editor.setFocus()

    def text(self) -> str:
        """The value as text, as it would be copied."""
        if isinstance(self.editor, QComboBox):
            return self.editor.currentText()
        if isinstance(self.editor, QPlainTextEdit):
            return self.editor.toPlainText()
        return self.editor.text() if isinstance(self.editor, QLineEdit) else ""

    def _make_editor(self) -> QLineEdit | QPlainTextEdit | QComboBox | QCheckBox:
        kind = self.spec.kind
        if kind is Kind.NOTE:
            return self._note()
        if kind is Kind.CHECK:
            box = QCheckBox(self.spec.label)
            box.clicked.connect(self._chosen)
            return box
        if kind is Kind.CHOICE or self.spec.suggestions:
            return self._combo()
        line = QLineEdit()
        # Longer than any field takes: the field says so instead of cutting silently.
        line.setMaxLength(50_000)
        if kind is Kind.DATE:
            line.setPlaceholderText("month/day/year")
        # Not textEdited: dictation and other assistive technology set the text as a whole.
        line.textChanged.connect(self._edited)
        line.editingFinished.connect(self._settle)
        return line

    def _note(self) -> QPlainTextEdit:
        note = QPlainTextEdit()
        note.setTabChangesFocus(True)
        note.setMaximumHeight(note.fontMetrics().lineSpacing() * 4 + 16)
        note.textChanged.connect(self._typed)
        return note

    def _combo(self) -> QComboBox:
        combo = ChoiceBox()
        if self.spec.suggestions:
            combo.setEditable(True)
            combo.addItems(list(self.spec.suggestions))
            combo.editTextChanged.connect(self._typed)
        else:
            combo.addItem(self.spec.unchosen, None)
            for value, words in self.spec.choices:
                combo.addItem(words, value)
            combo.activated.connect(self._chosen)
        return combo

    def _arrange(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(0, 1)
        if self.label.text():
            grid.addWidget(self.label, 0, 0, 1, 2)
            self.label.setBuddy(self.editor)
        grid.addWidget(self.editor, 1, 0)
        if self.spec.copyable:
            grid.addWidget(self._copy_button(), 1, 1)
        self.problem.setObjectName(f"problem:{self.path}")
        self.problem.hide()
        self._said.hide()
        self._describe("")
        grid.addWidget(self.problem, 2, 0, 1, 2)
        grid.addWidget(self._said, 3, 0, 1, 2)
        if self.spec.hint:
            grid.addWidget(plain_label(self.spec.hint, "hint"), 4, 0, 1, 2)
        self.editor.setObjectName(f"field:{self.path}")
        self.editor.setAccessibleName(self.spec.name)
        line = self.editor.lineEdit() if isinstance(self.editor, QComboBox) else None
        if line is not None:
            line.setAccessibleName(self.spec.name)
        self.setFocusProxy(self.editor)
        self.editor.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tell the guide panel where the focus is; take what is typed when it leaves."""
        if event.type() == QEvent.Type.FocusIn:
            self._typed_here = False
            self.focused.emit(self.path)
        elif event.type() == QEvent.Type.ShortcutOverride and asks_for_undo(event):
            if not (self._typed_here and has_own_undo(self.editor, event)):
                event.ignore()
                return True
        elif event.type() == QEvent.Type.FocusOut:
            self._settle()
        elif event.type() == QEvent.Type.Wheel and not self.editor.hasFocus():
            # Scrolling the page must not change an answer that the pointer happens to pass.
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def _copy_button(self) -> CopyButton:
        button = CopyButton(f"Copy {self.spec.name}")
        button.setObjectName(f"copy:{self.path}")
        button.clicked.connect(self._copy)
        return button

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text())

    def _edited(self, text: str) -> None:
        """Take what is typed; tell of a text that was pasted as a whole."""
        if self._showing:
            return
        before, self._before = self._before, text
        self._typed()
        # The clipboard is another program's: it is not asked at every key.
        if len(text) > _SHORTEST_PASTE and abs(len(text) - len(before)) != 1:
            clip = QGuiApplication.clipboard().text()
            if one_line(clip) == one_line(text):
                self.pasted.emit(self.path, clip)

    def _settle(self) -> None:
        """Show what was typed as it was understood."""
        self.commit()
        self._typed_here = False
        self.show_case(self.open_case.case)

    def _typed(self) -> None:
        if not self._showing:
            self._touched = self._typed_here = True
            self._pause.start()

    def _chosen(self) -> None:
        self._touched = True
        self.commit()

    def _entered(self) -> object:
        if isinstance(self.editor, QCheckBox):
            return self.editor.isChecked()
        if isinstance(self.editor, QComboBox) and not self.spec.suggestions:
            return self.editor.currentData()
        return self.text()

    def _display(self, value: object) -> None:
        if isinstance(self.editor, QCheckBox):
            self.editor.setChecked(value is True)
        elif isinstance(self.editor, QComboBox):
            self._display_choice(self.editor, value)
        elif self.text() != (words := shown_text(value, grouped=self.spec.grouped)):
            if isinstance(self.editor, QPlainTextEdit):
                self.editor.setPlainText(words)
            elif not (self.editor.hasFocus() and self.editor.text().strip() == words):
                self.editor.setText(words)

    def _display_choice(self, combo: QComboBox, value: object) -> None:
        if self.spec.suggestions:
            combo.setEditText(shown_text(value))
            return
        values = [combo.itemData(index) for index in range(combo.count())]
        combo.setCurrentIndex(values.index(value) if value in values else 0)


def shown_text(value: object, *, grouped: bool = True) -> str:
    """A fact as it stands in an editor; `grouped`: large numbers in groups of three digits."""
    if value is None:
        return ""
    if isinstance(value, date):
        return value.strftime("%m/%d/%Y")
    if isinstance(value, int) and not isinstance(value, bool) and grouped and value >= 10_000:
        return f"{value:,}"
    return str(value)
