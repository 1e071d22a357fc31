import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.core import rng
from nnviz.core.rng import DROPOUT_STREAM, GOLDEN, dropout_mask, epoch_key, epoch_order, mix64, mix64_array

MASK = 2**64 - 1


def test_mix64_is_splitmix64():
    """First outputs of splitmix64 from state 0, as in Vigna's reference implementation."""
    assert mix64(GOLDEN) == 0xE220A8397B1DCDAF
    assert mix64(2 * GOLDEN) == 0x6E789E6AA1B965F4
    assert mix64(3 * GOLDEN) == 0x06C45D188009454F


@given(st.lists(st.integers(0, MASK), min_size=1, max_size=20))
def test_arrays_are_hashed_alike(values):
    assert mix64_array(np.array(values, dtype=np.uint64)).tolist() == [mix64(value) for value in values]


def reference_order(seed, epoch, n):
    """The definition, word by word."""
    key = mix64(mix64(seed + GOLDEN) + (epoch + 1) * GOLDEN)
    order = list(range(n))
    for i in range(n - 1, 0, -1):
        r = mix64(key + i * GOLDEN)
        j = ((r >> 32) * (i + 1)) >> 32
        order[i], order[j] = order[j], order[i]
    return order


@given(st.integers(0, 2**63 - 1), st.integers(0, 10**9), st.integers(1, 60))
def test_order_is_the_definition(seed, epoch, n):
    assert epoch_order(seed, epoch, n).tolist() == reference_order(seed, epoch, n)


def test_orders_differ_and_are_even():
    orders = np.array([epoch_order(3, epoch, 7) for epoch in range(4000)])
    assert (np.sort(orders, axis=1) == np.arange(7)).all()
    counts = np.array([np.bincount(column, minlength=7) for column in orders.T])
    assert abs(counts - 4000 / 7).max() < 5 * np.sqrt(4000 / 7)


def test_dropout_mask_is_the_definition():
    seed, epoch, sample, p = 5, 2, 30, 0.4
    mask = dropout_mask(seed, epoch, sample, 4, 6, p)
    key = mix64((epoch_key(seed, epoch) ^ DROPOUT_STREAM) + (sample + 1) * GOLDEN)
    for row in range(4):
        for unit in range(6):
            u = (mix64(key + (row * 6 + unit + 1) * GOLDEN) >> 11) * 2.0**-53
            assert mask[row, unit] == (1 / (1 - p) if u >= p else 0.0)


def test_dropout_drops_its_share_and_keeps_the_mean():
    mask = dropout_mask(0, 0, 0, 1000, 100, 0.25)
    assert (mask == 0).mean() == pytest.approx(0.25, abs=0.01)
    assert mask.mean() == pytest.approx(1.0, abs=0.01)
    assert (dropout_mask(0, 0, 0, 10, 10, 0.0) == 1.0).all()


def test_an_order_is_laid_out_in_pieces_that_make_no_difference(monkeypatch):
    whole = epoch_order(7, 3, 1000)
    monkeypatch.setattr(rng, "_SWAPS", 90)
    pieces = list(rng.order_in_pieces(7, 3, 1000))
    assert len(pieces) == 11
    np.testing.assert_array_equal(epoch_order(7, 3, 1000), whole)
