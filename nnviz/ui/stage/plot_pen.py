"""A pen on a plot: the mouse or a stylus draws a line, or the arrow keys do, in the units of the plot's axes."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent

from nnviz.lessons.agreement import Place
from nnviz.ui.plots.plot import Plot
from nnviz.ui.stage.curtain_item import DrawnItem

#: What an arrow key moves, as a share of the plot; with Shift so many times that.
STEP, FAR = 0.02, 5.0
#: Pixels between two places of a line, and most places of one.
SPACING, MOST = 2.0, 1500
_ARROWS = {
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Up: (0.0, 1.0),
    Qt.Key.Key_Down: (0.0, -1.0),
}
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_MOUSE = (QEvent.Type.MouseMove, QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease)


class PlotPen(QObject):
    """Takes the mouse and some keys of a plot while it is active.

    With the keyboard: arrows lead a cross, with Shift further; Enter sets a corner; the same place twice ends the line;
    Escape drops it.

    Parameters
    ----------
    plot : Plot
    item : DrawnItem
        Shows what is being drawn.
    rightwards : bool
        Whether a line only goes to the right, as a curve does.

    Attributes
    ----------
    plot : Plot
    is_active : bool

    Signals
    -------
    drawn : object
        A line: a tuple of (x, y), two places at least.
    """

    drawn = Signal(object)

    def __init__(self, plot: Plot, item: DrawnItem, *, rightwards: bool = False) -> None:
        super().__init__(plot)
        self.plot = self._plot = plot
        self._item, self._rightwards = item, rightwards
        self._places: list[Place] = []
        self._cross: Place | None = None
        self._is_pressed = False
        self.is_active = False

    def set_active(self, active: bool) -> None:
        """Take the mouse, or give it back."""
        if active == self.is_active:
            return
        self.is_active = active
        plot = self._plot
        for watched in (plot, plot.viewport()):
            if active:
                watched.installEventFilter(self)
            else:
                watched.removeEventFilter(self)
        if active:
            plot.viewport().setCursor(Qt.CursorShape.CrossCursor)
        else:
            plot.viewport().unsetCursor()
            self._forget()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Draw."""
        kind = event.type()
        if watched is self._plot:
            return kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and self._key_pressed(event)
        if kind not in _MOUSE or not isinstance(event, QMouseEvent):
            return False
        if kind == QEvent.Type.MouseMove:
            if self._is_pressed and not event.buttons():
                # Let go over a dialog that came meanwhile.
                self._end()
            if self._is_pressed:
                self._go_to(self._place(event))
            return self._is_pressed
        if event.button() != Qt.MouseButton.LeftButton:
            return False
        if kind == QEvent.Type.MouseButtonPress:
            self._forget()
            if self._plot.data_at(self._plot.mapToScene(event.position().toPoint())) is None:
                return False
            self._is_pressed = True
            self._go_to(self._place(event))
        elif self._is_pressed:
            self._end()
        return True

    def _place(self, event: QMouseEvent) -> Place:
        """Return the place under the mouse, or the nearest one on the plot."""
        box = self._plot.plotItem.getViewBox()
        room, at = box.sceneBoundingRect(), self._plot.mapToScene(event.position().toPoint())
        at.setX(max(room.left(), min(room.right(), at.x())))
        at.setY(max(room.top(), min(room.bottom(), at.y())))
        mapped = box.mapSceneToView(at)
        return float(mapped.x()), float(mapped.y())

    def _go_to(self, place: Place) -> None:
        """Draw on to a place, if it is further than a hand trembles."""
        if self._places:
            (x, y), (across, up) = self._places[-1], self._plot.plotItem.getViewBox().viewPixelSize()
            dx, dy = (place[0] - x) / across, (place[1] - y) / up
            if (dx if self._rightwards else abs(dx) + abs(dy)) < SPACING or len(self._places) >= MOST:
                return
        self._places.append(place)
        self._item.show_begun(self._places, self._cross)

    def _end(self) -> None:
        places = tuple(self._places)
        self._forget()
        if len(places) > 1:
            self.drawn.emit(places)

    def _forget(self) -> None:
        self._places.clear()
        self._is_pressed = False
        if not self.is_active:
            self._cross = None
        self._item.show_begun((), self._cross)

    # -- the keyboard -------------------------------------------------------------------------------------------

    def _key_pressed(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if key in _ARROWS:
            self._lead(*_ARROWS[key], FAR if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1.0)
        elif key in _ENTER:
            self._set_corner()
        elif key == Qt.Key.Key_Escape and self._places:
            self._forget()
        else:
            return False
        return True

    def _lead(self, dx: float, dy: float, times: float) -> None:
        (x0, x1), (y0, y1) = self._plot.plotItem.getViewBox().viewRange()
        x, y = self._cross or ((x0 + x1) / 2.0, (y0 + y1) / 2.0)
        x = max(x0, min(x1, x + dx * times * STEP * (x1 - x0)))
        y = max(y0, min(y1, y + dy * times * STEP * (y1 - y0)))
        self._cross = (x, y)
        self._item.show_begun([*self._places, self._cross] if self._places else (), self._cross)

    def _set_corner(self) -> None:
        if self._cross is None:
            self._lead(0.0, 0.0, 0.0)
        elif self._places and self._places[-1] == self._cross:
            self._end()
        elif not self._rightwards or not self._places or self._cross[0] > self._places[-1][0]:
            self._places.append(self._cross)
            self._item.show_begun(self._places, self._cross)
