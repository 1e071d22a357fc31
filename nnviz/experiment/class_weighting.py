"""Edits of the class weights of an experiment: equal, balanced, or a number for each class."""

from __future__ import annotations

from typing import Literal

import numpy as np

from nnviz.core.losses import LOSSES
from nnviz.core.weighting import BALANCED, ClassWeights, class_factors
from nnviz.data.dataset import Task
from nnviz.experiment.automatic import resolve
from nnviz.experiment.document import Experiment

Weighting = Literal["equal", "balanced", "typed"]


def weighting_of(experiment: Experiment) -> Weighting:
    """Return how the classes of `experiment` weigh."""
    weights = experiment.training.class_weights
    return "equal" if weights is None else "typed" if isinstance(weights, tuple) else "balanced"


def with_weighting(experiment: Experiment, kind: Weighting, counts: tuple[int, ...]) -> Experiment:
    """Return `experiment` with another way to weigh classes; numbers begin as what was in force.

    Parameters
    ----------
    experiment : Experiment
    kind : "equal", "balanced" or "typed"
    counts : tuple of int
        Training rows of each class.
    """
    weights: ClassWeights | None = {"equal": None, "balanced": BALANCED}.get(kind, experiment.training.class_weights)
    if kind == "typed" and not isinstance(weights, tuple):
        factors = np.ones(len(counts)) if weights is None else class_factors(BALANCED, np.array(counts))
        weights = tuple(float(f"{factor:.3g}") for factor in factors)
    return _with_weights(experiment, weights)


def class_weight_of(experiment: Experiment, position: int) -> float:
    """Return the number of one class; 1 where there are none."""
    weights = experiment.training.class_weights
    return weights[position] if isinstance(weights, tuple) and position < len(weights) else 1.0


def with_class_weight(experiment: Experiment, position: int, value: float) -> Experiment:
    """Return `experiment` with another number for one class."""
    weights = experiment.training.class_weights
    if not isinstance(weights, tuple):
        return experiment
    return _with_weights(experiment, (*weights[:position], value, *weights[position + 1 :]))


def weighs_classes(experiment: Experiment, task: Task, n_classes: int) -> bool:
    """Return whether classes can weigh differently: the loss is a cross-entropy."""
    loss = LOSSES.get(resolve(experiment, task, n_classes).loss)
    return task == "classification" and loss is not None and loss.logit_terms is not None


def with_fitting_weights(experiment: Experiment, task: Task, n_classes: int | None) -> Experiment:
    """Return `experiment` without class weights that do not fit the loss or the classes (None: not known)."""
    weights = experiment.training.class_weights
    if weights is None:
        return experiment
    fits = weighs_classes(experiment, task, n_classes or 3)
    if isinstance(weights, tuple):
        fits = fits and len(weights) == n_classes
    return experiment if fits else _with_weights(experiment, None)


def _with_weights(experiment: Experiment, weights: ClassWeights | None) -> Experiment:
    edited: Experiment = experiment.edited(training=experiment.training.edited(class_weights=weights))
    return edited
