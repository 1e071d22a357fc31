"""A slice through many features: two of them vary, the others are held, and a category stays a whole one."""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from nnviz.core.layout import Array
from nnviz.data import Dataset
from nnviz.experiment.typical import one_hot_groups

Axes = tuple[int, int]
_ROWS_AT_ONCE = 10_000


class Spread(Struct, frozen=True):
    """What is known of the training rows for every slice through them.

    Attributes
    ----------
    means, scale : ndarray (n_features,)
        Mean and standard deviation; the latter 0 where a feature does not vary.
    groups : tuple of tuple of int
        Features that are the categories of one column, of which one is 1.
    """

    means: Array
    scale: Array
    groups: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, train: Dataset) -> Spread:
        """Return the spread of training rows."""
        X = train.X
        if not len(X):
            return cls(np.zeros(X.shape[1]), np.zeros(X.shape[1]), ())
        scale = X.std(axis=0)
        scale[scale <= 1e-12 * np.maximum(1.0, np.abs(X).max(axis=0))] = 0.0
        return cls(X.mean(axis=0), scale, one_hot_groups(train))


class Slice(Struct, frozen=True):
    """A slice through `middle`.

    Attributes
    ----------
    spread : Spread
    middle : ndarray (n_features,)
    whole : bool
        Whether the other categories of a column give way where one of them is on an axis: at 1 none of them is left, at
        0 it is the one of `middle`, or else the most frequent.
    """

    spread: Spread
    middle: Array
    whole: bool = True

    def rows(self, axes: Axes, x: Array, y: Array) -> Array:
        """Return the raw features ``(n, n_features)`` at places `x`, `y` ``(n,)`` of the map."""
        raw = np.tile(self.middle, (len(x), 1))
        raw[:, axes[1]] = y
        raw[:, axes[0]] = x
        for group, others, filler in self._giving_way(axes):
            raw[:, list(others)] = 0.0
            on_axes = [feature for feature in group if feature in axes]
            raw[:, filler] = np.clip(1.0 - raw[:, on_axes].sum(axis=1), 0.0, 1.0)
        return raw

    def held(self, axes: Axes) -> tuple[int, ...]:
        """Return the features that have the same value everywhere on the map."""
        moving = {*axes, *(feature for _, others, _ in self._giving_way(axes) for feature in others)}
        return tuple(feature for feature in range(len(self.middle)) if feature not in moving)

    def distances(self, X: Array, axes: Axes) -> Array:
        """Return how far rows lie from the slice ``(n,)``.

        The root mean square, over all features that vary and are on no axis, of the difference from their value where
        the row lies on the map, in standard deviations of the training rows.
        """
        counted = self.spread.scale > 0.0
        counted[list(axes)] = False
        features = np.flatnonzero(counted)
        if not len(features):
            return np.zeros(len(X))
        found = np.empty(len(X))
        # Some rows at a time: what is computed on the way would take several times what all of them take.
        for start in range(0, len(X), _ROWS_AT_ONCE):
            some = X[start : start + _ROWS_AT_ONCE]
            here: Array = self.middle[features]
            if self._giving_way(axes):
                here = self.rows(axes, some[:, axes[0]], some[:, axes[1]])[:, features]
            away = (some[:, features] - here) / self.spread.scale[features]
            found[start : start + _ROWS_AT_ONCE] = np.sqrt((away * away).mean(axis=1))
        return found

    def _giving_way(self, axes: Axes) -> list[tuple[tuple[int, ...], tuple[int, ...], int]]:
        """Return the groups with a category on an axis, its others, and the one that takes its place at 0."""
        if not self.whole:
            return []
        found = []
        for group in self.spread.groups:
            others = tuple(feature for feature in group if feature not in axes)
            if others and len(others) < len(group):
                best = max(others, key=lambda feature: (self.middle[feature], self.spread.means[feature]))
                found.append((group, others, best))
        return found
