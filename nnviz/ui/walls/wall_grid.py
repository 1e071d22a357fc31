"""Where each map of a wall hangs, and how large it is: as large as the room allows, but never too small to be seen."""

from __future__ import annotations

import math

from msgspec import Struct
from PySide6.QtCore import QRectF

GAP = 10.0
#: Shorter side of a map, at least: below that, the wall is scrolled.
LEAST_SIDE, LARGEST_SIDE = 56.0, 320.0
#: Below this there is one line of figures below a map, not two.
ONE_LINE_BELOW = 84.0


class WallGrid(Struct, frozen=True):
    """Sizes in device-independent pixels.

    Attributes
    ----------
    columns, rows : int
    side : float
        Of a map.
    left, top : float
        Room for the labels of rows and columns, and what is left over on each side.
    text : float
        Room for the figures below a map.
    """

    columns: int
    rows: int
    side: float
    left: float
    top: float
    text: float

    @property
    def height(self) -> float:
        """Of the whole wall."""
        return self.top + self.rows * (self.side + self.text + GAP) - GAP

    def map_at(self, place: int) -> QRectF:
        """Return where the map at a place is; places are counted along the rows."""
        row, column = divmod(place, self.columns)
        return QRectF(
            self.left + column * (self.side + GAP), self.top + row * (self.side + self.text + GAP), self.side, self.side
        )

    def cell_at(self, place: int) -> QRectF:
        """Return the map with its figures."""
        return self.map_at(place).adjusted(0.0, 0.0, 0.0, self.text)


def text_height(side: float, line: float) -> float:
    """Return the room for the figures below a map."""
    return (1.25 if side < ONE_LINE_BELOW else 2.25) * line


def sorted_grid(n: int, width: float, height: float, line: float) -> WallGrid:
    """Return the grid of `n` maps in the order of their loss that fills a room best."""
    best = _grid(n, 1, width, height, line)
    for columns in range(2, max(n, 1) + 1):
        grid = _grid(n, columns, width, height, line)
        if grid.side > best.side:
            best = grid
    if best.side >= LEAST_SIDE:
        return best
    columns = max(int((width + GAP) // (LEAST_SIDE + GAP)), 1)
    side = max(min((width + GAP) / columns - GAP, LARGEST_SIDE), 24.0)
    return _with_side(columns, -(-n // columns), side, width, 0.0, 0.0, line)


def labelled_grid(
    rows: int, columns: int, width: float, height: float, line: float, labels: tuple[float, float]
) -> WallGrid:
    """Return the grid of a wall with axes.

    Parameters
    ----------
    labels : (float, float)
        Room left of the rows and above the columns.
    """
    left, top = labels
    across = (width - left + GAP) / columns - GAP
    down = (height - top + GAP) / rows - GAP - text_height(min(across, LARGEST_SIDE), line)
    side = max(min(across, max(down, LEAST_SIDE), LARGEST_SIDE), 24.0)
    return _with_side(columns, rows, side, width, left, top, line)


def _grid(n: int, columns: int, width: float, height: float, line: float) -> WallGrid:
    rows = max(-(-n // columns), 1)
    across = (width + GAP) / columns - GAP
    down = (height + GAP) / rows - GAP
    side = min(across, down - text_height(down - 2.25 * line, line), LARGEST_SIDE)
    return _with_side(columns, rows, max(side, 1.0), width, 0.0, 0.0, line)


def _with_side(columns: int, rows: int, side: float, width: float, left: float, top: float, line: float) -> WallGrid:
    side = math.floor(side)
    spare = max(width - left - columns * (side + GAP) + GAP, 0.0)
    return WallGrid(columns, rows, side, left + math.floor(0.5 * spare), top, text_height(side, line))
