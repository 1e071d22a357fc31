"""What lies over the picture of the network for as long as somebody asks for it: numbers, marks, badges.

Painted on top of the picture, which knows nothing of them, and kept for as long as they stay the same: frames and
moving dots then only copy them. While a run trains they are painted beside the GUI thread. Off, they cost nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct
from PySide6.QtCore import QPointF, QRectF, Qt, Slot
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QWidget

from nnviz.core.layout import Array
from nnviz.drawing.diagram import DiagramGeometry, EdgeId, EdgeSet
from nnviz.drawing.importance_bars import paint_importance
from nnviz.drawing.theme import Theme
from nnviz.drawing.unit_lines import paint_unit_tags
from nnviz.session.side_painter import SidePainter

if TYPE_CHECKING:
    from nnviz.core.explain.page import Note
    from nnviz.drawing.badges import Badge


WIRE_PAUSE_S = 0.25
"""Between two paints of lit wires, whose width changes with every frame."""


_Place = tuple[tuple[float, float], float, int, int]
"""How far the picture is moved, pixels per point, and the size of the widget."""


class _Layer(Struct, frozen=True, eq=False):
    """What has been painted, of what, and when."""

    image: QImage
    geometry: DiagramGeometry
    edges: EdgeSet
    theme: Theme
    place: _Place
    made_s: float


class Overlaid(QWidget):
    """The part of a `DiagramCanvas` that is told what lies over the network."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._notes: tuple[Note, ...] = ()
        self._lit: EdgeId | None = None
        self._lit_layer: int | None = None
        self._badges: tuple[Badge, ...] = ()
        self._pushes: tuple[Array, ...] = ()
        self._importance: tuple[Array, ...] = ()
        self._tagged_layers: tuple[int, ...] = ()
        self._layer: _Layer | None = None
        self._is_stale = False
        self._layer_side = SidePainter(self)
        self._layer_side.painted.connect(self._on_layer_painted)

    def _changed(self) -> None:
        """Paint what lies over the network anew."""
        self._is_stale = True
        self.update()

    def _stop_layer(self) -> None:
        """Let nothing be painted beside the GUI thread; all of it is painted when it is looked at next."""
        self._layer_side.stop()
        self._layer = None

    @Slot(object)
    def _on_layer_painted(self, layer: _Layer) -> None:
        self._layer = layer
        self.update()

    def reveal_layer(self, layer: int) -> None:
        """Let a layer have a column."""
        raise NotImplementedError

    @property
    def badges(self) -> tuple[Badge, ...]:
        """What is amiss, as far as that is shown."""
        return self._badges

    def set_notes(self, notes: tuple[Note, ...]) -> None:
        """Let numbers of worked arithmetic ride on the network, or none; a layer that they are about gets a column."""
        self._notes = notes
        for note in notes:
            if note.is_current:
                self.reveal_layer(note.layer)
        self._changed()

    def light(self, edge: EdgeId | None) -> None:
        """Mark an edge that is read about elsewhere, or none."""
        if edge != self._lit:
            self._lit = edge
            self._changed()

    @Slot(object)
    def light_layer(self, layer: int | None) -> None:
        """Mark a layer that is read about elsewhere, and what leads into it, or none."""
        if layer != self._lit_layer:
            self._lit_layer = layer
            if layer is not None:
                self.reveal_layer(layer)
            self._changed()

    def set_badges(self, badges: tuple[Badge, ...]) -> None:
        """Show what is amiss where it is, or nothing."""
        if badges != self._badges:
            self._badges = badges
            self._changed()

    def set_pushes(self, pushes: tuple[Array, ...]) -> None:
        """Let edges glow by how much an example pushes them, ``(n_out, n_in)`` for each layer, or none."""
        if pushes or self._pushes:
            self._pushes = pushes
            self._changed()

    @property
    def importance(self) -> tuple[Array, ...]:
        """By how much the loss rises without each hidden unit, layer by layer, as far as that is shown."""
        return self._importance

    def set_importance(self, rises: tuple[Array, ...]) -> None:
        """Show below each hidden unit by how much the loss rises without it, or nothing."""
        if rises or self._importance:
            self._importance = rises
            self._changed()

    @Slot(object)
    def set_tagged_layers(self, layers: tuple[int, ...]) -> None:
        """Show at the units of some layers the number and the colour of their lines on the map."""
        if layers != self._tagged_layers:
            self._tagged_layers = layers
            self._changed()

    def _badge_at(self, geometry: DiagramGeometry, point: QPointF) -> Badge | None:
        """Return the badge at a point of the picture."""
        from nnviz.drawing.badges import badge_at

        return badge_at(geometry, self._badges, point) if self._badges else None

    def _paint_overlays(
        self,
        painter: QPainter,
        geometry: DiagramGeometry,
        edges: EdgeSet,
        theme: Theme,
        offset: tuple[float, float],
        *,
        moving: bool,
    ) -> None:
        """Paint all of it over a picture that is moved by `offset`; `moving`: the next frame follows at once."""
        has_numbers = bool(self._notes) or self._lit is not None
        others = self._badges, self._pushes, self._importance, self._tagged_layers
        if not has_numbers and not any(others) and self._lit_layer is None:
            self._layer = None
            self._layer_side.forget()
            return
        place = offset, self.devicePixelRatioF(), self.width(), self.height()
        layer = self._layer
        if layer is None or layer.geometry is not geometry or layer.theme is not theme or layer.place != place:
            self._layer = layer = self._layer_now(geometry, edges, theme, place)
        elif self._is_stale or (has_numbers and edges is not layer.edges):
            if not moving:
                self._layer = layer = self._layer_now(geometry, edges, theme, place)
            elif not self._layer_side.is_busy and (self._is_stale or time.monotonic() - layer.made_s >= WIRE_PAUSE_S):
                self._is_stale = False
                self._layer_side.paint(self._work_over(geometry, edges, theme, place))
        painter.drawImage(0, 0, layer.image)

    def _written(self, _geometry: DiagramGeometry, _theme: Theme) -> tuple[QRectF, ...]:
        """Return where the picture has numbers in its units."""
        return ()

    def _layer_now(self, geometry: DiagramGeometry, edges: EdgeSet, theme: Theme, place: _Place) -> _Layer:
        """Return all of it as it is now."""
        self._layer_side.forget()
        self._is_stale = False
        return self._work_over(geometry, edges, theme, place)()

    def _work_over(
        self, geometry: DiagramGeometry, edges: EdgeSet, theme: Theme, place: _Place
    ) -> Callable[[], _Layer]:
        """Return what paints all of it as it is now, in any thread."""
        size, ratio, (left, top) = self.size(), self.devicePixelRatioF(), place[0]
        lit, lit_layer, notes, badges = self._lit, self._lit_layer, self._notes, self._badges
        pushes, importance, tagged = self._pushes, self._importance, self._tagged_layers
        written = self._written(geometry, theme) if pushes else ()

        def paint() -> _Layer:
            image = QImage(size * ratio, QImage.Format.Format_ARGB32_Premultiplied)
            image.setDevicePixelRatio(ratio)
            image.fill(Qt.GlobalColor.transparent)
            with QPainter(image) as painter:
                painter.translate(-left, -top)
                if lit_layer is not None:
                    from nnviz.drawing.riding import paint_lit_layer

                    paint_lit_layer(painter, geometry, lit_layer, theme)
                if pushes:
                    from nnviz.drawing.pushes import paint_pushes

                    paint_pushes(painter, geometry, pushes, theme, written)
                if importance:
                    paint_importance(painter, geometry, importance, theme)
                if tagged:
                    paint_unit_tags(painter, geometry, tagged, theme)
                if badges:
                    from nnviz.drawing.badges import paint_badges

                    paint_badges(painter, geometry, badges, theme)
                if notes or lit is not None:
                    from nnviz.drawing.riding import paint_riding

                    paint_riding(painter, geometry, edges, notes, theme, lit)
            return _Layer(image, geometry, edges, theme, place, time.monotonic())

        return paint
