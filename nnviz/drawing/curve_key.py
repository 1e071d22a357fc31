"""The names of the curves in a loss figure, with their last values: on the right, where no curve runs through them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter

from nnviz.core.layout import Array
from nnviz.core.numbers import count_text, number_text
from nnviz.drawing.curve_choice import ChosenCurves, is_logarithmic
from nnviz.drawing.curves import curve_pen
from nnviz.drawing.markers import paint_star
from nnviz.drawing.theme import Theme
from nnviz.experiment.figures import PARTS, PartName
from nnviz.experiment.schema import ViewSpec

#: Distance of the rows of names, and the width of the names of other runs, in lines of text.
KEY_ROW, MORE_WIDE = 1.25, 12.0
#: At so many places it is asked where a curve is.
SAMPLES = 40
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def _tr(text: str) -> str:
    return QCoreApplication.translate("figures", text)


def paint_curve_key(
    painter: QPainter,
    area: QRectF,
    chosen: ChosenCurves,
    curves: Sequence[Array],
    theme: Theme,
    line: float,
    view: ViewSpec,
    more: int,
) -> float:
    """Name the curves with their last values on the right.

    Parameters
    ----------
    curves : sequence of ndarray ``(n, 2)``
        All that are drawn, in pixels.
    line : float
        Height of a line of text.
    more : int
        So many names follow below.

    Returns
    -------
    float
        Where those can follow.
    """
    entries = _entries(chosen, view)
    best = _tr("best: epoch {0}").format(count_text(chosen.best_epoch)) if chosen.best_epoch is not None else ""
    has_star = chosen.mark is not None and bool(best)
    metrics = QFontMetricsF(painter.font())
    labels = [*(label for label, _ in entries), *([best] if has_star else [])]
    wide = max((metrics.horizontalAdvance(label) for label in labels), default=0.0) + 3.0 * line
    high = KEY_ROW * (len(labels) + more) * line
    y = key_place(area, curves, (wide if not more else max(wide, MORE_WIDE * line), high), line, view.curve != "score")

    def write(label: str) -> float:
        box = QRectF(area.left(), y, area.width() - 0.4 * line, line)
        painter.setPen(theme.colour("text"))
        painter.drawText(box, _RIGHT, label)
        return box.right() - metrics.horizontalAdvance(label) - 0.5 * line

    for label, role in entries:
        x = write(label)
        painter.setPen(curve_pen(theme, role))
        painter.drawLine(QPointF(x - 1.8 * line, y + line / 2), QPointF(x, y + line / 2))
        y += KEY_ROW * line
    if has_star:
        x = write(best)
        paint_star(painter, QPointF(x - 0.9 * line, y + line / 2), 0.9 * line, theme, chosen.watched)
        y += KEY_ROW * line
    return y


def _entries(chosen: ChosenCurves, view: ViewSpec) -> list[tuple[str, PartName]]:
    """Return the names of the curves that there are, with their last values."""
    words = (
        (_tr("train  {0}"), chosen.train),
        (_tr("validation  {0}"), chosen.validation),
        (_tr("test  {0}"), chosen.test),
    )
    if view.curve == "learning_rate":
        words = ((_tr("rate  {0}"), chosen.train), *words[1:])
    entries = []
    for (label, values), role in zip(words, PARTS, strict=True):
        known = values[np.isfinite(values)]
        if len(known):
            value = 10.0 ** float(known[-1]) if is_logarithmic(view) else float(known[-1])
            entries.append((label.format(number_text(value, 4)), role))
    return entries


def key_place(area: QRectF, curves: Sequence[Array], size: tuple[float, float], line: float, at_top: bool) -> float:
    """Return the y at which names stand on the right: at their usual end, unless only elsewhere no curve runs.

    Parameters
    ----------
    area : QRectF
    curves : sequence of ndarray ``(n, 2)``
        In pixels; their x does not fall.
    size : (float, float)
        Width and height of the names.
    line : float
        Height of a line of text.
    at_top : bool
        Whether that is where they usually are.
    """
    wide, high = size
    first, last = area.top() + 0.5 * line, area.bottom() - 0.5 * line - high
    usual, other = (first, last) if at_top else (last, first)
    x = np.linspace(area.right() - wide, area.right(), SAMPLES)
    known = [each for each in map(_known, curves) if len(each)]
    heights = [np.interp(x, each[:, 0], each[:, 1], left=np.nan, right=np.nan) for each in known]
    y = np.concatenate(heights) if heights else np.empty(0)
    between = np.arange(first + line, last, 0.5 * line)
    for place in (usual, other, *(between if at_top else between[::-1])):
        if not ((y > place - 0.3 * line) & (y < place + high)).any():
            return float(place)
    return usual


def _known(curve: Array) -> Array:
    known: Array = curve[np.isfinite(curve).all(axis=1)]
    return known
