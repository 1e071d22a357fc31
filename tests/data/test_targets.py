"""Targets of regressions in units that a network can learn, and back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nnviz.core.errors import SettingError
from nnviz.data import Dataset, load_dataset
from nnviz.data.targets import TargetMap, are_hard_to_learn

VALUES = arrays(
    np.float64,
    st.tuples(st.integers(1, 30), st.integers(1, 3)),
    elements=st.floats(-1e15, 1e15).map(lambda value: value if abs(value) > 1e-15 else 0.0),
)


def dataset(y: np.ndarray) -> Dataset:
    return Dataset.of_values(
        np.arange(len(y), dtype=float)[:, np.newaxis], y, ["x"], [f"y{i}" for i in range(y.shape[1])]
    )


@given(VALUES)
def test_scaled_targets_have_mean_0_and_deviation_1_and_come_back(y: np.ndarray) -> None:
    targets = TargetMap.fit(dataset(y))
    scaled = targets.transform(y)
    varies = np.ptp(y, axis=0) > 1e-9 * np.abs(y).max(axis=0)
    np.testing.assert_allclose(scaled.mean(axis=0), 0.0, atol=1e-6)
    np.testing.assert_allclose(scaled.std(axis=0)[varies], 1.0, rtol=1e-6)
    np.testing.assert_allclose(targets.restore(scaled), y, rtol=1e-9, atol=1e-9 * np.abs(y).max(initial=1e-300))


@given(VALUES)
def test_a_constant_target_is_not_divided_by_its_dust(y: np.ndarray) -> None:
    y[:] = y[0]
    assert (TargetMap.fit(dataset(y)).scale == 1.0).all()


@given(VALUES)
def test_the_plain_map_changes_nothing(y: np.ndarray) -> None:
    targets = TargetMap.plain(y.shape[1])
    assert targets.transform(y) is y
    assert targets.restore(y) is y


@given(VALUES)
def test_a_map_is_stored_and_read_bit_for_bit(y: np.ndarray) -> None:
    targets = TargetMap.fit(dataset(y))
    again = TargetMap.from_dict(targets.to_dict(), y.shape[1])
    np.testing.assert_array_equal(again.restore(y), targets.restore(y))


@pytest.mark.parametrize(
    "changes",
    [{"scale": [0.0]}, {"scale": [-1.0]}, {"scale": [np.inf]}, {"offset": [np.nan]}, {"offset": [1.0, 2.0]}],
)
def test_a_damaged_map_is_refused(changes: dict[str, list[float]]) -> None:
    stored = TargetMap.fit(dataset(np.array([[1.0], [2.0]]))).to_dict()
    with pytest.raises(SettingError, match="one positive scale for each output"):
        TargetMap.from_dict({**stored, **changes}, 1)


@pytest.mark.parametrize(
    ("mean", "deviation", "hard"),
    [
        (0.0, 1.0, False),
        (2.9, 1.0, False),
        (3.1, 1.0, True),
        (-3.1, 1.0, True),
        (0.0, 2.9, False),
        (0.0, 3.1, True),
        (0.0, 0.34, False),
        (0.0, 0.32, True),
    ],
)
def test_targets_are_hard_to_learn_far_from_0_and_very_wide_or_narrow(
    mean: float, deviation: float, hard: bool
) -> None:
    one = np.array([[-1.0], [1.0]])
    assert are_hard_to_learn(dataset(mean + deviation * one)) == hard
    # One such target of several is enough.
    assert are_hard_to_learn(dataset(np.hstack([one, mean + deviation * one]))) == hard


def test_classes_have_no_units() -> None:
    assert not are_hard_to_learn(load_dataset("iris"))
