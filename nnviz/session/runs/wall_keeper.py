"""Which wall hangs in the window: begun as an undoable step, stopped by Save and Undo, gone with its document."""

from __future__ import annotations

import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot

from nnviz.core.numbers import count_text
from nnviz.experiment.document import Document
from nnviz.session.commands import Change, EditCommand, MergingCommand
from nnviz.session.controller import Controller
from nnviz.session.needs import NOTHING
from nnviz.session.run import Run
from nnviz.session.runs.found_wall import FoundWall
from nnviz.session.runs.live_wall import LiveWall
from nnviz.session.runs.wall import Wall
from nnviz.session.runs.wall_run import SharedRows
from nnviz.session.speeds import SPEEDS
from nnviz.session.state import ExperimentState
from nnviz.sweeps.grid import axes_of
from nnviz.sweeps.plan import Plan
from nnviz.sweeps.task import Outcome


class WallCommand(MergingCommand):
    """Begins a wall; the way back stops it where it is, and redoing lets it go on."""

    edits = False

    def __init__(self, wall: LiveWall, text: str) -> None:
        super().__init__(text, "")
        self._wall = weakref.ref(wall)

    def redo(self) -> None:
        """Train."""
        if (wall := self._wall()) is not None:
            wall.go_on()

    def undo(self) -> None:
        """Stop: whoever keeps the wall does that at every step back."""


class WallKeeper(QObject):
    """Hangs walls, one at a time.

    Parameters
    ----------
    state : ExperimentState
    controller : Controller
    parent : QObject

    Attributes
    ----------
    wall : Wall or None

    Signals
    -------
    hung : ()
        There is another wall, or none any more.
    said : str, str
        Severity and one sentence.
    """

    hung = Signal()
    said = Signal(str, str)

    def __init__(self, state: ExperimentState, controller: Controller, parent: QObject) -> None:
        super().__init__(parent)
        self._state, self._controller = state, controller
        self.wall: Wall | None = None
        self._taken: dict[int, int] = {}
        self._index = state.undo_stack.index()
        state.applied.connect(self._on_applied)
        state.saved.connect(self._on_saved)
        state.undo_stack.indexChanged.connect(self._on_index_changed)

    @property
    def main_number(self) -> int | None:
        """Which run of the wall the run in front is a copy of; None: none of them."""
        return self._taken.get(self._controller.run_id)

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
        self._state.push(WallCommand(wall, text))
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
        former, self.wall = self.wall, wall
        self._taken.clear()
        if former is not None:
            former.close()
        self.hung.emit()

    def make_main(self, document: Document, number: int, text: str) -> None:
        """Show what is in `document` as the run in front, as an undo step; the one before is set aside."""
        state, controller = self._state, self._controller
        view = state.experiment.view
        experiment = document.experiment.edited(view=view)
        run = Run(
            experiment,
            NOTHING,
            SPEEDS[controller.speed],
            base_path=state.path.parent if state.path is not None else None,
            document=document,
        )
        controller.lab.add(run)
        self._taken[run.id] = number
        command = EditCommand(state, state.experiment, experiment, text)
        command.after_id = run.id
        state.push(command)

    # -- what ends it -------------------------------------------------------------------------------------------

    def _stop(self, words: str) -> None:
        wall = self.wall
        if isinstance(wall, LiveWall) and wall.stop():
            self.said.emit("info", words.format(count_text(wall.epoch), count_text(wall.goal)))

    def stop_for_leaving(self) -> None:
        """Stop what trains, and say so: nobody looks at it any more."""
        self._stop(self.tr("The wall was stopped at epoch {0} of {1}; it is kept, and can go on."))

    @Slot()
    def _on_saved(self) -> None:
        self._stop(self.tr("Saved; the wall was stopped at epoch {0} of {1} and is kept until the window is closed."))

    @Slot(int)
    def _on_index_changed(self, index: int) -> None:
        before, self._index = self._index, index
        # A stack that is cleared is no step back.
        if index < before and self._state.undo_stack.count():
            self._stop(self.tr("The wall was stopped at epoch {0} of {1}; it is kept as far as it came."))

    @Slot(object)
    def _on_applied(self, change: Change) -> None:
        if change.kind == "replace" and self.wall is not None:
            self.take_down()
            self.said.emit("info", self.tr("The wall was taken down: it belonged to the experiment before."))

    @Slot(object, object)
    def _on_taken(self, number: int, document: Document) -> None:
        wall = self.sender()
        if wall is self.wall and self.wall is not None:
            self.make_main(document, number, self.tr("show a run of the wall"))

    def close(self) -> None:
        """Stop everything: the window closes."""
        self._state.undo_stack.indexChanged.disconnect(self._on_index_changed)
        self._hang(None)
