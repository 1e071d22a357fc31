"""Leaves a step to the pupil: the lesson waits for what it would have done, and makes sure of it in the next step."""

from __future__ import annotations

from nnviz.experiment.document import Experiment
from nnviz.lessons.actions import read_action
from nnviz.lessons.conditions import read_condition
from nnviz.lessons.differences import changes
from nnviz.lessons.edits import after
from nnviz.lessons.schema import LessonSpec, StepSpec

#: The event that tells that a pupil has done what an action does, by the action's beginning.
_EVENTS = (
    ("add_layer", ("layer_added",)),
    ("remove_layer", ("layer_removed",)),
    ("new_weights", ("reset",)),
    ("reset", ("reset",)),
    ("select", ("unit_selected",)),
    ("set network.hidden", ("layer_added", "layer_removed", "units_changed", "activation_changed")),
    ("set network", ("setting_changed",)),
    ("set training", ("setting_changed",)),
    ("set data", ("data_changed", "points_painted")),
)


def waiting_for(lesson: LessonSpec, index: int, wait: str) -> tuple[StepSpec, ...]:
    """Return the steps of `lesson` where step `index` waits for `wait`.

    What the pupil is waited for to do, the step does no longer; the next one makes sure of it, in settings that change
    nothing where it has been done.

    Raises
    ------
    NnvizError
        Where `wait` is no condition, or what the step does cannot be said in settings.
    """
    steps = list(lesson.steps)
    names = read_condition(wait).names if wait.strip() else frozenset()
    step = steps[index]
    left = tuple(action for action in step.do if _event_of(action) & names)
    kept = tuple(action for action in step.do if action not in left)
    steps[index] = step.edited(do=kept, wait=wait)
    if left and index + 1 < len(steps):
        before = _reached(lesson.experiment, lesson.steps[:index])
        owed = changes(_after_all(before, kept), _after_all(before, step.do), plain=True)
        following = steps[index + 1]
        steps[index + 1] = following.edited(do=(*owed, *(action for action in following.do if action not in owed)))
    return tuple(steps)


def _event_of(action: str) -> frozenset[str]:
    return frozenset(next((events for beginning, events in _EVENTS if action.startswith(beginning)), ()))


def _reached(experiment: Experiment, steps: tuple[StepSpec, ...]) -> Experiment:
    for step in steps:
        experiment = _after_all(experiment, step.do)
    return experiment


def _after_all(experiment: Experiment, actions: tuple[str, ...]) -> Experiment:
    for action in actions:
        experiment = after(experiment, read_action(action))
    return experiment
