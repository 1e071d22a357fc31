"""The confusion matrix on paper: colours that can be read upon, and a place for everything."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFont, QImage, QPainter
from PySide6.QtWidgets import QApplication

from nnviz.drawing.confusion import cell_pixels, cell_ramp, paint_confusion
from nnviz.drawing.confusion_layout import Words, geometry
from nnviz.drawing.theme import THEMES, Theme

from .colour_science import contrast

COUNTS = np.array([[40, 0, 1], [3, 12, 25], [0, 0, 0]])
NAMES = ("ant", "bee", "cat")


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("role", ["positive", "negative"])
def test_numbers_can_be_read_on_every_colour(theme: Theme, role: str) -> None:
    colours = [QColor.fromRgb(int(pixel)).name() for pixel in cell_ramp(theme, role)]
    assert min(contrast(theme.text, colour) for colour in colours) >= (7.0 if theme.projected else 4.5)
    assert contrast(theme.quiet, colours[0]) >= 4.5
    # And they differ from each other.
    assert contrast(colours[0], colours[-1]) > 1.7


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_colours_say_the_share_of_the_row(theme: Theme) -> None:
    pixels = cell_pixels(COUNTS, theme)
    right, wrong = cell_ramp(theme, "positive"), cell_ramp(theme, "negative")
    assert pixels[0, 1] == pixels[2, 2] == right[0] == wrong[0]
    assert pixels[1, 1] == right[round(12 / 40 * 255)]
    assert pixels[1, 2] == wrong[round(25 / 40 * 255)]
    # One row among many is seen.
    assert contrast(QColor.fromRgb(int(pixels[0, 2])).name(), theme.canvas) > 1.03


@pytest.mark.parametrize("size", [(340.0, 120.0), (600.0, 600.0), (1200.0, 300.0)])
def test_every_pixel_of_a_cell_belongs_to_it(qapp: QApplication, size: tuple[float, float]) -> None:
    where = geometry(size, COUNTS, NAMES, THEMES["light"], QFont(), Words())
    for row in range(-1, 3):
        for column in range(-1, 3):
            if (row, column) != (-1, -1):
                assert where.place_at(where.rect((row, column)).center()) == (row, column)
    assert where.place_at(where.cells.topLeft() - QPointF(3.0, 3.0)) is None
    assert where.place_at(where.cells.topLeft()) == (0, 0)
    assert where.place_at(where.cells.bottomRight() - QPointF(0.5, 0.5)) == (2, 2)


def test_numbers_shrink_and_go_before_they_overlap(qapp: QApplication) -> None:
    theme = THEMES["light"]
    sizes = []
    for n in (2, 10, 20, 50):
        counts = np.full((n, n), 123456)
        where = geometry((400.0, 300.0), counts, [f"class {k}" for k in range(n)], theme, QFont(), Words())
        sizes.append(where.number_size)
    assert sizes[0] > 0.0
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] == 0.0


def test_the_cells_have_their_colours(qapp: QApplication) -> None:
    theme = THEMES["dark"]
    image = QImage(500, 400, QImage.Format.Format_RGB32)
    image.fill(theme.colour("panel"))
    where = geometry((500.0, 400.0), COUNTS, NAMES, theme, QFont(), Words())
    painter = QPainter(image)
    paint_confusion(painter, where, COUNTS, NAMES, theme, Words())
    painter.end()
    pixels = cell_pixels(COUNTS, theme)
    for row in range(3):
        for column in range(3):
            corner = where.rect((row, column)).topLeft() + QPointF(4.0, 4.0)
            assert image.pixel(corner.toPoint()) == pixels[row, column]
