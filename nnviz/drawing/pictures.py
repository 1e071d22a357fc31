"""Rows of pixels as pictures: of the data in grey or in their own colours, of the weights in the colours of signs.

Pictures of a few pixels are enlarged without smoothing, so that every pixel stays a square.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPen

from nnviz.drawing.colormap import Levels, Ramp, lookup, picture_ramp, sign_ramp
from nnviz.drawing.sprites import draw_part
from nnviz.drawing.theme import Theme

CRISP_FROM = 1.6
"""Enlargement from which pixels stay squares; below it some would be wider than others by too much."""
WEIGHT_SPREADS = 2.2
"""Root mean squares of a layer's weights at which its colours are full: few are stronger, and most can be told."""


def pixels_image(values: NDArray[np.floating], levels: Levels, table: Ramp) -> QImage:
    """Return the image of ``(height, width)`` values, row 0 on top."""
    pixels = np.ascontiguousarray(lookup(values, levels, table))
    height, width = pixels.shape
    # copy(): the image must not outlive the array whose memory it would share.
    return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()


def grey_image(values: NDArray[np.floating], levels: Levels, theme: Theme) -> QImage:
    """Return a picture of the data: the lowest value dark, the highest light."""
    return pixels_image(values, levels, picture_ramp(theme))


def picture_image(values: NDArray[np.floating], levels: Levels, theme: Theme) -> QImage:
    """Return a picture of the data: ``(height, width)`` in grey, or ``(height, width, 3)`` in its own colours."""
    if values.ndim == 2:
        return grey_image(values, levels, theme)
    low, high = levels
    scaled = (values - low) * (255.0 / (high - low) if high > low else 0.0)
    pixels = np.ascontiguousarray(scaled.clip(0.0, 255.0).astype(np.uint8))
    height, width, _ = pixels.shape
    return QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def weight_levels(weights: NDArray[np.floating]) -> Levels:
    """Return the values at which the colours of a layer's weights are full, symmetric about zero.

    Parameters
    ----------
    weights : ndarray ``(n_units, n_inputs)``
        Of the whole layer, so that its pictures can be compared.
    """
    flat = np.nan_to_num(weights, posinf=0.0, neginf=0.0).ravel()
    top = min(
        WEIGHT_SPREADS * float(np.sqrt(flat @ flat / max(flat.size, 1))), float(np.max(np.abs(flat), initial=0.0))
    )
    top = max(top, 1e-12)
    return -top, top


def weights_image(weights: NDArray[np.floating], levels: Levels, shape: tuple[int, int], theme: Theme) -> QImage:
    """Return the incoming weights of units ``(n_units, height × width)`` as pictures, one below the other."""
    return pixels_image(weights.reshape(-1, shape[1]), levels, sign_ramp(theme))


def paint_pixels(painter: QPainter, rect: QRectF, image: QImage, part: QRectF | None = None) -> None:
    """Draw an image, or a part of it, over `rect`: pixels stay squares where they are enlarged."""
    part = part if part is not None else QRectF(image.rect())
    device = painter.device()
    ratio = float(device.devicePixelRatio()) if device is not None else 1.0
    smooth = rect.width() * ratio < CRISP_FROM * part.width()
    had = painter.testRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
    draw_part(painter, rect, image, part)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, had)


def paint_framed(painter: QPainter, rect: QRectF, image: QImage, theme: Theme) -> None:
    """Draw a picture with a thin line around it, which keeps its dark ground apart from a dark panel."""
    paint_pixels(painter, rect, image)
    painter.setPen(QPen(theme.colour("line"), 1.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(rect.adjusted(-0.5, -0.5, 0.5, 0.5))


def fitted(room: QRectF, shape: tuple[int, int], *, whole: bool = False) -> QRectF:
    """Return the largest rectangle in the middle of `room` with the proportions of a picture.

    Parameters
    ----------
    room : QRectF
    shape : (height, width)
    whole : bool
        Whether every pixel shall be a whole number of pixels wide, where there is room for that.
    """
    height, width = shape
    scale = min(room.width() / width, room.height() / height)
    if whole and scale >= 1.0:
        scale = float(int(scale))
    size = QSize(round(scale * width), round(scale * height))
    left, top = room.left() + 0.5 * (room.width() - size.width()), room.top() + 0.5 * (room.height() - size.height())
    return QRectF(round(left), round(top), size.width(), size.height())
