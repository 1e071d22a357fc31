"""Which wall hangs in the window: begun as an undoable step, stopped by Save and Undo, gone with its document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QObject

from nnviz.experiment.document import Document
from nnviz.session.controller import Controller
from nnviz.session.runs.runs_keeper import WALL_GROUP, BeginCommand, KeeperWords, RunsKeeper
from nnviz.session.state import ExperimentState

if TYPE_CHECKING:
    from nnviz.session.beside import Asked
    from nnviz.session.runs.found_wall import FoundWall
    from nnviz.session.runs.kept_wall import KeptWall
    from nnviz.session.runs.live_wall import LiveWall
    from nnviz.session.runs.wall import Wall
    from nnviz.sweeps.plan import Plan
    from nnviz.sweeps.task import Outcome


class WallKeeper(RunsKeeper):
    """Hangs walls, one at a time.

    Parameters
    ----------
    state : ExperimentState
    controller : Controller
    parent : QObject
    """

    group = WALL_GROUP

    def __init__(self, state: ExperimentState, controller: Controller, parent: QObject) -> None:
        tr = self.tr
        words = KeeperWords(
            left=tr("The wall was stopped at epoch {0} of {1}; it is kept, and can go on."),
            saved=tr("Saved; the wall was stopped at epoch {0} of {1}, and can go on."),
            undone=tr("The wall was stopped at epoch {0} of {1}; it is kept as far as it came."),
            gone=tr("The wall was taken down: it belonged to the experiment before."),
            found=tr("A wall of {0} runs was saved with it: Run → Many runs → Show the wall."),
            taken=tr("show a run of the wall"),
        )
        super().__init__(state, controller, words, parent)

    @property
    def wall(self) -> Wall | None:
        """The wall that hangs."""
        return cast("Wall | None", self._kept)

    def hang(
        self,
        text: str,
        epochs: int,
        *,
        grid: Mapping[str, Sequence[Any]] | None = None,
        seeds: Sequence[int] | None = None,
        folds: int | None = None,
    ) -> LiveWall:
        """Begin a wall of the present experiment, as an undo step; the one before goes.

        Parameters
        ----------
        text : str
            What the step is called in the Edit menu.
        epochs : int
            Length of each run.
        grid : mapping, optional
            Settings and their alternatives, as of `nnviz.sweep`.
        seeds : sequence of int, optional
            Of weights and order.
        folds : int, optional
            Cross-validation.

        Raises
        ------
        SettingError, ExperimentError
            Where a setting of the grid is none, or cannot have one of its values.
        """
        from nnviz.sweeps.grid import axes_of
        from nnviz.sweeps.plan import Plan

        experiment = self._state.experiment
        axes = axes_of(experiment, grid or {})
        plan = Plan(experiment, axes, None if seeds is None else tuple(seeds), folds, epochs, seed_data=False)
        wall = self._live_wall(plan, epochs, {})
        self._keep(wall)
        self._state.push(BeginCommand(wall, text))
        return wall

    def _live_wall(self, plan: Plan, goal: int, documents: Mapping[int, Document]) -> LiveWall:
        from nnviz.session.runs.live_wall import LiveWall
        from nnviz.session.runs.wall_run import SharedRows

        return LiveWall(plan, goal, self._controller.lab, SharedRows(self._folder), self, documents)

    def show_sweep(self, plan: Plan, outcomes: dict[int, Outcome]) -> FoundWall:
        """Hang the wall of a sweep that was read from its folder."""
        from nnviz.session.runs.found_wall import FoundWall

        wall = FoundWall(plan, outcomes, self)
        self._keep(wall)
        wall.begin()
        return wall

    # -- in the file of the document ----------------------------------------------------------------------------

    def ask_written(self, n_bytes: int, path: Path | None) -> Asked:
        """Ask for what is to be saved of the wall."""
        from nnviz.session.runs.kept_wall import ask_wall

        assert self.wall is not None
        return ask_wall(self.wall, self._controller.lab, self._state.experiment, n_bytes, path)

    def _read(self, document: Document) -> KeptWall | None:
        from nnviz.session.runs.kept_wall import read_wall

        return read_wall(document)

    def _made_of(self, kept: KeptWall) -> Wall:
        from nnviz.session.runs.found_wall import FoundWall

        if kept.outcomes is not None:
            wall: Wall = FoundWall(kept.plan, kept.outcomes, self, is_restored=True)
        else:
            wall = self._live_wall(kept.plan, kept.goal, kept.runs)
        wall.set_threshold(kept.threshold)
        return wall
