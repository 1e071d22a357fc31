"""The metrics that every epoch records besides the loss: how good the predictions are in the task's own terms."""

# ruff: noqa: ARG001 - the functions of a table share one signature, whether they need it all or not
from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nnviz.core.choices import Choice, ChoiceTable
from nnviz.core.layout import Array

Task = Literal["classification", "regression"]


@dataclass(frozen=True, kw_only=True)
class Metric(Choice):
    """A metric.

    Attributes
    ----------
    function : callable
        ``(Y, A, threshold) -> float`` of targets and predictions ``(n_samples, n_outputs)``; `threshold` tells the
        two classes of a single output column apart.
    task : "classification" or "regression"
    higher_is_better : bool
    is_score : bool
        Whether it is what a record calls the score of its task.
    """

    function: Callable[[Array, Array, float], float]
    task: Task
    higher_is_better: bool
    is_score: bool = False


def correct(Y: Array, A: Array, threshold: float) -> NDArray[np.bool_]:
    """Return which rows are classified right, bool ``(n_samples,)``.

    One column: prediction and target lie on the same side of `threshold`. Several: their largest entries agree.
    """
    if Y.shape[1] == 1:
        return np.asarray((A[:, 0] > threshold) == (Y[:, 0] > threshold))
    return np.asarray(A.argmax(axis=1) == Y.argmax(axis=1))


def accuracy(Y: Array, A: Array, threshold: float) -> float:
    """Return the share of rows that are classified right, 0 … 1."""
    return float(correct(Y, A, threshold).mean())


def variation(Y: Array) -> float:
    """Return the sum of squared deviations of the targets ``(n_samples, n_outputs)`` from each output's own mean.

    Exactly 0 where no output varies, whatever rounding makes of their mean.
    """
    varies = Y[:, (Y[:1] != Y).any(axis=0)]
    return float(((varies - varies.mean(axis=0)) ** 2).sum()) if varies.size else 0.0


def rmse(Y: Array, A: Array, threshold: float = 0.0) -> float:
    """Return the root of the mean squared error over rows and outputs, in units of the target."""
    return math.sqrt(float(((A - Y) ** 2).mean()))


def r2(Y: Array, A: Array, threshold: float = 0.0) -> float:
    """Return 1 − SSE/SST, SST around each output's own mean; NaN where the targets do not vary."""
    total = variation(Y)
    if total == 0.0:
        return math.nan
    return 1.0 - float(((A - Y) ** 2).sum()) / total


METRICS: ChoiceTable[Metric] = ChoiceTable(
    "metric",
    (
        Metric(
            name="accuracy",
            label="Accuracy",
            help="The share of examples whose class is predicted right.",
            formula="right / n",
            function=accuracy,
            task="classification",
            higher_is_better=True,
            is_score=True,
        ),
        Metric(
            name="r2",
            label="R²",
            help="The share of the targets' variation that is explained: 1 is perfect, 0 no better than their mean.",
            formula="R² = 1 − Σ(ŷ − y)² / Σ(y − ȳ)²",
            function=r2,
            task="regression",
            higher_is_better=True,
            is_score=True,
        ),
        Metric(
            name="rmse",
            label="RMSE",
            help="The typical distance between prediction and target, in units of the target.",
            formula="RMSE = √(1/n Σ (ŷ − y)²)",
            function=rmse,
            task="regression",
            higher_is_better=False,
        ),
    ),
)


def score_of(task: Task) -> Metric:
    """Return the metric that a record calls the score of a task."""
    return next(entry for entry in METRICS.values() if entry.is_score and entry.task == task)


def class_threshold(Y: Array, usual: tuple[float, float] = (0.0, 1.0)) -> float:
    """Return what parts two classes in one output: 0.5, or 0 where they are coded −1 and +1.

    Never the middle of what occurs: rows of one class alone would put it on that class, and every answer be right.

    Parameters
    ----------
    Y : ndarray ``(n_samples, 1)``
        Coded targets.
    usual : (float, float)
        How the output's activation codes its classes, for rows that do not tell: `Activation.class_targets`.
    """
    if (Y < 0.0).any():
        return 0.0
    return 0.5 if (Y == 0.0).any() else 0.5 * (usual[0] + usual[1])
