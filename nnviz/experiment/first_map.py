"""Which map of many features is shown before anybody chooses one: the one on which the points lie near the picture.

Two features that part the classes (or explain the target) best are the easiest to read, so they are taken where most
points lie near their slice; else the plane of the principal components; and where no slice is near anything, the answer
is averaged over the data, which claims nothing about single points.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from nnviz.core.layout import Array
from nnviz.data import Dataset
from nnviz.data.compact import rows_of
from nnviz.experiment.frame import Hold
from nnviz.experiment.typical import are_categories

if TYPE_CHECKING:
    from nnviz.experiment.components import Components

NEAR = 0.5
"""Points up to so far from a slice lie near it: rms over what is held, in standard deviations."""
SOME = 0.05
"""Share of the points that has to lie near a plane which is to show where points lie."""
#: Share of the points that is to lie near the slice of two features.
_MOST = 0.5
#: Two features are read more easily than two components, where they show so large a share of the points as well.
_READABLE = 0.8
#: Features of which all pairs are looked at, and rows, evenly spaced.
_MOST_FEATURES, _MOST_ROWS = 16, 2000
#: Cells of these rows at the most: every pair looks at all of them.
_MOST_CELLS = 200_000


class FirstMap(Struct, frozen=True):
    """The features along x and y, and what becomes of the others."""

    axes: tuple[int, int]
    hold: Hold


def first_map(
    train: Dataset,
    distances: Callable[[tuple[int, int]], Array],
    components: Callable[[], Components],
) -> FirstMap:
    """Return which map is shown first.

    Parameters
    ----------
    train : Dataset
        With three features at least.
    distances : callable
        Takes two features; returns how far some training rows lie from the slice over them ``(n,)``.
    components : callable
        Returns the principal components; called only where they may be shown.
    """
    X, y = some_rows(train)
    varies = np.flatnonzero(X.std(axis=0) > 1e-12 * np.maximum(1.0, np.abs(X).max(axis=0)))
    if len(varies) < 2:
        return FirstMap((0, 1), Hold("means"))
    if train.image_shape is not None or train.colour_shape is not None:
        first, second = sorted(np.argsort(-X.var(axis=0), kind="stable")[:2].tolist())
        return FirstMap((first, second), Hold("components"))
    categories = are_categories(train)
    numbers = [feature for feature in varies.tolist() if not categories[feature]]
    pairs = _pairs(X, y, numbers if len(numbers) >= 2 else varies.tolist())
    near = {pair: float((distances(pair) <= NEAR).mean()) for pair in pairs}
    wide = [pair for pair in pairs if near[pair] >= _MOST]
    if wide:
        return FirstMap(wide[0], Hold("means"))
    best = pairs[0]
    if len(numbers) >= 2:
        # Components of categories would lead between them.
        on_plane = float((components().distances(X) <= NEAR).mean())
        if on_plane >= SOME and near[best] < _READABLE * on_plane:
            return FirstMap(best, Hold("components"))
    nearest = max(pairs, key=lambda pair: near[pair])
    if len(numbers) < 2 and near[nearest] >= SOME:
        return FirstMap(nearest, Hold("means"))
    return FirstMap(best, Hold("means") if near[best] >= SOME else Hold("average"))


def some_rows(train: Dataset) -> tuple[Array, Array]:
    """Return raw features and targets, classes as 0 and 1, of some training rows, evenly spaced."""
    n_rows = min(train.n_samples, _MOST_ROWS, max(50, _MOST_CELLS // train.n_features))
    rows = np.unique(np.linspace(0, train.n_samples - 1, n_rows).astype(int))
    y = train.y[rows] if train.task == "regression" else np.eye(len(train.class_names))[train.class_index[rows]]
    return rows_of(train, rows), y


def _pairs(X: Array, y: Array, features: list[int]) -> list[tuple[int, int]]:
    """Return pairs of features, those first that explain most of the target together."""
    Z, targets = X - X.mean(axis=0), y - y.mean(axis=0)
    alone = {feature: _explained(Z[:, [feature]], targets) for feature in features}
    features = sorted(sorted(features, key=lambda feature: -alone[feature])[:_MOST_FEATURES])
    scores = {pair: _explained(Z[:, list(pair)], targets) for pair in combinations(features, 2)}
    return sorted(scores, key=lambda pair: -round(scores[pair], 6))


def _explained(Z: Array, targets: Array) -> float:
    """Return the share of the variance of `targets` that a straight line of centred features explains.

    Of classes coded 0 and 1 this grows with how well a line parts them, as Fisher's criterion does.
    """
    solution = np.linalg.lstsq(Z, targets, rcond=None)[0]
    left, total = float(((targets - Z @ solution) ** 2).sum()), float((targets**2).sum())
    return 1.0 - left / total if total > 0.0 else 0.0
