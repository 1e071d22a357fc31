"""The left dock: data, network and training of the experiment, each control an undoable edit of one frozen document."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from string import Template
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Slot
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from nnviz.drawing.theme import Theme
from nnviz.experiment.document import Experiment
from nnviz.experiment.edits import Facts
from nnviz.experiment.frame import Frame
from nnviz.experiment.painting import only_points_differ
from nnviz.experiment.prepare import Prepared
from nnviz.session.state import ExperimentState
from nnviz.ui.form.focus_chain import focus_chain
from nnviz.ui.form.form import FieldRow, set_role
from nnviz.ui.setup.data_section import DataSection
from nnviz.ui.setup.network_section import NetworkSection
from nnviz.ui.setup.pinned_row import PinnedRow
from nnviz.ui.setup.training_section import TrainingSection
from nnviz.ui.widgets.hideable import Hideable

if TYPE_CHECKING:
    from nnviz.session.controller import Controller

#: Pixels that the panel insists on at the most, where nothing is cut off then: the network needs room too.
WIDEST_MINIMUM = 360
#: Pixels that it insists on where more is needed, as for the type of a wall, and it scrolls sideways.
SCROLLING_MINIMUM = 310
#: What only this panel has: flat number fields, − and + that belong to their field, small buttons.
_SHEET = Template("""
QLineEdit[compact="true"] { background: transparent; border: 1px solid transparent; padding: 1px 2px;
    min-height: ${line_height}px; border-radius: 5px; }
QLineEdit[compact="true"]:hover { background: $canvas; border-color: $line; }
QLineEdit[compact="true"]:focus { background: $canvas; border-color: $positive; }
QLineEdit[compact="true"]:disabled { color: $quiet; background: transparent; }
QLineEdit[compact="true"][invalid="true"] { border-color: $warning; }
QLineEdit[tight="true"] { padding: 3px 2px; }
QToolButton[role="step"] { background: transparent; border: none; color: $quiet; font-weight: 700; padding: 0; }
QToolButton[role="step"]:hover { color: $positive_text; }
QToolButton[role="step"]:disabled { color: $line; }
QPushButton[role="small"] { padding: 2px 6px; min-height: ${line_height}px; border-radius: 6px; }
FoldButton { color: $quiet; font-size: ${small}pt; }
QToolButton[role="chip"] { padding: 2px 4px; }
""")
_SHEET_ROLES = ("canvas", "line", "positive", "positive_text", "quiet", "warning")


def setup_sheet(theme: Theme) -> str:
    """Return the style sheet of whatever holds sections of a set-up."""
    roles = {role: getattr(theme, role) for role in _SHEET_ROLES}
    line_height = round(1.7 * theme.font_size)
    return _SHEET.substitute(roles, small=theme.small_font_size, line_height=line_height)


class SetupPanel(QFrame):
    """Data, network and training in one column that scrolls upright only.

    Parameters
    ----------
    state : ExperimentState
    controller : Controller
    theme : Theme
    """

    def __init__(
        self, state: ExperimentState, controller: Controller, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        # Before the children are there: afterwards it would polish all of them once more.
        self._set_sheet(theme)
        self._version = 0
        self.scroll_area = QScrollArea(self)
        set_role(self.scroll_area, "panel")
        self.scroll_area.setWidgetResizable(True)
        self.scroll_area.setFrameShape(QFrame.Shape.NoFrame)
        self.scroll_area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.scroll_area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # Each widget is made where it is to stay: whatever moves to another parent is styled anew with all it holds.
        self._content = QFrame(self.scroll_area.viewport())
        set_role(self._content, "panel")
        column = QVBoxLayout(self._content)
        column.setContentsMargins(14, 12, 4, 16)
        column.setSpacing(16)
        self.data_section = DataSection(state, controller, theme, self._content)
        self.network_section = NetworkSection(state, controller, theme, self._content)
        self.training_section = TrainingSection(state, theme, self._content)
        for section in self.sections:
            column.addWidget(section)
        column.addStretch(1)
        self.scroll_area.setWidget(self._content)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.scroll_area, 1)
        self.foot = PinnedRow(self.scroll_area, self)
        self.training_section.pin_rate(self.foot)
        outer.addWidget(self.foot)
        self._facts: Facts | None = None
        # The eye sees rows at once; the tab key comes later than that.
        self._ordering = QTimer(self, singleShot=True, interval=0)
        self._ordering.setObjectName("tab order of the set-up")
        self._ordering.timeout.connect(self._order_tabs)
        self._show(state.experiment)
        state.experiment_changed.connect(self._on_experiment_changed)

    @property
    def sections(self) -> tuple[DataSection, NetworkSection, TrainingSection]:
        """The three parts, from top to bottom."""
        return self.data_section, self.network_section, self.training_section

    def sizeHint(self) -> QSize:
        """Return the width of the set-up in a full-HD window."""
        return QSize(300, 880)

    def minimumSizeHint(self) -> QSize:
        """Return a width at which nothing is cut off yet, but for the type of a wall: that scrolls sideways too."""
        needed = self._content.minimumSizeHint().width() + self.scroll_area.verticalScrollBar().sizeHint().width()
        return QSize(needed if needed <= WIDEST_MINIMUM else SCROLLING_MINIMUM, 200)

    def show_prepared(self, prepared: Prepared) -> None:
        """Fill in what is known only once the data is there: counts, classes, inputs, notes."""
        facts = Facts.of(prepared)
        if facts == self._facts:
            # Another network on the same data: what was edited is shown already.
            return
        self._facts = facts
        for section in self.sections:
            section.show_facts(facts)
        # Pills may have come and gone, too.
        self._version = -1
        self._ordering.start()

    def set_theme(self, theme: Theme) -> None:
        """Recolour the panel and draw the pictures of the data sets again."""
        self._set_sheet(theme)
        self.data_section.set_theme(theme)
        self.network_section.set_theme(theme)
        self.training_section.set_theme(theme)

    def show_frame(self, frame: Frame) -> None:
        """Change nothing: what is set up does not depend on how far the training is."""

    def hideable_parts(self) -> Iterator[Hideable]:
        """Yield what a teacher can hide, section by section; rows that make no sense at present are left out."""
        for section, name in zip(self.sections, ("data", "network", "training"), strict=True):
            group = self.tr("Set-up: {0}").format(section.title.text().lower())
            yield Hideable(f"setup.{name}", group, self.tr("this whole section"), (section,))
            if section is self.data_section:
                yield from self._data_parts(group)
            rows: dict[str, list[FieldRow]] = {}
            for row in section.rows:
                rows.setdefault(f"{name}.{row.key}", []).append(row)
            for key, same in rows.items():
                if any(row.is_wanted for row in same):
                    yield Hideable(key, group, same[0].label.text(), tuple(same))
            if section is self.training_section:
                yield from self._training_parts(group)

    def _data_parts(self, group: str) -> Iterator[Hideable]:
        section = self.data_section
        yield Hideable("data.gallery", group, self.tr("pictures of the data sets"), (section.gallery,))
        for name, row, button in (
            ("open", section.open_row, section.open_button),
            ("columns", section.columns_row, section.columns_button),
            ("empty", section.empty_row, section.empty),
        ):
            yield Hideable(f"data.{name}", group, button.text(), (row,))

    def _training_parts(self, group: str) -> Iterator[Hideable]:
        section = self.training_section
        for name, fold in (("optimizer_fold", section.optimizer_fold), ("more_fold", section.more)):
            if fold.is_wanted:
                label = self.tr("folded lines: {0}").format(fold.button.text())
                yield Hideable(f"training.{name}", group, label, (fold,))
        if section.rate_plot.is_wanted:
            yield Hideable("training.rate_plot", group, self.tr("curve of the schedule"), (section.rate_plot,))

    @Slot()
    def close_gaps(self) -> None:
        """Move together what is left after parts were hidden: the layouts still know the height of what has gone."""
        for section in self.sections:
            section.column.invalidate()
            section.updateGeometry()

    def _set_sheet(self, theme: Theme) -> None:
        self.setStyleSheet(setup_sheet(theme))

    def _show(self, experiment: Experiment) -> None:
        for section in self.sections:
            section.show_experiment(experiment)
        self._ordering.start()

    @Slot()
    def _order_tabs(self) -> None:
        """Bring rows that were made later into the tab order where they are seen."""
        version = sum(section.version for section in self.sections)
        if version != self._version:
            self._version = version
            for before, after in pairwise([*focus_chain(self._content), *focus_chain(self.foot)]):
                QWidget.setTabOrder(before, after)

    @Slot(object, object)
    def _on_experiment_changed(self, old: Experiment, new: Experiment) -> None:
        """Show the parts that differ; output, loss and hints depend on their neighbours."""
        # A stroke of the brush brings other points, which are counted once they are prepared: nothing here differs.
        if not only_points_differ(old, new) and (old.data, old.network, old.training) != (
            new.data,
            new.network,
            new.training,
        ):
            self._show(new)
