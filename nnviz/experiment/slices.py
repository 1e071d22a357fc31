"""How far the data lie from a slice: a map of two features is honest about those points only that lie near it.

Where there are more than two features, a point drawn on the map has other values of the features that are held, and
the network's answer to it may be another than the colour below it. The distance says how much that has to be feared.
"""

from __future__ import annotations

import numpy as np

from nnviz.core.layout import Array
from nnviz.data import Dataset
from nnviz.experiment.frame import RowId
from nnviz.experiment.prepare import Prepared

Held = tuple[tuple[int, float], ...]
"""Raw features that are not on an axis, and the values at which they are held."""

NEAR = 0.5
"""Points up to so far from the slice lie near it."""
FAR = 2.0
"""From here on points are as faint as they get."""
FAINTEST = 0.2
"""Opacity of the farthest points: still to be seen."""


def middle_row(prepared: Prepared, through: RowId | None = None) -> Array:
    """Return the raw features ``(n_features,)`` that a slice goes through: a sample's, or the training means."""
    if through is not None and has_row(prepared, through):
        return np.asarray(_part(prepared, through).X[through[1]])
    return prepared.inputs.feature_means


def has_row(prepared: Prepared, row: RowId) -> bool:
    """Whether the data have that row."""
    return row[1] < _part(prepared, row).n_samples


def _part(prepared: Prepared, row: RowId) -> Dataset:
    return prepared.train if row[0] == "train" else prepared.test


def held_features(prepared: Prepared, axes: tuple[int, int], through: RowId | None = None) -> Held:
    """Return which features are held on a slice over `axes`, and where."""
    middle = middle_row(prepared, through).tolist()
    return tuple((feature, value) for feature, value in enumerate(middle) if feature not in axes)


def slice_distances(prepared: Prepared, held: Held) -> dict[str, Array] | None:
    """Return how far each row lies from the slice on which some features are held.

    The distance is the root mean square, over the held features that vary, of the difference from the value at which
    the feature is held, in standard deviations of the training rows.

    Parameters
    ----------
    prepared : Prepared
    held : tuple of (int, float)
        As by `held_features`.

    Returns
    -------
    dict of str to ndarray, or None
        "train" and "test", each ``(n_rows,)``, 0 or more; None where nothing is held.
    """
    if not held:
        return None
    features, middle = np.array([feature for feature, _ in held]), np.array([value for _, value in held])
    values = prepared.train.X[:, features]
    scale = values.std(axis=0)
    varies = scale > 1e-12 * np.maximum(1.0, np.abs(values).max(axis=0))
    features, middle, scale = features[varies], middle[varies], scale[varies]
    distances = {}
    for name, part in (("train", prepared.train), ("test", prepared.test)):
        away = (part.X[:, features] - middle) / scale
        distances[name] = np.sqrt((away * away).mean(axis=1)) if len(features) else np.zeros(part.n_samples)
    return distances


def opacities(distances: Array) -> Array:
    """Return how opaque points at `distances` from a slice are drawn: 1 up to `NEAR`, then less, down to `FAINTEST`."""
    faded = np.clip((distances - NEAR) / (FAR - NEAR), 0.0, 1.0)
    return np.asarray(1.0 - (1.0 - FAINTEST) * faded)
