"""The two cards of step 1 that are more than fields: the number of accounts, and sending the form."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout

from app.onboarding.assessment import Assessment
from app.onboarding.guide import the_guide
from app.open_case import OpenCase
from app.pages.register_fields import GOES_ON, NUMBERS, PREFIX, SENT
from app.widgets.banner import Banner, Tone
from app.widgets.card import Card
from app.widgets.form import Form
from app.widgets.icons import Button
from app.widgets.links import LinkButton
from app.widgets.texts import plain_label
from app.widgets.worksheet import WorksheetButton
from app.work.documents import Order

_AGGREGATE = "Give the total of all firms you report for (§1, footnote 2)."
_NO_LTID = (
    "No accounts with LTIDs: certifying is encouraged, not required",
    "You may stop after this step, or go on and be ready for such an account (§1, §6.3).",
)


class NumbersCard(Card):
    """How many accounts with LTIDs there are, and what follows where there are none."""

    def __init__(self, open_case: OpenCase) -> None:
        super().__init__(
            "Large-trader accounts",
            "The number on the form sets how many accounts you must submit in testing (§6). "
            "An approximate number is what is asked for.",
        )
        self._aggregate = plain_label(_AGGREGATE, "hint")
        self._no_ltid = Banner()
        self._numbers = Form(open_case, PREFIX, NUMBERS)
        self._goes_on = Form(open_case, PREFIX, GOES_ON)
        for widget in (self._numbers, self._aggregate, self._no_ltid, self._goes_on):
            self.body.addWidget(widget)
        self.forms = (self._numbers, self._goes_on)
        self.show_assessment(open_case.assessment)

    def show_assessment(self, assessment: Assessment) -> None:
        """Repaint from the facts."""
        registration = assessment.case.registration
        without = registration.ltid_accounts == 0
        self._goes_on.setVisible(without)
        self._no_ltid.show_text(*(_NO_LTID if without else ("", "")))
        self._aggregate.setVisible(registration.serves_others)


class SendingCard(Card):
    """The form and its worksheet, when it was sent, and who is waited for since.

    `help_wanted` asks for a message to the Help Desk.

    Args:
        open_case: the case.
        make_worksheet: hands over what is typed, and asks for the worksheet.
    """

    help_wanted = Signal()

    def __init__(self, open_case: OpenCase, make_worksheet: Callable[[], Order]) -> None:
        super().__init__(
            "Send the form",
            "The form is online. Copy each answer into it with the button beside the field, or "
            "print them all on one sheet.",
        )
        worksheet = WorksheetButton(make_worksheet)
        worksheet.button.setObjectName("worksheet:registration")
        top = Qt.AlignmentFlag.AlignTop
        buttons = QHBoxLayout()
        buttons.addWidget(LinkButton("registration", "&Open the form"), 0, top)
        buttons.addWidget(worksheet, 1, top)
        self.body.addLayout(buttons)
        self.form = Form(open_case, PREFIX, SENT)
        self._waiting = Banner()
        self._ask = Button("Wri&te to the Help Desk …", icon_name="external")
        self._ask.setObjectName("ask:registration")
        self._ask.clicked.connect(self.help_wanted)
        self.body.addWidget(self.form)
        self.body.addWidget(self._waiting)
        self.body.addWidget(self._ask, 0, Qt.AlignmentFlag.AlignLeft)
        self.show_assessment(open_case.assessment)

    def show_assessment(self, assessment: Assessment) -> None:
        """Repaint from the facts."""
        waiting = assessment.step(1).findings.waiting
        overdue = bool(waiting) and waiting[0].overdue
        asked = assessment.case.registration.followed_up_on is not None
        self.form.show_fields(("followed_up_on",), overdue or asked)
        self._ask.setVisible(overdue)
        if not waiting:
            self._waiting.show_text("")
        elif waiting[0].overdue:
            self._waiting.show_text(waiting[0].action, _help_desk(), Tone.WARNING)
        else:
            headline = f"Waiting for {waiting[0].on_whom}: {waiting[0].for_what}"
            self._waiting.show_text(headline, waiting[0].action, Tone.INFO)


def _help_desk() -> str:
    desk = the_guide().help_desk
    return f"{desk.name}: {desk.phone}, {desk.email}"
