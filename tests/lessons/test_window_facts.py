"""What the window's lessons go by: facts from frames, deadlines, conditions in words, plans and names."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nnviz.core.errors import ExperimentError, SettingError
from nnviz.experiment import Experiment
from nnviz.experiment.frame import Needs
from nnviz.experiment.frame_builder import FrameBuilder
from nnviz.lessons.actions import Target, read_target
from nnviz.lessons.conditions import read_condition
from nnviz.lessons.deadline import deadline
from nnviz.lessons.facts import FIGURES
from nnviz.lessons.files import LIBRARY, load_lesson, shipped_name
from nnviz.lessons.frame_facts import facts_of_frame
from nnviz.lessons.plans import PLAN_MINUTES, PLANS
from nnviz.lessons.run_facts import facts_of
from nnviz.lessons.topics import TOPICS, by_topic, found
from nnviz.lessons.wording import in_words, progress_of


@pytest.mark.parametrize("name", ["xor", "sine"])
def test_a_frame_tells_the_same_as_the_run(name: str) -> None:
    experiment = Experiment(data={"name": name, "parameters": {"n_samples": 60}})
    prepared = experiment.prepared()
    trainer = prepared.trainer()
    trainer.run(epochs=7)
    frame = FrameBuilder(prepared).build(trainer.moment(1), Needs())
    ours, theirs = facts_of_frame(frame, prepared), facts_of(trainer)
    for figure in FIGURES.values():
        assert ours.value(figure.name) == pytest.approx(theirs.value(figure.name), nan_ok=True), figure.name
        if figure.has_past:
            assert np.allclose(ours.curve(figure.name), theirs.curve(figure.name), equal_nan=True), figure.name


@pytest.mark.parametrize(
    ("text", "epoch"),
    [
        ("epoch >= 30", 30),
        ("epoch > 30", 31),
        ("train_loss < 1 or (epoch >= 40 or epoch == 35)", 35),
        ("epoch >= 3 and train_loss < 1", None),
        ("not epoch >= 3", None),
        ("unit_selected", None),
        ("30 <= epoch", None),
        ("epoch < 3", None),
    ],
)
def test_a_deadline_is_the_epoch_by_which_a_wait_is_over(text: str, epoch: int | None) -> None:
    assert deadline(read_condition(text)) == epoch


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("train_accuracy >= 0.95", "training accuracy ≥ 0.95"),
        (
            "change(train_loss, 40) > -0.02 and test_r2 != 1",
            "change of training loss in 40 epochs > -0.02 and test R² ≠ 1",
        ),
        ("since_best(test_loss) >= 10 or diverged", "epochs since the best test loss ≥ 10 or diverged"),
    ],
)
def test_conditions_are_said_in_words(text: str, words: str) -> None:
    assert in_words(text) == words


def test_every_function_of_a_condition_has_words() -> None:
    for lesson in LIBRARY.values():
        for step in lesson.steps:
            assert "_" not in in_words(step.wait + " " + step.promise)


def test_progress_says_how_far_it_is() -> None:
    experiment = Experiment(data={"name": "xor"})
    trainer = experiment.trainer()
    part, event = read_condition("epoch >= 3 or unit_selected").parts(facts_of(trainer))
    assert progress_of(part) == "epoch ≥ 3 (now 0)"
    assert progress_of(event) == "unit clicked"
    assert math.isnan(event.value)


def test_plans_fill_a_period_each_and_no_lesson_is_given_twice() -> None:
    planned = [name for plan in PLANS.values() for name in plan.lessons]
    assert len(planned) == len(set(planned))
    assert set(planned) <= set(LIBRARY)
    assert set(LIBRARY) - set(planned) <= {name for name in LIBRARY if name.startswith("source-")}
    assert len(PLANS) == 4
    for plan in PLANS.values():
        assert PLAN_MINUTES - 8 <= plan.minutes <= PLAN_MINUTES
    mapped = by_topic()
    assert tuple(mapped) == TOPICS
    assert sorted(name for names in mapped.values() for name in names) == sorted(LIBRARY)


def test_search_goes_through_titles_first_and_then_through_all_that_is_said() -> None:
    assert found("LEARNING heart")[0] == "learning-by-heart"
    assert found("proline") == ("features-on-one-scale",)
    assert found("  ") == tuple(LIBRARY)
    assert found("no such word") == ()


@pytest.mark.parametrize(
    ("text", "name"), [("xor", "xor-needs-a-hidden-layer"), ("source-e", "source-e-on-paper"), ("a", ""), ("", "")]
)
def test_a_name_may_be_cut_short_where_it_is_plain(text: str, name: str) -> None:
    assert shipped_name(text) == name


def test_an_unknown_lesson_is_said_with_what_is_near() -> None:
    with pytest.raises(ExperimentError, match="did you mean 'a-ring-needs-three'"):
        load_lesson("a-ring-needs-tree")
    with pytest.raises(ExperimentError, match="`nnviz lesson` lists all"):
        load_lesson("qqq")


def test_layers_and_points_can_be_pointed_at() -> None:
    assert read_target("layer 2") == Target(layer=2)
    assert read_target("point -1 2.5") == Target(point=(-1.0, 2.5))
    for bad in ("layer x", "layer -1", "point 1", "point 1 nan", "point 1 2 3"):
        with pytest.raises(SettingError, match="names no"):
            read_target(bad)
