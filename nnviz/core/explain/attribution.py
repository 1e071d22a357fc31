"""Why a weight moved: an update split into what each example, the optimiser's memory and the penalty contributed.

Given how long the optimiser makes its step, an update is linear in the gradient, ``Δ = carry − length·g``, and the
gradient is a sum over examples, ``g = clip·(Σ shareᵢ·δᵢ ⊗ aᵢ + penalty)``: the pieces add up to the update.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from msgspec import Struct

from nnviz.core.explain.arithmetic import Arithmetic
from nnviz.core.layout import Array


class Pieces(Struct, frozen=True):
    """What one parameter's update is made of; the pieces add up to `change`.

    Attributes
    ----------
    examples : ndarray ``(n_samples,)``
        What each example's gradient contributed.
    carried : float
        What the optimiser remembered of former updates.
    penalty : float
        What L1, L2 and weight decay contributed.
    change : float
        All together: the parameter after the update, less what it was.
    """

    examples: Array
    carried: float
    penalty: float
    change: float


class Attribution:
    """Splits the update of an `Arithmetic`.

    Parameters
    ----------
    arithmetic : Arithmetic
        Exact: rounded numbers do not add up.
    """

    def __init__(self, arithmetic: Arithmetic) -> None:
        self._arithmetic = arithmetic
        subject, hyper = arithmetic.subject, arithmetic.subject.hyper
        split = _SPLITS.get(subject.optimizer.name, _proportional)
        with np.errstate(all="ignore"):
            self._length, self._carry, self._decay = split(arithmetic)
        self._clip = hyper.clip_norm / arithmetic.norm if arithmetic.is_clipped else 1.0

    def pieces(self, layer: int, unit: int, source: int | None) -> Pieces:
        """Return the pieces of a weight into `unit` of `layer` (1 … L), or of its bias where `source` is None."""
        arithmetic, passed = self._arithmetic, self._arithmetic.passed
        layout = arithmetic.subject.layout
        is_bias = source is None
        index = layout.bias_index(layer, unit) if source is None else layout.weight_index(layer, unit, source)
        before = np.ones(arithmetic.n_rows) if source is None else passed.before(layer - 1)[:, source]
        scale = -float(self._length[index]) * self._clip
        gradients = passed.shares * passed.deltas[layer - 1][:, unit] * before
        if is_bias and not arithmetic.subject.bias:
            gradients = np.zeros(arithmetic.n_rows)
        penalty = scale * float(arithmetic.penalised[index] - arithmetic.gradient[index]) + float(self._decay[index])
        change = float(arithmetic.after[index] - arithmetic.subject.parameters[index])
        return Pieces(scale * gradients, float(self._carry[index]), penalty, change)

    def pushes(self, row: int) -> tuple[list[Array], list[Array]]:
        """Return how much one example pushes every weight ``(n_out, n_in)`` and bias ``(n_out,)``, layer by layer."""
        arithmetic, passed = self._arithmetic, self._arithmetic.passed
        layout = arithmetic.subject.layout
        lengths = layout.weights(self._length), layout.biases(self._length)
        share = -self._clip * float(passed.shares[row])
        weights, biases = [], []
        for layer, delta in enumerate(passed.deltas):
            own = share * delta[row]
            weights.append(lengths[0][layer] * np.outer(own, passed.before(layer)[row]))
            biases.append(lengths[1][layer] * own * arithmetic.subject.bias)
        return weights, biases


def example_gradients(arithmetic: Arithmetic) -> list[Array]:
    """Return the gradients of every example's own loss along the weights, ``(n_samples, n_out, n_in)`` each layer.

    All at once: ``δ ⊗ a``. They take as much memory as the weights times the examples.
    """
    passed = arithmetic.passed
    return [
        delta[:, :, np.newaxis] * passed.before(layer)[:, np.newaxis, :] for layer, delta in enumerate(passed.deltas)
    ]


Split = tuple[Array, Array, Array]
"""Length of the step, what is carried over, and decay, each ``(n_parameters,)``: ``Δ = carry + decay − length·g``."""


def _own(arithmetic: Arithmetic) -> tuple[float, Array, Sequence[float]]:
    subject = arithmetic.subject
    return subject.rate, np.zeros_like(subject.parameters), subject.hyper.optimizer_parameters


def _sgd(arithmetic: Arithmetic) -> Split:
    rate, zeros, _ = _own(arithmetic)
    return zeros + rate, zeros, zeros


def _momentum(arithmetic: Arithmetic) -> Split:
    rate, zeros, (momentum,) = _own(arithmetic)
    return zeros + rate, -rate * momentum * arithmetic.subject.slots[0], zeros


def _nesterov(arithmetic: Arithmetic) -> Split:
    rate, zeros, (momentum,) = _own(arithmetic)
    return zeros + rate * (1.0 + momentum), -rate * momentum**2 * arithmetic.subject.slots[0], zeros


def _rmsprop(arithmetic: Arithmetic) -> Split:
    rate, zeros, (_, epsilon) = _own(arithmetic)
    return rate / (np.sqrt(arithmetic.slots[0]) + epsilon), zeros, zeros


def _adam(arithmetic: Arithmetic) -> Split:
    rate, zeros, (beta1, beta2, epsilon, *_) = _own(arithmetic)
    t, (_, square) = arithmetic.subject.t, arithmetic.slots
    step = rate / (1.0 - beta1**t) / (np.sqrt(square) / math.sqrt(1.0 - beta2**t) + epsilon)
    return step * (1.0 - beta1), -step * beta1 * arithmetic.subject.slots[0], zeros


def _adamw(arithmetic: Arithmetic) -> Split:
    length, carry, _ = _adam(arithmetic)
    decay = arithmetic.subject.hyper.optimizer_parameters[-1]
    return length, carry, -arithmetic.subject.rate * decay * arithmetic.subject.parameters


def _proportional(arithmetic: Arithmetic) -> Split:
    """Of an optimiser that is not known here: all of the change, in proportion to the gradients."""
    change, zeros = arithmetic.after - arithmetic.subject.parameters, np.zeros_like(arithmetic.after)
    still = arithmetic.used == 0.0
    return np.where(still, 0.0, -change / np.where(still, 1.0, arithmetic.used)), np.where(still, change, 0.0), zeros


_SPLITS: dict[str, Callable[[Arithmetic], Split]] = {
    "sgd": _sgd,
    "momentum": _momentum,
    "nesterov": _nesterov,
    "rmsprop": _rmsprop,
    "adam": _adam,
    "adamw": _adamw,
}
