"""What a training engine is: the arrays it works on and the one call it answers.

Two engines stand behind this interface, `numpy_engine` (BLAS, the readable reference) and `kernels.engine` (Numba,
many epochs per call without the GIL). Both change a `RunState` in place and report what happened as a `Chunk`.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import Literal, Protocol

import numpy as np
from msgspec import Struct, field
from numpy.typing import NDArray

from nnviz.core.layout import Array, Layout
from nnviz.core.losses import LOSSES, batch_shares
from nnviz.core.masks import Masks

#: Columns of the record that every finished epoch leaves. `score` is accuracy for classification, R² for regression;
#: `rmse` is NaN for classification, `balanced_accuracy` for regression; columns of a part of the data that has no rows
#: are NaN.
RECORD_COLUMNS = (
    "train_loss",
    "validation_loss",
    "test_loss",
    "train_score",
    "validation_score",
    "test_score",
    "train_rmse",
    "validation_rmse",
    "test_rmse",
    "train_balanced_accuracy",
    "validation_balanced_accuracy",
    "test_balanced_accuracy",
    "penalty",
    "learning_rate",
)
#: A loss beyond so many times the loss at the start (or 1, where that is smaller) counts as diverged.
LOSS_GROWTH = 1e12
_NONE_HELD = np.zeros(0, dtype=np.int64)


Watched = Literal["train", "validation", "test"]


class StopCode(IntEnum):
    """Why an engine returned before it had done what it was asked for."""

    NONE = 0
    TARGET_LOSS = 1
    PATIENCE = 2
    DIVERGED = 3


class Problem(Struct, frozen=True):
    """What stays fixed while a run lasts: the shape of the network, its functions and the data.

    Attributes
    ----------
    layout : Layout
    activations : tuple of int
        Code of each layer's activation, output included; codes are those of `nnviz.core.activations`.
    bias : bool
        Whether biases are trained. Where not, they are zeros and stay so.
    loss : int
        Code from `nnviz.core.losses`.
    classification : bool
        Whether `score` is accuracy (else R²).
    threshold : float
        With one output column, predictions above it are the second class.
    X, Y, X_test, Y_test, X_validation, Y_validation : ndarray, C-contiguous float64
        ``(n_samples, n_features)`` and ``(n_samples, n_outputs)``; those of test and validation may have no rows.
    target_scale : ndarray ``(n_outputs,)``
        Units of the data per unit of each target, ones where targets are as in the data: R² and RMSE are told in the
        units of the data.
    weights, weights_test : ndarray ``(n_samples,)`` or None
        How much each row counts in the loss (`nnviz.core.weighting`); None: all the same.
    version : int
        How often the data of the run had been replaced.
    """

    layout: Layout
    activations: tuple[int, ...]
    bias: bool
    loss: int
    classification: bool
    threshold: float
    X: Array
    Y: Array
    X_test: Array
    Y_test: Array
    X_validation: Array
    Y_validation: Array
    target_scale: Array
    weights: Array | None = None
    weights_test: Array | None = None
    weights_validation: Array | None = None
    version: int = 0

    @property
    def watched(self) -> Watched:
        """By which rows the best epoch is told, and patience judges: validation rows where there are some, else test
        rows, else the training rows.
        """
        if len(self.X_validation):
            return "validation"
        return "test" if len(self.X_test) else "train"

    def shares_of(self, rows: NDArray[np.int64] | slice) -> Array | None:
        """Return what the losses of some training rows are multiplied by where they are a mini-batch; None: all the
        same.
        """
        return None if self.weights is None else batch_shares(LOSSES.by_code(self.loss), self.weights[rows])


class Hyper(Struct, frozen=True):
    """What may change between two calls without losing the run.

    Attributes
    ----------
    optimizer, schedule : int
        Codes from `nnviz.core.optimizers` and `nnviz.core.schedules`.
    learning_rate : float
        Base rate, which the schedule scales.
    optimizer_parameters, schedule_parameters : tuple of float
        Their own, in the order of their table entries.
    batch_size : int
        1 … n_samples.
    l1, l2 : float
        Added to each weight's gradient once per update: ``l1·sign(w) + l2·w``.
    dropout : float
        Probability with which a hidden unit is dropped, 0 … <1 (inverted dropout).
    clip_norm : float
        Gradients are scaled down to this Euclidean norm (penalties included); 0 switches it off.
    target_loss : float
        Stop once the training loss is at or below it; −inf switches it off.
    patience : int
        Stop after so many epochs without a new lowest loss of the rows that are watched (`Problem.watched`); 0
        switches it off.
    seed : int
        Of the counter-based generator of shuffles and dropout masks.
    """

    optimizer: int
    optimizer_parameters: tuple[float, ...]
    learning_rate: float
    batch_size: int
    shuffle: bool
    schedule: int
    schedule_parameters: tuple[float, ...]
    l1: float
    l2: float
    dropout: float
    clip_norm: float
    target_loss: float
    patience: int
    seed: int


class RunState(Struct):
    """Everything that changes while training, in plain arrays: what a checkpoint holds.

    Attributes
    ----------
    parameters : ndarray ``(n_parameters,)``
        Shared with the `Network` that is being trained.
    slots : ndarray ``(n_slots, n_parameters)``
        Memory of the optimiser, as many vectors as its entry says, zeros at the start.
    order : ndarray of int64 ``(n_samples,)``
        Rows in the order of the present epoch.
    epoch, sample, update : int
        Finished epochs; samples of the present epoch already used (0 at its start); updates so far (Adam's t).
    best_loss, best_epoch : float, int
        Lowest loss so far of the rows that are watched (`Problem.watched`) and the epoch that reached it.
    best_parameters : ndarray ``(n_parameters,)``
    loss_limit : float
        A training loss beyond it counts as diverged.
    masks : Masks or None
        What of the parameters an engine has to leave as it is, and of their `slots`; None: nothing.
    """

    parameters: Array
    slots: Array
    order: np.ndarray
    epoch: int = 0
    sample: int = 0
    update: int = 0
    best_loss: float = float("inf")
    best_epoch: int = 0
    best_parameters: Array = field(default_factory=lambda: np.zeros(0))
    loss_limit: float = LOSS_GROWTH
    masks: Masks | None = None

    @property
    def held(self) -> NDArray[np.int64]:
        """Places of the parameters that are left as they are."""
        return self.masks.held if self.masks else _NONE_HELD


class Chunk(Struct, frozen=True):
    """What one call of `Engine.advance` did.

    Attributes
    ----------
    n_batches : int
        Updates made.
    records : ndarray ``(n_epochs, len(RECORD_COLUMNS))``
        One row per epoch finished in this call, in order, none skipped.
    snapshots : ndarray ``(n, n_parameters)``
        Parameters at the end of those finished epochs whose number is a multiple of the stride asked for.
    stop : StopCode
        `DIVERGED`: the last epoch's record is not included; the state holds the last finite parameters
        (those before the offending epoch or update).
    is_cut : bool
        Whether a next update has begun, which the next call goes on with.
    """

    n_batches: int
    records: Array
    snapshots: Array
    stop: StopCode
    is_cut: bool = False


def watched_loss(problem: Problem, record: Array) -> float:
    """Return, of a record, the loss of the rows that are watched."""
    return float(record[RECORD_COLUMNS.index(f"{problem.watched}_loss")])


class Engine(Protocol):
    """Trains: the same numbers whichever engine does it (to rounding)."""

    @property
    def name(self) -> str:
        """In `nnviz.core.engines.ENGINES`."""
        ...

    @property
    def holds_interpreter(self) -> bool:
        """Whether other Python threads stand still while it works, but for moments."""
        ...

    @property
    def note(self) -> str:
        """One sentence for the user: why it is slower than was meant. Empty where nothing is amiss."""
        ...

    def advance(
        self,
        problem: Problem,
        hyper: Hyper,
        state: RunState,
        *,
        max_batches: int,
        max_epochs: int,
        snapshot_stride: int,
        pause: Callable[[], bool] | None = None,
    ) -> Chunk:
        """Make up to `max_batches` updates, finishing at most `max_epochs` epochs, and change `state` in place.

        An epoch that is begun in one call goes on in the next. At the end of each epoch the loss and metrics on
        training, validation and test data are computed and the stop conditions looked at. An update that takes long is
        made in pieces, between which `pause` is asked (`nnviz.core.pieces`).
        """
        ...

    def evaluate(self, problem: Problem, parameters: Array) -> Array:
        """Return the record ``(len(RECORD_COLUMNS),)`` of `parameters`, learning rate NaN: entry 0 of a history."""
        ...

    def activations(self, problem: Problem, parameters: Array, X: Array) -> list[Array]:
        """Return ``[A1, …, AL]``, each ``(n_units, n_samples)``, float64: one row is one unit's map."""
        ...
