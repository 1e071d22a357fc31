"""The NumPy engine: BLAS for wide layers, and the reference that the compiled engine has to agree with."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import AbstractContextManager
from functools import cache
from typing import TypeAlias

import numpy as np
from threadpoolctl import ThreadpoolController

from nnviz.core.activations import ACTIVATIONS, Activation
from nnviz.core.engine import RECORD_COLUMNS, Chunk, Hyper, Problem, RunState, StopCode, watched_loss
from nnviz.core.layout import Array
from nnviz.core.losses import LOSSES, Loss, batch_shares, loss_value, penalty
from nnviz.core.metrics import accuracy, balanced_accuracy, r2, rmse
from nnviz.core.optimizers import OPTIMIZERS
from nnviz.core.pieces import FORWARD_ROWS, Basis, Cuts, Pause, aside, rows_of_piece, take_over
from nnviz.core.piecework import Pieces, at_once
from nnviz.core.propagation import backward, forward
from nnviz.core.rng import dropout_mask, order_in_pieces
from nnviz.core.schedules import SCHEDULES

#: Activations that figures are computed from at once: more rows go through the network in pieces.
_NUMBERS_AT_ONCE = 4_000_000


@cache
def _threads() -> ThreadpoolController:
    """Find the BLAS library once: looking for it takes a millisecond."""
    return ThreadpoolController()


def one_blas_thread() -> AbstractContextManager[object]:
    """Keep BLAS to one thread.

    WORKAROUND: with a core busy drawing, OpenBLAS makes 85 to 220 products of 256 × 64 by 64 × 64 a second with its
    default threads, and 10 000 with one.
    """
    limiter: AbstractContextManager[object] = _threads().limit(limits=1, user_api="blas")
    return limiter


def activation_entries(problem: Problem) -> tuple[Activation, ...]:
    """Return the table entries of the problem's activations."""
    return tuple(ACTIVATIONS.by_code(code) for code in problem.activations)


def loss_entry(problem: Problem) -> Loss:
    """Return the table entry of the problem's loss."""
    return LOSSES.by_code(problem.loss)


class Stepper:
    """Makes one update after the other on a `RunState`: the body of the training loop.

    Attributes
    ----------
    rate : float
        Learning rate of the last update, NaN before the first.
    """

    def __init__(self, problem: Problem, hyper: Hyper, state: RunState) -> None:
        self.problem, self.hyper, self.state = problem, hyper, state
        self.rate = math.nan
        self._activations = activation_entries(problem)
        self._loss = loss_entry(problem)
        self._schedule = SCHEDULES.by_code(hyper.schedule)
        self._step = OPTIMIZERS.by_code(hyper.optimizer).step
        self._penalised = problem.layout.is_weight.astype(np.float64) if hyper.l1 or hyper.l2 else None
        self._before = np.empty_like(state.parameters)
        self._gradient = np.empty_like(state.parameters)
        self._held = state.held
        self._kept_slots = state.slots[:, self._held].copy()

    def begin_epoch(self) -> None:
        """Lay out the order of the samples."""
        at_once(self.begin_in_pieces())

    def begin_in_pieces(self) -> Pieces[None]:
        """Do what `begin_epoch` does."""
        state, n = self.state, len(self.problem.X)
        if self.hyper.shuffle:
            state.order[:] = yield from order_in_pieces(self.hyper.seed, state.epoch, n)
        else:
            state.order[:] = np.arange(n)

    def rows(self) -> np.ndarray:
        """Return the rows of the next mini-batch."""
        return self.state.order[self.state.sample : self.state.sample + self.hyper.batch_size]

    def masks(self, n_rows: int, first: int = 0) -> Sequence[Array]:
        """Return what dropout multiplies each hidden layer by, for `n_rows` rows of the next mini-batch from `first`
        on; empty without dropout.
        """
        hyper, hidden = self.hyper, self.problem.layout.sizes[1:-1]
        if not hyper.dropout or not hidden:
            return ()
        state = self.state
        mask = dropout_mask(hyper.seed, state.epoch, state.sample, n_rows, sum(hidden), hyper.dropout, first)
        return np.split(mask, np.cumsum(hidden)[:-1], axis=1)

    def gradient(self) -> Array:
        """Return the gradient of the next mini-batch, penalties added and clipped, in a buffer that is used again."""
        return at_once(self._gradient_in_pieces())

    def _gradient_in_pieces(self) -> Pieces[Array]:
        hyper, parameters, gradient, rows = self.hyper, self.state.parameters, self._gradient, self.rows()
        shares = self.problem.shares_of(rows)
        piece = rows_of_piece(self.problem.layout)
        if len(rows) <= piece:
            self._pass(rows, 0, gradient, shares)
        else:
            shares = batch_shares(self._loss, np.ones(len(rows))) if shares is None else shares
            self._pass(rows[:piece], 0, gradient, shares[:piece])
            part = np.empty_like(gradient)
            for first in range(piece, len(rows), piece):
                yield
                end = first + piece
                gradient += self._pass(rows[first:end], first, part, shares[first:end])
        if self._penalised is not None:
            gradient += self._penalised * (hyper.l1 * np.sign(parameters) + hyper.l2 * parameters)
        if len(self._held):
            gradient[self._held] = 0.0
        if hyper.clip_norm:
            norm = math.sqrt(float(gradient @ gradient))
            if norm > hyper.clip_norm:
                gradient *= hyper.clip_norm / norm
        return gradient

    def _pass(self, rows: np.ndarray, first: int, out: Array, shares: Array | None) -> Array:
        """Put the gradient of some rows of the next mini-batch, from `first` on, into `out`."""
        problem, parameters, masks = self.problem, self.state.parameters, self.masks(len(rows), first)
        passed = forward(problem.layout, self._activations, parameters, problem.X[rows], masks)
        return backward(
            *(problem.layout, self._activations, self._loss, parameters, passed, problem.Y[rows]),
            bias=problem.bias,
            masks=masks,
            shares=shares,
            out=out,
        )

    def update(self) -> bool:
        """Make one update; where it leads to parameters that are not finite, take it back and return False."""
        return at_once(self.update_in_pieces())

    def update_in_pieces(self) -> Pieces[bool]:
        """Do what `update` does."""
        problem, hyper, state = self.problem, self.hyper, self.state
        progress = state.epoch + state.sample / len(problem.X)
        self.rate = self._schedule.function(hyper.learning_rate, progress, hyper.schedule_parameters)
        np.copyto(self._before, state.parameters)
        gradient = yield from self._gradient_in_pieces()
        self._step(state.parameters, gradient, state.slots, self.rate, state.update + 1, hyper.optimizer_parameters)
        if len(self._held):
            # Momentum and weight decay move what has no gradient, too.
            state.parameters[self._held] = self._before[self._held]
            state.slots[:, self._held] = self._kept_slots
        if not np.isfinite(state.parameters).all():
            np.copyto(state.parameters, self._before)
            return False
        state.update += 1
        state.sample = min(state.sample + hyper.batch_size, len(problem.X))
        return True


class NumpyEngine:
    """Trains with NumPy, one thread.

    Parameters
    ----------
    note : str
        Why it trains where another engine was meant to; see `nnviz.core.engine.Engine.note`.
    """

    name = "numpy"
    holds_interpreter = True

    def __init__(self, note: str = "") -> None:
        self.note = note
        self._begun: _Begun | None = None

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
        """Train; see `nnviz.core.engine.Engine.advance`."""
        stepper = Stepper(problem, hyper, state)
        cuts = Cuts.of(problem, hyper.batch_size, rows_of_piece(problem.layout))
        records: list[Array] = []
        snapshots: list[Array] = []
        finite = state.parameters.copy()
        n_batches, stop, is_cut = 0, StopCode.NONE, False
        with one_blas_thread(), np.errstate(all="ignore"):
            while n_batches < max_batches and len(records) < max_epochs and stop is StopCode.NONE:
                n_before, n_left = state.update, -(-(len(problem.X) - state.sample) // hyper.batch_size)
                if pause is not None and cuts.falls_on(n_left, state.sample):
                    made = self._update_in_pieces(problem, hyper, state, pause)
                    is_cut = made is None
                else:
                    made = at_once(_update(stepper))
                if made is None:
                    break
                stop, record = made
                n_batches += state.update - n_before
                if stop is StopCode.DIVERGED and record is not None:
                    np.copyto(state.parameters, finite)
                if stop is StopCode.DIVERGED or record is None:
                    continue
                np.copyto(finite, state.parameters)
                records.append(record)
                if state.epoch % snapshot_stride == 0:
                    snapshots.append(finite.copy())
        return Chunk(
            n_batches=n_batches,
            records=np.array(records).reshape(-1, len(RECORD_COLUMNS)),
            snapshots=np.array(snapshots).reshape(-1, len(state.parameters)),
            stop=stop,
            is_cut=is_cut,
        )

    def _update_in_pieces(self, problem: Problem, hyper: Hyper, state: RunState, pause: Pause) -> _Made | None:
        """Make one update, or some more pieces of it: None as long as it is not whole."""
        begun, self._begun = self._begun, None
        if begun is None or not begun.basis.holds(problem, hyper, state):
            begun = _Begun(problem, hyper, state)
        while True:
            try:
                next(begun.pieces)
            except StopIteration as end:
                made: _Made = end.value
                take_over(begun.aside, state, diverged=made[0] is StopCode.DIVERGED)
                return made
            if pause():
                self._begun = begun
                return None

    def evaluate(self, problem: Problem, parameters: Array) -> Array:
        """Return the record of `parameters`, penalty 0; see `nnviz.core.engine.Engine.evaluate`."""
        with one_blas_thread(), np.errstate(all="ignore"):
            return at_once(_record(problem, parameters, 0.0, math.nan))

    def activations(self, problem: Problem, parameters: Array, X: Array) -> list[Array]:
        """Return ``[A1, …, AL]``, each ``(n_units, n_samples)``."""
        with one_blas_thread(), np.errstate(all="ignore"):
            passed = forward(problem.layout, activation_entries(problem), parameters, X)
        return [np.ascontiguousarray(A.T) for A in passed.A[1:]]


_Made: TypeAlias = tuple[StopCode, Array | None]
"""Why to stop after an update, and the record of the epoch that it has ended, if it has."""


class _Begun:
    """An update that is made in pieces, aside of the run."""

    def __init__(self, problem: Problem, hyper: Hyper, state: RunState) -> None:
        self.basis, self.aside = Basis.of(problem, hyper, state), aside(state)
        self.pieces = _update(Stepper(problem, hyper, self.aside))


def _update(stepper: Stepper) -> Pieces[_Made]:
    """Make one update and, where it ends an epoch, its record."""
    problem, hyper, state = stepper.problem, stepper.hyper, stepper.state
    if state.sample == 0:
        yield from stepper.begin_in_pieces()
    if not (yield from stepper.update_in_pieces()):
        return StopCode.DIVERGED, None
    if state.sample < len(problem.X):
        return StopCode.NONE, None
    penalty_now = penalty(problem.layout, state.parameters, hyper.l1, hyper.l2)
    record = yield from _record(problem, state.parameters, penalty_now, stepper.rate)
    state.sample = 0
    if not abs(record[0]) <= state.loss_limit:
        return StopCode.DIVERGED, record
    state.epoch += 1
    return _note_best(problem, hyper, state, record), record


def _record(problem: Problem, parameters: Array, penalty_now: float, rate: float) -> Pieces[Array]:
    train = yield from _figures(problem, parameters, problem.X, problem.Y, problem.weights)
    validation = yield from _figures(
        problem, parameters, problem.X_validation, problem.Y_validation, problem.weights_validation
    )
    test = yield from _figures(problem, parameters, problem.X_test, problem.Y_test, problem.weights_test)
    figures = [figure for of_parts in zip(train, validation, test, strict=True) for figure in of_parts]
    return np.array([*figures, penalty_now, rate])


def _figures(
    problem: Problem, parameters: Array, X: Array, Y: Array, weights: Array | None
) -> Pieces[tuple[float, float, float, float]]:
    """Return loss, score, RMSE and balanced accuracy, NaN where there are no rows or where it does not apply."""
    if not len(X):
        return math.nan, math.nan, math.nan, math.nan
    Z, A = yield from _outputs(problem, parameters, X)
    loss = loss_value(loss_entry(problem), Y, Z, A, weights)
    if problem.classification:
        threshold = problem.threshold
        return loss, accuracy(Y, A, threshold), math.nan, balanced_accuracy(Y, A, threshold)
    scaled = Y * problem.target_scale, A * problem.target_scale
    return loss, r2(*scaled), rmse(*scaled), math.nan


def _outputs(problem: Problem, parameters: Array, X: Array) -> Pieces[tuple[Array, Array]]:
    """Return pre-activations and activations of the output layer, holding no more of the others than a piece's."""
    layout, entries = problem.layout, activation_entries(problem)
    rows = max(min(_NUMBERS_AT_ONCE // sum(layout.sizes), FORWARD_ROWS * rows_of_piece(layout)), 1)
    if len(X) <= rows:
        passed = forward(layout, entries, parameters, X)
        return passed.Z[-1], passed.A[-1]
    Z, A = np.empty((len(X), layout.sizes[-1])), np.empty((len(X), layout.sizes[-1]))
    for first in range(0, len(X), rows):
        piece = slice(first, first + rows)
        passed = forward(layout, entries, parameters, X[piece])
        Z[piece], A[piece] = passed.Z[-1], passed.A[-1]
        yield
    return Z, A


def _note_best(problem: Problem, hyper: Hyper, state: RunState, record: Array) -> StopCode:
    """Keep the best parameters and look at the stop conditions."""
    watched = watched_loss(problem, record)
    if watched < state.best_loss:
        state.best_loss, state.best_epoch = float(watched), state.epoch
        np.copyto(state.best_parameters, state.parameters)
    if record[0] <= hyper.target_loss:
        return StopCode.TARGET_LOSS
    if hyper.patience and state.epoch - state.best_epoch >= hyper.patience:
        return StopCode.PATIENCE
    return StopCode.NONE
