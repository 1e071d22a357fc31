"""A loss surface on paper: valleys are pale, trails lie where they belong, and a relief is nearest in front."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetricsF, QImage, QPainter

from nnviz.core.landscape import Slice, Surface
from nnviz.drawing.axes import Axes
from nnviz.drawing.fonts import ui_font
from nnviz.drawing.landscape import (
    DrawnTrail,
    Heights,
    Landscape,
    Stand,
    ground_ramp,
    map_area,
    paint_contour_trails,
    paint_contours,
    paint_relief,
    paint_relief_trails,
)
from nnviz.drawing.theme import THEMES

ROOM = QRectF(0.0, 0.0, 520.0, 400.0)


def bowl(top: float = math.inf) -> Surface:
    x = np.linspace(-1.0, 1.0, 41)
    values = 0.01 + x[None, :] ** 2 + 4.0 * x[:, None] ** 2
    values[0, 0] = top
    return Surface(Slice(np.zeros(2), np.eye(2)), (-1.0, 1.0), (-1.0, 1.0), values, 10, 10)


def landscape(*trails: DrawnTrail) -> Landscape:
    surface = bowl()
    return Landscape(surface, Heights(surface), trails, "this", "that")


def painted(paint, shown: Landscape, theme) -> tuple[QImage, QRectF]:
    image = QImage(520, 400, QImage.Format.Format_RGB32)
    image.fill(theme.colour("canvas"))
    painter = QPainter(image)
    painter.setFont(ui_font(theme.small_font_size))
    line = QFontMetricsF(painter.font()).height()
    for each in paint:
        each(painter, ROOM, shown, theme)
    painter.end()
    return image, map_area(ROOM, line)


def test_heights_grow_with_the_loss_and_know_it_back():
    heights = Heights(bowl())
    losses = np.array([0.01, 0.1, 0.5, 1.0, 2.0])
    shares = heights.of(losses)
    assert shares[0] == 0.0
    assert np.all(np.diff(shares) > 0.0)
    assert shares[-1] < 1.0
    np.testing.assert_allclose([heights.loss(share) for share in shares], losses, rtol=1e-9)
    assert heights.of(np.array([np.inf, np.nan, 1e9])).tolist() == [1.0, 1.0, 1.0]
    flat = Surface(Slice(np.zeros(2), np.eye(2)), (0.0, 1.0), (0.0, 1.0), np.full((3, 3), 0.5), 1, 1)
    assert np.isfinite(Heights(flat).share).all()


@pytest.mark.parametrize("name", ["light", "dark", "projector"])
def test_the_valley_is_pale_and_a_trail_leads_into_it(qapp, name):
    theme = THEMES[name]
    trail = DrawnTrail(0, np.array([[-0.8, 0.0], [-0.4, 0.0], [0.4, 0.0]]), 2)
    image, area = painted((paint_contours, paint_contour_trails), landscape(trail), theme)
    axes = Axes(area, (-1.0, 1.0), (-1.0, 1.0))

    def at(x: float, y: float) -> np.ndarray:
        colour = image.pixelColor(axes.point(x, y).toPoint())
        return np.array([colour.red(), colour.green(), colour.blue()])

    low, high = (
        np.array([(int(table) >> shift) & 255 for shift in (16, 8, 0)]) for table in ground_ramp(theme)[[0, -1]]
    )
    away = np.abs(at(0.0, -0.1) - low).sum(), np.abs(at(0.0, -0.1) - high).sum()
    assert away[0] < away[1]
    assert np.abs(at(0.9, 0.95) - high).sum() < np.abs(at(0.9, 0.95) - low).sum()
    # Where it has been it has its colour; where it goes, less of it.
    blue = theme.class_colour(0)
    own = np.array([blue.red(), blue.green(), blue.blue()])
    assert np.abs(at(-0.6, 0.0) - own).sum() < 30
    assert np.abs(at(0.2, 0.0) - own).sum() > 30


def test_a_relief_is_seen_from_all_sides_and_stays_in_its_place(qapp):
    trail = DrawnTrail(1, np.array([[-0.8, 0.5], [0.0, 0.0], [3.0, 3.0], [np.nan, 0.0]]), 4, is_marked=True)
    shown, theme = landscape(trail), THEMES["light"]
    pictures = []
    for turn in (0.0, 100.0, 200.0, 300.0):
        image = QImage(520, 400, QImage.Format.Format_RGB32)
        image.fill(theme.colour("canvas"))
        painter = QPainter(image)
        paint_relief(painter, ROOM, shown, theme, turn, 40.0)
        paint_relief_trails(painter, ROOM, shown, theme, turn, 40.0)
        painter.end()
        pictures.append(bytes(image.constBits()))
    assert len(set(pictures)) == 4
    area = QRectF(10.0, 10.0, 400.0, 300.0)
    cube = np.array([[x, y, z] for x in (0.0, 1.0) for y in (0.0, 1.0) for z in (0.0, 1.0)])
    for turn in range(0, 360, 30):
        for tilt in (12.0, 40.0, 85.0):
            x, y, depth = Stand(float(turn), tilt, area).project(*cube.T)
            assert area.left() - 1.0 <= x.min()
            assert x.max() <= area.right() + 1.0
            assert y.min() >= area.top() - 30.0
            # What is nearer to the eye lies lower on paper, at one height.
            ground = cube[:, 2] == 0.0
            nearest = np.argmax(np.where(ground, depth, -np.inf))
            assert y[nearest] == pytest.approx(y[ground].max())
