"""Which features a map shows, whether its axes share a scale, and how they are labelled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nnviz.core.layout import Array
from nnviz.drawing.map_words import axis_names
from nnviz.experiment import Prepared
from nnviz.experiment.figures import PartName
from nnviz.experiment.frame import Frame, Hold, Range
from nnviz.experiment.grids import EMPTY_RANGE
from nnviz.experiment.slices import axes_in_force
from nnviz.ui.plots.plot import Plot, short_label

if TYPE_CHECKING:
    from nnviz.experiment.probe import Probe

#: Share of the data's extent that is left free around the points.
MARGIN = 0.10
#: Of a map and its axis, in pixels in the type of a desk: on less than this one sees no border.
LEAST_HEIGHT = 130


def axis_labels(prepared: Prepared, axes: tuple[int, int], hold: Hold) -> tuple[str, str]:
    """Return what runs along x and y, as inert text that fits an axis."""
    names = prepared.train.feature_names
    if len(names) == 1:
        return short_label(names[0]), short_label(prepared.train.target_names[0])
    across, up = axis_names(prepared, axes, hold)
    return short_label(across), short_label(up)


def shows_same(old: Prepared | None, new: Prepared, *, painting: bool = False) -> bool:
    """Whether a map of `old` goes on with `new`: the same features of the same data, or what a brush made of it."""
    if old is None or old.train.feature_names != new.train.feature_names:
        return False
    return old.dataset.name == new.dataset.name or (painting and _shares_points(old.dataset.X, new.dataset.X))


def answers_for(frame: Frame, prepared: Prepared) -> bool:
    """Whether the network of a frame takes the inputs of some data, and gives as many answers."""
    sizes, wanted = frame.layout.sizes, prepared.layer_sizes
    return (sizes[0], sizes[-1]) == (wanted[0], wanted[-1])


def _shares_points(before: Array, after: Array) -> bool:
    """Whether some points are in both, or there are none left, or none yet."""
    known = {point.tobytes() for point in before}
    return not known or not len(after) or any(point.tobytes() in known for point in after)


def probe_places(
    probe: Probe | None, prepared: Prepared, axes: tuple[int, int], hold: Hold
) -> tuple[list[float], list[float]]:
    """Return x and y of the example that is tried, if there is one; of one feature, the answer is the height."""
    if probe is None or len(probe.raw) != prepared.train.n_features:
        return [], []
    raw = probe.raw
    if len(raw) == 1:
        return [raw[0]], [float(probe.answer[0])]
    if hold.kind == "components":
        x, y = prepared.components.scores(np.array([raw]))[0].tolist()
        return [x], [y]
    return [raw[axes[0]]], [raw[axes[1]]]


def example_at(
    place: tuple[float, float], values: tuple[float, ...], prepared: Prepared, axes: tuple[int, int], hold: Hold
) -> tuple[float, ...]:
    """Return `values` moved to a place of the map: only what runs along its axes changes."""
    moved = np.array(values, dtype=np.float64)
    if len(moved) == 1:
        moved[0] = place[0]
    elif hold.kind == "components":
        plane = prepared.components
        moved += (np.array(place) - plane.scores(moved[None])[0]) @ plane.directions * plane.scale
    else:
        moved[list(axes)] = place
    return tuple(moved.tolist())


def fitted_range(positions: Mapping[PartName, NDArray[np.float64]]) -> tuple[Range, Range]:
    """Return the ranges along x and y that show all points with a margin."""
    points = np.concatenate(list(positions.values()))
    if not len(points):
        return EMPTY_RANGE, EMPTY_RANGE
    low, high = points.min(axis=0), points.max(axis=0)
    span = np.where(high > low, high - low, 1.0)
    low, high = low - MARGIN * span, high + MARGIN * span
    return (float(low[0]), float(high[0])), (float(low[1]), float(high[1]))


def telling_axes(prepared: Prepared, wanted: tuple[int, int], hold: Hold) -> tuple[int, int]:
    """Return `wanted`, or those of the first map where one of them does not vary (the corners of images)."""
    axes = axes_in_force(prepared, wanted, hold)
    if prepared.train.n_features <= 2 or prepared.spread.scale[list(axes)].min() > 0.0:
        return axes
    return prepared.first_map.axes


def pixels_of(plot: Plot) -> tuple[int, int]:
    """Return how many pixels of the screen the area of a plot has."""
    size, ratio = plot.plotItem.getViewBox().rect().size(), plot.devicePixelRatioF()
    return round(size.width() * ratio), round(size.height() * ratio)


def has_components(hold: Hold) -> bool:
    """Whether the axes of a map are principal components instead of features."""
    return hold.kind == "components"
