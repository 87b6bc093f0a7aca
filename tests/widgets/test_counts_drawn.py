"""What bar, gauge and chart draw and say, seen in their pixels and read by assistive technology."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.onboarding.testing import ErrorGroup
from app.widgets.accounts_bar import AccountsBar
from app.widgets.dates_chart import DatesChart, DayCounts
from app.widgets.error_codes_view import ErrorCodesView
from app.widgets.error_rate_gauge import ErrorRateGauge
from app.widgets.theme import DARK, LIGHT, Colours, Theme
from tests.rig.cases import submission


@pytest.fixture(params=[Qt.ColorScheme.Light, Qt.ColorScheme.Dark], ids=["light", "dark"])
def roles(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[Colours]:
    theme = Theme(qapp, request.param)
    yield DARK if request.param is Qt.ColorScheme.Dark else LIGHT
    # Other tests begin in the light again, and are dressed by no theme of ours.
    theme.force(Qt.ColorScheme.Light)
    shiboken6.delete(theme)


def drawn(qtbot: QtBot, widget: QWidget, width: int = 404) -> QImage:
    qtbot.addWidget(widget)
    widget.resize(width, widget.sizeHint().height())
    return widget.grab().toImage()


def share_of(image: QImage, colour: str, *, row: int | None = None) -> float:
    """How much of one line of pixels has this colour."""
    y = image.height() // 2 if row is None else row
    wanted = QColor(colour).rgb()
    return sum(image.pixel(x, y) == wanted for x in range(image.width())) / image.width()


@pytest.mark.parametrize(
    ("required", "submitted", "accepted", "words"),
    [
        (100, 92, 88, "92 of 100 accounts submitted, 88 accepted"),
        (100, 100, 100, "100 of 100 accounts submitted, 100 accepted"),
        (100, 1_250, 1_200, "1,250 accounts submitted, 100 needed, 1,200 accepted"),
        (0, 0, 0, "0 of 0 accounts submitted, 0 accepted"),
    ],
)
def test_the_bar_says_what_it_shows(
    qtbot: QtBot, required: int, submitted: int, accepted: int, words: str
) -> None:
    bar = AccountsBar()
    drawn(qtbot, bar)
    bar.show_accounts(required, submitted, accepted)
    assert bar.words == words
    assert bar.accessibleDescription() == words
    assert bar.accessibleName()
    drawn(qtbot, bar)


@pytest.mark.parametrize(("submitted", "accepted"), [(100, 88), (50, 25), (100, 0)])
def test_the_solid_part_is_the_accepted_share(
    qtbot: QtBot, roles: Colours, submitted: int, accepted: int
) -> None:
    bar = AccountsBar()
    bar.show_accounts(100, submitted, accepted)
    # Hatching has single pixels of the same colour: a third of that part at most.
    solid = share_of(drawn(qtbot, bar), roles.accent)
    assert accepted / 100 - 0.02 <= solid <= accepted / 100 + (submitted - accepted) / 250 + 0.02


def test_more_accepted_than_submitted_draws_no_further_than_submitted(
    qtbot: QtBot, roles: Colours
) -> None:
    bar = AccountsBar()
    bar.show_accounts(100, 50, 80)
    assert share_of(drawn(qtbot, bar), roles.accent) == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize(
    ("rate", "words", "good"),
    [
        (Fraction(999, 10_000), "Error rate 9.99 %, limit below 10 %", True),
        (Fraction(1, 10), "Error rate 10 %: it must be below 10 %", False),
        (Fraction(99_999, 1_000_000), "Error rate 9.99 %, limit below 10 %", True),
        (Fraction(1), "Error rate 100 %: it must be below 10 %", False),
    ],
)
def test_the_gauge_turns_at_exactly_ten_percent(
    qtbot: QtBot, roles: Colours, rate: Fraction, words: str, good: bool
) -> None:
    gauge = ErrorRateGauge()
    gauge.show_rate(rate)
    assert gauge.words == words
    assert gauge.accessibleDescription() == words
    image = drawn(qtbot, gauge)
    row = 8
    assert (share_of(image, roles.done, row=row) > 0.4) is good
    assert (share_of(image, roles.attention, row=row) > 0.4) is not good


@pytest.mark.parametrize("rate", [None, Fraction(0)])
def test_without_rejections_the_gauge_stays_empty(
    qtbot: QtBot, roles: Colours, rate: Fraction | None
) -> None:
    gauge = ErrorRateGauge()
    gauge.show_rate(rate)
    image = drawn(qtbot, gauge)
    assert share_of(image, roles.done, row=8) == 0
    assert share_of(image, roles.attention, row=8) == 0
    none = "No error rate yet, limit below 10 %"
    assert gauge.words == (none if rate is None else "Error rate 0 %, limit below 10 %")


DAYS = (
    DayCounts(date(2020, 10, 6), 100, 95),
    DayCounts(date(2020, 10, 7), 50, 45),
    DayCounts(None, 20, 20),
)


def test_the_chart_says_each_day_with_its_numbers_and_warnings(qtbot: QtBot) -> None:
    chart = DatesChart()
    qtbot.addWidget(chart)
    chart.show_days(DAYS)
    assert chart.accessibleDescription() == (
        "Tue 6 Oct 2020: 100 received, 95 accepted, 5 % rejected; "
        "Wed 7 Oct 2020: 50 received, 45 accepted, 10 % rejected (warning: 10 % or more); "
        "Date still open: 20 received, 20 accepted, 0 % rejected"
    )


def test_the_chart_grows_with_its_days_and_draws_them_in_proportion(
    qtbot: QtBot, roles: Colours
) -> None:
    chart = DatesChart()
    qtbot.addWidget(chart)
    chart.show_days(DAYS[:1])
    one = chart.sizeHint().height()
    chart.show_days(DAYS)
    assert chart.sizeHint().height() == 3 * one
    image = drawn(qtbot, chart, 800)
    solid = [share_of(image, roles.accent, row=one * day + one // 2) for day in range(3)]
    assert solid[0] > 0.2
    assert solid[1] / solid[0] == pytest.approx(45 / 95, abs=0.03)
    assert solid[2] / solid[0] == pytest.approx(20 / 95, abs=0.03)


def test_a_day_on_which_nothing_was_received_is_no_division_by_zero(qtbot: QtBot) -> None:
    chart = DatesChart()
    chart.show_days([DayCounts(date(2020, 10, 6), 0, 0)])
    drawn(qtbot, chart)
    assert chart.words == "Tue 6 Oct 2020: 0 received, 0 accepted"


def test_thousands_of_codes_in_one_file_are_not_all_drawn(qtbot: QtBot) -> None:
    errors = tuple(ErrorGroup(code=str(90_000 + n), items=n + 1) for n in range(5_000))
    view = ErrorCodesView()
    qtbot.addWidget(view)
    view.show_records([submission(1, errors=errors)])
    labels = view.findChildren(QWidget)
    assert len(labels) < 100
    view.show()
    texts = [label.text() for label in view.findChildren(QLabel)]
    assert texts[0].startswith("94999 Undocumented code, 5,000 times")
    assert texts[-1] == "And 4,960 less frequent codes."
