"""The learning curves of all runs of a wall, with their median and quartiles."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnviz.core.layout import Array
from nnviz.drawing.axes import Axes, paint_axes
from nnviz.drawing.colormap import mix
from nnviz.drawing.curves import curve_lines, draw_lines
from nnviz.drawing.fonts import ui_font
from nnviz.drawing.theme import Theme
from nnviz.session.runs.wall import Wall
from nnviz.sweeps.standing import Spread, spread_of

#: Points of a curve among many.
MOST_POINTS = 300


class CurvesView(QWidget):
    """One thin line a run, the median thick, and a band from the lower to the upper quartile."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._wall: Wall | None = None
        self._curves: list[tuple[Array, Array]] = []
        self._main: tuple[Array, Array] | None = None
        self._spread: Spread | None = None
        self.main_number: int | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Learning curves of all runs"))
        self.setToolTip(
            self.tr("The loss of every run by epochs; half of the runs lie in the band, and as many above as below it")
        )

    def show_wall(self, wall: Wall | None) -> None:
        """Show another wall, or none."""
        self._wall = wall
        self.renew()

    def renew(self) -> None:
        """Take over the curves of now."""
        tiles = self._wall.tiles if self._wall is not None else ()
        curves = [(tile.number, curve) for tile in tiles if (curve := tile.curve()) is not None]
        self._curves = [_thinned(curve) for _, curve in curves]
        self._main = next((_thinned(curve) for number, curve in curves if number == self.main_number), None)
        self._spread = spread_of(self._curves) if self._curves else None
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self._theme = theme
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint curves, band, median and axes."""
        wall, spread = self._wall, self._spread
        if wall is None or spread is None or not len(spread.epoch):
            return
        theme = self._theme
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(ui_font(theme.small_font_size))
            line = QFontMetricsF(painter.font()).height()
            area = QRectF(4.6 * line, 1.8 * line, self.width() - 5.4 * line, self.height() - 4.8 * line)
            tops = [float(np.nanpercentile(y, 97.0)) for _, y in self._curves if np.isfinite(y).any()]
            top = 1.05 * max(float(np.median(tops)) if tops else 1.0, float(spread.high.max()), 1e-12)
            axes = Axes(area, (0.0, max(float(wall.goal), float(spread.epoch[-1]), 1.0)), (0.0, top))
            painter.fillRect(area, theme.colour("panel"))
            paint_axes(painter, axes, theme, x_label=self.tr("epoch"), grid=True)
            painter.setClipRect(area)
            band = np.vstack([axes.points(spread.epoch, spread.high), axes.points(spread.epoch, spread.low)[::-1]])
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(mix(theme.panel, theme.colour("positive"), 0.22))
            painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in band.tolist()]))
            self._draw(painter, axes, self._curves, QPen(mix(theme.panel, theme.colour("text"), 0.35), 1.0))
            median = [(spread.epoch, spread.median)]
            self._draw(painter, axes, median, QPen(theme.colour("positive"), 1.8 * theme.line_width))
            if self._main is not None:
                self._draw(painter, axes, [self._main], QPen(theme.colour("negative"), 1.2 * theme.line_width))
            painter.setClipping(False)
            self._paint_key(painter, area, line)

    @staticmethod
    def _draw(painter: QPainter, axes: Axes, curves: list[tuple[Array, Array]], pen: QPen) -> None:
        painter.setPen(pen)
        for x, y in curves:
            points = axes.points(x, y)
            draw_lines(painter, curve_lines(points[:, 0], points[:, 1]))

    def _paint_key(self, painter: QPainter, area: QRectF, line: float) -> None:
        theme, x = self._theme, area.left()
        entries = [
            (self.tr("loss of a run"), QPen(mix(theme.panel, theme.colour("text"), 0.35), 1.0)),
            (self.tr("median"), QPen(theme.colour("positive"), 1.8 * theme.line_width)),
            (self.tr("half of the runs"), QPen(mix(theme.panel, theme.colour("positive"), 0.22), 0.7 * line)),
        ]
        if self._main is not None:
            entries.append((self.tr("main"), QPen(theme.colour("negative"), 1.2 * theme.line_width)))
        metrics = QFontMetricsF(painter.font())
        for words, pen in entries:
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            painter.setPen(pen)
            painter.drawLine(QPointF(x, 0.8 * line), QPointF(x + 1.4 * line, 0.8 * line))
            painter.setPen(theme.colour("text"))
            painter.drawText(QPointF(x + 1.8 * line, 0.8 * line + 0.35 * metrics.ascent()), words)
            x += 1.8 * line + metrics.horizontalAdvance(words) + 1.2 * line


def _thinned(curve: tuple[Array, Array]) -> tuple[Array, Array]:
    """Return a curve with at most `MOST_POINTS` points, its last one among them."""
    x, y = curve
    if len(x) <= MOST_POINTS:
        return curve
    rows = np.unique(np.linspace(0, len(x) - 1, MOST_POINTS).round().astype(int))
    return x[rows], y[rows]
