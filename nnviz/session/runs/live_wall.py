"""A wall whose runs train in the laboratory, beside the one in front.

Nobody watches them one by one: one clock asks all of them for a frame now and then, so that a hundred take no more of
the GUI thread's time than a few.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Mapping
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, QTimer, Slot

from nnviz.core.numbers import count_text
from nnviz.core.translation import translated
from nnviz.experiment.document import Document
from nnviz.experiment.frame import Frame
from nnviz.session.run import Run
from nnviz.session.runs.laboratory import Laboratory
from nnviz.session.runs.orders import GIVEN_UP
from nnviz.session.runs.run_copies import RunCopies
from nnviz.session.runs.wall import Tile, Wall, needs_of
from nnviz.session.runs.wall_run import SharedRows, WallRun
from nnviz.sweeps.plan import Plan, Point

#: Runs that are being prepared at the same time: it holds the interpreter.
PREPARED_AT_ONCE = 4
#: Between two rounds of frames, at least; and the share of the GUI thread's time that the wall may take.
ROUND_MS, LOAD = 160, 0.2
#: Of the training threads' time, that frames of a wall may take: a hundred of them are a fifth of a second.
BUILD_LOAD = 0.08
#: Between two times at which the maps change places.
SORTED_AFTER_S = 1.2
NO_DOCUMENTS: Final[Mapping[int, Document]] = {}


class LiveWall(Wall):
    """A wall whose runs are trained in a laboratory, beside the run in front.

    Parameters
    ----------
    plan, goal
        As of `Wall`.
    lab : Laboratory
    rows : SharedRows
    parent : QObject or None
    documents : mapping of int to Document
        Runs that go on from where a file has them, by number.
    """

    def __init__(
        self,
        plan: Plan,
        goal: int,
        lab: Laboratory,
        rows: SharedRows,
        parent: QObject | None = None,
        documents: Mapping[int, Document] = NO_DOCUMENTS,
    ) -> None:
        super().__init__(plan, goal, parent)
        self._lab = lab
        self._by_run: dict[int, Tile] = {}
        for tile in self.tiles:
            label = translated("wall: {0}", tile.point.words or count_text(tile.number + 1))
            run = WallRun(tile.experiment, tile.point, rows, documents.get(tile.number), label)
            tile.run_id = run.id
            self._by_run[run.id] = tile
            lab.add(run, rests=True)
            lab.set_needs(run.id, needs_of(tile.experiment))
        self._to_prepare = deque(self.tiles)
        self._preparing: set[int] = set()
        self._waits_to_train, self._told = False, (False, True)
        self._fresh: set[int] = set()
        self._delivered: set[int] = set()
        self._work_s = self._build_s = self._sorted_s = 0.0
        self._is_closed = False
        self._copies = RunCopies(lab, self)
        self._clock = QTimer(self)
        self._clock.setObjectName("rounds of a wall")
        self._clock.setSingleShot(True)
        self._clock.timeout.connect(self._on_round)
        lab.frame_ready.connect(self._on_frame)
        lab.run_changed.connect(self._on_run_changed)
        lab.removed.connect(self._on_removed)

    # -- training -----------------------------------------------------------------------------------------------

    @property
    def is_training(self) -> bool:
        """Whether any of them trains, or is about to."""
        return not self._is_closed and (
            self._waits_to_train or any(self._lab.observer(run_id).is_training for run_id in self._by_run)
        )

    @property
    def can_go_on(self) -> bool:
        """Whether there is one that has not come to its end."""
        return bool(self._by_run) and any(not standing.ended for standing in self.standings)

    def go_on(self) -> None:
        """Train all that have not come to their end; the first time, they are prepared before."""
        if self._is_closed:
            return
        self._waits_to_train = True
        self._prepare_next()
        self._clock.start(0)
        self.state_changed.emit()

    def look(self) -> None:
        """Let the runs of a file be seen as they were left: they are prepared, and rest."""
        if not self._is_closed and self.is_restored:
            self.is_restored = False
            self._prepare_next()

    def train_on(self, epochs: int) -> None:
        """Train all of them so many epochs more than they were to be."""
        self.goal += epochs
        for tile in self.tiles:
            if tile.frame is not None:
                tile.take(tile.frame, None, self.goal)
        self.go_on()

    def stop(self) -> bool:
        """Let all of them stay where they are; return whether any was training."""
        was_training = self.is_training
        self._waits_to_train = False
        if was_training:
            self._lab.pause(self._by_run)
            self._hurry()
            self.state_changed.emit()
        return was_training

    def close(self) -> None:
        """Let the runs go."""
        if self._is_closed:
            return
        self._is_closed, self._waits_to_train = True, False
        self._copies.forget()
        self._clock.stop()
        self._lab.frame_ready.disconnect(self._on_frame)
        self._lab.run_changed.disconnect(self._on_run_changed)
        self._lab.removed.disconnect(self._on_removed)
        for run_id in self._by_run:
            if run_id in self._lab:
                self._lab.remove(run_id)
        self._by_run.clear()
        self.deleteLater()

    def _prepare_next(self) -> None:
        while self._to_prepare and len(self._preparing) < PREPARED_AT_ONCE:
            tile = self._to_prepare.popleft()
            if tile.run_id not in self._by_run:
                continue
            self._preparing.add(tile.run_id)
            self._lab.open(tile.run_id)
            self._lab.glance(tile.run_id)
        if self._waits_to_train and not self._to_prepare and not self._preparing and self._are_at_rest:
            self._waits_to_train = False
            for run_id, tile in self._by_run.items():
                if not tile.standing.ended:
                    self._lab.train([run_id], self.goal - tile.standing.epoch)
            self.state_changed.emit()

    @property
    def is_settled(self) -> bool:
        """Whether nothing trains, and all that has come of it has been told."""
        return not self.is_training and not self._fresh and not self._preparing and self._are_at_rest

    @property
    def _are_at_rest(self) -> bool:
        """Whether what is known of each run is where it stands: one that was stopped may be some epochs further."""
        tiles = self._by_run.values()
        return all(tile.frame is None or tile.frame.status != "running" or tile.standing.fault for tile in tiles)

    # -- what comes back ----------------------------------------------------------------------------------------

    @Slot(object, object)
    def _on_frame(self, run_id: int, frame: Frame) -> None:
        tile = self._by_run.get(run_id)
        if tile is None:
            return
        tile.take(frame, self._lab.observer(run_id).prepared, self.goal)
        self._delivered.add(run_id)
        self._build_s += frame.build_s
        self._fresh.add(tile.number)
        self._is_prepared(run_id)
        self._wind()

    @Slot(object)
    def _on_run_changed(self, run_id: int) -> None:
        tile = self._by_run.get(run_id)
        if tile is None:
            return
        if self._lab.observer(run_id).status == "failed":
            # There may be no frame of one that cannot even be drawn.
            tile.fail(self._lab.run(run_id).message)
            self._fresh.add(tile.number)
            self._is_prepared(run_id)
        self._wind()
        if not self.is_training:
            self._hurry()

    def _is_prepared(self, run_id: int) -> None:
        self._preparing.discard(run_id)
        self._prepare_next()

    @Slot(object)
    def _on_removed(self, run_id: int) -> None:
        tile = self._by_run.pop(run_id, None)
        if tile is not None:
            tile.fail(translated(GIVEN_UP))
            self._fresh.add(tile.number)
            self._is_prepared(run_id)
            self._wind()

    # -- the clock ----------------------------------------------------------------------------------------------

    def worked(self, seconds: float) -> None:
        """Note that the GUI thread has spent so long on showing what is new."""
        self._work_s += seconds

    def _wind(self) -> None:
        if not self._clock.isActive():
            seconds = max(self._work_s / LOAD, self._build_s / (BUILD_LOAD * self._lab.n_hands))
            self._clock.start(max(ROUND_MS, math.ceil(1000.0 * seconds)))
            self._work_s = self._build_s = 0.0

    def _hurry(self) -> None:
        """Let the next round not wait for more than one: nothing trains that it would keep from that."""
        if self._clock.remainingTime() > 2 * ROUND_MS:
            self._clock.start(ROUND_MS)

    @Slot()
    def _on_round(self) -> None:
        """Tell what has come since the last round, and ask for more."""
        begun_s = time.perf_counter()
        fresh, self._fresh = frozenset(self._fresh), set()
        delivered, self._delivered = self._delivered, set()
        is_training = self.is_training
        if begun_s - self._sorted_s > SORTED_AFTER_S or not is_training:
            self._sorted_s = begun_s
            self.sort()
        if fresh:
            self.changed.emit(fresh)
        state = is_training, self.can_go_on
        if state != self._told:
            self._told = state
            self.state_changed.emit()
        if self._lab.screen.seen or not is_training:
            for run_id in delivered:
                self._lab.glance(run_id)
        self.worked(time.perf_counter() - begun_s)
        if is_training:
            self._wind()

    # -- one of them --------------------------------------------------------------------------------------------

    def request(self, number: int) -> None:
        """Have a copy of a run, which `taken` brings: the run itself stays on the wall, and goes on."""
        tile = self.tiles[number]
        if tile.run_id in self._by_run and tile.frame is not None:
            self._copies.ask(tile.run_id, partial(self.taken.emit, number), lambda run: _saved(run, tile.point))


def _saved(run: Run, point: Point) -> Document:
    document = run.saved(None)
    if point.fold is None:
        return document
    # Its rows are parted in another way: of these, the experiment's own run has no history.
    return Document(document.experiment, document.parameters)
