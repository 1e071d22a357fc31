"""The map behind the data points: what the network answers everywhere on a plane, as an image.

Two classes diverge through neutral, more classes are blended by probability, a regression and a single unit use the
diverging map of the signs.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QLinearGradient, QPainter, QPen

from nnviz.core.activations import ACTIVATIONS
from nnviz.core.layout import Array
from nnviz.drawing.colormap import (
    N_COLOURS,
    Levels,
    Ramp,
    bounded_levels,
    level_texts,
    lookup,
    mix,
    ramp,
    sign_ramp,
    symmetric_levels,
)
from nnviz.drawing.diagram_units import unit_look
from nnviz.drawing.theme import Theme
from nnviz.experiment.answers import class_shares
from nnviz.experiment.frame import Frame, Plane

WASH_LIGHT, WASH_DARK = 0.72, 0.58
"""How far the map's class colours go from the canvas to the colour of the points, whose outlines stand out by 3:1."""
BANDS = 10
"""Steps of a discretised regression."""


class PlaneData(Protocol):
    """What the map has to know of the data; a `Dataset` has it."""

    @property
    def task(self) -> str:
        """``"classification"`` or ``"regression"``."""

    @property
    def class_names(self) -> tuple[str, ...]:
        """In the order of the outputs; empty for regression."""

    @property
    def y(self) -> Array:
        """Targets ``(n_samples, n_outputs)``."""


def plane_image(
    plane: Plane,
    data: PlaneData,
    theme: Theme,
    *,
    discretise: bool = False,
    frame: Frame | None = None,
    shown_class: int | None = None,
) -> QImage:
    """Return the image of a plane, row 0 at the lowest y, one pixel per sample.

    Parameters
    ----------
    plane : Plane
    data : PlaneData
        The training rows: their task, classes, and for regression the range of the target.
    theme : Theme
    discretise : bool
        Show only which answer is given, not how sure the network is (regression: in ten steps).
    frame : Frame or None
        The frame that the plane came with; it knows the activations and, for a single unit, its colours.
    shown_class : int or None
        Of more than two classes, the only one whose probability is shown.
    """
    values = plane.values
    if is_difference(plane):
        output = difference_output(plane, data, shown_class)
        return _image(lookup(values[..., output], *difference_look(plane, data, theme, output)))
    if shows_class(plane, data, shown_class) and shown_class is not None:
        shares = class_shares(values, frame.activations[-1] if frame is not None else "softmax", values.shape[2])
        share = shares[..., shown_class]
        if discretise:
            share = (shares.argmax(axis=2) == shown_class).astype(float)
        return _image(lookup(share, (0.0, 1.0), probability_ramp(theme, shown_class)))
    if plane.unit is None and len(data.class_names) > 2 and values.shape[2] > 2:
        return _image(_blend(values, _output_levels(frame), theme, discretise))
    first = values[..., 0] if values.shape[2] != 2 or data.task != "classification" else _share_of_second(values)
    levels, table = plane_look(plane, data, theme, frame)
    if discretise:
        steps = BANDS if data.task == "regression" and plane.unit is None else 2
        first = _quantise(first, levels, steps)
    return _image(lookup(first, levels, table))


def plane_look(plane: Plane, data: PlaneData, theme: Theme, frame: Frame | None = None) -> tuple[Levels, Ramp]:
    """Return the level range of a plane that shows one value per sample, and its colours: what a colour bar needs."""
    n_classes = len(data.class_names)
    if plane.unit is not None:
        if frame is not None and frame.unit_maps is not None:
            return unit_look(frame, plane.unit, n_classes, theme)
        layer = plane.unit[0]
        known = bounded_levels(frame.activations[layer - 1]) if frame is not None and layer > 0 else None
        return known or symmetric_levels(plane.values), sign_ramp(theme)
    if data.task == "classification":
        levels = _output_levels(frame) if plane.values.shape[2] == 1 else (0.0, 1.0)
        return levels, two_class_wash(theme)
    return target_levels(data), sign_ramp(theme)


def is_difference(plane: Plane) -> bool:
    """Whether the values of a plane are differences of answers, signed, and not answers."""
    return plane.contrast is not None and plane.contrast.kind == "difference" and plane.other is None


def difference_output(plane: Plane, data: PlaneData, shown_class: int | None) -> int:
    """Return of which output a map of differences is: of the chosen class, else of what changes most."""
    n_outputs = plane.values.shape[2]
    if data.task != "classification" or n_outputs == 1:
        return 0
    if shown_class is not None and shown_class < n_outputs:
        return shown_class
    if n_outputs == 2 and len(data.class_names) == 2:
        return 1
    return int(np.abs(np.nan_to_num(plane.values)).max(axis=(0, 1)).argmax())


def difference_look(plane: Plane, data: PlaneData, theme: Theme, output: int) -> tuple[Levels, Ramp]:
    """Return level range and colours of one output of a map of differences, neutral where nothing differs.

    What makes a class more likely has its colour; of two classes the other one's stands for less, of more grey does.
    """
    # As wide for all outputs, so that they can be compared.
    levels, n_classes = symmetric_levels(plane.values), len(data.class_names)
    if data.task != "classification":
        return levels, sign_ramp(theme)
    if n_classes == 2:
        return levels, two_class_wash(theme)
    return levels, ramp(mix(theme.canvas, theme.text, 0.6).name(), theme.neutral, washed(theme, output).name())


def shows_class(plane: Plane, data: PlaneData, shown_class: int | None) -> bool:
    """Whether the map of a plane can show the probability of that class alone."""
    n_classes = len(data.class_names)
    possible = plane.unit is None and not is_difference(plane) and n_classes > 2 and plane.values.shape[2] == n_classes
    return possible and shown_class is not None and shown_class < n_classes


def probability_ramp(theme: Theme, index: int) -> Ramp:
    """Canvas … the colour of a class, washed out a little as on the map of all classes."""
    return ramp(theme.canvas, washed(theme, index).name())


def two_class_wash(theme: Theme) -> Ramp:
    """The first class's colour … neutral … the second's, both washed out a little."""
    return ramp(washed(theme, 0).name(), theme.neutral, washed(theme, 1).name())


def washed(theme: Theme, index: int) -> QColor:
    """Return the colour in which the map shows a class."""
    return mix(theme.canvas, theme.class_colour(index), WASH_DARK if theme.dark else WASH_LIGHT)


def target_levels(data: PlaneData) -> Levels:
    """Return the range of a regression's first target over the rows given."""
    values = data.y[:, 0]
    low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)
    return (low, high) if high > low else (low - 1.0, low + 1.0)


def _output_levels(frame: Frame | None) -> Levels:
    """Return the outputs that stand for "surely not" and "surely"."""
    return (0.0, 1.0) if frame is None else ACTIVATIONS[frame.activations[-1]].class_targets


def _share_of_second(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Two outputs for two classes: the share of the second."""
    return np.asarray(values[..., 1] / np.maximum(values[..., 0] + values[..., 1], 1e-12), dtype=np.float32)


def _quantise(values: NDArray[np.float32], levels: Levels, steps: int) -> NDArray[np.float32]:
    """Return `values` moved to the nearest of `steps` even steps from one end of `levels` to the other."""
    low, high = levels
    step = np.clip(np.floor((values - low) / (high - low) * steps), 0, steps - 1)
    return np.asarray(low + step / (steps - 1) * (high - low), dtype=np.float32)


def _blend(values: NDArray[np.float32], levels: Levels, theme: Theme, discretise: bool) -> Ramp:
    """Blend class colours by probability: pixels ``(n_y, n_x)``."""
    n_classes = values.shape[2]
    colours = [washed(theme, k) for k in range(n_classes)]
    if discretise:
        table = np.array([colour.rgb() for colour in colours], dtype=np.uint32)
        return np.asarray(table[np.argmax(np.nan_to_num(values), axis=2)])
    shares = np.clip((values - np.float32(levels[0])) / np.float32(levels[1] - levels[0]), 0.0, 1.0)
    np.nan_to_num(shares, copy=False)
    shares /= np.maximum(shares.sum(axis=2, keepdims=True), np.float32(1e-9))
    # One multiply-add per class: a matrix product would wake BLAS threads, which cost more than they give here.
    channels = np.zeros((3, *values.shape[:2]), dtype=np.float32)
    for index, colour in enumerate(colours):
        share = shares[..., index]
        for channel, level in zip(channels, (colour.red(), colour.green(), colour.blue()), strict=True):
            channel += share * np.float32(level)
    red, green, blue = (channels + np.float32(0.5)).astype(np.uint32)
    return np.asarray(np.uint32(0xFF000000) | (red << 16) | (green << 8) | blue, dtype=np.uint32)


def _image(pixels: Ramp) -> QImage:
    pixels = np.ascontiguousarray(pixels, dtype=np.uint32)
    height, width = pixels.shape
    # copy(): the image must not outlive the array whose memory it would share.
    return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()


def paint_colour_bar(
    painter: QPainter, rect: QRectF, levels: Levels, table: Ramp, theme: Theme, *, title: str = ""
) -> None:
    """Paint a vertical colour bar in `rect`, on its right the lowest, middle and highest value as of `level_texts`."""
    metrics = QFontMetricsF(painter.font())
    gradient = QLinearGradient(rect.bottomLeft(), rect.topLeft())
    for stop in np.linspace(0.0, 1.0, 17):
        gradient.setColorAt(float(stop), QColor.fromRgb(int(table[round(stop * (N_COLOURS - 1))])))
    painter.save()
    painter.setPen(QPen(theme.colour("line"), 1.0))
    painter.setBrush(gradient)
    painter.drawRect(rect)
    painter.setPen(theme.colour("quiet"))
    texts = level_texts(levels)
    places = (rect.bottom(), rect.center().y(), rect.top()) if len(texts) > 1 else (rect.center().y(),)
    for text, y in zip(texts, places, strict=True):
        box = QRectF(rect.right() + 0.4 * metrics.height(), y - metrics.height() / 2, 200.0, metrics.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
    if title:
        painter.setPen(theme.colour("text"))
        box = QRectF(rect.left() - 60.0, rect.top() - 1.9 * metrics.height(), rect.width() + 120.0, metrics.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, title)
    painter.restore()
