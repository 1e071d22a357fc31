"""A lesson played through without a window: does it keep its promises, whatever the seed?

Waits for the pupil are taken as met; waits for the run are trained for. Every built-in lesson is rehearsed over several
seeds by `tests/benchmarks/bench_lessons.py`, and those that are quick in the test suite.
"""

from __future__ import annotations

from msgspec import Struct

from nnviz.experiment.document import Experiment
from nnviz.experiment.edits import is_drawn, with_data
from nnviz.experiment.effects import Effect, effect_of
from nnviz.experiment.prepare import prepare
from nnviz.experiment.trainer_settings import trainer_settings
from nnviz.lessons.actions import Action
from nnviz.lessons.conditions import Condition
from nnviz.lessons.edits import after
from nnviz.lessons.run_facts import facts_of
from nnviz.lessons.schema import LessonSpec, StepSpec

MOST_EPOCHS = 20_000
"""Longest wait of a rehearsal."""


class Outcome(Struct, frozen=True):
    """What became of one step.

    Attributes
    ----------
    step : int
        Counted from 1.
    epoch : int
        Epoch in which its wait was over.
    is_reached : bool
        Whether what it waits for came; True where it waits for nothing, or for the pupil.
    is_kept : bool
        Whether it came, and what the step promises then holds.
    """

    step: int
    epoch: int
    is_reached: bool
    is_kept: bool


def seeded(experiment: Experiment, seed: int) -> Experiment:
    """Return `experiment` with other first weights, order and, where they are generated, data.

    Explicit weights stay, and so does a table's division into parts: they are what a lesson is about.
    """
    changes = {"seed": experiment.data.seed + seed} if is_drawn(experiment) else {}
    drawn = with_data(experiment, **changes)
    network = drawn.network if drawn.network.explicit else drawn.network.edited(seed=drawn.network.seed + seed)
    edited: Experiment = drawn.edited(network=network, training=drawn.training.edited(seed=drawn.training.seed + seed))
    return edited


def rehearse(lesson: LessonSpec, seed: int = 0) -> tuple[Outcome, ...]:
    """Play `lesson` to its end.

    Parameters
    ----------
    lesson : LessonSpec
    seed : int
        Added to the seeds of its experiment.

    Raises
    ------
    NnvizError
        Where something in it cannot be done.
    """
    run = _Run(seeded(lesson.experiment, seed))
    return tuple(run.play(number, step) for number, step in enumerate(lesson.steps, start=1))


class _Run:
    """The experiment and the trainer of a rehearsal."""

    def __init__(self, experiment: Experiment) -> None:
        self._experiment = experiment
        self._trainer = prepare(experiment).trainer()
        self._is_playing = False

    def play(self, number: int, step: StepSpec) -> Outcome:
        for action in step.actions:
            self._do(action)
        is_reached = step.until is None or step.until.is_for_pupil or self._train_until(step.until)
        holds = step.promised is None or step.promised.holds(facts_of(self._trainer))
        return Outcome(number, self._trainer.epoch, is_reached, is_reached and holds)

    def _do(self, action: Action) -> None:
        if action.verb in ("play", "pause"):
            self._is_playing = action.verb == "play"
            return
        edited = after(self._experiment, action)
        effect = Effect.RESTART if action.verb == "reset" else effect_of(self._experiment, edited)
        self._experiment = edited
        if effect is Effect.NONE:
            return
        prepared = prepare(edited)
        if effect is Effect.RESTART:
            self._trainer = prepared.trainer()
        elif effect is Effect.DATA:
            self._trainer.replace_data(prepared.X_train, prepared.Y_train, **prepared.held_back)
        else:
            self._trainer.set(**trainer_settings(edited.training, prepared.train.n_samples))

    def _train_until(self, condition: Condition) -> bool:
        """Train until `condition` holds; return whether it does."""
        for _ in range(MOST_EPOCHS):
            if condition.holds(facts_of(self._trainer)):
                return True
            if not self._is_playing or self._trainer.stop_reason:
                return False
            self._trainer.step_epoch()
        return False
