"""Why weights moved: the update that a run has just made, worked out once more, or the one that it would make next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnviz.core.arrays import read_only
from nnviz.core.errors import NnvizError
from nnviz.core.explain.attribution import Attribution, Pieces
from nnviz.core.explain.coming import coming_example, coming_rows
from nnviz.core.explain.example import WorkedExample
from nnviz.core.layout import Array
from nnviz.core.recall import IsCancelled, Recalled
from nnviz.core.trainer import Trainer

#: Agreement with what really came of an update, by which it is known to be the one: engines sum in other orders.
_CLOSE = 1e-7


@dataclass(frozen=True, eq=False)
class Movement:
    """One update of a run.

    Attributes
    ----------
    worked : WorkedExample
        Of its mini-batch.
    rows : ndarray of int ``(n_samples,)``
        Training rows of the mini-batch.
    is_made : bool
        Whether it is the last update that has been made; else it is the next one.
    """

    worked: WorkedExample
    rows: NDArray[np.int64]
    is_made: bool

    def pieces(self, layer: int, unit: int, source: int | None) -> Pieces:
        """Return what a weight into `unit` of `layer` (1 … L) was moved by, or a bias where `source` is None."""
        return Attribution(self.worked.arithmetic).pieces(layer, unit, source)


def movement_of(trainer: Trainer, *, looks_back: bool = True, cancelled: IsCancelled | None = None) -> Movement:
    """Return the last update of a run where it can be computed again, else the one that it would make next.

    Weights that were edited since, and a past that is not remembered, leave the next one.

    Parameters
    ----------
    looks_back : bool
        Whether the past may be computed again; it takes longer than the next update does.
    """
    made = _made(trainer, cancelled) if looks_back else None
    if made is not None:
        return made
    return Movement(trainer.worked_example(), trainer.coming_rows, is_made=False)


def _made(trainer: Trainer, cancelled: IsCancelled | None) -> Movement | None:
    """Return the last update that was made, if what comes of it is what the run has."""
    n_samples = len(trainer.problem.X)
    size = min(trainer.settings.batch_size or n_samples, n_samples)
    if trainer.batch:
        epoch, first = trainer.epoch, (trainer.batch - 1) * size
    else:
        epoch, first = trainer.epoch - 1, (n_samples - 1) // size * size
    if epoch < 0:
        return None
    try:
        recalled = trainer.route_to(epoch).follow(cancelled)
        recalled.train_to((epoch, first), cancelled)
        worked, rows = _next(recalled)
    except NnvizError:
        return None
    after, now = worked.arithmetic.after, trainer.network.parameters
    if after.shape != now.shape or not np.allclose(after, now, rtol=_CLOSE, atol=_CLOSE):
        return None
    return Movement(worked, rows, is_made=True)


def _next(recalled: Recalled) -> tuple[WorkedExample, NDArray[np.int64]]:
    hyper = recalled.settings.hyper(len(recalled.problem.X))
    worked = coming_example(recalled.problem, hyper, recalled.state, None, None)
    return worked, coming_rows(recalled.problem, hyper, recalled.state)


def pushes_of(trainer: Trainer, row: int) -> tuple[Array, ...]:
    """Return how a training row alone, as the next mini-batch, would push every weight: ``(n_out, n_in)`` each layer.

    Memory of the optimiser and penalties are left out: it is what the row does.
    """
    weights, _ = Attribution(trainer.worked_example(row).arithmetic).pushes(0)
    return tuple(read_only(part) for part in weights)
