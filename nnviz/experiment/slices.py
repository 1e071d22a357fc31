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
from nnviz.data.compact import columns_of, rows_of
from nnviz.experiment.figures import PARTS, PartName
from nnviz.experiment.first_map import NEAR
from nnviz.experiment.frame import Hold, RowId
from nnviz.experiment.held import Slice
from nnviz.experiment.prepare import Prepared

Held = tuple[tuple[int, float], ...]
"""Raw features that are not on an axis, and the values at which they are held."""

FAR = 2.0
"""From here on points are as faint as they get."""
FAINTEST = 0.2
"""Opacity of the farthest points: still to be seen."""
MOST_AVERAGED = 200
"""Training rows that an average is taken over at the most."""
LEAST_AVERAGED = 10
AVERAGED_WORK = 1e8
"""Multiplications that an average over a plane of 1600 places may take: it bounds the number of rows."""
FIRST_AXES = (0, 1)
"""What nobody has chosen."""
MEANS = Hold()
"""The other features at their training means."""


def in_force(prepared: Prepared, wanted: Hold, axes: tuple[int, int] = FIRST_AXES) -> Hold:
    """Return `wanted`, or the means where it cannot be had: nothing is held, no such row, values of other data.

    Who has chosen `axes` of measured features sees a slice over them, whatever the first map would have been.
    """
    n_features = prepared.dataset.n_features
    if n_features <= 2:
        return MEANS
    if wanted.kind == "auto":
        first = prepared.first_map.hold
        is_chosen = axes != FIRST_AXES and prepared.dataset.image_shape is None
        return MEANS if is_chosen and first.kind == "components" else first
    if wanted.kind == "row":
        return wanted if wanted.row is not None and has_row(prepared, wanted.row) else MEANS
    if wanted.kind == "values":
        return wanted if len(wanted.values) == n_features else MEANS
    return wanted


def axes_in_force(prepared: Prepared, wanted: tuple[int, int], hold: Hold) -> tuple[int, int]:
    """Return the features along x and y: `wanted`, or those of the first map where nobody has chosen any."""
    n_features = prepared.dataset.n_features
    if n_features == 1:
        return 0, 0
    if n_features > 2 and hold.kind == "auto" and wanted == FIRST_AXES:
        return prepared.first_map.axes
    return wanted if all(0 <= axis < n_features for axis in wanted) else (0, 1)


def has_row(prepared: Prepared, row: RowId) -> bool:
    """Whether the data have that row."""
    return row[1] < _part(prepared, row).n_samples


def _part(prepared: Prepared, row: RowId) -> Dataset:
    return prepared.part(row[0])


def middle_row(prepared: Prepared, hold: Hold = MEANS) -> Array:
    """Return raw features ``(n_features,)`` that a slice goes through: the training means, a sample, or given values.

    Categories have no mean: they are held at the most frequent one. Of an average and of the plane of the components,
    the same.
    """
    hold = in_force(prepared, hold)
    if hold.kind == "row" and hold.row is not None:
        return rows_of(_part(prepared, hold.row), hold.row[1])
    if hold.kind == "values":
        return np.array(hold.values)
    return prepared.typical


def _slice(prepared: Prepared, hold: Hold) -> Slice:
    # What somebody holds where a slider puts it stays there.
    return Slice(prepared.spread, middle_row(prepared, hold), whole=in_force(prepared, hold).kind != "values")


def held_features(prepared: Prepared, axes: tuple[int, int], hold: Hold = MEANS) -> Held:
    """Return which features are held on a slice over `axes`, and where; none in an average or on other planes."""
    if in_force(prepared, hold).kind in ("average", "components"):
        return ()
    plane = _slice(prepared, hold)
    return tuple((feature, float(plane.middle[feature])) for feature in plane.held(axes))


def places(prepared: Prepared, axes: tuple[int, int], hold: Hold = MEANS) -> dict[PartName, Array]:
    """Return where the points of each part lie on the map ``(n, 2)``; of one feature, the value is the height."""
    hold = in_force(prepared, hold)
    found: dict[PartName, Array] = {}
    for name in PARTS:
        part = prepared.part(name)
        if part.n_features == 1:
            found[name] = np.column_stack([part.X[:, 0], part.y[:, 0]])
        elif hold.kind == "components":
            found[name] = prepared.components.scores(part.X)
        else:
            found[name] = columns_of(part, axes)
    return found


def raw_rows(prepared: Prepared, axes: tuple[int, int], hold: Hold, x: Array, y: Array) -> Array:
    """Return the raw features ``(n, n_features)`` at places of a map, `x` and `y` ``(n,)``; not of an average."""
    hold = in_force(prepared, hold)
    if hold.kind == "components":
        return prepared.components.rows(np.column_stack([x, y]))
    return _slice(prepared, hold).rows(axes, x, y)


def averaged_rows(prepared: Prepared) -> Array:
    """Return the training rows ``(n, n_features)`` that an average is taken over, evenly spaced.

    There are fewer of them the larger the network is, so that an average never takes much more time than a slice.
    """
    sizes = prepared.layer_sizes
    work = 1600 * (sizes[0] + sum(below * above for below, above in pairwise(sizes)))
    n = min(MOST_AVERAGED, prepared.train.n_samples, max(LEAST_AVERAGED, int(AVERAGED_WORK / work)))
    rows = np.linspace(0, prepared.train.n_samples - 1, n).astype(int)
    return rows_of(prepared.train, rows)


def slice_distances(prepared: Prepared, axes: tuple[int, int], hold: Hold = MEANS) -> tuple[Array, ...] | None:
    """Return how far each row lies from the slice or plane that a map shows.

    The distance is the root mean square, over the held features that vary, of the difference from the value at which
    the feature is held, in standard deviations of the training rows.

    Returns
    -------
    tuple of ndarray or None
        Of the rows of each of `PARTS`, ``(n_rows,)``, 0 or more; None where nothing is held.
    """
    hold = in_force(prepared, hold)
    if prepared.dataset.n_features <= 2 or hold.kind == "average":
        return None
    if hold.kind == "components":
        return tuple(read_only(prepared.components.distances(prepared.part(name).X)) for name in PARTS)
    plane = _slice(prepared, hold)
    return tuple(read_only(plane.distances(prepared.part(name).X, axes)) for name in PARTS)


def opacities(distances: Array) -> Array:
    """Return how opaque points at `distances` from a slice are drawn: 1 up to `NEAR`, then less, down to `FAINTEST`."""
    faded = np.clip((distances - NEAR) / (FAR - NEAR), 0.0, 1.0)
    return np.asarray(1.0 - (1.0 - FAINTEST) * faded)
