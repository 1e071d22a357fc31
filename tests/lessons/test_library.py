"""The lessons that ship: each opens, says how sure it is, and keeps its promises over seeds.

The slow ones are rehearsed over more seeds by `tests/benchmarks/bench_lessons.py`.
"""

from __future__ import annotations

import re

import pytest

from nnviz.lessons.files import LIBRARY
from nnviz.lessons.limits import LONGEST_SAID
from nnviz.lessons.rehearsal import rehearse
from nnviz.lessons.schema import LessonSpec

#: Rehearsed within a sixth of a second.
QUICK = (
    *(
        "a-ring-needs-three",
        "all-weights-equal",
        "confidently-wrong",
        "depth-without-bends",
        "each-weight-its-own-step",
    ),
    *(
        "features-on-one-scale",
        "no-hidden-layer",
        "one-row-or-all",
        "relu-units-die",
        "sigmoid-in-depth",
    ),
    *("sure-where-it-has-never-been", "the-accuracy-paradox", "three-arms", "when-the-loss-explodes"),
    *("what-the-bias-is-for", "xor-needs-a-hidden-layer"),
)
SEEDS = 10
SOURCES = {f"source-{letter}" for letter in "abcde"}


def _kept(lesson: LessonSpec, seeds: range) -> int:
    return sum(all(outcome.is_kept for outcome in rehearse(lesson, seed)) for seed in seeds)


@pytest.mark.parametrize("name", QUICK)
def test_quick_lessons_keep_their_promises_over_ten_seeds(name: str) -> None:
    lesson = LIBRARY[name]
    assert _kept(lesson, range(SEEDS)) >= lesson.share * SEEDS


@pytest.mark.parametrize("name", sorted(set(LIBRARY) - set(QUICK) - {"one-run-is-an-anecdote"}))
def test_long_lessons_keep_their_promises_once(name: str) -> None:
    assert _kept(LIBRARY[name], range(1)) == 1


def test_a_lesson_that_is_kept_by_some_seeds_only_says_so_and_is() -> None:
    lesson = LIBRARY["one-run-is-an-anecdote"]
    said = " ".join(step.say for step in lesson.steps)
    kept, of = map(int, re.findall(r"(\d+) of (\d+)", said)[0])
    assert abs(_kept(lesson, range(of)) - kept) <= 3
    assert 0.3 < lesson.share < kept / of


@pytest.mark.parametrize("name", LIBRARY)
def test_every_lesson_is_fit_for_a_class(name: str) -> None:
    lesson = LIBRARY[name]
    assert lesson.source
    assert 4 <= lesson.minutes <= 20
    assert 0 < len(lesson.summary) <= 160
    # It promises something, and its last word is read.
    assert any(step.promised for step in lesson.steps)
    assert all(0 < len(step.say) <= LONGEST_SAID for step in lesson.steps)
    # What is left to the pupil comes with a hint.
    for step in lesson.steps:
        assert not (step.until is not None and step.until.names & {"unit_selected", "input_tried"} and not step.hint)
    # Another machine, or speed, may be further along when a figure is first seen.
    for step in lesson.steps:
        if step.promised is not None and "epoch" in step.promised.names:
            assert step.until is not None
            assert step.until.names <= {"epoch"}
    if lesson.share < 0.9:
        assert any(re.search(r"\d+ of \d+", step.say) for step in lesson.steps)


def test_there_are_the_five_sources_and_two_dozen_classics() -> None:
    sources = {name for name in LIBRARY if LIBRARY[name].topic == "the sources"}
    assert {name[: len("source-a")] for name in sources} == SOURCES
    assert len(set(LIBRARY) - sources) >= 24


def test_the_third_source_is_told_to_the_ninth_decimal() -> None:
    lesson = LIBRARY["source-c-by-the-digit"]
    trainer = lesson.experiment.trainer()
    history = trainer.run(epochs=1500)
    assert [f"{history.train_loss[epoch]:.9f}" for epoch in (0, 1499, 1500)] == [
        "1.298103813",
        "0.002800222",
        "0.002797652",
    ]
    answers = trainer.network.predict(trainer.problem.X).ravel()
    assert [f"{answer:.4f}" for answer in answers] == ["0.0101", "0.9716", "0.9717", "0.0330"]


def test_the_fourth_source_stands_at_ln_2_to_seven_digits() -> None:
    history = LIBRARY["source-d-stuck-at-ln-2"].experiment.trainer().run(epochs=1000)
    assert [f"{history.train_loss[epoch]:.7f}" for epoch in (0, 1000)] == ["0.6931474", "0.6931471"]
