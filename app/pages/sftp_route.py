"""Step 4: the way to the servers, where it is not the direct one (proxy, address to come from)."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.onboarding.access import ProxyKind, Route
from app.onboarding.case import Case
from app.open_case import OpenCase
from app.storage.credentials import PROXY_ID
from app.widgets.fields import Field, FieldSpec, Kind
from app.widgets.form import Form
from app.widgets.icons import Button
from app.widgets.password_box import PasswordBox
from app.widgets.style import NEAR
from app.widgets.texts import plain_label
from app.work.passwords import PasswordDesk

PREFIX = "sftp.test_route"
_PROXY_FIELDS = ("proxy_host", "proxy_port", "proxy_username")
_PROXY = (
    (
        FieldSpec(
            "proxy",
            "Proxy",
            Kind.CHOICE,
            choices=(
                (ProxyKind.HTTP_CONNECT, "Web proxy (HTTP CONNECT)"),
                (ProxyKind.SOCKS5, "SOCKS5 proxy"),
            ),
            unchosen="No proxy: connections leave directly",
        ),
    ),
    (
        FieldSpec("proxy_host", "Proxy host name"),
        FieldSpec("proxy_port", "Proxy port", grouped=False),
    ),
    (
        FieldSpec(
            "proxy_username",
            "User name at the proxy",
            hint="Only if the proxy asks for one.",
        ),
    ),
)
_OWN = (
    (
        FieldSpec(
            "bind_address",
            "Connect from this address of your computer",
            hint="Only if it has several and just one of them is on CAT’s allow-list.",
        ),
    ),
)
_NOTE = (
    "Your network administrator knows whether connections have to go through a proxy. The test, "
    "fetching and sending all go this way."
)


class RouteBox(QWidget):
    """A quiet button, and behind it the fields; open from the start where any of them is used."""

    def __init__(self, open_case: OpenCase, desk: PasswordDesk) -> None:
        super().__init__()
        self._open_case = open_case
        self.more = Button("Pro&xy and own address", kind="quiet", icon_name="chevron-right")
        self.more.setObjectName("sftp:route")
        self.more.setCheckable(True)
        self._inside = QWidget()
        self.proxy = Form(open_case, PREFIX, _PROXY)
        self.own = Form(open_case, PREFIX, _OWN)
        self.password = PasswordBox(desk, "proxy-password", "the proxy", letters=False)
        inside = QVBoxLayout(self._inside)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(NEAR)
        for widget in (plain_label(_NOTE, "hint"), self.proxy, self.password, self.own):
            inside.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(NEAR)
        column.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._inside)
        self.more.toggled.connect(self._open)
        self.password.show_account(PROXY_ID)
        used = open_case.case.sftp.test_route != Route() or _unaccepted(open_case.case)
        self.more.setChecked(used)
        self._open(used)
        self.show_case(open_case.case)

    def field(self, path: str) -> Field | None:
        """The field for the full `path`, if it is one of these and visible."""
        return self.proxy.field(path) or self.own.field(path)

    def reveal(self, path: str) -> bool:
        """Open, and put the focus on the field for `path`; whether it is one of these."""
        if not path.startswith(f"{PREFIX}."):
            return False
        self.more.setChecked(True)
        if not (self.proxy.reveal(path) or self.own.reveal(path)):
            self.more.setFocus()
        return True

    def show_case(self, case: Case) -> None:
        """Show the facts; what belongs to a proxy only where there is one."""
        route = case.sftp.test_route
        self.proxy.show_fields(_PROXY_FIELDS, route.proxy is not None)
        self.password.setVisible(route.proxy is not None and route.proxy_username is not None)
        self.proxy.show_case(case)
        self.own.show_case(case)

    def commit(self) -> None:
        """Hand over what is typed and not yet handed over."""
        self.proxy.commit()
        self.own.commit()

    def _open(self, is_open: bool) -> None:
        self.more.show_icon("chevron-down" if is_open else "chevron-right")
        self._inside.setVisible(is_open)


def _unaccepted(case: Case) -> bool:
    return any(path.startswith(f"{PREFIX}.") for path in case.unaccepted)
