"""What is known of each run of a sweep, and of all runs with the same settings: frozen records."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from nnviz.core.description import Described, Description
from nnviz.core.history.history import History
from nnviz.core.layout import Array
from nnviz.core.network import Network
from nnviz.core.numbers import count_text, loss_text, number_text, percent_text
from nnviz.core.translation import translated
from nnviz.experiment.document import Experiment
from nnviz.experiment.figures import PartName
from nnviz.experiment.prepare import Prepared
from nnviz.sweeps.grid import value_text
from nnviz.sweeps.plan import Point
from nnviz.sweeps.standing import mean_and_sd_of_all
from nnviz.sweeps.task import Outcome, Task


@dataclass(frozen=True, repr=False)
class SweepRun(Described):
    """A finished run.

    Attributes
    ----------
    point : Point
    task : Task
    outcome : Outcome
    """

    point: Point
    task: Task
    outcome: Outcome

    @property
    def number(self) -> int:
        """Of the run, from 0 on."""
        return self.point.number

    @property
    def settings(self) -> Mapping[str, Any]:
        """What was set, by the path of the field."""
        return MappingProxyType(dict(self.point.combination))

    @property
    def seed(self) -> int | None:
        """Of weights and order; None where the experiment's own were taken."""
        return self.point.seed

    @property
    def fold(self) -> int | None:
        """Which part of the rows was held back, from 0 on; None without cross-validation."""
        return None if self.point.fold is None else self.point.fold.number

    @property
    def experiment(self) -> Experiment:
        """All that the run depends on but its fold: ``experiment.trainer().run(epochs)`` gives it again."""
        return self.task.experiment

    @property
    def engine(self) -> str:
        """Which engine trained: "compiled" or "numpy"."""
        return self.outcome.engine

    @property
    def epochs(self) -> int:
        """Finished epochs."""
        return self.outcome.epochs

    @property
    def stop_reason(self) -> str:
        """Why it ended early; empty where it did not."""
        return self.outcome.stop_reason

    @property
    def diverged(self) -> bool:
        """Whether the loss became infinite; the figures are those of the last epoch before."""
        return self.outcome.diverged

    @property
    def figures(self) -> Mapping[str, float]:
        """Figures of the network as it was left, by the columns of a history; NaN for what there is not."""
        return MappingProxyType(dict(self.outcome.figures))

    @property
    def judged(self) -> PartName:
        """The rows that `loss` and `score` are of: those of the fold, else validation, test or training rows."""
        return self.outcome.judged

    @property
    def loss(self) -> float:
        """Loss by which runs are compared."""
        return self.outcome.figures[f"{self.judged}_loss"]

    @property
    def score(self) -> float:
        """Accuracy or R² by which runs are compared."""
        return self.outcome.figures[f"{self.judged}_{self.score_name}"]

    @property
    def score_name(self) -> str:
        """What the score is: "accuracy" or "r2"."""
        return "accuracy" if f"{self.judged}_accuracy" in self.outcome.figures else "r2"

    @property
    def parameters(self) -> Array:
        """Weights and biases as they were left, flat and read-only."""
        return self.outcome.parameters

    @property
    def history(self) -> History:
        """A new copy of the history."""
        return History.from_arrays(self.outcome.history)

    def prepared(self) -> Prepared:
        """Return the data as the run has learnt them."""
        return self.task.prepared()

    def network(self) -> Network:
        """Return a new network with the weights as they were left."""
        network = self.prepared().network()
        network.parameters = self.parameters
        return network

    def description(self) -> Description:
        """Return what is shown of it in a terminal and a notebook."""
        title = translated("Run {0} of a sweep", self.number)
        facts = (
            *((key, value_text(value)) for key, value in self.point.combination),
            *(() if self.seed is None else (("Seed", str(self.seed)),)),
            *(() if self.fold is None else (("Fold", str(self.fold)),)),
            ("Epochs", count_text(self.epochs)),
            (translated("Loss ({0})", translated(self.judged)), loss_text(self.loss)),
            (translated("Score ({0})", translated(self.judged)), score_text(self.score, self.score_name)),
        )
        words = f" ({self.point.words})" if self.point.words else ""
        line = f"{title}{words}: {self.judged} loss {loss_text(self.loss)}, {facts[-1][1]}"
        return Description(line, title, facts, self.history.description().curves)


@dataclass(frozen=True)
class SettingFigures:
    """All runs with the same settings: its seeds and folds.

    Attributes
    ----------
    combination : tuple of (key, value)
    numbers : tuple of int
        Of the runs.
    loss, loss_sd, score, score_sd : float
        Mean and standard deviation over the runs (divided by their number, as `numpy.std`).
    score_name : str
        "accuracy" or "r2".
    n_diverged : int
    """

    combination: tuple[tuple[str, Any], ...]
    numbers: tuple[int, ...]
    loss: float
    loss_sd: float
    score: float
    score_sd: float
    score_name: str
    n_diverged: int

    @property
    def settings(self) -> Mapping[str, Any]:
        """What was set, by the path of the field."""
        return MappingProxyType(dict(self.combination))


def figures_of(runs: Sequence[SweepRun]) -> SettingFigures:
    """Return what runs with the same settings have in common; there must be one."""
    loss, loss_sd = mean_and_sd_of_all([run.loss for run in runs])
    score, score_sd = mean_and_sd_of_all([run.score for run in runs])
    return SettingFigures(
        combination=runs[0].point.combination,
        numbers=tuple(run.number for run in runs),
        loss=loss,
        loss_sd=loss_sd,
        score=score,
        score_sd=score_sd,
        score_name=runs[0].score_name,
        n_diverged=sum(run.diverged for run in runs),
    )


def score_text(score: float, name: str) -> str:
    """Return an accuracy in per cent, or R²."""
    if math.isnan(score):
        return "–"
    return percent_text(score) if name == "accuracy" else f"R² {number_text(score, 3)}"
