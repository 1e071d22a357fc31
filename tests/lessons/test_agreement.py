"""How far a drawn line agrees with a map, on shapes whose areas are known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from nnviz.lessons.agreement import Area, Stroke, agreement, mean_gap

SQUARE: Area = ((-6.0, 6.0), (-3.0, 3.0))
N = 300


def cells(area: Area = SQUARE) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    (x0, x1), (y0, y1) = area
    steps = (np.arange(N) + 0.5) / N
    return np.meshgrid(x0 + steps * (x1 - x0), y0 + steps * (y1 - y0))


def circle(radius: float, n: int = 200, end: float = 1.0) -> Stroke:
    """A round stroke: in units of the square's own sides, which are not as long as each other."""
    angles = 2.0 * math.pi * end * np.arange(n) / (n - 1)
    return tuple((12.0 * radius * math.cos(angle), 6.0 * radius * math.sin(angle)) for angle in angles)


def disc(radius: float) -> NDArray[np.int64]:
    x, y = cells()
    return ((x / 12.0) ** 2 + (y / 6.0) ** 2 < radius**2).astype(np.int64)


def test_a_line_where_the_answer_changes_agrees_everywhere_whichever_side_is_which() -> None:
    x, _ = cells()
    line = ((1.0, -3.0), (1.0, 0.0), (1.0, 3.0))
    for classes in (x > 1.0, x <= 1.0):
        assert agreement([line], SQUARE, classes.astype(int), SQUARE, 2) == 1.0


def test_a_shifted_line_misses_the_strip_between() -> None:
    x, _ = cells()
    line = ((1.0, -3.0), (1.0, 3.0))
    # Of a width of 12, three are between the line and where the answer changes.
    assert agreement([line], SQUARE, (x > 4.0).astype(int), SQUARE, 2) == pytest.approx(0.75, abs=0.005)


def test_an_open_line_goes_straight_on_to_the_edges() -> None:
    x, y = cells()
    for line in (((-1.0, -0.5), (1.0, 0.5)), ((1.0, 0.5), (0.2, 0.1), (-1.0, -0.5))):
        assert agreement([line], SQUARE, (y > 0.5 * x).astype(int), SQUARE, 2) == pytest.approx(1.0, abs=0.005)


def test_an_end_at_the_edge_leaves_by_the_shortest_way() -> None:
    _, y = cells()
    # It bends down along the left edge, where the pen slipped.
    line = ((-5.9, -2.0), (-5.9, 0.0), (0.0, 0.0), (5.9, 0.0))
    assert agreement([line], SQUARE, (y > 0.0).astype(int), SQUARE, 2) > 0.98


def test_a_round_stroke_closes_itself_and_counts_as_area() -> None:
    for end in (1.0, 0.97):
        assert agreement([circle(0.3, end=end)], SQUARE, disc(0.3), SQUARE, 2) > 0.99
    # A disc within a disc: what lies between them does not agree.
    between = math.pi * (0.3**2 - 0.2**2)
    assert agreement([circle(0.2)], SQUARE, disc(0.3), SQUARE, 2) == pytest.approx(1.0 - between, abs=0.01)


def test_two_strokes_make_a_ring_or_a_stripe() -> None:
    ring = disc(0.4) - disc(0.2)
    assert agreement([circle(0.4), circle(0.2)], SQUARE, ring, SQUARE, 2) > 0.98
    x, y = cells()
    stripe = (np.abs(x + 2.0 * y) < 3.0).astype(int)
    lines = [((-6.0, 3.0 * sign / 2 + 3.0), (6.0, 3.0 * sign / 2 - 3.0)) for sign in (-1.0, 1.0)]
    assert agreement(lines, SQUARE, stripe, SQUARE, 2) > 0.98
    assert agreement(lines[:1], SQUARE, stripe, SQUARE, 2) < 0.8


def test_with_more_classes_every_region_stands_for_what_most_of_it_is() -> None:
    x, y = cells()
    classes = np.where(x > 0.0, 2, (y > 0.0).astype(int))
    lines = [((0.0, -3.0), (0.0, 3.0)), ((-6.0, 0.0), (-1.0, 0.0))]
    assert agreement(lines, SQUARE, classes, SQUARE, 3) == pytest.approx(1.0, abs=0.01)
    assert agreement(lines[:1], SQUARE, classes, SQUARE, 3) == pytest.approx(0.75, abs=0.005)


def test_only_what_was_drawn_in_and_is_seen_counts() -> None:
    whole: Area = ((-12.0, 12.0), (-6.0, 6.0))
    x, _ = cells(whole)
    classes = (x > 0.0).astype(int)
    classes[np.abs(x) > 6.5] = 0
    line = ((0.0, -3.0), (0.0, 3.0))
    assert agreement([line], SQUARE, classes, whole, 2) == 1.0
    elsewhere: Area = ((20.0, 30.0), (0.0, 1.0))
    assert math.isnan(agreement([line], SQUARE, np.zeros((5, 5), dtype=int), elsewhere, 2))


def test_a_dot_is_no_line() -> None:
    assert math.isnan(agreement([((1.0, 1.0), (1.0, 1.0))], SQUARE, disc(0.3), SQUARE, 2))
    assert math.isnan(agreement([], SQUARE, disc(0.3), SQUARE, 2))


def test_a_curve_is_off_by_the_mean_of_its_distances() -> None:
    epochs = np.arange(11.0)
    assert mean_gap(((0.0, 1.0), (10.0, 1.0)), epochs, np.linspace(1.0, 0.0, 11)) == pytest.approx(0.5)
    # Epochs that were not drawn, and a loss that is no number, do not count.
    losses = np.where(epochs == 3.0, np.nan, 0.25)
    assert mean_gap(((2.0, 0.5), (4.0, 0.5)), epochs, losses) == pytest.approx(0.25)
    assert math.isnan(mean_gap(((20.0, 1.0), (30.0, 1.0)), epochs, losses))
