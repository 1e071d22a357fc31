"""The figure of predicted against true values."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtGui import QImage

from nnviz.drawing.predicted import (
    N_BARS,
    Predictions,
    drawn_rows,
    paint_predicted,
    paint_shares,
    ranges,
    residual_shares,
)
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


def test_scores_are_those_of_the_definition() -> None:
    part = Predictions(TRUE, np.array([1.5, 2.0, 3.0]))
    rmse, r2 = part.scores()
    assert rmse == pytest.approx(np.sqrt(1.25 / 3.0))
    assert r2 == pytest.approx(1.0 - 1.25 / np.sum((TRUE - TRUE.mean()) ** 2))
    assert np.isnan(Predictions(TRUE[:0], TRUE[:0]).scores()).all()
    assert np.isnan(Predictions(TRUE, np.array([1.0, np.inf, 2.0])).scores()).all()


def test_a_range_stays_while_the_points_fill_most_of_it() -> None:
    def of(scale: float) -> dict[str, Predictions]:
        return {"train": Predictions(TRUE, scale * TRUE), "test": Predictions(TRUE[:0], TRUE[:0])}

    first = ranges(of(1.0), residuals=False)
    assert ranges(of(1.01), residuals=False, present=first) == first
    grown = ranges(of(2.0), residuals=False, present=first)
    assert grown[0] == grown[1]
    assert grown[1][1] > 8.0
    assert ranges(of(2.05), residuals=False, present=grown) == grown
    assert ranges(of(1.0), residuals=False, present=grown)[1][1] < 5.0


def test_every_residual_is_counted_once() -> None:
    parts = {"train": Predictions(TRUE, TRUE + np.array([0.1, 0.1, -0.9])), "test": Predictions(TRUE[:0], TRUE[:0])}
    shares = residual_shares(parts, (-1.0, 1.0))
    assert shares["train"].sum() == pytest.approx(1.0)
    assert shares["train"][N_BARS // 20] == pytest.approx(1.0 / 3.0)
    assert shares["train"][11 * N_BARS // 20] == pytest.approx(2.0 / 3.0)
    assert not shares["test"].any()


def test_the_histogram_stands_at_the_right_edge_highest_residual_up(painted: Painted) -> None:
    shares = {"train": np.zeros(N_BARS), "test": np.zeros(N_BARS)}
    shares["train"][-1] = 1.0
    image = painted(lambda painter, rect: paint_shares(painter, rect, shares, LIGHT), LIGHT, 400, 200)
    assert image.pixelColor(398, 3).name() != LIGHT.canvas
    assert image.pixelColor(398, 190).name() == LIGHT.canvas
    assert image.pixelColor(2, 3).name() == LIGHT.canvas


def test_nothing_to_count_paints_nothing(painted: Painted) -> None:
    shares = {"train": np.zeros(N_BARS), "test": np.zeros(N_BARS)}
    image = painted(lambda painter, rect: paint_shares(painter, rect, shares, LIGHT), LIGHT, 40, 20)
    assert image.pixelColor(38, 10).name() == LIGHT.canvas
