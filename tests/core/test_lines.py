"""Lines on a plane: what is zero on them stays zero on them, wherever a hand brings them."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nnviz.core.lines import DOUBLING, Line, dragged

numbers = st.floats(-5.0, 5.0)
lines = st.builds(Line, numbers, numbers, numbers)


@given(lines, numbers, numbers)
def test_the_nearest_place_is_on_the_line_and_as_far_away_as_is_said(line: Line, x: float, y: float) -> None:
    assume(line.steepness > 1e-3)
    near = line.nearest(x, y)
    assert line.at(*near) == pytest.approx(0.0, abs=1e-8)
    assert math.dist(near, (x, y)) == pytest.approx(abs(line.distance(x, y)), abs=1e-6)
    assert math.copysign(1.0, line.distance(x, y)) == math.copysign(1.0, line.at(x, y))


@given(lines, numbers, numbers)
def test_what_is_seen_of_a_line_is_on_it_and_ends_at_the_border(line: Line, x: float, y: float) -> None:
    assume(line.steepness > 1e-3)
    segment = line.within(x, y, x + 2.0, y + 1.0)
    if segment is None:
        corners = [line.at(x + i, y + j) for i in (0.0, 2.0) for j in (0.0, 1.0)]
        assert min(corners) >= -1e-9 or max(corners) <= 1e-9
        return
    for end in (segment[:2], segment[2:]):
        assert line.at(*end) == pytest.approx(0.0, abs=1e-7)
        assert min(abs(end[0] - x), abs(end[0] - x - 2.0), abs(end[1] - y), abs(end[1] - y - 1.0)) < 1e-7
    # The active side is on the left.
    middle = (segment[0] + segment[2]) / 2.0, (segment[1] + segment[3]) / 2.0
    left = -(segment[3] - segment[1]), segment[2] - segment[0]
    if math.hypot(*left) > 1e-3:
        assert line.at(middle[0] + left[0], middle[1] + left[1]) > 0.0


def test_without_a_slope_nothing_is_seen() -> None:
    assert Line(0.0, 0.0, 1.0).within(0.0, 0.0, 1.0, 1.0) is None
    assert Line(0.0, 0.0, -1.0).distance(3.0, 4.0) == -math.inf


def test_a_line_that_passes_by_is_not_seen() -> None:
    assert Line(1.0, 0.0, -3.0).within(0.0, 0.0, 1.0, 1.0) is None
    assert Line(1.0, 1.0, -3.0).within(0.0, 0.0, 1.0, 1.0) is None


@given(lines, numbers, numbers, st.floats(-3.0, 3.0))
def test_a_turned_line_keeps_what_it_is_at_its_pivot_and_its_steepness(
    line: Line, x: float, y: float, angle: float
) -> None:
    turned = line.turned(x, y, angle)
    assert turned.at(x, y) == pytest.approx(line.at(x, y), abs=1e-9)
    assert turned.steepness == pytest.approx(line.steepness, abs=1e-9)


@given(lines, numbers, numbers)
def test_over_pixels_it_is_the_same_line(line: Line, x: float, y: float) -> None:
    pixels = line.stretched(40.0, -30.0, 7.0, 300.0)
    assert pixels.at(40.0 * x + 7.0, 300.0 - 30.0 * y) == pytest.approx(line.at(x, y), abs=1e-9)


def test_a_hand_moves_turns_and_steepens() -> None:
    line = Line(2.0, 0.0, -20.0)
    moved = dragged(line, "move", (0.0, 0.0), (10.0, 5.0), (14.0, 9.0))
    assert moved.at(14.0, 0.0) == pytest.approx(0.0)
    turned = dragged(line, "turn", (10.0, 5.0), (10.0, 45.0), (50.0, 5.0))
    assert turned.at(10.0, 5.0) == pytest.approx(0.0)
    # A quarter turn: the line lies where it stood upright.
    assert turned.at(100.0, 5.0) == pytest.approx(0.0)
    steep = dragged(line, "scale", (0.0, 0.0), (10.0, 5.0), (10.0 + DOUBLING, 5.0))
    assert steep == Line(4.0, 0.0, -40.0)
    assert dragged(line, "scale", (0.0, 0.0), (10.0, 5.0), (10.0 - DOUBLING, 5.0)) == Line(1.0, 0.0, -10.0)
