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
