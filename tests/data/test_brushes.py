"""What a brush adds, touches and shakes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.data.brushes import Brush, dropped, first_drop, inside, nearest, rounded, shaken, touched, travelled

BRUSH = Brush((2.0, 1.0), 5)
PLACES = st.tuples(st.floats(-50, 50), st.floats(-50, 50))


def in_disc(points: np.ndarray, centre: tuple[float, float]) -> np.ndarray:
    return (((points - centre) / BRUSH.radius) ** 2).sum(axis=1) <= 1.0 + 1e-9


def test_it_drops_its_density_where_it_is_set_down() -> None:
    points = first_drop(BRUSH, (3.0, 4.0), np.random.default_rng(0))
    assert len(points) == 5
    assert in_disc(points, (3.0, 4.0)).all()
    assert first_drop(Brush((2.0, 1.0), 1), (3.0, 4.0), np.random.default_rng(0)).tolist() == [[3.0, 4.0]]


@given(PLACES, PLACES)
def test_what_it_drops_on_its_way_is_touched_by_it(start: tuple[float, float], end: tuple[float, float]) -> None:
    points, owed = dropped(BRUSH, start, end, np.random.default_rng(1))
    assert len(points) == int(5 * travelled(BRUSH, start, end))
    assert 0.0 <= owed < 1.0
    grown = Brush((2.0 + 1e-6, 1.0 + 1e-6))
    assert touched(points, grown, start, end).all()


def test_many_short_ways_drop_as_much_as_a_long_one() -> None:
    rng, owed, count = np.random.default_rng(0), 0.0, 0
    for step in range(100):
        points, owed = dropped(BRUSH, (0.2 * step, 0.0), (0.2 * (step + 1), 0.0), rng, owed)
        count += len(points)
    assert count in (49, 50)


def test_the_same_seed_drops_the_same_points() -> None:
    once, again = (dropped(BRUSH, (0.0, 0.0), (9.0, 3.0), np.random.default_rng(7))[0] for _ in range(2))
    assert np.array_equal(once, again)


def test_it_touches_what_lies_along_its_way_and_nothing_else() -> None:
    places = np.array([[0.0, 0.9], [5.0, -0.9], [5.0, 1.1], [-1.9, 0.0], [-2.1, 0.0], [12.1, 0.0]])
    assert touched(places, BRUSH, (0.0, 0.0), (10.0, 0.0)).tolist() == [True, True, False, True, False, False]
    assert touched(places, BRUSH, (0.0, 0.0), (0.0, 0.0)).tolist() == [True, False, False, True, False, False]
    assert touched(np.empty((0, 2)), BRUSH, (0.0, 0.0), (1.0, 0.0)).tolist() == []


def test_a_frame_may_be_drawn_from_any_corner() -> None:
    places = np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 0.5]])
    assert inside(places, (1.5, 1.5), (-1.0, -1.0)).tolist() == [True, True, False]


def test_the_nearest_of_equally_near_points_is_the_last() -> None:
    places = np.array([[0.0, 0.0], [0.0, 0.0], [5.0, 0.0]])
    assert nearest(places, (0.1, 0.0), (1.0, 1.0)) == 1
    assert nearest(places, (3.0, 0.0), (1.0, 1.0)) is None
    assert nearest(np.empty((0, 2)), (0.0, 0.0), (1.0, 1.0)) is None


def test_shaking_is_seeded_and_small() -> None:
    places = np.zeros((500, 2))
    once, again = (shaken(places, BRUSH, np.random.default_rng(3)) for _ in range(2))
    assert np.array_equal(once, again)
    assert once.std(axis=0) == pytest.approx([0.24, 0.12], rel=0.15)


@given(st.floats(1e-6, 1e6), st.floats(-1e3, 1e3))
def test_rounding_is_finer_than_can_be_seen(span: float, value: float) -> None:
    assert abs(float(rounded(np.array([value * span]), span)[0]) - value * span) <= span * 1e-4
