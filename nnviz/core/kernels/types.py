"""What the kernels are handed: named tuples of arrays, which become tuples of pointers on the way in.

Arrays would be counted as references at every call between kernels, which costs more than a small layer.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from nnviz.core.kernels.cache import inlined
from nnviz.core.kernels.lanes import pointer

#: Arrays to Python; pointers inside the kernels.
Floats = np.ndarray
Integers = np.ndarray

#: Entries of `State.counters`. `PASSED` are the examples of the mini-batch that is begun whose gradients have been
#: summed up, `MEASURED` the rows of an epoch that has been trained whose figures have: both 0 but between two pieces.
EPOCH, SAMPLE, UPDATE, BEST_EPOCH, N_BATCHES, N_RECORDS, N_SNAPSHOTS, STOP, PASSED, MEASURED = range(10)
N_COUNTERS = 10
N_COLUMNS = 14
#: What is summed up of rows for their figures: losses, how many are right, squared errors, and in eight lanes the
#: balanced accuracy.
LOSSES, RIGHT, ERRORS, BALANCED = range(4)
N_SUMS = BALANCED + 8
#: Entries of `State.numbers`; from `SUMS` on, the sums of training, validation and test rows.
BEST_LOSS, RATE, LOSS_LIMIT, SUMS = range(4)
N_NUMBERS = SUMS + 3 * N_SUMS
WHOLE = 2**60
"""As a piece: nothing is cut."""
#: As `nnviz.core.pieces.FORWARD_ROWS`.
FORWARD_ROWS = 3
#: Values of ``counters[STOP]``, as `nnviz.core.engine.StopCode`.
GOING_ON, TARGET_LOSS, PATIENCE, DIVERGED = range(4)


class Plan(NamedTuple):
    """The network as the kernels see it.

    Attributes
    ----------
    layers, units : int64 arrays
        Tables of the layers for `batch` and `online`, columns as named there.
    places : int64 array
        Where each parameter is in the working copy, which `online` packs differently.
    is_weight : float64 array
        Ones at the weights in the working copy.
    hidden_places : int64 array
        Where each hidden unit is among the dropout factors.
    inside : float64 array
        Ones for the outputs, zeros for what pads them.
    n_layers, n_hidden, n_parameters, n_packed, chunk, pitch : int
        Chunk: examples that go through the network together; pitch: columns of the buffers.
    loss : int
        Its code; `mean` says whether it is a mean over the examples, else their sum.
    wide : bool
        Whether a layer is wide enough for its step to be taken without writing its gradient down.
    """

    layers: Integers
    units: Integers
    places: Integers
    is_weight: Floats
    hidden_places: Integers
    inside: Floats
    n_layers: int
    n_hidden: int
    n_parameters: int
    n_packed: int
    chunk: int
    pitch: int
    loss: int
    mean: bool
    threshold: float
    classification: bool
    bias: bool
    online: bool
    wide: bool


class Data(NamedTuple):
    """Rows of samples, flat, their number, what they weigh, and what the figures need of the targets.

    `weights` say how much each row counts in the loss, where it is `weighted`, and `whole` is their sum (the number of
    rows where it is not). `shares` are what each row that is right adds to the balanced accuracy. Both are longer than
    the rows by a vector of zeros. `scale` has units of the data per unit of each target; `variation` is the sum of
    squared deviations of the targets from their means, in the units of the data.
    """

    X: Floats
    Y: Floats
    n: int
    weights: Floats
    weighted: bool
    whole: float
    shares: Floats
    scale: Floats
    variation: float


class Rules(NamedTuple):
    """`nnviz.core.engine.Hyper` in types that do not vary, and the number of vectors that the optimiser remembers."""

    optimizer: int
    optimizer_own: Floats
    n_slots: int
    learning_rate: float
    batch_size: int
    shuffle: bool
    schedule: int
    schedule_own: Floats
    l1: float
    l2: float
    dropout: float
    clip_norm: float
    target_loss: float
    patience: int
    seed: np.uint64


class Work(NamedTuple):
    """Scratch: buffers of activations, slopes (then deltas), targets, logits, weights, dropout factors; working copies.

    `dropping` says whether units are dropped. `idle` is always false, and says so for evaluation: a literal instead
    would make the compiler specialise, and so compile, the whole forward pass twice.
    """

    A: Floats
    slopes: Floats
    Y: Floats
    Z: Floats
    weights: Floats
    factors: Floats
    parameters: Floats
    slots: Floats
    gradient: Floats
    part: Floats
    saved: Floats
    rows: Floats
    partners: Integers
    saved_counters: Integers
    dropping: bool
    idle: bool


class State(NamedTuple):
    """`nnviz.core.engine.RunState` as arrays, and what a call adds to it.

    `held` are the places, in the working copy, of `n_held` parameters that masks hold; `kept` has room for them and for
    what the optimiser remembers of them.
    """

    parameters: Floats
    slots: Floats
    order: Integers
    best_parameters: Floats
    counters: Integers
    numbers: Floats
    records: Floats
    snapshots: Floats
    held: Integers
    kept: Floats
    n_held: int


@inlined
def plan_pointers(plan: Any) -> Any:
    """Return the plan with pointers for arrays."""
    return Plan(
        pointer(plan.layers),
        pointer(plan.units),
        pointer(plan.places),
        pointer(plan.is_weight),
        pointer(plan.hidden_places),
        pointer(plan.inside),
        plan.n_layers,
        plan.n_hidden,
        plan.n_parameters,
        plan.n_packed,
        plan.chunk,
        plan.pitch,
        plan.loss,
        plan.mean,
        plan.threshold,
        plan.classification,
        plan.bias,
        plan.online,
        plan.wide,
    )


@inlined
def data_pointers(data: Any) -> Any:
    """Return the data with pointers for arrays."""
    return Data(
        pointer(data.X),
        pointer(data.Y),
        data.n,
        pointer(data.weights),
        data.weighted,
        data.whole,
        pointer(data.shares),
        pointer(data.scale),
        data.variation,
    )


@inlined
def rules_pointers(rules: Any) -> Any:
    """Return the rules with pointers for arrays."""
    return Rules(
        rules.optimizer,
        pointer(rules.optimizer_own),
        rules.n_slots,
        rules.learning_rate,
        rules.batch_size,
        rules.shuffle,
        rules.schedule,
        pointer(rules.schedule_own),
        rules.l1,
        rules.l2,
        rules.dropout,
        rules.clip_norm,
        rules.target_loss,
        rules.patience,
        rules.seed,
    )


@inlined
def work_pointers(work: Any) -> Any:
    """Return the scratch with pointers for arrays."""
    return Work(
        pointer(work.A),
        pointer(work.slopes),
        pointer(work.Y),
        pointer(work.Z),
        pointer(work.weights),
        pointer(work.factors),
        pointer(work.parameters),
        pointer(work.slots),
        pointer(work.gradient),
        pointer(work.part),
        pointer(work.saved),
        pointer(work.rows),
        pointer(work.partners),
        pointer(work.saved_counters),
        work.dropping,
        work.idle,
    )


@inlined
def state_pointers(state: Any) -> Any:
    """Return the state with pointers for arrays."""
    return State(
        pointer(state.parameters),
        pointer(state.slots),
        pointer(state.order),
        pointer(state.best_parameters),
        pointer(state.counters),
        pointer(state.numbers),
        pointer(state.records),
        pointer(state.snapshots),
        pointer(state.held),
        pointer(state.kept),
        state.n_held,
    )
