"""Recording a lesson: what was done leads to the same document again, through the text of a file, step by step."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnviz.core.errors import ExperimentError
from nnviz.experiment import Experiment
from nnviz.experiment.edits import next_weights, with_data, with_hidden_count, with_layer
from nnviz.lessons.actions import read_action
from nnviz.lessons.asking import waiting_for
from nnviz.lessons.differences import changes, differs
from nnviz.lessons.edits import after
from nnviz.lessons.facts import Facts
from nnviz.lessons.files import LIBRARY, read_lesson
from nnviz.lessons.recording import Recorder
from nnviz.lessons.rehearsal import rehearse
from nnviz.lessons.run_facts import facts_of
from nnviz.lessons.schema import LessonSpec
from nnviz.lessons.writing import lesson_text

BEGIN = Experiment(data={"name": "moons", "parameters": {"n_samples": 60}}, training={"engine": "numpy"})


def _training(**fields: object):
    return lambda experiment: experiment.edited(training=experiment.training.edited(**fields))


EDITS = (
    lambda experiment: with_hidden_count(experiment, len(experiment.network.hidden) + 1),
    lambda experiment: with_hidden_count(experiment, max(0, len(experiment.network.hidden) - 1)),
    lambda experiment: with_layer(with_hidden_count(experiment, 2), 1, units=5, activation="relu"),
    next_weights,
    lambda experiment: with_data(experiment, name="circles"),
    lambda experiment: with_data(experiment, name="iris"),
    lambda experiment: with_data(experiment, name="sine"),
    lambda experiment: with_data(experiment, seed=7),
    _training(learning_rate=0.25),
    _training(optimizer="momentum", optimizer_parameters={"momentum": 0.5}),
    _training(optimizer="sgd", optimizer_parameters={}),
    _training(batch_size=None),
    _training(l2=0.01, dropout=0.1, patience=5, target_loss=0.1),
    lambda experiment: experiment.edited(network=experiment.network.edited(bias=False, init="zeros")),
    lambda experiment: experiment.edited(
        training=experiment.training.edited(schedule={"name": "cyclical", "parameters": {}})
    ),
    lambda experiment: experiment.edited(view=experiment.view.edited(log_loss=True, hidden=("training.l2",))),
)


def _after_all(experiment: Experiment, actions: tuple[str, ...]) -> Experiment:
    for action in actions:
        experiment = after(experiment, read_action(action))
    return experiment


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(EDITS), min_size=1, max_size=5), st.booleans())
def test_actions_lead_from_any_experiment_to_any_other(edits: list, plain: bool) -> None:
    target = BEGIN
    for edit in edits:
        target = edit(target)
    told = changes(BEGIN, target, plain=plain)
    assert not differs(_after_all(BEGIN, told), target)
    if plain:
        # Whoever has been there is left in peace.
        assert not differs(_after_all(target, told), target)


def test_what_is_usual_is_said_as_one_would() -> None:
    assert changes(BEGIN, EDITS[0](BEGIN)) == ("add_layer 8",)
    assert changes(BEGIN, EDITS[1](BEGIN)) == ("remove_layer",)
    assert changes(BEGIN, next_weights(BEGIN)) == ("new_weights",)
    assert changes(BEGIN, _training(learning_rate=0.25)(BEGIN)) == ("set training.learning_rate=0.25",)
    assert changes(BEGIN, with_layer(BEGIN, 0, units=3)) == ("set network.hidden.0.units=3",)
    panned = BEGIN.edited(view=BEGIN.view.edited(x_range=(0, 1)), title="Another")
    assert changes(BEGIN, panned) == ()


def test_what_no_step_can_say_is_said_in_a_sentence() -> None:
    features = np.random.default_rng(0).normal(size=(500, 2)).tolist()
    rows = {"feature_names": ["a", "b"], "features": features, "labels": ["x", "y"] * 250}
    painted = BEGIN.edited(data={"name": None, "rows": rows})
    with pytest.raises(ExperimentError, match=r"data\.\w+: it is too long"):
        changes(BEGIN, painted)
    recorder = Recorder(BEGIN, Facts)
    recorder.edited(painted, "paint 500 points")
    recorder.says("Painted.")
    recorder.edited(_training(learning_rate=0.5)(painted), "change learning rate")
    first, second = recorder.steps()
    assert "too long" in first.lost
    assert (second.step.do, second.lost) == (("set training.learning_rate=0.5",), "")


class _Class:
    """Somebody who teaches: a trainer stands for the run."""

    def __init__(self) -> None:
        self.experiment = BEGIN
        self.trainer = BEGIN.trainer()
        self.recorder = Recorder(BEGIN, lambda: facts_of(self.trainer))

    def edit(self, edit, words: str = "", *, joined: bool = False) -> None:
        self.experiment = edit(self.experiment)
        self.trainer = self.experiment.trainer()
        self.recorder.edited(self.experiment, words, joined=joined)

    def train(self, epochs: int) -> None:
        for _ in range(epochs):
            self.trainer.step_epoch()
            self.recorder.ran(self.trainer.epoch)


def test_a_recording_is_read_from_its_text_and_replayed_to_the_same_document() -> None:
    teacher = _Class()
    recorder = teacher.recorder
    recorder.says("Two moons.\n Will a line do?")
    teacher.edit(EDITS[1], "remove layer")
    teacher.train(30)
    recorder.says("No hidden layer: a line.")
    teacher.edit(EDITS[0], "add hidden layer")
    teacher.edit(_training(learning_rate=0.05), "change learning rate")
    teacher.train(40)
    # Changed while it had learnt already: a step of its own, said in the words of the undo step, one for a whole drag.
    for rate in (0.1, 0.2, 0.3):
        teacher.edit(_training(learning_rate=rate), "change learning rate", joined=rate > 0.1)
        teacher.train(5)
    recorder.selected(1, 2)
    recorder.noticed("unit_selected")
    recorder.says("Look at a unit.")
    recorder.shown("answers")
    lesson = recorder.lesson("Moons")
    assert [(step.say, step.do, step.wait) for step in lesson.steps] == [
        ("Two moons. Will a line do?", (), ""),
        ("No hidden layer: a line.", ("remove_layer", "play"), "epoch >= 30"),
        ("Add hidden layer. Change learning rate. Train up to epoch 40.", lesson.steps[2].do, "epoch >= 40"),
        ("Look at a unit.", ("set training.learning_rate=0.3", "play", "select 1.2"), "epoch >= 5"),
        ("Look.", ("show answers",), ""),
    ]
    assert [step.point for step in lesson.steps] == ["", "hidden_layers", "hidden_layers", "learning_rate", "answers"]
    read = read_lesson(lesson_text(lesson), "moons.toml")
    assert read == lesson
    reached = read.experiment
    for step in read.steps:
        reached = _after_all(reached, step.do)
    assert not differs(reached, teacher.experiment)
    outcomes = rehearse(read)
    assert all(outcome.is_reached for outcome in outcomes)
    assert [outcome.epoch for outcome in outcomes[:3]] == [0, 30, 40]


def test_an_input_is_pointed_at_for_no_lesson_can_open_it() -> None:
    recorder = _Class().recorder
    recorder.selected(0, 1)
    recorder.says("These are the inputs.")
    recorder.selected(1, 2)
    recorder.selected(0, 2)
    lesson = recorder.lesson("Inputs")
    assert [(step.do, step.point) for step in lesson.steps] == [((), "layer 0"), (("select 1.2",), "layer 0")]
    assert read_lesson(lesson_text(lesson), "inputs.toml") == lesson


def test_waits_are_proposed_from_what_happened() -> None:
    teacher = _Class()
    teacher.edit(lambda experiment: experiment.edited(data=experiment.data.edited(test_fraction=0.5)))
    teacher.train(120)
    for event in ("unit_selected", "layer_added", "played"):
        teacher.recorder.noticed(event)
    (recorded,) = teacher.recorder.steps()
    assert recorded.waits[0] == recorded.step.wait == "epoch >= 120"
    facts = facts_of(teacher.trainer, frozenset({"unit_selected", "layer_added"}))
    lesson = teacher.recorder.lesson("Moons")
    for wait in recorded.waits:
        # Each held when it was proposed, and can be waited for.
        step = lesson.steps[0].edited(wait=wait)
        assert step.until is not None
        assert step.until.holds(facts), wait
    assert any(wait.startswith("train_accuracy >= ") for wait in recorded.waits)
    assert any(wait.startswith("train_loss <= ") for wait in recorded.waits)
    assert recorded.waits[-3:] == ("unit_selected and layer_added", "unit_selected", "layer_added")


def test_a_step_is_left_to_the_pupil_and_made_sure_of_afterwards() -> None:
    recorder = Recorder(BEGIN, Facts)
    recorder.edited(EDITS[0](BEGIN), "add hidden layer")
    recorder.noticed("layer_added")
    recorder.says("A layer more.")
    recorder.ran(20)
    lesson = recorder.lesson("Moons")
    assert lesson.steps[0].wait == ""
    asked = lesson.edited(steps=waiting_for(lesson, 0, "layer_added"))
    assert (asked.steps[0].do, asked.steps[0].wait) == ((), "layer_added")
    own = EDITS[0](BEGIN)
    for begun in (BEGIN, own):
        assert not differs(_after_all(begun, asked.steps[1].do), own)
    assert asked.steps[1].do[-1] == "play"
    # What is waited for of the run is done by the lesson as before.
    assert waiting_for(lesson, 1, "epoch >= 5")[1].do == lesson.steps[1].do


def test_a_run_that_has_learnt_is_the_first_step_and_nothing_is_no_lesson() -> None:
    recorder = Recorder(BEGIN, Facts, epoch=12)
    (first,) = recorder.steps()
    assert (first.step.do, first.step.wait) == (("play",), "epoch >= 12")
    with pytest.raises(ExperimentError, match="Nothing was recorded"):
        Recorder(BEGIN, Facts).lesson("Nothing")
    by_hand = Recorder(BEGIN, Facts)
    by_hand.noticed("weight_changed")
    (only,) = by_hand.steps()
    assert (only.step.wait, bool(only.lost)) == ("weight_changed", True)


@pytest.mark.parametrize("name", LIBRARY)
def test_every_lesson_that_ships_is_written_and_read_back(name: str) -> None:
    lesson: LessonSpec = LIBRARY[name]
    assert read_lesson(lesson_text(lesson), name) == lesson
