"""Why a run diverged: each cause that its settings and data suggest is taken away, and what is left is tried.

The trial begins with the best weights so far: those of a run that diverged at once are the ones that it began with.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from nnviz.core.engine import Hyper, Problem, RunState
from nnviz.core.layout import Array
from nnviz.core.losses import loss_value
from nnviz.core.numpy_engine import Stepper, activation_entries, loss_entry
from nnviz.core.optimizers import OPTIMIZERS
from nnviz.core.propagation import forward

Name = Literal["not finite", "weights", "penalty", "decay", "inputs", "targets", "rate"]
#: Updates of a trial, so that the answer comes at once, and how many epochs they make at the most.
_MAX_UPDATES, _EPOCHS = 600, 3
#: Inputs and targets of this size (root mean square of a column) make steep losses.
_LARGE = 10.0
#: Weights of this size make sums that no function stands.
_HUGE_WEIGHT = 1e6


class Cause(Struct, frozen=True):
    """What made a run diverge.

    Attributes
    ----------
    name : str
    figure : float
        Its size: largest weight, input or target; penalty or decay.
    """

    name: Name
    figure: float = 0.0


Trial = tuple[Problem, Hyper, Array]


def find_cause(problem: Problem, hyper: Hyper, state: RunState) -> Cause:
    """Return the cause that fits best; `state` holds the last finite parameters and is left alone."""
    parameters = state.parameters
    if not np.isfinite(parameters).all():
        return Cause("not finite")
    largest = float(np.abs(parameters).max(initial=0.0))
    if largest > _HUGE_WEIGHT and state.update == 0:
        return Cause("weights", largest)
    cause = _certain_penalty(hyper)
    if cause is not None:
        return cause
    # From where it went best, lest the harm is done.
    known = state.best_parameters if np.isfinite(state.best_parameters).all() else parameters
    trial = problem, hyper, known
    suspects: list[tuple[Cause, Callable[[Trial], Trial]]] = []
    penalty = max(hyper.l1, hyper.l2)
    if penalty:
        suspects.append((Cause("penalty", penalty), _without_penalty))
    if _is_large(problem.X):
        suspects.append((Cause("inputs", float(np.abs(problem.X).max())), _with_usual_inputs))
    if _is_large(problem.Y) and _can_scale_targets(problem):
        suspects.append((Cause("targets", float(np.abs(problem.Y).max())), _with_usual_targets))
    for cause, without in suspects:
        if _is_calm(without(trial)):
            return cause
    if len(suspects) > 1:
        for _, without in suspects:
            trial = without(trial)
        if _is_calm(trial):
            return suspects[0][0]
    return Cause("rate")


def _certain_penalty(hyper: Hyper) -> Cause | None:
    """Return the penalty or decay that, times the rate, throws every weight beyond 0 and farther than it was."""
    entry = OPTIMIZERS.by_code(hyper.optimizer)
    own = dict(zip((parameter.name for parameter in entry.parameters), hyper.optimizer_parameters, strict=True))
    decay = own.get("weight_decay", 0.0)
    if decay * hyper.learning_rate > 2.0:
        return Cause("decay", decay)
    # Where the optimiser sets the length of a step itself, no penalty makes it longer. With momentum μ it takes up to
    # 2(1 + μ) to overshoot for good.
    if not entry.adaptive and hyper.l2 * hyper.learning_rate > (4.0 if entry.n_slots else 2.0):
        return Cause("penalty", hyper.l2)
    if not entry.adaptive and hyper.l1 * hyper.learning_rate > _LARGE:
        return Cause("penalty", hyper.l1)
    return None


def _is_large(values: Array) -> bool:
    return not bool((np.sqrt(np.mean(values * values, axis=0)) <= _LARGE).all())


def _can_scale_targets(problem: Problem) -> bool:
    """Whether the output layer can take on another scale: it has no bounds and its loss compares numbers."""
    loss, output = loss_entry(problem), activation_entries(problem)[-1]
    return loss.logit_terms is None and output.name == "linear"


def _without_penalty(trial: Trial) -> Trial:
    problem, hyper, parameters = trial
    return problem, replace(hyper, l1=0.0, l2=0.0), parameters


def _with_usual_inputs(trial: Trial) -> Trial:
    problem, hyper, parameters = trial
    return replace(problem, X=_usual(problem.X)), hyper, parameters


def _with_usual_targets(trial: Trial) -> Trial:
    problem, hyper, parameters = trial
    return replace(problem, Y=_usual(problem.Y)), hyper, parameters


def _usual(values: Array) -> Array:
    """Return columns with mean 0 and standard deviation 1; a constant one becomes 0."""
    size = np.maximum(np.abs(values).max(axis=0), 1e-300)
    values = values / size  # Whose squares would overflow.
    centred = values - values.mean(axis=0)
    scale = centred.std(axis=0)
    return np.ascontiguousarray(centred / np.where(scale > 1e-12, scale, 1.0))


def _is_calm(trial: Trial) -> bool:
    """Return whether training from there stays finite and does not make the loss larger."""
    problem, hyper, parameters = trial
    n_rows = len(problem.X)
    state = RunState(
        parameters=parameters.copy(),
        slots=OPTIMIZERS.by_code(hyper.optimizer).memory(len(parameters)),
        order=np.arange(n_rows, dtype=np.int64),
        best_parameters=parameters.copy(),
    )
    before = _loss(problem, parameters)
    stepper = Stepper(problem, hyper, state)
    for _ in range(min(_MAX_UPDATES, _EPOCHS * -(-n_rows // hyper.batch_size))):
        if state.sample == 0:
            stepper.begin_epoch()
        if not stepper.update():
            return False
        if state.sample == n_rows:
            state.sample, state.epoch = 0, state.epoch + 1
    # Noise of the batches may leave it a little larger where it was at its best.
    return _loss(problem, state.parameters) <= 2.0 * before + 1e-9


def _loss(problem: Problem, parameters: Array) -> float:
    passed = forward(problem.layout, activation_entries(problem), parameters, problem.X)
    return loss_value(loss_entry(problem), problem.Y, passed.Z[-1], passed.A[-1])
