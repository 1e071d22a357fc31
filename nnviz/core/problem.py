"""What a network is trained on, checked once and laid out as the engines want it."""

from __future__ import annotations

from typing import TypedDict, Unpack

import numpy as np
from numpy.typing import ArrayLike

from nnviz.core.arguments import as_rows, numbers
from nnviz.core.arrays import kept
from nnviz.core.engine import Problem
from nnviz.core.errors import DataError, SettingError
from nnviz.core.layout import Array
from nnviz.core.losses import LOSSES, check_compatible, check_targets, default_loss
from nnviz.core.metrics import Task, check_task, class_threshold
from nnviz.core.network import Network, check_trainable
from nnviz.core.weighting import ClassWeights, Weighting


class RowDetails(TypedDict, total=False):
    """What a trainer may be told of its rows besides inputs and targets: see `nnviz.Trainer`."""

    X_validation: ArrayLike | None
    Y_validation: ArrayLike | None
    target_scale: ArrayLike | None
    row_weights: ArrayLike | None
    row_weights_test: ArrayLike | None
    row_weights_validation: ArrayLike | None


def checked_aim(network: Network, loss: str | None, task: Task | None) -> tuple[str, Task]:
    """Return the loss and the task, the usual ones for None; `SettingError` where they do not suit the network."""
    name = LOSSES[default_loss(network.activations[-1]) if loss is None else loss].name
    check_trainable(network.activations)
    check_compatible(network.activations[-1], name)
    aim: Task = LOSSES[name].usual_task if task is None else task
    check_task(aim)
    return name, aim


def make_problem(
    network: Network,
    loss: str,
    task: Task,
    class_weights: ClassWeights | None,
    X: ArrayLike,
    Y: ArrayLike,
    X_test: ArrayLike | None,
    Y_test: ArrayLike | None,
    **details: Unpack[RowDetails],
) -> Problem:
    """Return the problem of fitting `network` to the data, with copies of those that can be written into.

    Raises
    ------
    DataError
        Where the data do not fit the network or the loss, are not finite, or are missing.
    SettingError
        Where `target_scale` is not one positive number for each output, or class weights do not go with the loss.
    """
    train = _checked_rows(network, loss, "training", X, Y)
    if not len(train[0]):
        raise DataError("There are no training examples; give at least one.")
    test = _further_rows(network, loss, "test", X_test, Y_test)
    validation = _further_rows(network, loss, "validation", details.get("X_validation"), details.get("Y_validation"))
    weighting = Weighting(loss, class_weights, train[1])
    return Problem(
        layout=network.layout,
        activations=tuple(entry.code for entry in network.activation_entries),
        bias=network.bias,
        loss=LOSSES[loss].code,
        classification=task == "classification",
        threshold=class_threshold(train[1], network.activation_entries[-1].class_targets),
        X=train[0],
        Y=train[1],
        X_test=test[0],
        Y_test=test[1],
        X_validation=validation[0],
        Y_validation=validation[1],
        target_scale=_checked_scale(details.get("target_scale"), network.layer_sizes[-1]),
        weights=_of_training(loss, weighting.of(train[1], details.get("row_weights"))),
        weights_test=weighting.of(test[1], details.get("row_weights_test")),
        weights_validation=weighting.of(validation[1], details.get("row_weights_validation")),
    )


def _of_training(loss: str, weights: Array | None) -> Array | None:
    """Return weights of training rows that are 1 on the average, as `nnviz.core.losses.batch_shares` takes them.

    The loss of all rows stays the same: it is divided by their sum. Where it is a sum they are kept as they are.
    """
    return weights if weights is None or not LOSSES[loss].mean else weights / weights.mean()


def _checked_scale(target_scale: ArrayLike | None, n_outputs: int) -> Array:
    scale = np.ones(n_outputs) if target_scale is None else numbers(target_scale, "target_scale").copy()
    if scale.shape != (n_outputs,) or not (np.isfinite(scale) & (scale > 0.0)).all():
        raise SettingError("target_scale must be {0} positive numbers, one for each output.", n_outputs)
    return scale


#: Where only one of the two arrays of a part is given.
_HALVES = {
    "test": "Test data need both X_test and Y_test.",
    "validation": "Validation data need both X_validation and Y_validation.",
}


def _further_rows(
    network: Network, loss: str, part: str, X: ArrayLike | None, Y: ArrayLike | None
) -> tuple[Array, Array]:
    """Return rows that are not learnt from; none where none are given."""
    if X is None and Y is None:
        return np.empty((0, network.layer_sizes[0])), np.empty((0, network.layer_sizes[-1]))
    if X is None or Y is None:
        raise DataError(_HALVES[part])
    return _checked_rows(network, loss, part, X, Y)


def _checked_rows(network: Network, loss: str, part: str, X: ArrayLike, Y: ArrayLike) -> tuple[Array, Array]:
    inputs = kept(as_rows(X, network.layer_sizes[0], "inputs"))
    targets = kept(as_rows(Y, network.layer_sizes[-1], "outputs"))
    if len(inputs) != len(targets):
        raise DataError("The {0} data have {1} examples but {2} targets.", part, len(inputs), len(targets))
    if not (np.isfinite(inputs).all() and np.isfinite(targets).all()):
        raise DataError("The {0} data contain values that are no finite numbers; leave those rows out.", part)
    if len(targets):
        check_targets(loss, targets)
    return inputs, targets
