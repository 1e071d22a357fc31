"""What the pyqtgraph views share: a plot in the theme's colours, and an item that shows a `QImage`."""

from __future__ import annotations

import math
from functools import partial
from html import escape, unescape

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QImage, QMouseEvent, QPainter
from PySide6.QtWidgets import QGraphicsSceneResizeEvent, QWidget

from nnviz.data import input_label
from nnviz.drawing.axes import tick_values
from nnviz.drawing.theme import LIGHT, Theme
from nnviz.ui.plots.live import Drawing, LiveItem, LivePlot
from nnviz.ui.widgets.focus_ring import FocusRing

#: So far the label of a bottom axis is moved up, in pixels.
LABEL_RISE = 4
#: Of the left axis on a desk, in pixels; and the type for which distances between labels are made, in points.
AXIS_WIDTH, DESK_FONT_SIZE = 52, 12.5
#: What a label takes along an axis besides its letters, in pixels.
LABEL_MARGIN = 14.0


class Axis(pg.AxisItem):
    """An axis with one level of labelled ticks, as far apart as is easily read."""

    labelText: str  # noqa: N815 - pyqtgraph's name
    #: How much more room than on a desk a label takes.
    label_room: float = 1.0

    def setLabel(self, text: str | None = None, *args: object, **style: object) -> None:
        """Name the axis, in the middle of it."""
        super().setLabel(text, *args, **style)
        # WORKAROUND: pyqtgraph 0.14 puts a label into the middle only when the axis is resized.
        self.resizeEvent(None)

    def labelString(self) -> str:
        """Return the label as rich text; where the axis is shorter, without what is in brackets, or else elided."""
        whole, room = self.labelText, self.size().width() if self.orientation == "bottom" else self.size().height()
        font, size = self.label.font(), str(self.labelStyle.get("font-size", ""))
        if size.endswith("pt"):
            font.setPointSizeF(float(size[:-2]))
        text, metrics = unescape(whole), QFontMetricsF(font)
        # Before it is laid out an axis has no length.
        if LABEL_MARGIN < room < metrics.horizontalAdvance(text) + LABEL_MARGIN:
            short = text.partition(" (")[0]
            text = metrics.elidedText(short, Qt.TextElideMode.ElideRight, room - LABEL_MARGIN)
        self.labelText = escape(text, quote=False)
        shown = str(super().labelString())
        self.labelText = whole
        return shown

    def resizeEvent(self, ev: QGraphicsSceneResizeEvent | None = None) -> None:
        """Keep the label inside: pyqtgraph lets its ends, and the tails of its letters, hang out of the axis."""
        if self.label is not None and self.labelText:
            self.label.setHtml(self.labelString())
        super().resizeEvent(ev)
        if self.label is not None and self.orientation == "bottom":
            self.label.setY(self.label.y() - LABEL_RISE)

    def tickSpacing(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, float]]:
        """Return one spacing, 1, 2 or 5 times a power of ten, that keeps labels apart."""
        room = self.label_room * (62.0 if self.orientation in ("bottom", "top") else 30.0)
        least = (maxVal - minVal) / max(1.0, size / room)
        if not (least > 0 and math.isfinite(least)):
            return [(1.0, 0.0)]
        decade = 10.0 ** math.floor(math.log10(least))
        steps = [factor * decade for factor in (1.0, 2.0, 5.0, 10.0)]
        step = next(step for step in steps if step >= least)
        # On a short axis round numbers may lie where their labels are cut off, and an axis without any says nothing.
        closer = [0.1 * decade * factor for factor in (2.0, 5.0)] + steps[: steps.index(step)]
        for smaller in reversed(closer):
            closest = self._closest(minVal, maxVal, smaller)
            if self._n_labelled(minVal, maxVal, size, step) >= 2 or smaller * size < closest * (maxVal - minVal):
                break
            step = smaller
        return [(step, 0.0)]

    def _closest(self, lowest: float, highest: float, step: float) -> float:
        """How near to each other labels at multiples of `step` may stand at the least, in pixels."""
        if self.orientation in ("left", "right"):
            return self.label_room * 15.0
        ends = math.ceil(lowest / step) * step, math.floor(highest / step) * step
        return self.label_room * (12.0 + 7.5 * max(len(f"{end:g}") for end in ends))

    def _n_labelled(self, lowest: float, highest: float, size: float, step: float) -> int:
        """How many multiples of `step` have room for a whole label."""
        # Below a plot they hang over its ends, where there is room.
        margin = 9.0 * self.label_room * (highest - lowest) / max(1.0, size)
        margin *= self.orientation in ("left", "right")
        return math.floor((highest - margin) / step) - math.ceil((lowest + margin) / step) + 1

    def logTickValues(
        self, minVal: float, maxVal: float, size: float, _std_ticks: list[tuple[float, list[float]]]
    ) -> list[tuple[float | None, list[float]]]:
        """Return ticks at powers of ten, and at 2 and 5 times them where there is room for all of the labels."""
        decades = range(math.floor(minVal), math.ceil(maxVal) + 1)
        room = 30.0 * self.label_room
        factors = (1, 2, 5) if size / max(maxVal - minVal, 1e-9) > 3.4 * room else (1,)
        every = max(1, math.ceil(room * (maxVal - minVal) / max(size, 1.0)))
        places = [n + math.log10(factor) for n in decades if n % every == 0 for factor in factors]
        inside = [place for place in places if minVal <= place <= maxVal]
        if len(inside) < 2:
            # Within less than a decade round numbers say more than powers of ten, of which there may be none.
            low, high = 10.0**minVal, 10.0**maxVal
            inside = [math.log10(tick) for tick in tick_values(low, high, max(2, int(size / room))) if tick > 0.0]
        return [(None, inside)]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Return labels with the minus sign that stands everywhere else, and 2e8 for 2e+08, which is cut off."""
        texts = [text.replace("e+0", "e").replace("e+", "e") for text in super().tickStrings(values, scale, spacing)]
        return [text.replace("e-0", "e-").replace("-", "−") for text in texts]

    def logTickStrings(self, values: list[float], scale: float, _spacing: float | None) -> list[str]:
        """Return labels as people write small and large numbers."""
        return [f"{10.0**value * scale:.1g}" if value < -3.5 else f"{10.0**value * scale:.6g}" for value in values]


class Plot(LivePlot):
    """A `PlotWidget` without the menus and buttons that nnviz replaces, coloured by a theme.

    Parameters
    ----------
    parent : QWidget or None
    least_height : int
        In pixels in the type of a desk; grows with the theme's.

    Signals
    -------
    hovered : object
        Where the pointer is in the plot's scene (QPointF); None: it has left.
    double_clicked : ()
    """

    hovered = Signal(object)
    double_clicked = Signal()

    def __init__(self, parent: QWidget | None = None, *, least_height: int = 0) -> None:
        super().__init__(parent, axisItems={side: Axis(side) for side in ("left", "bottom")}, enableMenu=False)
        self._least_height, self._gives_way = least_height, False
        self._look: tuple[Theme, bool, bool] | None = None
        self._ring = FocusRing(self)
        self.plotItem.hideButtons()
        self.setFrameStyle(0)
        for side in ("left", "bottom"):
            # No cache of Qt: a paint on the screen tells it that its pictures for other devices are right too.
            self.plotItem.getAxis(side).enableAutoSIPrefix(False)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell where the pointer is."""
        super().mouseMoveEvent(event)
        self.hovered.emit(self.mapToScene(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that the pointer has left."""
        super().leaveEvent(event)
        self.hovered.emit(None)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Tell of a double click."""
        super().mouseDoubleClickEvent(event)
        self.double_clicked.emit()

    def data_at(self, position: QPointF) -> tuple[float, float] | None:
        """Return the plot coordinates under a position of the scene; None outside of the axes."""
        box = self.plotItem.getViewBox()
        if not box.sceneBoundingRect().contains(position):
            return None
        mapped = box.mapSceneToView(position)
        return float(mapped.x()), float(mapped.y())

    def give_way(self, gives_way: bool) -> None:
        """Make do with less than the least height, where tools beside the plot need it; or no longer."""
        self._gives_way = gives_way
        self._take_height()

    def _take_height(self) -> None:
        if self._least_height and self._look is not None:
            size = self._look[0].font_size / LIGHT.font_size
            self.setMinimumHeight(0 if self._gives_way else round(self._least_height * size))

    def name_axes(self, across: str, up: str) -> None:
        """Label the axis at the bottom and the one on the left."""
        self.plotItem.getAxis("bottom").setLabel(across)
        self.plotItem.getAxis("left").setLabel(up)

    def set_theme(self, theme: Theme, *, grid: bool = False, both: bool = False) -> None:
        """Take over canvas, axis and text colours and font sizes; a grid has lines along x, or `both` ways."""
        if (theme, grid, both) == self._look:
            return
        self._look = (theme, grid, both)
        self._ring.set_theme(theme)
        self.setBackground(theme.colour("panel"))
        self._take_height()
        # Room for half of the last label of each axis.
        self.plotItem.layout.setContentsMargins(0, 6 * theme.enlarged, 14 * theme.enlarged, 0)
        # A width of its own for every tick label would move the picture while it is zoomed.
        self.plotItem.getAxis("left").setWidth(round(AXIS_WIDTH * theme.enlarged))
        font = self.font()
        font.setPointSizeF(theme.small_font_size)
        for side in ("left", "bottom"):
            axis = self.plotItem.getAxis(side)
            axis.setPen(pg.mkPen(theme.colour("line")))
            axis.setTextPen(pg.mkPen(theme.colour("quiet")))
            # pyqtgraph keeps the style for labels that are set later.
            axis.labelStyle = {"color": theme.quiet, "font-size": f"{theme.small_font_size}pt"}
            if axis.labelText:
                axis.setLabel(axis.labelText)
            axis.label_room = max(1.0, theme.small_font_size / DESK_FONT_SIZE)
            axis.setStyle(tickFont=font, tickLength=-4, hideOverlappingLabels=False)
        self.plotItem.showGrid(x=grid and both, y=grid, alpha=0.35)


class ImageOnPlane(LiveItem):
    """A `QImage` over a rectangle of the plot, row 0 at the lowest y.

    pyqtgraph's `ImageItem` takes arrays and maps them to colours itself; our maps are images already.
    """

    def __init__(self) -> None:
        super().__init__()
        self._image: QImage | None = None
        self._rect = QRectF()
        self.setZValue(-100)

    def show_image(self, image: QImage | None, rect: QRectF) -> None:
        """Draw `image` over `rect` from now on; None draws nothing."""
        if rect != self._rect:
            self.prepareGeometryChange()
            self._rect = rect
        self._image = image
        self.changed()

    def boundingRect(self) -> QRectF:
        """Return the rectangle in plot coordinates."""
        return self._rect

    def drawing(self) -> Drawing:
        """Return what stretches the image over the rectangle, smoothly."""
        return partial(_draw_image, self._image, QRectF(self._rect))


def _draw_image(image: QImage | None, rect: QRectF, painter: QPainter) -> None:
    if image is not None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(rect, image)


def short_label(name: str, length: int = 28) -> str:
    """Return a feature name as inert text that fits an axis (pyqtgraph's labels are rich text)."""
    name = input_label(name)
    text = name if len(name) <= length else name[: length - 1] + "…"
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
