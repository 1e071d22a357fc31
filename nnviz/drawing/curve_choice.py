"""Which columns of the history a loss plot shows, over what and on which scale: the same in the window and on paper."""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from nnviz.core.layout import Array
from nnviz.drawing.curves import smoothed
from nnviz.experiment.figures import PARTS, Curves, PartName, Reading
from nnviz.experiment.schema import ViewSpec

#: What each curve is on a part of the data; the rate is there once, as if it were of the training rows.
COLUMNS: dict[str, dict[PartName, str]] = {
    "loss": {part: f"{part}_loss" for part in PARTS},
    "score": {part: f"{part}_score" for part in PARTS},
    "learning_rate": {"train": "learning_rate"},
}


class ChosenCurves(Struct, frozen=True):
    """What is drawn.

    Attributes
    ----------
    x : ndarray ``(n,)``
    train, validation, test : ndarray ``(n,)``
        Smoothed, on the scale of the plot (log10 where it is logarithmic). All NaN where there are no such rows.
    raw_train, raw_validation, raw_test : ndarray ``(n,)`` or None
        As measured, where the others are smoothed.
    watched : PartName
        Of which curve the best epoch is.
    mark : (float, float) or None
        Where the best epoch lies.
    best_epoch : float or None
        Which one it is.
    carried : tuple of float
        Where on the x axis what had been learnt was carried into a changed network.
    """

    x: Array
    train: Array
    validation: Array
    test: Array
    raw_train: Array | None
    raw_validation: Array | None
    raw_test: Array | None
    watched: PartName
    mark: tuple[float, float] | None
    best_epoch: float | None
    carried: tuple[float, ...] = ()

    def curve_of(self, part: PartName) -> Array:
        """Return the curve of a part of the data."""
        return {"train": self.train, "validation": self.validation, "test": self.test}[part]

    def raw_of(self, part: PartName) -> Array | None:
        """Return the same as measured, where it is smoothed."""
        return {"train": self.raw_train, "validation": self.raw_validation, "test": self.raw_test}[part]

    def drawn(self) -> list[Array]:
        """Return all that is drawn."""
        raw = [self.raw_of(part) for part in PARTS]
        return [*(self.curve_of(part) for part in PARTS), *(values for values in raw if values is not None)]


def is_logarithmic(view: ViewSpec) -> bool:
    """Whether the y axis has equal factors in equal steps: losses and rates can, scores cannot."""
    return view.log_loss and view.curve != "score"


def chosen_curves(curves: Curves, view: ViewSpec) -> ChosenCurves:
    """Return what `view` chooses of `curves`."""
    x = getattr(curves, view.curve_x)
    columns, nothing = COLUMNS[view.curve], np.full(len(x), np.nan)
    raw = {part: getattr(curves, columns[part]) if part in columns else nothing for part in PARTS}
    logarithmic = is_logarithmic(view)
    scale = _log10 if logarithmic else _same
    is_smooth = view.smoothing > 0.0 and view.curve != "learning_rate"
    shown = {part: scale(smoothed(raw[part], view.smoothing if is_smooth else 0.0)) for part in PARTS}
    measured = {part: scale(raw[part]) if is_smooth else None for part in PARTS}
    return ChosenCurves(
        x=x,
        train=shown["train"],
        validation=shown["validation"],
        test=shown["test"],
        raw_train=measured["train"],
        raw_validation=measured["validation"],
        raw_test=measured["test"],
        watched=curves.watched,
        mark=_mark(curves.best, view, columns.get(curves.watched), logarithmic),
        best_epoch=curves.best.epoch if curves.best is not None else None,
        carried=tuple(float(getattr(reading, view.curve_x)) for reading in curves.marks),
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
