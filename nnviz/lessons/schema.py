"""The fields of a lesson file (`.toml`): what it is, the experiment it begins with, and its steps; each one checked.

A lesson holds no code: actions, targets and conditions are short texts of closed languages (`actions.py`,
`conditions.py`), read when the file is opened, so that a lesson that opens can be played to its end.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from nnviz.core.errors import NnvizError
from nnviz.core.translation import translated
from nnviz.experiment.document import Experiment, validate_experiment
from nnviz.experiment.fields import Several
from nnviz.experiment.lessons import LESSONS
from nnviz.experiment.spec import Spec
from nnviz.lessons.actions import Action, Target, read_action, read_target
from nnviz.lessons.conditions import Condition, read_condition
from nnviz.lessons.edits import after
from nnviz.lessons.facts import FIGURES
from nnviz.lessons.limits import LONGEST_SAID, MOST_STEPS

#: Raised with every change of what a lesson file means.
LESSON_FORMAT: Literal[1] = 1

Level = Literal["pupil", "student", "expert"]
Topic = Literal["what a network can draw", "how it learns", "what goes wrong", "what it has understood", "the sources"]


def _read(reader: Callable[[str], object]) -> Any:
    """Return the condition that a text of a field can be read by `reader`; empty texts are none."""

    def checked(text: str) -> str:
        if text.strip():
            try:
                reader(text)
            except NnvizError as error:
                # The sentence about a field ends it.
                raise ValueError(translated("is not right: {0}", str(error).rstrip("."))) from None
        return text

    return AfterValidator(checked)


def _experiment(value: Any) -> Any:
    """Read an experiment that is written out, or the name of one that ships."""
    if isinstance(value, str):
        if value not in LESSONS:
            raise ValueError(translated("must be a table, or one of {0}", ", ".join(LESSONS)))
        return LESSONS[value].experiment
    return validate_experiment(value, translated("Its experiment")) if isinstance(value, dict) else value


Said = Annotated[str, Field(max_length=LONGEST_SAID)]
Notes = Annotated[str, Field(max_length=4000)]
Line = Annotated[str, Field(max_length=160)]
ActionText = Annotated[str, _read(read_action)]
ConditionText = Annotated[str, _read(read_condition)]
FigureName = Annotated[str, _read(lambda text: FIGURES[text])]
TargetText = Annotated[str, _read(read_target)]
ExperimentField = Annotated[Experiment, BeforeValidator(_experiment)]


class StepSpec(Spec):
    """One step: what is said, done, pointed at and waited for."""

    say: Said
    """What pupils read."""
    notes: Notes = ""
    """What only the teacher reads."""
    do: Annotated[Several[ActionText], Field(max_length=40)] = ()
    """What is done when the step begins, in this order."""
    point: TargetText = ""
    """What is ringed."""
    read: Annotated[Several[FigureName], Field(max_length=4)] = ()
    """Figures that are told with all their digits, by the names of `FIGURES`."""
    decimals: Annotated[int, Field(ge=0, le=12)] = 6
    """How many of them stand behind the point."""
    wait: ConditionText = ""
    """What has to hold before the lesson goes on by itself; empty: it goes on when it is told to."""
    hint: Said = ""
    """What is said where somebody wants to go on before that."""
    promise: ConditionText = ""
    """What holds when the wait is over: measured over seeds, for built-in lessons by a test."""

    @cached_property
    def actions(self) -> tuple[Action, ...]:
        """What is done, read."""
        return tuple(map(read_action, self.do))

    @cached_property
    def target(self) -> Target | None:
        """What is pointed at, read."""
        return read_target(self.point) if self.point.strip() else None

    @cached_property
    def until(self) -> Condition | None:
        """What is waited for, read."""
        return read_condition(self.wait) if self.wait.strip() else None

    @cached_property
    def promised(self) -> Condition | None:
        """What is promised, read."""
        return read_condition(self.promise) if self.promise.strip() else None


class LessonSpec(Spec):
    """A lesson: what it is, what it begins with, and its steps."""

    format: Literal[1] = LESSON_FORMAT
    title: Line
    summary: Annotated[str, Field(max_length=LONGEST_SAID)]
    """What is seen in it, in one sentence."""
    minutes: Annotated[int, Field(ge=1, le=90)] = 5
    """How long it takes before a class."""
    level: Level = "student"
    topic: Topic = "how it learns"
    source: Line = ""
    """Where it comes from."""
    share: Annotated[float, Field(gt=0.0, le=1.0)] = 0.9
    """Of all seeds, the share for which every promise is kept; the lesson says so where it is under nine of ten."""
    experiment: ExperimentField = Experiment()
    steps: Annotated[Several[StepSpec], Field(min_length=1, max_length=MOST_STEPS)]

    @model_validator(mode="after")
    def _can_be_played(self) -> LessonSpec:
        experiment = self.experiment
        for number, step in enumerate(self.steps, start=1):
            if not step.say.strip():
                raise ValueError(translated("must say something in every step, and says nothing in step {0}", number))
            try:
                for action in step.actions:
                    experiment = after(experiment, action)
            except NnvizError as error:
                words = "cannot be played, because of step {0}: {1}"
                raise ValueError(translated(words, number, str(error).rstrip("."))) from None
        return self
