"""A map as fine as the screen, made piece by piece while a run rests.

While training runs, and in the first moment of rest, a map has 120 samples along each side at the most: blocks of four
pixels in a large window. Whoever looks at a boundary at rest gets every pixel, as far as that fits into a second; the
work can be given up between any two pieces.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

import numpy as np
from msgspec.structs import replace

from nnviz.core.layout import Array
from nnviz.experiment.grids import GridKey

#: What all pieces may take together. Where every pixel would take longer, blocks of two, three … pixels are shown.
BUDGET_S = 1.0
#: Rows of samples of the first pieces, which tell how long the others take.
_FIRST_ROWS = 2


class Refinement:
    """Evaluates a grid row by row.

    Parameters
    ----------
    key : GridKey
        With a sample for each pixel.
    evaluate : callable
        Takes a key, the first row and the one behind the last; returns what is shown there ``(n_shown, n_samples)``.
    coarsest : int
        Samples along each side that there are already: no fewer are worth the work.
    clock : callable
    """

    def __init__(
        self,
        key: GridKey,
        evaluate: Callable[[GridKey, int, int], Array],
        coarsest: int,
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        self.key = key
        self._finest = key
        self._evaluate = evaluate
        self._coarsest = coarsest
        self._clock = clock
        self._pieces: list[Array] = []
        self._rows_done = 0
        self._s_per_sample: float | None = None
        self.is_worth_it = key.n_x * key.n_y > coarsest * coarsest

    @property
    def is_done(self) -> bool:
        """Whether all rows stand, or the work has turned out to take too long."""
        return not self.is_worth_it or self._rows_done >= self.key.n_y

    @property
    def shown(self) -> Array:
        """What is shown at all samples ``(n_shown, n_samples)``, once it is done."""
        return np.hstack(self._pieces)

    def advance(self, budget_s: float) -> None:
        """Make some more rows, in some `budget_s` seconds."""
        known = self._s_per_sample
        n_rows = _FIRST_ROWS if known is None else max(1, int(budget_s / (known * self.key.n_x)))
        stop = min(self.key.n_y, self._rows_done + n_rows)
        start_s = self._clock()
        piece = self._evaluate(self.key, self._rows_done, stop)
        seconds = (self._clock() - start_s) / ((stop - self._rows_done) * self.key.n_x)
        if len(self._pieces) < 2 and self._coarsen(seconds):
            return
        self._s_per_sample = seconds
        self._pieces.append(piece)
        self._rows_done = stop

    def _coarsen(self, s_per_sample: float) -> bool:
        """Begin again with larger blocks where the present ones would take too long; return whether that is so."""
        n_pixels = self.key.n_x * self.key.n_y
        # The first piece may have waited for something: it is believed once it has been measured twice.
        if s_per_sample * n_pixels <= BUDGET_S:
            return False
        if self._s_per_sample is None:
            self._s_per_sample = s_per_sample
            return False
        per_sample = min(s_per_sample, self._s_per_sample)
        block = int(np.ceil(np.sqrt(per_sample * self._finest.n_x * self._finest.n_y / BUDGET_S)))
        if block <= 1:
            return False
        self.key = replace(self._finest, n_x=self._finest.n_x // block, n_y=self._finest.n_y // block)
        self.is_worth_it = self.key.n_x * self.key.n_y > self._coarsest * self._coarsest
        self._pieces, self._rows_done, self._s_per_sample = [], 0, per_sample
        return True
