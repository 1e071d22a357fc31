"""Curves as lines: nothing lost, gaps kept, dashes of the right length."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from nnviz.drawing.curves import DASH, curve_lines, draw_lines, smoothed


def length(lines: np.ndarray) -> float:
    return float(np.hypot(lines[:, 2] - lines[:, 0], lines[:, 3] - lines[:, 1]).sum())


def test_a_solid_curve_joins_all_points() -> None:
    x, y = np.arange(5.0), np.array([0.0, 2.0, 1.0, 5.0, 3.0])
    np.testing.assert_array_equal(curve_lines(x, y), np.column_stack([x[:-1], y[:-1], x[1:], y[1:]]))


def test_what_is_not_finite_leaves_a_gap() -> None:
    lines = curve_lines(np.arange(6.0), np.array([0.0, 1.0, np.nan, 3.0, np.inf, 5.0]))
    np.testing.assert_array_equal(lines, [[0.0, 0.0, 1.0, 1.0]])


def test_dashes_of_a_sparse_curve_follow_its_length() -> None:
    x, y = np.array([0.0, 0.0, 280.0]), np.array([140.0, 0.0, 0.0])
    lines = curve_lines(x, y, dashed=True)
    assert length(lines) == pytest.approx(420.0 * DASH[0] / sum(DASH), abs=DASH[0])
    # The upright part is dashed as well.
    assert (lines[:, 0] == lines[:, 2]).sum() >= 9
    assert np.hypot(lines[:, 2] - lines[:, 0], lines[:, 3] - lines[:, 1]).max() <= DASH[0] + 1e-9


def test_dashes_of_a_dense_curve_leave_whole_columns_out() -> None:
    x = np.linspace(0.0, 600.0, 2000)
    y = np.where(np.arange(2000) % 2, 0.0, 80.0)
    lines = curve_lines(x, y, dashed=True)
    phase = np.mod(0.5 * (lines[:, 0] + lines[:, 2]), sum(DASH))
    assert phase.max() < DASH[0]
    assert 0.5 < len(lines) / 1999 < 0.8


def test_one_point_and_no_point_are_no_line() -> None:
    for n in (0, 1):
        for dashed in (False, True):
            assert len(curve_lines(np.zeros(n), np.zeros(n), dashed=dashed)) == 0


def test_points_on_one_spot_are_no_dash() -> None:
    assert len(curve_lines(np.array([0.0, 0.0]), np.array([5.0, 5.0]), dashed=True)) == 0


def test_the_lines_arrive_in_the_picture() -> None:
    image = QImage(20, 20, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    painter.setPen(QPen(QColor("black"), 2.0))
    draw_lines(painter, np.array([[0.0, 10.0, 20.0, 10.0]]))
    draw_lines(painter, np.empty((0, 4)))
    painter.end()
    assert image.pixelColor(10, 10) == QColor("black")
    assert image.pixelColor(10, 3) == QColor("white")


def test_smoothing_averages_over_the_past_and_leaves_gaps() -> None:
    values = np.array([1.0, 3.0, np.nan, 5.0])
    result = smoothed(values, 0.5)
    assert result[0] == 1.0
    assert result[1] == pytest.approx((0.5 * 1.0 + 3.0) / 1.5)
    assert np.isnan(result[2])
    assert result[3] == pytest.approx((0.125 * 1.0 + 0.25 * 3.0 + 5.0) / 1.375)
    assert smoothed(values, 0.0) is values
    expected, state, weight = [], 0.0, 0.0
    noisy = np.random.default_rng(0).normal(size=300)
    for value in noisy:
        state, weight = 0.97 * state + value, 0.97 * weight + 1.0
        expected.append(state / weight)
    np.testing.assert_allclose(smoothed(noisy, 0.97), expected)
