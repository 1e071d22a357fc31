"""What is predicted, on two plots of the window: the curtain, the drawn lines, and the pens that draw them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPolygonF

from nnviz.core.layout import Array
from nnviz.drawing.axes import Axes
from nnviz.drawing.prediction import paint_curtain, paint_drawn, paint_words
from nnviz.drawing.theme import Theme
from nnviz.lessons.agreement import Stroke
from nnviz.ui.plots.plot import Plot
from nnviz.ui.stage.curtain_item import CurtainItem, DrawnItem
from nnviz.ui.stage.plot_pen import PlotPen
from nnviz.ui.stage.prediction_model import PredictionModel


class PlotPrediction(QObject):
    """Puts its items on the map and on the loss plot.

    Parameters
    ----------
    model : PredictionModel
    map_, loss : Plot
    theme : Theme
    places : callable
        Returns where the points ``(n, 2)`` of the map are.

    Attributes
    ----------
    curtain : CurtainItem
    on_map, on_loss : DrawnItem
    line_pen, curve_pen : PlotPen
    strokes : tuple of strokes
        The lines that fit the axes of the map.

    Signals
    -------
    line_drawn : object, object
        A line on the map, and what of the plane that showed.
    curve_drawn : object
        A line on the loss plot, in its units.
    """

    line_drawn = Signal(object, object)
    curve_drawn = Signal(object)

    def __init__(
        self, model: PredictionModel, map_: Plot, loss: Plot, theme: Theme, places: Callable[[], Array]
    ) -> None:
        super().__init__(model)
        self._model, self._map, self._places = model, map_, places
        box = map_.plotItem.getViewBox()
        self.curtain, self.on_map = CurtainItem(box, theme), DrawnItem(box, theme, places=places)
        self.on_loss = DrawnItem(loss.plotItem.getViewBox(), theme, among_curves=True)
        self.line_pen = PlotPen(map_, self.on_map)
        self.curve_pen = PlotPen(loss, self.on_loss, rightwards=True)
        self.strokes: Sequence[Stroke] = ()
        self.line_pen.drawn.connect(self._on_line)
        self.curve_pen.drawn.connect(self.curve_drawn)

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        for item in (self.curtain, self.on_map, self.on_loss):
            item.set_theme(theme)

    def show(self, axes: tuple[int, int], curve: Stroke) -> None:
        """Show what the model says, on a map over `axes`; the curve is in the units of its plot."""
        model = self._model
        over_map, over_loss = model.words()
        self.strokes = model.prediction.strokes if model.prediction.axes == axes else ()
        self.curtain.show_lifted(model.lifted)
        self.curtain.setVisible(model.is_covered)
        self.on_map.show_lines(self.strokes, over_map)
        self.on_loss.show_lines((curve,) if curve else (), over_loss)
        for item in (self.on_map, self.on_loss):
            item.setVisible(model.is_open)
        self.line_pen.set_active(model.is_down and "line" in model.asks)
        self.curve_pen.set_active(model.is_down and "curve" in model.asks)

    def focus(self, kind: str) -> None:
        """Give the keyboard to the plot on which that is drawn."""
        pen = {"line": self.line_pen, "curve": self.curve_pen}.get(kind)
        if pen is not None and pen.is_active:
            pen.plot.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(object)
    def _on_line(self, stroke: Stroke) -> None:
        x, y = self._map.plotItem.getViewBox().viewRange()
        self.line_drawn.emit(stroke, ((x[0], x[1]), (y[0], y[1])))

    # -- on a stage, and in a picture ---------------------------------------------------------------------------

    def paint_under(self, painter: QPainter, axes: Axes, theme: Theme) -> None:
        """Paint the curtain over such a map, below its points."""
        if self._model.is_covered:
            paint_curtain(painter, axes.area, self._model.lifted, theme)

    def paint_over(self, painter: QPainter, axes: Axes, theme: Theme) -> None:
        """Paint what was drawn over it."""
        painter.save()
        painter.setClipRect(axes.area, Qt.ClipOperation.IntersectClip)
        lines = [QPolygonF([axes.point(x, y) for x, y in stroke]) for stroke in self.strokes]
        paint_drawn(painter, lines, theme)
        text = self._model.words()[0]
        x, y = self._places().T
        paint_words(painter, axes.area, text, theme, axes.points(x, y))
        painter.restore()
