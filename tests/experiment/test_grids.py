from __future__ import annotations

import numpy as np

from nnviz.experiment import DataSpec, Experiment, PlaneRequest
from nnviz.experiment.grids import CACHED_GRIDS, Grids, cell_centres, with_margin


def test_cell_centres_divide_the_range_evenly():
    assert np.allclose(cell_centres((0.0, 1.0), 4), [0.125, 0.375, 0.625, 0.875])


def test_margins_are_a_tenth_and_constant_columns_get_room():
    assert np.allclose(with_margin(np.array([0.0, 10.0])), (-1.0, 11.0))
    assert with_margin(np.array([3.0, 3.0])) == (2.5, 3.5)


def test_grids_are_kept_while_they_are_used(moons):
    grids = Grids(moons.prepared())
    key = grids.key(PlaneRequest(), 20)
    first = grids.inputs(key)
    for resolution in range(21, 21 + CACHED_GRIDS - 1):
        grids.inputs(grids.key(PlaneRequest(), resolution))
        assert grids.inputs(key) is first
    for resolution in range(50, 51 + CACHED_GRIDS):
        grids.inputs(grids.key(PlaneRequest(), resolution))
    assert grids.inputs(key) is not first


def test_derived_inputs_are_computed_of_the_plane():
    experiment = Experiment(data=DataSpec(name="circles", inputs=("x1^2", "x1*x2")))
    grids = Grids(experiment.prepared())
    key = grids.key(PlaneRequest(x_range=(0.0, 4.0), y_range=(0.0, 2.0)), 2)
    assert np.allclose(grids.inputs(key), [[1.0, 0.5], [9.0, 1.5], [1.0, 1.5], [9.0, 4.5]])
