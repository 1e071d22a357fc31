"""The update that a run would make next, worked out: with all that the run has switched on, and without making it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nnviz.core.arguments import items, real
from nnviz.core.checkpoint import copy_state
from nnviz.core.engine import Hyper, Problem, RunState
from nnviz.core.errors import SettingError
from nnviz.core.explain.arithmetic import Subject, work_out
from nnviz.core.explain.example import WorkedExample
from nnviz.core.explain.rounding import Rounding
from nnviz.core.layout import Array
from nnviz.core.numpy_engine import Stepper, activation_entries, loss_entry
from nnviz.core.schedules import SCHEDULES


def coming_example(
    problem: Problem, hyper: Hyper, state: RunState, row: int | Sequence[int] | None, digits: int | None
) -> WorkedExample:
    """Work out the next update of a run, or the one that a row, or some rows, would make; see `nnviz.Trainer`."""
    rounding, n_rows = Rounding(digits), len(problem.X)
    stepper = _stepper(problem, hyper, state)
    if row is None:
        rows, is_batch = np.array(stepper.rows()), True
    elif real(row) is not None:
        rows, is_batch = np.array([_row(row, n_rows)]), False
    else:
        rows, is_batch = np.array([_row(each, n_rows) for each in items(row, "row")], dtype=np.int64), True
    if not len(rows):
        raise SettingError("There are no rows to work out; give at least one.")
    return _worked(stepper, problem.X[rows], problem.Y[rows], rounding, problem.shares_of(rows), is_batch=is_batch)


def tried_example(
    problem: Problem, hyper: Hyper, state: RunState, x: Array, y: Array, digits: int | None
) -> WorkedExample:
    """Work out the update that an example of its own, ``(n_inputs,)`` and ``(n_outputs,)``, would make of a run."""
    return _worked(_stepper(problem, hyper, state), x[None], y[None], Rounding(digits), None, is_batch=False)


def coming_rows(problem: Problem, hyper: Hyper, state: RunState) -> NDArray[np.int64]:
    """Return the training rows of the mini-batch that comes next."""
    return np.array(_stepper(problem, hyper, state).rows(), dtype=np.int64)


def _stepper(problem: Problem, hyper: Hyper, state: RunState) -> Stepper:
    """Return what would make the next update, of a copy of the run."""
    stepper = Stepper(problem, hyper, copy_state(state, state.parameters.copy()))
    if stepper.state.sample == 0:
        stepper.begin_epoch()
    return stepper


def _worked(
    stepper: Stepper, X: Array, Y: Array, rounding: Rounding, shares: Array | None, *, is_batch: bool
) -> WorkedExample:
    problem, hyper, state = stepper.problem, stepper.hyper, stepper.state
    schedule = SCHEDULES.by_code(hyper.schedule)
    progress = state.epoch + state.sample / len(problem.X)
    if not problem.bias:
        state.parameters[~problem.layout.is_weight] = 0.0
    subject = Subject(
        layout=problem.layout,
        activations=activation_entries(problem),
        loss=loss_entry(problem),
        bias=problem.bias,
        parameters=state.parameters,
        hyper=hyper,
        rate=schedule.function(hyper.learning_rate, progress, hyper.schedule_parameters),
        slots=state.slots,
        t=state.update + 1,
        held=state.held,
    )
    arithmetic = work_out(subject, X, Y, rounding, dropped=stepper.masks(len(X)), shares=shares)
    return WorkedExample(arithmetic, is_batch=is_batch)


def _row(value: object, n_rows: int) -> int:
    number = real(value)
    if number is None or number not in range(-n_rows, n_rows):
        raise SettingError("There is no training row {0!r}; they are numbered from 0 to {1}.", value, n_rows - 1)
    return int(number) % n_rows
