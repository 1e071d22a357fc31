"""Many runs side by side in the window: the commands that hang a wall, and its place where the network is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QMainWindow, QWidget

from nnviz.core.errors import NnvizError
from nnviz.core.inert import shown
from nnviz.core.numbers import count_text
from nnviz.core.reading import LONGEST_NAME
from nnviz.drawing.theme import Theme
from nnviz.experiment import Document
from nnviz.session.controller import Controller
from nnviz.session.job import Job
from nnviz.session.report import fault_sentence
from nnviz.session.runs.wall_keeper import WallKeeper
from nnviz.session.state import ExperimentState
from nnviz.ui.commands.actions import Actions
from nnviz.ui.window.runs_place import RunsPlace

if TYPE_CHECKING:
    from nnviz.sweeps.plan import Plan
    from nnviz.sweeps.task import Outcome
    from nnviz.ui.walls.count_dialog import CountDialog
    from nnviz.ui.walls.sweep_dialog import SweepDialog
    from nnviz.ui.walls.wall_panel import WallPanel


class WallActions(RunsPlace):
    """Hangs walls, and lets the panel of the wall and the network share the middle of the window.

    Parameters
    ----------
    state : ExperimentState
    controller : Controller
    actions : Actions
    theme : Theme
    window : QMainWindow

    Attributes
    ----------
    keeper : WallKeeper
    seeds_dialog, folds_dialog : CountDialog or None
        None until they were opened once.
    sweep_dialog : SweepDialog or None
        Likewise.

    Signals
    -------
    sweep_read : object
        The `Document` that a sweep was made of, which is shown before its wall.
    """

    sweep_read = Signal(object)

    keeper: WallKeeper

    def __init__(
        self, state: ExperimentState, controller: Controller, actions: Actions, theme: Theme, window: QMainWindow
    ) -> None:
        keeper = WallKeeper(state, controller, window)
        super().__init__(keeper, controller, actions.many_runs.wall, theme, window, window)
        self._state, self._controller, self._window = state, controller, window
        self.seeds_dialog: CountDialog | None = None
        self.folds_dialog: CountDialog | None = None
        self.sweep_dialog: SweepDialog | None = None
        self._job: Job | None = None
        actions.many_runs.seeds.triggered.connect(self._on_run_seeds)
        actions.many_runs.settings.triggered.connect(self._on_compare_settings)
        actions.many_runs.folds.triggered.connect(self._on_cross_validate)

    def _new_panel(self, theme: Theme, parent: QWidget | None) -> WallPanel:
        from nnviz.ui.walls.wall_panel import WallPanel

        return WallPanel(self.keeper, theme, parent)

    @property
    def panel(self) -> WallPanel:
        """What is in the place of the network while it is wanted."""
        return cast("WallPanel", self.later.view)

    # -- commands -----------------------------------------------------------------------------------------------

    @Slot()
    def _on_run_seeds(self) -> None:
        if self.seeds_dialog is None:
            from nnviz.ui.walls.count_dialog import seeds_dialog

            self.seeds_dialog = seeds_dialog(self._window)
            self.seeds_dialog.confirmed.connect(self._on_seeds_confirmed)
        self._ask(self.seeds_dialog)

    @Slot()
    def _on_cross_validate(self) -> None:
        if self.folds_dialog is None:
            from nnviz.ui.walls.count_dialog import folds_dialog

            self.folds_dialog = folds_dialog(self._window)
            self.folds_dialog.confirmed.connect(self._on_folds_confirmed)
        self._ask(self.folds_dialog)

    @Slot()
    def _on_compare_settings(self) -> None:
        if self.sweep_dialog is None:
            from nnviz.ui.walls.sweep_dialog import SweepDialog

            self.sweep_dialog = SweepDialog(self._window)
            self.sweep_dialog.confirmed.connect(self._on_settings_confirmed)
        self.sweep_dialog.ask(self._state.experiment, self._state.experiment.training.epochs)

    def _ask(self, dialog: CountDialog) -> None:
        from nnviz.sweeps.standing import usual_threshold

        prepared = self._controller.prepared
        task = prepared.task if prepared is not None else "classification"
        dialog.ask(self._state.experiment.training.epochs, task, usual_threshold(task))

    @Slot()
    def _on_seeds_confirmed(self) -> None:
        assert self.seeds_dialog is not None
        dialog = self.seeds_dialog
        self.run_seeds(dialog.runs.value(), dialog.epochs.value(), dialog.score)

    @Slot()
    def _on_folds_confirmed(self) -> None:
        assert self.folds_dialog is not None
        dialog = self.folds_dialog
        self._hang(self.tr("cross-validate"), dialog.epochs.value(), dialog.score, folds=dialog.runs.value())

    @Slot()
    def _on_settings_confirmed(self) -> None:
        assert self.sweep_dialog is not None
        dialog = self.sweep_dialog
        self._hang(self.tr("compare two settings"), dialog.epochs.value(), grid=dialog.grid, seeds=dialog.seeds)

    def run_seeds(self, n: int, epochs: int, score: float | None = None) -> None:
        """Hang a wall of the present experiment with the seeds 0 … n − 1.

        Parameters
        ----------
        n, epochs : int
            How many runs, and how long each.
        score : float, optional
            From which one is solved.
        """
        self._hang(self.tr("run {0} seeds").format(count_text(n)), epochs, score, seeds=range(n))

    @Slot(str)
    def open_sweep(self, folder: str) -> None:
        """Hang the wall of a sweep, once it has been read, beside the experiment that it was made of."""
        from nnviz.sweeps.wall import shown_sweep

        if self._job is not None:
            self._job.cancel()
            self._job.deleteLater()
        self.keeper.said.emit("info", self.tr("Reading the sweep in {0} …").format(shown(folder, LONGEST_NAME)))
        self._job = Job(lambda _progress, _cancelled: shown_sweep(folder), self)
        self._job.succeeded.connect(self._on_sweep_read)
        self._job.failed.connect(self._on_sweep_failed)
        self._job.start()

    @Slot(object)
    def _on_sweep_read(self, sweep: tuple[Plan, dict[int, Outcome]]) -> None:
        self._end_job()
        plan, outcomes = sweep
        self.sweep_read.emit(Document(plan.experiment))
        self.keeper.show_sweep(plan, outcomes)

    @Slot(object)
    def _on_sweep_failed(self, error: Exception) -> None:
        self._end_job()
        self.keeper.said.emit("error", str(error) if isinstance(error, NnvizError) else fault_sentence(error))

    def _end_job(self) -> None:
        job, self._job = self._job, None
        if job is not None:
            job.deleteLater()

    def _hang(self, text: str, epochs: int, score: float | None = None, **which: Any) -> None:
        try:
            wall = self.keeper.hang(text, epochs, **which)
        except NnvizError as error:
            self.keeper.said.emit("error", str(error))
            return
        if score is not None:
            wall.set_threshold(score)

    def close(self) -> None:
        """Stop everything: the window closes."""
        if self._job is not None:
            self._job.cancel()
        super().close()
