"""Slider positions and text of numbers."""

from __future__ import annotations

import pytest

from nnviz.core.choices import Parameter
from nnviz.core.errors import SettingError
from nnviz.ui.form.number_scale import NumberScale, Word

RATE = Parameter(
    name="rate",
    label="learning rate",
    help="",
    default=0.01,
    minimum=1e-9,
    maximum=1000,
    logarithmic=True,
    slider=(1e-5, 10.0),
)
NOISE = Parameter(name="noise", label="Noise", help="", default=0.1, minimum=0, maximum=3)
SHARE = Parameter(name="share", label="Test share", help="", default=30, minimum=10, maximum=90, integer=True, unit="%")
BATCH = Parameter(
    name="batch", label="Batch size", help="", default=10, minimum=1, maximum=10**6, integer=True, logarithmic=True
)
SCALES = (
    NumberScale(RATE),
    NumberScale(NOISE),
    NumberScale(SHARE, low=Word("none", 0)),
    NumberScale(BATCH, upper=210, high=Word("all", None)),
    NumberScale(RATE, upper=1.0, low=Word("0", 0.0)),
    NumberScale(BATCH),
)


@pytest.mark.parametrize("scale", SCALES)
def test_every_position_has_a_value_of_its_own(scale: NumberScale) -> None:
    assert [scale.position_of(value) for value in scale.values] == list(range(len(scale.values)))


@pytest.mark.parametrize("scale", SCALES)
def test_every_value_can_be_typed_as_it_is_shown(scale: NumberScale) -> None:
    for value in scale.values:
        assert scale.parse(scale.text(value)) == pytest.approx(value)


@pytest.mark.parametrize("scale", SCALES)
def test_values_rise_along_the_slider(scale: NumberScale) -> None:
    numbers = [float("inf") if value is None else value for value in scale.values]
    assert numbers == sorted(numbers)


def test_a_logarithmic_slider_moves_by_factors_through_round_numbers() -> None:
    scale = SCALES[0]
    assert scale.value_at(0) == 1e-5
    assert scale.value_at(len(scale.values) - 1) == 10
    assert scale.value_at(len(scale.values) // 2) == 0.01


@pytest.mark.parametrize(
    ("scale", "typed", "value"),
    [
        (SCALES[0], "0.015", 0.015),
        (SCALES[0], " 0,015 ", 0.015),
        (SCALES[0], "1.5e-4", 1.5e-4),
        (SCALES[0], "1/3", 1 / 3),
        (SCALES[0], "1.000", 1.0),
        (SCALES[3], "1/1", 1),
        (SCALES[5], "1.000", 1000),
        (SCALES[5], "1,000", 1000),
        (SCALES[5], "10\u2009000", 10_000),
        (SCALES[2], "45 %", 45),
        (SCALES[2], "45", 45),
        (SCALES[2], "None", 0),
        (SCALES[3], "ALL", None),
        (SCALES[3], "5000", None),
    ],
)
def test_reads_what_people_type(scale: NumberScale, typed: str, value: float | None) -> None:
    assert scale.parse(typed) == value


@pytest.mark.parametrize(
    ("scale", "typed", "sentence"),
    [
        (SCALES[0], "fast", "“fast” is not a number; type one like 0.5, 1e-3 or 1/3."),
        (SCALES[0], "", "“” is not a number; type one like 0.5, 1e-3 or 1/3."),
        (SCALES[0], "2000", "Learning rate must lie between 1e−9 and 1000, not 2000."),
        (SCALES[0], "nan", "“nan” is not a number; type one like 0.5, 1e-3 or 1/3."),
        (SCALES[2], "5", "Test share must lie between 10 and 90, not 5."),
        (SCALES[2], "some", "“some” is neither a number nor “none”; type one like 0.5, 1e-3 or 1/3."),
        (SCALES[3], "2.5", "Batch size must be a whole number, not 2.5."),
    ],
)
def test_refuses_in_one_sentence(scale: NumberScale, typed: str, sentence: str) -> None:
    with pytest.raises(SettingError) as error:
        scale.parse(typed)
    assert str(error.value) == sentence


def test_linear_numbers_line_up_by_their_decimals() -> None:
    scale = NumberScale(NOISE)
    assert scale.text(0.1) == "0.10"
    assert scale.text(0.1234) == "0.1234"
