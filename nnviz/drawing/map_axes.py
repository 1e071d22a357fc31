"""Where on paper a map, or the curves of a network with one feature, stand, and which ranges they show."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF

from nnviz.drawing.axes import Axes
from nnviz.drawing.map_points import heights
from nnviz.experiment.frame import Frame, Plane
from nnviz.experiment.grids import feature_limits, is_square
from nnviz.experiment.prepare import Prepared


def map_axes(area: QRectF, frame: Frame, plane: Plane, points: Prepared, *, is_cropped: bool) -> Axes:
    """Return where the map is; one that nobody has zoomed may be cropped to the data where it then fills more room."""
    if plane.values.shape[0] == 1:
        return Axes(area, plane.x_range, _curve_range(frame, points))
    axes = Axes(area, plane.x_range, plane.y_range)
    if not is_square(points):
        return axes
    if is_cropped:
        x_limits, y_limits = np.column_stack(feature_limits(points.dataset))[list(plane.axes)].tolist()
        axes = axes.cropped(x_limits, y_limits)
    return axes.with_equal_scales()


def _curve_range(frame: Frame, points: Prepared) -> tuple[float, float]:
    """Return the y range of a curve: of the outputs and of the targets, with a margin."""
    outputs = frame.plane.values if frame.plane is not None else np.zeros(1)
    targets = heights(points.train, points)
    parts = frame.plane.parts if frame.plane is not None else None
    drawn = [outputs, targets] if parts is None else [outputs, targets, parts.values, np.array([parts.bias])]
    if frame.plane is not None and frame.plane.other is not None:
        drawn.append(frame.plane.other)
    both = np.concatenate([values[np.isfinite(values)].ravel() for values in drawn])
    low, high = float(both.min(initial=0.0)), float(both.max(initial=1.0))
    margin = 0.08 * (high - low)
    return low - margin, high + margin
