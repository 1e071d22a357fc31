"""Where the weighted sums of a layer lie."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.experiment import FrameBuilder, Needs
from nnviz.experiment.distribution import LEAST_EXTENT, N_BINS, SAMPLED_ROWS, distribution, sampled


def test_shares_add_up_to_one_and_extremes_are_in_the_outermost_bins():
    found = distribution(2, np.array([-100.0, *[0.1, 0.2, 0.3] * 200, 1e9]))
    assert found.layer == 2
    assert found.shares.shape == (N_BINS,)
    assert found.shares.sum() == pytest.approx(1.0)
    assert found.shares[0] > 0.0
    assert found.shares[-1] > 0.0
    assert not found.shares.flags.writeable


@pytest.mark.parametrize(("size", "extent"), [(0.01, LEAST_EXTENT), (3.9, 4.0), (4.2, 6.0), (7.0, 8.0), (60.0, 64.0)])
def test_the_extent_is_round_and_holds_nearly_all(size, extent):
    assert distribution(1, np.linspace(-size, size, 3001) * 1.02).extent == extent


def test_what_is_not_finite_is_left_out():
    found = distribution(1, np.array([np.nan, np.inf, -np.inf, 1.0]))
    assert found.shares.sum() == pytest.approx(1.0)
    assert distribution(1, np.array([np.nan])).shares.sum() == 0.0


def test_large_sets_are_represented_by_some_rows():
    assert len(sampled(np.zeros((60_000, 2)))) == SAMPLED_ROWS
    assert len(sampled(np.zeros((300, 2)))) == 300


@pytest.mark.parametrize("layer", [1, 2, 3])
def test_a_frame_carries_the_layer_asked_for(moons, layer):
    prepared = moons.prepared()
    trainer = prepared.trainer()
    frame = FrameBuilder(prepared).build(trainer.moment(), Needs(pre_activations={"": layer}))
    expected = distribution(layer, trainer.network.pre_activations(prepared.X_train)[layer - 1])
    assert frame.pre_activations is not None
    assert frame.pre_activations.extent == expected.extent
    np.testing.assert_allclose(frame.pre_activations.shares, expected.shares)


@pytest.mark.parametrize("layer", [None, 0, 4])
def test_no_layer_no_distribution(moons, layer):
    prepared = moons.prepared()
    frame = FrameBuilder(prepared).build(
        prepared.trainer().moment(), Needs(pre_activations={} if layer is None else {"": layer})
    )
    assert frame.pre_activations is None
