"""The wall of a sweep that `nnviz sweep` has written: its runs as they were left, read and drawn off the GUI thread."""

from __future__ import annotations

import dataclasses
from collections import deque
from typing import Any

from PySide6.QtCore import QObject, Slot

from nnviz.core.errors import NnvizError
from nnviz.core.translation import translated
from nnviz.experiment.document import Document
from nnviz.experiment.frame import Frame
from nnviz.experiment.frame_builder import FrameBuilder
from nnviz.experiment.prepare import Prepared
from nnviz.session.job import Cancelled, Job, Progress
from nnviz.session.runs.wall import Wall, needs_of
from nnviz.sweeps.plan import Plan
from nnviz.sweeps.records import SweepRun
from nnviz.sweeps.task import Outcome


class FoundWall(Wall):
    """A wall of finished runs, the others of which are empty.

    Parameters
    ----------
    plan : Plan
    outcomes : dict of int to Outcome
        The finished runs by their numbers.
    parent : QObject or None
    is_restored : bool
        Whether it comes from the file of a document: it is drawn once somebody looks.
    """

    def __init__(
        self, plan: Plan, outcomes: dict[int, Outcome], parent: QObject | None = None, *, is_restored: bool = False
    ) -> None:
        goal = max((plan.epochs_of(number) for number in range(len(plan))), default=1)
        super().__init__(plan, goal, parent)
        self._runs = {n: SweepRun(plan.points[n], plan.task(n), outcome) for n, outcome in sorted(outcomes.items())}
        self.is_restored = is_restored
        missing = "This run was not finished when the sweep was interrupted."
        if is_restored:
            missing = "This run was not finished, or had no room in the file; it may be in the folder of the sweep."
        for tile in self.tiles:
            if tile.number not in self._runs:
                tile.message = translated(missing)
        self._made: deque[tuple[int, Frame, Prepared]] = deque()
        self._damaged: deque[tuple[int, str]] = deque()
        self._job = Job(self._work, self)
        self._job.progressed.connect(self._on_progressed)
        self._job.succeeded.connect(self._on_progressed)
        self._job.failed.connect(self._on_progressed)

    @property
    def is_settled(self) -> bool:
        """Whether all runs that are finished are on show."""
        return not self._made and all(self.tiles[number].frame is not None for number in self._runs)

    @property
    def outcomes_found(self) -> dict[int, Outcome]:
        """The finished runs by their numbers."""
        return {number: run.outcome for number, run in self._runs.items()}

    def begin(self) -> None:
        """Draw the maps."""
        self._job.start()

    def look(self) -> None:
        """Draw the maps of a wall that comes from a file."""
        if self.is_restored:
            self.is_restored = False
            self.begin()

    def close(self) -> None:
        """Draw no more of them."""
        self._job.cancel()
        self.deleteLater()

    def _work(self, progress: Progress, cancelled: Cancelled) -> None:
        """Make the pictures, in a thread of its own."""
        runs = tuple(self._runs.items())
        for place, (number, run) in enumerate(runs):
            if cancelled():
                return
            try:
                self._made.append((number, *_picture_of(run)))
            except NnvizError as error:
                # Its weights are of another network; the others are sound.
                self._damaged.append((number, str(error)))
            progress((place + 1) / len(runs))

    @Slot(object)
    def _on_progressed(self, _share: Any) -> None:
        fresh = set()
        while self._made:
            number, frame, prepared = self._made.popleft()
            self.tiles[number].take(frame, prepared, self.goal)
            fresh.add(number)
        while self._damaged:
            number, message = self._damaged.popleft()
            self.tiles[number].message = message
            self._runs.pop(number, None)
            fresh.add(number)
        if fresh:
            self.sort()
            self.changed.emit(frozenset(fresh))
            self.state_changed.emit()

    def request(self, number: int) -> None:
        """Hand out a run: its experiment with the weights that it had learnt."""
        run = self._runs.get(number)
        if run is not None:
            self.taken.emit(number, Document(run.experiment, run.parameters.copy()))


def _picture_of(run: SweepRun) -> tuple[Frame, Prepared]:
    prepared = run.prepared()
    network = prepared.network()
    network.parameters = run.parameters
    moment = dataclasses.replace(prepared.trainer(network).moment(), history=run.history, epoch=run.epochs)
    frame = FrameBuilder(prepared).build(
        moment,
        needs_of(run.experiment),
        status="diverged" if run.diverged else "finished",
        message=run.stop_reason,
    )
    return frame, prepared
