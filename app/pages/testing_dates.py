"""Counted submissions by processing date, and for agents by served firm."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QSizePolicy,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.onboarding.assessment import Assessment, plural
from app.onboarding.certification import Totals, below_limit, totals_of
from app.onboarding.counting import counted, percent
from app.onboarding.relationships import ServedFirm
from app.onboarding.testing import SubmissionRecord
from app.onboarding.tracks import Track
from app.widgets.card import Card
from app.widgets.dates_chart import DatesChart, DayCounts
from app.widgets.row_model import Column, RowModel
from app.widgets.style import NEAR
from app.widgets.texts import plain_label

_LEGEND = "Solid: accepted. Hatched: rejected. A warning sign marks 10 % or more."
_NOTHING = "Nothing counts yet. Each processing date gets its line here."
_ROWS_AT_ONCE = 9
_NO_TOTALS = Totals()


class DatesCard(Card):
    """The processing dates that the Help Desk will ask for (R6.5)."""

    def __init__(self) -> None:
        super().__init__("By processing date")
        self.chart = DatesChart()
        self.legend = plain_label(_LEGEND, "hint")
        self.nothing = plain_label(_NOTHING, "hint")
        self.firms = FirmsTable()
        for widget in (self.nothing, self.chart, self.legend, self.firms):
            self.body.addWidget(widget)

    def show_assessment(self, assessment: Assessment) -> None:
        """Repaint from the facts."""
        records = counted(assessment.submissions)
        days = days_of(records)
        self.chart.show_days(days)
        self.chart.setVisible(bool(days))
        self.legend.setVisible(bool(days))
        self.nothing.setVisible(not days)
        agent = Track.REPORTS_FOR_OTHERS in assessment.tracks
        self.firms.setVisible(agent)
        if agent:
            self.firms.show_firms(assessment.case.relationships.served_firms, records)


def days_of(records: tuple[SubmissionRecord, ...]) -> tuple[DayCounts, ...]:
    """The records by processing date, in order; those without a date come last."""
    groups: dict[date | None, list[SubmissionRecord]] = defaultdict(list)
    for record in records:
        groups[record.certified_date].append(record)
    sums = {day: totals_of(members) for day, members in groups.items()}
    return tuple(
        DayCounts(day, sums[day].received, sums[day].accepted)
        for day in sorted(sums, key=lambda day: day or date.max)
    )


class FirmsTable(QWidget):
    """Each served firm with what was accepted for it; those that still lack an account first."""

    def __init__(self) -> None:
        super().__init__()
        self._totals: dict[str, Totals] = {}
        self.summary = plain_label(role="strong", wrap=False)
        self.model = RowModel(
            (
                Column("Firm", lambda firm: firm.name),
                Column("CRD", lambda firm: firm.crd),
                Column("LTID accounts", lambda firm: firm.ltid_accounts),
                Column("Received", lambda firm: self._of(firm).received),
                Column("Accepted", lambda firm: self._of(firm).accepted),
                Column("Error rate", self._rate),
                Column("Proven", self._standing),
            )
        )
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setAccessibleName("Firms you report for")
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setTabKeyNavigation(False)
        self.table.setShowGrid(False)
        self.table.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.table.verticalHeader().hide()
        header = self.table.horizontalHeader()
        header.setResizeContentsPrecision(_ROWS_AT_ONCE)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        header.setMaximumSectionSize(240)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.table.setSortingEnabled(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(NEAR)
        column.addWidget(self.summary)
        column.addWidget(self.table)

    def show_firms(
        self, firms: tuple[ServedFirm, ...], records: tuple[SubmissionRecord, ...]
    ) -> None:
        """Show these firms with what `records` hold for them."""
        known, self._totals = self._totals, _by_firm(records, firms)
        lacking = [firm for firm in firms if self._lacks(firm)]
        self.model.show_rows((*lacking, *(firm for firm in firms if not self._lacks(firm))))
        if known != self._totals:
            self.model.repaint_all()
        still = f"{len(lacking):,} still lacking" if lacking else "none lacks"
        self.summary.setText(
            f"{plural(len(firms), 'firm')} you report for, {still} an accepted account"
            if firms
            else "List the firms you report for in step 5."
        )
        self.table.setVisible(bool(firms))
        rows = min(max(len(firms), 1), _ROWS_AT_ONCE)
        height = rows * self.table.verticalHeader().defaultSectionSize()
        extra = self.table.horizontalHeader().sizeHint().height() + 2 * self.table.frameWidth()
        self.table.setFixedHeight(height + extra + 2)

    def _of(self, firm: ServedFirm) -> Totals:
        return self._totals.get(firm.crd or "", _NO_TOTALS)

    def _lacks(self, firm: ServedFirm) -> bool:
        return firm.ltid_accounts != 0 and not self._of(firm).accepted

    def _rate(self, firm: ServedFirm) -> str:
        rate = self._of(firm).error_rate
        if rate is None:
            return ""
        return percent(rate) if below_limit(rate) else f"{percent(rate)}, too high"

    def _standing(self, firm: ServedFirm) -> str:
        if firm.ltid_accounts == 0:
            return "Not needed: no accounts with LTIDs (§6.3)"
        return "Still lacking" if self._lacks(firm) else "Yes"


def _by_firm(
    records: tuple[SubmissionRecord, ...], firms: tuple[ServedFirm, ...]
) -> dict[str, Totals]:
    """Totals by CRD: a record is its correspondent's where that firm is served, else its reporter's."""
    served = {firm.crd for firm in firms}
    groups: dict[str, list[SubmissionRecord]] = defaultdict(list)
    for record in records:
        by_reporter = record.correspondent_crd not in served
        crd = record.reporter_crd if by_reporter else record.correspondent_crd
        if crd is not None:
            groups[crd].append(record)
    return {crd: totals_of(members) for crd, members in groups.items()}
