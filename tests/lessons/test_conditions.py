"""Conditions over a run: what they say, and that nothing else can be said in them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.core.errors import SettingError
from nnviz.lessons.conditions import FUNCTIONS, LONGEST, read_condition
from nnviz.lessons.facts import EVENTS, FIGURES, Facts

RUN = Facts(
    figures={
        "epoch": 5,
        "train_loss": 0.2,
        "test_loss": 0.6,
        "test_accuracy": 0.5,
        "weights": 33,
        "learning_rate": 0.1,
    },
    curves={
        "train_loss": np.array([1.0, 0.5, 0.4, 0.45, 0.3, 0.2]),
        "test_loss": np.array([1.0, 0.7, 0.5, 0.55, 0.58, 0.6]),
        "test_accuracy": np.array([0.4, 0.5, 0.7, 0.7, 0.6, 0.5]),
    },
    events=frozenset({"unit_selected"}),
)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("epoch >= 5", True),
        ("epoch > 5", False),
        ("0.4 < test_accuracy < 0.6", True),
        ("0.5 < test_accuracy < 0.6", False),
        ("unit_selected", True),
        ("layer_added", False),
        ("unit_selected and not layer_added", True),
        ("layer_added or epoch == 5 and weights <= 30", False),
        ("(layer_added or epoch == 5) and weights <= 33", True),
        ("best(test_loss) == 0.5", True),
        ("best(test_accuracy) == 0.7", True),
        ("since_best(test_loss) >= 3", True),
        ("since_best(test_loss) > 3", False),
        ("since_best(test_accuracy) == 3", True),
        ("first(train_loss) / train_loss >= 5", True),
        ("change(train_loss, 2) < -0.24", True),
        ("at(train_loss, 1) == 0.5", True),
        ("mean(train_loss, 2) == 0.25", True),
        ("rising(test_loss, 3) == 1", True),
        ("rising(test_loss, 4) == 0.75", True),
        ("test_loss > 2 * train_loss + 0.1", True),
        ("-1 < change(test_loss, 1)", True),
        # What does not apply says nothing, whichever way it is asked.
        ("test_r2 > 0", False),
        ("test_r2 <= 0", False),
        ("test_r2 != 0", False),
        ("at(train_loss, 100) < 1", False),
        ("change(train_loss, 100) < 1", False),
        ("best(test_r2) < 1", False),
        ("weights / 0 > 1", False),
    ],
)
def test_a_condition_says_what_it_reads_like(text: str, holds: bool) -> None:
    assert read_condition(text).holds(RUN) is holds


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is no condition"),
        ("train_loss <", "is no condition"),
        ("train_los < 1", "did you mean 'train_loss'"),
        ("unit_seleted", "did you mean 'unit_selected'"),
        ("bset(test_loss) < 1", "did you mean 'best'"),
        ("train_loss", "compare it with a number"),
        ("1", "compare it with a number"),
        ("unit_selected > 1", "it is no number to compare"),
        ("best(weights) > 1", "takes one figure with a past"),
        ("at(train_loss) > 1", "and an epoch"),
        ("change(3, 3) > 1", "and a number of epochs"),
        ("train_loss ** 2 > 1", "cannot be part of the condition"),
        ("train_loss is 1", "cannot be part of the condition"),
        ("'a' > 1", "cannot be part of the condition"),
        ("True > 1", "cannot be part of the condition"),
        ("__import__('os').system('true') == 0", "cannot be part of the condition"),
        ("epoch.real > 1", "cannot be part of the condition"),
        ("[epoch][0] > 1", "cannot be part of the condition"),
        ("(lambda: 1)() > 0", "cannot be part of the condition"),
        ("epoch > 1\nepoch > 2", "is no condition"),
        ("not " * 73 + "epoch", "compare it with a number"),
        ("(" * 150 + "1" + ")" * 150, "has 301"),
        ("\0 > 1", "is no condition"),
    ],
)
def test_nothing_else_can_be_said(text: str, said: str) -> None:
    with pytest.raises(SettingError) as caught:
        read_condition(text)
    assert said in str(caught.value)
    assert len(str(caught.value)) <= 400


@given(st.text(max_size=LONGEST + 5))
def test_any_text_is_a_condition_or_one_sentence(text: str) -> None:
    try:
        condition = read_condition(text)
    except SettingError as error:
        said = str(error)
    else:
        said = str(condition.holds(RUN))
    assert said
    assert "\n" not in said


@given(st.sampled_from(sorted(FUNCTIONS)), st.integers(-3, 12), st.integers(0, 8))
def test_a_function_of_any_curve_is_a_number_or_does_not_apply(name: str, extra: int, length: int) -> None:
    function = FUNCTIONS[name]
    curve = np.linspace(1.0, 0.3, length)
    value = function.of(curve, "train_loss", extra if function.extra else math.nan)
    assert isinstance(value, float)
    if not length:
        assert math.isnan(value)


def test_the_parts_of_a_condition_are_judged_one_by_one() -> None:
    condition = read_condition("weights <= 30 and 0.4 < test_accuracy < 0.6 or unit_selected")
    parts = list(condition.parts(RUN))
    assert [part.text for part in parts] == ["weights <= 30", "0.4 < test_accuracy < 0.6", "unit_selected"]
    assert [part.holds for part in parts] == [False, True, True]
    assert parts[0].value == 33
    assert parts[1].value == 0.5
    assert math.isnan(parts[2].value)
    assert condition.names == {"weights", "test_accuracy", "unit_selected"}


def test_no_name_has_two_meanings() -> None:
    assert not set(FIGURES) & set(EVENTS)
    assert not (set(FIGURES) | set(EVENTS)) & set(FUNCTIONS)
