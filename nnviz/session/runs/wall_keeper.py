"""Which wall hangs in the window: begun as an undoable step, stopped by Save and Undo, gone with its document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, Slot

from nnviz.experiment.document import Document
from nnviz.session.controller import Controller
from nnviz.session.runs.found_wall import FoundWall
from nnviz.session.runs.live_wall import LiveWall
from nnviz.session.runs.runs_keeper import BeginCommand, RunsKeeper, StopWords
from nnviz.session.runs.wall import Wall
from nnviz.session.runs.wall_run import SharedRows
from nnviz.session.state import ExperimentState
from nnviz.sweeps.grid import axes_of
from nnviz.sweeps.plan import Plan
from nnviz.sweeps.task import Outcome


class WallKeeper(RunsKeeper):
    """Hangs walls, one at a time.

    Parameters
    ----------
    state : ExperimentState
    controller : Controller
    parent : QObject

    Attributes
    ----------
    wall : Wall or None
    """

    def __init__(self, state: ExperimentState, controller: Controller, parent: QObject) -> None:
        tr = self.tr
        words = StopWords(
            left=tr("The wall was stopped at epoch {0} of {1}; it is kept, and can go on."),
            saved=tr("Saved; the wall was stopped at epoch {0} of {1} and is kept until the window is closed."),
            undone=tr("The wall was stopped at epoch {0} of {1}; it is kept as far as it came."),
            gone=tr("The wall was taken down: it belonged to the experiment before."),
        )
        super().__init__(state, controller, words, parent)
        self.wall: Wall | None = None

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
        experiment = self._state.experiment
        axes = axes_of(experiment, grid or {})
        plan = Plan(experiment, axes, None if seeds is None else tuple(seeds), folds, epochs, seed_data=False)
        folder: Path | None = self._state.path.parent if self._state.path is not None else None
        wall = LiveWall(plan, epochs, self._controller.lab, SharedRows(folder), self)
        wall.taken.connect(self._on_taken, Qt.ConnectionType.QueuedConnection)
        self._hang(wall)
        self._state.push(BeginCommand(wall, text))
        return wall

    def show_sweep(self, plan: Plan, outcomes: dict[int, Outcome]) -> FoundWall:
        """Hang the wall of a sweep that was read from its folder."""
        wall = FoundWall(plan, outcomes, self)
        wall.taken.connect(self._on_taken, Qt.ConnectionType.QueuedConnection)
        self._hang(wall)
        wall.begin()
        return wall

    def take_down(self) -> None:
        """Let the wall go, and its runs."""
        self._hang(None)

    def _hang(self, wall: Wall | None) -> None:
        self.wall = wall
        self._keep(wall)

    @Slot(object, object)
    def _on_taken(self, number: int, document: Document) -> None:
        wall = self.sender()
        if wall is self.wall and self.wall is not None:
            self.make_main(document, number, self.tr("show a run of the wall"))

    def close(self) -> None:
        """Stop everything: the window closes."""
        self.wall = None
        super().close()
