"""The small plots of activations and learning rates."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from nnviz.core.activations import ACTIVATIONS
from nnviz.core.schedules import SCHEDULES
from nnviz.drawing.function_plot import activation_curve, flat_share, paint_activation, paint_rate, rate_curve
from nnviz.drawing.theme import DARK, LIGHT, Theme
from nnviz.experiment.distribution import distribution

pytestmark = pytest.mark.usefixtures("qapp")


def painted(paint, theme: Theme, width: int = 160, height: int = 100) -> np.ndarray:
    """Return the pixels ``(height, width, 3)`` of what `paint` draws on the panel's colour."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(theme.panel))
    painter = QPainter(image)
    paint(painter, QRectF(0, 0, width, height), theme)
    painter.end()
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(height, image.bytesPerLine() // 4, 4)
    return pixels[:, :width, 2::-1].astype(int)


def near(pixels: np.ndarray, colour: str, tolerance: int = 40) -> np.ndarray:
    wanted = np.array([QColor(colour).red(), QColor(colour).green(), QColor(colour).blue()])
    return np.abs(pixels - wanted).max(axis=2) <= tolerance


@pytest.mark.parametrize("name", list(ACTIVATIONS))
def test_the_slope_is_that_of_the_curve(name):
    z, outputs, slopes = activation_curve(name, 4.0, 4001)
    if name == "step":
        assert not slopes.any()
        return
    smooth = np.abs(z[1:-1]) > 0.01
    np.testing.assert_allclose(np.gradient(outputs, z)[1:-1][smooth], slopes[1:-1][smooth], atol=1e-3)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize("name", list(ACTIVATIONS))
def test_curve_and_slope_are_painted_in_their_colours(name, theme):
    pixels = painted(lambda *where: paint_activation(*where, name), theme)
    assert near(pixels, theme.positive).sum() > 40
    if name not in ("step",):
        assert near(pixels, theme.negative).sum() > 10


def test_bars_stand_where_the_sums_are():
    sums = distribution(1, np.full(100, 2.0))
    plain = painted(lambda *where: paint_activation(*where, "step"), LIGHT)
    barred = painted(lambda *where: paint_activation(*where, "step", sums), LIGHT)
    columns = np.flatnonzero((plain != barred).any(axis=(0, 2)))
    assert columns.min() >= 116
    assert columns.max() <= 125


def test_the_flat_share_is_what_lies_where_no_gradient_passes():
    dead = distribution(1, np.full(50, -1.0))
    assert flat_share("relu", dead) == 1.0
    assert flat_share("leaky_relu", dead) == 1.0
    assert flat_share("tanh", dead) == 0.0
    half = distribution(1, np.array([-3.9, 0.1] * 20))
    assert flat_share("tanh", half) == pytest.approx(0.5)


@pytest.mark.parametrize("name", list(SCHEDULES))
def test_rates_are_those_of_the_schedule(name):
    schedule = SCHEDULES[name]
    parameters = tuple(parameter.default for parameter in schedule.parameters)
    epochs, rates = rate_curve(schedule, 0.1, parameters, 300.0)
    assert rates[0] == pytest.approx(schedule.function(0.1, 0.0, parameters))
    assert epochs[-1] == 300.0
    pixels = painted(lambda *where: paint_rate(*where, epochs, rates), LIGHT)
    assert near(pixels, LIGHT.positive).any(axis=0).mean() > 0.9


def test_a_rate_of_zero_paints_nothing():
    pixels = painted(lambda *where: paint_rate(*where, np.array([0.0, 1.0]), np.zeros(2)), LIGHT)
    assert near(pixels, LIGHT.panel, 0).all()
