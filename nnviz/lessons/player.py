"""Plays a lesson on a stage: which step it is at, what it waits for, and how to come back to it. No Qt.

The stage is whatever can do what steps say: the window, or a stand-in of a test. The player never looks at a clock: it
is told when something has happened, and when a frame has come.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from nnviz.core.errors import NnvizError
from nnviz.lessons.actions import Action, Target
from nnviz.lessons.conditions import Part
from nnviz.lessons.facts import EVENTS, Facts
from nnviz.lessons.schema import LessonSpec, StepSpec

HINT_EPOCHS = 500
"""Epochs after which a hint comes by itself where a run has not done what a step waits for."""

K = TypeVar("K")


class Stage(Protocol[K]):
    """What a lesson is played on; `K` is what it keeps of a moment to come back to it."""

    def open(self, lesson: LessonSpec) -> None:
        """Show the lesson's experiment, at rest at epoch 0."""

    def begin(self, step: StepSpec) -> None:
        """Hear which step begins, before anything of it is done."""

    def do(self, action: Action) -> None:
        """Do what a step says."""

    def begun(self, step: StepSpec) -> None:
        """Hear that all is done: a run that the step waits for goes on."""

    def rest(self) -> None:
        """Let the run rest: what the step waits for has come, and is talked about."""

    def point_at(self, target: Target | None) -> None:
        """Put the ring round what is spoken of, or take it away."""

    def facts(self, events: frozenset[str]) -> Facts:
        """Return what is the case, with `events` having happened."""

    def keep(self) -> K:
        """Return what leads back to the present state."""

    def bring_back(self, kept: K) -> None:
        """Restore a state that was kept."""

    def opened_again(self) -> None:
        """Hear that a step could not be done on what the pupil has made of the experiment: the lesson's own is back."""


class Player(Generic[K]):
    """The pupil's place in a lesson.

    Parameters
    ----------
    lesson : LessonSpec
    stage : Stage
    changed : callable
        Called whenever step, hint or readiness are others than before.

    Attributes
    ----------
    position : int
        The present step, counted from 0.
    is_met : bool
        Whether what the step waits for has come; from then on it goes on when told to.
    shows_hint : bool
    is_own : bool
        Whether nobody but the lesson has had a hand in the experiment.
    """

    def __init__(self, lesson: LessonSpec, stage: Stage[K], changed: Callable[[], None]) -> None:
        self.lesson = lesson
        self.position = -1
        self.is_met = False
        self.shows_hint = False
        self._stage = stage
        self._changed = changed
        self._events: frozenset[str] = frozenset()
        self._kept: list[K] = []
        self._began = 0.0
        self._goal = 0
        self.is_own = False

    @property
    def step(self) -> StepSpec:
        """The present step."""
        return self.lesson.steps[self.position]

    @property
    def is_last(self) -> bool:
        """Whether no step comes after it."""
        return self.position == len(self.lesson.steps) - 1

    @property
    def is_catching_up(self) -> bool:
        """Whether the steps before one that was asked for are being done."""
        return 0 <= self.position < self._goal

    def start(self, position: int = 0) -> None:
        """Begin at a step: those before it are done without waiting for the pupil, and with waiting for the run."""
        self._stage.open(self.lesson)
        self.is_own = True
        self.position = -1
        self._kept.clear()
        self._goal = max(0, min(position, len(self.lesson.steps) - 1))
        self._enter(0)

    def go_on(self) -> None:
        """Go to the next step; where this one still waits, show its hint first, and go on the second time."""
        if not self.is_met and not self.shows_hint and self.step.hint:
            self.shows_hint = True
            self._changed()
        elif not self.is_last:
            self._goal, self.is_own = 0, False
            self._enter(self.position + 1)

    def go_back(self) -> None:
        """Go to the step before, as it was when it began."""
        if self.position > 0:
            self._goal = 0
            self._kept.pop()
            self._enter(self.position - 1, again=True)

    def restore(self) -> None:
        """Come back to the lesson from wherever one has wandered: the present step begins again."""
        self._goal = 0
        self._enter(self.position, again=True)

    def notice(self, event: str) -> None:
        """Hear that something of `EVENTS` has happened."""
        self._events |= {EVENTS[event].name}
        self.is_own = self.is_own and EVENTS[event].is_of_run
        self.look()

    def look(self) -> None:
        """Judge the present step by what is the case now: after every frame."""
        if self.position < 0 or self.is_met:
            return
        facts = self._stage.facts(self._events)
        condition = self.step.until
        if condition is None or condition.holds(facts):
            self.is_met = True
            self.shows_hint = False
            if condition is not None and not condition.is_for_pupil:
                self._stage.rest()
            self._settle()
        elif self.step.hint and not self.shows_hint and facts.value("epoch") - self._began >= HINT_EPOCHS:
            self.shows_hint = True
            self._changed()

    def progress(self) -> tuple[Part, ...]:
        """Return what the step waits for, part by part, as far as it has come."""
        condition = self.step.until
        return () if condition is None else tuple(condition.parts(self._stage.facts(self._events)))

    def _enter(self, position: int, *, again: bool = False) -> None:
        if again:
            self._stage.bring_back(self._kept[position])
        else:
            self._kept.append(self._stage.keep())
        self.position = position
        self._events = frozenset()
        self.is_met = self.shows_hint = False
        step = self.step
        self._stage.begin(step)
        if not self._do(step):
            self.start(position)
            self._stage.opened_again()
            return
        self._stage.begun(step)
        # What the step does itself is not what it waits for the pupil to do.
        self._events = frozenset()
        self._stage.point_at(step.target)
        self._began = self._stage.facts(self._events).value("epoch")
        self._changed()
        if self._is_passed_over(step):
            self.is_met = True
            self._settle()
        elif step.until is None:
            self.is_met = True
            self._changed()
        else:
            self.look()

    def _do(self, step: StepSpec) -> bool:
        """Do what the step says; return whether it can be done: a layer that it speaks of may be gone meanwhile."""
        try:
            for action in step.actions:
                self._stage.do(action)
        except NnvizError:
            if self.is_own:
                raise
            return False
        return True

    def _is_passed_over(self, step: StepSpec) -> bool:
        """Whether the step lies before the one that was asked for, and no run has to be waited for."""
        return self.is_catching_up and (step.until is None or step.until.is_for_pupil)

    def _settle(self) -> None:
        """Go on by itself where a later step was asked for; otherwise say that the wait is over."""
        if self.is_catching_up:
            self._enter(self.position + 1)
        else:
            self._changed()
