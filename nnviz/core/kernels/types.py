"""What the kernels are handed: named tuples of arrays, packed into numbers, of which kernels make tuples of pointers.

Arrays would be counted as references at every call between kernels, which costs more than a small layer.
"""

from __future__ import annotations

import struct
from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

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
#: WORKAROUND: NumPy's, because Numba compiles a function anew for each of Python's that it is called with as a literal.
ZERO: Any = np.int64(0)
ONE: Any = np.int64(1)
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
        Ones for the units, inputs too, zeros for what pads them.
    n_layers, n_hidden, n_parameters, n_packed, chunk, pitch : int
        Chunk: examples that go through the network together; pitch: columns of the buffers.
    loss : int
        Its code; `mean` says whether it is a mean over the examples, else their sum.
    slim : bool
        Whether all layers are one vector each, so that `slim` serves for plain gradient descent.
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
    slim: bool
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


class Maps(NamedTuple):
    """What the activations of all units are computed of, for `n` rows of the flat `X`, and where they go.

    `result` gets `n` numbers per unit.
    """

    parameters: Floats
    X: Floats
    result: Floats
    n: int


#: What the fields of the tuples are in kernels, by their annotations.
_KINDS: dict[str, Any] = {
    "Floats": types.CPointer(types.float64),
    "Integers": types.CPointer(types.int64),
    "int": types.int64,
    "float": types.float64,
    "bool": types.boolean,
    "np.uint64": types.uint64,
}


#: What arrays have to be: kernels get no more than their addresses.
_ITEMS = {"Floats": np.dtype(np.float64), "Integers": np.dtype(np.int64)}


#: What is written beside the fields.
_ANNOTATIONS: dict[Any, tuple[str, ...]] = {
    kind: tuple(getattr(written, "__forward_arg__", str(written)) for written in kind.__annotations__.values())
    for kind in (Plan, Data, Rules, Work, State, Maps)
}


def packed(*parts: Any) -> np.ndarray:
    """Return tuples of this module as whole numbers, one after the other: of arrays the addresses, of floats the bits.

    The arrays have to outlive them. A kernel that took arrays would be half made of code that unpacks these, and would
    be compiled once more for those that may only be read.

    Raises
    ------
    TypeError
        Where an array holds something else than kernels take it for.
    """
    numbers = []
    for part in parts:
        for kind, value in zip(_ANNOTATIONS[type(part)], part, strict=True):
            if kind in _ITEMS:
                if value.dtype != _ITEMS[kind] or not value.flags.c_contiguous:
                    raise TypeError(f"a kernel needs contiguous {_ITEMS[kind]}, not {value.dtype}")
                numbers.append(value.__array_interface__["data"][0])
            else:
                numbers.append(_bits(value) if kind == "float" else int(value) & _ALL)
    return np.array(numbers, dtype=np.uint64).view(np.int64)


_ALL = 2**64 - 1


def _bits(number: float) -> int:
    return int.from_bytes(struct.pack("<d", number), "little")


def size_of(*kinds: Any) -> int:
    """Return how many numbers `packed` makes of such tuples."""
    return sum(len(kind._fields) for kind in kinds)


def _unpacker(kind: Any) -> Any:
    """Return what makes, in a kernel, such a tuple of pointers and numbers of what `packed` has made."""
    fields = [_KINDS[annotation] for annotation in _ANNOTATIONS[kind]]
    made = types.NamedTuple(fields, kind)

    def unpack(_context: Any, numbers: Any, at: Any) -> Any:  # noqa: ARG001 - as in `lanes`
        def emit(context: Any, builder: Any, sig: Any, values: Any) -> Any:
            start, parts = builder.gep(values[0], [values[1]]), []
            for position, field in enumerate(fields):
                bits = builder.load(builder.gep(start, [ir.Constant(values[1].type, position)]))
                if isinstance(field, types.CPointer):
                    bits = builder.inttoptr(bits, context.get_value_type(field))
                elif field == types.float64:
                    bits = builder.bitcast(bits, ir.DoubleType())
                elif field == types.boolean:
                    bits = builder.trunc(bits, ir.IntType(1))
                parts.append(bits)
            return context.make_tuple(builder, sig.return_type, parts)

        return made(numbers, types.intp), emit

    return intrinsic(unpack)


plan_at, data_at, rules_at, work_at, state_at, maps_at = (
    _unpacker(kind) for kind in (Plan, Data, Rules, Work, State, Maps)
)
