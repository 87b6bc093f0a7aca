"""What a person enters on each page, with keys and clicks; the facts of one walk."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from app.onboarding.access import ConnectionTest
from app.window.main_window import MainWindow
from tests.walk.hand import Hand


@dataclass(frozen=True)
class Walk:
    """The facts of one firm's walk; the password is handed to the keyring alone."""

    firm: str
    organisation: str
    crd: str
    accounts: int
    primary: str = "Self-reporting"
    vendor: str = ""
    for_others: str = "No"
    connectivity: str = "SFTP and CAIS Reporter Portal"
    host: str = ""
    port: int = 22
    username: str = ""
    password: str = field(default="", repr=False)
    feedback: tuple[str, ...] = ()
    distinct: str = ""
    data: str = "production"
    served: tuple[tuple[str, str], ...] = ()
    pdf: str = ""
    eml: str = ""


class Person:
    """Somebody who works through the wizard."""

    def __init__(self, window: MainWindow, walk: Walk) -> None:
        self.window = window
        self.walk = walk
        self.hand = Hand(window)

    def begin(self) -> None:
        """The first start: start an onboarding."""
        self.hand.click(self.hand.find("start"))
        self.hand.find("page:register")

    def go_to(self, key: str) -> None:
        """Go to a page by the sidebar, and wait until it shows and all is stored."""
        self.hand.click(self.hand.find(f"entry:{key}"))
        self.hand.find(f"page:{key}")

    def saved(self) -> None:
        """Wait until the window says that everything is saved."""

        def stored() -> bool:
            frame = self.window.frame
            return frame is not None and not frame.open_case.unsaved

        self.hand.wait(stored, "everything saved")

    def register(self) -> None:
        """Step 1."""
        hand, walk, at = self.hand, self.walk, "registration"
        hand.choose(f"{at}.organisation_type", walk.organisation)
        for name, text in (
            ("company_name", walk.firm),
            ("street", "40 Water Street"),
            ("city", "Boston"),
            ("state", "MA"),
            ("postal_code", "02109"),
        ):
            hand.type(f"{at}.{name}", text)
        if not walk.organisation.startswith("CAT"):
            hand.choose(f"{at}.reports_for_others", walk.for_others)
        hand.type(f"{at}.crd", walk.crd)
        for which, name, phone in (
            ("primary", "Dana Whitfield", "6175550142"),
            ("secondary", "Luis Ortega", "6175550178"),
        ):
            hand.type(f"{at}.{which}_contact.name", name)
            hand.type(f"{at}.{which}_contact.phone", phone)
            hand.type(f"{at}.{which}_contact.email", f"{which}@firm.example.com")
        hand.choose(f"{at}.primary_source", walk.primary)
        if walk.vendor:
            hand.type(f"{at}.primary_vendor", walk.vendor)
        hand.choose(f"{at}.secondary_source", "None")
        hand.choose(f"{at}.connectivity", walk.connectivity)
        hand.type(f"{at}.data_submission", "LTID account information")
        hand.type(f"{at}.ltid_accounts", str(walk.accounts))
        if walk.accounts == 0:
            hand.check(f"{at}.certifies_without_ltid")
        hand.type(f"{at}.submitted_on", "10/05/2020")
        hand.type(f"{at}.submitted_by", "Dana Whitfield")
        hand.type(f"{at}.verified_on", "10/07/2020")

    def administrators(self) -> None:
        """Step 2."""
        self.hand.click("Add administrator")
        at = "administration.administrators.*"
        self.hand.type(f"{at}.name", "Dana Whitfield")
        self.hand.type(f"{at}.confirmed_on", "10/08/2020")

    def user_accounts(self) -> None:
        """Step 3: one account that may do everything, production planned."""
        self.hand.click("Add account")
        at = "portal.accounts.*"
        self.hand.type(f"{at}.name", "Luis Ortega")
        for box in ("portal_entitlement", "reporter_user", "test_access", "production_access"):
            self.hand.check(f"{at}.{box}")

    def sftp_account(self) -> None:
        """Step 4: account, server, and the password into the keyring."""
        hand, walk, at = self.hand, self.walk, "sftp.accounts.*"
        hand.click("Add account")
        hand.choose(f"{at}.level", "Test and production")
        hand.type(f"{at}.form_contact", "Dana Whitfield")
        hand.type(f"{at}.requested_on", "10/08/2020")
        hand.type(f"{at}.username", walk.username)
        hand.type(f"{at}.credentials_received_on", "10/12/2020")
        hand.type(f"{at}.password_reset_on", "10/12/2020")
        hand.type("sftp.test_server.host", walk.host)
        hand.type("sftp.test_server.port", str(walk.port))
        entry = hand.find("password", QLineEdit)
        hand.click(entry)
        QTest.keyClicks(entry, walk.password)
        hand.click(hand.find("keep-password"))
        hand.wait(lambda: entry.text() == "" and hand.button("Remove it"), "the password kept")

    def agent(self) -> None:
        """Step 5, for a firm that reports through an agent."""
        self.hand.click("Add agent")
        at = "relationships.agents.*"
        self.hand.type(f"{at}.name", self.walk.vendor)
        self.hand.type(f"{at}.agent_id", "7059")
        self.hand.type(f"{at}.effective_date", "10/09/2020")
        self.hand.type(f"{at}.entered_by", "Luis Ortega")
        self.hand.type(f"{at}.entered_on", "10/09/2020")

    def served_firms(self) -> None:
        """Step 5, for one that reports for others: each firm has entered its relationship."""
        for name, crd in self.walk.served:
            self.hand.click("Add firm")
            at = "relationships.served_firms.*"
            self.hand.type(f"{at}.name", name)
            self.hand.type(f"{at}.crd", crd)
            self.hand.type(f"{at}.relationship_entered_on", "10/09/2020")

    def connect(self) -> None:
        """The connection test: the unknown server is trusted once its fingerprint was seen."""
        self.hand.click(self.hand.find("start-connection-test"))
        self.hand.click(self.hand.find("trust:always"))
        tests = self._connection_tests
        self.hand.wait(lambda: tests() and tests()[-1].succeeded, "a connection")

    def _connection_tests(self) -> tuple[ConnectionTest, ...]:
        frame = self.window.frame
        return frame.open_case.case.testing.connection_tests if frame else ()

    def sign_in_to_portal(self) -> None:
        """The statement that the portal was reached."""
        self.hand.type("testing.portal_login.on", "10/13/2020")
        self.hand.type("testing.portal_login.by", "Luis Ortega")

    def drop_feedback(self) -> None:
        """Drop the feedback files onto the page, and answer what they do not say."""
        page = self.hand.find("page:testing")
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(path) for path in self.walk.feedback])
        drop_onto(page, mime)
        self.hand.click(self.hand.find("testing:all-environment-test"))
        self.hand.click(self.hand.find(f"testing:all-data-{self.walk.data}"))

    def say_how_many_differ(self) -> None:
        """The question of several submissions."""
        self.hand.type("testing.distinct_accounts", self.walk.distinct)
        self.hand.click(self.hand.find("testing:record-distinct"))

    def save_summary(self) -> None:
        """The PDF, through the file dialog."""
        self.hand.click(self.hand.find("save:summary"))
        self.hand.name_file(Path(self.walk.pdf).name)
        self.hand.wait(lambda: Path(self.walk.pdf).exists(), "the summary")

    def save_email(self) -> None:
        """The e-mail with the PDF."""
        self.hand.click(self.hand.find("message:save"))
        self.hand.name_file(Path(self.walk.eml).name)
        self.hand.wait(lambda: Path(self.walk.eml).exists(), "the e-mail")

    def record_answers(self) -> None:
        """What came back from FINRA CAT."""
        at = "certification"
        self.hand.type(f"{at}.contacted_on", "10/15/2020")
        self.hand.type(f"{at}.contacted_by", "Dana Whitfield")
        for name, day in (
            ("verified", "10/20/2020"),
            ("production_granted", "12/01/2020"),
            ("confirmation_received", "12/01/2020"),
        ):
            self.hand.type(f"{at}.{name}.on", day)


def drop_onto(target: QWidget, mime: QMimeData) -> None:
    """Drop onto a widget, as the window system would; offscreen there is none to do it."""
    spot = QPoint(20, 20)
    enter = QDragEnterEvent(
        spot,
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(target, enter)
    assert enter.isAccepted()
    drop = QDropEvent(
        QPointF(spot),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(target, drop)
