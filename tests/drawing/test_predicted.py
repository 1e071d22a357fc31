"""The figure of predicted against true values."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtGui import QImage

from nnviz.drawing.predicted import Predictions, drawn_rows, paint_predicted, ranges
from nnviz.drawing.theme import DARK, LIGHT, Theme

Painted = Callable[..., QImage]

TRUE = np.array([1.0, 2.0, 4.0])


def test_what_is_plotted() -> None:
    part = Predictions(TRUE, TRUE + 0.5)
    assert part.places(residuals=False).tolist() == [[1.0, 1.5], [2.0, 2.5], [4.0, 4.5]]
    assert part.places(residuals=True).tolist() == [[1.5, 0.5], [2.5, 0.5], [4.5, 0.5]]


def test_both_axes_show_the_same_range_and_residuals_one_around_zero() -> None:
    parts = {"train": Predictions(TRUE, TRUE - 0.5), "test": Predictions(TRUE[:0], TRUE[:0])}
    x_range, y_range = ranges(parts, residuals=False)
    assert x_range == y_range
    assert x_range[0] < 0.5
    assert x_range[1] > 4.0
    _, (low, high) = ranges(parts, residuals=True)
    assert low == -high < -0.5


def test_answers_that_are_no_numbers_are_passed_over() -> None:
    nothing = {"train": Predictions(TRUE, np.full(3, np.nan)), "test": Predictions(TRUE[:0], TRUE[:0])}
    for residuals in (False, True):
        (x0, x1), (y0, y1) = ranges(nothing, residuals=residuals)
        assert x0 < x1
        assert y0 < y1


def test_rows_are_thinned_evenly() -> None:
    assert drawn_rows(0).tolist() == []
    assert drawn_rows(3).tolist() == [0, 1, 2]
    rows = drawn_rows(50_000)
    assert (rows[0], rows[-1]) == (0, 49_999)
    assert np.ptp(np.diff(rows)) <= 1


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize("residuals", [False, True])
def test_points_of_both_parts_are_painted(painted: Painted, theme: Theme, residuals: bool) -> None:
    parts = {"train": Predictions(TRUE, TRUE + 0.3), "test": Predictions(TRUE, TRUE - 0.3)}
    image = painted(
        lambda painter, rect: paint_predicted(painter, rect, parts, "mpg", "R² 0.9", theme, residuals=residuals), theme
    )
    colours = {image.pixelColor(x, y).name() for x in range(90, 630) for y in range(50, 420)}
    assert theme.quiet in colours
    assert theme.test in colours
