"""Edges, units and dots of the network diagram, drawn by compiled code: a fifth of the time that Qt takes.

An edge is a function of x, so that it is walked column by column: the thickness across a column is
``width · √(1 + slope²)``, and a pixel is covered as far as its own height, stretched to the slope of the curve where
that is steep, overlaps it. So curves are round and have no joints. Nothing here holds the interpreter's lock.

The functions that are compiled call none of ours, so that Numba itself notices an edit of them; the engine's kernels
stay as they are then. Where Numba is missing or does not compile, and where the picture is not made of pixels, Qt draws
(`diagram_edges.paint_edges`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.core.layout import Array

#: Steps of the table of heights and slopes along an edge.
N_STEPS = 256

Pixels = NDArray[np.uint32]
"""Rows of 0xAARRGGBB, opaque: what `QImage.Format_RGB32` holds."""


@cache
def curve_table() -> Array:
    """Return height and slope of an edge ``(2, N_STEPS + 1)`` by share of the way across.

    The edge is the cubic ``x(t) = 1.5 t (1 − t) + t³``, ``y(t) = 3 t² − 2 t³``; the slope is dy/dx, which is level at
    both ends.
    """
    fine = np.linspace(0.0, 1.0, 4097)
    t = np.interp(np.linspace(0.0, 1.0, N_STEPS + 1), 1.5 * fine * (1.0 - fine) + fine**3, fine)
    slope = 6.0 * t * (1.0 - t) / (1.5 * (1.0 - 2.0 * t) + 3.0 * t**2)
    return np.ascontiguousarray([3.0 * t**2 - 2.0 * t**3, slope])


def _draw(pixels, x0, y0, x1, y1, width, colour, table):  # type: ignore[no-untyped-def]
    """Draw edges over `pixels` ``(height, width)``, in their order; ends and widths ``(n,)`` in pixels."""
    height, breadth = pixels.shape
    n_steps = table.shape[1] - 1
    for edge in range(len(x0)):
        left, right = x0[edge], x1[edge]
        if not right > left:
            continue
        per_pixel = n_steps / (right - left)
        start, rise = y0[edge], y1[edge] - y0[edge]
        steepness = rise / (right - left)
        half_width = 0.5 * width[edge]
        red_blue = np.int64(colour[edge]) & 0xFF00FF
        green = np.int64(colour[edge]) & 0x00FF00
        for column in range(max(int(np.floor(left)), 0), min(int(np.ceil(right)), breadth)):
            place = (column + 0.5 - left) * per_pixel
            share = 1.0
            if column < left or column + 1.0 > right:
                # The first and the last column are covered in part.
                share = min(right, column + 1.0) - max(left, float(column))
                place = min(max(place, 0.0), float(n_steps))
            step = min(int(place), n_steps - 1)
            along = place - step
            middle = start + rise * (table[0, step] + along * (table[0, step + 1] - table[0, step]))
            slope = steepness * (table[1, step] + along * (table[1, step + 1] - table[1, step]))
            half = half_width * np.sqrt(1.0 + slope * slope)
            reach = 0.5 if -1.0 < slope < 1.0 else 0.5 * abs(slope)
            row = int(middle - half - reach + 0.5)
            if row < 0 or not middle < 1e6:
                row = 0
            last = min(int(middle + half + reach + 0.5), height)
            # Whole numbers from here on: 1 / 65536 of 1 / 256 of a pixel that is covered.
            scale = 65536.0 * 256.0 * share / (2.0 * reach)
            top, bottom = np.int64((middle - half) * scale), np.int64((middle + half) * scale)
            lower = np.int64((row + 0.5 + reach) * scale)
            whole = np.int64(65536.0 * 256.0 * share)
            down = np.int64(scale)
            while row < last:
                amount = ((bottom if bottom < lower else lower) - (top if top > lower - whole else lower - whole)) >> 16
                lower += down
                if amount > 0:
                    below = np.int64(pixels[np.uint64(row), np.uint64(column)])
                    rest = 256 - amount
                    pixels[np.uint64(row), np.uint64(column)] = (
                        0xFF000000
                        | ((((below & 0xFF00FF) * rest + red_blue * amount + 0x800080) >> 8) & 0xFF00FF)
                        | ((((below & 0x00FF00) * rest + green * amount + 0x008000) >> 8) & 0x00FF00)
                    )
                row += 1


def _stamp(pixels, corners, opacity, maps, levels, tables, table, frame):  # type: ignore[no-untyped-def]
    """Draw maps ``(n, h, w)`` as squares of the size of `frame`, which is drawn over each of them."""
    breadth, side = pixels.shape[1], frame.shape[0]
    _, height, width = maps.shape
    last_colour = tables.shape[1] - 1
    texture = np.empty((height, width), np.int64)
    line = np.empty(width, np.int64)
    # Where a pixel lies between two values, and how much of the second it takes, of 256.
    first_of, share_of = np.empty(side, np.int64), np.empty(side, np.int64)
    for column in range(side):
        place = min(max((column + 0.5) * width / side - 0.5, 0.0), width - 1.0)
        first_of[column] = min(int(place), max(width - 2, 0))
        share_of[column] = int((place - first_of[column]) * 256.0 + 0.5)
    second = 1 if width > 1 else 0
    for unit in range(len(corners)):
        left, top = int(corners[unit, 0]), int(corners[unit, 1])
        low, high = levels[unit, 0], levels[unit, 1]
        scale = last_colour / (high - low) if high > low else 0.0
        for row in range(height):
            for column in range(width):
                value = (maps[unit, height - 1 - row, column] - low) * scale + 0.5
                # What is not a number has the first colour.
                index = 0 if not value > 0.0 else last_colour if value >= last_colour else int(value)
                texture[row, column] = np.int64(tables[table[unit], index])
        shown = np.int64(opacity[unit] * 256.0 + 0.5)
        for row in range(max(0, -top), min(side, pixels.shape[0] - top)):
            place = min(max((row + 0.5) * height / side - 0.5, 0.0), height - 1.0)
            above = min(int(place), max(height - 2, 0))
            below = min(above + 1, height - 1)
            share = np.int64((place - above) * 256.0 + 0.5)
            for column in range(width):
                one, other = texture[above, column], texture[below, column]
                red_blue = ((one & 0xFF00FF) * (256 - share) + (other & 0xFF00FF) * share + 0x800080) >> 8
                green = ((one & 0x00FF00) * (256 - share) + (other & 0x00FF00) * share + 0x008000) >> 8
                line[column] = (red_blue & 0xFF00FF) | (green & 0x00FF00)
            for column in range(max(0, -left), min(side, breadth - left)):
                over = np.int64(frame[row, column])
                cover = over >> 24
                if cover == 255:
                    pixels[top + row, left + column] = over
                    continue
                share = share_of[column]
                one, other = line[first_of[column]], line[first_of[column] + second]
                red_blue = (((one & 0xFF00FF) * (256 - share) + (other & 0xFF00FF) * share + 0x800080) >> 8) & 0xFF00FF
                green = (((one & 0x00FF00) * (256 - share) + (other & 0x00FF00) * share + 0x008000) >> 8) & 0x00FF00
                if shown < 256:
                    under = np.int64(pixels[top + row, left + column])
                    rest = 256 - shown
                    red_blue = ((red_blue * shown + (under & 0xFF00FF) * rest + 0x800080) >> 8) & 0xFF00FF
                    green = ((green * shown + (under & 0x00FF00) * rest + 0x008000) >> 8) & 0x00FF00
                if cover > 0:
                    rest = 256 - cover - (cover >> 7)
                    red_blue = (over & 0xFF00FF) + (((red_blue * rest) >> 8) & 0xFF00FF)
                    green = (over & 0x00FF00) + (((green * rest) >> 8) & 0x00FF00)
                pixels[top + row, left + column] = 0xFF000000 | red_blue | green


def _dab(pixels, x, y, column, row, sheet, side):  # type: ignore[no-untyped-def]
    """Draw squares of `sheet`, premultiplied, each with its middle at the pixel nearest to its point ``(n,)``."""
    height, breadth = pixels.shape
    for spot in range(len(x)):
        left, top = int(np.floor(x[spot] - 0.5 * side + 0.5)), int(np.floor(y[spot] - 0.5 * side + 0.5))
        first, over = column[spot] * side, row[spot] * side
        for down in range(max(0, -top), min(side, height - top)):
            for across in range(max(0, -left), min(side, breadth - left)):
                above = np.int64(sheet[over + down, first + across])
                cover = above >> 24
                if cover == 0:
                    continue
                rest = 256 - cover - (cover >> 7)
                under = np.int64(pixels[top + down, left + across])
                pixels[top + down, left + across] = (
                    0xFF000000
                    | ((above & 0xFF00FF) + ((((under & 0xFF00FF) * rest) >> 8) & 0xFF00FF))
                    | ((above & 0x00FF00) + ((((under & 0x00FF00) * rest) >> 8) & 0x00FF00))
                )


class Raster:
    """Draws edges and units with compiled code, once that is there.

    Attributes
    ----------
    is_ready : bool
        Whether `draw`, `stamp` and `dab` can be called; never where there is no Numba.
    """

    def __init__(self) -> None:
        self.is_ready = False
        self._edges: Callable[..., Any] | None = None
        self._maps: Callable[..., Any] | None = None
        self._dabs: Callable[..., Any] | None = None
        self._has_failed = False

    @property
    def can_become_ready(self) -> bool:
        """Whether `prepare` is worth calling."""
        return not self.is_ready and not self._has_failed

    def prepare(self) -> bool:
        """Compile, or take from the folder of compiled kernels; return whether that could be done.

        Takes a second or two the first time on a computer, and may be called in any thread.
        """
        if self.can_become_ready:
            try:
                self._compile()
            except Exception:  # Numba's imports, compilers and disks raise anything; Qt draws then.
                self._has_failed = True
        return self.is_ready

    def _compile(self) -> None:
        import numba

        from nnviz.core.kernels.cache import entry_point

        if numba.config.DISABLE_JIT:
            raise RuntimeError("Compiling is switched off.")
        edges, maps, dabs = entry_point(_draw), entry_point(_stamp), entry_point(_dab)
        pixel, nothing = np.zeros((1, 1), np.uint32), np.zeros(1)
        edges(pixel, nothing, nothing, nothing, nothing, nothing, np.zeros(1, np.uint32), curve_table())
        maps(
            pixel, np.zeros((1, 2)), nothing, np.zeros((1, 1, 1), np.float32), np.zeros((1, 2)),
            np.zeros((1, 2), np.uint32), np.zeros(1, np.int64), _kept(pixel),
        )  # fmt: skip
        index = np.zeros(1, np.int64)
        dabs(pixel, nothing, nothing, index, index, _kept(pixel), 1)
        self._edges, self._maps, self._dabs, self.is_ready = edges, maps, dabs, True

    def draw(
        self, pixels: Pixels, x0: Array, y0: Array, x1: Array, y1: Array, width: Array, colour: NDArray[np.uint32]
    ) -> None:
        """Draw edges over what `pixels` holds, in their order.

        Parameters
        ----------
        pixels : ndarray uint32 ``(height, width)``, C-contiguous
        x0, y0, x1, y1 : ndarray ``(n,)``
            Ends, pixels; those with ``x1 <= x0`` are left out.
        width : ndarray ``(n,)``
            Pixels.
        colour : ndarray uint32 ``(n,)``
            0xFFRRGGBB.
        """
        if self._edges is None:
            raise RuntimeError("The compiled raster is not ready.")
        self._edges(pixels, x0, y0, x1, y1, width, colour, curve_table())

    def stamp(
        self,
        pixels: Pixels,
        corners: Array,
        opacity: Array,
        maps: NDArray[np.float32],
        levels: Array,
        tables: Pixels,
        table: NDArray[np.int64],
        frame: Pixels,
    ) -> None:
        """Draw squares of colour-mapped values, smoothly scaled, over what `pixels` holds.

        Parameters
        ----------
        pixels : ndarray uint32 ``(height, width)``, C-contiguous
        corners : ndarray ``(n, 2)``
            x and y of their left and upper corners, whole numbers of pixels; they may lie outside.
        opacity : ndarray ``(n,)``
            0 … 1.
        maps : ndarray float32 ``(≥ n, h, w)``, C-contiguous
            Row 0 at the bottom; NaN has the first colour.
        levels : ndarray ``(n, 2)``
            Values of the first and of the last colour.
        tables : ndarray uint32 ``(n_tables, n_colours)``, C-contiguous
        table : ndarray int64 ``(n,)``
            Which table colours each map.
        frame : ndarray uint32 ``(side, side)``, C-contiguous
            0xAARRGGBB, premultiplied: drawn over every square, which has its size.
        """
        if self._maps is None:
            raise RuntimeError("The compiled raster is not ready.")
        self._maps(pixels, corners, opacity, maps, levels, tables, table, _kept(frame))

    def dab(
        self,
        pixels: Pixels,
        x: Array,
        y: Array,
        column: NDArray[np.int64],
        row: NDArray[np.int64],
        sheet: Pixels,
        side: int,
    ) -> None:
        """Draw small squares of one sheet over what `pixels` holds, at whole pixels.

        Parameters
        ----------
        pixels : ndarray uint32 ``(height, width)``, C-contiguous
        x, y : ndarray ``(n,)``
            Their middles, pixels; they may lie outside.
        column, row : ndarray int64 ``(n,)``
            Which square of the sheet is drawn there.
        sheet : ndarray uint32, C-contiguous
            0xAARRGGBB, premultiplied: squares of `side` pixels in columns and rows.
        side : int
        """
        if self._dabs is None:
            raise RuntimeError("The compiled raster is not ready.")
        self._dabs(pixels, x, y, column, row, _kept(sheet), side)


def _kept(pixels: Pixels) -> Pixels:
    """Return `pixels` read-only, as those of an image are: Numba would compile another kernel for writable ones."""
    pixels = pixels.view()
    pixels.flags.writeable = False
    return pixels


RASTER = Raster()
"""The one of this process."""
