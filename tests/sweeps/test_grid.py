"""Alternatives of settings: how they are written, and which combinations there are."""

import numpy as np
import pytest

from nnviz.core.errors import NnvizError, SettingError
from nnviz.experiment import Experiment, LayerSpec
from nnviz.sweeps.grid import applied, axes_of, combinations, parsed_grid, split_alternatives, value_text

BASE = Experiment(data={"name": "xor"})


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("0.01,0.03,0.1", ["0.01", "0.03", "0.1"]),
        ("4, 8 ,[16,8]", ["4", "8", "[16,8]"]),
        ("'a,b',c", ["'a,b'", "c"]),
        ("\"a,b\",'c,d'", ['"a,b"', "'c,d'"]),
        ("it's, isn't", ["it's", "isn't"]),
        ("[{units=3, activation='re,lu'}, 4],8", ["[{units=3, activation='re,lu'}, 4]", "8"]),
        ("{name='x,y'},z", ["{name='x,y'}", "z"]),
        ("", [""]),
        ("a,", ["a", ""]),
    ],
)
def test_commas_part_alternatives_outside_brackets_and_quotes(text, parts):
    assert split_alternatives(text) == parts


def test_each_alternative_is_read_as_train_reads_it():
    grid = parsed_grid(["network.hidden=4,8,[16,8]", "optimizer=sgd,adam", "title=2026-11-27,nan,0.5", "shuffle=true"])
    assert grid == {
        "network.hidden": [4, 8, [16, 8]],
        "optimizer": ["sgd", "adam"],
        "title": ["2026-11-27", "nan", 0.5],
        "shuffle": [True],
    }
    for setting in ("network.hidden", "=3", ""):
        with pytest.raises(SettingError, match="needs key=value"):
            parsed_grid([setting])
    with pytest.raises(SettingError, match="optimizer is given twice"):
        parsed_grid(["optimizer=sgd", "optimizer=adam"])


def test_keys_are_completed_and_values_made_plain():
    grid = {
        "learning_rate": np.array([0.1, 0.2]),
        "network.hidden": [(4, np.int64(3)), LayerSpec(units=2)],
        "batch_size": [None],
    }
    axes = axes_of(BASE, grid)
    assert [axis.key for axis in axes] == ["training.learning_rate", "network.hidden", "training.batch_size"]
    assert axes[0].values == (0.1, 0.2)
    assert axes[1].values == ([4, 3], {"units": 2, "activation": "tanh"})
    hidden = [[layer.units for layer in applied(BASE, found).network.hidden] for found in combinations(axes)]
    assert hidden == [[4, 3], [2], [4, 3], [2]]
    assert all(applied(BASE, found).training.batch_size is None for found in combinations(axes))


def test_a_text_may_look_like_a_number():
    (axis,) = axes_of(BASE, parsed_grid(["title=5,6"]))
    assert [applied(BASE, found).title for found in combinations([axis])] == ["5", "6"]


@pytest.mark.parametrize(
    ("grid", "words"),
    [
        ({"seed": [1]}, "data.seed or network.seed or training.seed"),
        ({"learning_rate": [0.1], "training.learning_rate": [0.2]}, "learning_rate is given twice"),
        ({"learning_rate": []}, "at least one"),
        ({"learning_rate": 0.1}, "needs a list"),
        ({"learning_rate": "0.1"}, "needs a list"),
        ({"learning_rate": [0.1, 0.1]}, "0.1 twice"),
        ({"learning_rate": [float("nan")]}, "cannot be nan"),
        ({"learning_rate": [object()]}, "cannot be"),
        ({3: [0.1]}, "must be text"),
        ([], "must be a dict"),
    ],
)
def test_what_is_no_grid_is_said(grid, words):
    with pytest.raises(SettingError, match=words):
        axes_of(BASE, grid)


def test_values_that_do_not_fit_name_their_setting():
    for key, value, words in (
        ("training.learning_rate", -1, "training.learning_rate=-1: training.learning_rate must be at least 0"),
        ("training.learning_rat", 1, "did you mean 'learning_rate'"),
        ("nothing.at.all", 1, "no field 'nothing'"),
    ):
        with pytest.raises(NnvizError, match=words):
            applied(BASE, ((key, value),))


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.01, "0.01"), (10000, "10000"), (1e-7, "1e-7"), (True, "true"), (None, "none"), ([16, [8]], "[16, [8]]")],
)
def test_values_are_told_as_they_are_typed(value, text):
    assert value_text(value) == text
    assert value_text({"units": value}) == f"{{units={text}}}"


def test_all_hidden_layers_can_have_other_units_or_another_activation_and_be_fewer_or_more():
    experiment = BASE.edited(network=BASE.network.edited(hidden=(LayerSpec(units=4), LayerSpec(units=3))))
    axes = axes_of(experiment, {"width": [2, 5], "network.depth": [1, 3], "activation": ["relu"]})
    assert [axis.key for axis in axes] == ["network.width", "network.depth", "network.activation"]
    found = [applied(experiment, each).network.hidden for each in combinations(axes)]
    assert [[layer.units for layer in layers] for layers in found] == [[2], [2, 2, 2], [5], [5, 5, 5]]
    assert {layer.activation for layers in found for layer in layers} == {"relu"}
    with pytest.raises(SettingError, match="depth=many: the number of hidden layers must be"):
        applied(experiment, (("network.depth", "many"),))
