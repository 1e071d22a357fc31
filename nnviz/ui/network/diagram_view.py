"""The network diagram: turns mouse and keys over the painted network into signals.

Click and Enter open, hovering lights up, arrows walk, Ctrl + wheel zooms; what it looks like is `DiagramCanvas`'s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRect, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QNativeGestureEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from nnviz.drawing.diagram import DiagramState, EdgeId, HeaderControl, edge_in_strip, has_part
from nnviz.drawing.diagram_names import card_lines, control_help
from nnviz.drawing.theme import Theme
from nnviz.experiment.frame import Frame, UnitId
from nnviz.ui.network.diagram_canvas import DiagramCanvas
from nnviz.ui.widgets.help_text import plain_tooltip
from nnviz.ui.widgets.keyboard import BY_KEYBOARD, FOR_A_WHILE

if TYPE_CHECKING:
    from nnviz.drawing.badges import Badge
    from nnviz.session.editing import EditedExperiment, ShownNetwork

EDGE_REACH = 6.0
"""How near to an edge the mouse has to be, in pixels."""

ZOOM_STEP = 1.25
"""Factor of one notch of the wheel, or of one press of + or −."""

_POINTED = ("selected", "hovered", "focus", "digits")
_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)


class DiagramView(DiagramCanvas):
    """Paints the network and says what the user points at.

    Parameters
    ----------
    state : EditedExperiment
    controller : ShownNetwork
        Asked for unit maps in every frame.
    theme : Theme

    *Signals*

    badge_chosen(int) : number of a finding
        A badge was clicked.
    unit_selected(object) : (layer, unit) or None
        A unit was clicked or opened with Enter; None: closed.
    edge_selected(object) : EdgeId or None
        An edge was clicked.
    hovered(object) : (layer, unit), EdgeId or None
        What is under the mouse changed.
    activation_wanted(int, QRect) : layer with weights, 1 …, and where it says its activation, on the screen
        Another activation is to be chosen.
    add_unit(int), remove_unit(int), remove_layer(int) : hidden layer, 1 …
    insert_layer(int) : position among the hidden layers, 0 …
        A control of the diagram was clicked.
    """

    badge_chosen = Signal(int)
    unit_selected = Signal(object)
    edge_selected = Signal(object)
    hovered = Signal(object)
    activation_wanted = Signal(int, QRect)
    add_unit = Signal(int)
    remove_unit = Signal(int)
    insert_layer = Signal(int)
    remove_layer = Signal(int)

    def __init__(
        self, state: EditedExperiment, controller: ShownNetwork, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, parent)
        self._state, self._controller = state, controller
        self._pressed: QPointF | None = None
        self._is_panning = False
        self._turned = 0
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Network diagram"))
        self.setWhatsThis(
            self.tr(
                "The network: every square is a unit with what it computes over the plane, every line a weight, thick "
                "where it is large. Click a unit or a line to open it; arrow keys move between them."
            )
        )
        self._describe()
        controller.set_needs("diagram", unit_maps=True)

    def show_frame(self, frame: Frame) -> None:
        """Show a frame; units that its network does not have are let go."""
        old = self._frame
        super().show_frame(frame)
        if old is not None and old.layout != frame.layout:
            self._drop_vanished(frame)

    @property
    def selected(self) -> UnitId | EdgeId | None:
        """What is open in the inspector."""
        return self._pointed.selected

    @property
    def focus(self) -> UnitId | None:
        """The unit that the keyboard is on."""
        return self._pointed.focus

    def select(self, part: UnitId | EdgeId | None) -> None:
        """Open a unit or an edge, or nothing, and say so."""
        if part != self._pointed.selected:
            self._choose(part)
        if part is not None:
            layer = part.layer if isinstance(part, EdgeId) else part[0]
            self.reveal_layer(layer - 1 if isinstance(part, EdgeId) else layer)
            self.reveal_layer(layer)

    @Slot(int)
    def set_digits(self, digits: int) -> None:
        """Write what units make of the example with so many decimals."""
        self._point(digits=digits)

    # Pointing

    def _point(self, **changes: object) -> None:
        """Replace parts of what is pointed at and repaint where that shows."""
        values = {name: getattr(self._pointed, name) for name in _POINTED} | changes
        pointed = DiagramState(**values)
        if pointed != self._pointed:
            moved = pointed.focus != self._pointed.focus
            self._pointed = pointed
            self._invalidate()
            if moved:
                self._describe()

    def _describe(self) -> None:
        """Let screen readers tell where the keyboard is."""
        focus = self._pointed.focus
        if focus is None or self._frame is None or self._shape is None:
            text = self.tr("Arrow keys move between units and layers, Enter opens a unit, Escape closes it.")
        else:
            text = ", ".join(card_lines(self._frame, self._shape, focus))
        self.setAccessibleDescription(text)

    def part_at(self, position: QPointF) -> UnitId | EdgeId | HeaderControl | None:
        """Return the unit, edge or control at a place of the widget, in pixels."""
        if self._frame is None:
            return None
        geometry = self.geometry_
        point = self._viewport.to_picture(position)
        part: UnitId | EdgeId | HeaderControl | None = geometry.control_at(point) or geometry.unit_at(point)
        if part is None:
            part = edge_in_strip(geometry, self._frame, point)
        if part is None and self._edges is not None:
            part = self._edges.at(point, EDGE_REACH)
        return part

    def badge_at(self, position: QPointF) -> Badge | None:
        """Return the badge at a place of the widget, in pixels."""
        return self._badge_at(self.geometry_, self._viewport.to_picture(position)) if self.badges else None

    def _drop_vanished(self, frame: Frame) -> None:
        """Let go of selected and focused units that the new network does not have."""
        sizes, pointed = frame.layout.sizes, self._pointed
        selected = pointed.selected if has_part(sizes, pointed.selected) else None
        focus = pointed.focus if has_part(sizes, pointed.focus) else None
        self._point(selected=selected, focus=focus, hovered=None)
        if pointed.hovered is not None and not isinstance(pointed.hovered, HeaderControl):
            self.hovered.emit(None)
        if selected != pointed.selected:
            self._tell_choice(pointed.selected)

    def _hover(self, part: UnitId | EdgeId | HeaderControl | None) -> None:
        if part == self._pointed.hovered:
            if part is not None:
                self.update()
            return
        old = self._pointed.hovered
        self._point(hovered=part)
        self.setCursor(Qt.CursorShape.ArrowCursor if part is None else Qt.CursorShape.PointingHandCursor)
        told = None if isinstance(part, HeaderControl) else part
        if told is not None or (old is not None and not isinstance(old, HeaderControl)):
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
        """Return the tooltip at `point`: what is amiss there, what a control does, or nothing."""
        badge = self.badge_at(point)
        if badge is not None:
            return plain_tooltip(badge.text)
        part = self.part_at(point)
        return control_help(part) if isinstance(part, HeaderControl) else ""

    # Events

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the mouse: light up what is under it, or pull the network along."""
        before, self._mouse = self._mouse, event.position()
        if self._pressed is not None and not event.buttons():
            # Let go over a dialog that came meanwhile, which is no click.
            self._pressed, self._is_panning = None, False
            self.unsetCursor()
        if self._pressed is None:
            self._hover(self.part_at(self._mouse))
            return
        if not self._is_panning:
            distance = (self._mouse - self._pressed).manhattanLength()
            self._is_panning = distance >= QApplication.startDragDistance() and not self._viewport.is_fitted
            before = self._pressed
        if self._is_panning:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self._look(self._viewport.moved(self._mouse.x() - before.x(), self._mouse.y() - before.y(), self._room))

    def leaveEvent(self, event: QEvent) -> None:
        """Forget the mouse."""
        self._hover(None)
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Open a unit or an edge, act on a control, or take hold of the background; a walk by keyboard ends."""
        self._point(focus=None)
        badge = self.badge_at(event.position()) if event.button() == Qt.MouseButton.LeftButton else None
        if badge is not None:
            self.badge_chosen.emit(badge.number)
            return
        part = self.part_at(event.position()) if event.button() == Qt.MouseButton.LeftButton else None
        if event.button() == Qt.MouseButton.MiddleButton or (
            event.button() == Qt.MouseButton.LeftButton and part is None
        ):
            self._pressed, self._is_panning = event.position(), False
        elif isinstance(part, HeaderControl):
            self._act(part)
        elif part is not None:
            self._choose(part)

    def _act(self, control: HeaderControl) -> None:
        if control.kind == "show_layers":
            self.show_layers(control.index)
            self._hover(self.part_at(self._mouse))
        elif control.kind == "activation":
            place = dict(self.geometry_.activations)[control].translated(*(-shift for shift in self._viewport.offset))
            self.activation_wanted.emit(
                control.index, QRect(self.mapToGlobal(place.toRect().topLeft()), place.toRect().size())
            )
        else:
            getattr(self, control.kind).emit(control.index)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of the background; where it was not moved, a click on it closes what is open."""
        held, panned = self._pressed is not None, self._is_panning
        self._pressed, self._is_panning = None, False
        if held and not panned and event.button() == Qt.MouseButton.LeftButton:
            self._choose(None)
        self.unsetCursor()
        super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show the whole network where the background is hit; quick clicks on a control all count."""
        part = self.part_at(event.position())
        if isinstance(part, HeaderControl):
            self.mousePressEvent(event)
        elif part is None and event.button() == Qt.MouseButton.LeftButton:
            self.fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom with Ctrl; without it move a network that is zoomed in."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom(ZOOM_STEP ** (event.angleDelta().y() / 120.0), event.position())
        elif not self._viewport.is_fitted:
            step = event.pixelDelta() if not event.pixelDelta().isNull() else event.angleDelta() / 2
            self._look(self._viewport.moved(step.x(), step.y(), self._room))
        elif self._frame is not None and not self.geometry_.window.is_whole:
            # Touchpads turn in small parts of a notch.
            self._turned -= event.angleDelta().y() or event.angleDelta().x()
            steps = int(self._turned / 120)
            self._turned -= 120 * steps
            self.show_layers(self.geometry_.window.moved(steps).first)
            self._hover(self.part_at(event.position()))
        else:
            super().wheelEvent(event)
            return
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move, Enter and Space open, Escape closes."""
        key = Qt.Key(event.key())
        if self._frame is None:
            super().keyPressEvent(event)
        elif key in _ARROWS:
            self._walk(key)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._pointed.focus is not None:
            self._choose(self._pointed.focus)
        elif key == Qt.Key.Key_Escape and (self.selected is not None or self._pointed.focus is not None):
            self._point(focus=None)
            if self.selected is not None:
                self._choose(None)
        elif key == Qt.Key.Key_F and event.modifiers() == Qt.KeyboardModifier.ShiftModifier:
            self.fit()
        elif event.text() in ("+", "-"):
            self.zoom(ZOOM_STEP if event.text() == "+" else 1.0 / ZOOM_STEP)
        elif self._pointed.focus is not None and event.text().isprintable() and event.text():
            # While the keyboard is in the diagram, the single keys of the window rest.
            event.accept()
        else:
            super().keyPressEvent(event)

    def _is_walk_key(self, event: QKeyEvent) -> bool:
        """Whether a key belongs to whoever walks the network, its ring being visible."""
        plain = not event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
        own = (*_ARROWS, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space, Qt.Key.Key_Escape)
        return self._pointed.focus is not None and plain and (event.key() in own or bool(event.text().strip()))

    def _walk(self, key: Qt.Key) -> None:
        """Go where an arrow key leads; a layer that has no column gets one on the way."""
        start = self._pointed.focus or (self.selected if isinstance(self.selected, tuple) else None)
        if start is not None:
            self.reveal_layer(start[0])
            self.reveal_layer(start[0] + {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(key, 0))
        self._move_focus(self.geometry_.neighbour(start, key))

    def _move_focus(self, unit: UnitId) -> None:
        self._point(focus=unit)
        rect = self.geometry_.unit_rect(unit)
        if rect is not None:
            self._look(self._viewport.showing(rect, self._room))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard is, where the focus came by it."""
        if event.reason() in BY_KEYBOARD:
            self._point(focus=self.selected if isinstance(self.selected, tuple) else (0, 0))
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the keyboard's ring, unless the keys come back to it."""
        if event.reason() not in FOR_A_WHILE:
            self._point(focus=None)
        super().focusOutEvent(event)

    def event(self, event: QEvent) -> bool:
        """Explain the controls in tooltips; zoom with two fingers; keep the keys of a walk from shortcuts."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and self._is_walk_key(event):
            event.accept()
            return True
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.help_at(QPointF(event.pos())), self)
            return True
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self.zoom(1.0 + event.value(), event.position())
                return True
            if event.gestureType() == Qt.NativeGestureType.SmartZoomNativeGesture:
                self.fit()
                return True
        return super().event(event)
