"""Where the pre-activations of units are zero on the plane that a map shows, and which weights put a line elsewhere.

The inputs of a network are linear in the place on the map as long as none of them is derived, nothing is averaged and
no category gives way to another. Then the pre-activation of a unit of the first layer is zero along a straight line,
and a line that is dragged says what its weights have to be: those of the features on the axes, standardised or not, and
the bias. Of deeper units it is zero along curves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from nnviz.core.arrays import read_only
from nnviz.core.layout import Array
from nnviz.data.inputs import DERIVED
from nnviz.experiment.contours import contour_lines
from nnviz.experiment.frame import Frame, Hold, Range, UnitId
from nnviz.experiment.prepare import Prepared
from nnviz.experiment.slices import in_force, raw_rows

if TYPE_CHECKING:
    from nnviz.core.lines import Line

#: Units of a layer whose lines and curves are drawn at the most.
MOST_LINES = 16

Obstacle: TypeAlias = Literal["derived", "average", "categories"]
"""Why there are no straight lines."""


class LinearPlane(Struct, frozen=True, eq=False):
    """The inputs of a network over a plane of two features: ``along @ (x, y) + origin``.

    Attributes
    ----------
    along : ndarray ``(n_inputs, 2)``
        By how much each input rises along x and y. Of a curve over one feature, which has no y, the second is 0.
    origin : ndarray ``(n_inputs,)``
        The inputs where x and y are 0.
    """

    along: Array
    origin: Array

    def lines(self, weights: Array, biases: Array) -> Array:
        """Return a, b and c of z = a·x + b·y + c ``(n_units, 3)`` for weights ``(n_units, n_inputs)`` and biases."""
        return np.column_stack([weights @ self.along, weights @ self.origin + biases])

    def weights_for(
        self, weights: Array, line: Line, pivot: tuple[float, float], free: NDArray[np.bool_] | None = None
    ) -> tuple[Array, float]:
        """Return the weights ``(n_inputs,)`` and the bias of a unit whose line is to be `line`.

        Parameters
        ----------
        weights : ndarray ``(n_inputs,)``
            What they are; of all that lead to `line`, those are returned that differ least from them.
        line : Line
        pivot : (float, float)
            Where z is to be that of `line` even if the weights cannot turn it so far.
        free : ndarray of bool ``(n_inputs,)`` or None
            Which weights may be changed; None: all.
        """
        along = self.along if free is None else self.along * free[:, np.newaxis]
        missing = np.array([line.a, line.b]) - weights @ self.along
        # Inputs may be on scales that lie far apart: the share that counts as nothing is one of the larger direction.
        changed = weights + missing @ np.linalg.pinv(along, rcond=1e-12)
        a, b = (changed @ self.along).tolist()
        bias = line.at(*pivot) - a * pivot[0] - b * pivot[1] - float(changed @ self.origin)
        return changed, bias


def linear_plane(prepared: Prepared, axes: tuple[int, int], hold: Hold) -> LinearPlane | Obstacle:
    """Return how the inputs depend on the place on a map, or why that is no straight matter.

    Parameters
    ----------
    prepared : Prepared
    axes : (int, int)
        Raw features along x and y.
    hold : Hold
        What becomes of the others.
    """
    hold = in_force(prepared, hold, axes)
    if any(name in DERIVED and name not in prepared.inputs.feature_names for name in prepared.inputs.names):
        return "derived"
    if hold.kind == "average":
        return "average"
    x, y = np.array([0.0, 1.0, 0.0, 1.0, 2.0, -1.0]), np.array([0.0, 0.0, 1.0, 1.0, -1.0, 2.0])
    if prepared.dataset.n_features == 1:
        y = x
    inputs = prepared.inputs.transform(raw_rows(prepared, axes, hold, x, y))
    origin = inputs[0]
    along = np.column_stack([inputs[1] - origin, inputs[2] - origin])
    if prepared.dataset.n_features == 1:
        along[:, 1] = 0.0
        return LinearPlane(read_only(along), read_only(origin.copy()))
    error = np.abs(origin + np.column_stack([x, y]) @ along.T - inputs).max()
    if error > 1e-9 * max(1.0, float(np.abs(inputs).max())):
        # One category on an axis, and the others of its column give way to it.
        return "categories"
    return LinearPlane(read_only(along), read_only(origin.copy()))


def shown_units(n_units: int) -> range:
    """Return the units of a layer whose lines or curves are drawn."""
    return range(min(n_units, MOST_LINES))


class CurveField(Struct, frozen=True, eq=False):
    """The pre-activations of units over a map, from the maps of the units below them.

    Attributes
    ----------
    x_range, y_range : (float, float)
    layers : tuple of int
        Those that have curves.
    below : tuple of ndarray float32 ``(n_units, n_y, n_x)``
        The activations of the layer below each of them.
    weights, biases : tuple of ndarray
        Of each of them, of its `shown_units`.
    """

    x_range: Range
    y_range: Range
    layers: tuple[int, ...]
    below: tuple[NDArray[np.float32], ...]
    weights: tuple[Array, ...]
    biases: tuple[Array, ...]

    def curves(self) -> dict[UnitId, Array]:
        """Return the lines ``(n, 4)`` along which each unit is zero."""
        found = {}
        for layer, below, weights, biases in zip(self.layers, self.below, self.weights, self.biases, strict=True):
            n_below, n_y, n_x = below.shape
            z = weights.astype(np.float32) @ below.reshape(n_below, -1) + biases.astype(np.float32)[:, np.newaxis]
            for unit, field in enumerate(z.reshape(-1, n_y, n_x)):
                found[layer, unit] = contour_lines(field, 0.0, self.x_range, self.y_range)
        return found


def curve_field(frame: Frame, ranges: tuple[Range, Range], first: int, last: int) -> CurveField | None:
    """Return what the curves of some layers are made of; None where there are none.

    Of a layer that is too wide for maps of all of its units nobody knows what reaches the next one: the curves end
    there.

    Parameters
    ----------
    frame : Frame
    ranges : ((float, float), (float, float))
        What the maps of the units show along x and y.
    first, last : int
        Layers, 1 … L.
    """
    maps, layout = frame.unit_maps, frame.layout
    if maps is None or len(maps) != layout.n_layers + 1 or maps[0].shape[1] < 2:
        return None
    layers: list[int] = []
    for layer in range(first, last + 1):
        if len(maps[layer - 1]) < layout.sizes[layer - 1]:
            break
        layers.append(layer)
    if not layers:
        return None
    weights, biases = layout.weights(frame.parameters), layout.biases(frame.parameters)
    return CurveField(
        *ranges,
        tuple(layers),
        tuple(maps[layer - 1] for layer in layers),
        tuple(weights[layer - 1][:MOST_LINES] for layer in layers),
        tuple(biases[layer - 1][:MOST_LINES] for layer in layers),
    )
