"""How far the data lie from a slice: a map of two features is honest about those points only that lie near it.

Where there are more than two features, a point drawn on the map has other values of the features that are held, and
the network's answer to it may be another than the colour below it. The distance says how much that has to be feared.
"""

from __future__ import annotations

import numpy as np

from nnviz.core.layout import Array
from nnviz.experiment.prepare import Prepared

NEAR = 0.5
"""Points up to so far from the slice lie near it."""
FAR = 2.0
"""From here on points are as faint as they get."""
FAINTEST = 0.2
"""Opacity of the farthest points: still to be seen."""


def slice_distances(prepared: Prepared, axes: tuple[int, int]) -> dict[str, Array] | None:
    """Return how far each row lies from the slice on which all features but two are held at their training means.

    The distance is the root mean square, over the held features that vary, of the difference from the value at which
    the feature is held, in standard deviations of the training rows.

    Parameters
    ----------
    prepared : Prepared
    axes : (int, int)
        Raw features along x and y.

    Returns
    -------
    dict of str to ndarray, or None
        "train" and "test", each ``(n_rows,)``, 0 or more; None where nothing is held.
    """
    train = prepared.train.X
    held = [feature for feature in range(train.shape[1]) if feature not in axes]
    if not held:
        return None
    deviations = train[:, held].std(axis=0)
    varies = deviations > 1e-12 * np.maximum(1.0, np.abs(train[:, held]).max(axis=0))
    features, scale = np.array(held)[varies], deviations[varies]
    middle = prepared.inputs.feature_means[features]
    distances = {}
    for name, part in (("train", prepared.train), ("test", prepared.test)):
        away = (part.X[:, features] - middle) / scale
        distances[name] = np.sqrt((away * away).mean(axis=1)) if len(features) else np.zeros(part.n_samples)
    return distances


def opacities(distances: Array) -> Array:
    """Return how opaque points at `distances` from a slice are drawn: 1 up to `NEAR`, then less, down to `FAINTEST`."""
    faded = np.clip((distances - NEAR) / (FAR - NEAR), 0.0, 1.0)
    return np.asarray(1.0 - (1.0 - FAINTEST) * faded)
