"""What a class predicts, and how its votes are judged."""

from __future__ import annotations

import math

import pytest

from nnviz.core.errors import SettingError
from nnviz.lessons.actions import Action, read_action
from nnviz.lessons.facts import Facts
from nnviz.lessons.prediction import USUAL, Ask, Option, Prediction, outcome, read_ask

AREA = ((0.0, 1.0), (0.0, 1.0))


@pytest.mark.parametrize(
    ("figures", "events", "label"),
    [
        ({"train_accuracy": 0.96, "train_r2": math.nan}, (), "Solves it"),
        ({"train_r2": 0.93}, (), "Solves it"),
        ({"train_accuracy": 0.7}, (), "Gets stuck"),
        ({"train_accuracy": 0.7}, ("diverged",), "Explodes"),
        ({}, (), "Gets stuck"),
    ],
)
def test_votes_are_judged_by_what_is_the_case(figures: dict[str, float], events: tuple[str, ...], label: str) -> None:
    came = outcome(USUAL, Facts(figures=figures, events=frozenset(events)))
    assert came is not None
    assert USUAL[came].label == label


def test_without_an_else_nothing_may_have_come_true() -> None:
    options = (Option("Up", "train_loss >= 1"), Option("Down", "train_loss <= 0.1"))
    assert outcome(options, Facts(figures={"train_loss": 0.5})) is None


def test_actions_ask_and_reveal() -> None:
    assert read_action("predict line") == Action("predict", Ask("line"))
    assert read_action("predict vote") == Action("predict", Ask("vote"))
    assert read_action("reveal") == Action("reveal")
    own = read_ask("vote Falls: train_loss <= 0.1; Rises: diverged; Neither")
    assert own.options == (Option("Falls", "train_loss <= 0.1"), Option("Rises", "diverged"), Option("Neither"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "surface",
        "line twice",
        "vote Only one",
        "vote A; B",
        "vote A: epoch >= 1; A: epoch >= 2",
        "vote A: no condition at all; B",
        f"vote {'x' * 30}: epoch >= 1; B",
        "vote : epoch >= 1; B",
        "vote " + "; ".join(f"{name}: epoch >= 1" for name in "ABCDEF"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(SettingError, match=r"[.]$"):
        read_ask(text)


def test_votes_stay_between_nothing_and_a_school() -> None:
    one = Prediction().with_vote(1)
    assert one.votes == (0, 1, 0)
    assert one.with_vote(1, -1).with_vote(1, -1).votes == (0, 0, 0)
    assert one.with_vote(0, 5000).votes[0] == 999
    assert one.with_options(USUAL) is one
    assert one.with_options((Option("A", "epoch >= 1"), Option("B"))).votes == (0, 0)


def test_lines_over_other_features_take_the_place_of_those_before() -> None:
    line = ((0.0, 0.0), (1.0, 1.0))
    two = Prediction().with_stroke(line, AREA, (0, 1)).with_stroke(line, ((5.0, 6.0), (5.0, 6.0)), (0, 1))
    assert (len(two.strokes), two.area) == (2, AREA)
    other = two.with_stroke(line, ((5.0, 6.0), (5.0, 6.0)), (0, 2))
    assert (len(other.strokes), other.area) == (1, ((5.0, 6.0), (5.0, 6.0)))
    assert not other.is_empty
