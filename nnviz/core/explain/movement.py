"""Why weights moved: the update that a run has just made, worked out once more, or the one that it would make next."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from nnviz.core.arrays import read_only
from nnviz.core.engine import Problem
from nnviz.core.errors import NnvizError
from nnviz.core.explain.attribution import Attribution, Pieces
from nnviz.core.explain.coming import coming_example, coming_rows
from nnviz.core.explain.example import WorkedExample
from nnviz.core.layout import Array
from nnviz.core.recall import IsCancelled, Recalled
from nnviz.core.settings import Settings
from nnviz.core.trainer import Trainer

#: Agreement with what really came of an update, by which it is known to be the one: engines sum in other orders.
_CLOSE = 1e-7


class Movement(Struct, frozen=True, eq=False):
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


def movement_of(
    trainer: Trainer, *, epoch: int | None = None, looks_back: bool = True, cancelled: IsCancelled | None = None
) -> Movement:
    """Return the last update of a run where it can be computed again, else the one that it would make next.

    Weights that were edited since, and a past that is not remembered, leave the next one.

    Parameters
    ----------
    epoch : int, optional
        At whose end; None: as the run stands now.
    looks_back : bool
        Whether the past may be computed again; it takes longer than the next update does. An `epoch` always is.

    Raises
    ------
    SettingError
        Where the run has not been at the end of `epoch`, or its past does not go back so far.
    """
    if epoch is not None:
        then = trainer.route_to(epoch).follow(cancelled)
        made = _made(trainer, (epoch, 0), then.problem, then.settings, then.state.parameters, cancelled)
        if made is not None:
            return made
        worked, rows = _next(then)
        return Movement(worked, rows, is_made=False)
    position, now = (trainer.epoch, trainer.batch), trainer.network.parameters
    made = _made(trainer, position, trainer.problem, trainer.settings, now, cancelled) if looks_back else None
    if made is not None:
        return made
    return Movement(trainer.worked_example(), trainer.coming_rows, is_made=False)


def _made(
    trainer: Trainer,
    position: tuple[int, int],
    problem: Problem,
    settings: Settings,
    now: Array,
    cancelled: IsCancelled | None,
) -> Movement | None:
    """Return the update that led to an (epoch, mini-batch), if what comes of it are the parameters there, `now`."""
    n_samples, (epoch, batch) = len(problem.X), position
    size = min(settings.batch_size or n_samples, n_samples)
    before = (epoch, (batch - 1) * size) if batch else (epoch - 1, (n_samples - 1) // size * size)
    if before[0] < 0:
        return None
    try:
        # What was edited in the middle of the epoch is edited on the way.
        worked, rows = _next(trainer.route_to(epoch, since=before[0]).follow_to(before, cancelled))
    except NnvizError:
        return None
    after = worked.arithmetic.after
    if after.shape != now.shape or not np.allclose(after, now, rtol=_CLOSE, atol=_CLOSE):
        return None
    return Movement(worked, rows, is_made=True)


def _next(recalled: Recalled) -> tuple[WorkedExample, NDArray[np.int64]]:
    hyper = recalled.settings.hyper(len(recalled.problem.X))
    worked = coming_example(recalled.problem, hyper, recalled.state, None, None)
    return worked, coming_rows(recalled.problem, hyper, recalled.state)


def pushes_of(
    trainer: Trainer, row: int, epoch: int | None = None, cancelled: IsCancelled | None = None
) -> tuple[Array, ...]:
    """Return how a training row alone, as the next mini-batch, would push every weight: ``(n_out, n_in)`` each layer.

    Memory of the optimiser and penalties are left out: it is what the row does. Nothing comes of a row that the data at
    the end of `epoch`, of the run as it stands where that is None, did not have.
    """
    if epoch is None:
        problem, settings, state = trainer.problem, trainer.settings, None
    else:
        then = trainer.route_to(epoch).follow(cancelled)
        problem, settings, state = then.problem, then.settings, then.state
    if row >= len(problem.X):
        return ()
    if state is None:
        worked = trainer.worked_example(row)
    else:
        worked = coming_example(problem, settings.hyper(len(problem.X)), state, row, None)
    weights, _ = Attribution(worked.arithmetic).pushes(0)
    return tuple(read_only(part) for part in weights)
