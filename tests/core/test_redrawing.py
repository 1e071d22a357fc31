"""Weights that are drawn anew for some units."""

import numpy as np

from nnviz.core.network import Network
from nnviz.core.redrawing import drawn_anew


def test_only_those_units_get_other_weights_and_no_bias():
    net = Network([3, 5, 2], "relu", "softmax", init="zeros", seed=0)
    layout = net.layout
    values = drawn_anew(layout, net.activations, 1, (1, 4), seed=7)
    wanted = {layout.weight_index(1, unit, source) for unit in (1, 4) for source in range(3)}
    assert set(values) == wanted | {layout.bias_index(1, 1), layout.bias_index(1, 4)}
    assert values[layout.bias_index(1, 1)] == 0.0
    drawn = np.array([values[index] for index in sorted(wanted)])
    # He uniform, however the network began: ±√(6 / 3).
    assert (drawn != 0.0).all()
    assert np.abs(drawn).max() <= np.sqrt(2.0)
    assert len(set(drawn)) == 6
    assert values == drawn_anew(layout, net.activations, 1, (1, 4), seed=7)
    assert values != drawn_anew(layout, net.activations, 1, (1, 4), seed=8)
