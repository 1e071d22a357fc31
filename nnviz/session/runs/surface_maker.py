"""Computes loss surfaces of a race beside everything else: coarsely while it runs, finely once it rests."""

from __future__ import annotations

import time
from typing import Final

import numpy as np
from msgspec import Struct
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from nnviz.core.landscape import Ground, Slice, Surface, spans_of, surface_of
from nnviz.session.job import Cancelled, Job, Progress
from nnviz.session.runs.race import Race
from nnviz.sweeps.race import Trail, slice_of

Weights = tuple[int, int] | None


class Effort(Struct, frozen=True):
    """What a surface may take.

    Attributes
    ----------
    budget : float
        Multiplications, about.
    rows, samples : int
        Examples, and samples along a side, at the most.
    """

    budget: float
    rows: int
    samples: int


#: While a race runs, a few hundredths of a second for small networks; at rest, no more than a second or two.
MOVING: Final = Effort(6e7, 400, 41)
AT_REST: Final = Effort(2e9, 2000, 81)
#: Between two surfaces of a race that runs, at least, and in multiples of what the last one took.
PAUSE_S, PAUSE_SHARE = 0.3, 2.0


class _Wish(Struct, frozen=True):
    """What is wanted: everything that the work needs, so that it looks at nothing that changes."""

    ground: Ground
    trails: tuple[Trail, ...]
    weights: Weights
    former: Slice | None
    effort: Effort

    def work(self, _progress: Progress, is_cancelled: Cancelled) -> Surface | None:
        """Compute the surface; called in a thread of its own."""
        plane = slice_of(self.trails, self.weights).seen_like(self.former)
        spans = spans_of(plane.coordinates(np.array(trail.points)) for trail in self.trails)
        if is_cancelled():
            return None
        effort = self.effort
        ground, resolution = self.ground.within(effort.budget, effort.rows, effort.samples)
        return surface_of(ground, plane, spans, resolution, is_cancelled)


class SurfaceMaker(QObject):
    """Keeps the surface of a race up to date.

    Parameters
    ----------
    parent : QObject

    Attributes
    ----------
    surface : Surface or None
        The last one.

    Signals
    -------
    made : ()
        There is another surface, or none any more.
    """

    made = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.surface: Surface | None = None
        self._race: Race | None = None
        self._weights: Weights = None
        self._job: Job | None = None
        self._is_stale = False
        self._begun_s = self._took_s = 0.0
        self._timer = QTimer(self)
        self._timer.setObjectName("surfaces of a race")
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._begin)

    @property
    def weights(self) -> Weights:
        """The two parameters along the axes; None: principal components."""
        return self._weights

    @property
    def is_settled(self) -> bool:
        """Whether the surface is of what there is now."""
        return self._job is None and not self._is_stale

    def follow(self, race: Race | None) -> None:
        """Make surfaces of another race, or of none."""
        self.stop()
        if self._race is not None:
            self._race.changed.disconnect(self.renew)
            self._race.state_changed.disconnect(self.renew)
        self._race, self._weights = race, None
        if self.surface is not None:
            self.surface = None
            self.made.emit()
        if race is not None:
            race.changed.connect(self.renew)
            race.state_changed.connect(self.renew)
            self.renew()

    def choose(self, weights: Weights) -> None:
        """Show another plane."""
        if weights != self._weights:
            self._weights = weights
            self._cancel()
            self._is_stale = True
            self._timer.start(0)

    @Slot()
    def renew(self) -> None:
        """Make a surface of what there is now, unless there is one."""
        race = self._race
        if race is None or race.ground is None or not self._trails():
            return
        self._is_stale = True
        self._wind()

    def stop(self) -> None:
        """Make no further surface."""
        self._timer.stop()
        self._cancel()
        self._is_stale = False

    def _cancel(self) -> None:
        job, self._job = self._job, None
        if job is not None:
            job.cancel()
            job.deleteLater()

    def _trails(self) -> tuple[Trail, ...]:
        """Return copies of the trails that a plane can be laid through: not of those who went astray."""
        assert self._race is not None
        racers = [racer for racer in self._race.racers if racer.trail.epochs]
        sound = [racer for racer in racers if not racer.fault] or racers
        return tuple(Trail([*racer.trail.epochs], [*racer.trail.points], [*racer.trail.losses]) for racer in sound)

    def _wind(self) -> None:
        if self._job is not None or self._timer.isActive() or self._race is None:
            return
        pause_s = max(PAUSE_S, PAUSE_SHARE * self._took_s) if self._race.is_training else 0.0
        left_s = self._begun_s + self._took_s + pause_s - time.perf_counter()
        self._timer.start(max(round(1000.0 * left_s), 0))

    @Slot()
    def _begin(self) -> None:
        race = self._race
        if race is None or race.ground is None or self._job is not None:
            return
        trails = self._trails()
        if not trails:
            return
        self._is_stale = False
        former = self.surface.slice if self.surface is not None else None
        wish = _Wish(race.ground, trails, self._weights, former, MOVING if race.is_training else AT_REST)
        self._begun_s = time.perf_counter()
        self._job = Job(wish.work, self)
        self._job.succeeded.connect(self._on_succeeded)
        self._job.start()

    @Slot(object)
    def _on_succeeded(self, surface: Surface | None) -> None:
        job, self._job = self._job, None
        if job is not None:
            job.deleteLater()
        self._took_s = time.perf_counter() - self._begun_s
        if surface is not None:
            self.surface = surface
            self.made.emit()
        if self._is_stale:
            self._wind()
