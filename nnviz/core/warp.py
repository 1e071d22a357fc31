"""How a network bends space: the way of points through each layer's linear map, shift and activation, seen on a plane.

Between two spaces everything is mixed evenly, so that a part of the way is an honest one: of two linear maps it is a
linear map, of a shift a part of it, and of an activation so much of its bend.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal, TypeAlias

import numpy as np
from msgspec import Struct

from nnviz.core.activations import Activation
from nnviz.core.layout import Array

#: Of a layer: its linear map, its shift, its activation.
PHASES = 3
Look: TypeAlias = Literal["plane", "cloud"] | tuple[int, int]
"""How a layer is looked at: on the plane of its two principal components, its three units as a cloud that turns, or two
of its units."""
#: A cloud is seen from above by so much, in radians.
_PITCH = 0.45
#: Of what can be drawn: the squares of larger numbers are none.
_LARGEST = 1e150


class View(Struct, frozen=True, eq=False):
    """How the values of a layer are brought onto a plane: ``(A - centre) @ axes.T``.

    Attributes
    ----------
    axes : ndarray ``(2, n_units)``
        The second is 0 where there is only one unit.
    centre : ndarray ``(n_units,)``
    share : float
        Of the variance of the values, what is seen of it, 0 … 1.
    """

    axes: Array
    centre: Array
    share: float = 1.0

    def places(self, values: Array) -> Array:
        """Return where values ``(n, n_units)`` are seen ``(n, 2)``."""
        return np.asarray((values - self.centre) @ self.axes.T)


def _can_be_drawn(values: Array) -> bool:
    """Whether these are numbers, and their squares."""
    return bool((np.abs(values) < _LARGEST).all())


def usual_look(n_units: int, layer: int, n_features: int) -> Look:
    """Return how a layer is looked at before anybody chooses: 0 is that of the inputs, of so many raw features."""
    return (0, min(1, n_units - 1)) if n_units <= 2 or (layer == 0 and n_features == 2) else "plane"


def view_of(values: Array, look: Look, *, angle: float = 0.0, former: View | None = None) -> View:
    """Return the view of a layer.

    Parameters
    ----------
    values : ndarray ``(n, n_units)``
        What the units say to some examples.
    look : Look
    angle : float
        By how much a cloud has turned, in radians.
    former : View or None
        Of the same layer a moment ago: a plane is turned so that it goes on from there, and not upside down.
    """
    n_units = values.shape[1]
    total = float(values.var(axis=0).sum())
    if look == "cloud" and n_units == 3:
        sine, cosine = math.sin(angle), math.cos(angle)
        up = math.sin(_PITCH)
        axes = np.array([[cosine, sine, 0.0], [-sine * up, cosine * up, math.cos(_PITCH)]])
        return View(axes, values.mean(axis=0))
    if isinstance(look, tuple):
        axes = np.zeros((2, n_units))
        axes[0, look[0]] = 1.0
        if n_units > 1:
            axes[1, look[1]] = 1.0
        seen = float(values[:, sorted(set(look))].var(axis=0).sum())
        return View(axes, np.zeros(n_units), seen / total if total > 0.0 else 1.0)
    if not _can_be_drawn(values):
        return View(np.zeros((2, n_units)), np.zeros(n_units), 0.0)
    centre = values.mean(axis=0)
    spread, directions = np.linalg.eigh(np.cov(values.T, bias=True).reshape(n_units, n_units))
    axes = directions[:, [-1, -2]].T if n_units > 1 else np.array([[1.0], [0.0]])
    signs = np.sign(axes[[0, 1], np.abs(axes).argmax(axis=1)])
    axes = axes * np.where(signs == 0.0, 1.0, signs)[:, np.newaxis]
    if former is not None and former.axes.shape == axes.shape:
        # The turn that brings it nearest to what was seen (Procrustes).
        left, _, right = np.linalg.svd(former.axes @ axes.T)
        axes = left @ right @ axes
    share = float(spread[-2:].clip(0.0).sum()) / total if total > 0.0 else 1.0
    return View(axes, centre, min(share, 1.0))


class Warp(Struct, frozen=True, eq=False):
    """The way of some points through a network.

    Attributes
    ----------
    weights, biases : sequence of ndarray
    activations : sequence of Activation
    values : list of ndarray
        What the layers 0 … L say to the examples that the views are made of.
    views : sequence of View
        Of the layers 0 … L.
    """

    weights: Sequence[Array]
    biases: Sequence[Array]
    activations: Sequence[Activation]
    values: list[Array]
    views: Sequence[View]

    @classmethod
    def of(
        cls,
        weights: Sequence[Array],
        biases: Sequence[Array],
        activations: Sequence[Activation],
        X: Array,
        looks: Sequence[Look],
        *,
        angle: float = 0.0,
        former: Sequence[View] = (),
    ) -> Warp:
        """Return the way of a network's inputs ``(n, n_inputs)``; the other parameters are those of `view_of`."""
        values = [X]
        for W, b, activation in zip(weights, biases, activations, strict=True):
            values.append(activation.function(values[-1] @ W.T + b))
        known = [*former, *[None] * (len(values) - len(former))]
        views = [
            view_of(part, look, angle=angle, former=before)
            for part, look, before in zip(values, looks, known, strict=False)
        ]
        return cls(weights, biases, activations, values, views)

    @property
    def is_finite(self) -> bool:
        """Whether all layers say what can be drawn: one that has diverged does not."""
        return all(map(_can_be_drawn, self.values))

    @property
    def end(self) -> float:
        """Where the way ends: every layer takes `PHASES`."""
        return float(PHASES * len(self.weights))

    def places(self, X: Array, at: float, lift: Array | float = 0.0) -> Array:
        """Return where inputs ``(n, n_inputs)`` are seen ``(n, 2)``.

        Parameters
        ----------
        X : ndarray
        at : float
            How far they have come, 0 … `end`.
        lift : ndarray ``(n,)`` or float
            How high each stands where a layer has one unit, whose value runs across.
        """
        layer = min(int(at // PHASES), len(self.weights) - 1)
        A = X
        for W, b, activation in zip(self.weights[:layer], self.biases, self.activations, strict=False):
            A = activation.function(A @ W.T + b)
        return self.onwards(A, layer, at - PHASES * layer, lift)

    def onwards(self, A: Array, layer: int, share: float, lift: Array | float = 0.0) -> Array:
        """Return where values of a layer are seen on their way through the next one: `share` is 0 … `PHASES`."""
        here = self._seen(A, layer, lift)
        if share <= 0.0:
            return here
        W, b, bend = self.weights[layer], self.biases[layer], self.activations[layer].function
        mapped = A @ W.T
        if share <= 1.0:
            return (1.0 - share) * here + share * self._seen(mapped, layer + 1, lift)
        if share <= 2.0:
            return self._seen(mapped + (share - 1.0) * b, layer + 1, lift)
        Z = mapped + b
        return self._seen(Z + (share - 2.0) * (bend(Z) - Z), layer + 1, lift)

    def _seen(self, values: Array, layer: int, lift: Array | float) -> Array:
        places = self.views[layer].places(values)
        if values.shape[1] == 1:
            places[:, 1] = lift
        return places

    def border(self, at: float, lift: tuple[float, float]) -> Array | None:
        """Return the line ``(n, 2)`` on which one output is undecided; None where it is not seen yet.

        Of a last layer of two units, or two inputs, it is followed from there to the end; of others it stands at the
        end. `lift` is between which heights it stands there.
        """
        last = len(self.weights) - 1
        if len(self.weights[last]) != 1 or at < PHASES * last:
            return None
        w, b = self.weights[last][0], float(self.biases[last][0])
        if len(w) != 2:
            middle = float(self.activations[last].function(np.zeros((1, 1)))[0, 0])
            x = float(self.views[-1].places(np.array([[middle]]))[0, 0])
            return np.array([[x, lift[0]], [x, lift[1]]]) if at >= self.end - 1.0 else None
        length = float(w @ w)
        if not 0.0 < length < math.inf:
            return None
        A = self.values[last]
        # Beyond what is said there is nothing to part.
        middle_place = A.mean(axis=0)
        foot = middle_place - (float(w @ middle_place) + b) / length * w
        reach = 1.3 * float(np.abs(A - foot).max(initial=0.0))
        along = np.linspace(-1.0, 1.0, 41)
        line = foot + reach * along[:, np.newaxis] * np.array([-w[1], w[0]]) / math.sqrt(length)
        heights = lift[0] + (lift[1] - lift[0]) * (along + 1.0) / 2.0
        return self.onwards(line, last, at - PHASES * last, heights)
