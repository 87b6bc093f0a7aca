"""The settings of trust: which servers were accepted, taking that back, and keys given beforehand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QWidget

from app.background import JobRunner, Report
from app.cancellation import CancelToken
from app.failures import UserFacingError
from app.onboarding.access import Environment
from app.onboarding.values import Row, one_line
from app.report.words import moment
from app.sftp.host_keys import AcceptedHostKey, HostKeyStore, HowAccepted, parse_fingerprint
from app.widgets.banner import Banner, Tone
from app.widgets.dialogs import Dialog
from app.widgets.icons import Button
from app.widgets.row_model import Column, RowModel
from app.widgets.row_table import RowTable
from app.widgets.style import NEAR
from app.widgets.texts import plain_label

_WORDS = (
    "A password is only sent to a server whose key was accepted. After taking a key back, the "
    "next connection asks again."
)
_ENVIRONMENTS = {Environment.TEST: "Test", Environment.PRODUCTION: "Production"}
_HOW = {
    HowAccepted.ONCE: "For this session",
    HowAccepted.ALWAYS: "Always trusted",
    HowAccepted.IMPORTED: "Given beforehand",
    HowAccepted.POLICY: "By your IT department",
}
_PORT = 22
_HIGHEST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class _Changed:
    """All keys, after one of them was accepted or revoked."""

    keys: tuple[AcceptedHostKey, ...]
    accepted: AcceptedHostKey | None
    revoked: AcceptedHostKey | None


class _Line(Row):
    place: int
    server: str
    environment: str
    how: str
    accepted: str


_COLUMNS = (
    Column("Server", lambda line: line.server),
    Column("Environment", lambda line: line.environment),
    Column("How", lambda line: line.how),
    Column("Accepted", lambda line: line.accepted),
)


class ServersDialog(Dialog):
    """Lists accepted host keys; each can be revoked, and others added by their fingerprint.

    `accepted` and `revoked` carry the `AcceptedHostKey` once that is kept.

    Args:
        parent: the window it belongs to.
        store: where accepted keys are kept.
        runner: runs all work.
    """

    accepted = Signal(object)
    revoked = Signal(object)

    def __init__(self, parent: QWidget | None, store: HostKeyStore, runner: JobRunner) -> None:
        super().__init__(parent, "Accepted servers", _WORDS, ("proof", "accent"))
        self.setObjectName("servers")
        self._store = store
        self._runner = runner
        self._keys: tuple[AcceptedHostKey, ...] = ()
        self.rows = RowModel(_COLUMNS)
        self.table = RowTable(self.rows)
        self.table.setObjectName("accepted-servers")
        self.table.setAccessibleName("Accepted servers")
        self.table.selectionModel().selectionChanged.connect(self._show_chosen)
        self._none = plain_label("No server has been accepted yet.", "hint")
        self.revoke = Button("&Revoke")
        self.revoke.setObjectName("revoke")
        self.revoke.setEnabled(False)
        self.revoke.clicked.connect(self._revoke)
        self.state = Banner(Tone.INFO, closable=True)
        self._fingerprint = plain_label()
        self._fingerprint.setObjectName("fingerprint")
        self._fingerprint.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        for widget in (self.table, self._none, self._fingerprint):
            self.body.addWidget(widget)
        self.body.addWidget(self.revoke, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addSpacing(NEAR)
        self._add_import()
        self.body.addWidget(self.state)
        self.body.addStretch()
        close = self.add_button("&Close", kind="primary")
        close.clicked.connect(self.close)
        close.setFocus()
        self.table.hide()
        self._change("list the accepted servers")
        self.setMinimumWidth(760)

    def _add_import(self) -> None:
        self.body.addWidget(plain_label("Add a fingerprint given beforehand", "strong"))
        self.environment = QComboBox()
        for environment, words in _ENVIRONMENTS.items():
            self.environment.addItem(words, environment)
        self.host, self.fingerprint = QLineEdit(), QLineEdit()
        self.port = QLineEdit(str(_PORT))
        self.port.setMaximumWidth(80)
        self.port.setValidator(QIntValidator(1, _HIGHEST_PORT, self.port))
        self.fingerprint.setPlaceholderText("SHA256:… or a line of a known-hosts file")
        add = Button("&Add")
        add.setObjectName("add-key")
        add.clicked.connect(self._import)
        grid = QGridLayout()
        grid.setHorizontalSpacing(NEAR)
        fields: tuple[tuple[str, QWidget], ...] = (
            ("Environment", self.environment),
            ("Host", self.host),
            ("Port", self.port),
            ("Fingerprint", self.fingerprint),
        )
        for column, (words, field) in enumerate(fields):
            label = plain_label(words, wrap=False)
            label.setBuddy(field)
            field.setAccessibleName(words)
            field.setObjectName(f"key:{words.lower()}")
            grid.addWidget(label, 0, column)
            grid.addWidget(field, 1, column)
        grid.addWidget(add, 1, len(fields))
        grid.setColumnStretch(1, 2)
        grid.setColumnStretch(3, 3)
        self.body.addLayout(grid)

    def _chosen(self) -> AcceptedHostKey | None:
        line = self.table.chosen_row
        return self._keys[line.place] if isinstance(line, _Line) else None

    def _show_chosen(self) -> None:
        key = self._chosen()
        self.revoke.setEnabled(key is not None)
        self._fingerprint.setVisible(key is not None)
        if key is not None:
            kind = f" ({key.key.type})" if key.key.type else ""
            self._fingerprint.setText(f"{key.key.fingerprint}{kind}")

    def _revoke(self) -> None:
        key = self._chosen()
        if key is not None:
            self._change("revoke a host key", revoked=key)

    def _import(self) -> None:
        host = one_line(self.host.text())
        if not host or not self.port.hasAcceptableInput():
            missing = "port, from 1 to 65535" if host else "host name"
            self.state.show_text(f"Enter the {missing}.", "", Tone.WARNING)
            (self.port if host else self.host).setFocus()
            return
        try:
            key = parse_fingerprint(self.fingerprint.text())
        except ValueError as wrong:
            self.state.show_text(str(wrong), "", Tone.WARNING)
            self.fingerprint.setFocus()
            return
        environment = Environment(self.environment.currentData())
        now = datetime.now(UTC)
        self._change(
            "add a host key",
            accepted=AcceptedHostKey(
                environment, host, int(self.port.text()), key, now, HowAccepted.IMPORTED
            ),
        )

    def _change(
        self,
        name: str,
        *,
        accepted: AcceptedHostKey | None = None,
        revoked: AcceptedHostKey | None = None,
    ) -> None:
        store = self._store

        def work(token: CancelToken, report: Report) -> _Changed:
            if accepted is not None:
                store.accept(accepted)
            if revoked is not None:
                store.revoke(revoked)
            return _Changed(tuple(store.all()), accepted, revoked)

        job = self._runner.prepare(name, work)
        job.done.connect(self._show_changed)
        job.failed.connect(self._failed)
        self._runner.start(job)
        if accepted is not None:
            self.fingerprint.clear()

    def _show_changed(self, changed: _Changed) -> None:
        if changed.accepted is not None:
            self.accepted.emit(changed.accepted)
        if changed.revoked is not None:
            self.revoked.emit(changed.revoked)
        keys = self._keys = changed.keys
        self.rows.show_rows(())
        self.rows.show_rows(tuple(_line(number, key) for number, key in enumerate(keys)))
        self.table.fit_rows()
        self.table.setVisible(bool(keys))
        if keys:
            self.table.selectRow(0)
        self.revoke.setVisible(bool(keys))
        self._none.setVisible(not keys)
        self.state.show_text("")
        self._show_chosen()

    def _failed(self, failure: Exception) -> None:
        if isinstance(failure, UserFacingError):
            self.state.show_failure(failure)


def _line(place: int, key: AcceptedHostKey) -> _Line:
    return _Line(
        id=f"{place:08x}",
        place=place,
        server=f"{key.host}, port {key.port}",
        environment=_ENVIRONMENTS[key.environment],
        how=_HOW[key.how],
        accepted=moment(key.accepted_at),
    )
