"""A wall with what belongs to it: its maps, all of them together or their curves, and how they have come out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QRectF, Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from nnviz.drawing.theme import Theme
from nnviz.experiment import Prepared
from nnviz.experiment.frame import Frame
from nnviz.session.runs.live_wall import LiveWall
from nnviz.session.runs.wall import Wall
from nnviz.session.runs.wall_keeper import WallKeeper
from nnviz.session.runs.wall_table import write_wall_table
from nnviz.ui.walls.curves_view import CurvesView
from nnviz.ui.walls.outcome_bar import OutcomeBar
from nnviz.ui.walls.threshold_box import ThresholdBox
from nnviz.ui.walls.together_view import TogetherView
from nnviz.ui.walls.wall_texts import summaries_of, title_of
from nnviz.ui.walls.wall_view import WallView
from nnviz.ui.widgets.elided_label import FittingLabel
from nnviz.ui.widgets.guest_panel import GuestPanel, PanelWords
from nnviz.ui.widgets.hideable import Hideable
from nnviz.ui.widgets.nested_layouts import add_layout


class _MapsArea(QScrollArea):
    """Lets the maps fill it, and scrolls them where they would become too small."""

    def __init__(self, maps: WallView, parent: QWidget) -> None:
        super().__init__(parent)
        self._maps = maps
        self.setWidgetResizable(True)
        self.setWidget(maps)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell the maps how much room there is."""
        super().resizeEvent(event)
        self._maps.set_room(self.viewport().size())


class WallPanel(GuestPanel):
    """Shows the wall that its keeper has hung.

    Parameters
    ----------
    keeper : WallKeeper
    theme : Theme
    parent : QWidget or None
    """

    def __init__(self, keeper: WallKeeper, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(_words(), theme, parent)
        self._keeper = keeper
        self._shown_main: int | None = None
        self.bar, self.threshold = OutcomeBar(theme, self), ThresholdBox(self)
        self.summary = FittingLabel(self)
        self.summary.setProperty("role", "quiet")
        self.maps = WallView(theme)
        self.maps.main_number = lambda: keeper.main_number
        self.together, self.curves = TogetherView(theme), CurvesView(theme)
        self.area = _MapsArea(self.maps, self)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # What is behind them is the panel's.
        for part in (self.area.viewport(), self.maps):
            part.setAutoFillBackground(False)
        self.pages = QStackedWidget(self)
        for page in (self.area, self.together, self.curves):
            self.pages.addWidget(page)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.bar, 1)
        row.addWidget(self.threshold)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 8, 14, 10)
        column.setSpacing(6)
        column.addWidget(self.header)
        add_layout(column, row)
        column.addWidget(self.summary)
        column.addWidget(self.pages, 1)
        self._connect()
        self.set_theme(theme)
        if self.wall is not None:
            self._on_hung()

    def _add_buttons(self) -> None:
        self.stop_button = self.header.add_button("", "")

    def _connect(self) -> None:
        self._keeper.hung.connect(self._on_hung)
        self.said.connect(self._keeper.said)
        self.take_down.triggered.connect(self._keeper.take_down)
        self.stop_button.clicked.connect(self._on_stop)
        self.threshold.chosen.connect(self._on_threshold)
        self.maps.picked.connect(self._on_picked)
        self.maps.came_to.connect(self._on_came_to)

    # -- the wall -----------------------------------------------------------------------------------------------

    @property
    def wall(self) -> Wall | None:
        """The wall on show."""
        return self._keeper.wall

    @Slot()
    def _on_hung(self) -> None:
        wall = self.wall
        if wall is not None:
            wall.changed.connect(self._on_changed)
            wall.order_changed.connect(self.maps.show_order)
            wall.state_changed.connect(self._on_state_changed)
        self.maps.show_wall(wall)
        self.together.show_wall(wall)
        self.curves.show_wall(wall)
        self._on_state_changed()
        if wall is None:
            self.left.emit()

    @Slot(object)
    def _on_changed(self, numbers: frozenset[int]) -> None:
        self.maps.show_changed(numbers)
        self._renew_page()
        self._say()

    @Slot()
    def _on_state_changed(self) -> None:
        wall = self.wall
        if wall is None:
            return
        is_live = isinstance(wall, LiveWall)
        is_training, can_go_on = wall.is_training, wall.can_go_on
        self.stop_button.setVisible(is_training or can_go_on)
        self.stop_button.setText(self.tr("stop") if is_training else self.tr("go on"))
        stop = self.tr("Stop all runs of the wall where they are; they can go on later")
        go_on = self.tr("Train all runs on that have not come to their end")
        self.stop_button.setToolTip(stop if is_training else go_on)
        self.stop_button.setAccessibleName(stop if is_training else go_on)
        self.train_on.setEnabled(is_live and not is_training)
        self.threshold.show_threshold(wall.task, wall.threshold)
        self.maps.update()
        self._say()

    def _say(self) -> None:
        wall = self.wall
        if wall is None:
            return
        self.bar.show_outcomes(wall.outcomes())
        self.threshold.show_threshold(wall.task, wall.threshold)
        self._say_reached(title_of(wall), wall.epoch, wall.goal)
        self.summary.show_texts(*summaries_of(wall))

    @Slot()
    def _on_stop(self) -> None:
        wall = self.wall
        if isinstance(wall, LiveWall) and not wall.stop():
            wall.go_on()

    @Slot()
    def _on_train_on(self) -> None:
        wall = self.wall
        if isinstance(wall, LiveWall):
            wall.train_on(wall.goal)

    @Slot(float)
    def _on_threshold(self, score: float) -> None:
        if self.wall is not None:
            self.wall.set_threshold(score)

    @Slot(int)
    def _on_picked(self, number: int) -> None:
        if self.wall is not None:
            self.wall.request(number)

    def _write_table(self, path: Path) -> None:
        if self.wall is not None:
            write_wall_table(self.wall, path)

    # -- pages --------------------------------------------------------------------------------------------------

    @Slot()
    def _on_tab(self) -> None:
        self.pages.setCurrentIndex(next(place for place, tab in enumerate(self.tabs) if tab.isChecked()))
        self._renew_page()

    def _renew_page(self) -> None:
        page = self.pages.currentWidget()
        if page is self.together:
            self.together.renew()
        elif page is self.curves:
            self.curves.main_number = self._keeper.main_number
            self.curves.renew()

    @Slot()
    def leave(self) -> None:
        """Give the place back to the network."""
        self._keeper.stop_for_leaving()
        super().leave()

    def focus_picture(self) -> None:
        """Give the keyboard to the maps."""
        self.maps.setFocus()

    @Slot(object)
    def _on_came_to(self, cell: QRectF) -> None:
        middle = cell.center()
        self.area.ensureVisible(
            round(middle.x()), round(middle.y()), round(0.5 * cell.width()) + 8, round(0.5 * cell.height()) + 8
        )

    # -- as a view ----------------------------------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        super().set_theme(theme)
        for part in (self.bar, self.maps, self.together, self.curves):
            part.set_theme(theme)

    def show_prepared(self, prepared: Prepared) -> None:
        """A wall keeps the data that it was begun with."""

    def show_frame(self, frame: Frame) -> None:  # noqa: ARG002 - which run is in front is what matters
        """Mark the run that the one in front is a copy of."""
        if self._shown_main != self._keeper.main_number:
            self._shown_main = self._keeper.main_number
            self.maps.update()
            self._renew_page()

    def set_bare(self, bare: bool) -> None:
        """Hide the switches, for an audience."""
        super().set_bare(bare)
        self.threshold.setHidden(bare)

    def hideable_parts(self) -> Iterator[Hideable]:
        """Yield what a teacher can hide."""
        group = self.tr("Wall")
        yield Hideable("wall.threshold", group, self.tr("score from which a run is solved"), (self.threshold,))


def _words() -> PanelWords:
    return PanelWords(
        title=_tr("Wall"),
        tabs=(
            (_tr("Maps"), _tr("A small map of every network, that with the lowest loss first")),
            (_tr("Together"), _tr("What all networks answer on the average, and where they disagree")),
            (_tr("Curves"), _tr("The loss of every run, with median and quartiles")),
        ),
        train_on=(_tr("Train on"), _tr("Train every run as many epochs again")),
        save_table=(
            _tr("Save figures as CSV…"),
            _tr("Write what sets each run apart, its loss, its score and its outcome"),
        ),
        take_down=(_tr("Take the wall down"), _tr("Let its runs go, so that they take no memory any more")),
        save_title=_tr("Save figures as CSV"),
        file_name="runs.csv",
        menu=_tr("Train on, save the figures, or take the wall down"),
        close=_tr("Show the network again (Esc); a wall that trains is stopped and kept"),
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("WallPanel", text)
