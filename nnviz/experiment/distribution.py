"""Where the weighted sums of a layer lie: the histogram that shows whether its units saturate, die or explode."""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from nnviz.core.arrays import read_only
from nnviz.core.layout import Array

#: Bins of the histogram, and rows that stand for larger training sets.
N_BINS = 48
SAMPLED_ROWS = 1000
#: The bins reach at least so far to both sides, and so far that no more than this share lies beyond.
LEAST_EXTENT = 4.0
SHARE_BEYOND = 0.01


class Distribution(Struct, frozen=True):
    """Where the weighted sums of one layer lie, over its units and the training rows.

    Attributes
    ----------
    layer : int
        1 … L.
    extent : float
        The bins cover ``-extent … extent``: 4, 6, 8, 12, 16 … so that an axis made of it mostly stands still while
        training.
    shares : ndarray ``(n_bins,)``
        Share of the sums in each bin, all of the same width. What lies beyond is in the outermost bins.
    """

    layer: int
    extent: float
    shares: Array


def distribution(layer: int, sums: Array) -> Distribution:
    """Return the histogram of `sums`, any shape; those that are not finite are left out.

    Parameters
    ----------
    layer : int
        1 … L, for the record.
    sums : ndarray
        Pre-activations of the layer's units on some rows.
    """
    values = sums[np.isfinite(sums)]
    extent = LEAST_EXTENT
    if values.size:
        reach = float(np.quantile(np.abs(values), 1.0 - SHARE_BEYOND))
        octave = 2.0 ** float(np.ceil(np.log2(max(reach, LEAST_EXTENT))))
        extent = 0.75 * octave if LEAST_EXTENT < 0.75 * octave >= reach else octave
    # Counted by index, which is several times as fast as looking for the bin of each.
    index = ((np.clip(values, -extent, extent) + extent) * (0.5 * N_BINS / extent)).astype(np.intp).ravel()
    counts = np.bincount(np.minimum(index, N_BINS - 1), minlength=N_BINS)
    return Distribution(layer, extent, read_only(counts / max(values.size, 1)))


def sampled(X: Array) -> Array:
    """Return about `SAMPLED_ROWS` rows of `X`, evenly spaced; all where there are no more."""
    step = max(1, len(X) // SAMPLED_ROWS)
    return X[::step]
