"""The edges of the network diagram, drawn by compiled code into a picture: four to five times as fast as Qt's lines.

An edge is a function of x, so that it is walked column by column: the thickness across a column is
``width · √(1 + slope²)``, and a pixel is covered as far as its own height, stretched to the slope of the curve where
that is steep, overlaps it. So curves are round and have no joints. Nothing here holds the interpreter's lock.

The one function that is compiled calls none of ours, so that Numba itself notices an edit of it; the engine's kernels
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


class Raster:
    """Draws edges with compiled code, once that is there.

    Attributes
    ----------
    is_ready : bool
        Whether `draw` can be called; never where there is no Numba.
    """

    def __init__(self) -> None:
        self.is_ready = False
        self._kernel: Callable[..., Any] | None = None
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
        kernel = entry_point(_draw)
        nothing = np.zeros(1)
        kernel(
            np.zeros((1, 1), np.uint32), nothing, nothing, nothing, nothing, nothing, np.zeros(1, np.uint32),
            curve_table(),
        )  # fmt: skip
        self._kernel, self.is_ready = kernel, True

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
        if self._kernel is None:
            raise RuntimeError("The compiled raster is not ready.")
        self._kernel(pixels, x0, y0, x1, y1, width, colour, curve_table())


RASTER = Raster()
"""The one of this process."""
