"""A data set as a small picture of its rows: in the gallery of the set-up, and beside the title of a lesson."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap

from nnviz.data import Dataset
from nnviz.drawing.colormap import mix
from nnviz.drawing.theme import Theme

MARGIN = 4.5


def picture(dataset: Dataset, theme: Theme, side: int, ratio: float) -> QPixmap:
    """Return the rows of `dataset` as dots on a transparent square.

    Parameters
    ----------
    dataset : Dataset
        One or two features; with one, the target is drawn upwards.
    theme : Theme
    side : int
        In device-independent pixels.
    ratio : float
        Device pixels per pixel.
    """
    pixmap = QPixmap(QSize(round(side * ratio), round(side * ratio)))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    points = dataset.X if dataset.n_features > 1 else np.column_stack([dataset.X[:, 0], dataset.y[:, 0]])
    low, high = points[:, :2].min(axis=0), points[:, :2].max(axis=0)
    scale = (side - 2 * MARGIN) / np.where(high > low, high - low, 1.0)
    if dataset.n_features > 1:
        scale = np.full(2, scale.min())
    centre = 0.5 * (low + high)
    xy = (points[:, :2] - centre) * scale * (1.0, -1.0) + 0.5 * side
    with QPainter(pixmap) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        radius = side / 27
        for (x, y), colour in zip(xy, _colours(dataset, theme), strict=True):
            painter.setBrush(colour)
            painter.drawEllipse(QPointF(x, y), radius, radius)
    return pixmap


def few_rows(dataset: Dataset, n: int) -> Dataset:
    """Return at most `n` rows of `dataset`, spread over all of it, with the two features that a picture shows."""
    chosen = np.linspace(0, dataset.n_samples - 1, min(dataset.n_samples, n)).astype(int)
    taken, names = dataset.take(chosen), dataset.feature_names[:2]
    return replace(taken, X=taken.X[:, :2], feature_names=names, image_shape=None, colour_shape=None, colours="")


def _colours(dataset: Dataset, theme: Theme) -> list[QColor]:
    if dataset.task == "classification":
        return [theme.class_colour(index) for index in dataset.class_index]
    if dataset.n_features == 1:
        return [theme.colour("positive")] * dataset.n_samples
    values = dataset.y[:, 0]
    extent = float(np.abs(values).max()) or 1.0
    return [
        mix(theme.neutral, theme.positive if value > 0 else theme.negative, abs(value) / extent) for value in values
    ]
