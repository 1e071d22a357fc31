"""Small functions of shared arrays."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nnviz.core.arrays import distinct


@given(st.lists(st.integers(-5, 5)))
def test_distinct_values_are_those_that_numpy_finds(values: list[int]) -> None:
    array = np.array(values, dtype=np.int64)
    assert np.array_equal(distinct(array), np.unique(array))
    assert np.array_equal(array, values)
