"""The optimisers: how a gradient becomes a change of the parameters. Definitions and defaults are PyTorch's.

`step` changes parameters and slots (the optimiser's memory: `n_slots` vectors as long as the parameters) in place; the
compiled kernels repeat it by `code`.
"""

# ruff: noqa: ARG001, ARG005 - the functions of a table share one signature, whether they need it all or not
from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np
from msgspec import Struct

from nnviz.core.choices import Coded, CodedTable, Parameter
from nnviz.core.errors import SettingError
from nnviz.core.inert import shown
from nnviz.core.layout import Array

Own = tuple[float, ...]
"""The optimiser's own parameters, in the order of its entry."""
Step = Callable[[Array, Array, Array, float, int, Own], None]
"""``step(parameters, gradient, slots, rate, t, own)``: slots ``(n_slots, n_parameters)`` begin as zeros, t counts
updates from 1, the gradient may be overwritten."""


class Optimizer(Coded, Struct, frozen=True, kw_only=True):
    """An optimiser.

    Attributes
    ----------
    parameters : tuple of Parameter
        Its own.
    n_slots : int
        Vectors as long as the parameters that it remembers from update to update.
    step : callable
        One update, in place.
    adaptive : bool
        Whether it sets the length of a step itself, so that a step is about as long as the learning rate.
    gain : callable
        ``own -> factor``: how many times the learning rate a step is where the gradient stays the same for long.
    shrinks_weights : bool
        Whether it pulls weights towards zero of its own accord.
    """

    parameters: tuple[Parameter, ...] = ()
    n_slots: int
    step: Step
    adaptive: bool = False
    gain: Callable[[Own], float] = lambda own: 1.0
    shrinks_weights: bool = False

    def memory(self, n_parameters: int) -> Array:
        """Return an empty memory ``(n_slots, n_parameters)``."""
        return np.zeros((self.n_slots, n_parameters))


def _sgd(parameters: Array, gradient: Array, slots: Array, rate: float, t: int, own: Own) -> None:
    # In place: for wide layers fresh arrays of this size cost more than the arithmetic.
    gradient *= rate
    parameters -= gradient


def _momentum(parameters: Array, gradient: Array, slots: Array, rate: float, t: int, own: Own) -> None:
    (momentum,), velocity = own, slots[0]
    velocity *= momentum
    velocity += gradient
    np.multiply(velocity, rate, out=gradient)
    parameters -= gradient


def _nesterov(parameters: Array, gradient: Array, slots: Array, rate: float, t: int, own: Own) -> None:
    (momentum,), velocity = own, slots[0]
    velocity *= momentum
    velocity += gradient
    parameters -= rate * (gradient + momentum * velocity)


def _rmsprop(parameters: Array, gradient: Array, slots: Array, rate: float, t: int, own: Own) -> None:
    (alpha, epsilon), square = own, slots[0]
    square *= alpha
    square += (1.0 - alpha) * gradient * gradient
    parameters -= rate * gradient / (np.sqrt(square) + epsilon)


def _adam(parameters: Array, gradient: Array, slots: Array, rate: float, t: int, own: Own) -> None:
    (beta1, beta2, epsilon), (mean, square) = own, slots
    mean *= beta1
    mean += (1.0 - beta1) * gradient
    square *= beta2
    square += (1.0 - beta2) * gradient * gradient
    mean_correction = 1.0 - beta1**t
    root_correction = math.sqrt(1.0 - beta2**t)
    parameters -= (rate / mean_correction) * mean / (np.sqrt(square) / root_correction + epsilon)


def _adamw(parameters: Array, gradient: Array, slots: Array, rate: float, t: int, own: Own) -> None:
    *adam, weight_decay = own
    parameters *= 1.0 - rate * weight_decay
    _adam(parameters, gradient, slots, rate, t, tuple(adam))


def _rolling_gain(own: Own) -> float:
    """Return 1/(1 − μ), the sum of all powers of the momentum μ."""
    return 1.0 / max(1.0 - own[0], 1e-9)


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
    slider=(1e-10, 1e-2),
)
_WEIGHT_DECAY = Parameter(
    name="weight_decay",
    label="Weight decay",
    help="Shrinks every weight and bias by this share, times the learning rate, at each step.",
    default=0.01,
    minimum=0.0,
    maximum=10.0,
    slider=(0.0, 0.5),
)

OPTIMIZERS: CodedTable[Optimizer] = CodedTable(
    "optimiser",
    (
        Optimizer(
            name="sgd",
            label="Gradient descent",
            help="Steps straight downhill; with mini-batches it is stochastic gradient descent.",
            formula="w ← w − η·g",
            code=0,
            n_slots=0,
            step=_sgd,
        ),
        Optimizer(
            name="momentum",
            label="Momentum",
            help="A heavy ball: it gathers speed along valleys and rolls through small bumps.",
            formula="v ← μ·v + g;  w ← w − η·v",
            code=1,
            parameters=(_MOMENTUM,),
            n_slots=1,
            step=_momentum,
            gain=_rolling_gain,
        ),
        Optimizer(
            name="nesterov",
            label="Nesterov momentum",
            help="Momentum that looks ahead to where it is going, and so brakes earlier.",
            formula="v ← μ·v + g;  w ← w − η·(g + μ·v)",
            code=2,
            parameters=(_MOMENTUM,),
            n_slots=1,
            step=_nesterov,
            gain=_rolling_gain,
        ),
        Optimizer(
            name="rmsprop",
            label="RMSProp",
            help="Gives every weight a rate of its own: large where its gradients have been small.",
            formula="s ← α·s + (1 − α)·g²;  w ← w − η·g / (√s + ε)",
            code=3,
            parameters=(_ALPHA, _EPSILON),
            n_slots=1,
            step=_rmsprop,
            adaptive=True,
        ),
        Optimizer(
            name="adam",
            label="Adam",
            help="Momentum and a rate of its own for every weight; a good first choice.",
            formula="m ← β₁·m + (1 − β₁)·g;  v ← β₂·v + (1 − β₂)·g²;  w ← w − η·m̂ / (√v̂ + ε)",
            code=4,
            parameters=(_BETA1, _BETA2, _EPSILON),
            n_slots=2,
            step=_adam,
            adaptive=True,
        ),
        Optimizer(
            name="adamw",
            label="AdamW",
            help="Adam with weight decay beside the gradient instead of in it.",
            formula="w ← w − η·λ·w;  then as Adam",
            code=5,
            parameters=(_BETA1, _BETA2, _EPSILON, _WEIGHT_DECAY),
            n_slots=2,
            step=_adamw,
            adaptive=True,
            shrinks_weights=True,
        ),
    ),
)


def own_parameter_names() -> frozenset[str]:
    """Return the names of the parameters that any optimiser has."""
    return frozenset(parameter.name for entry in OPTIMIZERS.values() for parameter in entry.parameters)


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
            raise SettingError("The {0} {1} has no parameter {2!r}; {3}.", kind, name, shown(key), has)
    return {parameter.name: parameter.check(given.get(parameter.name, parameter.default)) for parameter in known}
