"""The selected submission: what is asked about it, what its feedback says."""

from __future__ import annotations

from datetime import date, timedelta

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.onboarding.assessment import Assessment
from app.onboarding.business_calendar import long_date
from app.onboarding.case import Case
from app.onboarding.certification import JudgedSubmission
from app.onboarding.testing import (
    INTERIM_STATUSES,
    EvidenceSource,
    SubmissionRecord,
)
from app.open_case import OpenCase
from app.pages.testing_date_choice import DateChoice
from app.pages.testing_questions import DATA_KINDS, ENVIRONMENTS, SENDERS
from app.widgets.drop_zone import leave_drops_to_page
from app.widgets.error_codes_view import ErrorCodesView
from app.widgets.fields import Field, FieldSpec, Kind
from app.widgets.form import Form
from app.widgets.style import NEAR
from app.widgets.submissions_table import STATUS_WORDS, submission_title
from app.widgets.texts import plain_label

_SUBMISSIONS = "testing.submissions"
#: How long CAT keeps feedback at least (specification 5.3.1).
DAYS_KEPT = 10
_TYPED = (
    (
        FieldSpec("submission_id", "Submission ID"),
        FieldSpec("reporter_crd", "Sent for (reporter CRD)"),
        FieldSpec(
            "status",
            "Status in the portal",
            Kind.CHOICE,
            choices=tuple((status.value, words) for status, words in STATUS_WORDS.items()),
        ),
    ),
)
_ENDED = FieldSpec(
    "accounts_without_current_ltid",
    "Of these, all LTIDs ended",
    hint="Accounts that do not count toward the level. Leave it empty for none.",
)
_COUNTS = (
    FieldSpec("accounts_received", "Accounts received"),
    FieldSpec("accounts_accepted", "Accounts accepted"),
    _ENDED,
)


class SubmissionDetails(QWidget):
    """Fields of the one selected submission, its findings, and the codes of all selected."""

    def __init__(self, open_case: OpenCase) -> None:
        super().__init__()
        self._open_case = open_case
        self._ids: tuple[str, ...] = ()
        self._shape: object = None
        self.form: Form | None = None
        self.title = plain_label(role="strong")
        self.reason = plain_label()
        self.facts = plain_label(role="hint")
        self.findings = plain_label()
        self.dates = DateChoice(open_case)
        self.codes_title = plain_label("Rejections by code", "strong")
        self.codes = ErrorCodesView()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, NEAR, 0, 0)
        self._column.setSpacing(NEAR)
        for widget in (
            self.title,
            self.reason,
            self.facts,
            self.dates,
            self.findings,
            self.codes_title,
            self.codes,
        ):
            self._column.addWidget(widget)
        self.hide()

    def show_rows(self, ids: tuple[str, ...]) -> None:
        """Show the submissions with these ids."""
        if ids != self._ids:
            self.commit()
            self._ids = ids
            self.show_assessment(self._open_case.assessment)

    def show_assessment(self, assessment: Assessment) -> None:
        """Repaint from the facts."""
        chosen = [item for item in assessment.submissions if item.record.id in self._ids]
        self.setVisible(bool(chosen))
        only = chosen[0] if len(chosen) == 1 else None
        self._build_form(only.record if only else None)
        self.dates.show_record(only.record if only else None)
        for widget in (self.reason, self.facts, self.findings):
            widget.setVisible(only is not None)
        if only is not None:
            self._show_one(only)
        else:
            self.title.setText(f"{len(chosen):,} submissions selected")
        records = [item.record for item in chosen]
        self.codes_title.setVisible(any(record.errors for record in records))
        self.codes.show_records(records)

    def take_focus(self) -> None:
        """Put the focus into the first field."""
        if self.form is not None:
            self.form.fields()[0].take_focus()

    def field(self, path: str) -> Field | None:
        """The field for `path` if it is the selected submission's."""
        return self.form.field(path) if self.form is not None else None

    def reveal(self, path: str) -> bool:
        """Put the focus on the field for `path`, if it is the selected submission's."""
        return self.form is not None and self.form.reveal(path)

    def show_case(self, case: Case) -> None:
        """Show the facts in the fields, unless the submission is gone."""
        if self.form is not None and self._record(case) is not None:
            self.form.show_case(case)

    def commit(self) -> None:
        """Hand over what is typed and not yet handed over."""
        if self.form is not None and self._record(self._open_case.case) is not None:
            self.form.commit()

    def _show_one(self, item: JudgedSubmission) -> None:
        record = item.record
        self.title.setText(submission_title(record))
        self.reason.setText(f"{'Counts' if item.counts else 'Does not count'}. {item.reason}")
        self.facts.setText(_facts(record, self._open_case.today))
        self.facts.setVisible(bool(self.facts.text()))
        self.findings.setText("\n".join(record.findings))
        self.findings.setVisible(bool(record.findings))

    def _build_form(self, record: SubmissionRecord | None) -> None:
        """A form for this submission; the old one stays while nothing about it has changed."""
        shape = record and (record.id, record.source, record.receipt_date, record.completion_date)
        if shape == self._shape:
            return
        self._shape = shape
        if self.form is not None:
            self.form.hide()
            self._column.removeWidget(self.form)
            self.form.deleteLater()
            self.form = None
        if record is None:
            return
        typed = record.source is EvidenceSource.TYPED_IN
        rows = (*_TYPED, _COUNTS, *self._asked(record)) if typed else self._asked(record)
        self.form = Form(self._open_case, f"{_SUBMISSIONS}.{record.id}", rows)
        self._column.insertWidget(self._column.indexOf(self.dates), self.form)
        leave_drops_to_page(self.form)
        self.form.show()

    def _asked(self, record: SubmissionRecord) -> tuple[tuple[FieldSpec, ...], ...]:
        sender = FieldSpec("sent_by", "Who sent it", Kind.CHOICE, choices=SENDERS)
        alone = self._open_case.case.registration.is_reporting_agent
        return (
            (
                FieldSpec("environment", "Sent to", Kind.CHOICE, choices=ENVIRONMENTS),
                FieldSpec("data", "It holds", Kind.CHOICE, choices=DATA_KINDS),
                *(() if alone else (sender,)),
            ),
            (
                FieldSpec(
                    "processing_date", "CAT processing date", Kind.DATE, hint=_date_hint(record)
                ),
                *(() if record.source is EvidenceSource.TYPED_IN else (_ENDED,)),
            ),
        )

    def _record(self, case: Case) -> SubmissionRecord | None:
        """The one submission shown, as it stands in `case`."""
        rows = case.testing.submissions
        return next((record for record in rows if (record.id,) == self._ids), None)


def _date_hint(record: SubmissionRecord) -> str:
    if record.receipt_date is None:
        return "The day CAT processed it, as the portal shows it."
    if record.receipt_date == record.completion_date or record.completion_date is None:
        return f"Left empty: {long_date(record.receipt_date)}, the day of receipt (Eastern Time)."
    return "It was received and completed on different days: choose one."


def _facts(record: SubmissionRecord, today: date) -> str:
    """What the file says about itself, in one line."""
    parts = [
        ("submission ID", record.submission_id),
        ("reporter CRD", record.reporter_crd),
        ("correspondent CRD", record.correspondent_crd),
        ("submitter", record.submitter_id),
        ("schema", record.schema_version),
        ("feedback version", record.feedback_version),
    ]
    if record.source is EvidenceSource.TYPED_IN:
        return ""
    line = ", ".join(f"{name} {value}" for name, value in parts if value is not None)
    line = line[:1].upper() + line[1:]
    if record.known_status in INTERIM_STATUSES and record.receipt_date is not None:
        last = record.receipt_date + timedelta(days=DAYS_KEPT)
        left = (last - today).days
        days = "1 day" if left == 1 else f"{left} days"
        line += (
            f". Its final feedback can be fetched until about {long_date(last)}: {days} left"
            if left > 0
            else f". CAT kept its feedback until about {long_date(last)}; ask in the portal"
        )
    return f"{line}." if line else ""
