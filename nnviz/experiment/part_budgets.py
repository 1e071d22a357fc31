"""How much of a frame's time each part may take while training runs.

Small networks are shown in full on every frame. With wide ones the plane gets coarser, and dear parts are renewed on
every second or tenth frame only, so that a picture never takes the training's time. At rest everything is exact.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from time import perf_counter
from typing import Generic, TypeVar

from msgspec import Struct, field

T = TypeVar("T")

#: Samples along each side of the plane, from the coarsest up; the request's maximum is added on top.
LADDER = (40, 48, 60, 72, 90, 120, 160, 240)
#: A finer plane is tried only where it is expected to stay this far below the budget, a coarser one only where the
#: budget was exceeded by so much: otherwise the resolution would flicker.
UPWARD, DOWNWARD = 0.7, 1.3
#: Share of a new measurement in the running estimate.
SMOOTHING = 0.3
#: No part is older than so many frames, whatever it costs.
MAX_AGE_FRAMES = 10


class Resolution:
    """Chooses how finely the plane is sampled from how long it took so far.

    Parameters
    ----------
    budget_s : float
        What the plane may take per frame; it may change.
    """

    def __init__(self, budget_s: float) -> None:
        self.budget_s = budget_s
        self._seconds_per_sample: float | None = None
        self._warm = False
        self._current: int | None = None

    def choose(self, maximum: int) -> int:
        """Return the samples along each side for the next frame, `maximum` until anything was measured."""
        steps = [step for step in LADDER if step < maximum] + [maximum]
        if self._current is None or self._seconds_per_sample is None:
            self._current = maximum
            return maximum
        position = max((i for i, step in enumerate(steps) if step <= self._current), default=0)
        if self._expected_s(steps[position]) > DOWNWARD * self.budget_s:
            while position > 0 and self._expected_s(steps[position]) > self.budget_s:
                position -= 1
        else:
            while position + 1 < len(steps) and self._expected_s(steps[position + 1]) < UPWARD * self.budget_s:
                position += 1
        self._current = steps[position]
        return self._current

    def measured(self, n_samples: int, seconds: float) -> None:
        """Take note of how long `n_samples` took. A single slow one (the machine was busy) counts little.

        The first is passed over: a kernel may have been compiled in it.
        """
        if not self._warm:
            self._warm = True
            return
        value, known = seconds / n_samples, self._seconds_per_sample
        if known is not None:
            value = known + SMOOTHING * (min(value, 3.0 * known) - known)
        self._seconds_per_sample = value

    def _expected_s(self, step: int) -> float:
        return (self._seconds_per_sample or 0.0) * step * step


class Renewed(Struct, Generic[T]):
    """A part of the frame that is made again as often as its cost allows.

    Attributes
    ----------
    budget_s : float
        What it may take per frame, on average.
    """

    budget_s: float
    _value: T | None = None
    _key: Hashable = field(default=None)
    _cost_s: float = math.inf
    _frames: int = 0

    def get(self, make: Callable[[], T], *, key: Hashable = None, exact: bool, fixed: bool = False) -> T:
        """Return the part, made now where `exact`, where `key` has changed, or where its turn has come.

        What is `fixed`, as the past is, is made once for each `key`.
        """
        if fixed and self._value is not None and key == self._key:
            return self._value
        self._frames += 1
        due = self._frames >= MAX_AGE_FRAMES or self._cost_s <= self.budget_s * self._frames
        if self._value is None or exact or due or key != self._key:
            start = perf_counter()
            self._value = make()
            self._cost_s, self._key, self._frames = perf_counter() - start, key, 0
        return self._value
