import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF, QSizeF

from nnviz.ui.network.viewport import MAX_ZOOM, Viewport

SIZE = QSizeF(800, 600)


def test_what_is_under_the_mouse_stays_there() -> None:
    at = QPointF(500, 200)
    view = Viewport().zoomed(2.0, at, SIZE)
    assert view.zoom == 2.0
    assert view.to_picture(at) == at * 2.0
    assert view.zoomed(0.5, QPointF(10, 10), SIZE) == Viewport()
    assert Viewport().zoomed(0.1, at, SIZE).is_fitted
    assert Viewport().zoomed(100.0, at, SIZE).zoom == MAX_ZOOM


def test_a_part_is_brought_on_show_by_the_shortest_way() -> None:
    view = Viewport(2.0, (0.0, 0.0))
    assert view.showing(QRectF(100, 100, 50, 50), SIZE) == view
    assert view.showing(QRectF(1000, 100, 50, 50), SIZE).offset == (1074.0 - 800.0, 0.0)
    assert Viewport(2.0, (400.0, 300.0)).showing(QRectF(50, 400, 50, 50), SIZE).offset == (26.0, 300.0)


@given(
    st.lists(
        st.tuples(
            st.floats(0.2, 5.0), st.floats(0, 800), st.floats(0, 600), st.floats(-900, 900), st.floats(-900, 900)
        ),
        max_size=12,
    )
)
def test_nothing_beyond_the_picture_is_ever_shown(steps: list[tuple[float, float, float, float, float]]) -> None:
    view = Viewport()
    for factor, x, y, dx, dy in steps:
        view = view.zoomed(factor, QPointF(x, y), SIZE).moved(dx, dy, SIZE)
        assert 1.0 <= view.zoom <= MAX_ZOOM
        assert 0.0 <= view.offset[0] <= (view.zoom - 1.0) * SIZE.width() + 1e-9
        assert 0.0 <= view.offset[1] <= (view.zoom - 1.0) * SIZE.height() + 1e-9
    assert view.zoomed(1e-9, QPointF(3, 4), SIZE).offset == pytest.approx((0.0, 0.0))
