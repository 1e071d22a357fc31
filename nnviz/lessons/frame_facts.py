"""The facts of a run as a window has them: read from its latest frame, without asking the run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from nnviz.core.layout import Array
from nnviz.experiment.frame import Frame
from nnviz.experiment.prepare import Prepared
from nnviz.lessons.facts import FIGURES, Facts, size_figures


class FrameFigures(Mapping[str, float]):
    """The present figures of a frame by the names of `FIGURES`, each read when it is asked for."""

    def __init__(self, frame: Frame, prepared: Prepared) -> None:
        self._frame, self._prepared = frame, prepared

    def __getitem__(self, name: str) -> float:
        if name not in FIGURES:
            raise KeyError(name)
        frame = self._frame
        if name == "epoch":
            return frame.epoch
        if name == "updates":
            updates = frame.curves.updates
            return float(updates[-1]) if len(updates) else np.nan
        sizes = size_figures(frame.layout.sizes, len(frame.parameters), self._prepared.train.n_samples)
        if name in sizes:
            return sizes[name]
        field = _field(name, self._prepared)
        return float(getattr(frame.metrics, field)) if field else np.nan

    def __iter__(self) -> Iterator[str]:
        return iter(FIGURES)

    def __len__(self) -> int:
        return len(FIGURES)


class FrameCurves(Mapping[str, Array]):
    """The curves of a frame by the names of `FIGURES`, one value for each epoch.

    A frame's curves are thinned beyond some thousand epochs, with their extremes; in between they are drawn straight,
    and so they are here.
    """

    def __init__(self, frame: Frame, prepared: Prepared) -> None:
        self._frame, self._prepared = frame, prepared

    def __getitem__(self, name: str) -> Array:
        if name not in FIGURES or not FIGURES[name].has_past:
            raise KeyError(name)
        curves = self._frame.curves
        if not len(curves.epoch):
            return np.empty(0)
        every = np.arange(curves.epoch[0], curves.epoch[-1] + 1.0)
        if name == "epoch":
            return every
        field = name if name == "updates" else _field(name, self._prepared)
        values = getattr(curves, field) if field else np.empty(0)
        if len(values) != len(curves.epoch):
            return np.full(len(every), np.nan)
        return np.asarray(values if len(values) == len(every) else np.interp(every, curves.epoch, values))

    def __iter__(self) -> Iterator[str]:
        return (name for name, figure in FIGURES.items() if figure.has_past)

    def __len__(self) -> int:
        return sum(figure.has_past for figure in FIGURES.values())


def _field(name: str, prepared: Prepared) -> str:
    """Return what a frame calls a figure; empty where the task has another score."""
    part, _, kind = name.partition("_")
    if kind in ("accuracy", "r2"):
        return f"{part}_score" if (kind == "accuracy") == (prepared.task == "classification") else ""
    return name


def facts_of_frame(frame: Frame, prepared: Prepared, events: frozenset[str] = frozenset()) -> Facts:
    """Return what is the case in the run that `frame` is a picture of, its own events among `events`."""
    own = {"diverged"} if frame.status == "diverged" else {"stopped"} if frame.status == "finished" else set()
    return Facts(figures=FrameFigures(frame, prepared), curves=FrameCurves(frame, prepared), events=events | own)
