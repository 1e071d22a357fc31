"""Records a lesson: what somebody does to an experiment and its run becomes steps, each with a line of text.

The recorder is told what happened; it knows no window. Each step says what the lesson does by itself, and what it could
wait for. Where the run has learnt and something is changed then, a new step begins by itself, for a step waits at its
end only.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct, field

from nnviz.core.errors import ExperimentError, NnvizError
from nnviz.core.translation import translated
from nnviz.experiment.document import Experiment
from nnviz.lessons.differences import changes, differs, first_difference
from nnviz.lessons.facts import EVENTS, Facts
from nnviz.lessons.limits import LONGEST_SAID, MOST_STEPS
from nnviz.lessons.proposals import proposed_waits
from nnviz.lessons.schema import LessonSpec, StepSpec

#: What a pupil can be asked to do, besides what is done to the run.
ASKED = tuple(name for name, event in EVENTS.items() if not event.is_of_run and name not in ("played", "paused"))
#: Which control is spoken of where a setting is changed, by the beginning of its path.
_PLACES = (
    ("data", "data"),
    ("network.hidden", "hidden_layers"),
    ("network.init", "first_weights"),
    ("network.seed", "reset"),
    ("network.explicit", "first_weights"),
    ("training.learning_rate", "learning_rate"),
    ("training.schedule", "learning_rate"),
    ("training.optimizer", "optimizer"),
    ("training.batch_size", "batch_size"),
    ("training.l2", "l2"),
    ("view.curve", "loss"),
    ("view.log_loss", "loss"),
    ("view", "boundary"),
)


class Recorded(Struct, frozen=True):
    """A step as it was recorded.

    Attributes
    ----------
    step : StepSpec
        As the lesson plays it: it does everything by itself.
    waits : tuple of str
        Conditions that it could wait for, the one that `step` waits for among them.
    lost : str
        What no lesson can do, in a sentence; empty: nothing.
    """

    step: StepSpec
    waits: tuple[str, ...] = ()
    lost: str = ""


class _Segment(Struct):
    """What has happened since the last step ended."""

    begins: Experiment
    now: Experiment
    epoch: int | None = None
    words: list[str] = field(default_factory=list)
    acts: list[str] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    target: str = ""
    lost: str = ""

    @property
    def is_empty(self) -> bool:
        return self.epoch is None and not (self.acts or self.events or self.lost) and not differs(self.begins, self.now)


class Recorder:
    """Takes down what happens, step by step.

    Parameters
    ----------
    experiment : Experiment
        What the lesson begins with.
    facts : callable
        Returns what is the case in the run at the moment.
    epoch : int
        Where its run stands already: the first step leads there.
    """

    def __init__(self, experiment: Experiment, facts: Callable[[], Facts], epoch: int = 0) -> None:
        self.experiment = experiment
        self._facts = facts
        self._steps: list[Recorded] = []
        self._segment = _Segment(experiment, experiment)
        if epoch > 0:
            self.ran(epoch)
            self.says(translated("The network has learnt for {0} epochs.", epoch))

    @property
    def position(self) -> int:
        """The step that is being recorded, counted from 1."""
        return len(self._steps) + 1

    @property
    def is_full(self) -> bool:
        """Whether no lesson may have more steps."""
        return len(self._steps) >= MOST_STEPS

    # -- what happens -------------------------------------------------------------------------------------------

    def edited(self, experiment: Experiment, words: str = "", *, joined: bool = False) -> None:
        """Hear that the experiment is another one.

        Parameters
        ----------
        experiment : Experiment
        words : str
            What the edit is called.
        joined : bool
            Whether it goes on with the edit before, as the next position of a slider does.
        """
        segment = self._segment
        if not differs(segment.now, experiment):
            segment.now = experiment
            return
        if segment.epoch is not None and not (joined and differs(segment.begins, segment.now)):
            segment = self._split()
        segment.now = experiment
        if words and (not segment.words or segment.words[-1] != words):
            segment.words.append(words)

    def restarted(self) -> None:
        """Hear that the run was set back to epoch 0."""
        segment = self._segment if self._segment.epoch is None else self._split()
        self._act("reset")
        segment.target = segment.target or "reset"

    def ran(self, epoch: int) -> None:
        """Hear that the run has learnt up to the end of `epoch`."""
        self._act("play")
        self._segment.epoch = epoch
        self._segment.target = self._segment.target or "loss"

    def selected(self, layer: int, unit: int) -> None:
        """Hear that a unit was opened, both counted from 1; of layer 0 it is an input, which no lesson can open."""
        if layer < 1:
            self._segment.target = "layer 0"
            return
        acts = self._segment.acts
        acts[:] = [act for act in acts if not act.startswith("select ")]
        self._act(f"select {layer}.{unit}")
        self._segment.target = f"unit {layer}.{unit}"

    def shown(self, place: str) -> None:
        """Hear that a view was brought to the front."""
        self._act(f"show {place}")
        self._segment.target = place

    def arranged(self, layout: str) -> None:
        """Hear that the window was arranged."""
        self._act(f"layout {layout}")

    def coloured(self, theme: str) -> None:
        """Hear that the window was made light or dark."""
        self._act(f"theme {theme}")

    def noticed(self, event: str) -> None:
        """Hear of something of `EVENTS` that a pupil could be asked to do."""
        if event in ASKED and event not in self._segment.events:
            self._segment.events.append(event)
        if event == "weight_changed":
            self._segment.lost = translated("A lesson sets no single weight: let the pupil do it, and wait for that.")

    # -- steps --------------------------------------------------------------------------------------------------

    def says(self, text: str) -> None:
        """End the step with what is said in it; empty: what was done, in words."""
        self._close(text)

    def steps(self) -> tuple[Recorded, ...]:
        """Return all steps, the one that is not ended among them where anything has happened in it."""
        if not self._segment.is_empty and not self.is_full:
            self._close("")
        return tuple(self._steps)

    def lesson(self, title: str, summary: str = "") -> LessonSpec:
        """Return the lesson as it stands.

        Raises
        ------
        ExperimentError
            Where nothing was recorded.
        """
        steps = self.steps()
        if not steps:
            raise ExperimentError("Nothing was recorded: do something, or say something, before you stop.")
        content = {"title": title, "summary": summary or title, "experiment": self.experiment}
        minutes = min(90, max(1, round(len(steps) * 0.75)))
        return LessonSpec.model_validate({**content, "minutes": minutes, "steps": [each.step for each in steps]})

    def _act(self, text: str) -> None:
        if text not in self._segment.acts:
            self._segment.acts.append(text)

    def _split(self) -> _Segment:
        if not self.is_full:
            self._close("")
        return self._segment

    def _close(self, text: str) -> None:
        segment, lost = self._segment, ""
        done: tuple[str, ...] = ()
        try:
            done = changes(segment.begins, segment.now)
        except NnvizError as error:
            lost = str(error)
        waits = proposed_waits(segment.epoch, self._facts(), segment.events)
        is_asked = segment.epoch is not None or segment.lost
        step = StepSpec(
            say=(" ".join(text.split()) or _said(segment))[:LONGEST_SAID],
            do=(*done, *segment.acts),
            point=_pointed(segment),
            wait=waits[0] if waits and is_asked else "",
        )
        self._steps.append(Recorded(step, waits, segment.lost or lost))
        self._segment = _Segment(segment.now, segment.now)


def _pointed(segment: _Segment) -> str:
    """Return what was used: the control of what was changed first, or whatever else was looked at."""
    path = first_difference(segment.begins, segment.now)
    return next((place for beginning, place in _PLACES if path.startswith(beginning)), segment.target)


def _said(segment: _Segment) -> str:
    """Return what was done, in the words of the undo steps."""
    parts = [words[:1].upper() + words[1:] for words in segment.words]
    if segment.epoch is not None:
        parts.append(translated("Train up to epoch {0}", segment.epoch))
    return f"{'. '.join(parts)}." if parts else translated("Look.")
