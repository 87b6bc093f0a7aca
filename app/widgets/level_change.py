"""A later form that changes an SFTP account's level; refused where it leaves a gap (R4.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QWidget

from app.onboarding.access import AccessLevel, LevelChange, SftpAccount, level_change_objection
from app.onboarding.business_calendar import long_date
from app.onboarding.editing import new_row_id
from app.open_case import OpenCase
from app.storage.history import EntryKind
from app.widgets.banner import Banner, Tone
from app.widgets.choice_box import ChoiceBox
from app.widgets.icons import Button
from app.widgets.style import NEAR, TIGHT
from app.widgets.texts import plain_label

LEVEL_WORDS: Mapping[AccessLevel, str] = {
    AccessLevel.TEST: "Test",
    AccessLevel.PRODUCTION: "Production",
    AccessLevel.BOTH: "Test and production",
    AccessLevel.NOT_MARKED: "No mark on the form (opens both)",
}


class LevelChangeBox(QWidget):
    """Records that another form asked for another level, with a reason where it is ill-advised."""

    def __init__(self, open_case: OpenCase) -> None:
        super().__init__()
        self._open_case = open_case
        self._account: SftpAccount | None = None
        self.now = plain_label()
        self.level = ChoiceBox()
        self.on = QLineEdit(placeholderText="month/day/year")
        self.objection = Banner(Tone.WARNING)
        self.reason = QLineEdit()
        self.problem = plain_label(role="problem")
        self.button = Button("Record the chan&ge")
        self._arrange()

    def show_account(self, account: SftpAccount | None) -> None:
        """Shown once the form for `account` has gone out: from then on a change takes another."""
        other = account is None or self._account is None or account.id != self._account.id
        self._account = account
        self.setVisible(account is not None and account.requested_on is not None)
        if account is None:
            return
        current = account.current_level
        words = LEVEL_WORDS[current] if current else LEVEL_WORDS[AccessLevel.NOT_MARKED]
        changes = "".join(
            f" Changed to “{LEVEL_WORDS[change.level]}” by the form of "
            f"{long_date(change.requested_on)}."
            for change in account.level_changes
        )
        self.now.setText(f"Level now: {words}.{changes}")
        if other:
            self._start_over()

    def _arrange(self) -> None:
        self.level.addItem("Choose …", None)
        for level in (AccessLevel.TEST, AccessLevel.PRODUCTION, AccessLevel.BOTH):
            self.level.addItem(LEVEL_WORDS[level], level.value)
        named: tuple[tuple[str, str, QWidget], ...] = (
            ("New level", "level-change:level", self.level),
            ("New form sent on", "level-change:on", self.on),
            ("Reason for changing it all the same", "level-change:reason", self.reason),
        )
        labels = []
        for words, name, widget in named:
            label = QLabel(words)
            label.setBuddy(widget)
            widget.setObjectName(name)
            widget.setAccessibleName(words.replace("&", ""))
            labels.append(label)
        self.button.setObjectName("level-change:record")
        self._reason_label = labels[2]
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(NEAR)
        grid.setVerticalSpacing(TIGHT)
        grid.addWidget(plain_label("Change the level", "strong"), 0, 0, 1, 3)
        grid.addWidget(self.now, 1, 0, 1, 3)
        for column, widget in enumerate((labels[0], labels[1])):
            grid.addWidget(widget, 2, column)
        for column, control in enumerate((self.level, self.on, self.button)):
            grid.addWidget(control, 3, column)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        for line, widget in enumerate(
            (self.objection, self._reason_label, self.reason, self.problem), start=4
        ):
            grid.addWidget(widget, line, 0, 1, 3)
        self.level.activated.connect(self._look)
        self.button.clicked.connect(self._record)

    def _start_over(self) -> None:
        self.level.setCurrentIndex(0)
        self.on.clear()
        self.reason.clear()
        self._say("")
        self._look()

    def _look(self) -> None:
        objection = self._objection()
        self.objection.show_text(
            objection, "Record it only with a reason; the reason is kept." if objection else ""
        )
        self.reason.setVisible(bool(objection))
        self._reason_label.setVisible(bool(objection))

    def _objection(self) -> str:
        chosen = self.level.currentData()
        if self._account is None or chosen is None:
            return ""
        accounts = self._open_case.case.sftp.accounts
        return level_change_objection(accounts, self._account.id, AccessLevel(chosen)) or ""

    def _say(self, problem: str) -> None:
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))

    def _record(self) -> None:
        if self._account is None:
            return
        if self.level.currentData() is None:
            self._say("Choose the new level.")
            self.level.setFocus()
            return
        if self._objection() and not self.reason.text().strip():
            self._say("Enter the reason, or leave the level as it is.")
            self.reason.setFocus()
            return
        try:
            change = self._change()
        except ValidationError as problem:
            self._say(_words(problem))
            return
        kind = EntryKind.RULE_OVERRIDDEN if change.override_reason else EntryKind.FACT_CHANGED
        path = f"sftp.accounts.{self._account.id}.level_changes"
        changes = (*self._account.level_changes, change)
        self._start_over()
        self._open_case.record(path, changes, kind, note=change.override_reason or "")

    def _change(self) -> LevelChange:
        facts: dict[str, Any] = {
            "id": new_row_id(),
            "level": self.level.currentData(),
            "requested_on": self.on.text().strip() or None,
            "override_reason": self.reason.text().strip() if self._objection() else None,
        }
        return LevelChange.model_validate(facts, context={"today": self._open_case.today})


def _words(problem: ValidationError) -> str:
    first = problem.errors(include_url=False)[0]
    if first["type"] == "value_error":
        return str(first["ctx"]["error"])
    return "Enter the day on which the new form was sent."
