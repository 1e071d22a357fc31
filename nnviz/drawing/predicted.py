"""Predicted against true values of a regression, or the residuals over the predictions: arithmetic and the figure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from nnviz.core.layout import Array
from nnviz.drawing.axes import Axes, paint_axes
from nnviz.drawing.diagram_layout import diagram_font
from nnviz.drawing.theme import Theme
from nnviz.experiment.frame import Range

#: Points of each part that are drawn at the most; the rows are evenly spaced.
MOST_POINTS = 4000
MARGIN = 0.06
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def _tr(text: str) -> str:
    return QCoreApplication.translate("predicted", text)


@dataclass(frozen=True, eq=False)
class Predictions:
    """One target of some rows.

    Attributes
    ----------
    true, predicted : ndarray ``(n_rows,)``
        In units of the target.
    """

    true: Array
    predicted: Array

    def places(self, *, residuals: bool) -> Array:
        """Return x and y ``(n_rows, 2)``: predicted over true, or predicted − true over predicted."""
        if residuals:
            return np.column_stack([self.predicted, self.predicted - self.true])
        return np.column_stack([self.true, self.predicted])


def drawn_rows(n_rows: int) -> np.ndarray:
    """Return which of the rows are drawn, ``(n,)``."""
    return np.unique(np.linspace(0, n_rows - 1, min(n_rows, MOST_POINTS)).astype(int)) if n_rows else np.empty(0, int)


def ranges(parts: dict[str, Predictions], *, residuals: bool) -> tuple[Range, Range]:
    """Return the ranges along x and y that show every point: both the same, or the residuals' around zero."""
    places = np.concatenate([part.places(residuals=residuals) for part in parts.values()])
    places = places[np.isfinite(places).all(axis=1)]
    if not len(places):
        return (0.0, 1.0), (0.0, 1.0) if not residuals else (-1.0, 1.0)
    low, high = places.min(axis=0).tolist(), places.max(axis=0).tolist()
    if residuals:
        reach = max(-low[1], high[1], 1e-12)
        return _with_margin(low[0], high[0]), _with_margin(-reach, reach)
    both = _with_margin(min(low), max(high))
    return both, both


def _with_margin(low: float, high: float) -> Range:
    if high - low <= 1e-12 * max(1.0, abs(low), abs(high)):
        return low - 0.5, high + 0.5
    margin = MARGIN * (high - low)
    return low - margin, high + margin


def axis_names(target: str, *, residuals: bool) -> tuple[str, str]:
    """Return what runs along x and y."""
    if residuals:
        return _tr("predicted {0}").format(target), _tr("predicted − true")
    return _tr("true {0}").format(target), _tr("predicted {0}").format(target)


def paint_predicted(
    painter: QPainter,
    rect: QRectF,
    parts: dict[str, Predictions],
    target: str,
    words: str,
    theme: Theme,
    *,
    residuals: bool,
) -> None:
    """Paint train points filled and test points hollow, with the line on which a prediction is right.

    Parameters
    ----------
    parts : dict
        "train" and "test".
    target : str
        Its name, ready to be shown.
    words : str
        What there is to say of all points, such as their R².
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(diagram_font(theme.font_size + 1.0, bold=True))
    bold = painter.fontMetrics().height()
    heading = QRectF(rect.left() + bold, rect.top() + 0.5 * bold, rect.width() - 2.0 * bold, bold)
    painter.setPen(theme.colour("text"))
    painter.drawText(heading, _LEFT, _tr("Residuals") if residuals else _tr("Predicted and true"))
    painter.setFont(diagram_font(theme.font_size))
    line = painter.fontMetrics().height()
    painter.setPen(theme.colour("quiet"))
    painter.drawText(heading, _RIGHT, words)
    area = rect.adjusted(5.2 * line, 2.6 * line, -1.2 * line, -2.9 * line)
    axes = Axes(area, *ranges(parts, residuals=residuals))
    x_label, y_label = axis_names(target, residuals=residuals)
    paint_axes(painter, axes, theme, x_label=x_label, y_label=y_label, grid=True)
    painter.setClipRect(area)
    painter.setPen(QPen(theme.colour("text"), theme.line_width, Qt.PenStyle.DashLine))
    (x0, x1), _ = axes.x_range, axes.y_range
    painter.drawLine(axes.point(x0, 0.0 if residuals else x0), axes.point(x1, 0.0 if residuals else x1))
    for name, part in parts.items():
        places = part.places(residuals=residuals)[drawn_rows(len(part.true))]
        painter.setPen(QPen(theme.colour("panel" if name == "train" else "test"), 0.8 if name == "train" else 1.6))
        painter.setBrush(theme.colour("quiet" if name == "train" else "panel"))
        for x, y in axes.points(places[:, 0], places[:, 1]).tolist():
            if np.isfinite(x) and np.isfinite(y):
                painter.drawEllipse(QPointF(x, y), 0.36 * theme.marker_size, 0.36 * theme.marker_size)
    painter.restore()
