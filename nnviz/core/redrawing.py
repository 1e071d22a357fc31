"""First weights for some units of a trained network, drawn anew: for those that no longer learn anything."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nnviz.core.initializers import resolve_initializer
from nnviz.core.layout import Layout


def drawn_anew(
    layout: Layout, activations: Sequence[str], layer: int, units: Sequence[int], seed: int
) -> dict[int, float]:
    """Return fresh incoming weights, and biases of 0, of `units` of `layer` (1 … L), by flat index.

    They are drawn as suits the layer's activation, however the network began: that may be what is amiss. Where the
    incoming weights of a unit are drawn, its outgoing ones stay.

    Parameters
    ----------
    activations : sequence of str
        Of layers 1 … L.
    seed : int
        The same one draws the same weights.
    """
    shape = layout.sizes[layer], layout.sizes[layer - 1]
    drawn = resolve_initializer("auto", activations[layer - 1]).draw(np.random.default_rng((seed, layer)), *shape)
    values: dict[int, float] = {}
    for unit in units:
        values[layout.bias_index(layer, unit)] = 0.0
        for source in range(shape[1]):
            values[layout.weight_index(layer, unit, source)] = float(drawn[unit, source])
    return values
