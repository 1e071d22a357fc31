"""The wall of a sweep as a PNG file, painted without a window."""

from __future__ import annotations

import math

from nnviz.core.storage import PathLike
from nnviz.drawing.theme import LIGHT, Theme
from nnviz.drawing.wall import WallPicture, layout_wall, paint_wall
from nnviz.export.figures import drawing_application
from nnviz.export.plots import Figure, save_png

SCALE = 1.5
"""Pixels of the file per device-independent one."""


def write_wall(wall: WallPicture, path: PathLike, theme: Theme = LIGHT) -> None:
    """Write the picture, atomically.

    Raises
    ------
    ExperimentError
        Where it cannot be written.
    """
    application = drawing_application()  # noqa: F841 - fonts need it for as long as this function draws
    # Even, so that the file has whole pixels: a part of one at the edge would stay bare.
    width, height = (2 * math.ceil(length / 2.0) for length in layout_wall(wall, theme).size)
    figure = Figure(
        name="wall",
        size=(width, height),
        paint=lambda painter, _rect: paint_wall(painter, wall, theme),
        theme=theme,
        write_table=lambda _path: None,
    )
    save_png(figure, path, SCALE)
