"""Every theme is legible, for every form of colour vision: computed, not judged by eye."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from itertools import combinations, pairwise

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage

from nnviz.drawing.colormap import mix
from nnviz.drawing.markers import paint_marker
from nnviz.drawing.plane import probability_ramp, two_class_wash, washed
from nnviz.drawing.theme import CLASS_COLOURS, CLASS_SHAPES, THEMES, Theme, projector_theme
from nnviz.experiment.figures import PARTS, PartName

from .colour_science import MACHADO, contrast, delta_e_2000, lab

#: Which text stands on which surface, in the style sheet and in what paints itself.
TEXT_ON = {
    "text": ("window", "panel", "canvas", "field", "line"),
    "quiet": ("window", "panel", "canvas", "field"),
    "positive_text": ("window", "panel", "canvas", "field"),
    "negative_text": ("window", "panel", "canvas"),
    "train": ("panel", "canvas"),
    "validation": ("panel", "canvas"),
    "test": ("panel", "canvas"),
    "warning": ("window", "panel", "canvas", "field"),
    "on_accent": ("positive",),
}
PAIRS = [(text, surface) for text, surfaces in TEXT_ON.items() for surface in surfaces]
VISIONS = ("", *MACHADO)

themes = pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
visions = pytest.mark.parametrize("vision", VISIONS, ids=["normal", *MACHADO])


@themes
@pytest.mark.parametrize(("text", "surface"), PAIRS)
def test_text_stands_out_from_what_it_is_written_on(theme: Theme, text: str, surface: str) -> None:
    assert contrast(getattr(theme, text), getattr(theme, surface)) >= (7.0 if theme.projected else 4.5)


@themes
@visions
def test_classes_differ_for_every_form_of_colour_vision(theme: Theme, vision: str) -> None:
    seen = [lab(colour, vision) for colour in theme.classes]
    assert len(seen) == 10
    assert min(delta_e_2000(first, second) for first, second in combinations(seen, 2)) >= 11


@themes
@visions
def test_signs_differ_for_every_form_of_colour_vision(theme: Theme, vision: str) -> None:
    assert delta_e_2000(lab(theme.positive, vision), lab(theme.negative, vision)) >= 20


@themes
@visions
def test_the_curves_of_the_parts_differ_for_every_form_of_colour_vision(theme: Theme, vision: str) -> None:
    for first, second in itertools.combinations(PARTS, 2):
        pair = (getattr(theme, part) for part in (first, second))
        assert delta_e_2000(*(lab(colour, vision) for colour in pair)) >= 11


@pytest.mark.parametrize("theme", [theme for theme in THEMES.values() if theme.dark], ids=lambda theme: theme.name)
def test_class_colours_stand_out_from_a_dark_canvas(theme: Theme) -> None:
    # In the light theme, points get their contrast from an outline and their shape.
    assert min(contrast(colour, theme.canvas) for colour in theme.classes) >= 3


def test_every_class_has_a_shape_of_its_own() -> None:
    assert len(set(CLASS_SHAPES)) == len(CLASS_SHAPES) == len(CLASS_COLOURS)


@pytest.mark.parametrize("dark", [False, True])
def test_the_projector_theme_is_larger_and_thicker_and_grows_with_the_wall(dark: bool) -> None:
    projector, desk = projector_theme(dark=dark), THEMES["dark" if dark else "light"]
    assert projector.dark == dark
    for size in ("font_size", "small_font_size", "figure_font_size", "line_width", "edge_width", "marker_size"):
        assert getattr(projector, size) > 1.3 * getattr(desk, size)
        assert getattr(projector.for_height(2160), size) > 1.8 * getattr(projector.for_height(1080), size)
    assert projector.for_height(500) == projector
    assert projector.for_height(2160).for_height(1080) == projector.for_height(1080)
    assert desk.for_height(2160) is desk


def test_the_colour_difference_agrees_with_published_pairs() -> None:
    """Sharma, Wu and Dalal (2005), table 1."""
    pairs = (
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, 2.5, 0.0), (58.0, 24.0, 15.0), 19.4535),
        ((50.0, 2.5, 0.0), (50.0, 3.2592, 0.3350), 1.0),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    )
    for first, second, expected in pairs:
        assert delta_e_2000(np.array(first), np.array(second)) == pytest.approx(expected, abs=1e-4)


def test_contrast_spans_1_to_21() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0, abs=1e-4)
    assert contrast("#777777", "#777777") == 1.0


def _maps(theme: Theme) -> set[str]:
    """Return every colour that the map of classes has in a theme: of each class alone, of two, of one's probability."""
    ramps = [two_class_wash(theme), *(probability_ramp(theme, index) for index in range(len(theme.classes)))]
    colours = {QColor.fromRgb(int(pixel)).name() for table in ramps for pixel in table}
    shares = (0.0, 0.25, 0.5, 0.75, 1.0)
    both = combinations(range(len(theme.classes)), 2)
    mixed = {mix(washed(theme, i), washed(theme, j), share).name() for i, j in both for share in shares}
    return colours | mixed


@themes
@pytest.mark.parametrize("part", PARTS)
def test_every_point_has_an_outline_that_stands_out_from_any_map_beneath_it(
    theme: Theme, part: PartName, painted: Callable[..., QImage]
) -> None:
    edges = set()
    for index in range(len(theme.classes)):
        image = painted(
            lambda painter, rect, k=index: paint_marker(painter, k, rect.center(), 60.0, theme, part=part),
            theme,
            99,
            99,
        )
        # From the left edge inwards, the first colour that covers a pixel wholly.
        row = [image.pixelColor(x, 49).name() for x in range(49)]
        edges.add(next(a for a, b in pairwise(row) if a == b != theme.canvas))
    assert edges == {theme.text}
    assert min(contrast(theme.text, beneath) for beneath in _maps(theme)) >= 3
