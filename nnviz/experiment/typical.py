"""A row in the middle of the data that could be one: numbers at their means, categories at the most frequent one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnviz.core.arrays import read_only
from nnviz.core.layout import Array
from nnviz.data import Dataset
from nnviz.data.compact import columns_of, limits_of


def one_hot_groups(train: Dataset) -> tuple[tuple[int, ...], ...]:
    """Return the features that are the categories of one column of a table: "kind=a", "kind=b", one of them 1."""
    heads: dict[str, list[int]] = {}
    for feature, name in enumerate(train.feature_names):
        head, equals, category = name.partition("=")
        if equals and category:
            heads.setdefault(head, []).append(feature)
    found = []
    for features in heads.values():
        values = columns_of(train, features)
        if len(features) > 1 and bool(np.isin(values, (0.0, 1.0)).all()) and bool((values.sum(axis=1) == 1.0).all()):
            found.append(tuple(features))
    return tuple(found)


def are_categories(train: Dataset) -> NDArray[np.bool_]:
    """Return which features ``(n_features,)`` stand for categories: one of several, or one of two values."""
    found = np.zeros(train.n_features, dtype=bool)
    if not train.n_samples or train.image_shape is not None or train.colour_shape is not None:
        # A pixel that is black or white is still a measured one.
        return found
    for group in one_hot_groups(train):
        found[list(group)] = True
    (lows, highs), X = limits_of(train), train.X
    two = (lows < highs) & [bool(((X[:, k] == lows[k]) | (X[:, k] == highs[k])).all()) for k in range(X.shape[1])]
    return np.asarray(found | two)


def typical_row(train: Dataset) -> Array:
    """Return raw features ``(n_features,)``: the means of numbers, the most frequent category or value of the others.

    Between two categories there is nothing, so that a network's answer there says nothing about any row.
    """
    if not train.n_samples:
        return read_only(np.zeros(train.n_features))
    X = train.X
    row = X.mean(axis=0)
    categories = are_categories(train)
    for feature in np.flatnonzero(categories).tolist():
        values, counts = np.unique(X[:, feature], return_counts=True)
        row[feature] = values[counts.argmax()]
    for group in one_hot_groups(train):
        means = X[:, list(group)].mean(axis=0)
        row[list(group)] = np.eye(len(group))[means.argmax()]
    return read_only(row)
