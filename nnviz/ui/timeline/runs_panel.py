"""The tree of runs: which was taken off which, what differs, how far each has come, and what one can do with them."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QElapsedTimer, QPoint, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QAction, QFont, QKeySequence
from PySide6.QtWidgets import (
    QFrame,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from nnviz.core.numbers import count_text
from nnviz.drawing.theme import Theme
from nnviz.experiment import Prepared
from nnviz.experiment.document import Experiment
from nnviz.experiment.frame import Frame
from nnviz.session.controller import Controller
from nnviz.session.run_table import RunRow, difference_text, epochs_text, result_text, rows_of
from nnviz.session.run_tree import Course
from nnviz.ui.timeline.course_swatch import course_swatch, swatch_size
from nnviz.ui.widgets.buttons import described_action
from nnviz.ui.widgets.hideable import Hideable, hideable_button
from nnviz.ui.widgets.view_header import ViewHeader

#: Between two looks at figures that change while a run trains.
LOOK_MS = 250
NUMBER = Qt.ItemDataRole.UserRole + 1
_SORT = Qt.ItemDataRole.UserRole + 2
_NAME, _DIFFERENCE, _EPOCHS, _TRAIN, _HELD, _SCORE = range(6)


class _Item(QTreeWidgetItem):
    """A line that is sorted by what its cell stands for, not by its text."""

    def __lt__(self, other: QTreeWidgetItem) -> bool:
        tree = self.treeWidget()
        column = tree.sortColumn() if tree is not None else 0
        mine, others = self.data(column, _SORT), other.data(column, _SORT)
        if isinstance(mine, float) and isinstance(others, float):
            # What has no figure comes last.
            return (mine != mine, mine) < (others != others, others)
        return self.text(column).casefold() < other.text(column).casefold()


class RunsPanel(QFrame):
    """A line for each course; the one that is shown is bold, those with a tick are drawn in the charts.

    Parameters
    ----------
    controller : Controller
    continue_action : QAction
        Takes another course.
    theme : Theme
    parent : QWidget or None

    Signals
    -------
    comparison_wanted : ()
        The table of all settings.
    """

    comparison_wanted = Signal()

    def __init__(
        self, controller: Controller, continue_action: QAction, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self._controller, self._theme = controller, theme
        self._looked = QElapsedTimer()
        # What sets a course apart takes long to find where its rows are painted: by number, with what it was found of.
        self._apart: dict[int, tuple[Course, Experiment, str]] = {}
        self._laid_out: tuple[str, ...] = ()
        self.header = ViewHeader(self.tr("Runs"), self)
        self._build_actions()
        self.continue_button = self.header.add_button(self.tr("Continue…"), continue_action.toolTip())
        self.continue_button.clicked.connect(continue_action.trigger)
        self.compare_button = self.header.add_button(self.tr("Compare…"), self.compare.toolTip())
        self.compare_button.clicked.connect(self.compare.trigger)
        self.menu = QMenu(self)
        self.menu.setToolTipsVisible(True)
        self.menu.addActions([self.show_run, self.star, self.rename, self.remove, self.compare])
        self.menu_button = self.header.add_menu(self.menu, self.tr("What can be done with the run that is selected"))
        self.empty = QLabel(
            self.tr(
                "“What if I had stopped there, or gone on otherwise?” Continue from an epoch with another setting: "
                "both runs are kept here and drawn in one chart."
            ),
            self,
        )
        self.empty.setWordWrap(True)
        self.empty.setProperty("role", "quiet")
        self.filter = QLineEdit(self)
        self.filter.setPlaceholderText(self.tr("Filter by name or setting"))
        self.filter.setAccessibleName(self.tr("Filter of the runs"))
        self.filter.setToolTip(self.tr("Show only runs whose name or difference holds these words"))
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(self._on_filtered)
        self.tree = self._build_tree()
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(6)
        for part in (self.header, self.empty, self.filter, self.tree):
            column.addWidget(part)
        column.setStretchFactor(self.tree, 1)
        column.addStretch(0)
        self.tree.setIconSize(swatch_size(theme))
        controller.tree.changed.connect(self.look)
        controller.tree.progressed.connect(self._on_progressed)
        controller.lab.foreground_changed.connect(self.look)
        controller.status_changed.connect(self._on_status_changed)
        self.look()

    def _build_actions(self) -> None:
        tr, build = self.tr, described_action
        self.show_run = build(tr("Show this run"), tr("Let the whole window show the run that is selected"), self)
        self.star = build(tr("Star"), tr("Mark the run that is selected with a ★, or no longer"), self, checkable=True)
        self.rename = build(tr("Rename"), tr("Give the run that is selected another name"), self)
        self.remove = build(
            tr("Remove"), tr("Take the run that is selected out of the list; Undo brings it back"), self
        )
        self.compare = build(
            tr("Compare settings…"), tr("Show all settings and results as a table, with the differences in bold"), self
        )
        self.remove.setShortcut(QKeySequence(QKeySequence.StandardKey.Delete))
        self.rename.setShortcut(QKeySequence("F2"))
        for action in (self.remove, self.rename):
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.show_run.triggered.connect(self._on_show)
        self.star.triggered.connect(self._on_star)
        self.rename.triggered.connect(self._on_rename)
        self.remove.triggered.connect(self._on_remove)
        self.compare.triggered.connect(self.comparison_wanted)

    def _build_tree(self) -> QTreeWidget:
        tree, tr = QTreeWidget(self), self.tr
        tree.setHeaderLabels(
            [tr("Run"), tr("Differs in"), tr("Epochs"), tr("Train loss"), tr("Test loss"), tr("Test score")]
        )
        for column in range(_EPOCHS, _SCORE + 1):
            tree.headerItem().setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        tree.headerItem().setToolTip(
            _HELD, tr("On the rows that are held back: validation rows where there are some, else test rows")
        )
        tree.headerItem().setToolTip(
            _SCORE, tr("Share of right answers on the rows that are held back; for regression R²")
        )
        header = tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        tree.setAccessibleName(tr("Runs"))
        tree.setToolTip(tr("A tick draws the run in the loss and accuracy charts; Enter or a double click shows it"))
        tree.setEditTriggers(QTreeWidget.EditTrigger.NoEditTriggers)
        tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        tree.setSortingEnabled(True)
        # In the order in which they came, until a header is pressed.
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setSortIndicatorClearable(True)
        tree.addActions([self.rename, self.remove])
        tree.itemActivated.connect(self._on_activated)
        tree.itemChanged.connect(self._on_changed)
        tree.itemSelectionChanged.connect(self._offer)
        tree.customContextMenuRequested.connect(self._on_context_menu)
        return tree

    # -- what is shown ------------------------------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self._theme, self._laid_out = theme, ()
        self.tree.setIconSize(swatch_size(theme))
        self.look()

    def show_prepared(self, prepared: Prepared) -> None:
        """Show nothing of the data."""

    def show_frame(self, frame: Frame) -> None:
        """Show nothing of a frame: the tree is asked."""

    def items(self) -> Iterator[QTreeWidgetItem]:
        """Yield all lines."""

        def below(item: QTreeWidgetItem) -> Iterator[QTreeWidgetItem]:
            for index in range(item.childCount()):
                child = item.child(index)
                if child is not None:
                    yield child
                    yield from below(child)

        yield from below(self.tree.invisibleRootItem())

    @property
    def selected(self) -> int | None:
        """Number of the course that is selected."""
        chosen = self.tree.selectedItems()
        return int(chosen[0].data(0, NUMBER)) if chosen else None

    @Slot()
    def look(self) -> None:
        """Show the tree as it is now."""
        rows, selected = rows_of(self._controller.tree, self._controller.lab), self.selected
        self.empty.setVisible(not rows)
        self.filter.setVisible(len(rows) > 4 or bool(self.filter.text()))
        self.tree.setVisible(bool(rows))
        self._looked.start()
        blocker = QSignalBlocker(self.tree)
        known = {int(item.data(0, NUMBER)): item for item in self.items()}
        if list(known) != [row.course.number for row in rows] or any(
            self._parent_of(known[row.course.number]) != self._known_parent(row, rows) for row in rows
        ):
            self._rebuild(rows)
            known = {int(item.data(0, NUMBER)): item for item in self.items()}
        for row in rows:
            self._fill(known[row.course.number], row)
        if selected in known:
            known[selected].setSelected(True)
        blocker.unblock()
        self._make_room()
        self._on_filtered(self.filter.text())
        self._offer()

    def _make_room(self) -> None:
        """Let every column be as wide as what it holds, where that is new; what differs gets no more than two names."""
        texts = tuple(f"{item.text(_NAME)} {item.text(_DIFFERENCE)}" for item in self.items())
        if texts == self._laid_out:
            return
        self._laid_out = texts
        for column in range(self.tree.columnCount()):
            self.tree.resizeColumnToContents(column)
        # Qt measures by the font of the tree; the name of the run that is shown is bold.
        name = self.tree.columnWidth(_NAME) + self.tree.fontMetrics().height()
        self.tree.setColumnWidth(_NAME, name)
        self.tree.setColumnWidth(_DIFFERENCE, min(self.tree.columnWidth(_DIFFERENCE), 2 * name))

    def _rebuild(self, rows: list[RunRow]) -> None:
        self.tree.clear()
        made: dict[int, QTreeWidgetItem] = {}
        for row in rows:
            above = made.get(row.course.parent, self.tree.invisibleRootItem())
            item = _Item(above)
            item.setData(0, NUMBER, row.course.number)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsEditable)
            for column in range(_EPOCHS, _SCORE + 1):
                item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            made[row.course.number] = item
        self.tree.expandAll()

    @staticmethod
    def _parent_of(item: QTreeWidgetItem) -> int:
        above = item.parent()
        return int(above.data(0, NUMBER)) if above is not None else 0

    @staticmethod
    def _known_parent(row: RunRow, rows: list[RunRow]) -> int:
        return row.course.parent if any(other.course.number == row.course.parent for other in rows) else 0

    def _fill(self, item: QTreeWidgetItem, row: RunRow) -> None:
        course = row.course
        is_shown = course.run_id == self._controller.run_id
        held = "validation" if row.results["validation_loss"] == row.results["validation_loss"] else "test"
        texts = {
            _NAME: self.tr("★ {0}").format(course.name) if course.is_starred else course.name,
            _DIFFERENCE: self._difference(row),
            _EPOCHS: epochs_text(row),
            _TRAIN: result_text("train_loss", row.results["train_loss"]),
            _HELD: result_text("test_loss", row.results[f"{held}_loss"]),
            _SCORE: result_text("test_score", row.results[f"{held}_score"]),
        }
        numbers = {
            _EPOCHS: float(row.epochs),
            _TRAIN: row.results["train_loss"],
            _HELD: row.results[f"{held}_loss"],
            # The best of scores is the highest one.
            _SCORE: -row.results[f"{held}_score"],
        }
        font = QFont(self.tree.font())
        font.setBold(is_shown)
        for column, text in texts.items():
            if item.text(column) != text:
                item.setText(column, text)
            if column in numbers:
                item.setData(column, _SORT, numbers[column])
            item.setFont(column, font)
        item.setToolTip(_DIFFERENCE, texts[_DIFFERENCE])
        item.setCheckState(0, Qt.CheckState.Checked if course.is_compared else Qt.CheckState.Unchecked)
        item.setIcon(0, course_swatch(self._theme, 0 if is_shown else course.number, self.devicePixelRatioF()))

    def _difference(self, row: RunRow) -> str:
        course = row.course
        if not course.parent:
            return ""
        known = self._apart.get(course.number)
        if known is None or known[0] is not course or known[1] is not row.wanted:
            known = self._apart[course.number] = course, row.wanted, difference_text(course, row.wanted)
        if course.run_id in self._controller.tree.anew:
            return self.tr("{0}, from first weights").format(known[2])
        return self.tr("{0}, from epoch {1}").format(known[2], count_text(course.epoch))

    @Slot()
    def _offer(self) -> None:
        """Offer what can be done with the run that is selected."""
        course = self._controller.tree.course(self.selected or 0)
        is_shown = course is not None and course.run_id == self._controller.run_id
        self.show_run.setEnabled(course is not None and not is_shown)
        self.remove.setEnabled(course is not None and not is_shown)
        self.star.setEnabled(course is not None)
        self.rename.setEnabled(course is not None)
        self.star.setChecked(course is not None and course.is_starred)
        has_several = len(self._controller.tree) > 1
        self.compare.setEnabled(has_several)
        self.compare_button.setEnabled(has_several)

    @Slot(object)
    def _on_progressed(self, _number: int) -> None:
        if self.isVisible() and (not self._looked.isValid() or self._looked.elapsed() >= LOOK_MS):
            self.look()

    @Slot(str)
    def _on_status_changed(self, _status: str) -> None:
        if len(self._controller.tree):
            self.look()

    @Slot(str)
    def _on_filtered(self, text: str) -> None:
        words = text.casefold().split()
        for item in self.items():
            content = f"{item.text(_NAME)} {item.text(_DIFFERENCE)}".casefold()
            # A parent stays for the sake of its children.
            fits = all(word in content for word in words)
            item.setHidden(not fits and not item.childCount())

    # -- what is done -------------------------------------------------------------------------------------------

    @Slot(QTreeWidgetItem, int)
    def _on_activated(self, item: QTreeWidgetItem, _column: int) -> None:
        self._controller.show_course(int(item.data(0, NUMBER)))

    @Slot(QTreeWidgetItem, int)
    def _on_changed(self, item: QTreeWidgetItem, column: int) -> None:
        course = self._controller.tree.course(int(item.data(0, NUMBER)))
        if course is None or column != _NAME:
            return
        is_compared = item.checkState(0) is Qt.CheckState.Checked
        name = item.text(_NAME).removeprefix(self.tr("★ {0}").format("")).strip()
        if is_compared != course.is_compared:
            self._controller.change_course(course.number, is_compared=is_compared)
        elif name and name != course.name:
            self._controller.change_course(course.number, name=name)
        else:
            self.look()

    @Slot()
    def _on_show(self) -> None:
        if (number := self.selected) is not None:
            self._controller.show_course(number)

    @Slot()
    def _on_star(self) -> None:
        course = self._controller.tree.course(self.selected or 0)
        if course is not None:
            self._controller.change_course(course.number, is_starred=not course.is_starred)

    @Slot()
    def _on_rename(self) -> None:
        chosen = self.tree.selectedItems()
        if chosen:
            self.tree.editItem(chosen[0], _NAME)

    @Slot()
    def _on_remove(self) -> None:
        if (number := self.selected) is not None:
            self._controller.remove_course(number)

    @Slot(QPoint)
    def _on_context_menu(self, place: QPoint) -> None:
        if self.tree.itemAt(place) is not None:
            self.menu.popup(self.tree.viewport().mapToGlobal(place))

    def hideable_parts(self) -> Iterator[Hideable]:
        """Yield what a teacher can hide."""
        group = self.tr("Runs")
        yield hideable_button("runs.continue", group, self.continue_button)
        yield hideable_button("runs.compare", group, self.compare_button)
        yield hideable_button("runs.more", group, self.menu_button)
