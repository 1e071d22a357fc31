"""The answers, row by row: pages that show what the network makes of every row of the data.

The worker evaluates the rows only while a page is seen: no view computes, and a closed panel costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFrame, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from nnviz.drawing.theme import Theme
from nnviz.experiment import Prepared
from nnviz.experiment.frame import Frame, RowId
from nnviz.session.controller import Controller
from nnviz.session.marking import Marks
from nnviz.session.state import ExperimentState
from nnviz.ui.answers.answers_page import AnswersPage
from nnviz.ui.answers.confusion_page import ConfusionPage
from nnviz.ui.answers.draw_page import DrawPage
from nnviz.ui.answers.mistakes_page import MistakesPage
from nnviz.ui.answers.predicted_page import PredictedPage
from nnviz.ui.answers.rows_page import RowsPage
from nnviz.ui.widgets.hideable import Hideable, hideable_button
from nnviz.ui.widgets.view_header import ViewHeader


class AnswersPanel(QFrame):
    """Tabs above one page; pages that do not suit the data have no tab.

    Attributes
    ----------
    header : ViewHeader
    pages : dict of str to AnswersPage
        By name, in the order of the tabs.
    tabs : dict of str to QToolButton
    rows_page : RowsPage
    confusion_page : ConfusionPage
    """

    def __init__(
        self,
        state: ExperimentState,
        controller: Controller,
        marks: Marks,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self._state, self._marks = state, marks
        self._is_empty = False
        self._controller = controller
        self._prepared: Prepared | None = None
        self._frame: Frame | None = None
        self._seen = self._open = False
        self.header = ViewHeader(self.tr("Answers"), self)
        self._stack = QStackedWidget(self)
        made = self._make_pages(controller, marks, theme)
        self.pages = {page.name: page for page in made}
        self.tabs: dict[str, QToolButton] = {}
        for page in made:
            tab = self.tabs[page.name] = self.header.add_tab(page.label, page.help)
            tab.clicked.connect(self._on_tab_clicked)
            # Before the data are known no one knows which there will be; all of them would widen the column for good.
            tab.setVisible(page is made[0])
            self._stack.addWidget(page)
        # Whose page the stack shows from the start.
        self.tabs[made[0].name].setChecked(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 6)
        column.setSpacing(4)
        column.addWidget(self.header)
        column.addWidget(self._stack, 1)
        self.set_theme(theme)
        state.experiment_changed.connect(self._on_experiment_changed)

    def _make_pages(
        self,
        controller: Controller,
        marks: Marks,
        theme: Theme,
    ) -> tuple[AnswersPage, ...]:
        rows, confusion = RowsPage(controller, marks, theme), ConfusionPage(marks, theme)
        worst, draw = MistakesPage(marks, theme), DrawPage(controller, marks, theme)
        confusion.rows_wanted.connect(self._on_rows_wanted)
        worst.tried.connect(self._on_tried)
        self.rows_page, self.confusion_page = rows, confusion
        return rows, confusion, PredictedPage(controller, marks, theme), worst, draw

    @property
    def page(self) -> AnswersPage | None:
        """The page whose tab is chosen, None before there are data or where no page suits them."""
        page, prepared = self._stack.currentWidget(), self._prepared
        suits = isinstance(page, AnswersPage) and prepared is not None and page.suits(prepared)
        return page if isinstance(page, AnswersPage) and suits else None

    def choose(self, name: str) -> None:
        """Show the page called `name`, where it suits the data."""
        if self._prepared is not None and self.pages[name].suits(self._prepared):
            self.tabs[name].setChecked(True)
            self._stack.setCurrentWidget(self.pages[name])
            self._tell_seen()
            self._redraw()

    def set_theme(self, theme: Theme) -> None:
        """Recolour every page."""
        for page in self.pages.values():
            page.set_theme(theme)

    def show_prepared(self, prepared: Prepared) -> None:
        """Take over other data: which pages there are, and what they show."""
        if prepared.is_empty:
            self._let_go()
            return
        self._prepared, self._frame = prepared, None
        self._stack.show()
        suiting = [page for page in self.pages.values() if page.suits(prepared)]
        for page in self.pages.values():
            self.tabs[page.name].setVisible(page in suiting)
        for page in suiting:
            page.show_prepared(prepared)
        if suiting and self._stack.currentWidget() not in suiting:
            self.choose(suiting[0].name)
        self._tell_seen()

    @Slot()
    def _on_experiment_changed(self) -> None:
        """Let go of rows that are gone at once: an empty canvas has none."""
        rows, prepared = self._state.experiment.data.rows, self._controller.prepared
        was_empty, self._is_empty = self._is_empty, rows is not None and len(rows.features) == 0
        if self._is_empty:
            self._let_go()
        elif was_empty and prepared is not None:
            self.show_prepared(prepared)

    def _let_go(self) -> None:
        self._prepared = self._frame = None
        self._tell_seen()
        self._stack.hide()

    def show_frame(self, frame: Frame) -> None:
        """Show the answers of `frame` on the page that is seen."""
        self._frame = frame
        self._redraw()

    def hideable_parts(self) -> Iterator[Hideable]:
        """Yield what a teacher can hide: first the tabs, then what is on their pages."""
        group = self.tr("Answers")
        for name, tab in self.tabs.items():
            yield hideable_button(f"answers.{name}", group, tab)
        for name, page in self.pages.items():
            yield Hideable(f"answers.{name}_content", group, page.content_label, (page.content,))

    def _redraw(self) -> None:
        page, frame = self.page, self._frame
        if page is not None and frame is not None and frame.answers_train is not None and self._seen:
            page.show_frame(frame)

    def _tell_seen(self) -> None:
        prepared = self._prepared
        for page in self.pages.values():
            page.set_open(self._open and prepared is not None and page.suits(prepared))
            page.set_seen(self._seen and page is self.page)

    @Slot(object)
    def _on_tried(self, row: RowId) -> None:
        """Put a picture on the pad, where there may be one."""
        draw = self.pages["draw"]
        if isinstance(draw, DrawPage) and not self.tabs["draw"].isHidden():
            self.choose("draw")
            draw.load_row(row)

    @Slot()
    def _on_tab_clicked(self) -> None:
        for name, tab in self.tabs.items():
            if tab.isChecked():
                self.choose(name)

    @Slot()
    def _on_rows_wanted(self) -> None:
        """List what is marked, on the page for that."""
        self.rows_page.show_marked()
        self.choose("rows")

    @Slot(bool)
    def set_open(self, is_open: bool) -> None:
        """Learn whether the panel is open, be it behind another one's tab: a drawing on it is answered till it goes."""
        self._open = is_open
        self._tell_seen()

    @Slot(bool)
    def set_seen(self, seen: bool) -> None:
        """Ask for the answers while the panel is seen (behind another one's tab it is not), and no longer."""
        if seen == self._seen:
            return
        self._seen = seen
        self._tell_seen()
        if seen:
            self._controller.set_needs("answers", answers=True)
            self._redraw()
        else:
            self._controller.set_needs("answers")
