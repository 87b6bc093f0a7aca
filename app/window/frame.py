"""The frame of an open case: sidebar, page, guide, footer. It alone owns Back and Next."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QHelpEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.onboarding.assessment import Assessment
from app.onboarding.tracks import TRACK_WORDS
from app.open_case import OpenCase, SaveState, Saving
from app.pages import HISTORY, PAGES, PageEntry
from app.report.words import moment
from app.widgets.banner import Banner, Tone
from app.widgets.footer import Footer
from app.widgets.guide_panel import GuidePanel
from app.widgets.page import Page
from app.widgets.sidebar import Sidebar
from app.widgets.style import FAR, NEAR
from app.widgets.term_tips import explain_under
from app.window.focus import ExplainedFocus, focus_first
from app.window.gaps import gaps_of
from app.window.page_area import PageArea
from app.window.pages_ahead import PagesAhead
from app.work.desk import Desk

#: What a page needs to show its fields and tables, in average characters of the font.
_PAGE_LETTERS = 100


class CaseFrame(QWidget):
    """Shows one open case.

    `shown` carries the key of a page that came to the front, `guide_toggled` whether the
    guide is open now, `stored` comes when everything that `store` found unsaved is on disk,
    and `not_stored` carries the `Saving` if that failed. `firms_wanted` asks for the list of firms,
    `reopening_wanted` for the case as somebody else has changed it.
    """

    shown = Signal(str)
    guide_toggled = Signal(bool)
    stored = Signal()
    not_stored = Signal(object)
    firms_wanted = Signal()
    reopening_wanted = Signal()

    def __init__(self, open_case: OpenCase, desk: Desk) -> None:
        super().__init__()
        self.open_case = open_case
        self.desk = desk
        self._areas: dict[str, PageArea] = {}
        self._entry = PAGES[0]
        self._storing = False
        steps = zip(PAGES[1:], open_case.assessment.steps, strict=True)
        self.sidebar = Sidebar(tuple((entry.key, step) for entry, step in steps))
        self.guide = GuidePanel()
        self._focus = ExplainedFocus(self.guide)
        self._ahead = PagesAhead(self, desk.runner, self._area)
        self.footer = Footer()
        self.stack = QStackedWidget()
        # The first one would be shown as soon as it is added, before it is put together.
        self.stack.addWidget(QWidget())
        self.practice = Banner(Tone.WARNING)
        self.news = Banner(closable=True)
        self.failure = Banner(Tone.ERROR)
        self.outdated = Banner(Tone.ERROR, action="Open &again")
        self.missing = Banner(Tone.WARNING)
        self._arrange()
        self._connect()
        self._show_saving(open_case.saving)
        if open_case.case.practice:
            self.practice.show_text(
                "Practice",
                "A simulated CAIS: nothing here counts, and nothing leaves this computer.",
            )

    @property
    def page(self) -> Page:
        """The page in front."""
        return self._areas[self._entry.key].page

    @property
    def key(self) -> str:
        """The key of the page in front."""
        return self._entry.key

    def show_page(self, key: str, *, focus: bool = True) -> None:
        """Bring a page to the front; `focus` puts the focus into it."""
        if self._entry.key in self._areas:
            self.page.commit()
        self._entry = _entry(key)
        area = self._area(self._entry)
        self._hide_missing()
        self._focus.move_to(None)
        # Before it is shown: what is added to a page in sight gets its place a moment later.
        self._repaint(self.open_case.assessment)
        self.stack.setCurrentWidget(area)
        self.sidebar.show_chosen("overview" if self._entry is HISTORY else self._entry.key)
        back, onward = self._neighbour(-1), self._neighbour(1)
        self.footer.show_ways(_title(back) if back else "", _title(onward or PAGES[0]))
        if focus:
            self._focus_page()
        self.shown.emit(key)
        self._ahead.put_off()

    @property
    def built_pages(self) -> tuple[Page, ...]:
        """The pages that are put together so far."""
        return tuple(area.page for area in self._areas.values())

    def store(self) -> None:
        """Hand over what is typed; `stored` or `not_stored` follows, at once if all is on disk."""
        for area in self._areas.values():
            area.page.commit()
        if not self.open_case.unsaved:
            self.stored.emit()
            return
        self._storing = True
        if self.open_case.saving.state is SaveState.FAILED:
            self._storing_ended(self.open_case.saving)

    def toggle_guide(self) -> None:
        """Open the guide or fold it away."""
        self.show_guide(self.guide.isHidden())
        self.guide_toggled.emit(not self.guide.isHidden())

    def show_guide(self, opened: bool) -> None:
        """Open the guide, or fold it away."""
        if not opened and self.guide.isAncestorOf(QApplication.focusWidget() or self):
            self._focus_page()
        self.guide.setVisible(opened)
        self._fit()
        if opened:
            self._repaint_guide(self.open_case.assessment)
            self._focus.explain()

    def help(self) -> None:
        """To the help for the field with the focus, and to the search; from there back again."""
        if self.guide.isAncestorOf(QApplication.focusWidget() or self):
            self._leave_guide()
            return
        if self.guide.isHidden():
            self.toggle_guide()
        self.guide.take_focus()

    def event(self, event: QEvent) -> bool:
        """Explain terms where the pointer rests and nothing else is said."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            return explain_under(event)
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the page the room it needs."""
        super().resizeEvent(event)
        self._fit()

    def next_pane(self) -> None:
        """Move the focus on: sidebar, page, guide, footer, and round again."""
        focused = QApplication.focusWidget()
        panes: list[QWidget] = [self.sidebar, self.stack, self.guide, self.footer]
        shown = [pane for pane in panes if pane.isVisible()]
        here = [pane.isAncestorOf(focused) for pane in shown] if focused else []
        target = shown[(here.index(True) + 1) % len(shown)] if True in here else shown[0]
        if target is self.sidebar:
            self.sidebar.take_focus()
        elif target is self.stack:
            self._focus_page()
        else:
            focus_first(target)

    def go_next(self) -> None:
        """Next: say what is missing and go there, or go on."""
        self.page.commit()
        if self._entry.step:
            case = self.open_case.case
            gaps = gaps_of(self.open_case.assessment.step(self._entry.step), case)
            if gaps:
                self.missing.show_text(gaps.headline, gaps.details)
                self.footer.later_button.show()
                self.page.mark_missing(gaps.paths)
                return
        self.go_on()

    def go_on(self) -> None:
        """Go to the page after this one, whatever is missing."""
        self.show_page((self._neighbour(1) or PAGES[0]).key)

    def go_back(self) -> None:
        """Go to the page before this one."""
        before = self._neighbour(-1)
        if before is not None:
            self.show_page(before.key)

    def _arrange(self) -> None:
        middle = QVBoxLayout()
        middle.setSpacing(0)
        for banner in (self.practice, self.failure, self.outdated, self.news, self.missing):
            middle.addWidget(banner)
        middle.addWidget(self.stack, 1)
        line = QFrame()
        line.setProperty("role", "rule")
        line.setFixedHeight(1)
        middle.addWidget(line)
        middle.addWidget(self.footer)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.sidebar)
        row.addLayout(middle, 1)
        row.addWidget(self.guide)

    def _fit(self) -> None:
        """Where sidebar and guide would leave the page too little, the sidebar shows no words."""
        self.guide.fit()
        left = self.width() - self.sidebar.width_when(compact=False) - self.guide.width()
        narrow = left < self.fontMetrics().averageCharWidth() * _PAGE_LETTERS
        self.sidebar.show_compact(narrow and not self.guide.isHidden())

    def _connect(self) -> None:
        self.sidebar.chosen.connect(self._jump)
        self.sidebar.firms_wanted.connect(self.firms_wanted)
        self.outdated.pressed.connect(self.reopening_wanted)
        self.guide.closed.connect(self.toggle_guide)
        self.guide.left.connect(self._leave_guide)
        self.footer.back.connect(self.go_back)
        self.footer.next.connect(self.go_next)
        self.footer.later.connect(self.go_on)
        self.open_case.changed.connect(self._repaint)
        self.open_case.changed.connect(self._ahead.put_off)
        self.open_case.saving_changed.connect(self._show_saving)
        self.open_case.clock_behind.connect(self._tell_of_clock)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow_focus)

    def _jump(self, key: str) -> None:
        if key != self._entry.key:
            self.show_page(key, focus=False)

    def _area(self, entry: PageEntry) -> PageArea:
        """The page in its area, put together now if it was not yet."""
        known = self._areas.get(entry.key)
        if known is not None:
            return known
        area = PageArea(self.stack, lambda: entry.build(self.open_case, self.desk))
        area.page.page_wanted.connect(self.show_page)
        self._areas[entry.key] = area
        return area

    def _neighbour(self, by: int) -> PageEntry | None:
        if self._entry is HISTORY:
            return PAGES[0]
        index = PAGES.index(self._entry) + by
        return PAGES[index] if 0 <= index < len(PAGES) else None

    def _repaint(self, assessment: Assessment) -> None:
        """Everything in sight; other pages repaint when they come to the front."""
        track = "; ".join(TRACK_WORDS[track] for track in assessment.tracks)
        self.sidebar.show_assessment(assessment, track)
        area = self._areas[self._entry.key]
        if self._entry.step:
            area.header.show_step(assessment.step(self._entry.step), len(assessment.steps))
        elif self._entry is HISTORY:
            area.header.show_view(assessment.case.title, "History")
        else:
            area.header.show_overview(assessment, track)
        area.page.show_assessment(assessment)
        self._repaint_guide(assessment)
        if not self.missing.isHidden():
            gaps = gaps_of(assessment.step(self._entry.step), assessment.case)
            self.missing.show_text(gaps.headline, gaps.details)
            self.footer.later_button.setVisible(bool(gaps))

    def _repaint_guide(self, assessment: Assessment) -> None:
        if self.guide.isHidden():
            return
        if self._entry.step:
            self.guide.show_step(assessment.step(self._entry.step))
        else:
            self.guide.show_overview()

    def _follow_focus(self, before: QWidget | None, now: QWidget | None) -> None:
        """Keep whatever gets the focus in sight and explained; what was typed before is one step."""
        self.desk.undoing.seal()
        area = self.stack.currentWidget()
        if now is not None and isinstance(area, PageArea) and area.isAncestorOf(now):
            # A dialog that closes gives the focus back: the page stays where she had scrolled it.
            if not self._focus.comes_back(before, now):
                area.ensureWidgetVisible(now, NEAR, FAR)
            self._focus.move_to(now)

    def _leave_guide(self) -> None:
        """Put the focus back where it was in the page."""
        if not self._focus.go_back():
            self._focus_page()

    def _hide_missing(self) -> None:
        self.missing.hide()
        self.footer.later_button.hide()

    def _focus_page(self) -> None:
        area = self._areas[self._entry.key]
        area.verticalScrollBar().setValue(0)
        if not focus_first(self.page):
            # A page with nothing to do on it: the way on.
            self.footer.next_button.setFocus(Qt.FocusReason.TabFocusReason)

    def _show_saving(self, saving: Saving) -> None:
        self.footer.show_saving(saving)
        self.failure.hide()
        if saving.failure is not None:
            (self.outdated if self.open_case.outdated else self.failure).show_failure(
                saving.failure
            )
        if self._storing and saving.state is not SaveState.SAVING:
            self._storing_ended(saving)

    def _tell_of_clock(self, before: datetime) -> None:
        self.news.show_text(
            "The clock of this computer seems to be wrong.",
            f"The entry before was made on {moment(before)}, which is still to come. Your change is "
            "saved with the time of this computer; the order of entries holds. Set the clock right.",
            Tone.WARNING,
        )

    def _storing_ended(self, saving: Saving) -> None:
        if saving.state is SaveState.FAILED:
            self.not_stored.emit(saving)
        elif not self.open_case.unsaved:
            self._storing = False
            self.stored.emit()


def _entry(key: str) -> PageEntry:
    return next((entry for entry in (*PAGES, HISTORY) if entry.key == key), PAGES[0])


def _title(entry: PageEntry) -> str:
    from app.onboarding.guide import the_guide

    return the_guide().step(entry.step).title if entry.step else "Overview"
