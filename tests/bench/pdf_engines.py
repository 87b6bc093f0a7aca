"""The tables of a summary as other engines set them: the references of `bench_report`.

Each engine gets the same headings and rows and the same font, repeats the heading row and
numbers the pages. None of them tags, attaches or checks anything.
"""

from __future__ import annotations

import html
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.report.text import clean
from app.resources import path_of

FONT = path_of("fonts") / "NotoSans-Regular.ttf"


@dataclass(frozen=True)
class Table:
    """A heading and rows of plain texts."""

    title: str
    headings: list[str]
    rows: list[list[str]]


def tables_of(shown: dict[str, Any]) -> list[Table]:
    """The tables that the summary prints, as plain texts."""
    testing, access = shown["testing"], shown["access"]
    tables = [
        Table(
            "The seven steps",
            ["No.", "Step", "Status", "Why"],
            [[s["number"], s["title"], s["status"], s["reason"]] for s in shown["steps"]],
        )
    ]
    tables += [
        Table(
            group["heading"],
            ["State", "Requirement", "Evidence", "Recorded"],
            [
                [r["state"], f"{r['text']} {r['section']}", r["evidence"], r["recorded"]]
                for r in group["rows"]
            ],
        )
        for group in shown["requirements"]
    ]
    tables += [
        Table(
            "Processing dates",
            ["Date", "Submissions", "Received", "Accepted", "Rejected", "Error rate"],
            testing["dates"],
        ),
        Table(
            "All submissions",
            ["Submission", "Date", "Received", "Accepted", "Rejected", "Error rate", "Counts"],
            [
                [
                    f"{s['name']} {s['id']} {s['for']} {s['kind']} {s['status']} {s['sha256']}",
                    *(s[key] for key in ("date", "received", "accepted", "rejected", "rate")),
                    s["why"],
                ]
                for s in testing["submissions"]
            ],
        ),
        Table("Errors", ["Code", "Title", "Stage", "Items"], testing["errors"]),
        Table(
            "Firms", ["Firm", "CRD", "LTID", "Entered", "Accepted", "Rate"], access["served_firms"]
        ),
        Table("Contacts", ["Role", "Name", "Phone", "E-mail"], access["contacts"]),
        Table(
            "Readings",
            ["Open", "Reading", "Why"],
            [[r["open"], r["reading"], r["why"]] for r in shown["readings"]],
        ),
        Table("Evidence log", ["Entry", "Recorded", "By", "What"], shown["log"]["entries"]),
    ]
    return [
        Table(t.title, t.headings, [[clean(cell) for cell in row] for row in t.rows])
        for t in tables
        if t.rows
    ]


def with_fpdf2(tables: list[Table]) -> bytes:
    """The tables set by fpdf2."""
    from fpdf import FPDF

    class Numbered(FPDF):
        def footer(self) -> None:
            self.set_y(-15)
            self.cell(0, 10, f"Page {self.page_no()} of {{nb}}", align="R")

    pdf = Numbered(format="Letter")
    pdf.add_font("Noto", fname=str(FONT))
    pdf.set_font("Noto", size=7.8)
    pdf.add_page()
    for table in tables:
        pdf.cell(0, 10, table.title, new_x="LMARGIN", new_y="NEXT")
        with pdf.table(first_row_as_headings=False, num_heading_rows=0) as made:
            for row in [table.headings, *table.rows]:
                made.row(row)
    return bytes(pdf.output())


def with_reportlab(tables: list[Table]) -> bytes:
    """The tables set by ReportLab."""
    from reportlab.lib.pagesizes import LETTER
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.platypus import Flowable, LongTable, Paragraph, SimpleDocTemplate

    pdfmetrics.registerFont(TTFont("Noto", str(FONT)))
    style = ParagraphStyle("body", fontName="Noto", fontSize=7.8, leading=9.5, splitLongWords=1)

    def number(canvas: Any, document: Any) -> None:
        canvas.drawRightString(560, 30, f"Page {document.page}")

    out = io.BytesIO()
    story: list[Flowable] = []
    width = 480
    for table in tables:
        story.append(Paragraph(html.escape(table.title), style))
        rows = [
            [Paragraph(html.escape(cell), style) for cell in row]
            for row in [table.headings, *table.rows]
        ]
        columns = len(table.headings)
        story.append(LongTable(rows, colWidths=[width / columns] * columns, repeatRows=1))
    SimpleDocTemplate(out, pagesize=LETTER).build(story, onFirstPage=number, onLaterPages=number)
    return out.getvalue()


def with_qt(tables: list[Table]) -> bytes:
    """The tables set by Qt's rich text on its PDF writer."""
    from PySide6.QtCore import QBuffer, QByteArray, QIODevice
    from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication, QPageSize, QPdfWriter
    from PySide6.QtGui import QTextDocument as Document

    app = QGuiApplication.instance() or QGuiApplication([])
    QFontDatabase.addApplicationFont(str(FONT))
    store = QByteArray()
    buffer = QBuffer(store)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.Letter))
    document = Document()
    document.setDefaultFont(QFont("Noto Sans", 8))
    document.setHtml("".join(_as_html(table) for table in tables))
    document.print_(writer)
    del document, writer, app
    buffer.close()
    return bytes(store.data())


def _as_html(table: Table) -> str:
    def row(cells: list[str], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{html.escape(c)}</{tag}>" for c in cells) + "</tr>"

    rows = "".join(row(cells, "td") for cells in table.rows)
    return (
        f"<h2>{html.escape(table.title)}</h2><table width='100%'>"
        f"<thead>{row(table.headings, 'th')}</thead>{rows}</table>"
    )


ENGINES: dict[str, Callable[[list[Table]], bytes]] = {
    "fpdf2": with_fpdf2,
    "ReportLab": with_reportlab,
    "Qt": with_qt,
}
