"""What two networks answer differently on one plane: signed colours with a neutral zero, on a scale that is written."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter, QPen, QPolygonF

from nnviz.core.layout import Array
from nnviz.data import input_label
from nnviz.drawing.axes import Axes
from nnviz.drawing.colormap import NOTHING, Levels, Ramp, lookup, ramp, sign_ramp, two_class_ramp
from nnviz.drawing.plane import paint_colour_bar
from nnviz.drawing.theme import Theme
from nnviz.experiment.answers import class_shares
from nnviz.experiment.frame import Frame, Plane
from nnviz.experiment.prepare import Prepared

#: A scale is never finer than this: what is left is rounding.
FINEST = 1e-6


def _tr(text: str) -> str:
    return QCoreApplication.translate("difference", text)


class Difference(Struct, frozen=True, eq=False):
    """How the answers of a second network differ from those of a first one, on one plane.

    Attributes
    ----------
    values : ndarray ``(n_y, n_x)``
        Row 0 at the lowest y; one row over one feature.
    levels : (float, float)
        Of the colours: ± a round number, or from 0 on where no sign makes sense.
    kind : "probability", "disagreement" or "value"
        Of one class; the share of the probability that is given to other classes; a number in the data's units.
    what : str
        Of what: a class or a target; empty for all classes together.
    largest : float
        Magnitude anywhere on the plane.
    is_of_two : bool
        Whether there are two classes: what one of them gains, the other one loses.
    """

    values: Array
    levels: Levels
    kind: Literal["probability", "disagreement", "value"]
    what: str
    largest: float
    is_of_two: bool = False

    @property
    def is_any(self) -> bool:
        """Whether there is any difference at all."""
        return self.largest > 0.0

    @property
    def has_axis(self) -> bool:
        """Whether it is a curve, the numbers of whose axis say something."""
        return len(self.values) == 1 and self.is_any

    @property
    def title(self) -> str:
        """What the colours mean."""
        if self.kind == "disagreement":
            return _tr("Share that differs")
        words = _tr("B − A: P({0})") if self.kind == "probability" else _tr("B − A: {0}")
        return words.format(self.what)


def difference_of(first: Frame, second: Frame, data: Prepared, shown_class: int | None = None) -> Difference | None:
    """Return what differs between the planes of two frames; None where they are not of the same plane.

    Parameters
    ----------
    first, second : Frame
        Each with its plane.
    data : Prepared
        Of the first: its classes or target.
    shown_class : int or None
        Of more than two classes, the one whose probability is compared; None: all of them together.
    """
    a, b = first.plane, second.plane
    if a is None or b is None or not _is_same_plane(a, b):
        return None
    values_a, values_b = _on_one_grid(a.values, b.values)
    n_classes = len(data.class_names)
    if not n_classes:
        apart: Array = values_b[..., 0].astype(float) - values_a[..., 0]
        return _signed(apart, "value", input_label(data.dataset.target_names[0]))
    shares_a = class_shares(values_a, first.activations[-1], n_classes)
    shares_b = class_shares(values_b, second.activations[-1], n_classes)
    if n_classes == 2 or (shown_class is not None and shown_class < n_classes):
        number = 1 if n_classes == 2 else int(shown_class or 0)
        apart = shares_b[..., number] - shares_a[..., number]
        return _signed(apart, "probability", input_label(data.class_names[number]), is_of_two=n_classes == 2)
    apart = 0.5 * np.abs(shares_b - shares_a).sum(axis=-1)
    largest = _largest(apart)
    return Difference(apart, (0.0, _reach(largest)), "disagreement", "", largest)


def _is_same_plane(a: Plane, b: Plane) -> bool:
    is_curve = (a.values.shape[0] == 1) == (b.values.shape[0] == 1)
    ranges = np.allclose((*a.x_range, *a.y_range), (*b.x_range, *b.y_range))
    return is_curve and ranges and (a.axes, a.unit, a.hold) == (b.axes, b.unit, b.hold)


def _on_one_grid(a: NDArray[np.float32], b: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return both at the coarser of their resolutions: the slower network may have had time for fewer samples.

    What the finer one is at the middle of a coarse pixel lies among its samples around that: it counts as the one of
    them that is nearest to the other. Else the edges of two equal maps would differ.
    """
    shape = min(a.shape[0], b.shape[0]), min(a.shape[1], b.shape[1])
    (low_a, high_a), (low_b, high_b) = _around(a, shape), _around(b, shape)
    nearest = np.clip(low_b, low_a, high_a)
    return nearest, np.clip(nearest, low_b, high_b)


def _around(values: NDArray[np.float32], shape: tuple[int, int]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the least and the greatest of the samples around the middles of so many pixels."""
    low = high = values
    for axis, wanted in enumerate(shape):
        given = values.shape[axis]
        if given != wanted:
            at = np.clip((np.arange(wanted) + 0.5) * given / wanted - 0.5, 0.0, given - 1.0)
            below, above = np.floor(at).astype(int), np.ceil(at).astype(int)
            low = np.minimum(low.take(below, axis), low.take(above, axis))
            high = np.maximum(high.take(below, axis), high.take(above, axis))
    return low, high


def _signed(change: Array, kind: Literal["probability", "value"], what: str, *, is_of_two: bool = False) -> Difference:
    largest = _largest(change)
    scale = _reach(largest)
    return Difference(change, (-scale, scale), kind, what, largest, is_of_two)


def _largest(values: Array) -> float:
    finite = np.abs(values[np.isfinite(values)])
    return float(finite.max(initial=0.0))


def _reach(largest: float) -> float:
    """Return how far a scale reaches; where nothing differs it has no other number than 0."""
    return round_up(largest) if largest > 0.0 else NOTHING


def round_up(value: float) -> float:
    """Return the next 1, 2 or 5 times a power of ten: the end of a scale that does not change with every frame."""
    value = max(value, FINEST)
    power = 10.0 ** math.floor(math.log10(value))
    return next((step * power for step in (1.0, 2.0, 5.0) if value <= step * power * (1.0 + 1e-9)), 10.0 * power)


def colours_of(difference: Difference, theme: Theme) -> Ramp:
    """Return its colours, with a neutral zero: of two classes the colour of the one that B finds more likely than A."""
    if difference.levels[0] == 0.0:
        return ramp(theme.neutral, theme.positive)
    return two_class_ramp(theme) if difference.is_of_two else sign_ramp(theme)


def difference_image(difference: Difference, theme: Theme) -> QImage:
    """Return its picture, row 0 at the lowest y, one pixel a sample."""
    table = colours_of(difference, theme)
    pixels = np.ascontiguousarray(lookup(difference.values, difference.levels, table), dtype=np.uint32)
    height, width = pixels.shape
    # The image must not outlive the array whose memory it would share.
    return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()


def paint_difference(painter: QPainter, area: QRectF, plane: Plane, difference: Difference, theme: Theme) -> Axes:
    """Paint what differs, with an edge; over one feature as a curve around zero. Return where it is."""
    is_curve = len(difference.values) == 1
    painter.save()
    painter.setClipRect(area)
    axes = Axes(area, plane.x_range, difference.levels if is_curve else plane.y_range)
    if is_curve:
        painter.fillRect(area, theme.colour("panel"))
        low, high = plane.x_range
        values = difference.values[0]
        x = low + (np.arange(len(values)) + 0.5) * (high - low) / len(values)
        painter.setPen(QPen(theme.colour("quiet"), 1.0, Qt.PenStyle.DashLine))
        painter.drawLine(axes.point(low, 0.0), axes.point(high, 0.0))
        painter.setPen(QPen(theme.colour("positive"), 1.6 * theme.line_width))
        keep = np.isfinite(values)
        points = axes.points(x[keep], values[keep])
        painter.drawPolyline(QPolygonF([QPointF(*row) for row in points.tolist()]))
    else:
        painter.drawImage(area, difference_image(difference, theme).flipped(Qt.Orientation.Vertical))
    painter.restore()
    painter.setPen(QPen(theme.colour("line"), 1.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(area)
    return axes


def paint_difference_scale(painter: QPainter, area: QRectF, difference: Difference, theme: Theme) -> None:
    """Paint its colours with the numbers that they stand for, beside the right edge of `area`.

    Curves have an axis instead, and where nothing differs there is nothing to be read off.
    """
    if len(difference.values) == 1 or difference.largest == 0.0:
        return
    line = QFontMetricsF(painter.font()).height()
    table = colours_of(difference, theme)
    bar = QRectF(area.right() + 0.5 * line, area.top() + 0.5 * line, 0.7 * line, area.height() - line)
    paint_colour_bar(painter, bar, difference.levels, table, theme)
