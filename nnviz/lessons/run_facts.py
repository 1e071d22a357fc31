"""The facts of a run, read from its trainer only where a condition asks for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from nnviz.core.layout import Array
from nnviz.core.trainer import Trainer
from nnviz.lessons.facts import FIGURES, Facts, size_figures


class RunFigures(Mapping[str, float]):
    """The present figures of a trainer by the names of `FIGURES`, each read when it is asked for."""

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer

    def __getitem__(self, name: str) -> float:
        if name not in FIGURES:
            raise KeyError(name)
        trainer = self._trainer
        if name == "epoch":
            return trainer.epoch
        network = trainer.network
        sizes = size_figures(network.layer_sizes, len(network.parameters), len(trainer.problem.X))
        if name in sizes:
            return sizes[name]
        column = curve_of(trainer, name)
        return float(column[-1]) if len(column) else np.nan

    def __iter__(self) -> Iterator[str]:
        return iter(FIGURES)

    def __len__(self) -> int:
        return len(FIGURES)


class RunCurves(Mapping[str, Array]):
    """The curves of a trainer by the names of `FIGURES`, each read when it is asked for."""

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer

    def __getitem__(self, name: str) -> Array:
        if name not in FIGURES or not FIGURES[name].has_past:
            raise KeyError(name)
        return curve_of(self._trainer, name)

    def __iter__(self) -> Iterator[str]:
        return (name for name, figure in FIGURES.items() if figure.has_past)

    def __len__(self) -> int:
        return sum(figure.has_past for figure in FIGURES.values())


def curve_of(trainer: Trainer, name: str) -> Array:
    """Return the values of a figure after each recorded epoch; all NaN where the task has another score."""
    history = trainer.history
    if name in ("epoch", "updates"):
        return np.asarray(getattr(history, name), dtype=np.float64)
    part, _, kind = name.partition("_")
    if kind in ("accuracy", "r2"):
        is_asked = (kind == "accuracy") == (trainer.task == "classification")
        return history.column(f"{part}_score") if is_asked else np.full(len(history), np.nan)
    return history.column(name)


def facts_of(trainer: Trainer, events: frozenset[str] = frozenset()) -> Facts:
    """Return what is the case in the run of `trainer`, its own events among `events`."""
    own = {"diverged"} if trainer.diverged else {"stopped"} if trainer.stop_reason else set()
    return Facts(figures=RunFigures(trainer), curves=RunCurves(trainer), events=events | own)
