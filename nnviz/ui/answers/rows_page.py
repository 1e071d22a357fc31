"""The data as a table: every row with what the network answers, how sure it is and the loss, worst rows first.

Selected rows are marked in the whole window, and what is marked elsewhere is selected here.
"""

from __future__ import annotations

from time import monotonic

import numpy as np
from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from nnviz.core.csv_files import csv_text, write_csv
from nnviz.core.errors import NnvizError
from nnviz.core.numbers import filled
from nnviz.drawing.theme import Theme
from nnviz.experiment import Prepared
from nnviz.experiment.figures import PARTS
from nnviz.experiment.frame import Answers, Frame
from nnviz.session.controller import Controller
from nnviz.session.marking import Marks
from nnviz.ui.answers.answers_page import AnswersPage
from nnviz.ui.answers.rows_model import Mask, RowsModel
from nnviz.ui.answers.rows_table import RowsTable
from nnviz.ui.widgets.buttons import described_action, menu_button
from nnviz.ui.widgets.elided_label import FittingLabel
from nnviz.ui.widgets.file_dialogs import file_to_save
from nnviz.ui.widgets.nested_layouts import add_layout
from nnviz.ui.widgets.segments import ChoiceButton, Segments

#: While training, cells are drawn anew after so many seconds at the soonest, and sorted anew after so many.
REFRESH_S = 0.25
SORT_S = 1.0
_OF_NO_PART = (None,) * len(PARTS)


class RowsPage(AnswersPage):
    """Filter line, table, menu.

    While training, the order follows the losses at most once a second, and not while the user is moving in the table.
    What is selected stays selected wherever it moves. Under "marked" the list stays as it was when the rows were marked
    elsewhere, so that one can go through it row by row.
    """

    name = "rows"

    def __init__(self, controller: Controller, marks: Marks, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("", "", parent)
        self.content_label = self.tr("the list of all rows")
        self.label = self.tr("Rows")
        self.help = self.tr("List every row with the network's answer and its loss, the worst first")
        self._controller, self._marks = controller, marks
        self._answers: tuple[Answers | None, ...] = _OF_NO_PART
        self._is_running = self._selects = False
        self._is_unsorted = self._scrolls_later = False
        self._refreshed_at = self._sorted_at = -SORT_S
        self._column, self._descending = 0, False
        self.listed: Mask = np.zeros(0, dtype=bool)
        self._build()
        self.which.chosen.connect(self._on_which_chosen)
        self.part.chosen.connect(self._on_part_chosen)
        self.table.selection.chosen.connect(self._on_selected)
        self.table.sort_wanted.connect(self._on_sort_wanted)
        self.table.copy_wanted.connect(self.copy)
        self.table.released.connect(self._on_released)
        self.table.customContextMenuRequested.connect(self._on_menu_requested)
        marks.changed.connect(self._on_marks_changed)
        self.set_theme(theme)

    def _build(self) -> None:
        self.content = QWidget(self)
        self.which = Segments(
            (
                ("all", self.tr("all"), self.tr("List all rows")),
                ("wrong", self.tr("wrong"), self.tr("List only the rows that the network gets wrong")),
                (
                    "marked",
                    self.tr("marked"),
                    self.tr("List only the rows that are marked: here, on a map or in the confusion matrix"),
                ),
            ),
            self.tr("Which rows are listed"),
            self.content,
        )
        self.part = ChoiceButton(
            (
                ("both", self.tr("all parts"), self.tr("List the rows of all parts of the data")),
                ("train", self.tr("train"), self.tr("List only the rows that the network learns from")),
                (
                    "validation",
                    self.tr("validation"),
                    self.tr("List only the rows by which settings and the moment to stop are chosen"),
                ),
                ("test", self.tr("test"), self.tr("List only the rows that the network has never learnt from")),
            ),
            self.tr("Which part of the data is listed"),
            self.content,
        )
        self.count = FittingLabel(self.content)
        self.count.setProperty("role", "quiet")
        self.count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.model = RowsModel(self)
        self.table = RowsTable(self.model, self.content)
        self.table.setAccessibleName(self.tr("All rows with their answers and losses"))
        self.table.setWhatsThis(self.tr("Select rows to mark them on the maps; click a column's title to sort by it."))
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._build_menu()
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        line.addWidget(self.which)
        line.addWidget(self.part)
        line.addWidget(self.count, 1)
        line.addWidget(self.menu_button)
        column = QVBoxLayout(self.content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        add_layout(column, line)
        column.addWidget(self.table, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.content)

    def _build_menu(self) -> None:
        self.menu = QMenu(self)
        self.menu.setToolTipsVisible(True)
        self.copy_action = described_action(
            self.tr("Copy selected rows"), self.tr("Put the selected rows on the clipboard, for a spreadsheet"), self
        )
        self.copy_action.triggered.connect(self.copy)
        self.save_action = described_action(
            self.tr("Save as CSV…"), self.tr("Write the rows that are listed as a table"), self
        )
        self.save_action.triggered.connect(self.save)
        self.clear_action = described_action(
            self.tr("Unmark all rows"), self.tr("Mark no row, here and on the maps"), self
        )
        self.clear_action.triggered.connect(self._marks.clear)
        self.menu.addActions([self.copy_action, self.save_action])
        self.menu.addSeparator()
        self.menu.addAction(self.clear_action)
        self.menu.aboutToShow.connect(self._on_menu_about_to_show)
        self.menu_button = menu_button(self.content, self.tr("Copy or save the rows, or unmark them"), self.menu)

    # -- what is shown ------------------------------------------------------------------------------------------

    def suits(self, prepared: Prepared) -> bool:  # noqa: ARG002
        """Every row has an answer."""
        return True

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self.table.set_theme(theme)

    def show_prepared(self, prepared: Prepared) -> None:
        """Take over the data; where its rows are the same, order, filter and place stay."""
        self._answers = _OF_NO_PART
        is_classes = prepared.task == "classification"
        self.which.offer(("all", "wrong", "marked") if is_classes else ("all", "marked"))
        parts = prepared.shown_parts
        self.part.offer(("both", *parts))
        self.part.setVisible(len(parts) > 1)
        if len(parts) == 1:
            self.part.choose("both")
        if self.model.show_prepared(prepared):
            kinds = [column.kind for column in self.model.columns]
            self._column, self._descending = kinds.index("loss"), True
            self.table.fit()
            self.model.show_order(self._column, descending=True)
            self.table.scrollToTop()
            self.listed = self.model.mask_of(self._marks.rows)
        self.table.selection.show_rows(self.model.mask_of(self._marks.rows))
        self._arrange()

    def show_frame(self, frame: Frame) -> None:
        """Take over the answers: at once while nothing trains, else a few times a second."""
        answers = tuple(frame.answers_of(name) for name in PARTS)
        assert answers[0] is not None
        was_running, self._is_running = self._is_running, frame.is_moving
        now = monotonic()
        is_new = any(told is not before for told, before in zip(answers, self._answers, strict=True))
        if not self.model.fits(answers) or not (is_new or (was_running and not self._is_running)):
            return
        if self._is_running and now - self._refreshed_at < REFRESH_S:
            return
        self._refreshed_at, self._answers = now, answers
        self.model.set_answers(answers)
        self._is_unsorted = True
        if not self.table.is_pressed and (
            not self._is_running or (now - self._sorted_at >= SORT_S and not self.table.is_held)
        ):
            self._arrange()
        else:
            self._show_count()
            self.table.update_answers()

    def _arrange(self) -> None:
        """Show the rows that are wanted, in the order that is wanted."""
        model, table = self.model, self.table
        self._sorted_at, self._is_unsorted = monotonic(), False
        table.selection.forget()
        descending = self._descending and model.knows(self._column)
        if model.arrange(self._wanted(), self._column, descending=descending):
            table.viewport().update()
        table.selection.mirror()
        table.update_answers()
        self._show_count()

    def _wanted(self) -> Mask:
        model, which = self.model, self.which.choice
        wanted = np.ones(model.n_rows, dtype=bool)
        if which == "wrong" and model.wrong is not None:
            wanted = model.wrong.copy()
        elif which == "marked":
            wanted = self.listed.copy()
        return wanted & self._in_part()

    def _in_part(self) -> Mask:
        return self.model.in_part(self.part.choice)

    def _show_count(self) -> None:
        part, wrong = self._in_part(), self.model.wrong
        n_rows, n_marked = int(part.sum()), int(np.count_nonzero(self.table.selection.rows))
        texts = [filled(self.tr("{0} rows"), n_rows)]
        if wrong is not None:
            n_wrong = int(np.count_nonzero(wrong & part))
            texts = [
                filled(self.tr("{0} of {1} rows wrong"), n_wrong, n_rows),
                filled(self.tr("{0} of {1} wrong"), n_wrong, n_rows),
                filled(self.tr("{0} wrong"), n_wrong),
            ]
        if n_marked:
            marked = self.tr("1 row marked") if n_marked == 1 else filled(self.tr("{0} rows marked"), n_marked)
            short = filled(self.tr("{0} marked"), n_marked)
            if self.which.choice == "marked":
                texts = [marked, short]
            texts = [self.tr("{0}, {1}").format(texts[0], short), *texts] if texts[0] != marked else texts
        self.count.show_texts(*texts)
        self.table.set_empty_text(
            self.tr("No row is wrong.")
            if self.which.choice == "wrong"
            else self.tr(
                "No row is marked here. Click points of the map, cells of the confusion matrix or rows of this list."
            )
        )

    # -- filter and order ---------------------------------------------------------------------------------------

    def show_marked(self) -> None:
        """List just the rows that are marked, of both parts."""
        self.which.choose("marked")
        self.part.choose("both")
        self._on_which_chosen()

    @Slot()
    def _on_which_chosen(self) -> None:
        self.listed = self.table.selection.rows
        self._on_part_chosen()

    @Slot()
    def _on_part_chosen(self) -> None:
        self._arrange()
        self.table.scrollToTop()
        self._scroll_to_marked()

    @Slot(int)
    def _on_sort_wanted(self, column: int) -> None:
        if column == self._column:
            self._descending = not self._descending
        else:
            # The worst comes first; whatever else is sorted by, from small to large.
            self._column, self._descending = column, self.model.columns[column].kind == "loss"
        self.model.show_order(column, descending=self._descending)
        self._arrange()

    @Slot()
    def _on_released(self) -> None:
        if self._is_unsorted and not self._is_running:
            self._arrange()

    # -- marks --------------------------------------------------------------------------------------------------

    @Slot()
    def _on_selected(self) -> None:
        self._selects = True
        self._marks.set(**self.model.parts_of(self.table.selection.rows))
        self._selects = False
        self._show_count()
        self.table.viewport().update()

    @Slot()
    def _on_marks_changed(self) -> None:
        if self._selects:
            return
        self.table.selection.show_rows(self.model.mask_of(self._marks.rows))
        self.listed = self.table.selection.rows
        if self.which.choice == "marked":
            self._arrange()
        self._show_count()
        self.table.viewport().update()
        self._scroll_to_marked()

    def _scroll_to_marked(self) -> None:
        """Bring the first marked row of the list into view; later, where the list is not seen."""
        self._scrolls_later = not self.table.isVisible()
        places = np.flatnonzero(self.table.selection.rows[self.model.order])
        if self._scrolls_later or not len(places):
            return
        index = self.model.index(int(places[0]), 0)
        self.table.selection.setCurrentIndex(index, self.table.selection.SelectionFlag.NoUpdate)
        self.table.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)

    def showEvent(self, event: QShowEvent) -> None:
        """Bring into view what was marked while the page was not seen."""
        super().showEvent(event)
        if self._scrolls_later:
            self._scroll_to_marked()

    # -- out of the window --------------------------------------------------------------------------------------

    @Slot()
    def copy(self) -> None:
        """Put the selected rows on the clipboard, in the order of the list."""
        rows = self.model.order[self.table.selection.rows[self.model.order]]
        if len(rows):
            QGuiApplication.clipboard().setText(csv_text(self.model.table(rows), delimiter="\t"))
            words = (
                self.tr("1 row is on the clipboard.") if len(rows) == 1 else self.tr("{0} rows are on the clipboard.")
            )
            self._controller.message.emit("info", filled(words, len(rows)))

    @Slot()
    def save(self) -> None:
        """Ask for a file and write the rows that are listed to it."""
        proposal = self.tr("rows") + ".csv"
        path = file_to_save(self, self.tr("Save as"), proposal, self.tr("CSV tables (*.csv)"), ".csv")
        if path is None:
            return
        try:
            write_csv(path, self.model.table(self.model.order), line_end="\n")
        except (NnvizError, OSError) as error:
            self._controller.message.emit("error", str(error))
        else:
            words = filled(self.tr("Saved {0} rows as {1}."), len(self.model.order), path.name)
            self._controller.message.emit("info", words)

    @Slot()
    def _on_menu_about_to_show(self) -> None:
        rows = self.table.selection.rows
        self.copy_action.setEnabled(len(rows) > 0 and bool(rows[self.model.order].any()))
        self.save_action.setEnabled(len(self.model.order) > 0)
        self.clear_action.setEnabled(bool(rows.any()))

    @Slot(QPoint)
    def _on_menu_requested(self, position: QPoint) -> None:
        self.menu.popup(self.table.viewport().mapToGlobal(position))
