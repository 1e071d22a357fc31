"""The plane of the first two principal components: the one on which rows of many features differ most.

Features count in standard deviations, because their units cannot be compared; the pixels of a picture share their unit
and count in the standard deviation of all of them. Categories are held at the most frequent one where two numbers are
there to span a plane.
"""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from nnviz.core.layout import Array
from nnviz.data import Dataset
from nnviz.data.compact import rows_of
from nnviz.experiment.typical import are_categories, typical_row

#: Rows that the components are found from at the most, evenly spaced: more would change them hardly at all.
MOST_ROWS = 5000


class Components(Struct, frozen=True):
    """Two orthogonal directions through the mean of the training rows, the most frequent category of categories.

    Attributes
    ----------
    centre, scale : ndarray ``(n_features,)``
        A row counts as ``(x - centre) / scale``.
    directions : ndarray ``(2, n_features)``
        Of length 1, orthogonal; the largest entry of each is positive.
    explained : (float, float)
        Share of the variance of the rows along each, 0 … 1; of the numbers alone where they span the plane.
    is_of_numbers : bool
        Whether numbers span the plane and categories are held; else there are not enough numbers.
    """

    centre: Array
    scale: Array
    directions: Array
    explained: tuple[float, float]
    is_of_numbers: bool = True

    def scores(self, X: Array) -> Array:
        """Return where rows ``(n, n_features)`` lie on the plane ``(n, 2)``."""
        return np.asarray((X - self.centre) / self.scale @ self.directions.T)

    def rows(self, scores: Array) -> Array:
        """Return the raw features ``(n, n_features)`` of places on the plane ``(n, 2)``."""
        return np.asarray(self.centre + scores @ self.directions * self.scale)

    def distances(self, X: Array) -> Array:
        """Return how far rows lie from the plane ``(n,)``: rms over the features, in the units of `scale`."""
        away = (X - self.rows(self.scores(X))) / self.scale
        return np.asarray(np.sqrt((away * away).mean(axis=1)))


def principal_components(train: Dataset) -> Components:
    """Return the two directions along which the rows of `train` vary most (its eigenvectors of the covariance).

    Parameters
    ----------
    train : Dataset
        With two features at least.
    """
    rows = np.unique(np.linspace(0, train.n_samples - 1, min(train.n_samples, MOST_ROWS)).astype(int))
    X = rows_of(train, rows)
    centre, scale, deviations = X.mean(axis=0), np.ones(X.shape[1]), X.std(axis=0)
    varies = deviations > 1e-12 * np.maximum(1.0, np.abs(X).max(axis=0))
    if train.image_shape is None and train.colour_shape is None:
        scale[varies] = deviations[varies]
    elif varies.any():
        scale[:] = np.sqrt((deviations**2).mean())
    Z = (X - centre) / scale
    categories = are_categories(train)
    is_of_numbers = bool(np.count_nonzero(varies & ~categories) >= 2)
    if is_of_numbers:
        # The plane goes through what there is: between two categories there is nothing.
        centre[categories] = typical_row(train)[categories]
        Z[:, categories] = 0.0
    wide = Z.shape[1] > Z.shape[0]
    # The same directions, from the smaller of the two matrices.
    values, vectors = np.linalg.eigh(Z @ Z.T if wide else Z.T @ Z)
    total = max(float(values.clip(0.0).sum()), 1e-300)
    found = vectors[:, [-1, -2]].T
    directions = np.linalg.qr((found @ Z).T)[0].T if wide else found
    largest = np.abs(directions).argmax(axis=1)
    directions = directions * np.where(directions[[0, 1], largest] < 0.0, -1.0, 1.0)[:, np.newaxis]
    shares = values[[-1, -2]].clip(0.0) / total
    return Components(centre, scale, directions, (float(shares[0]), float(shares[1])), is_of_numbers)
