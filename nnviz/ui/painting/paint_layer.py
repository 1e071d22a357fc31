"""The points of a canvas that is being painted on: drawn once into a picture, to which a brush only adds.

WORKAROUND: pyqtgraph's scatter plot prepares every point anew whenever one comes: 120 ms for 20 000. Here a move of the
brush draws the few points that it adds or touches, and a frame under the points costs one blit.
"""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from pyqtgraph.Qt import internals
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from nnviz.data.brushes import within
from nnviz.drawing.colormap import N_COLOURS, sign_ramp
from nnviz.drawing.markers import paint_dot, paint_marker
from nnviz.drawing.theme import Theme
from nnviz.experiment.figures import PARTS, PartName
from nnviz.experiment.painting import MAX_CLASSES, Canvas

#: Above so many points the drawing is thinned (training is not); the view says so.
MAX_INKED = 20_000
#: Colours of a value.
N_STEPS = 32
#: Room around a marker in its sprite, in pixels.
SPRITE_MARGIN = 3.0

Mask = NDArray[np.bool_]
PartCodes = NDArray[np.int8]
"""Of each point, a place in `PARTS`."""


class PaintLayer(pg.GraphicsObject):
    """Draws a `Canvas` over the whole of a view box; positions are in plot coordinates, sizes in pixels."""

    def __init__(self, box: pg.ViewBox, theme: Theme) -> None:
        super().__init__()
        self._box = box
        self._theme = theme
        self._canvas: Canvas | None = None
        self._part_of: PartCodes = np.empty(0, dtype=np.int8)
        self._selected: Mask | None = None
        self._levels = (-1.0, 1.0)
        self._shown_parts = np.arange(len(PARTS))
        self._ink: QPixmap | None = None
        self._atlas: QPixmap | None = None
        self._fragments = internals.PrimitiveArray(QPainter.PixmapFragment, 10)
        self.setZValue(14)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        box.sigRangeChanged.connect(self._on_view_changed)
        box.sigResized.connect(self._on_view_changed)

    # -- what is shown ------------------------------------------------------------------------------------------

    @property
    def is_thinned(self) -> bool:
        """Whether fewer points are drawn than there are."""
        return self._canvas is not None and len(self._canvas) > MAX_INKED

    def show_canvas(self, canvas: Canvas | None, part_of: PartCodes, selected: Mask | None = None) -> None:
        """Draw `canvas` from now on; all of it is drawn anew."""
        if canvas is not None and (self._canvas is None or canvas.kind != self._canvas.kind):
            self._atlas = None
        self._canvas, self._part_of, self._selected = canvas, part_of, selected
        self.renew()

    def append(self, canvas: Canvas, part_of: PartCodes) -> None:
        """Draw only the points that `canvas` has at its end beyond those that are drawn."""
        n_before = len(self._canvas) if self._canvas is not None else 0
        self._canvas, self._part_of, self._selected = canvas, part_of, None
        if self._ink is not None:
            with QPainter(self._ink) as painter:
                self._draw(painter, np.arange(n_before, len(canvas)))
        self.update()

    def redraw(self, canvas: Canvas, part_of: PartCodes, selected: Mask | None, area: QRectF) -> None:
        """Draw `canvas` anew within `area`, in plot coordinates; nothing has changed elsewhere."""
        self._canvas, self._part_of, self._selected = canvas, part_of, selected
        if self._ink is None:
            self.update()
            return
        reach = self._sprite_size / 2 + 1.0
        pixels = self._to_pixels(np.array([[area.left(), area.top()], [area.right(), area.bottom()]]))
        low, high = pixels.min(axis=0) - reach, pixels.max(axis=0) + reach
        # What lies half outside is drawn too, and cut off where it was not wiped away.
        (px, py), margin = self._box.viewPixelSize(), 2.0 * reach
        corners = np.array([[area.left(), area.top()], [area.right(), area.bottom()]])
        room = np.array([margin * px, margin * py])
        near = within(canvas.places, corners.min(axis=0) - room, corners.max(axis=0) + room)
        rect = QRectF(QPointF(*low), QPointF(*high))
        with QPainter(self._ink) as painter:
            painter.setClipRect(rect)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
            painter.fillRect(rect, Qt.GlobalColor.transparent)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
            shown = self._shown_rows()
            self._draw(painter, shown[near[shown]])
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self._theme, self._atlas = theme, None
        self.renew()

    def set_levels(self, low: float, high: float) -> None:
        """Spread the colours of values over a range."""
        if (low, high) != self._levels:
            self._levels = (low, high)
            self.renew()

    def set_parts(self, *shown: bool) -> None:
        """Show the points of each of `PARTS`, or not."""
        parts = np.flatnonzero(shown)
        if not np.array_equal(parts, self._shown_parts):
            self._shown_parts = parts
            self.renew()

    def renew(self) -> None:
        """Draw everything anew before it is next seen."""
        self._ink = None
        self.update()

    def _on_view_changed(self) -> None:
        self.prepareGeometryChange()
        self.renew()

    def colour_of(self, value: float) -> QColor:
        """Return the colour of a value."""
        return _step_colours(self._theme)[int(self._steps(np.array([value]))[0])]

    # -- drawing ------------------------------------------------------------------------------------------------

    def boundingRect(self) -> QRectF:
        """Return all that the view box shows."""
        return QRectF(self._box.viewRect())

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Copy the picture; draw it first where it is out of date."""
        if self._canvas is None:
            return
        ratio = painter.device().devicePixelRatioF()
        if self._ink is None or self._ink.devicePixelRatioF() != ratio:
            self._ink = self._make_ink(ratio)
        painter.save()
        painter.resetTransform()
        painter.drawPixmap(self._origin(), self._ink)
        painter.restore()

    def _origin(self) -> QPointF:
        """Return where the view box begins on the viewport."""
        view = self.getViewWidget()
        corner = self._box.sceneBoundingRect().topLeft()
        return QPointF(view.mapFromScene(corner)) if view is not None else corner

    def _make_ink(self, ratio: float) -> QPixmap:
        size = self._box.sceneBoundingRect().size()
        if self._atlas is None or self._atlas.devicePixelRatioF() != ratio:
            self._atlas = self._make_atlas(ratio)
        ink = QPixmap(max(1, round(size.width() * ratio)), max(1, round(size.height() * ratio)))
        ink.setDevicePixelRatio(ratio)
        ink.fill(Qt.GlobalColor.transparent)
        with QPainter(ink) as painter:
            self._draw(painter, self._shown_rows())
        return ink

    def _shown_rows(self) -> NDArray[np.int64]:
        n = len(self._canvas) if self._canvas is not None else 0
        return np.linspace(0, n - 1, MAX_INKED).astype(np.int64) if n > MAX_INKED else np.arange(n)

    def _draw(self, painter: QPainter, rows: NDArray[np.int64]) -> None:
        """Draw some points; those that are selected get a ring around them."""
        assert self._canvas is not None
        rows = rows[np.isin(self._part_of[rows], self._shown_parts)]
        sprites = len(PARTS) * self._sprite_rows(rows) + self._part_of[rows]
        places = self._to_pixels(self._canvas.places[rows])
        if self._selected is not None:
            ringed = places[self._selected[rows]]
            self._stamp(painter, ringed, np.full(len(ringed), len(PARTS) * self._n_looks))
        self._stamp(painter, places, sprites)

    def _stamp(self, painter: QPainter, places: NDArray[np.float64], sprites: NDArray[np.int64]) -> None:
        if not len(places) or self._atlas is None:
            return
        ratio = self._atlas.devicePixelRatioF()
        side = round(self._sprite_size * ratio)
        self._fragments.resize(len(places))
        table = self._fragments.ndarray()
        table[:, 0:2] = places
        table[:, 2] = side * sprites
        table[:, 3] = 0.0
        table[:, 4:6] = side
        table[:, 6:8] = 1.0 / ratio
        table[:, 8] = 0.0
        table[:, 9] = 1.0
        fragments, count = self._fragments.drawargs()
        painter.drawPixmapFragments(fragments, count, self._atlas)

    def _to_pixels(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        (x0, x1), (y0, y1) = self._box.viewRange()
        size = self._box.sceneBoundingRect().size()
        return np.column_stack(
            [
                (places[:, 0] - x0) / (x1 - x0) * size.width(),
                (y1 - places[:, 1]) / (y1 - y0) * size.height(),
            ]
        )

    # -- sprites ------------------------------------------------------------------------------------------------

    @property
    def _sprite_size(self) -> float:
        return self._theme.marker_size + 2.0 * SPRITE_MARGIN

    @property
    def _n_looks(self) -> int:
        kind = self._canvas.kind if self._canvas is not None else "classes"
        return {"classes": MAX_CLASSES, "values": N_STEPS, "curve": 1}[kind]

    def _sprite_rows(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        assert self._canvas is not None
        match self._canvas.kind:
            case "classes":
                return self._canvas.codes[rows].astype(np.int64) % MAX_CLASSES
            case "values":
                return self._steps(self._canvas.tags[rows])
            case _:
                return np.zeros(len(rows), dtype=np.int64)

    def _steps(self, values: NDArray[np.float64]) -> NDArray[np.int64]:
        low, high = self._levels
        share = (values - low) / (high - low) if high > low else np.zeros(len(values))
        return (np.clip(share, 0.0, 1.0) * (N_STEPS - 1)).round().astype(np.int64)

    def _make_atlas(self, ratio: float) -> QPixmap:
        """Return all markers beside each other: for each look one of every part, and a ring at the end."""
        side = round(self._sprite_size * ratio)
        atlas = QPixmap(side * (len(PARTS) * self._n_looks + 1), side)
        atlas.setDevicePixelRatio(ratio)
        atlas.fill(Qt.GlobalColor.transparent)
        with QPainter(atlas) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            step, theme = side / ratio, self._theme
            for look in range(self._n_looks):
                for number, part in enumerate(PARTS):
                    centre = QPointF((len(PARTS) * look + number + 0.5) * step, step / 2)
                    self._paint_sprite(painter, look, centre, part)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("text"), 1.6))
            radius = (theme.marker_size + 3.4) / 2
            painter.drawEllipse(QPointF((len(PARTS) * self._n_looks + 0.5) * step, step / 2), radius, radius)
        return atlas

    def _paint_sprite(self, painter: QPainter, look: int, centre: QPointF, part: PartName) -> None:
        theme, hollow = self._theme, part != "train"
        size = theme.marker_size - (1.0 if hollow else 0.0)
        assert self._canvas is not None
        if self._canvas.kind == "classes":
            paint_marker(painter, look, centre, size, theme, part=part)
            return
        outline = theme.colour("canvas" if theme.dark else "panel")
        if self._canvas.kind == "curve":
            brush = outline if hollow else theme.colour("quiet")
            pen = QPen(theme.colour("text"), 1.4) if hollow else QPen(outline, 1.0)
        else:
            brush = _step_colours(theme)[look]
            pen = QPen(theme.colour("panel"), 2.4) if hollow else QPen(theme.colour("text"), 1.0)
        painter.setPen(pen)
        painter.setBrush(QBrush(brush))
        painter.drawEllipse(centre, size / 2, size / 2)
        if part == "validation":
            paint_dot(painter, centre, size, pen.color())


def _step_colours(theme: Theme) -> list[QColor]:
    return [QColor.fromRgb(int(rgb)) for rgb in sign_ramp(theme)[np.linspace(0, N_COLOURS - 1, N_STEPS).astype(int)]]


class PaintCursor(pg.GraphicsObject):
    """The circle of the brush, or the rubber band of a selection, in plot coordinates."""

    def __init__(self) -> None:
        super().__init__()
        self._rect = QRectF()
        self._is_round = True
        self._pen = QPen()
        self._halo = QPen()
        self._fill = QColor(0, 0, 0, 0)
        self.setZValue(30)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def set_theme(self, theme: Theme) -> None:
        """Recolour: a dark line in a light one, so that it is seen on any map."""
        self._pen, self._halo = QPen(theme.colour("text"), 1.4), QPen(theme.colour("panel", 190), 3.4)
        for pen in (self._pen, self._halo):
            pen.setCosmetic(True)

    def show_circle(self, centre: tuple[float, float], radius: tuple[float, float], fill: QColor) -> None:
        """Show the circle of a brush."""
        rx, ry = radius
        self._show(QRectF(centre[0] - rx, centre[1] - ry, 2 * rx, 2 * ry), is_round=True, fill=fill)

    def show_band(self, corner: tuple[float, float], opposite: tuple[float, float], fill: QColor) -> None:
        """Show a rubber band."""
        self._show(QRectF(QPointF(*corner), QPointF(*opposite)).normalized(), is_round=False, fill=fill)

    def clear(self) -> None:
        """Show nothing."""
        if not self._rect.isNull():
            self._show(QRectF(), is_round=True, fill=QColor(0, 0, 0, 0))

    @property
    def rect(self) -> QRectF:
        """What it encloses, in plot coordinates; null: nothing is shown."""
        return self._rect

    def _show(self, rect: QRectF, *, is_round: bool, fill: QColor) -> None:
        self.prepareGeometryChange()
        self._rect, self._is_round, self._fill = rect, is_round, fill
        self.update()

    def boundingRect(self) -> QRectF:
        """Return the shape and the width of its line."""
        if self._rect.isNull():
            return QRectF()
        px, py = self.pixelLength(pg.Point(1, 0)) or 0.0, self.pixelLength(pg.Point(0, 1)) or 0.0
        return self._rect.adjusted(-3 * px, -3 * py, 3 * px, 3 * py)

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Draw the shape."""
        if self._rect.isNull():
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw = painter.drawEllipse if self._is_round else painter.drawRect
        painter.setPen(self._halo)
        painter.setBrush(self._fill)
        draw(self._rect)
        painter.setPen(self._pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        draw(self._rect)
