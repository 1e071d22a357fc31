"""The metrics that every epoch records besides the loss: how good the predictions are in the task's own terms."""

# ruff: noqa: ARG001 - the functions of a table share one signature, whether they need it all or not
from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from nnviz.core.choices import Choice, ChoiceTable
from nnviz.core.errors import SettingError
from nnviz.core.layout import Array

Task = Literal["classification", "regression"]


def check_task(task: object) -> None:
    """Raise `SettingError` where `task` is none."""
    if not (isinstance(task, str) and task in ("classification", "regression")):
        raise SettingError("The task must be classification or regression, not {0!r}.", task)


class Metric(Choice, Struct, frozen=True, kw_only=True):
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


def class_of(Y: Array, threshold: float) -> NDArray[np.int64]:
    """Return the class of each row of targets or predictions: the side of `threshold`, or the largest entry."""
    return np.asarray(Y[:, 0] > threshold if Y.shape[1] == 1 else Y.argmax(axis=1), dtype=np.int64)


def balance(Y: Array, threshold: float) -> Array:
    """Return what each row that is right adds to the balanced accuracy ``(n_samples,)``.

    ``1 / (k·n_c)``, where n_c rows are of its class and k classes have rows.
    """
    classes = class_of(Y, threshold)
    counts = np.bincount(classes, minlength=1)
    return np.asarray(1.0 / (np.count_nonzero(counts) * counts[classes]))


def balanced_accuracy(Y: Array, A: Array, threshold: float) -> float:
    """Return the mean over the classes of the share of their rows that is classified right, 0 … 1."""
    return float((correct(Y, A, threshold) * balance(Y, threshold)).sum())


def confusion(Y: Array, A: Array, threshold: float) -> NDArray[np.int64]:
    """Return how many rows of each class (down) are taken for which (across), ``(n_classes, n_classes)``."""
    n_classes = max(Y.shape[1], 2)
    pairs = class_of(Y, threshold) * n_classes + class_of(A, threshold)
    return np.bincount(pairs, minlength=n_classes * n_classes).reshape(n_classes, n_classes)


class ClassFigures(Struct, frozen=True):
    """How well each class is recognised.

    Attributes
    ----------
    counts, predicted : ndarray of int ``(n_classes,)``
        Rows of each class, and rows that are taken for it.
    precision, recall, f1 : ndarray ``(n_classes,)``
        Of the rows taken for a class, the share that is of it; of its rows, the share that is recognised; and their
        harmonic mean. NaN where there is no row that could tell.
    """

    counts: NDArray[np.int64]
    predicted: NDArray[np.int64]
    precision: Array
    recall: Array
    f1: Array

    @classmethod
    def of(cls, counts: NDArray[np.int64]) -> ClassFigures:
        """Return the figures of a confusion: true classes down, predicted ones across."""
        right, true, predicted = counts.diagonal(), counts.sum(axis=1), counts.sum(axis=0)
        with np.errstate(invalid="ignore"):
            return cls(true, predicted, right / predicted, right / true, 2.0 * right / (true + predicted))

    def mean(self, name: Literal["precision", "recall", "f1"]) -> float:
        """Return the mean of a figure over the classes that occur (macro), as scikit-learn: undefined ones are 0."""
        occurs = (self.counts + self.predicted) > 0
        values: Array = getattr(self, name)[occurs]
        return float(np.nan_to_num(values).mean()) if len(values) else math.nan

    @property
    def balanced_accuracy(self) -> float:
        """Mean recall of the classes that have rows; NaN where none has."""
        known = self.recall[self.counts > 0]
        return float(known.mean()) if len(known) else math.nan


def _mean_of(name: Literal["precision", "recall", "f1"]) -> Callable[[Array, Array, float], float]:
    return lambda Y, A, threshold: ClassFigures.of(confusion(Y, A, threshold)).mean(name)


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
            name="balanced_accuracy",
            label="Balanced accuracy",
            help="The accuracy in each class by itself, averaged: rare classes count as much as frequent ones.",
            formula="1/k Σ right_c / n_c",
            function=balanced_accuracy,
            task="classification",
            higher_is_better=True,
        ),
        Metric(
            name="precision",
            label="Precision",
            help="Of the examples that are taken for a class, the share that is of it; averaged over the classes.",
            formula="1/k Σ right_c / taken_c",
            function=_mean_of("precision"),
            task="classification",
            higher_is_better=True,
        ),
        Metric(
            name="recall",
            label="Recall",
            help="Of the examples of a class, the share that is recognised; averaged over the classes.",
            formula="1/k Σ right_c / n_c",
            function=_mean_of("recall"),
            task="classification",
            higher_is_better=True,
        ),
        Metric(
            name="f1",
            label="F1",
            help="Precision and recall in one figure, which is low where either is; averaged over the classes.",
            formula="1/k Σ 2·right_c / (n_c + taken_c)",
            function=_mean_of("f1"),
            task="classification",
            higher_is_better=True,
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
