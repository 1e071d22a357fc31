"""What a frame tells of the history: curves thinned for drawing, the best epoch, and one epoch read exactly."""

from __future__ import annotations

from typing import Any

import numpy as np
from msgspec.structs import fields, replace

from nnviz.core.arrays import read_only
from nnviz.core.history.history import History
from nnviz.core.moment import Moment
from nnviz.experiment.figures import Curves, PartName, Reading
from nnviz.experiment.prepare import Prepared

#: Points of a curve: about two for each pixel that it is wide.
CURVE_POINTS = 1200
#: Changes of the network that are told of, the latest ones: more lines would hide the curve.
MOST_MARKS = 100

_OTHERS = ("n_epochs", "best", "watched", "marks", "first_epoch", "edits")
_ARRAYS = tuple(field.name for field in fields(Curves) if field.name not in _OTHERS)
_HELD: tuple[PartName, ...] = ("validation", "test")
_READ = tuple(field.name for field in fields(Reading))


def curves_of(moment: Moment, prepared: Prepared) -> Curves:
    """Return the thinned history of the run of `moment`, read-only; the best epoch is marked where rows are held back.

    A network that has nothing to learn yet, and has learnt nothing, has no curve.
    """
    watched, history = moment.problem.watched, moment.history
    if prepared.is_empty and len(history) == 1:
        nothing = read_only(np.empty(0))
        return Curves(nothing, nothing, nothing, nothing, nothing, n_epochs=0)
    return replace(
        _thinned(history),
        watched=watched,
        best=reading_of(history, moment.best_epoch) if watched != "train" else None,
        first_epoch=moment.first_epoch,
        edits=moment.edits,
    )


def stored_curves(history: History) -> Curves:
    """Return the thinned history of a run that is in a file; which of its rows are watched, its figures tell."""
    curves = _thinned(history)
    for part in _HELD:
        if np.isfinite(getattr(curves, f"{part}_loss")).any():
            return replace(curves, watched=part)
    return replace(curves, watched="train")


def _thinned(history: History) -> Curves:
    points = history.curve_points(CURVE_POINTS)
    arrays: dict[str, Any] = {name: read_only(np.array(points[name], dtype=np.float64)) for name in _ARRAYS}
    return Curves(
        **arrays,
        n_epochs=len(history),
        marks=tuple(reading_of(history, epoch) for epoch in history.marks[-MOST_MARKS:]),
    )


def reading_of(history: History, epoch: int) -> Reading:
    """Return the figures of `epoch`, or of the nearest one that the history has."""
    figures = history.figures_of(epoch)
    return Reading(**{name: figures[name] for name in _READ})
