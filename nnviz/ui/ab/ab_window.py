"""The window in which two networks learn side by side, with their diagrams, their maps and what differs."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QCloseEvent, QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from nnviz.core.numbers import count_text
from nnviz.drawing.compared import largest_text
from nnviz.drawing.theme import Theme
from nnviz.experiment.document import Experiment
from nnviz.experiment.frame import PlaneRequest
from nnviz.experiment.prepare import Prepared
from nnviz.session.controller import Controller
from nnviz.session.runs.frame_pairs import FramePair
from nnviz.session.runs.second_keeper import SecondKeeper
from nnviz.session.state import ExperimentState
from nnviz.ui.ab.compared_maps import VIEWER, ComparedMaps
from nnviz.ui.ab.side_header import MomentLabel, SideHeader
from nnviz.ui.ab.side_setup import SideSetup
from nnviz.ui.network.diagram_view import DiagramView
from nnviz.ui.setup.setup_panel import setup_sheet
from nnviz.ui.widgets.buttons import described_action, dressed
from nnviz.ui.widgets.nested_layouts import add_layout
from nnviz.ui.widgets.segments import Segments


class AbWindow(QDialog):
    """Never blocks the main window: whatever drives that drives both networks.

    Parameters
    ----------
    state : ExperimentState
    controller : Controller
    keeper : SecondKeeper
    driving : list of QAction
        Play, the steps and Reset: they get buttons here, too.
    theme : Theme
    parent : QWidget

    Attributes
    ----------
    swap, make_like : QAction
    setups : tuple of SideSetup
        Of A and of B.

    Signals
    -------
    key_pressed : object
        A `QKeyEvent` that nothing here has used.
    left : ()
        The window was closed.
    """

    key_pressed = Signal(object)
    left = Signal()

    def __init__(
        self,
        state: ExperimentState,
        controller: Controller,
        keeper: SecondKeeper,
        driving: list[QAction],
        theme: Theme,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setWindowFlag(Qt.WindowType.WindowMinMaxButtonsHint)
        self.setWindowTitle(self.tr("A/B: two networks side by side"))
        self._state, self._controller, self._keeper, self._theme = state, controller, keeper, theme
        self.setStyleSheet(setup_sheet(theme))
        self._build_row(driving)
        self.headers = (SideHeader(theme, "A", self), SideHeader(theme, "B", self))
        self.diagrams = (DiagramView(state, controller, theme, self), DiagramView(keeper, keeper, theme, self))
        for letter, diagram in zip("AB", self.diagrams, strict=True):
            diagram.set_editable(False)
            diagram.setAccessibleName(self.tr("Network diagram of {0}").format(letter))
        self.maps = ComparedMaps(theme, self)
        self.moment = MomentLabel(theme, self)
        self.which = Segments(
            (
                ("a", self.tr("Set-up of A"), self.tr("Network and training of A, as in the main window")),
                ("b", self.tr("Set-up of B"), self.tr("Network and training of B, on the data of A")),
            ),
            self.tr("Whose set-up is shown"),
            self,
        )
        self.setups = (
            SideSetup(state, controller, theme, self.tr("Set-up of A"), self),
            SideSetup(keeper, keeper, theme, self.tr("Set-up of B"), self),
        )
        self._pages = QStackedWidget(self)
        for page in self.setups:
            self._pages.addWidget(page)
        self.which.choose("b")
        self._pages.setCurrentIndex(1)
        self._lay_out()
        self._connect()
        self.resize(QSize(1240, 690))

    def _build_row(self, driving: list[QAction]) -> None:
        tr = self.tr
        self.swap = described_action(
            tr("Swap A and B"),
            tr("Let B, with all that it has learnt, stand in the main window, and A beside it"),
            self,
        )
        self.make_like = described_action(
            tr("Make B like A"),
            tr("Give B the set-up, the weights and the history of A: then both are equal"),
            self,
        )
        self.buttons: list[QToolButton] = []
        for action in (*driving, self.swap, self.make_like):
            button = dressed(QToolButton(self), action.text(), action.toolTip(), name=action.text())
            button.setDefaultAction(action)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
            self.buttons.append(button)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(6)
        for button in self.buttons:
            row.addWidget(button)
        row.addWidget(self.moment, 1)
        grid = QGridLayout()
        grid.setSpacing(6)
        for column in (0, 1):
            grid.addWidget(self.headers[column], 0, column)
            grid.addWidget(self.diagrams[column], 1, column)
            grid.setColumnStretch(column, 1)
        grid.addWidget(self.maps, 2, 0, 1, 2)
        grid.setRowStretch(1, 5)
        grid.setRowStretch(2, 5)
        side = QVBoxLayout()
        side.setSpacing(4)
        side.addWidget(self.which)
        side.addWidget(self._pages, 1)
        lower = QHBoxLayout()
        lower.setSpacing(10)
        add_layout(lower, grid, 1)
        add_layout(lower, side)
        column_ = QVBoxLayout(self)
        column_.setContentsMargins(12, 8, 12, 10)
        column_.setSpacing(8)
        add_layout(column_, row)
        add_layout(column_, lower, 1)

    def _connect(self) -> None:
        keeper, state, controller = self._keeper, self._state, self._controller
        self.which.chosen.connect(self._on_which)
        self.swap.triggered.connect(keeper.swap)
        self.make_like.triggered.connect(keeper.make_like_first)
        keeper.paired.connect(self._on_paired)
        keeper.run_changed.connect(self._on_run_changed)
        keeper.prepared_changed.connect(self._on_second_prepared)
        keeper.edited.connect(self._show_set_ups)
        controller.prepared_changed.connect(self._on_first_prepared)
        controller.timeline.changed.connect(self._on_timeline)
        state.view_changed.connect(self._declare)

    # -- coming and going ---------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to compare."""
        super().showEvent(event)
        if not event.spontaneous() and not self._keeper.is_open:
            self._keeper.open()
            self._declare()
            self._on_first_prepared(self._controller.prepared)
            self._show_set_ups()

    def hideEvent(self, event: QHideEvent) -> None:
        """Compare no more: what is closed costs nothing."""
        super().hideEvent(event)
        if not event.spontaneous():
            self._keeper.close()
            self._controller.set_needs(VIEWER)
            self.left.emit()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close, whatever has the focus."""
        event.accept()

    def stop(self) -> None:
        """Paint nothing any more: the main window closes."""
        for diagram in self.diagrams:
            diagram.stop()
        self.hide()

    # -- what is shown ------------------------------------------------------------------------------------------

    @Slot()
    def _declare(self) -> None:
        """Ask both for the plane that the main window's map is set to."""
        if not self._keeper.is_open:
            return
        view = self._state.experiment.view
        plane = PlaneRequest(x_range=view.x_range, y_range=view.y_range, axes=view.axes, hold=view.held, is_fresh=True)
        self._controller.set_needs(VIEWER, plane=plane)
        self._keeper.set_needs(VIEWER, plane=plane)

    @Slot(object)
    def _on_paired(self, pair: FramePair) -> None:
        first, second = self._controller.prepared, self._keeper.prepared
        if first is None or second is None:
            return
        for diagram, frame in zip(self.diagrams, (pair.first, pair.second), strict=True):
            diagram.show_frame(frame)
        self._say(pair)
        self.maps.show_pair(pair, first, second, self._state.experiment.view.shown_class)
        if not pair.first.is_moving:
            self._describe()

    def _describe(self) -> None:
        """Let those hear what is shown who do not see it; while it changes all the time, nobody could listen."""
        for header in self.headers:
            header.setAccessibleName(header.words)
        difference = self.maps.difference
        if difference is not None:
            words = self.tr("{0}. {1}").format(difference.title, largest_text(difference))
            self.maps.setAccessibleDescription(words)

    def _say(self, pair: FramePair) -> None:
        prepared = self._controller.prepared
        r2 = prepared is not None and prepared.task == "regression"
        self.moment.show_frame(pair.first, looks_back=self._controller.timeline.is_past)
        frames = pair.first, pair.second
        experiments = self._state.experiment, self._keeper.experiment
        for header, frame, experiment in zip(self.headers, frames, experiments, strict=True):
            header.show_set_up(frame, experiment)
        self.headers[0].show_frame(pair.first, pair.first.message, r2=r2)
        self.headers[1].show_frame(pair.second, self.state_of(pair), r2=r2)

    @Slot()
    def _on_timeline(self) -> None:
        pair = self._keeper.pair
        if pair is not None and self._keeper.is_open:
            self.moment.show_frame(pair.first, looks_back=self._controller.timeline.is_past)

    def state_of(self, pair: FramePair) -> str:
        """Return what is to be said of B beside its figures."""
        first, second = pair.first, pair.second
        if second.status in ("finished", "diverged", "failed"):
            return second.message
        if not pair.is_same_moment:
            return self.tr("B catches up with A: epoch {0} of {1}; Reset begins both again").format(
                count_text(second.epoch), count_text(first.epoch)
            )
        return ""

    @Slot()
    def _on_run_changed(self) -> None:
        run = self._keeper.run
        for action in (self.swap, self.make_like):
            action.setEnabled(run is not None)
        if run is not None and run.ended == "failed" and self._keeper.pair is None:
            self._keeper.said.emit("warning", self.tr("B cannot be trained: {0}").format(run.message))

    @Slot(object)
    def _on_first_prepared(self, prepared: Prepared | None) -> None:
        if prepared is not None and self._keeper.is_open:
            self.diagrams[0].show_prepared(prepared)
            self.setups[0].show_prepared(prepared)

    @Slot(object)
    def _on_second_prepared(self, prepared: Prepared) -> None:
        self.diagrams[1].show_prepared(prepared)
        self.setups[1].show_prepared(prepared)

    @Slot()
    def _show_set_ups(self) -> None:
        experiments: tuple[Experiment, Experiment] = self._state.experiment, self._keeper.experiment
        for setup, experiment in zip(self.setups, experiments, strict=True):
            setup.show_experiment(experiment)
        if self._keeper.pair is not None:
            self._say(self._keeper.pair)

    @Slot(str)
    def _on_which(self, name: str) -> None:
        self._pages.setCurrentIndex("ab".index(name))

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self._theme = theme
        self.setStyleSheet(setup_sheet(theme))
        for part in (self.moment, *self.headers, *self.diagrams, self.maps, *self.setups):
            part.set_theme(theme)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes; every other key is handed on."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
            return
        event.accept()
        self.key_pressed.emit(event)
