"""The lessons that nnviz ships: experiments with a title and notes on what to look at, one `.toml` each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from msgspec import Struct

from nnviz.assets import lesson_names
from nnviz.core.choices import Choice
from nnviz.experiment.document import Experiment
from nnviz.experiment.schema import DataSpec, LayerSpec, NetworkSpec, TrainingSpec


class Lesson(Choice, Struct, frozen=True, kw_only=True):
    """One lesson: its `label` is the experiment's title, its `help` the notes on what to look at.

    Attributes
    ----------
    experiment : Experiment
    """

    experiment: Experiment


class Lessons(Mapping[str, Lesson]):
    """All shipped lessons by name, in alphabetical order, each read when it is first asked for."""

    def __getitem__(self, name: str) -> Lesson:
        if name not in lesson_names():
            raise KeyError(name)
        return _read(name)

    def __iter__(self) -> Iterator[str]:
        return iter(lesson_names())

    def __len__(self) -> int:
        return len(lesson_names())


LESSONS = Lessons()


def default_experiment() -> Experiment:
    """Return what `nnviz` opens with: a spiral of three arms that two layers of eight learn within seconds."""
    return Experiment(
        title="three-armed spiral",
        notes=(
            "Three classes wind around each other, so no straight line parts any two of them. Press play and watch "
            "the hidden units, each of which draws one line, being bent together into three arms."
        ),
        data=DataSpec(name="spiral", parameters={"n_samples": 300, "arms": 3, "turns": 0.75, "noise": 0.05}),
        network=NetworkSpec(hidden=(LayerSpec(units=8), LayerSpec(units=8))),
        training=TrainingSpec(optimizer="adam", learning_rate=0.01, batch_size=10, epochs=150),
    )


@cache
def _read(name: str) -> Lesson:
    experiment = Experiment.load(name)
    return Lesson(name=name, label=experiment.title, help=experiment.notes, experiment=experiment)
