"""The optimisers: how a gradient becomes a change of the parameters. Definitions and defaults are PyTorch's.

`step` changes parameters and slots (the optimiser's memory) in place; the compiled kernels repeat it by `code`.
"""

# ruff: noqa: ARG001 - the functions of a table share one signature, whether they need it all or not
from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from nnviz.core.choices import Choice, ChoiceTable, Parameter
from nnviz.core.engine import Hyper
from nnviz.core.errors import SettingError
from nnviz.core.layout import Array

Step = Callable[[Array, Array, Array, float, int, Hyper], None]
"""``step(parameters, gradient, slots, rate, t, hyper)``; t counts updates from 1; the gradient may be overwritten."""


@dataclass(frozen=True, kw_only=True)
class Optimizer(Choice):
    """An optimiser.

    Attributes
    ----------
    code : int
        By which the compiled kernels know it.
    parameters : tuple of Parameter
        Its own; each is a field of `nnviz.core.engine.Hyper`.
    step : callable
        One update, in place.
    """

    code: int
    parameters: tuple[Parameter, ...] = ()
    step: Step


def _sgd(parameters: Array, gradient: Array, slots: Array, rate: float, t: int, hyper: Hyper) -> None:
    # In place: for wide layers fresh arrays of this size cost more than the arithmetic.
    gradient *= rate
    parameters -= gradient


def _momentum(parameters: Array, gradient: Array, slots: Array, rate: float, t: int, hyper: Hyper) -> None:
    velocity = slots[0]
    velocity *= hyper.momentum
    velocity += gradient
    np.multiply(velocity, rate, out=gradient)
    parameters -= gradient


def _nesterov(parameters: Array, gradient: Array, slots: Array, rate: float, t: int, hyper: Hyper) -> None:
    velocity = slots[0]
    velocity *= hyper.momentum
    velocity += gradient
    parameters -= rate * (gradient + hyper.momentum * velocity)


def _rmsprop(parameters: Array, gradient: Array, slots: Array, rate: float, t: int, hyper: Hyper) -> None:
    square = slots[0]
    square *= hyper.alpha
    square += (1.0 - hyper.alpha) * gradient * gradient
    parameters -= rate * gradient / (np.sqrt(square) + hyper.epsilon)


def _adam(parameters: Array, gradient: Array, slots: Array, rate: float, t: int, hyper: Hyper) -> None:
    mean, square = slots[0], slots[1]
    mean *= hyper.beta1
    mean += (1.0 - hyper.beta1) * gradient
    square *= hyper.beta2
    square += (1.0 - hyper.beta2) * gradient * gradient
    mean_correction = 1.0 - hyper.beta1**t
    root_correction = math.sqrt(1.0 - hyper.beta2**t)
    parameters -= (rate / mean_correction) * mean / (np.sqrt(square) / root_correction + hyper.epsilon)


def _adamw(parameters: Array, gradient: Array, slots: Array, rate: float, t: int, hyper: Hyper) -> None:
    parameters *= 1.0 - rate * hyper.weight_decay
    _adam(parameters, gradient, slots, rate, t, hyper)


_MOMENTUM = Parameter(
    name="momentum",
    label="Momentum",
    help="How much of the last step's velocity is kept: 0 forgets it at once, 0.99 rolls on for long.",
    default=0.9,
    minimum=0.0,
    maximum=0.9999,
)
_ALPHA = Parameter(
    name="alpha",
    label="Smoothing α",
    help="How slowly the running mean of squared gradients follows.",
    default=0.99,
    minimum=0.0,
    maximum=0.999999,
)
_BETA1 = Parameter(
    name="beta1",
    label="β₁",
    help="How slowly the running mean of the gradients follows.",
    default=0.9,
    minimum=0.0,
    maximum=0.999999,
)
_BETA2 = Parameter(
    name="beta2",
    label="β₂",
    help="How slowly the running mean of squared gradients follows.",
    default=0.999,
    minimum=0.0,
    maximum=0.999999,
)
_EPSILON = Parameter(
    name="epsilon",
    label="ε",
    help="A tiny number that keeps the division finite where gradients are zero.",
    default=1e-8,
    minimum=1e-16,
    maximum=1.0,
    logarithmic=True,
)
_WEIGHT_DECAY = Parameter(
    name="weight_decay",
    label="Weight decay",
    help="Shrinks every weight and bias by this share, times the learning rate, at each step.",
    default=0.01,
    minimum=0.0,
    maximum=10.0,
)

OPTIMIZERS: ChoiceTable[Optimizer] = ChoiceTable(
    "optimiser",
    (
        Optimizer(
            name="sgd",
            label="Gradient descent",
            help="Steps straight downhill; with mini-batches it is stochastic gradient descent.",
            formula="w ← w − η·g",
            code=0,
            step=_sgd,
        ),
        Optimizer(
            name="momentum",
            label="Momentum",
            help="A heavy ball: it gathers speed along valleys and rolls through small bumps.",
            formula="v ← μ·v + g;  w ← w − η·v",
            code=1,
            parameters=(_MOMENTUM,),
            step=_momentum,
        ),
        Optimizer(
            name="nesterov",
            label="Nesterov momentum",
            help="Momentum that looks ahead to where it is going, and so brakes earlier.",
            formula="v ← μ·v + g;  w ← w − η·(g + μ·v)",
            code=2,
            parameters=(_MOMENTUM,),
            step=_nesterov,
        ),
        Optimizer(
            name="rmsprop",
            label="RMSProp",
            help="Gives every weight a rate of its own: large where its gradients have been small.",
            formula="s ← α·s + (1 − α)·g²;  w ← w − η·g / (√s + ε)",
            code=3,
            parameters=(_ALPHA, _EPSILON),
            step=_rmsprop,
        ),
        Optimizer(
            name="adam",
            label="Adam",
            help="Momentum and a rate of its own for every weight; a good first choice.",
            formula="m ← β₁·m + (1 − β₁)·g;  v ← β₂·v + (1 − β₂)·g²;  w ← w − η·m̂ / (√v̂ + ε)",
            code=4,
            parameters=(_BETA1, _BETA2, _EPSILON),
            step=_adam,
        ),
        Optimizer(
            name="adamw",
            label="AdamW",
            help="Adam with weight decay beside the gradient instead of in it.",
            formula="w ← w − η·λ·w;  then as Adam",
            code=5,
            parameters=(_BETA1, _BETA2, _EPSILON, _WEIGHT_DECAY),
            step=_adamw,
        ),
    ),
)

#: Default of every parameter that any optimiser has.
OPTIMIZER_DEFAULTS: Mapping[str, float] = {
    parameter.name: parameter.default for entry in OPTIMIZERS.values() for parameter in entry.parameters
}


def check_parameters(
    kind: str, name: str, known: tuple[Parameter, ...], given: Mapping[str, float]
) -> dict[str, float]:
    """Return all parameters of a choice, in order, defaults filled in.

    Raises
    ------
    SettingError
        Where one is unknown or out of its range.
    """
    names = [parameter.name for parameter in known]
    for key in given:
        if key not in names:
            has = f"it has {', '.join(names)}" if names else "it has none"
            raise SettingError("The {0} {1} has no parameter {2!r}; {3}.", kind, name, key, has)
    return {parameter.name: parameter.check(given.get(parameter.name, parameter.default)) for parameter in known}
