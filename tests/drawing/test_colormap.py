import numpy as np
import pytest
from PySide6.QtGui import QColor

from nnviz.core.activations import ACTIVATIONS
from nnviz.drawing.colormap import (
    Levels,
    activation_levels,
    bounded_levels,
    diverging_colours,
    lookup,
    mix,
    ramp,
    sign_ramp,
    symmetric_levels,
)
from nnviz.drawing.diagram_units import curve_image
from nnviz.drawing.theme import LIGHT, THEMES


def test_a_ramp_goes_through_its_stops() -> None:
    table = ramp("#ff0000", "#00ff00", "#0000ff")
    assert [QColor.fromRgb(int(table[k])).name() for k in (0, 255)] == ["#ff0000", "#0000ff"]
    assert QColor.fromRgb(int(table[128])).green() > 250


def test_mix_is_opaque_and_between() -> None:
    assert mix("#000000", "#ffffff", 0.5).name() == "#808080"
    assert mix("#123456", "#abcdef", 0.0).name() == "#123456"


@pytest.mark.parametrize("theme", THEMES.values(), ids=str)
def test_zero_is_neutral_in_the_sign_ramp(theme: object) -> None:
    pixel = lookup(np.array([[0.0]], dtype=np.float32), (-1.0, 1.0), sign_ramp(theme))[0, 0]  # type: ignore[arg-type]
    wanted = QColor(theme.neutral)  # type: ignore[attr-defined]
    found = QColor.fromRgb(int(pixel))
    assert max(abs(found.red() - wanted.red()), abs(found.blue() - wanted.blue())) <= 3


def test_lookup_clips_and_survives_what_is_not_finite() -> None:
    table = ramp("#000000", "#ffffff")
    values = np.array([-9.0, 9.0, np.nan, np.inf, -np.inf], dtype=np.float32)
    pixels = lookup(values, (0.0, 1.0), table)
    assert pixels.tolist() == [table[0], table[255], table[0], table[255], table[0]]


def test_bounded_levels_agree_with_the_table_of_activations() -> None:
    for entry in ACTIVATIONS.values():
        assert bounded_levels(entry.name) == (entry.range if np.isfinite(entry.range).all() else None)
    assert bounded_levels("unheard of") is None


def test_unbounded_activations_are_scaled_to_their_largest_value() -> None:
    assert activation_levels("relu", np.array([0.0, 3.0])) == (-3.0, 3.0)
    assert activation_levels("sigmoid", np.array([0.2])) == (0.0, 1.0)
    assert symmetric_levels(np.array([np.inf, -2.0])) == (-2.0, 2.0)


def test_diverging_colours_end_in_the_sign_colours() -> None:
    colours = diverging_colours(LIGHT, 5)
    assert (colours[0].name(), colours[-1].name()) == (LIGHT.negative, LIGHT.positive)


@pytest.mark.parametrize("values", [[0.0, np.inf, -np.inf], [np.nan, np.inf, 3e38], [-3e38, 3e38, 0.0], [np.inf] * 3])
@pytest.mark.parametrize("levels", [None, (0.0, 1.0), (-1.0, 1.0)])
def test_what_has_diverged_is_drawn_as_far_as_it_goes(values: list[float], levels: Levels | None) -> None:
    """Any warning of NumPy's is an error here."""
    table, row = sign_ramp(LIGHT), np.array(values, dtype=np.float32)
    low, high = levels or symmetric_levels(row)
    pixels = lookup(row, (low, high), table)
    assert [pixel for pixel, value in zip(pixels, row, strict=True) if value >= high] == [table[-1]] * int(
        (row >= high).sum()
    )
    image = curve_image(row, (low, high), table)
    # The curve reaches its last value at the right side.
    top, bottom = (image.pixel(image.width() - 1, y) for y in (0, image.height() - 1))
    reaches = (row[-1] >= high, row[-1] <= low and low < 0.0)
    assert (top == table[-1], bottom == table[0]) == reaches
