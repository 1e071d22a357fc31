from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nnviz.core.layout import Layout


@given(st.lists(st.integers(1, 6), min_size=2, max_size=6).map(tuple))
def test_weights_and_biases_cover_the_vector_once(sizes):
    layout = Layout(sizes)
    parameters = np.zeros(layout.n_parameters)
    for view in (*layout.weights(parameters), *layout.biases(parameters)):
        view += 1.0
    assert (parameters == 1.0).all()
    assert layout.n_layers == len(sizes) - 1
    assert layout.is_weight.sum() == sum(a * b for a, b in pairwise(sizes))


def test_indices_point_at_what_they_name():
    layout = Layout((2, 3, 1))
    parameters = np.arange(layout.n_parameters, dtype=float)
    assert parameters[layout.weight_index(1, 2, 1)] == layout.weights(parameters)[0][2, 1]
    assert parameters[layout.weight_index(2, 0, 2)] == layout.weights(parameters)[1][0, 2]
    assert parameters[layout.bias_index(1, 1)] == layout.biases(parameters)[0][1]
    places = [layout.weight_at(index) for index in range(layout.n_parameters)]
    assert [index for index, place in enumerate(places) if place is not None] == np.flatnonzero(
        layout.is_weight
    ).tolist()
    assert all(place is None or layout.weight_index(*place) == index for index, place in enumerate(places))
