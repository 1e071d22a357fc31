"""Where the maps of a wall hang: none overlaps another, all fit in the width, and few fill the room."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.ui.walls.wall_grid import LEAST_SIDE, WallGrid, labelled_grid, sorted_grid


def check(grid: WallGrid, n: int, width: float) -> None:
    cells = [grid.cell_at(place) for place in range(n)]
    assert all(cell.left() >= 0.0 and cell.right() <= width + 1e-6 for cell in cells)
    assert all(cell.bottom() <= grid.height + 1e-6 for cell in cells)
    for one, other in pairwise(cells):
        assert not one.intersects(other)
    assert len({(cell.x(), cell.y()) for cell in cells}) == n


@given(n=st.integers(1, 225), width=st.floats(300.0, 2000.0), height=st.floats(150.0, 1200.0))
def test_sorted_maps_have_their_places(n, width, height):
    grid = sorted_grid(n, width, height, 15.0)
    check(grid, n, width)
    assert grid.height <= height + 1.0 or grid.side >= LEAST_SIDE - 1.0


@given(rows=st.integers(1, 12), columns=st.integers(1, 8), width=st.floats(500.0, 2000.0))
def test_maps_with_axes_have_their_places_right_of_their_labels(rows, columns, width):
    grid = labelled_grid(rows, columns, width, 600.0, 15.0, (80.0, 40.0))
    check(grid, rows * columns, width)
    assert grid.map_at(0).left() >= 80.0
    assert grid.map_at(0).top() == 40.0


@pytest.mark.parametrize(("n", "columns"), [(25, 5), (100, 10)])
def test_a_square_room_gets_as_many_columns_as_rows(n, columns):
    assert sorted_grid(n, 800.0, 900.0, 15.0).columns == columns
