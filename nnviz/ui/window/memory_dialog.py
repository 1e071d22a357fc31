"""How much memory the past of all runs may take, and what each of them takes."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSettings, Qt, QTimer, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHeaderView,
    QLabel,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from nnviz.core.numbers import count_text
from nnviz.session.controller import Controller
from nnviz.session.runs.memory import LEAST_MB, MOST_MB, MOST_SAVED_MB
from nnviz.ui.widgets.nested_layouts import add_layout
from nnviz.ui.widgets.number_box import CountBox
from nnviz.ui.widgets.opening_size import opening_size
from nnviz.ui.widgets.stored_settings import say_dropped, stored_text

MEGABYTE = 2**20
#: Where the choice is kept between runs of the program.
KEY = "past_megabytes"
SAVED_KEY = "past_saved_megabytes"
LOOK_MS = 1000


class MemoryDialog(QDialog):
    """Shows and changes the budget; runs go on beside it.

    Parameters
    ----------
    controller : Controller
    settings : QSettings or None
        Where the choice is remembered.
    parent : QWidget
    """

    def __init__(self, controller: Controller, settings: QSettings | None, parent: QWidget) -> None:
        super().__init__(parent)
        self._controller, self._settings = controller, settings
        self.setWindowTitle(self.tr("Memory for the past"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        intro = QLabel(
            self.tr(
                "Every run remembers its past, so that any epoch can be looked at again. Where that takes more memory "
                "than this, fewer moments are kept: densely of the beginning, and always the first, the best and the "
                "last one. The others are computed again, which takes longer."
            )
        )
        intro.setWordWrap(True)
        self.budget = CountBox(self)
        self.budget.setRange(LEAST_MB, MOST_MB)
        self.budget.setSingleStep(LEAST_MB)
        self.budget.setSuffix(self.tr(" MB"))
        self.budget.setKeyboardTracking(False)
        self.budget.setValue(controller.lab.memory.budget_bytes // MEGABYTE)
        tooltip = self.tr("What the past of all runs of this window may take together")
        self.budget.setToolTip(tooltip)
        self.budget.setAccessibleName(self.tr("Memory for the past of all runs"))
        self.budget.valueChanged.connect(self._on_budget_changed)
        label = QLabel(self.tr("All runs &together"))
        label.setBuddy(self.budget)
        label.setToolTip(tooltip)
        saved_label = self._add_saved()
        self.runs = QTreeWidget(self)
        self.runs.setHeaderLabels([self.tr("Run"), self.tr("Epochs"), self.tr("Its past takes")])
        for number in (1, 2):
            self.runs.headerItem().setTextAlignment(number, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.runs.setRootIsDecorated(False)
        self.runs.setSelectionMode(QTreeWidget.SelectionMode.NoSelection)
        self.runs.header().setStretchLastSection(False)
        self.runs.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.runs.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.runs.setAccessibleName(self.tr("What the past of each run takes"))
        self.total = QLabel(self)
        self.total.setProperty("role", "quiet")
        self.total.setWordWrap(True)
        row = QFormLayout()
        row.addRow(label, self.budget)
        row.addRow(saved_label, self.saved)
        row.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.FieldsStayAtSizeHint)
        for field in (self.budget, self.saved):
            field.setMinimumWidth(max(self.budget.sizeHint().width(), self.saved.sizeHint().width()))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        for part in (intro, row, self.runs, self.total, buttons):
            if isinstance(part, QFormLayout):
                add_layout(column, part)
            else:
                column.addWidget(part)
        self.resize(opening_size(self, 480, 360))
        ticker = QTimer(self)
        ticker.setInterval(LOOK_MS)
        ticker.timeout.connect(self.look)
        ticker.start()
        self.look()

    def _add_saved(self) -> QLabel:
        """Make the choice of what a file keeps; return its label."""
        self.saved = CountBox(self)
        self.saved.setRange(0, MOST_SAVED_MB)
        self.saved.setSingleStep(LEAST_MB)
        self.saved.setSuffix(self.tr(" MB"))
        self.saved.setSpecialValueText(self.tr("nothing"))
        self.saved.setKeyboardTracking(False)
        self.saved.setValue(self._controller.lab.memory.saved_bytes // MEGABYTE)
        tooltip = self.tr(
            "How much a saved .nnviz may hold of the past of the run, of the other runs of the tree, and of a wall and "
            "a race: with it, any epoch can be looked at again once the file is opened, and every run goes on; "
            "without it, the file holds the present and the curves alone"
        )
        self.saved.setToolTip(tooltip)
        self.saved.setAccessibleName(self.tr("The past and the other runs in a saved file, at most"))
        self.saved.valueChanged.connect(self._on_saved_changed)
        label = QLabel(self.tr("Of it in a saved &file, at most"))
        label.setBuddy(self.saved)
        label.setToolTip(tooltip)
        return label

    @Slot()
    def look(self) -> None:
        """Show what the runs take now; comes by itself every second."""
        from nnviz.session.run_names import run_name

        lab, known = self._controller.lab, self._controller.lab.memory_used()
        while self.runs.topLevelItemCount() > len(known):
            self.runs.takeTopLevelItem(self.runs.topLevelItemCount() - 1)
        for place, (run_id, used) in enumerate(known.items()):
            trainer = lab.run(run_id).trainer
            item = self.runs.topLevelItem(place)
            if item is None:
                item = QTreeWidgetItem(self.runs)
                item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight)
                item.setTextAlignment(2, Qt.AlignmentFlag.AlignRight)
            item.setText(0, run_name(self._controller, run_id))
            item.setText(1, count_text(trainer.epoch if trainer is not None else 0))
            item.setText(2, self.tr("{0} MB").format(f"{used / MEGABYTE:.1f}"))
        together = f"{sum(known.values()) / MEGABYTE:.1f}"
        kept = f"{lab.memory.saved_bytes / MEGABYTE:.0f}"
        words = self.tr("Together {0} MB; a saved file has room for {1} MB of them, and of the other runs.")
        self.total.setText(words.format(together, kept))

    @Slot(int)
    def _on_budget_changed(self, megabytes: int) -> None:
        self._controller.lab.set_memory(megabytes * MEGABYTE)
        if self._settings is not None:
            self._settings.setValue(KEY, str(megabytes))
            self._settings.sync()

    @Slot(int)
    def _on_saved_changed(self, megabytes: int) -> None:
        self._controller.lab.memory.saved_bytes = megabytes * MEGABYTE
        if self._settings is not None:
            self._settings.setValue(SAVED_KEY, str(megabytes))
            self._settings.sync()
        self.look()


def _stored_megabytes(settings: QSettings | None, key: str, least: int, most: int) -> int | None:
    written = stored_text(settings, key)
    if not written or settings is None:
        return None
    if written.isdecimal() and least <= int(written) <= most:
        return int(written)
    say_dropped(settings, key)
    return None


class MemoryAction(QObject):
    """Opens the dialog, and lets the runs of a window take what was chosen before."""

    def __init__(self, action: QAction, controller: Controller, settings: QSettings | None, window: QWidget) -> None:
        super().__init__(window)
        self._controller, self._settings, self._window = controller, settings, window
        action.triggered.connect(self.open)
        if (chosen := _stored_megabytes(settings, KEY, LEAST_MB, MOST_MB)) is not None:
            controller.lab.set_memory(chosen * MEGABYTE)
        if (saved := _stored_megabytes(settings, SAVED_KEY, 0, MOST_SAVED_MB)) is not None:
            controller.lab.memory.saved_bytes = saved * MEGABYTE

    @Slot()
    def open(self) -> None:
        """Show the dialog, beside which everything goes on."""
        MemoryDialog(self._controller, self._settings, self._window).open()
