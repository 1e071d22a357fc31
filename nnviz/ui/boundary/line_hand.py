"""The hand on the lines of units: mouse and arrow keys move, turn and steepen them; a click selects the unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent

from nnviz.drawing.unit_lines import on_plot, on_screen, ring_place, seen
from nnviz.experiment.frame import UnitId
from nnviz.session.commands import next_gesture, next_series
from nnviz.ui.boundary.line_layer import LineLayer, LineWeights
from nnviz.ui.plots.plot import Plot

if TYPE_CHECKING:
    from nnviz.core.lines import Grip, Line, Place

#: So far the pointer may stray before a click is a drag, in pixels.
CLICK = 3.0
#: What a press of an arrow key does: pixels along; with Ctrl radians (3°); with Shift it becomes so much steeper.
NUDGE, TURN, STEEPER = 4.0, 0.0524, 1.1
_ARROWS = {
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Up: (0.0, -1.0),
    Qt.Key.Key_Down: (0.0, 1.0),
}
_KINDS = (
    QEvent.Type.MouseMove,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseButtonRelease,
    QEvent.Type.KeyPress,
)
_SHIFT, _CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


class _Drag(Struct, frozen=True, eq=False):
    taken: LineWeights
    grip: Grip
    line: Line
    start: Place
    pivot: Place
    key: str


class LineHand(QObject):
    """Takes the mouse where a line is under it, before anything else on the plot does.

    A drag moves a line, on its ring it turns it; with Shift it scales the weights. While the plot has the keyboard,
    arrows move the line that stands out, with Ctrl they turn it, with Shift they scale.

    Parameters
    ----------
    plot : Plot
    layer : LineLayer

    Attributes
    ----------
    is_enabled : bool
        Off while the mouse paints.

    Signals
    -------
    unit_clicked : object
        (layer, unit) whose line was clicked.
    """

    unit_clicked = Signal(object)

    def __init__(self, plot: Plot, layer: LineLayer) -> None:
        super().__init__(plot)
        self._plot, self._layer = plot, layer
        self.is_enabled = True
        self._pressed: tuple[QPointF, UnitId] | None = None
        self._drag: _Drag | None = None
        self._series = ("", "")
        plot.viewport().installEventFilter(self)
        plot.installEventFilter(self)
        plot.hovered.connect(self._on_hovered)

    @property
    def is_dragging(self) -> bool:
        """Whether a line is in the hand."""
        return self._drag is not None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take what is about a line."""
        kind = event.type()
        # Of all others, those come too that take the window apart, when nothing of this is left.
        if kind not in _KINDS or not self.is_enabled or not self._layer.is_on:
            return False
        if watched is self._plot:
            return kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and self._key_pressed(event)
        if not isinstance(event, QMouseEvent):
            return False
        place = self._plot.mapToScene(event.position().toPoint())
        if kind == QEvent.Type.MouseMove and not event.buttons():
            # Let go over a dialog that came meanwhile.
            self._pressed = self._drag = None
        if self._drag is not None or self._pressed is not None:
            if kind == QEvent.Type.MouseMove:
                self._moved(place)
            elif kind == QEvent.Type.MouseButtonRelease and event.button() == Qt.MouseButton.LeftButton:
                self._released()
            return True
        if kind == QEvent.Type.MouseMove and event.buttons() == Qt.MouseButton.NoButton:
            self._hover(place)
        is_press = kind == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton
        return is_press and not event.modifiers() & _CTRL and self._press(place, bool(event.modifiers() & _SHIFT))

    @Slot(object)
    def _on_hovered(self, place: QPointF | None) -> None:
        if place is None and self._drag is None and self._layer.is_on:
            self._hover(None)

    def _hover(self, place: QPointF | None) -> None:
        item = self._layer.item
        inside = place is not None and self._plot.data_at(place) is not None
        if inside and place is not None and item.is_on_ring(place):
            self._plot.viewport().setCursor(Qt.CursorShape.CrossCursor)
            return
        unit = item.unit_at(place, self._layer.selected) if inside and place is not None else None
        self._layer.point(unit)
        if unit is None:
            self._plot.viewport().unsetCursor()
        elif unit[0] == 1 and self._layer.can_grab and unit[1] in item.shown.lines:
            self._plot.viewport().setCursor(Qt.CursorShape.SizeAllCursor)
        else:
            self._plot.viewport().setCursor(Qt.CursorShape.PointingHandCursor)

    def _press(self, place: QPointF, shift: bool) -> bool:
        item, layer = self._layer.item, self._layer
        if self._plot.data_at(place) is None:
            return False
        ring = item.ring() if item.is_on_ring(place) else None
        unit = layer.lit if ring is not None else item.unit_at(place, layer.selected)
        if unit is None:
            return False
        self._pressed = place, unit
        is_straight = unit[0] == 1 and unit[1] in item.shown.lines
        taken = layer.take(unit[1]) if is_straight else None
        if taken is not None:
            layer.point(unit)
            start = place.x(), place.y()
            line = on_screen(taken.line, item.transform_)
            grip: Grip = "scale" if shift else "turn" if ring is not None else "move"
            pivot = ring[0] if ring is not None else line.nearest(*start)
            self._drag = _Drag(taken, grip, line, start, pivot, next_gesture())
        # What is read out where the drag begins would lie over the line.
        self._plot.hovered.emit(None)
        return True

    def _moved(self, place: QPointF) -> None:
        from nnviz.core.lines import dragged

        if self._pressed is not None:
            away = place - self._pressed[0]
            if abs(away.x()) + abs(away.y()) <= CLICK:
                return
            self._pressed = None
        drag = self._drag
        if drag is None:
            return
        now = place.x(), place.y()
        wanted = dragged(drag.line, drag.grip, drag.pivot, drag.start, now)
        if drag.grip == "scale":
            self._layer.steepen(drag.taken, wanted.steepness / drag.line.steepness, drag.key)
        else:
            pivot = wanted.nearest(*now) if drag.grip == "move" else drag.pivot
            self._bring(drag.taken, wanted, pivot, drag.key)

    def _released(self) -> None:
        pressed, self._pressed, self._drag = self._pressed, None, None
        if pressed is not None:
            self.unit_clicked.emit(pressed[1])

    def _bring(self, taken: LineWeights, line: Line, pivot: Place, key: str) -> None:
        """Bring a line to where one over pixels is."""
        transform = self._layer.item.transform_
        place = transform.inverted()[0].map(QPointF(*pivot))
        self._layer.bring(taken, on_plot(line, transform), (place.x(), place.y()), key)

    def _key_pressed(self, event: QKeyEvent) -> bool:
        step, lit = _ARROWS.get(Qt.Key(event.key())), self._layer.lit
        taken = self._layer.take(lit[1]) if step is not None and lit is not None and lit[0] == 1 else None
        item = self._layer.item
        if taken is None or step is None or not item.transform_.isInvertible():
            return False
        line = on_screen(taken.line, item.transform_)
        segment = seen(line, item.transform_.mapRect(item.boundingRect()))
        middle = ring_place(segment) if segment is not None else line.nearest(0.0, 0.0)
        forwards = step[0] - step[1]
        turns, steepens = bool(event.modifiers() & _CTRL), bool(event.modifiers() & _SHIFT)
        if steepens:
            self._layer.steepen(taken, STEEPER**forwards, self._key_of(f"steepen {lit}"))
        elif turns:
            self._bring(taken, line.turned(*middle, TURN * forwards), middle, self._key_of(f"turn {lit}"))
        else:
            moved = line.shifted(NUDGE * step[0], NUDGE * step[1])
            self._bring(taken, moved, moved.nearest(*middle), self._key_of(f"move {lit}"))
        return True

    def _key_of(self, series: str) -> str:
        """Return the merge key of a series of presses that do the same."""
        if self._series[0] != series:
            self._series = series, next_series()
        return self._series[1]
