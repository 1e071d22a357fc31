"""The picture of the network diagram as a widget: it keeps the last frame, paints it, zooms, and lets the dots move.

Everything but the moving dots is painted once per frame, into a picture of pixels, so that the dots only cost a copy of
that and a few small blits. While training, the next picture is painted beside the GUI thread, which shows the last one
until then; what the user points at or moves is shown at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QImage, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnviz.drawing.diagram import (
    DiagramGeometry,
    DiagramShape,
    DiagramState,
    EdgeId,
    EdgeSet,
    HeaderControl,
    layout_diagram,
    paint_card,
    paint_diagram,
    paint_flow,
)
from nnviz.drawing.diagram_names import card_lines, diagram_shape
from nnviz.drawing.diagram_units import probe_pills
from nnviz.drawing.importance_bars import importance_words
from nnviz.drawing.pixel_picture import PixelPicture
from nnviz.drawing.raster import Raster
from nnviz.drawing.theme import Theme
from nnviz.experiment.frame import Frame, UnitId
from nnviz.session.engine_start import ENGINE_START
from nnviz.session.job import Cancelled, Job
from nnviz.session.side_painter import SidePainter
from nnviz.ui.network.flow_clock import FlowClock
from nnviz.ui.network.overlaid import Overlaid
from nnviz.ui.network.viewport import Viewport

if TYPE_CHECKING:
    from nnviz.experiment.prepare import Prepared


def prepare(raster: Raster, cancelled: Cancelled) -> bool:
    """Take up what draws the edges, compiled in another process where it has to be compiled; return whether it is."""
    ENGINE_START.wait_for_helper(cancelled)
    return not cancelled() and raster.prepare()


class DiagramCanvas(Overlaid):
    """Paints the network; what is pointed at is decided by `DiagramView`.

    Parameters
    ----------
    theme : Theme

    *Signals*

    zoomed(bool) : whether only a part of the network is on show changed.
    """

    zoomed = Signal(bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._frame: Frame | None = None
        self._prepared: Prepared | None = None
        self._shape: DiagramShape | None = None
        self._geometry: DiagramGeometry | None = None
        self._edges: EdgeSet | None = None
        self.picture, self._next_picture = PixelPicture(), PixelPicture()
        self._side = SidePainter(self)
        self._side.painted.connect(self._on_painted)
        self._is_painted = False
        self._preparing: Job | None = None
        self._pointed = DiagramState()
        self._mouse = QPointF()
        self._editable = True
        self._first_hidden = 1
        self._flow_enabled = True
        self._viewport = Viewport()
        self._clock = FlowClock(self)
        self._clock.ticked.connect(self.update)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    # What is shown

    @property
    def frame(self) -> Frame | None:
        """The frame on show."""
        return self._frame

    @property
    def geometry_(self) -> DiagramGeometry:
        """Where everything is; there has to be a frame."""
        if self._frame is None:
            raise RuntimeError("There is nothing to lay out before the first frame.")
        return self._laid_out(self._frame)

    @property
    def shape_(self) -> DiagramShape:
        """Names and layers of what is on show; there has to be a frame."""
        return self.geometry_.shape

    @property
    def is_animated(self) -> bool:
        """Whether the dots are moving."""
        return self._clock.is_running

    @property
    def is_painting(self) -> bool:
        """Whether a newer picture than the one on show is being painted."""
        return self._side.is_busy or self._layer_side.is_busy

    @property
    def spent_s(self) -> float:
        """Processor time that its pictures have taken beside the GUI thread, in seconds."""
        return self._side.own_s + self._layer_side.own_s

    def show_prepared(self, prepared: Prepared) -> None:
        """Take names of inputs and classes from new data."""
        self._prepared = prepared
        self._shape = None
        self._invalidate()

    def show_frame(self, frame: Frame) -> None:
        """Show a frame; the picture is painted at the next paint event."""
        old = self._frame
        self._frame = frame
        if old is None or old.layout != frame.layout or old.activations != frame.activations:
            # What is pointed at before the next picture is there is an edge of neither network.
            self._shape = self._edges = None
        self._update_flow()
        self._clock.frame_came()
        if self._can_be_late(frame):
            self._side.paint(self._work(frame))
        else:
            self._invalidate()

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another look."""
        self._theme = theme
        self._geometry = None
        self._invalidate()

    def set_flow_enabled(self, enabled: bool) -> None:
        """Switch the moving dots on or off."""
        self._flow_enabled = enabled
        self._update_flow()
        self.update()

    def set_editable(self, editable: bool) -> None:
        """Show or hide the controls that change the network."""
        self._editable = editable
        self._shape = None
        self._invalidate()

    def stop(self) -> None:
        """End the animation for good, before the window closes."""
        self._flow_enabled = False
        self._clock.set_running(False)
        self._side.stop()
        self._stop_layer()
        if self._preparing is not None:
            self._preparing.cancel()

    def sizeHint(self) -> QSize:
        """A comfortable size on a laptop."""
        return QSize(900, 700)

    def minimumSizeHint(self) -> QSize:
        """Small enough for a 1280×720 window."""
        return QSize(320, 180)

    # Painting

    def _written(self, geometry: DiagramGeometry, theme: Theme) -> tuple[QRectF, ...]:
        """Return where the picture has numbers in its units."""
        frame, digits = self._frame, self._pointed.digits
        if frame is None or frame.probe is None:
            return ()
        columns = (probe_pills(geometry, column, frame, theme, digits) for column in geometry.columns)
        return tuple(box for pills in columns for _, box in pills)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Copy the cached picture and paint what moves on top."""
        with QPainter(self) as painter:
            painter.drawImage(0, 0, self._current_picture())
            if self._frame is None or self._geometry is None or self._edges is None:
                return
            if self._is_flowing():
                painter.save()
                painter.translate(-self._viewport.offset[0], -self._viewport.offset[1])
                paint_flow(painter, self._geometry, self._edges, self._theme, self._clock.phase)
                painter.restore()
            moving, offset = self._frame.is_moving, self._viewport.offset
            self._paint_overlays(painter, self._geometry, self._edges, self._theme, offset, moving=moving)
            if self._shape is not None:
                # Read anew from every frame, so that the card stays live under a resting mouse.
                part, near = self._carded(self._geometry)
                lines = (*card_lines(self._frame, self._shape, part), *importance_words(self._importance, part))
                paint_card(painter, near, lines, self._geometry, self._theme, self._room)
        # What compiles or imports it would keep the first picture waiting.
        self._prepare_raster()

    def _carded(self, geometry: DiagramGeometry) -> tuple[UnitId | EdgeId | HeaderControl | None, QPointF]:
        """Return what the card tells about, and beside which point: under the mouse, else where the keyboard is."""
        focus = self._pointed.focus
        rect = geometry.unit_rect(focus) if focus is not None and self._pointed.hovered is None else None
        if rect is None:
            return self._pointed.hovered, self._mouse
        return focus, rect.center() - QPointF(*self._viewport.offset)

    def _current_picture(self) -> QImage:
        if not self._is_painted:
            self._paint_network()
            self._is_painted = True
        return self.picture.image

    def _paint_network(self) -> None:
        ratio = self.devicePixelRatioF()
        compiled = self.picture.raster.is_ready
        self.picture.place(self.size() * ratio, ratio, self._viewport.offset)
        if self._frame is None or not compiled:
            self.picture.fill(self._theme)
        if self._frame is None:
            return
        with self.picture.painter() as painter:
            self._edges = paint_diagram(
                painter,
                self._laid_out(self._frame),
                self._frame,
                self._theme,
                self._pointed,
                picture=self.picture if compiled else None,
            )

    def _can_be_late(self, frame: Frame) -> bool:
        """Whether the picture on show will do until another thread has painted the one of `frame`."""
        painted = self._is_painted and self._edges is not None and self._shape is not None
        return painted and frame.is_moving and self.picture.raster.is_ready and self.isVisible()

    def _work(self, frame: Frame) -> Callable[[], EdgeSet]:
        """Return what paints the next picture as it is looked at now, in any thread."""
        geometry, theme, pointed = self._laid_out(frame), self._theme, self._pointed
        size, ratio, offset = self.size(), self.devicePixelRatioF(), self._viewport.offset

        def paint() -> EdgeSet:
            picture = self._next_picture
            picture.place(size * ratio, ratio, offset)
            with picture.painter() as painter:
                return paint_diagram(painter, geometry, frame, theme, pointed, picture=picture)

        return paint

    @Slot(object)
    def _on_painted(self, edges: EdgeSet) -> None:
        self.picture, self._next_picture = self._next_picture, self.picture
        self._edges = edges
        self.update()

    def _laid_out(self, frame: Frame) -> DiagramGeometry:
        if self._shape is None:
            self._shape = diagram_shape(frame, self._prepared, editable=self._editable)
            self._geometry = None
        if self._geometry is None:
            # Laid out as large as it is shown: zoomed in, elided layers have room for more of their units.
            zoom = self._viewport.zoom
            self._geometry = layout_diagram(
                zoom * self.width(), zoom * self.height(), self._shape, self._theme, self._first_hidden
            )
        return self._geometry

    def _prepare_raster(self) -> None:
        """Have what draws the edges compiled; until then, and where that cannot be done, Qt draws them."""
        raster = self.picture.raster
        if self._preparing is None and self._frame is not None and raster.can_become_ready:
            self._preparing = Job(lambda _progress, cancelled: prepare(raster, cancelled), self)
            self._preparing.succeeded.connect(self._on_raster_ready)
            self._preparing.start()

    @Slot(object)
    def _on_raster_ready(self, _ready: bool) -> None:
        self._invalidate()

    def _invalidate(self) -> None:
        self._is_painted = False
        self._side.forget()
        self.update()

    # The flow

    def _is_flowing(self) -> bool:
        return self._flow_enabled and self._frame is not None and self._frame.is_moving

    def _update_flow(self) -> None:
        self._clock.set_running(self._is_flowing() and self.isVisible())

    # Which layers of a deep network, and zooming

    def show_layers(self, first: int) -> None:
        """Begin with a hidden layer (1 …) where not all have room."""
        if first != self._first_hidden:
            self._first_hidden = first
            self._geometry = None
            self._invalidate()

    def reveal_layer(self, layer: int) -> None:
        """Let a layer (0: inputs) have a column, moving the others as little as possible."""
        if self._frame is not None:
            self.show_layers(self.geometry_.window.showing(layer).first)

    @property
    def viewport(self) -> Viewport:
        """Which part of the network is on show."""
        return self._viewport

    @property
    def _room(self) -> QSizeF:
        return QSizeF(self.size())

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom by `factor` around a point of the widget, or around its middle."""
        point = at if at is not None else QPointF(self.rect().center())
        self._look(self._viewport.zoomed(factor, point, self._room))

    @Slot()
    def fit(self) -> None:
        """Show the whole network."""
        self._look(Viewport())

    def _look(self, viewport: Viewport) -> None:
        old, self._viewport = self._viewport, viewport
        if viewport == old:
            return
        if viewport.zoom != old.zoom:
            self._geometry = None
        self._invalidate()
        if viewport.is_fitted != old.is_fitted:
            self.zoomed.emit(not viewport.is_fitted)

    # Events

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay everything out anew."""
        self._viewport = self._viewport.kept_inside(self._room)
        self._geometry = None
        self._invalidate()
        super().resizeEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Start the flow where something runs."""
        super().showEvent(event)
        self._update_flow()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop the flow while nobody sees it, and leave nothing behind that is being painted."""
        super().hideEvent(event)
        self._invalidate()
        self._side.stop()
        self._stop_layer()
        self._update_flow()

    def changeEvent(self, event: QEvent) -> None:
        """Follow another application font."""
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.ApplicationFontChange):
            self._geometry = None
            self._invalidate()
        super().changeEvent(event)
