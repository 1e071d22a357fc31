"""Which rows are for training and which for testing.

Seeded and, for classes, stratified: the shares are exact to within a row, and no class is missing from the training
rows.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnviz.core.arguments import real
from nnviz.core.bounds import TEST_SHARE
from nnviz.core.errors import SettingError

Index = NDArray[np.int64]

SMALLEST_FRACTION, LARGEST_FRACTION = TEST_SHARE.minimum / 100, TEST_SHARE.maximum / 100


def check_fraction(test_fraction: float) -> float:
    """Return the test fraction, or raise `SettingError` unless it is 0 or 0.1 … 0.9."""
    fraction = real(test_fraction)
    if fraction is None:
        raise SettingError("The test fraction must be a number, not {0!r}.", test_fraction)
    if fraction != 0.0 and not SMALLEST_FRACTION <= fraction <= LARGEST_FRACTION:
        raise SettingError(
            "The test fraction must be 0 (no test rows) or lie between {0:g} and {1:g}, not {2:g}.",
            SMALLEST_FRACTION,
            LARGEST_FRACTION,
            fraction,
        )
    return float(fraction)


def random_rows(n_rows: int, fraction: float, seed: int) -> tuple[Index, Index]:
    """Divide ``0 … n_rows − 1`` at random into training and test rows; at least one row is for training."""
    order = np.random.default_rng(seed).permutation(n_rows)
    n_test = _n_test(n_rows, fraction)
    return order[n_test:], order[:n_test]


def stratified_rows(classes: Index, fraction: float, seed: int) -> tuple[Index, Index]:
    """Divide rows so that every class has its share of test rows.

    Parameters
    ----------
    classes : ndarray of int (n_rows,)
        Class of each row.
    fraction : float
        Share of test rows, between 0 and 1.
    seed : int

    Returns
    -------
    train, test : ndarray of int
        Row numbers in random order. Each class has its exact share of test rows rounded down or up (the classes with
        the largest remainders are rounded up, so that the total is right), but at least one training row.
    """
    order = np.random.default_rng(seed).permutation(len(classes))
    counts = np.bincount(classes)
    shares = counts * fraction
    n_test = np.floor(shares).astype(np.int64)
    capacity = np.maximum(counts - 1, 0)
    missing = _n_test(len(classes), fraction) - int(n_test.sum())
    # Of equal remainders the larger class gives the row: it has more of them.
    for c in np.lexsort((-counts, -(shares - n_test))):
        if missing > 0 and n_test[c] < min(capacity[c], np.ceil(shares[c])):
            n_test[c] += 1
            missing -= 1
    n_test = np.minimum(n_test, capacity)
    is_test = np.zeros(len(classes), dtype=np.bool_)
    for c, n in enumerate(n_test):
        is_test[order[classes[order] == c][:n]] = True
    return order[~is_test[order]], order[is_test[order]]


def _n_test(n_rows: int, fraction: float) -> int:
    return min(round(n_rows * fraction), max(n_rows - 1, 0))
