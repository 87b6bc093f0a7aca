"""Step 7: tell the Help Desk, and keep what comes back (guide §7)."""

from __future__ import annotations

from app.onboarding.assessment import Assessment, Verdict
from app.onboarding.business_calendar import long_date
from app.open_case import OpenCase
from app.pages.certify_message import MessageCard
from app.pages.certify_sent import SentCard
from app.pages.certify_summary import SummaryCard
from app.pages.certify_take_out import TakeOutCard
from app.widgets.banner import Banner, Tone
from app.widgets.card import Card
from app.widgets.fields import FieldSpec, Kind
from app.widgets.form import Form
from app.widgets.page import Page
from app.widgets.requirement_list import RequirementList
from app.widgets.texts import plain_label
from app.work.desk import Desk

_PREFIX = "certification"
_CONTACT = (
    (
        FieldSpec("contacted_on", "I contacted the Help Desk on", Kind.DATE),
        FieldSpec("contacted_by", "Contacted by"),
    ),
    (
        FieldSpec(
            "contact_note",
            "Note",
            Kind.NOTE,
            hint="Such as the ticket number, or who answered.",
            spoken="Note: contact with the Help Desk",
        ),
    ),
    (FieldSpec("followed_up_on", "I asked again on", Kind.DATE),),
)


def _answer(name: str, label: str, hint: str = "") -> tuple[FieldSpec, ...]:
    return (
        FieldSpec(f"{name}.on", label, Kind.DATE, hint=hint),
        FieldSpec(f"{name}.note", "Note", spoken=f"Note: {label.removesuffix(' on')}"),
    )


_ANSWERS = (
    _answer("verified", "FINRA CAT verified the steps on"),
    _answer(
        "production_granted",
        "Production access was granted on",
        "Planned production access of steps 3 and 4 comes into force with it.",
    ),
    _answer("confirmation_received", "The confirmation arrived on"),
)
_VERDICTS = {
    Verdict.NOT_READY: ("Not ready to certify yet", Tone.INFO),
    Verdict.READY: ("Ready: contact the Help Desk with the processing dates", Tone.DONE),
    Verdict.CONTACTED: ("The Help Desk has been contacted; waiting for FINRA CAT", Tone.INFO),
    Verdict.CERTIFIED: ("Certified: production access is granted and confirmed", Tone.DONE),
    Verdict.NOT_REQUIRED: ("Nothing further is required", Tone.INFO),
}


class CertifyPage(Page):
    """What is proven, the summary, the message to the Help Desk, and the answers."""

    key = "certify"
    step = 7

    def __init__(self, open_case: OpenCase, desk: Desk) -> None:
        super().__init__(open_case)
        self._verdict = Banner()
        self._proof = ProofCard()
        self._summary = SummaryCard(open_case, desk)
        self._message = MessageCard(open_case, desk)
        for widget in (self._verdict, self._proof, self._summary, self._message):
            self.body.addWidget(widget)
        self._contact = self._add_card("When you have sent it or called", _CONTACT)
        self.body.addWidget(SentCard(open_case, desk))
        self._add_card("What came back", _ANSWERS)
        self.body.addWidget(TakeOutCard(open_case, desk))
        self.body.addStretch()
        self.show_assessment(open_case.assessment)

    def show_assessment(self, assessment: Assessment) -> None:
        """Repaint the verdict, the proof, the summary and the message."""
        super().show_assessment(assessment)
        headline, tone = _VERDICTS[assessment.verdict]
        self._verdict.show_text(headline, _dates_line(assessment), tone)
        self._proof.show_assessment(assessment)
        self._summary.show_change()
        self._message.show_assessment(assessment)
        contacted = assessment.case.certification.contacted_on is not None
        self._contact.show_fields(("followed_up_on",), contacted)

    def _add_card(self, title: str, rows: tuple[tuple[FieldSpec, ...], ...]) -> Form:
        card = Card(title)
        form = Form(self.open_case, _PREFIX, rows)
        card.body.addWidget(form)
        self.adopt_form(form)
        self.body.addWidget(card)
        return form


class ProofCard(Card):
    """How much is proven, and each requirement that is not."""

    def __init__(self) -> None:
        super().__init__("What is proven")
        self.setObjectName("card:proof")
        self._summary = plain_label()
        self._missing = RequirementList()
        self.body.addWidget(self._summary)
        self.body.addWidget(self._missing)

    def show_assessment(self, assessment: Assessment) -> None:
        """Count what is met, and list what is not."""
        wanted = [r for step in assessment.steps[:6] for r in step.requirements]
        missing = [requirement for requirement in wanted if not requirement.met]
        self._summary.setText(
            f"{len(wanted) - len(missing)} of {len(wanted)} requirements of steps 1 to 6 are met. "
            "The summary below names each with its evidence."
        )
        self._missing.show_requirements(missing)


def _dates_line(assessment: Assessment) -> str:
    if not assessment.processing_dates:
        return ""
    dates = ", ".join(map(long_date, assessment.processing_dates))
    return f"CAT processing dates: {dates}"
