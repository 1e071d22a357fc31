"""Which rows are for training, which for validation and which for testing.

Seeded and, for classes, stratified: the shares are exact to within a row, and no class is missing from the training
rows.
"""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from nnviz.core.arguments import real, whole
from nnviz.core.bounds import TEST_SHARE, VALIDATION_SHARE
from nnviz.core.errors import SettingError

Index = NDArray[np.int64]

SMALLEST_FRACTION, LARGEST_FRACTION = TEST_SHARE.minimum / 100, TEST_SHARE.maximum / 100
LARGEST_VALIDATION = VALIDATION_SHARE.maximum / 100
LARGEST_TOGETHER = LARGEST_FRACTION
"""Of test and validation rows: the rest is for training."""


MOST_FOLDS = 1000


class Fold(Struct, frozen=True):
    """Which part of the rows is held back for testing, in cross-validation.

    Attributes
    ----------
    number : int
        From 0 on.
    count : int
        Into how many parts the rows are divided.
    """

    number: int
    count: int


def check_folds(folds: int, n_rows: int) -> int:
    """Return the number of folds, or raise `SettingError` unless each has a row to test and some to learn from."""
    count = whole(folds, "The number of folds", 2)
    if count > min(n_rows, MOST_FOLDS):
        most = min(n_rows, MOST_FOLDS)
        raise SettingError("There can be at most {0} folds here, not {1}: each needs a row of its own.", most, count)
    return count


def folded(
    n_rows: int, classes: Index | None, fold: Fold, validation_fraction: float, seed: int
) -> tuple[Index, Index, Index]:
    """Divide rows into training, validation and test rows, the latter those of a fold.

    Every row is tested in exactly one fold. Numbers of rows differ by one at most between the folds, and so do, where
    there are `classes`, those of each class. The validation rows are a share of all rows, taken from the others.
    """
    order = np.random.default_rng(seed).permutation(n_rows)
    if classes is not None:
        # Dealt out one by one, class after class.
        order = order[np.argsort(classes[order], kind="stable")]
    is_test = np.arange(n_rows) % fold.count == fold.number
    test, others = order[is_test], order[~is_test]
    if classes is not None:
        # Without an order by class, which mini-batches that are not shuffled would learn from.
        others = np.random.default_rng(seed).permutation(np.sort(others))
    n_validation = min(round(n_rows * validation_fraction), max(len(others) - 1, 0))
    if classes is None or not n_validation:
        return others[n_validation:], others[:n_validation], test
    left = np.bincount(classes[others], minlength=classes.max(initial=-1) + 1)
    is_validation = _first_of_each(classes[others], _shared(left, left, n_validation / len(others)))
    return others[~is_validation], others[is_validation], test


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


def check_fractions(test_fraction: float, validation_fraction: float) -> tuple[float, float]:
    """Return both fractions, or raise `SettingError` where one is out of its range or too few rows would be learnt."""
    fraction = check_fraction(test_fraction)
    validation = real(validation_fraction)
    if validation is None:
        raise SettingError("The validation fraction must be a number, not {0!r}.", validation_fraction)
    if not 0.0 <= validation <= LARGEST_VALIDATION:
        raise SettingError(
            "The validation fraction must lie between 0 and {0:g}, not {1:g}; a seed is given by name, as in seed=1.",
            LARGEST_VALIDATION,
            validation,
        )
    if fraction + validation > LARGEST_TOGETHER + 1e-9:
        raise SettingError(
            "Test and validation rows together may be {0:.0f} % of all, not {1:.0f} %: the network learns from the "
            "rest. Make one of the shares smaller.",
            100 * LARGEST_TOGETHER,
            100 * (fraction + validation),
        )
    return fraction, float(validation)


def divided(
    n_rows: int, classes: Index | None, test_fraction: float, validation_fraction: float, seed: int
) -> tuple[Index, Index, Index]:
    """Divide rows into training, validation and test rows, stratified where there are `classes`.

    The test rows are the same whatever the share of validation rows, which are taken from the others.
    """
    if test_fraction == 0.0 == validation_fraction:
        nothing = np.empty(0, dtype=np.int64)
        return np.arange(n_rows), nothing, nothing
    if classes is None:
        train, test = random_rows(n_rows, test_fraction, seed)
        n_validation = min(round(n_rows * validation_fraction), max(len(train) - 1, 0))
        return train[n_validation:], train[:n_validation], test
    train, test = stratified_rows(classes, test_fraction, seed)
    counts, left = np.bincount(classes), np.bincount(classes[train], minlength=classes.max(initial=-1) + 1)
    is_validation = _first_of_each(classes[train], _shared(counts, left, validation_fraction))
    return train[~is_validation], train[is_validation], test


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
    is_test = _first_of_each(classes[order], _shared(counts, counts, fraction))
    return order[~is_test], order[is_test]


def _shared(counts: Index, left: Index, fraction: float) -> Index:
    """Return how many rows each class gives: its exact share of `counts`, rounded so that the total is right, but so
    that at least one of those `left` remains.
    """
    shares = counts * fraction
    given = np.floor(shares).astype(np.int64)
    capacity = np.maximum(left - 1, 0)
    missing = _n_test(int(counts.sum()), fraction) - int(given.sum())
    # Of equal remainders the larger class gives the row: it has more of them.
    for c in np.lexsort((-counts, -(shares - given))):
        if missing > 0 and given[c] < min(capacity[c], np.ceil(shares[c])):
            given[c] += 1
            missing -= 1
    return np.asarray(np.minimum(given, capacity))


def _first_of_each(classes: Index, numbers: Index) -> NDArray[np.bool_]:
    """Return a mask of the first rows of each class, as many as `numbers` says."""
    chosen = np.zeros(len(classes), dtype=np.bool_)
    for c, n in enumerate(numbers):
        chosen[np.flatnonzero(classes == c)[:n]] = True
    return chosen


def _n_test(n_rows: int, fraction: float) -> int:
    return min(round(n_rows * fraction), max(n_rows - 1, 0))
