"""Printing pages that were set as pictures. Qt allows it on any thread, one at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QMarginsF, QRect, Qt
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPainter
from PySide6.QtPrintSupport import QPrinter

from app.background import Report
from app.cancellation import CancelToken
from app.failures import UserFacingError
from app.onboarding.assessment import Assessment
from app.report.summary import proposed_file_name, summary_pages, summary_pdf
from app.report.typesetting import Paper
from app.storage.case_store import CaseStore
from app.work.exports import occasion_of, remember

#: Fine enough for the smallest print of a page, and what office printers print text at.
SHARP_PPI = 300
_REFUSED = UserFacingError(
    "The printer did not take the pages.",
    "Nothing, or only a part, was printed.",
    "Look at the printer and its queue, and print again; or save the summary and print the file.",
)


def _paper_of(printer: QPrinter) -> Paper:
    """The paper on which the pages are to be set: A4 where the printer has it, else Letter."""
    a4 = printer.pageLayout().pageSize().id() == QPageSize.PageSizeId.A4
    return Paper.A4 if a4 else Paper.LETTER


def print_summary(
    cases: CaseStore,
    assessment: Assessment,
    made_at: datetime,
    printer: QPrinter,
    token: CancelToken,
    report: Report,
) -> int:
    """Print the summary as it stands; the file with the very same pages is kept and recorded.

    Returns:
        How many sheets were printed.

    Raises:
        UserFacingError: the printer refused.
        StorageError: the history could not be read or the export not be recorded.
        Cancelled: it was cancelled; the printer drops what it has.
    """
    paper = _paper_of(printer)
    occasion = occasion_of(cases, assessment.case.id, made_at)
    summary = summary_pdf(assessment, occasion, paper=paper)
    ppi = min(printer.resolution(), SHARP_PPI)
    pages = summary_pages(assessment, occasion, paper=paper, ppi=ppi)
    sheets = print_pages(pages, printer, token, report)
    name = f"{proposed_file_name(assessment.case, assessment.today)} (printed)"
    remember(cases, assessment, occasion, summary, name)
    return sheets


def print_pages(
    pages: Sequence[bytes], printer: QPrinter, token: CancelToken, report: Report
) -> int:
    """Print these PNG pictures, one to a sheet: the pages and copies that were asked for.

    Returns:
        How many sheets were printed.

    Raises:
        UserFacingError: the printer refused.
        Cancelled: it was cancelled; the printer drops what it has.
    """
    ranges = printer.pageRanges()
    wanted = [
        page for number, page in enumerate(pages, 1) if ranges.isEmpty() or ranges.contains(number)
    ]
    if not printer.supportsMultipleCopies():
        wanted *= printer.copyCount()
    # The pages bring their own margins.
    printer.setFullPage(True)
    printer.setPageOrientation(QPageLayout.Orientation.Portrait)
    printer.setPageMargins(QMarginsF(0, 0, 0, 0))
    painter = QPainter()
    if not wanted or not painter.begin(printer):
        raise _REFUSED
    painter.setRenderHint(QPainter.RenderHint.LosslessImageRendering)
    try:
        for number, page in enumerate(wanted):
            if token.cancelled:
                printer.abort()
            token.raise_if_cancelled()
            report((number + 1, len(wanted)))
            if number and not printer.newPage():
                raise _REFUSED
            image = QImage.fromData(page)
            painter.drawImage(_place(image, painter.viewport()), image)
    finally:
        painter.end()
    return len(wanted)


def _place(image: QImage, sheet: QRect) -> QRect:
    """Where a page lies on the sheet: as large as it fits, in the middle."""
    size = image.size().scaled(sheet.size(), Qt.AspectRatioMode.KeepAspectRatio)
    place = QRect(sheet.topLeft(), size)
    place.moveCenter(sheet.center())
    return place
