"""The activation functions: what they compute, where they fail, and their derivatives.

`function` takes the pre-activations Z of a layer, `derivative` Z and A = f(Z), because several derivatives are
cheapest in terms of the output. The compiled kernels know the same functions by their `code`.
"""

# ruff: noqa: ARG001, ARG005 - the functions of a table share one signature, whether they need it all or not
from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from msgspec import Struct

from nnviz.core.choices import Coded, CodedTable
from nnviz.core.layout import Array
from nnviz.core.special import erf

#: As PyTorch's LeakyReLU and ELU.
LEAKY_SLOPE = 0.01
ELU_ALPHA = 1.0


class Activation(Coded, Struct, frozen=True, kw_only=True):
    """An activation function.

    Attributes
    ----------
    function : callable
        ``Z -> A``, same shape ``(n_samples, n_units)``.
    derivative : callable
        ``(Z, A) -> dA/dZ``, elementwise. Softmax has the diagonal of its Jacobian here; together with
        cross-entropy, the only loss it goes with, training uses ``Ŷ − Y`` instead.
    range : (float, float)
        Bounds of the outputs.
    range_label : str
        The same as text.
    failure : str
        One sentence: what goes wrong with it.
    trainable : bool
        Whether gradients pass through it.
    hidden, output : bool
        Where it may stand.
    elementwise : bool
        Whether each output depends on its own sum alone; where not, it compares the outputs, which stand for classes.
    class_targets : (float, float)
        What the output learns to answer for "not this class" and "this class".
    probability : bool
        Whether outputs between the class targets read as probabilities.
    saturating : bool
        Whether both ends are flat, so that gradients fade on their way through many such layers.
    linear : bool
        Whether layers of it in a row are together only one linear layer.
    usual_init, usual_loss : str
        What "auto" takes for the weights in front of it (name in `nnviz.core.initializers`) and, where it is the
        output, for the loss (name in `nnviz.core.losses`).
    """

    function: Callable[[Array], Array]
    derivative: Callable[[Array, Array], Array]
    range: tuple[float, float]
    range_label: str
    failure: str
    trainable: bool = True
    hidden: bool = True
    output: bool = True
    elementwise: bool = True
    class_targets: tuple[float, float] = (0.0, 1.0)
    probability: bool = False
    saturating: bool = False
    linear: bool = False
    usual_init: str = "xavier_uniform"
    usual_loss: str = "mean_squared_error"

    @property
    def bounds(self) -> tuple[float, float] | None:
        """The range where it is finite at both ends, else None."""
        low, high = self.range
        return self.range if math.isfinite(low) and math.isfinite(high) else None

    @property
    def middle(self) -> float:
        """The centre of the range; 0 where it is not bounded."""
        return 0.0 if self.bounds is None else 0.5 * (self.bounds[0] + self.bounds[1])


def sigmoid(Z: Array) -> Array:
    """Return 1/(1 + e⁻ᶻ), to full relative precision at both ends."""
    decay = np.exp(-np.abs(Z))
    return np.asarray(np.where(Z >= 0.0, 1.0, decay) / (1.0 + decay))


def softmax(Z: Array) -> Array:
    """Return eᶻ/Σeᶻ of every row; shifting a row by its largest entry keeps the exponentials finite."""
    weights = np.exp(Z - Z.max(axis=1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def _elu(Z: Array) -> Array:
    return np.where(Z > 0.0, Z, ELU_ALPHA * np.expm1(np.minimum(Z, 0.0)))


def _normal_cdf(Z: Array) -> Array:
    return 0.5 * (1.0 + erf(Z * math.sqrt(0.5)))


def _gelu_derivative(Z: Array, A: Array) -> Array:
    density = np.exp(-0.5 * Z * Z) / math.sqrt(2.0 * math.pi)
    return _normal_cdf(Z) + Z * density


def _silu_derivative(Z: Array, A: Array) -> Array:
    gate = sigmoid(Z)
    return gate + A * (1.0 - gate)


_INFINITY = math.inf

ACTIVATIONS: CodedTable[Activation] = CodedTable(
    "activation",
    (
        Activation(
            name="step",
            label="Step",
            help="Fires or does not: the threshold of the first artificial neurons.",
            formula="f(z) = 1 if z ≥ 0, else 0",
            code=0,
            function=lambda Z: np.where(Z >= 0.0, 1.0, 0.0),
            derivative=lambda Z, A: np.zeros_like(Z),
            range=(0.0, 1.0),
            range_label="0 or 1",
            failure="Its slope is zero everywhere, so gradient descent cannot train through it.",
            trainable=False,
        ),
        Activation(
            name="linear",
            label="Linear",
            help="Passes the sum on as it is; the usual output for regression.",
            formula="f(z) = z",
            code=1,
            function=lambda Z: Z.copy(),
            derivative=lambda Z, A: np.ones_like(Z),
            range=(-_INFINITY, _INFINITY),
            range_label="−∞ … ∞",
            failure="Linear layers in a row are together only one linear layer, however many there are.",
            linear=True,
        ),
        Activation(
            name="sigmoid",
            label="Sigmoid",
            help="Squeezes any number into 0 … 1, which reads as a probability.",
            formula="f(z) = 1 / (1 + e⁻ᶻ)",
            code=2,
            function=sigmoid,
            derivative=lambda Z, A: A * (1.0 - A),
            range=(0.0, 1.0),
            range_label="0 … 1",
            failure="Both ends are flat and the slope is at most ¼, so gradients vanish in deep networks.",
            probability=True,
            saturating=True,
            usual_loss="binary_cross_entropy",
        ),
        Activation(
            name="tanh",
            label="Tanh",
            help="A sigmoid that is steeper and centred on zero.",
            formula="f(z) = 2 / (1 + e⁻²ᶻ) − 1",
            code=3,
            function=np.tanh,
            derivative=lambda Z, A: 1.0 - A * A,
            range=(-1.0, 1.0),
            range_label="−1 … 1",
            failure="Both ends are flat, so gradients vanish where units saturate.",
            class_targets=(-1.0, 1.0),
            saturating=True,
        ),
        Activation(
            name="relu",
            label="ReLU",
            help="Lets positive sums pass and blocks negative ones: cheap, and the standard of deep networks.",
            formula="f(z) = max(0, z)",
            code=4,
            function=lambda Z: np.maximum(Z, 0.0),
            derivative=lambda Z, A: np.where(Z > 0.0, 1.0, 0.0),
            range=(0.0, _INFINITY),
            range_label="0 … ∞",
            failure="A unit whose sum is negative for every example is dead for good; being unbounded, it can explode.",
            usual_init="he_uniform",
        ),
        Activation(
            name="leaky_relu",
            label="Leaky ReLU",
            help="A ReLU that lets a hundredth of negative sums through, so that no unit dies.",
            formula="f(z) = z if z > 0, else 0.01·z",
            code=5,
            function=lambda Z: np.where(Z > 0.0, Z, LEAKY_SLOPE * Z),
            derivative=lambda Z, A: np.where(Z > 0.0, 1.0, LEAKY_SLOPE),
            range=(-_INFINITY, _INFINITY),
            range_label="−∞ … ∞",
            failure="Unbounded on both sides, so it can explode.",
            usual_init="he_uniform",
        ),
        Activation(
            name="elu",
            label="ELU",
            help="A ReLU whose negative side bends smoothly towards −1.",
            formula="f(z) = z if z > 0, else eᶻ − 1",
            code=6,
            function=_elu,
            derivative=lambda Z, A: np.where(Z > 0.0, 1.0, A + ELU_ALPHA),
            range=(-ELU_ALPHA, _INFINITY),
            range_label="−1 … ∞",
            failure="Its left end is flat, so very negative units learn slowly; unbounded, it can explode.",
            usual_init="he_uniform",
        ),
        Activation(
            name="softplus",
            label="Softplus",
            help="A ReLU with a rounded corner; its slope is the sigmoid.",
            formula="f(z) = ln(1 + eᶻ)",
            code=7,
            function=lambda Z: np.logaddexp(0.0, Z),
            derivative=lambda Z, A: sigmoid(Z),
            range=(0.0, _INFINITY),
            range_label="0 … ∞",
            failure="Outputs are never negative and its left end is flat, so gradients fade there; it can explode.",
            usual_init="he_uniform",
        ),
        Activation(
            name="gelu",
            label="GELU",
            help="Weighs the sum by the chance that a normal variable lies below it; used in transformers.",
            formula="f(z) = z·Φ(z), Φ the normal distribution function",
            code=8,
            function=lambda Z: Z * _normal_cdf(Z),
            derivative=_gelu_derivative,
            range=(-0.16997120747990369, _INFINITY),
            range_label="−0.17 … ∞",
            failure="Its left end is flat, so very negative units barely learn; unbounded, it can explode.",
            usual_init="he_uniform",
        ),
        Activation(
            name="silu",
            label="SiLU (swish)",
            help="Multiplies the sum by its own sigmoid: a smooth ReLU that dips a little below zero.",
            formula="f(z) = z / (1 + e⁻ᶻ)",
            code=9,
            function=lambda Z: Z * sigmoid(Z),
            derivative=_silu_derivative,
            range=(-0.27846454276107379, _INFINITY),
            range_label="−0.28 … ∞",
            failure="Its left end is flat, so very negative units barely learn; unbounded, it can explode.",
            usual_init="he_uniform",
        ),
        Activation(
            name="sine",
            label="Sine",
            help="A wave: units that repeat, good at rings, stripes and other periodic shapes.",
            formula="f(z) = sin z",
            code=10,
            function=np.sin,
            derivative=lambda Z, A: np.cos(Z),
            range=(-1.0, 1.0),
            range_label="−1 … 1",
            failure="Its slope changes sign again and again, so the loss has many poor valleys.",
        ),
        Activation(
            name="softmax",
            label="Softmax",
            help="Turns the sums of the output layer into probabilities of the classes that add up to 1.",
            formula="f(z)ᵢ = e^zᵢ / Σⱼ e^zⱼ",
            code=11,
            function=softmax,
            derivative=lambda Z, A: A * (1.0 - A),
            range=(0.0, 1.0),
            range_label="0 … 1, sum 1",
            failure="Where one class is all but certain its gradients vanish; it needs cross-entropy beside it.",
            hidden=False,
            elementwise=False,
            probability=True,
            usual_loss="cross_entropy",
        ),
    ),
)
