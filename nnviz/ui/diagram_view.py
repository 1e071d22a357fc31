"""The network diagram as a widget: it keeps the last frame, paints it, and turns mouse and keys into signals.

Everything but the moving dots is painted once per frame; where the next frame takes its time it is kept as a picture,
so that the dots only cost a copy of that and a few small blits.
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from nnviz.drawing.diagram import (
    Control,
    DiagramGeometry,
    DiagramShape,
    DiagramState,
    EdgeId,
    EdgeSet,
    edge_in_strip,
    layout_diagram,
    paint_card,
    paint_diagram,
    paint_flow,
)
from nnviz.drawing.theme import Theme
from nnviz.experiment.frame import Frame, UnitId

if TYPE_CHECKING:
    from nnviz.experiment.prepare import Prepared
    from nnviz.session.controller import Controller
    from nnviz.session.state import ExperimentState
from nnviz.drawing.diagram_names import card_lines, control_help, diagram_shape

FLOW_INTERVAL_MS = 33
FLOW_SPEED = 0.35
"""Lengths of an edge that a dot travels in a second."""
EDGE_REACH = 6.0
"""How near to an edge the mouse has to be, in pixels."""

_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)


class DiagramView(QWidget):
    """Paints the network and says what the user points at.

    Parameters
    ----------
    state : ExperimentState
    controller : Controller
        Asked for unit maps in every frame.
    theme : Theme

    *Signals*

    unit_selected(object) : (layer, unit) or None
        A unit was clicked or opened with Enter; None: closed.
    edge_selected(object) : EdgeId or None
        An edge was clicked.
    hovered(object) : (layer, unit), EdgeId or None
        What is under the mouse changed.
    add_unit(int), remove_unit(int), remove_layer(int) : hidden layer, 1 …
    insert_layer(int) : position among the hidden layers, 0 …
        A control of the diagram was clicked.
    """

    unit_selected = Signal(object)
    edge_selected = Signal(object)
    hovered = Signal(object)
    add_unit = Signal(int)
    remove_unit = Signal(int)
    insert_layer = Signal(int)
    remove_layer = Signal(int)

    def __init__(
        self, state: ExperimentState, controller: Controller, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._state, self._controller, self._theme = state, controller, theme
        self._frame: Frame | None = None
        self._prepared: Prepared | None = None
        self._shape: DiagramShape | None = None
        self._geometry: DiagramGeometry | None = None
        self._edges: EdgeSet | None = None
        self._frame_is_new = self._is_rapid = False
        self._shown_s = -math.inf
        self._picture: QPixmap | None = None
        self._pointed = DiagramState()
        self._mouse = QPointF()
        self._editable = True
        self._flow_enabled = True
        self._phase = 0.0
        self._last_tick = time.monotonic()
        self._flow_timer = QTimer(self)
        self._flow_timer.setObjectName("flow of the network diagram")
        self._flow_timer.setInterval(FLOW_INTERVAL_MS)
        self._flow_timer.timeout.connect(self._on_flow_tick)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Network diagram"))
        self.setAccessibleDescription(
            self.tr("Arrow keys move between units and layers, Enter opens a unit, Escape closes it.")
        )
        controller.set_needs("diagram", unit_maps=True)

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
    def is_animated(self) -> bool:
        """Whether the dots are moving."""
        return self._flow_timer.isActive()

    @property
    def selected(self) -> UnitId | EdgeId | None:
        """What is open in the inspector."""
        return self._pointed.selected

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
            self._shape = None
            self._drop_vanished(frame)
        self._update_flow()
        now = time.monotonic()
        self._is_rapid = frame.status == "running" and 1000.0 * (now - self._shown_s) < FLOW_INTERVAL_MS
        self._frame_is_new, self._shown_s = True, now
        if self._flow_timer.isActive():
            # This frame moves the dots as well; the timer fires only where the next one is late.
            self._advance_flow()
            self._flow_timer.start()
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

    def select(self, part: UnitId | EdgeId | None) -> None:
        """Open a unit or an edge, or nothing, and say so."""
        if part != self._pointed.selected:
            self._choose(part)

    def stop(self) -> None:
        """End the animation for good, before the window closes."""
        self._flow_enabled = False
        self._flow_timer.stop()

    def sizeHint(self) -> QSize:
        """A comfortable size on a laptop."""
        return QSize(900, 700)

    def minimumSizeHint(self) -> QSize:
        """Small enough for a 1280×720 window."""
        return QSize(320, 240)

    # Painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Copy the cached picture and paint what moves on top."""
        painter = QPainter(self)
        if self._is_rapid and self._frame_is_new:
            # The next frame is on its way: a picture of this one would be copied once and thrown away.
            painter.fillRect(self.rect(), self._theme.colour("canvas"))
            self._paint_network(painter)
        else:
            painter.drawPixmap(0, 0, self._current_picture())
        self._frame_is_new = False
        if self._frame is None or self._geometry is None or self._edges is None:
            painter.end()
            return
        if self._is_flowing():
            paint_flow(painter, self._geometry, self._edges, self._theme, self._phase)
        if self._shape is not None:
            # Read anew from every frame, so that the card stays live under a resting mouse.
            lines = card_lines(self._frame, self._shape, self._pointed.hovered)
            paint_card(painter, self._mouse, lines, self._geometry, self._theme)
        painter.end()

    def _current_picture(self) -> QPixmap:
        if self._picture is not None:
            return self._picture
        ratio = self.devicePixelRatioF()
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(self._theme.colour("canvas"))
        painter = QPainter(picture)
        self._paint_network(painter)
        painter.end()
        self._picture = picture
        return picture

    def _paint_network(self, painter: QPainter) -> None:
        if self._frame is not None:
            self._edges = paint_diagram(painter, self._laid_out(self._frame), self._frame, self._theme, self._pointed)

    def _laid_out(self, frame: Frame) -> DiagramGeometry:
        if self._shape is None:
            self._shape = diagram_shape(frame, self._prepared, editable=self._editable)
            self._geometry = None
        if self._geometry is None:
            self._geometry = layout_diagram(self.width(), self.height(), self._shape, self._theme)
        return self._geometry

    def _invalidate(self) -> None:
        self._picture = None
        self.update()

    # The flow

    def _is_flowing(self) -> bool:
        return self._flow_enabled and self._frame is not None and self._frame.status == "running"

    def _update_flow(self) -> None:
        wanted = self._is_flowing() and self.isVisible()
        if wanted and not self._flow_timer.isActive():
            self._last_tick = time.monotonic()
            self._flow_timer.start()
        elif not wanted and self._flow_timer.isActive():
            self._flow_timer.stop()

    @Slot()
    def _on_flow_tick(self) -> None:
        self._advance_flow()
        self.update()

    def _advance_flow(self) -> None:
        now = time.monotonic()
        self._phase = (self._phase + min(now - self._last_tick, 0.1) * FLOW_SPEED) % 1.0
        self._last_tick = now

    # Pointing

    def _point(self, **changes: object) -> None:
        """Replace parts of what is pointed at and repaint where that shows."""
        values = {name: getattr(self._pointed, name) for name in ("selected", "hovered", "focus")} | changes
        pointed = DiagramState(**values)
        if pointed != self._pointed:
            self._pointed = pointed
            self._invalidate()

    def _part_at(self, point: QPointF) -> UnitId | EdgeId | Control | None:
        geometry = self._geometry
        if geometry is None:
            return None
        part: UnitId | EdgeId | Control | None = geometry.control_at(point) or geometry.unit_at(point)
        if part is None and self._frame is not None:
            part = edge_in_strip(geometry, self._frame, point)
        if part is None and self._edges is not None:
            part = self._edges.at(point, EDGE_REACH)
        return part

    def _drop_vanished(self, frame: Frame) -> None:
        """Let go of selected and focused units that the new network does not have."""
        sizes = frame.layout.sizes
        pointed = self._pointed

        def exists(part: object) -> bool:
            if isinstance(part, EdgeId):
                return exists((part.layer, part.unit)) and exists((part.layer - 1, part.source))
            return isinstance(part, tuple) and part[0] < len(sizes) and part[1] < sizes[part[0]]

        selected = pointed.selected if exists(pointed.selected) else None
        focus = pointed.focus if exists(pointed.focus) else None
        self._point(selected=selected, focus=focus, hovered=None)
        if pointed.hovered is not None and not isinstance(pointed.hovered, Control):
            self.hovered.emit(None)
        if selected != pointed.selected:
            self._tell_choice(pointed.selected)

    def _hover(self, part: UnitId | EdgeId | Control | None) -> None:
        if part == self._pointed.hovered:
            if part is not None:
                self.update()
            return
        old = self._pointed.hovered
        self._point(hovered=part)
        self.setCursor(Qt.CursorShape.ArrowCursor if part is None else Qt.CursorShape.PointingHandCursor)
        told = None if isinstance(part, Control) else part
        if told is not None or (old is not None and not isinstance(old, Control)):
            self.hovered.emit(told)

    def _choose(self, part: UnitId | EdgeId | None) -> None:
        """Open a unit or an edge as if clicked; the one already open closes."""
        if part is not None and part == self._pointed.selected:
            part = None
        before = self._pointed.selected
        self._point(selected=part)
        self._tell_choice(before)

    def _tell_choice(self, before: UnitId | EdgeId | None) -> None:
        part = self.selected
        if isinstance(part, EdgeId) or isinstance(before, EdgeId):
            self.edge_selected.emit(part if isinstance(part, EdgeId) else None)
        self.unit_selected.emit(part if isinstance(part, tuple) else None)

    def help_at(self, point: QPointF) -> str:
        """Return the tooltip at `point`: what a control does, or nothing."""
        part = self._part_at(point)
        return control_help(part) if isinstance(part, Control) else ""

    # Events

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the mouse: light up what is under it."""
        self._mouse = event.position()
        self._hover(self._part_at(self._mouse))

    def leaveEvent(self, event: QEvent) -> None:
        """Forget the mouse."""
        self._hover(None)
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Open a unit or an edge, or act on a control."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        part = self._part_at(event.position())
        if isinstance(part, Control):
            getattr(self, part.kind).emit(part.index)
            return
        if isinstance(part, tuple):
            self._point(focus=None)
        self._choose(part)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move, Enter and Space open, Escape closes."""
        key = Qt.Key(event.key())
        if self._geometry is None:
            super().keyPressEvent(event)
        elif key in _ARROWS:
            start = self._pointed.focus or (self.selected if isinstance(self.selected, tuple) else None)
            self._point(focus=self._geometry.neighbour(start, key))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._pointed.focus is not None:
            self._choose(self._pointed.focus)
        elif key == Qt.Key.Key_Escape and (self.selected is not None or self._pointed.focus is not None):
            self._point(focus=None)
            if self.selected is not None:
                self._choose(None)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard is when it got here by Tab."""
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self._point(focus=self.selected if isinstance(self.selected, tuple) else (0, 0))
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the keyboard's ring."""
        self._point(focus=None)
        super().focusOutEvent(event)

    def event(self, event: QEvent) -> bool:
        """Explain the controls in tooltips."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.help_at(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay everything out anew."""
        self._geometry = None
        self._invalidate()
        super().resizeEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Start the flow where something runs."""
        super().showEvent(event)
        self._update_flow()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop the flow while nobody sees it."""
        super().hideEvent(event)
        self._update_flow()

    def changeEvent(self, event: QEvent) -> None:
        """Follow another application font."""
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.ApplicationFontChange):
            self._geometry = None
            self._invalidate()
        super().changeEvent(event)
