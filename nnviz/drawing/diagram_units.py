"""The units of the network diagram: rounded squares that show what each unit computes.

A layer's maps become one image by one table look-up; every square is a smoothly scaled part of it under a frame with
round corners that is drawn once.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QImage, QPainter, QPen, QPixmap, QTransform

from nnviz.core.numbers import number_text
from nnviz.drawing.colormap import (
    Levels,
    Ramp,
    activation_levels,
    bounded_levels,
    class_ramp,
    lookup,
    mix,
    sign_ramp,
    symmetric_levels,
    two_class_ramp,
)
from nnviz.drawing.diagram_layout import DiagramGeometry
from nnviz.drawing.diagram_shape import LayerColumn
from nnviz.drawing.fonts import ui_font
from nnviz.drawing.pixel_picture import PixelPicture
from nnviz.drawing.sprites import draw_part, draw_sprites
from nnviz.drawing.theme import Theme
from nnviz.experiment.frame import Frame, UnitId

BIAS_STEPS = 12
SMALLEST_VALUE = 8.5
"""Type of the smallest numbers in units, in points: 11 pixels."""
CURVE_PIXELS = 80
"""Side of the picture of a unit of one input, which is smooth already and hardly ever enlarged."""
#: How many times its range a curve is followed beyond it.
_FAR_OUTSIDE = 1000.0


def map_image(values: NDArray[np.floating], levels: Levels, table: Ramp) -> QImage:
    """Return the image of one map ``(n_y, n_x)`` (or of several stacked ones), row 0 of `values` at the bottom."""
    pixels = np.ascontiguousarray(lookup(values, levels, table)[::-1])
    height, width = pixels.shape
    # copy(): the image must not outlive the array whose memory it would share.
    return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()


def unit_levels(frame: Frame, layer: int) -> Levels:
    """Return the level range that the maps of a hidden or output layer share."""
    maps = frame.unit_maps[layer] if frame.unit_maps is not None else np.zeros(1)
    return activation_levels(frame.activations[layer - 1], maps)


def unit_look(frame: Frame, unit: UnitId, n_classes: int, theme: Theme) -> tuple[Levels, Ramp]:
    """Return the level range and the colours in which a unit's map is shown.

    Outputs of a classification wear the class colours; inputs are scaled one by one, layers together.
    """
    layer, index = unit
    if layer == 0:
        values = frame.unit_maps[0][index] if frame.unit_maps is not None else np.zeros(1)
        return symmetric_levels(values), sign_ramp(theme)
    levels = unit_levels(frame, layer)
    if layer == frame.layout.n_layers and n_classes:
        if frame.layout.sizes[-1] == 1:
            return levels, two_class_ramp(theme)
        low, high = levels
        return (max(low, 0.0), high), class_ramp(theme, index)
    return levels, sign_ramp(theme)


def unit_image(frame: Frame, unit: UnitId, n_classes: int, theme: Theme) -> QImage | None:
    """Return the map of one unit, or None where the frame has none for it."""
    layer, index = unit
    if frame.unit_maps is None or index >= len(frame.unit_maps[layer]):
        return None
    values = frame.unit_maps[layer][index]
    if values.shape[0] == 1:
        return curve_image(values[0], *unit_look(frame, unit, n_classes, theme))
    return map_image(values, *unit_look(frame, unit, n_classes, theme))


def curve_image(values: NDArray[np.floating], levels: Levels, table: Ramp) -> QImage:
    """Return the image of a unit of one input: its curve, filled from neutral, and in part where it crosses a pixel."""
    side = CURVE_PIXELS
    low, high = levels
    base = 0.0 if low < 0.0 else low
    with np.errstate(all="ignore"):
        # Far outside, where a run has diverged, all that counts is the side on which it is.
        far = _FAR_OUTSIDE * (high - low)
        bounded = np.clip(values.astype(np.float64), low - far, high + far)
        fine = np.interp(np.linspace(0.0, len(values) - 1.0, side), np.arange(len(values)), bounded)
        step = (high - low) / side
        bottoms = low + step * np.arange(side)[:, None]
        ends = np.minimum(fine, base), np.maximum(fine, base)
        covered = np.clip((np.minimum(ends[1], bottoms + step) - np.maximum(ends[0], bottoms)) / step, 0.0, 1.0)
        middle = 0.5 * (low + high)
        filled = middle + covered * (fine - middle)
    return map_image(filled, levels, table)


def paint_thumbnail(painter: QPainter, rect: QRectF, image: QImage, radius: float) -> None:
    """Fill a rounded square with `image`, smoothly scaled; half a pixel is cropped so that the texture never wraps."""
    width, height = image.width(), image.height()
    inset_x, inset_y = (0.5 if width > 1 else 0.0), (0.5 if height > 1 else 0.0)
    brush = QBrush(image)
    brush.setTransform(
        QTransform(
            rect.width() / (width - 2 * inset_x), 0.0, 0.0, rect.height() / (height - 2 * inset_y),
            rect.left() - inset_x * rect.width() / (width - 2 * inset_x),
            rect.top() - inset_y * rect.height() / (height - 2 * inset_y),
        )
    )  # fmt: skip
    painter.setBrush(brush)
    painter.drawRoundedRect(rect, radius, radius)


def layer_image(frame: Frame, column: LayerColumn, n_classes: int, theme: Theme) -> QImage | None:
    """Return the maps of a layer's shown units in one image, one below the other, or None where there are none.

    Hidden units share their levels and colours and take one table look-up together.
    """
    layer = column.layer
    if frame.unit_maps is None or frame.unit_maps[layer].shape[1] == 1:
        return None
    units = [unit for unit in column.units if unit < len(frame.unit_maps[layer])]
    maps = frame.unit_maps[layer][units, ::-1]
    if 0 < layer < frame.layout.n_layers:
        pixels = lookup(maps, unit_levels(frame, layer), sign_ramp(theme))
    else:
        looks = [unit_look(frame, (layer, unit), n_classes, theme) for unit in units]
        pixels = np.stack([lookup(values, *look) for values, look in zip(maps, looks, strict=True)])
    pixels = np.ascontiguousarray(pixels.reshape(-1, maps.shape[2]))
    return QImage(pixels.data, maps.shape[2], len(pixels), 4 * maps.shape[2], QImage.Format.Format_RGB32).copy()


def paint_units(
    painter: QPainter, geometry: DiagramGeometry, column: LayerColumn, frame: Frame, theme: Theme, faded: Sequence[bool]
) -> None:
    """Draw one layer's boxes with what is in them; `faded` ones step back towards the canvas."""
    n_classes = geometry.shape.n_classes
    if column.layer == 1 and geometry.shape.image_shape is not None:
        _paint_weights(painter, column, frame, theme, faded, geometry.shape.image_shape)
        return
    means = frame.class_means[column.layer] if frame.class_means is not None else None
    image = layer_image(frame, column, n_classes, theme) if means is None else None
    ratio = _device_ratio(painter)
    height, side = frame.unit_maps[column.layer].shape[1:] if frame.unit_maps is not None else (0, 0)
    for row, (index, rect, fade) in enumerate(zip(column.units, column.rects, faded, strict=True)):
        painter.setOpacity(0.35 if fade else 1.0)
        single = unit_image(frame, (column.layer, index), n_classes, theme) if image is None and means is None else None
        if image is not None and (row + 1) * height <= image.height():
            draw_part(painter, rect, image, QRectF(0, row * height, side, height))
        elif single is not None:
            painter.drawImage(rect, single)
        else:
            painter.fillRect(rect, theme.colour("panel"))
            if means is not None and index < len(means):
                paint_bars(painter, rect, means[index], bar_levels(frame, column.layer, means), theme)
        painter.setOpacity(1.0)
        painter.drawImage(rect.topLeft(), _box_frame(theme, rect.width(), ratio))


def stamp_units(
    picture: PixelPicture,
    geometry: DiagramGeometry,
    column: LayerColumn,
    frame: Frame,
    theme: Theme,
    faded: Sequence[bool],
) -> bool:
    """Draw what `paint_units` draws with compiled code; return False, having drawn nothing, where that cannot be."""
    layer, maps = column.layer, frame.unit_maps[column.layer] if frame.unit_maps is not None else None
    if maps is None or maps.shape[1] == 1 or not column.rects or max(column.units) >= len(maps):
        return False
    if frame.class_means is not None or (layer == 1 and geometry.shape.image_shape is not None):
        return False
    n = len(column.units)
    if 0 < layer < frame.layout.n_layers:
        looks = [(unit_levels(frame, layer), sign_ramp(theme))]
    else:
        looks = [unit_look(frame, (layer, unit), geometry.shape.n_classes, theme) for unit in column.units]
    levels = np.array([look[0] for look in looks], dtype=np.float64)
    picture.stamp(
        column.rects,
        np.where(faded, 0.35, 1.0),
        np.ascontiguousarray(maps[list(column.units)], dtype=np.float32),
        np.broadcast_to(levels, (n, 2)).copy(),
        np.stack([look[1] for look in looks]),
        np.zeros(n, dtype=np.int64) if len(looks) == 1 else np.arange(n),
        _box_frame(theme, column.rects[0].width(), picture.image.devicePixelRatio()),
    )
    return True


def _paint_weights(
    painter: QPainter, column: LayerColumn, frame: Frame, theme: Theme, faded: Sequence[bool], shape: tuple[int, int]
) -> None:
    """Draw the boxes of units that look at a picture: each with its incoming weights as a picture of that shape."""
    from nnviz.drawing.pictures import fitted, paint_pixels, weight_levels, weights_image

    weights = frame.layout.weights(frame.parameters)[0]
    image = weights_image(weights[list(column.units)], weight_levels(weights), shape, theme)
    ratio = _device_ratio(painter)
    for row, (rect, fade) in enumerate(zip(column.rects, faded, strict=True)):
        painter.setOpacity(0.35 if fade else 1.0)
        painter.fillRect(rect, theme.colour("neutral"))
        paint_pixels(painter, fitted(rect, shape), image, QRectF(0, row * shape[0], shape[1], shape[0]))
        painter.setOpacity(1.0)
        painter.drawImage(rect.topLeft(), _box_frame(theme, rect.width(), ratio))


def _device_ratio(painter: QPainter) -> float:
    device = painter.device()
    return float(device.devicePixelRatio()) if device is not None else 1.0


@lru_cache(maxsize=32)
def _box_frame(theme: Theme, size: float, ratio: float) -> QImage:
    """The border of a box with canvas outside its round corners, drawn once.

    Blitting it over a square picture takes a tenth of the time of filling a rounded rectangle with a texture.
    """
    side = round(size * ratio)
    image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(theme.colour("canvas"))
    with QPainter(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(ratio, ratio)
        width = max(1.0, 0.02 * size)
        box = QRectF(width / 2, width / 2, size - width, size - width)
        painter.setBrush(Qt.GlobalColor.black)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationOut)
        painter.drawRoundedRect(box, 0.12 * size, 0.12 * size)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(mix(theme.canvas, theme.quiet, 0.45), width))
        painter.drawRoundedRect(box, 0.12 * size, 0.12 * size)
    image.setDevicePixelRatio(ratio)
    return image


def bar_levels(frame: Frame, layer: int, means: NDArray[np.floating]) -> Levels:
    """Return the bottom and top of the class-mean bars of a layer: its activation's range, or its largest mean."""
    bounds = bounded_levels(frame.activations[layer - 1]) if layer > 0 else None
    if bounds is not None:
        return bounds
    low, high = min(float(np.nanmin(means)), 0.0), max(float(np.nanmax(means)), 0.0)
    return (low, high) if high > low else (-1.0, 1.0)


@lru_cache(maxsize=32)
def _class_colours(theme: Theme, n_classes: int) -> tuple[QColor, ...]:
    return tuple(theme.class_colour(index) for index in range(n_classes))


def paint_bars(painter: QPainter, rect: QRectF, means: NDArray[np.floating], levels: Levels, theme: Theme) -> None:
    """Paint the mean activation per class, from zero up or down, in the class colours."""
    inner = rect.adjusted(*(0.12 * rect.width() * side for side in (1, 1, -1, -1)))
    low, high = levels
    zero = inner.bottom() - (0.0 - low) / (high - low) * inner.height()
    step = inner.width() / len(means)
    ends = inner.bottom() - (np.clip(np.nan_to_num(means), low, high) - low) / (high - low) * inner.height()
    tops, heights = np.minimum(ends, zero).tolist(), np.maximum(np.abs(ends - zero), 1.0).tolist()
    left, width = inner.left() + 0.1 * step, 0.8 * step
    for index, (top, height, colour) in enumerate(zip(tops, heights, _class_colours(theme, len(tops)), strict=True)):
        painter.fillRect(QRectF(left + index * step, top, width, height), colour)
    painter.fillRect(QRectF(inner.left(), zero - 0.5, inner.width(), 1.0), theme.colour("quiet"))


def paint_bias_dots(
    painter: QPainter, geometry: DiagramGeometry, frame: Frame, theme: Theme, picture: PixelPicture | None = None
) -> None:
    """Draw the bias of every unit that is shown: colour by sign, strength and size by magnitude.

    Compiled code draws them where there is a `picture`.
    """
    columns = geometry.columns[1:]
    biases = frame.layout.biases(frame.parameters)
    largest = max(max(float(np.max(np.abs(part), initial=0.0)) for part in biases), 1e-12)
    ratio = _device_ratio(painter)
    shown = np.concatenate([biases[column.layer - 1][list(column.units)] for column in columns])
    values = np.nan_to_num(shown, nan=0.0, posinf=0.0, neginf=0.0)
    step = np.rint(np.minimum(np.abs(values) / largest, 1.0) * BIAS_STEPS).astype(np.intp)
    sheet, side = _bias_dots(theme, geometry.unit_size, ratio)
    (x, y), row = geometry.bias_places, np.sign(values).astype(np.intp) % 3
    if picture is not None:
        picture.dab(x, y, step, row, sheet, side)
    else:
        draw_sprites(painter, _pixmap(sheet), side, x, y, step, row, ratio)


def _pixmap(sheet: QImage) -> QPixmap:
    return QPixmap.fromImage(sheet, Qt.ImageConversionFlag.NoFormatConversion)


@lru_cache(maxsize=16)
def _bias_dots(theme: Theme, unit_size: float, ratio: float) -> tuple[QImage, int]:
    """A sheet of dots with a rim of canvas, weak to strong from left to right: zeros, positive, negative ones below."""
    strengths = np.arange(BIAS_STEPS + 1) / BIAS_STEPS
    radii, rim = 0.105 * unit_size * (0.72 + 0.38 * strengths), max(0.9, 0.02 * unit_size)
    side = math.ceil(2.0 * (float(radii[-1]) + rim) * ratio) + 1
    sheet = QImage(side * (BIAS_STEPS + 1), side * 3, QImage.Format.Format_ARGB32_Premultiplied)
    sheet.fill(Qt.GlobalColor.transparent)
    with QPainter(sheet) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("canvas"), rim * ratio))
        for row, colour in enumerate((theme.quiet, theme.positive, theme.negative)):
            for step, (strength, radius) in enumerate(zip(strengths.tolist(), (radii * ratio).tolist(), strict=True)):
                painter.setBrush(mix(theme.canvas, colour, 0.45 + 0.55 * strength))
                painter.drawEllipse(QPointF((step + 0.5) * side, (row + 0.5) * side), radius, radius)
    return sheet, side


def paint_probe(
    painter: QPainter, geometry: DiagramGeometry, column: LayerColumn, frame: Frame, theme: Theme, digits: int = 2
) -> None:
    """Write the activation of the example into every unit of a layer, with so many digits behind the point."""
    painter.setFont(_probe_font(geometry, theme))
    for text, pill in probe_pills(geometry, column, frame, theme, digits):
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.panel))
        painter.drawRoundedRect(pill, 0.27 * pill.height(), 0.27 * pill.height())
        painter.setPen(theme.colour("text"))
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, text)


def probe_pills(
    geometry: DiagramGeometry, column: LayerColumn, frame: Frame, theme: Theme, digits: int = 2
) -> list[tuple[str, QRectF]]:
    """Return what is written into every unit of a layer, and where: beside the names of inputs and outputs."""
    if frame.probe is None:
        return []
    values, metrics = frame.probe.activations[column.layer], QFontMetricsF(_probe_font(geometry, theme))
    height, pills = metrics.height(), []
    is_last = column.layer == len(geometry.shape.sizes) - 1
    names = geometry.input_labels if column.layer == 0 else geometry.output_labels if is_last else ()
    for place, (index, rect) in enumerate(zip(column.units, column.rects, strict=True)):
        value = float(values[index])
        # No powers of ten: a small activation is as good as none, and they do not fit into a box.
        decimals = digits if abs(value) < 100.0 else digits - 2
        # With 0 added, −0 is 0.
        text = (
            f"{round(value, decimals) + 0.0:.{decimals}f}".replace("-", "−")
            if abs(value) < 1e5
            else number_text(value, 0)
        )
        width = metrics.horizontalAdvance(text) + 0.5 * height
        pill = QRectF(rect.center().x() - width / 2, rect.center().y() - 0.55 * height, width, 1.1 * height)
        if place < len(names):
            name = names[place]
            if column.layer == 0:
                pill.moveLeft(max(pill.left(), name.right() + 2.0))
            else:
                pill.moveRight(min(pill.right(), name.left() - 2.0))
        pills.append((text, pill))
    return pills


def _probe_font(geometry: DiagramGeometry, theme: Theme) -> QFont:
    """Return the type of the numbers: never smaller than can be read, rather do they reach beyond their boxes."""
    smallest = theme.small_font_size if theme.projected else 0.0
    return ui_font(max(min(geometry.small_font_size, 0.2 * geometry.unit_size), SMALLEST_VALUE, smallest))
