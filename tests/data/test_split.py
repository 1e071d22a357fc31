"""Splits: nothing lost, nothing twice, shares exact to a row, every class in the training rows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.core.errors import SettingError
from nnviz.data import load_dataset
from nnviz.data.split import Fold, check_folds, check_fraction, divided, folded, random_rows, stratified_rows

class_lists = st.lists(st.integers(0, 5), min_size=1, max_size=200).map(lambda c: np.array(c, dtype=np.int64))
fractions = st.floats(0.1, 0.9)
seeds = st.integers(0, 2**31 - 1)


@given(class_lists, fractions, seeds)
def test_every_row_is_in_exactly_one_part(classes, fraction, seed):
    train, test = stratified_rows(classes, fraction, seed)
    assert sorted([*train, *test]) == list(range(len(classes)))


@given(class_lists, fractions, seeds)
def test_shares_are_exact_to_a_row_and_no_class_leaves_training(classes, fraction, seed):
    train, test = stratified_rows(classes, fraction, seed)
    for c in np.unique(classes):
        n, n_test = np.sum(classes == c), np.sum(classes[test] == c)
        assert n_test < n
        assert abs(n_test - n * fraction) < 1 or n_test == n - 1
        assert np.sum(classes[train] == c) >= 1


@given(class_lists, fractions, seeds)
def test_the_total_is_right_unless_a_class_would_leave_training(classes, fraction, seed):
    _, test = stratified_rows(classes, fraction, seed)
    wanted = round(len(classes) * fraction)
    assert len(test) <= wanted + 1
    counts = np.bincount(classes)
    counts = counts[counts > 0]
    if np.all(np.ceil(counts * fraction) <= counts - 1):
        assert len(test) == wanted


@given(class_lists, fractions, seeds)
def test_a_seed_decides_the_split(classes, fraction, seed):
    for first, second in zip(
        stratified_rows(classes, fraction, seed), stratified_rows(classes, fraction, seed), strict=True
    ):
        assert np.array_equal(first, second)


@given(st.integers(1, 300), fractions, seeds)
def test_a_random_split_takes_its_share(n_rows, fraction, seed):
    train, test = random_rows(n_rows, fraction, seed)
    assert sorted([*train, *test]) == list(range(n_rows))
    assert len(test) == min(round(n_rows * fraction), n_rows - 1)


@given(class_lists, st.one_of(st.just(0.0), st.floats(0.1, 0.5)), st.floats(0.01, 0.4), seeds)
def test_three_parts_lose_nothing_and_are_stratified(classes, test_share, share, seed):
    train, validation, test = divided(len(classes), classes, test_share, share, seed)
    assert sorted([*train, *validation, *test]) == list(range(len(classes)))
    assert np.array_equal(test, divided(len(classes), classes, test_share, 0.0, seed)[2])
    for c in np.unique(classes):
        n, n_validation = np.sum(classes == c), np.sum(classes[validation] == c)
        assert np.sum(classes[train] == c) >= 1
        assert n_validation <= np.ceil(n * share + 1e-9)
        assert n_validation >= np.floor(n * share - 1e-9) or np.sum(classes[train] == c) == 1


def test_without_a_validation_share_the_split_is_as_it_ever_was():
    data = load_dataset("iris")
    train, test = data.split(0.3, seed=4)
    again, nothing, same = data.parts(0.3, 0.0, 4)
    assert np.array_equal(train.X, again.X)
    assert np.array_equal(test.X, same.X)
    assert nothing.n_samples == 0
    # Drawn with version 0.1.
    assert test.X[:3].tolist() == [[5.9, 3.2, 4.8, 1.8], [4.6, 3.1, 1.5, 0.2], [5.6, 3.0, 4.5, 1.5]]
    assert train.X[:3].tolist() == [[7.1, 3.0, 5.9, 2.1], [6.7, 3.1, 4.4, 1.4], [5.0, 3.4, 1.5, 0.2]]


def test_a_validation_share_gives_three_parts():
    data = load_dataset("iris")
    train, validation, test = data.split(0.2, 0.2, seed=4)
    assert (train.class_counts, validation.class_counts, test.class_counts) == ((30,) * 3, (10,) * 3, (10,) * 3)
    assert np.array_equal(test.X, data.split(0.2, seed=4)[1].X)
    values = load_dataset("concrete").split(0.2, 0.1, seed=1)
    assert [part.n_samples for part in values] == [721, 103, 206]


@pytest.mark.parametrize(
    ("shares", "words"),
    [
        ((0.3, 0.5), "between 0 and 0.4, not 0.5; a seed is given by name"),
        ((0.3, 7), "between 0 and 0.4, not 7"),
        ((0.3, "half"), "must be a number"),
        ((0.7, 0.3), "together may be 90 % of all, not 100 %"),
    ],
)
def test_validation_shares_out_of_range_are_refused(shares, words):
    with pytest.raises(SettingError, match=words):
        load_dataset("iris").split(*shares)


@pytest.mark.parametrize("fraction", [0.05, 0.95, -0.1, 1.0, float("nan"), "half", None])
def test_fractions_out_of_range_are_refused(fraction):
    with pytest.raises(SettingError, match="test fraction must"):
        check_fraction(fraction)


def test_different_seeds_split_differently():
    data = load_dataset("moons", n_samples=100)
    first, second = data.split(0.3, seed=0)[0], data.split(0.3, seed=1)[0]
    assert not np.array_equal(first.X, second.X)


def test_no_test_rows_leaves_the_data_as_they_are():
    data = load_dataset("source_c")
    train, test = data.split(0.0)
    assert train is data
    assert test.n_samples == 0
    assert test.X.shape == (0, 3)
    assert test.y.shape == (0, 1)


def test_iris_sorted_by_species_is_mixed_and_balanced():
    train, test = load_dataset("iris").split(0.3, seed=4)
    assert train.class_counts == (35, 35, 35)
    assert test.class_counts == (15, 15, 15)
    assert len(set(train.labels[:20])) == 3


def test_regression_is_split_too():
    train, test = load_dataset("concrete").split(0.2, seed=1)
    assert (train.n_samples, test.n_samples) == (824, 206)
    assert train.feature_names == test.feature_names


@given(class_lists, st.integers(2, 7), st.sampled_from([0.0, 0.2, 0.4]), st.booleans(), seeds)
def test_every_row_is_tested_in_one_fold_and_classes_are_spread_evenly(classes, count, share, stratified, seed):
    given_classes, n = classes if stratified else None, len(classes)
    tested, sizes, of_classes = [], [], []
    for number in range(count):
        train, validation, test = folded(n, given_classes, Fold(number, count), share, seed)
        assert sorted([*train, *validation, *test]) == list(range(n))
        tested += test.tolist()
        sizes.append(len(test))
        of_classes.append(np.bincount(classes[test], minlength=6))
        if stratified and share and len(train):
            assert set(classes[train]) == set(classes[[*train, *validation]])
    assert sorted(tested) == list(range(n))
    assert max(sizes) - min(sizes) <= 1
    if stratified:
        assert np.ptp(of_classes, axis=0).max() <= 1


def test_folds_need_rows():
    assert check_folds(5, 5) == 5
    for folds in (1, 6, 2.5, "many"):
        with pytest.raises(SettingError):
            check_folds(folds, 5)
