"""The compiled engine: lays the arrays out as the Numba kernels want them and reads what they did.

Importing this module imports Numba; `nnviz.core.engines` does so only when the engine is wanted.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnviz.core.activations import ACTIVATIONS
from nnviz.core.choices import CodedTable
from nnviz.core.engine import RECORD_COLUMNS, Chunk, Hyper, Problem, RunState, StopCode
from nnviz.core.errors import SettingError
from nnviz.core.kernels import functions as kernels_math
from nnviz.core.kernels import matrix as kernels_matrix
from nnviz.core.kernels import online as kernels_online
from nnviz.core.kernels import train as kernels
from nnviz.core.kernels import types as kernels_types
from nnviz.core.kernels import update as kernels_update
from nnviz.core.kernels.plan import MAX_CHUNK, padded, plan_of
from nnviz.core.layout import Array
from nnviz.core.losses import LOSSES
from nnviz.core.metrics import balance, variation
from nnviz.core.numpy_engine import NumpyEngine
from nnviz.core.optimizers import OPTIMIZERS
from nnviz.core.schedules import SCHEDULES
from nnviz.core.translation import translated

#: One call of the training kernel finishes at most so many epochs and keeps at most so many snapshots.
_MAX_RECORDS = 4096
_SNAPSHOT_NUMBERS = 1 << 20
#: Bytes.
_LINE = 64
_NOTHING = np.zeros(0)


def _aligned(n: int) -> Array:
    """Return zeros that start on a line of the cache, so that no vector lies across two."""
    buffer = np.zeros(n + _LINE // 8)
    first = -buffer.ctypes.data % _LINE // 8
    return buffer[first : first + n]


def _joined(parts: list[Array], n_columns: int) -> Array:
    """Return the rows of all parts; a single one, as is usual, uncopied."""
    if len(parts) == 1:
        return parts[0]
    return np.concatenate(parts) if parts else np.empty((0, n_columns))


#: Batch size, whether units are dropped, vectors that the optimiser remembers: what sizes of buffers depend on.
Key = tuple[int, bool, int]


@dataclass(frozen=True)
class _Prepared:
    """What kernels need for one problem and key; buffers are reused from call to call."""

    problem: Problem
    key: Key
    plan: kernels_types.Plan
    #: Training, validation and test rows.
    parts: tuple[kernels_types.Data, kernels_types.Data, kernels_types.Data]
    work: kernels_types.Work


class CompiledEngine:
    """Trains with compiled kernels, without the GIL.

    An engine has its own buffers: two threads need two engines.
    """

    name = "compiled"
    holds_interpreter = False

    def __init__(self) -> None:
        self._prepared: _Prepared | None = None

    @property
    def note(self) -> str:
        """Why the kernels are compiled anew at every start; empty where they are kept."""
        return kernels.train.not_kept and translated(
            "The compiled engine cannot be kept for the next start, which takes longer then ({0}).",
            kernels.train.not_kept,
        )

    def advance(
        self,
        problem: Problem,
        hyper: Hyper,
        state: RunState,
        *,
        max_batches: int,
        max_epochs: int,
        snapshot_stride: int,
    ) -> Chunk:
        """Train; see `nnviz.core.engine.Engine.advance`.

        Raises
        ------
        SettingError
            Where there is no kernel for a choice, or the optimiser's memory has another size than it needs.
        """
        _check_rules(hyper, state)
        prepared = self._prepare(problem, (hyper.batch_size, hyper.dropout > 0.0, len(state.slots)))
        rules = kernel_rules(hyper)
        held = prepared.plan.places[state.held]
        limit = max(_SNAPSHOT_NUMBERS // len(state.parameters), 1)
        records: list[Array] = []
        snapshots: list[Array] = []
        n_batches = n_epochs = 0
        stop = StopCode.NONE
        while n_batches < max_batches and n_epochs < max_epochs and stop is StopCode.NONE:
            batches_left = max_batches - n_batches
            epochs = min(max_epochs - n_epochs, _MAX_RECORDS, limit * snapshot_stride)
            epochs = min(epochs, batches_left // max(-(-len(problem.X) // hyper.batch_size), 1) + 2)
            passed = _kernel_state(state, held, epochs, epochs // snapshot_stride + 1)
            kernels.train(
                prepared.plan,
                *prepared.parts,
                rules,
                prepared.work,
                passed,
                batches_left,
                epochs,
                snapshot_stride,
            )
            stop = _take_back(state, passed)
            n_batches += int(passed.counters[kernels_types.N_BATCHES])
            n_epochs += int(passed.counters[kernels_types.N_RECORDS])
            records.append(passed.records.reshape(-1, len(RECORD_COLUMNS))[: passed.counters[kernels_types.N_RECORDS]])
            snapshots.append(
                passed.snapshots.reshape(-1, len(state.parameters))[: passed.counters[kernels_types.N_SNAPSHOTS]]
            )
        return Chunk(
            n_batches=n_batches,
            records=_joined(records, len(RECORD_COLUMNS)),
            snapshots=_joined(snapshots, len(state.parameters)),
            stop=stop,
        )

    def evaluate(self, problem: Problem, parameters: Array) -> Array:
        """Return the record of `parameters`, penalty 0; see `nnviz.core.engine.Engine.evaluate`.

        NumPy computes it: what is asked once in a while is not worth the seconds that a kernel of its own takes to
        compile.
        """
        return NumpyEngine().evaluate(problem, parameters)

    def activations(self, problem: Problem, parameters: Array, X: Array) -> list[Array]:
        """Return ``[A1, …, AL]``, each ``(n_units, n_samples)``."""
        prepared, sizes = self._prepare(problem), problem.layout.sizes[1:]
        rows = np.ascontiguousarray(X, dtype=np.float64)
        result = np.empty((sum(sizes), len(rows)))
        kernels.unit_maps(prepared.plan, parameters, rows.reshape(-1), len(rows), prepared.work, result.reshape(-1))
        return np.split(result, np.cumsum(sizes)[:-1])

    def _prepare(self, problem: Problem, key: Key | None = None) -> _Prepared:
        """Return the arrays for a problem: those of the last call where they still fit."""
        before = self._prepared
        if before is None or before.problem is not problem or (key is not None and before.key != key):
            before = self._prepared = _prepare(problem, key or (MAX_CHUNK, False, 0))
        return before


def lacking(problem: Problem, hyper: Hyper) -> tuple[str, ...]:
    """Return the names of the choices that have no kernel; `SettingError` where a code is in no table."""
    return (*_lacking_functions(problem), *_lacking_rules(hyper))


def _lacking_functions(problem: Problem) -> tuple[str, ...]:
    activations = _without(kernels_math.ACTIVATION_CODES, ACTIVATIONS, *problem.activations)
    return (*activations, *_without(kernels_math.LOSS_CODES, LOSSES, problem.loss))


def _lacking_rules(hyper: Hyper) -> tuple[str, ...]:
    optimizers = _without(kernels_update.OPTIMIZER_CODES, OPTIMIZERS, hyper.optimizer)
    return (*optimizers, *_without(kernels_update.SCHEDULE_CODES, SCHEDULES, hyper.schedule))


def _without(kernels: frozenset[int], table: CodedTable[Any], *codes: int) -> tuple[str, ...]:
    entries = [table.by_code(code) for code in codes]
    return tuple(dict.fromkeys(entry.name for entry in entries if entry.code not in kernels))


def _demand_kernels(names: tuple[str, ...]) -> None:
    if names:
        raise SettingError("The compiled engine has no kernel for {0}; choose the NumPy engine.", ", ".join(names))


def _check_rules(hyper: Hyper, state: RunState) -> None:
    """Raise `SettingError` where the kernels, which trust codes and sizes, would do or read something else."""
    _demand_kernels(_lacking_rules(hyper))
    optimizer, schedule = OPTIMIZERS.by_code(hyper.optimizer), SCHEDULES.by_code(hyper.schedule)
    for name, given, wanted in (
        (optimizer.name, len(hyper.optimizer_parameters), len(optimizer.parameters)),
        (schedule.name, len(hyper.schedule_parameters), len(schedule.parameters)),
        (f"the memory of {optimizer.name}", len(state.slots), optimizer.n_slots),
    ):
        if given != wanted:
            raise SettingError("{0} takes {1} numbers, not {2}.", name, wanted, given)


def _prepare(problem: Problem, key: Key) -> _Prepared:
    _demand_kernels(_lacking_functions(problem))
    batch_size, dropout, n_slots = key
    plan = plan_of(problem, batch_size)
    return _Prepared(
        problem,
        key,
        plan,
        (
            _data(problem, problem.X, problem.Y, problem.weights),
            _data(problem, problem.X_validation, problem.Y_validation, problem.weights_validation),
            _data(problem, problem.X_test, problem.Y_test, problem.weights_test),
        ),
        _work(problem, plan, dropout, n_slots),
    )


def _data(problem: Problem, X: Array, Y: Array, weights: Array | None) -> kernels_types.Data:
    scale, is_known = problem.target_scale, len(Y) > 0
    return kernels_types.Data(
        X=np.ascontiguousarray(X).reshape(-1),
        Y=np.ascontiguousarray(Y).reshape(-1),
        n=len(X),
        weights=_NOTHING if weights is None else _with_vector(weights),
        weighted=weights is not None,
        whole=float(len(X)) if weights is None else float(weights.sum()),
        shares=_with_vector(balance(Y, problem.threshold)) if is_known and problem.classification else _NOTHING,
        scale=np.ascontiguousarray(scale),
        variation=variation(Y * scale) if is_known else 0.0,
    )


def _with_vector(numbers: Array) -> Array:
    """Return the numbers and a vector of zeros, so that the last of them can be read in a vector too."""
    return np.concatenate([numbers, np.zeros(kernels_matrix.WIDTH)])


def _work(problem: Problem, plan: kernels_types.Plan, dropout: bool, n_slots: int) -> kernels_types.Work:
    sizes, spare = problem.layout.sizes, 2 * kernels_matrix.WIDTH
    n_units = max(sum(sizes) * plan.pitch, sum(padded(n, kernels_online.WIDTH) for n in sizes)) + spare
    n_outputs, n = sizes[-1] * plan.pitch + spare, len(plan.is_weight)
    return kernels_types.Work(
        A=_aligned(n_units),
        slopes=_aligned(n_units),
        Y=_aligned(n_outputs),
        Z=_aligned(n_outputs),
        weights=_aligned(plan.pitch + spare) if problem.weights is not None else _NOTHING,
        factors=_aligned(n_units) if dropout and len(sizes) > 2 else _NOTHING,
        parameters=_aligned(n),
        slots=_aligned(n_slots * n),
        gradient=_aligned(n + spare),
        part=_aligned(n + spare),
        saved=_aligned((1 + n_slots) * n),
        rows=_aligned((max(sizes[:-1]) + spare) * plan.chunk),
        partners=np.zeros(len(problem.X), dtype=np.int64),
        saved_counters=np.zeros(kernels_types.N_COUNTERS, dtype=np.int64),
        dropping=dropout and len(sizes) > 2,
        idle=False,
    )


def kernel_rules(hyper: Hyper) -> kernels_types.Rules:
    """Return the hyper-parameters as the kernels take them."""
    return kernels_types.Rules(
        optimizer=int(hyper.optimizer),
        optimizer_own=np.array(hyper.optimizer_parameters, dtype=np.float64),
        n_slots=OPTIMIZERS.by_code(hyper.optimizer).n_slots,
        learning_rate=float(hyper.learning_rate),
        batch_size=int(hyper.batch_size),
        shuffle=bool(hyper.shuffle),
        schedule=int(hyper.schedule),
        schedule_own=np.array(hyper.schedule_parameters, dtype=np.float64),
        l1=float(hyper.l1),
        l2=float(hyper.l2),
        dropout=float(hyper.dropout),
        clip_norm=float(hyper.clip_norm),
        target_loss=float(hyper.target_loss),
        patience=int(hyper.patience),
        seed=np.uint64(hyper.seed),
    )


def _kernel_state(state: RunState, held: np.ndarray, n_records: int, n_snapshots: int) -> kernels_types.State:
    counters = np.zeros(kernels_types.N_COUNTERS, dtype=np.int64)
    counters[kernels_types.EPOCH], counters[kernels_types.SAMPLE] = state.epoch, state.sample
    counters[kernels_types.UPDATE], counters[kernels_types.BEST_EPOCH] = state.update, state.best_epoch
    return kernels_types.State(
        parameters=state.parameters,
        slots=state.slots.reshape(-1),
        order=state.order,
        best_parameters=state.best_parameters,
        counters=counters,
        numbers=np.array([state.best_loss, math.nan, state.loss_limit]),
        records=np.empty(n_records * len(RECORD_COLUMNS)),
        snapshots=np.empty(n_snapshots * len(state.parameters)),
        held=held,
        kept=np.empty((1 + len(state.slots)) * len(held)),
        n_held=len(held),
    )


def _take_back(state: RunState, passed: kernels_types.State) -> StopCode:
    counters = passed.counters
    state.epoch, state.sample = int(counters[kernels_types.EPOCH]), int(counters[kernels_types.SAMPLE])
    state.update, state.best_epoch = int(counters[kernels_types.UPDATE]), int(counters[kernels_types.BEST_EPOCH])
    state.best_loss = float(passed.numbers[kernels_types.BEST_LOSS])
    return StopCode(int(counters[kernels_types.STOP]))
