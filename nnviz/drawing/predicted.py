"""Predicted against true values of a regression, or the residuals over the predictions: arithmetic and the figure."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QFontMetricsF, QPainter, QPen, QPolygonF

from nnviz.core.layout import Array
from nnviz.core.metrics import r2, rmse
from nnviz.core.numbers import number_text
from nnviz.drawing.axes import Axes, paint_axes
from nnviz.drawing.colormap import mix
from nnviz.drawing.fonts import ui_font
from nnviz.drawing.markers import paint_dot
from nnviz.drawing.theme import Theme
from nnviz.experiment.figures import PartName
from nnviz.experiment.frame import Range

#: Points of each part that are drawn at the most; the rows are evenly spaced.
MOST_POINTS = 4000
#: Share of the extent that is left free around the points; more once they have grown, so that axes stand still.
MARGIN, GROWN_MARGIN = 0.06, 0.15
#: A range stays while the points fill so much of it.
FILLED = 0.6
#: Larger numbers are no answers any more, and no plot can show them.
LARGEST = 1e100
#: Bars of the histogram of residuals, and the share of the plot's width that the longest takes.
N_BARS, BARS_WIDTH = 20, 0.14
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def _tr(text: str) -> str:
    return QCoreApplication.translate("predicted", text)


class Predictions(Struct, frozen=True, eq=False):
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

    def take(self, rows: NDArray[np.integer]) -> Predictions:
        """Return the same of some of the rows."""
        return Predictions(self.true[rows], self.predicted[rows])

    def scores(self) -> tuple[float, float]:
        """Return RMSE, in units of the target, and R²; NaN where they mean nothing."""
        if not len(self.true) or not (np.abs(self.predicted) < LARGEST).all():
            return np.nan, np.nan
        pair = self.true[:, np.newaxis], self.predicted[:, np.newaxis]
        return rmse(*pair), r2(*pair, 0.0)


def drawn_rows(n_rows: int) -> NDArray[np.int64]:
    """Return which of the rows are drawn, ``(n,)``."""
    if n_rows <= MOST_POINTS:
        return np.arange(n_rows)
    return np.linspace(0, n_rows - 1, MOST_POINTS).astype(np.int64)


def can_be_seen(places: Array) -> NDArray[np.bool_]:
    """Return which of the places ``(n, 2)`` a plot can show: a network that diverges answers with no numbers."""
    return np.asarray((np.abs(places) < LARGEST).all(axis=1))


def ranges(
    parts: Mapping[PartName, Predictions], *, residuals: bool, present: tuple[Range, Range] | None = None
) -> tuple[Range, Range]:
    """Return the ranges along x and y that show every point: both the same, or the residuals' around zero.

    With `present` ranges, these stay as long as the points lie in them and fill most of them.
    """
    places = np.concatenate([part.places(residuals=residuals) for part in parts.values()])
    places = places[can_be_seen(places)]
    if not len(places):
        return present or ((0.0, 1.0), (-1.0, 1.0) if residuals else (0.0, 1.0))
    low, high = places.min(axis=0).tolist(), places.max(axis=0).tolist()
    x_present, y_present = present or (None, None)
    if residuals:
        reach = max(-low[1], high[1], 1e-12)
        return _with_margin(low[0], high[0], x_present), _with_margin(-reach, reach, y_present)
    both = _with_margin(min(low), max(high), x_present)
    return both, both


def _with_margin(low: float, high: float, present: Range | None) -> Range:
    if high - low <= 1e-12 * max(1.0, abs(low), abs(high)):
        low, high = low - 0.5, high + 0.5
    if present is None:
        margin = MARGIN * (high - low)
        return low - margin, high + margin
    if present[0] <= low and high <= present[1] and high - low >= FILLED * (present[1] - present[0]):
        return present
    margin = GROWN_MARGIN * (high - low)
    return low - margin, high + margin


def axis_names(target: str, *, residuals: bool) -> tuple[str, str]:
    """Return what runs along x and y."""
    if residuals:
        return _tr("predicted {0}").format(target), _tr("predicted − true")
    return _tr("true {0}").format(target), _tr("predicted {0}").format(target)


def short_axis_names(*, residuals: bool) -> tuple[str, str]:
    """Return what runs along x and y in one word each."""
    return (_tr("predicted"), _tr("residual")) if residuals else (_tr("true"), _tr("predicted"))


def residual_shares(parts: Mapping[PartName, Predictions], y_range: Range) -> dict[PartName, Array]:
    """Return the share of each part's residuals ``(N_BARS,)`` in even steps of `y_range`, the lowest first."""
    shares: dict[PartName, Array] = {}
    for name, part in parts.items():
        counts, _ = np.histogram(part.predicted - part.true, bins=N_BARS, range=y_range)
        shares[name] = counts / max(1, len(part.true))
    return shares


def paint_shares(painter: QPainter, area: QRectF, shares: Mapping[PartName, Array], theme: Theme) -> None:
    """Paint a histogram along the right edge of `area`: training rows as bars, the other parts as outlines.

    It is faint, for it lies behind the points.
    """
    longest = max((float(part.max(initial=0.0)) for part in shares.values()), default=0.0)
    if longest <= 0.0:
        return
    height, scale = area.height() / N_BARS, BARS_WIDTH * area.width() / longest
    gap = 1.0 if height >= 8.0 else 0.0
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(mix(theme.panel, theme.colour("quiet"), 0.3))
    painter.drawRects(
        [
            QRectF(area.right() - scale * share, area.bottom() - (k + 1) * height, scale * share, height - gap)
            for k, share in enumerate(shares["train"].tolist())
            if share > 0.0
        ]
    )
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for name, lengths in shares.items():
        if name != "train" and lengths.any():
            painter.setPen(QPen(mix(theme.panel, theme.colour(name), 0.75), max(1.0, 0.7 * theme.line_width)))
            painter.drawPolyline(_outline(area, height, scale * lengths))
    painter.restore()


def _outline(area: QRectF, height: float, lengths: Array) -> QPolygonF:
    """Return the outline of bars along the right edge, from the lowest that has a length to the highest."""
    found = np.flatnonzero(lengths)
    first, last = int(found[0]), int(found[-1]) + 1
    x = area.right() - np.concatenate([[0.0], np.repeat(lengths[first:last], 2), [0.0]])
    y = area.bottom() - height * np.repeat(np.arange(first, last + 1), 2)
    return QPolygonF([QPointF(*place) for place in np.column_stack([x, y]).tolist()])


def beside_bars(x_range: Range) -> Range:
    """Return a range along x with room for the histogram on its right."""
    return x_range[0], x_range[1] + (x_range[1] - x_range[0]) * BARS_WIDTH / (1.0 - BARS_WIDTH)


def paint_predicted(
    painter: QPainter,
    rect: QRectF,
    parts: Mapping[PartName, Predictions],
    target: str,
    theme: Theme,
    *,
    residuals: bool,
) -> None:
    """Paint train points filled and the others hollow, with the line on which a prediction is right.

    Parameters
    ----------
    parts : mapping
        By part of the data.
    target : str
        Its name, ready to be shown.
    """
    scores = {name: part.scores() for name, part in parts.items() if len(part.true)}
    is_thinned = any(len(part.true) > MOST_POINTS for part in parts.values())
    parts = {name: part.take(drawn_rows(len(part.true))) for name, part in parts.items()}
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    title = _tr("Residuals") if residuals else _tr("Predicted and true")
    line = _paint_heading(painter, rect, title, _tr("not every point is drawn") if is_thinned else "", theme)
    area = rect.adjusted(5.2 * line, (2.8 + 1.2 * len(scores)) * line, -1.2 * line, -2.9 * line)
    _paint_key(painter, QPointF(area.left(), rect.top() + 2.7 * line), scores, theme)
    x_range, y_range = ranges(parts, residuals=residuals)
    axes = Axes(area, beside_bars(x_range) if residuals else x_range, y_range)
    x_label, y_label = axis_names(target, residuals=residuals)
    metrics, right = QFontMetricsF(painter.font()), Qt.TextElideMode.ElideRight
    painter.setClipRect(area)
    if residuals:
        paint_shares(painter, area, residual_shares(parts, y_range), theme)
    painter.setClipping(False)
    paint_axes(
        painter,
        axes,
        theme,
        x_label=metrics.elidedText(x_label, right, area.width()),
        y_label=metrics.elidedText(y_label, right, area.height()),
        grid=True,
    )
    painter.setClipRect(area)
    for name, part in parts.items():
        _paint_points(painter, axes, part.places(residuals=residuals), theme, name)
    painter.setPen(QPen(theme.colour("text"), theme.line_width, Qt.PenStyle.DashLine))
    x0, x1 = axes.x_range
    painter.drawLine(axes.point(x0, 0.0 if residuals else x0), axes.point(x1, 0.0 if residuals else x1))
    painter.restore()


def _paint_heading(painter: QPainter, rect: QRectF, title: str, words: str, theme: Theme) -> float:
    """Write title and words above the figure; return the height of a line of its text."""
    painter.setFont(ui_font(theme.font_size + 1.0, bold=True))
    bold = QFontMetricsF(painter.font()).height()
    heading = QRectF(rect.left() + bold, rect.top() + 0.5 * bold, rect.width() - 2.0 * bold, bold)
    painter.setPen(theme.colour("text"))
    painter.drawText(heading, _LEFT, title)
    heading.setLeft(heading.left() + QFontMetricsF(painter.font()).horizontalAdvance(title) + bold)
    painter.setFont(ui_font(theme.font_size))
    metrics = QFontMetricsF(painter.font())
    painter.setPen(theme.colour("quiet"))
    painter.drawText(heading, _RIGHT, metrics.elidedText(words, Qt.TextElideMode.ElideRight, heading.width()))
    return metrics.height()


def _paint_key(painter: QPainter, start: QPointF, scores: Mapping[PartName, tuple[float, float]], theme: Theme) -> None:
    """Say from `start` downwards what filled and hollow points are, and how good their predictions."""
    metrics = QFontMetricsF(painter.font())
    line, radius = metrics.height(), 0.36 * theme.marker_size
    words = {"train": _tr("train"), "validation": _tr("validation"), "test": _tr("test")}
    wide = max((metrics.horizontalAdvance(words[name]) for name in scores), default=0.0)
    y = start.y()
    for name, figures in scores.items():
        paint_point(painter, QPointF(start.x() + radius, y), radius, theme, name)
        baseline = y + 0.36 * metrics.ascent()
        painter.setPen(theme.colour("quiet"))
        painter.drawText(QPointF(start.x() + line, baseline), words[name])
        painter.setPen(theme.colour("text"))
        text = _tr("RMSE {0}, R² {1}").format(*(number_text(figure, 3) for figure in figures))
        painter.drawText(QPointF(start.x() + 1.8 * line + wide, baseline), text)
        y += 1.2 * line


def point_look(theme: Theme, part: PartName) -> tuple[QPen, QBrush]:
    """Return pen and brush of the points of a part: training points are filled, the others hollow."""
    if part == "train":
        return QPen(theme.colour("panel"), 0.8), QBrush(theme.colour("quiet"))
    return QPen(theme.colour(part), 1.6), QBrush(theme.colour("panel"))


def paint_point(painter: QPainter, centre: QPointF, radius: float, theme: Theme, part: PartName) -> None:
    """Paint one point of a part; those of validation rows have a dot in their middle."""
    pen, brush = point_look(theme, part)
    painter.setPen(pen)
    painter.setBrush(brush)
    painter.drawEllipse(centre, radius, radius)
    if part == "validation":
        paint_dot(painter, centre, 2.0 * radius, pen.color())


def _paint_points(painter: QPainter, axes: Axes, places: Array, theme: Theme, part: PartName) -> None:
    places = places[can_be_seen(places)]
    radius = 0.5 * point_size(len(places), theme)
    for x, y in axes.points(places[:, 0], places[:, 1]).tolist():
        paint_point(painter, QPointF(x, y), radius, theme, part)


def point_size(n_points: int, theme: Theme) -> float:
    """Return how large a point is, in pixels: where there are many, small ones hide less of each other."""
    return (0.72 if n_points <= 500 else 0.56 if n_points <= 1500 else 0.44) * theme.marker_size
