"""Which columns of the history a loss plot shows, over what and on which scale: the same in the window and on paper."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnviz.core.layout import Array
from nnviz.drawing.curves import smoothed
from nnviz.experiment.frame import Curves, Reading
from nnviz.experiment.schema import ViewSpec

#: Columns of the two curves: on the training and on the test data.
COLUMNS: dict[str, tuple[str, str | None]] = {
    "loss": ("train_loss", "test_loss"),
    "score": ("train_score", "test_score"),
    "learning_rate": ("learning_rate", None),
}


@dataclass(frozen=True)
class ChosenCurves:
    """What is drawn.

    Attributes
    ----------
    x : ndarray ``(n,)``
    train, test : ndarray ``(n,)``
        Smoothed, on the scale of the plot (log10 where it is logarithmic). `test` is all NaN where there is none.
    raw_train, raw_test : ndarray ``(n,)`` or None
        As measured, where the others are smoothed.
    mark : (float, float) or None
        Where the best epoch lies.
    best_epoch : float or None
        Which one it is.
    """

    x: Array
    train: Array
    test: Array
    raw_train: Array | None
    raw_test: Array | None
    mark: tuple[float, float] | None
    best_epoch: float | None


def is_logarithmic(view: ViewSpec) -> bool:
    """Whether the y axis has equal factors in equal steps: losses and rates can, scores cannot."""
    return view.log_loss and view.curve != "score"


def chosen_curves(curves: Curves, view: ViewSpec) -> ChosenCurves:
    """Return what `view` chooses of `curves`."""
    x = getattr(curves, view.curve_x)
    train_name, test_name = COLUMNS[view.curve]
    raw_train = getattr(curves, train_name)
    raw_test = getattr(curves, test_name) if test_name else np.full(len(x), np.nan)
    logarithmic = is_logarithmic(view)
    scale = _log10 if logarithmic else _same
    is_smooth = view.smoothing > 0.0 and view.curve != "learning_rate"
    train, test = (smoothed(raw, view.smoothing if is_smooth else 0.0) for raw in (raw_train, raw_test))
    return ChosenCurves(
        x=x,
        train=scale(train),
        test=scale(test),
        raw_train=scale(raw_train) if is_smooth else None,
        raw_test=scale(raw_test) if is_smooth else None,
        mark=_mark(curves.best, view, test_name, logarithmic),
        best_epoch=curves.best.epoch if curves.best is not None else None,
    )


def _mark(best: Reading | None, view: ViewSpec, column: str | None, logarithmic: bool) -> tuple[float, float] | None:
    if best is None or column is None:
        return None
    y = float(getattr(best, column))
    if logarithmic:
        y = float(_log10(np.array([y]))[0])
    return (float(getattr(best, view.curve_x)), y) if np.isfinite(y) else None


def _same(values: Array) -> Array:
    return values


def _log10(values: Array) -> Array:
    """Return log10 with gaps where a value is not positive."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(values > 0, np.log10(values), np.nan)
