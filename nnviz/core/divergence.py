"""Where a run that diverged broke first, and what to try: found by repeating its last updates in slow motion."""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from nnviz.core.checkpoint import copy_state
from nnviz.core.divergence_causes import Name, find_cause
from nnviz.core.engine import Hyper, Problem, RunState
from nnviz.core.layout import Array
from nnviz.core.numpy_engine import Stepper, activation_entries, loss_entry, one_blas_thread
from nnviz.core.propagation import forward
from nnviz.core.translation import translated

#: A weighted sum of this size has left all reasonable bounds.
_RUNAWAY = 1e6
#: Updates that are repeated at the most, so that the answer comes at once.
_MAX_UPDATES = 2000


class Divergence(Struct, frozen=True):
    """What went wrong.

    Attributes
    ----------
    epoch : int
        The epoch in which it happened, counted from 1; 0: the initial weights already.
    layer : int
        The layer, 1 … L, that was first to leave all bounds.
    message : str
        One sentence: where, and what to try.
    cause : str
        "not finite" (weights), "weights" (too large from the start), "penalty", "decay" (of weights), "inputs",
        "targets" or "rate".
    """

    epoch: int
    layer: int
    message: str
    cause: Name = "rate"


#: Where it happened, in an epoch and before the first: {0} is the epoch, {1} the layer; {2} stands for the remedy.
_AT_OUTPUT = (
    "Training diverged in epoch {0}: the numbers of the output layer grew beyond all bounds first; {2}",
    "Training diverged before the first epoch: the numbers of the output layer grew beyond all bounds first; {2}",
)
_AT_HIDDEN = (
    "Training diverged in epoch {0}: the numbers of hidden layer {1} grew beyond all bounds first; {2}",
    "Training diverged before the first epoch: the numbers of hidden layer {1} grew beyond all bounds first; {2}",
)
#: The same where there is nothing to compute with.
_NOT_FINITE = (
    "Training cannot go on in epoch {0}: weights or biases of layer {1} are no finite numbers; set them again.",
    "Training cannot begin: weights or biases of layer {1} are no finite numbers; set them again.",
)
#: What to try ({2} is the learning rate), by whether the loss is a sum and whether gradients are not clipped.
_REMEDIES = {
    (False, False): "try a smaller learning rate (now {2:g}).",
    (False, True): "try a smaller learning rate (now {2:g}) or clipping the gradient.",
    (True, False): "try a smaller learning rate (now {2:g}) or a loss that averages over the examples.",
    (True, True): (
        "try a smaller learning rate (now {2:g}), a loss that averages over the examples or clipping the gradient."
    ),
}
#: The same where it is not the learning rate alone ({3} is the cause's size).
_BY_CAUSE: dict[Name, str] = {
    "penalty": (
        "at a learning rate of {2:g} the penalty ({3:g}) throws weights farther than they were from 0; try a smaller "
        "penalty, or a smaller rate."
    ),
    "decay": (
        "at a learning rate of {2:g} the weight decay ({3:g}) throws weights farther than they were from 0; try less "
        "of it, or a smaller rate."
    ),
    "inputs": "the inputs are large (up to {3:.3g}): standardise them, or try a smaller learning rate (now {2:g}).",
    "targets": "the targets are large (up to {3:.3g}): standardise them, or try a smaller learning rate (now {2:g}).",
    "weights": "the weights that it began with are as large as {3:.3g}; begin with smaller ones.",
}
#: Where nothing has been trained yet, and the loss is beyond all bounds already.
_AT_ONCE: dict[Name, str] = {
    "inputs": "Training cannot begin: inputs are so large (up to {0:.3g}) that the loss has no bounds; scale them.",
    "targets": "Training cannot begin: targets are so large (up to {0:.3g}) that the loss has no bounds; scale them.",
}


def diagnose(problem: Problem, hyper: Hyper, state: RunState, *, epoch: int) -> Divergence:
    """Explain why training diverged in `epoch`; `state` holds the last finite parameters and is left alone."""
    with one_blas_thread(), np.errstate(all="ignore"):
        cause = find_cause(problem, hyper, state)
        is_finite = cause.name != "not finite"
        layer = _first_layer(problem, hyper, state) if is_finite else _layer_not_finite(problem, state.parameters)
    n_layers = problem.layout.n_layers
    where = (_AT_OUTPUT if layer == n_layers else _AT_HIDDEN) if is_finite else _NOT_FINITE
    if not epoch and cause.name in _AT_ONCE:
        sentence = _AT_ONCE[cause.name]
        return Divergence(epoch, n_layers, translated(sentence, cause.figure), cause.name)
    remedy = _BY_CAUSE.get(cause.name) or _REMEDIES[not loss_entry(problem).mean, not hyper.clip_norm]
    # Whole sentences all of them: only what is looked up is put together, not what is translated.
    sentence = where[0 if epoch else 1].replace("{2}", remedy)
    return Divergence(epoch, layer, translated(sentence, epoch, layer, hyper.learning_rate, cause.figure), cause.name)


def _layer_not_finite(problem: Problem, parameters: Array) -> int:
    layout = problem.layout
    layers = zip(layout.weights(parameters), layout.biases(parameters), strict=True)
    broken = (n for n, (W, b) in enumerate(layers, 1) if not (np.isfinite(W).all() and np.isfinite(b).all()))
    return next(broken, layout.n_layers)


def _first_layer(problem: Problem, hyper: Hyper, state: RunState) -> int:
    trial = copy_state(state, state.parameters.copy())
    np.nan_to_num(trial.slots, copy=False)
    stepper = Stepper(problem, hyper, trial)
    for _ in range(_MAX_UPDATES):
        if trial.sample == 0:
            stepper.begin_epoch()
        if not stepper.update():
            return _broken_layer(problem, stepper)
        if trial.sample == len(problem.X):
            break
    return _largest_layer(problem, trial.parameters)


def _broken_layer(problem: Problem, stepper: Stepper) -> int:
    """Return the layer in which the next update meets its first number that is not finite."""
    layout, parameters = problem.layout, stepper.state.parameters
    passed = forward(layout, activation_entries(problem), parameters, problem.X[stepper.rows()])
    for layer, Z in enumerate(passed.Z, start=1):
        if not np.isfinite(Z).all():
            return layer
    gradients = layout.weights(stepper.gradient())
    broken = [layer for layer, gradient in enumerate(gradients, start=1) if not np.isfinite(gradient).all()]
    # The backward pass goes from the last layer to the first.
    return broken[-1] if broken else _largest_layer(problem, parameters)


def _largest_layer(problem: Problem, parameters: Array) -> int:
    """Return the first layer whose weighted sums run away, else the one with the largest."""
    passed = forward(problem.layout, activation_entries(problem), parameters, problem.X)
    sizes = np.nan_to_num([float(np.abs(Z).max()) for Z in passed.Z], nan=np.inf)
    runaway = np.flatnonzero(sizes > _RUNAWAY)
    return int(runaway[0] if len(runaway) else sizes.argmax()) + 1
