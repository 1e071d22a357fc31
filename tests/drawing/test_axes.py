import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF

from nnviz.drawing.axes import Axes, tick_text, tick_values


@given(st.floats(-1e3, 1e3), st.floats(1e-3, 1e6), st.integers(2, 9))
def test_ticks_are_few_and_inside(low: float, span: float, count: int) -> None:
    high = low + span
    ticks = tick_values(low, high, count)
    assert len(ticks) <= count + 2
    assert all(low - 1e-6 * span <= tick <= high + 1e-6 * span for tick in ticks)


def test_ticks_are_round() -> None:
    assert tick_values(0.0, 1.0, 5) == pytest.approx((0.0, 0.2, 0.4, 0.6, 0.8, 1.0))
    assert tick_values(1.0, 1.0) == ()
    assert tick_values(0.0, float("nan")) == ()


@pytest.mark.parametrize(
    ("value", "ticks", "text"),
    [
        (0.25, (0.0, 0.25, 0.5), "0.25"),
        (20_000.0, (0.0, 20_000.0), "20k"),
        (-5.0, (-5.0, 0.0), "−5"),
        (2.5, (0.0, 2.5), "2.5"),
        (1e-5, (0.0, 1e-5), "1.0e−5"),
    ],
)
def test_tick_labels_show_what_the_step_needs(value: float, ticks: tuple[float, ...], text: str) -> None:
    assert tick_text(value, ticks) == text


def test_axes_put_the_lowest_y_at_the_bottom() -> None:
    axes = Axes(QRectF(10, 20, 100, 50), (0.0, 2.0), (-1.0, 1.0))
    assert (axes.point(0.0, -1.0).x(), axes.point(0.0, -1.0).y()) == (10.0, 70.0)
    assert np.allclose(axes.points(np.array([2.0]), np.array([1.0])), [[110.0, 20.0]])


@pytest.mark.parametrize("area", [QRectF(10, 20, 400, 100), QRectF(10, 20, 100, 400)])
def test_equal_scales_show_a_circle_round_in_the_middle_of_the_area(area: QRectF) -> None:
    axes = Axes(area, (-3.0, 3.0), (-2.0, 2.0)).with_equal_scales()
    assert axes.area.width() / 6.0 == pytest.approx(axes.area.height() / 4.0)
    assert axes.area.center() == area.center()
    assert area.contains(axes.area)
    assert axes.area.width() == area.width() or axes.area.height() == area.height()
    flat = Axes(area, (1.0, 1.0), (0.0, 2.0))
    assert flat.with_equal_scales() == flat


@given(
    width=st.floats(20.0, 900.0),
    height=st.floats(20.0, 900.0),
    low=st.floats(-5.0, 0.0),
    span=st.floats(0.5, 20.0),
    kept=st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 1.0)),
)
def test_a_cropped_map_fills_more_of_its_area_and_loses_no_point(width, height, low, span, kept):
    x_kept = tuple(low + span * share for share in sorted(kept))
    whole = Axes(QRectF(0.0, 0.0, width, height), (low, low + span), (0.0, 4.0))
    cropped = whole.cropped(x_kept, (1.0, 3.0))
    for part, before, within in (
        (cropped.x_range, whole.x_range, x_kept),
        (cropped.y_range, whole.y_range, (1.0, 3.0)),
    ):
        assert before[0] - 1e-9 <= part[0] <= within[0] + 1e-9
        assert within[1] - 1e-9 <= part[1] <= before[1] + 1e-9
    # One of the ranges stays as it was.
    assert whole.x_range == pytest.approx(cropped.x_range) or whole.y_range == pytest.approx(cropped.y_range)
    full, part = (axes.with_equal_scales().area for axes in (whole, cropped))
    assert part.width() * part.height() >= full.width() * full.height() - 1e-6
    assert part.height() / 4.0 >= full.height() / 4.0 - 1e-6 or cropped.y_range != whole.y_range
