"""The compiled engine: lays the arrays out as the Numba kernels want them and reads what they did.

Importing this module imports Numba; `nnviz.core.engines` does so only when the engine is wanted.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from nnviz.core.activations import ACTIVATIONS
from nnviz.core.choices import CodedTable
from nnviz.core.engine import RECORD_COLUMNS, Chunk, Hyper, Problem, RunState, StopCode
from nnviz.core.errors import SettingError
from nnviz.core.kernels import functions as kernels_math
from nnviz.core.kernels import matrix as kernels_matrix
from nnviz.core.kernels import train as kernels
from nnviz.core.kernels import types as kernels_types
from nnviz.core.kernels import update as kernels_update
from nnviz.core.kernels.plan import MAX_CHUNK, online_padded, plan_of
from nnviz.core.layout import Array
from nnviz.core.losses import LOSSES
from nnviz.core.metrics import balance, variation
from nnviz.core.numpy_engine import NumpyEngine
from nnviz.core.optimizers import OPTIMIZERS
from nnviz.core.pieces import Basis, Cuts, Pause, aside, rows_of_piece, take_over
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
    return np.concatenate(parts) if parts else np.empty((0, n_columns))


#: Batch size, whether units are dropped, vectors that the optimiser remembers: what sizes of buffers depend on.
Key = tuple[int, bool, int]


class _Prepared(Struct, frozen=True):
    """What kernels need for one problem and key; buffers are reused from call to call."""

    problem: Problem
    key: Key
    plan: kernels_types.Plan
    #: Training, validation and test rows.
    parts: tuple[kernels_types.Data, kernels_types.Data, kernels_types.Data]
    work: kernels_types.Work
    #: The same for kernels.
    block: np.ndarray


class _Begun(Struct, frozen=True):
    """An update that is made in pieces, aside of the run."""

    basis: Basis
    prepared: _Prepared
    aside: RunState
    passed: kernels_types.State


class CompiledEngine:
    """Trains with compiled kernels, without the GIL.

    An engine has its own buffers: two threads need two engines.
    """

    name = "compiled"
    holds_interpreter = False

    def __init__(self) -> None:
        self._prepared: _Prepared | None = None
        self._begun: _Begun | None = None

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
        pause: Pause | None = None,
    ) -> Chunk:
        """Train; see `nnviz.core.engine.Engine.advance`.

        Raises
        ------
        SettingError
            Where there is no kernel for a choice, or the optimiser's memory has another size than it needs.
        """
        _check_rules(hyper, state)
        prepared = self._prepare(problem, (hyper.batch_size, hyper.dropout > 0.0, len(state.slots)))
        rules, held = kernel_rules(hyper), prepared.plan.places[state.held]
        cuts = _cuts(problem, hyper, prepared.plan) if pause is not None else Cuts(False, False)
        limit = max(_SNAPSHOT_NUMBERS // len(state.parameters), 1)
        made: list[Chunk] = []
        n_batches = n_epochs = 0
        while n_batches < max_batches and n_epochs < max_epochs and (not made or made[-1].stop is StopCode.NONE):
            batches_left, n_left = max_batches - n_batches, -(-(len(problem.X) - state.sample) // hyper.batch_size)
            if pause is not None and cuts.falls_on(n_left, state.sample):
                made.append(self._update_in_pieces(prepared, hyper, state, rules, held, snapshot_stride, pause))
                if made[-1].is_cut:
                    break
            else:
                if cuts.figures:
                    batches_left = min(batches_left, n_left - 1)
                epochs = min(max_epochs - n_epochs, _MAX_RECORDS, limit * snapshot_stride)
                epochs = min(epochs, batches_left // max(-(-len(problem.X) // hyper.batch_size), 1) + 2)
                passed = _kernel_state(state, held, epochs, epochs // snapshot_stride + 1)
                _train(prepared, rules, passed, batches_left, epochs, snapshot_stride)
                made.append(_chunk(passed, _take_back(state, passed)))
            n_batches += made[-1].n_batches
            n_epochs += len(made[-1].records)
        return _chunk_of(made, len(state.parameters))

    def _update_in_pieces(
        self,
        prepared: _Prepared,
        hyper: Hyper,
        state: RunState,
        rules: kernels_types.Rules,
        held: np.ndarray,
        stride: int,
        pause: Pause,
    ) -> Chunk:
        """Make one update, or some more pieces of it."""
        begun, self._begun = self._begun, None
        if begun is None or begun.prepared is not prepared or not begun.basis.holds(prepared.problem, hyper, state):
            made = aside(state)
            begun = _Begun(Basis.of(prepared.problem, hyper, state), prepared, made, _kernel_state(made, held, 1, 1))
        counters, piece = begun.passed.counters, _piece(prepared.plan, prepared.problem)
        while True:
            _train(prepared, rules, begun.passed, 1, 1, stride, piece)
            is_whole = not (counters[kernels_types.PASSED] or counters[kernels_types.MEASURED])
            if is_whole or counters[kernels_types.STOP]:
                break
            if pause():
                self._begun = begun
                return replace(_chunk_of([], len(state.parameters)), is_cut=True)
        stop = _take_back(begun.aside, begun.passed)
        take_over(begun.aside, state, diverged=stop is StopCode.DIVERGED)
        return _chunk(begun.passed, stop)

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
        maps = kernels_types.Maps(np.ascontiguousarray(parameters), rows, result, len(rows))
        kernels.unit_maps(np.concatenate([prepared.block, kernels_types.packed(maps)]))
        return np.split(result, np.cumsum(sizes)[:-1])

    def _prepare(self, problem: Problem, key: Key | None = None) -> _Prepared:
        """Return the arrays for a problem: those of the last call where they still fit."""
        before = self._prepared
        if before is None or before.problem is not problem or (key is not None and before.key != key):
            before = self._prepared = _prepare(problem, key or (MAX_CHUNK, False, 0))
        return before


def _piece(plan: kernels_types.Plan, problem: Problem) -> int:
    """Return how many examples make a piece: whole chunks."""
    return max(rows_of_piece(problem.layout) // plan.chunk, 1) * plan.chunk


def _cuts(problem: Problem, hyper: Hyper, plan: kernels_types.Plan) -> Cuts:
    cuts = Cuts.of(problem, hyper.batch_size, _piece(plan, problem))
    # Units side by side take one or two examples an update.
    return replace(cuts, batches=False) if plan.online else cuts


def _train(
    prepared: _Prepared,
    rules: kernels_types.Rules,
    passed: kernels_types.State,
    max_batches: int,
    max_epochs: int,
    stride: int,
    piece: int = kernels_types.WHOLE,
) -> None:
    block = np.concatenate([prepared.block, kernels_types.packed(rules, passed)])
    kernels.train(block, max_batches, max_epochs, stride, piece)


def _chunk(passed: kernels_types.State, stop: StopCode) -> Chunk:
    """Return what a call of the kernel has made."""
    counters, n_parameters = passed.counters, len(passed.parameters)
    return Chunk(
        n_batches=int(counters[kernels_types.N_BATCHES]),
        records=passed.records.reshape(-1, len(RECORD_COLUMNS))[: counters[kernels_types.N_RECORDS]],
        snapshots=passed.snapshots.reshape(-1, n_parameters)[: counters[kernels_types.N_SNAPSHOTS]],
        stop=stop,
    )


def _chunk_of(made: list[Chunk], n_parameters: int) -> Chunk:
    """Return what several have made; a single one, as is usual, as it is."""
    if len(made) == 1:
        return made[0]
    return Chunk(
        n_batches=sum(chunk.n_batches for chunk in made),
        records=_joined([chunk.records for chunk in made], len(RECORD_COLUMNS)),
        snapshots=_joined([chunk.snapshots for chunk in made], n_parameters),
        stop=made[-1].stop if made else StopCode.NONE,
        is_cut=bool(made) and made[-1].is_cut,
    )


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
    parts = (
        _data(problem, problem.X, problem.Y, problem.weights),
        _data(problem, problem.X_validation, problem.Y_validation, problem.weights_validation),
        _data(problem, problem.X_test, problem.Y_test, problem.weights_test),
    )
    work = _work(problem, plan, dropout, n_slots)
    return _Prepared(problem, key, plan, parts, work, kernels_types.packed(plan, work, *parts))


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
    n_units = max(sum(sizes) * plan.pitch, sum(online_padded(n) for n in sizes)) + spare
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
        numbers=np.array([state.best_loss, math.nan, state.loss_limit, *[0.0] * (kernels_types.N_NUMBERS - 3)]),
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
