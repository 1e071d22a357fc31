"""What a map of two of many features does with the others, and how far the data lie from the slice that it shows.

A point drawn on the map has other values of the features that are held, and the network's answer to it may be another
than the colour below it. The distance says how much that has to be feared.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from nnviz.core.arrays import read_only
from nnviz.core.layout import Array
from nnviz.data import Dataset
from nnviz.experiment.frame import Hold, RowId
from nnviz.experiment.prepare import Prepared

Held = tuple[tuple[int, float], ...]
"""Raw features that are not on an axis, and the values at which they are held."""

NEAR = 0.5
"""Points up to so far from the slice lie near it."""
FAR = 2.0
"""From here on points are as faint as they get."""
FAINTEST = 0.2
"""Opacity of the farthest points: still to be seen."""
MOST_AVERAGED = 200
"""Training rows that an average is taken over at the most."""
LEAST_AVERAGED = 10
AVERAGED_WORK = 1e8
"""Multiplications that an average over a plane of 1600 places may take: it bounds the number of rows."""
MEANS = Hold()
"""The other features at their training means."""


def in_force(prepared: Prepared, wanted: Hold) -> Hold:
    """Return `wanted`, or the means where it cannot be had: nothing is held, no such row, values of other data."""
    n_features = prepared.dataset.n_features
    if n_features <= 2:
        return MEANS
    if wanted.kind == "auto":
        return Hold("components") if prepared.dataset.image_shape is not None else MEANS
    if wanted.kind == "row":
        return wanted if wanted.row is not None and has_row(prepared, wanted.row) else MEANS
    if wanted.kind == "values":
        return wanted if len(wanted.values) == n_features else MEANS
    return wanted


def has_row(prepared: Prepared, row: RowId) -> bool:
    """Whether the data have that row."""
    return row[1] < _part(prepared, row).n_samples


def _part(prepared: Prepared, row: RowId) -> Dataset:
    return prepared.train if row[0] == "train" else prepared.test


def middle_row(prepared: Prepared, hold: Hold = MEANS) -> Array:
    """Return raw features ``(n_features,)`` that a slice goes through: the training means, a sample, or given values.

    Of an average and of the plane of the components, the means.
    """
    hold = in_force(prepared, hold)
    if hold.kind == "row" and hold.row is not None:
        return np.asarray(_part(prepared, hold.row).X[hold.row[1]])
    if hold.kind == "values":
        return np.array(hold.values)
    return prepared.inputs.feature_means


def held_features(prepared: Prepared, axes: tuple[int, int], hold: Hold = MEANS) -> Held:
    """Return which features are held on a slice over `axes`, and where; none in an average or on other planes."""
    if in_force(prepared, hold).kind in ("average", "components"):
        return ()
    middle = middle_row(prepared, hold).tolist()
    return tuple((feature, value) for feature, value in enumerate(middle) if feature not in axes)


def places(prepared: Prepared, axes: tuple[int, int], hold: Hold = MEANS) -> dict[str, Array]:
    """Return where the "train" and "test" points lie on the map ``(n, 2)``; of one feature, the value is the height."""
    hold = in_force(prepared, hold)
    found = {}
    for name, part in (("train", prepared.train), ("test", prepared.test)):
        if part.X.shape[1] == 1:
            found[name] = np.column_stack([part.X[:, 0], part.y[:, 0]])
        elif hold.kind == "components":
            found[name] = prepared.components.scores(part.X)
        else:
            found[name] = part.X[:, list(axes)]
    return found


def raw_rows(prepared: Prepared, axes: tuple[int, int], hold: Hold, x: Array, y: Array) -> Array:
    """Return the raw features ``(n, n_features)`` at places of a map, `x` and `y` ``(n,)``; not of an average."""
    hold = in_force(prepared, hold)
    if hold.kind == "components":
        return prepared.components.rows(np.column_stack([x, y]))
    raw = np.tile(middle_row(prepared, hold), (len(x), 1))
    raw[:, axes[1]] = y
    raw[:, axes[0]] = x
    return raw


def averaged_rows(prepared: Prepared) -> Array:
    """Return the training rows ``(n, n_features)`` that an average is taken over, evenly spaced.

    There are fewer of them the larger the network is, so that an average never takes much more time than a slice.
    """
    sizes = prepared.layer_sizes
    work = 1600 * (sizes[0] + sum(below * above for below, above in pairwise(sizes)))
    n = min(MOST_AVERAGED, prepared.train.n_samples, max(LEAST_AVERAGED, int(AVERAGED_WORK / work)))
    rows = np.linspace(0, prepared.train.n_samples - 1, n).astype(int)
    return np.asarray(prepared.train.X[rows])


def slice_distances(prepared: Prepared, axes: tuple[int, int], hold: Hold = MEANS) -> tuple[Array, Array] | None:
    """Return how far each row lies from the slice or plane that a map shows.

    The distance is the root mean square, over the held features that vary, of the difference from the value at which
    the feature is held, in standard deviations of the training rows.

    Returns
    -------
    (ndarray, ndarray) or None
        Of the training and of the test rows, each ``(n_rows,)``, 0 or more; None where nothing is held.
    """
    parts = (prepared.train, prepared.test)
    if prepared.dataset.n_features > 2 and in_force(prepared, hold).kind == "components":
        train, test = (read_only(prepared.components.distances(part.X)) for part in parts)
        return train, test
    held = held_features(prepared, axes, hold)
    if not held or prepared.dataset.n_features <= 2:
        return None
    features, middle = np.array([feature for feature, _ in held]), np.array([value for _, value in held])
    values = prepared.train.X[:, features]
    scale = values.std(axis=0)
    varies = scale > 1e-12 * np.maximum(1.0, np.abs(values).max(axis=0))
    features, middle, scale = features[varies], middle[varies], scale[varies]

    def distances(part: Dataset) -> Array:
        away = (part.X[:, features] - middle) / scale
        return read_only(np.sqrt((away * away).mean(axis=1)) if len(features) else np.zeros(part.n_samples))

    return distances(prepared.train), distances(prepared.test)


def opacities(distances: Array) -> Array:
    """Return how opaque points at `distances` from a slice are drawn: 1 up to `NEAR`, then less, down to `FAINTEST`."""
    faded = np.clip((distances - NEAR) / (FAR - NEAR), 0.0, 1.0)
    return np.asarray(1.0 - (1.0 - FAINTEST) * faded)
