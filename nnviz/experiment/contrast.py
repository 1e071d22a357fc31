"""What a map shows instead of the present answer: that of a network before a change, or what has come of the change.

Also what one unit contributes: the answer minus the answer without the unit. Other networks may have other units and
layers, as long as they answer to the same inputs with as many outputs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from msgspec import Struct

from nnviz.core.activations import ACTIVATIONS
from nnviz.core.layout import Array, Layout
from nnviz.core.numpy_engine import one_blas_thread
from nnviz.core.propagation import forward

#: Samples times units that are evaluated at once.
_LARGEST_PIECE = 2**22
#: Differences that are rounding, as a share of the largest answer.
_DUST = 1e-10


class Reference(Struct, frozen=True, eq=False):
    """A network as it was before it was changed.

    Attributes
    ----------
    layout : Layout
    activations : tuple of str
        Names, one per layer with weights.
    parameters : ndarray ``(n_parameters,)``
        Read-only.
    epoch : int
    words : str
        What was then done to it, as the undo step calls it: "remove unit".
    """

    layout: Layout
    activations: tuple[str, ...]
    parameters: Array
    epoch: int
    words: str


class Contrast(Struct, frozen=True):
    """What a map is to show, of either a unit or another network.

    Attributes
    ----------
    kind : "before" or "difference"
        The answer of the other network, or the present answer minus that.
    unit : (layer, unit) or None
        The other network is the present one without this unit.
    reference : Reference or None
        The other network.
    """

    kind: Literal["before", "difference"] = "difference"
    unit: tuple[int, int] | None = None
    reference: Reference | None = None

    def fits(self, layout: Layout) -> bool:
        """Whether there is such a unit, or the other network has as many inputs and outputs."""
        if self.unit is not None:
            layer, unit = self.unit
            return 0 < layer < layout.n_layers and 0 <= unit < layout.sizes[layer]
        other = self.reference
        ends = layout.sizes[0], layout.sizes[-1]
        return other is not None and (other.layout.sizes[0], other.layout.sizes[-1]) == ends

    def outputs(self, layout: Layout, activations: Sequence[str], parameters: Array, X: Array) -> Array:
        """Return what the other network answers, ``(n_outputs, n_samples)``, where the present one is given.

        Parameters
        ----------
        layout, activations, parameters
            Of the present network.
        X : ndarray ``(n_samples, n_inputs)``
            Inputs as networks see them.
        """
        if self.reference is not None:
            other = self.reference
            layout, activations, parameters = other.layout, other.activations, other.parameters
        elif self.unit is not None:
            parameters = without_unit(layout, parameters, self.unit)
        return _outputs(layout, activations, parameters, X)


def without_unit(layout: Layout, parameters: Array, unit: tuple[int, int]) -> Array:
    """Return parameters with which nobody hears a hidden unit (layer from 1, unit from 0)."""
    silent = parameters.copy()
    layout.weights(silent)[unit[0]][:, unit[1]] = 0.0
    return silent


def difference(own: Array, other: Array) -> Array:
    """Return `own` minus `other`; where all of that is rounding, zeros."""
    apart = own - other
    finite = np.isfinite(apart)
    largest = float(np.abs(apart[finite]).max(initial=0.0))
    scale = max(float(np.abs(own[finite]).max(initial=0.0)), float(np.abs(other[finite]).max(initial=0.0)))
    if largest <= _DUST * scale:
        apart[finite] = 0.0
    return apart


def _outputs(layout: Layout, activations: Sequence[str], parameters: Array, X: Array) -> Array:
    entries = [ACTIVATIONS[name] for name in activations]
    n_pieces = max(-(-len(X) * sum(layout.sizes) // _LARGEST_PIECE), 1)
    with one_blas_thread(), np.errstate(all="ignore"):
        pieces = [forward(layout, entries, parameters, piece).A[-1] for piece in np.array_split(X, n_pieces)]
    return np.concatenate(pieces).T
