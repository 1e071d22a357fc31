"""The initialisers: where the weights start. Biases always start at zero."""

# ruff: noqa: ARG005 - the functions of a table share one signature, whether they need it all or not
from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from msgspec import Struct

from nnviz.core.activations import ACTIVATIONS
from nnviz.core.choices import Choice, ChoiceTable
from nnviz.core.layout import Array, Layout

# As a text: NumPy loads its generators when they are first named.
Draw: TypeAlias = "Callable[[np.random.Generator, int, int], Array]"


class Initializer(Choice, Struct, frozen=True, kw_only=True):
    """How the weights of one layer are drawn.

    Attributes
    ----------
    draw : callable
        ``(rng, n_out, n_in) -> W (n_out, n_in)``, before scaling.
    uses_scale : bool
        Whether a scale makes a difference.
    by_activation : bool
        Whether another entry really draws: the one that suits the layer's activation (`Activation.usual_init`).
    equal : bool
        Whether all weights of a layer get one value, so that its units stay identical.
    """

    draw: Draw
    uses_scale: bool = True
    by_activation: bool = False
    equal: bool = False


def _uniform(bound: Callable[[int, int], float]) -> Draw:
    def draw(rng: np.random.Generator, n_out: int, n_in: int) -> Array:
        limit = bound(n_out, n_in)
        return rng.uniform(-limit, limit, (n_out, n_in))

    return draw


def _normal(sigma: Callable[[int, int], float]) -> Draw:
    return lambda rng, n_out, n_in: sigma(n_out, n_in) * rng.standard_normal((n_out, n_in))


_draw_xavier_uniform = _uniform(lambda n_out, n_in: math.sqrt(6.0 / (n_in + n_out)))

INITIALIZERS: ChoiceTable[Initializer] = ChoiceTable(
    "initialiser",
    (
        Initializer(
            name="auto",
            label="Automatic",
            help="He for layers of the ReLU family and Xavier for all others, so that signals keep their size.",
            formula="He uniform or Xavier uniform, layer by layer",
            draw=_draw_xavier_uniform,
            by_activation=True,
        ),
        Initializer(
            name="zeros",
            label="Zeros",
            help="All weights zero: the units of a layer stay identical and learn nothing of their own.",
            formula="w = 0",
            draw=lambda rng, n_out, n_in: np.zeros((n_out, n_in)),
            uses_scale=False,
            equal=True,
        ),
        Initializer(
            name="constant",
            label="Constant",
            help="All weights equal: like zeros, the units of a layer stay identical.",
            formula="w = scale",
            draw=lambda rng, n_out, n_in: np.ones((n_out, n_in)),
            equal=True,
        ),
        Initializer(
            name="uniform_0_1",
            label="Uniform 0 … 1",
            help="Positive weights only, as in many first examples; sums grow with the number of inputs.",
            formula="w ~ U[0, 1)",
            draw=lambda rng, n_out, n_in: rng.random((n_out, n_in)),
        ),
        Initializer(
            name="uniform_sym",
            label="Uniform −½ … ½",
            help="Weights of both signs, of the same size in every layer.",
            formula="w ~ U[−½, ½)",
            draw=lambda rng, n_out, n_in: rng.random((n_out, n_in)) - 0.5,
        ),
        Initializer(
            name="normal",
            label="Normal",
            help="Bell-shaped around zero; the scale is the standard deviation σ.",
            formula="w ~ N(0, σ²)",
            draw=_normal(lambda n_out, n_in: 1.0),
        ),
        Initializer(
            name="xavier_uniform",
            label="Xavier uniform",
            help="Keeps signals and gradients the same size from layer to layer for sigmoid and tanh.",
            formula="w ~ U(−r, r), r = √(6 / (n_in + n_out))  [Glorot & Bengio 2010]",
            draw=_draw_xavier_uniform,
        ),
        Initializer(
            name="xavier_normal",
            label="Xavier normal",
            help="Xavier's variance with a bell shape.",
            formula="w ~ N(0, 2 / (n_in + n_out))  [Glorot & Bengio 2010]",
            draw=_normal(lambda n_out, n_in: math.sqrt(2.0 / (n_in + n_out))),
        ),
        Initializer(
            name="he_uniform",
            label="He uniform",
            help="Makes up for the half that a ReLU throws away, so that deep ReLU networks start well.",
            formula="w ~ U(−r, r), r = √(6 / n_in)  [He et al. 2015]",
            draw=_uniform(lambda n_out, n_in: math.sqrt(6.0 / n_in)),
        ),
        Initializer(
            name="he_normal",
            label="He normal",
            help="He's variance with a bell shape.",
            formula="w ~ N(0, 2 / n_in)  [He et al. 2015]",
            draw=_normal(lambda n_out, n_in: math.sqrt(2.0 / n_in)),
        ),
        Initializer(
            name="lecun_normal",
            label="LeCun normal",
            help="Gives every sum the variance of the inputs.",
            formula="w ~ N(0, 1 / n_in)  [LeCun et al. 1998]",
            draw=_normal(lambda n_out, n_in: math.sqrt(1.0 / n_in)),
        ),
    ),
)


def resolve_initializer(name: str, activation: str) -> Initializer:
    """Return the entry that draws the weights in front of `activation`: "auto" takes the one that suits it."""
    entry = INITIALIZERS[name]
    return INITIALIZERS[ACTIVATIONS[activation].usual_init] if entry.by_activation else entry


def draw_parameters(layout: Layout, activations: tuple[str, ...], init: str, scale: float, seed: int) -> Array:
    """Return a flat vector of fresh parameters: weights drawn layer by layer from one generator, biases zero."""
    rng = np.random.default_rng(seed)
    parameters = np.zeros(layout.n_parameters)
    for weights, activation in zip(layout.weights(parameters), activations, strict=True):
        weights[...] = scale * resolve_initializer(init, activation).draw(rng, *weights.shape)
    return parameters
