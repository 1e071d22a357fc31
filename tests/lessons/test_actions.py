"""What a step does and points at: read, or refused in one sentence."""

from __future__ import annotations

import pytest

from nnviz.core.errors import SettingError
from nnviz.experiment import Experiment, NetworkSpec
from nnviz.experiment.schema import LayerSpec
from nnviz.lessons.actions import LONGEST, VERBS, Action, NewLayer, Target, Unit, read_action, read_target
from nnviz.lessons.edits import after


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("play", Action("play")),
        (" reset ", Action("reset")),
        ("set learning_rate=0.1", Action("set", "learning_rate=0.1")),
        ("set network.hidden.0.units = 3", Action("set", "network.hidden.0.units = 3")),
        ("add_layer 4", Action("add_layer", NewLayer(4))),
        ("add_layer 4 relu", Action("add_layer", NewLayer(4, "relu"))),
        ("select 2.11", Action("select", Unit(2, 11))),
        ("show loss", Action("show", "loss")),
        ("layout present", Action("layout", "present")),
        ("theme dark", Action("theme", "dark")),
    ],
)
def test_an_action_is_read(text: str, action: Action) -> None:
    assert read_action(text) == action
    assert action.verb in VERBS


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "choose one of"),
        ("plai", "did you mean 'play'"),
        ("play twice", "takes nothing"),
        ("set learning_rate", "needs key=value"),
        ("set =3", "needs key=value"),
        ("add_layer", "needs a number of units"),
        ("add_layer 0", "needs a number of units"),
        ("add_layer ²", "needs a number of units"),
        ("add_layer 4 rely", "did you mean 'relu'"),
        ("select 0.1", "names no unit"),
        ("select 1", "names no unit"),
        ("show speed", "is a control"),
        ("show lost", "did you mean 'loss'"),
        ("layout wide", "is not among explore, inspect, present"),
        ("theme pink", "is not among light, dark"),
        ("set title=" + "x" * LONGEST, "at most"),
    ],
)
def test_what_is_no_action_is_refused(text: str, said: str) -> None:
    with pytest.raises(SettingError) as caught:
        read_action(text)
    assert said in str(caught.value)


def test_a_target_is_a_place_or_a_unit() -> None:
    assert read_target("learning_rate") == Target(place="learning_rate")
    assert read_target("unit 1.2") == Target(unit=Unit(1, 2))
    for text, said in (("unit", "names no unit"), ("learning_rat", "did you mean 'learning_rate'"), ("", "choose one")):
        with pytest.raises(SettingError, match=said):
            read_target(text)


def test_actions_edit_the_experiment() -> None:
    two = (LayerSpec(units=2, activation="relu"), LayerSpec(units=3, activation="relu"))
    start = Experiment(network=NetworkSpec(hidden=two, seed=7))
    assert after(start, read_action("add_layer 5")).network.hidden == (*two, LayerSpec(units=5, activation="relu"))
    assert after(start, read_action("add_layer 5 tanh")).network.hidden[-1] == LayerSpec(units=5, activation="tanh")
    assert after(start, read_action("remove_layer")).network.hidden == two[:1]
    assert after(start, read_action("new_weights")).network.seed == 8
    assert after(start, read_action("set l2=0.1")).training.l2 == 0.1
    for none in ("play", "pause", "reset", "select 1.1", "show loss", "theme dark"):
        assert after(start, read_action(none)) is start
    assert after(Experiment(network=NetworkSpec(hidden=())), read_action("remove_layer")).network.hidden == ()
