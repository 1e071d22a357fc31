"""Small functions of shared arrays."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nnviz.core.arrays import distinct, kept, read_only


@given(st.lists(st.integers(-5, 5)))
def test_distinct_values_are_those_that_numpy_finds(values: list[int]) -> None:
    array = np.array(values, dtype=np.int64)
    assert np.array_equal(distinct(array), np.unique(array))
    assert np.array_equal(array, values)


def test_only_what_nobody_can_write_into_is_kept_without_a_copy() -> None:
    own = np.zeros((3, 2))
    assert kept(own) is not own
    assert kept(read_only(own)) is own
    base = np.zeros((3, 2))
    for shared in (base[1:], read_only(np.zeros((3, 2)).T)):
        assert kept(read_only(shared)) is not shared
