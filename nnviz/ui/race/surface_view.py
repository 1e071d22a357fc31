"""The loss surface with the trails on it, from above or as a relief that can be turned."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnviz.core.landscape import Surface
from nnviz.drawing.fonts import ui_font
from nnviz.drawing.landscape import (
    TILT,
    TURN,
    DrawnTrail,
    Heights,
    Landscape,
    paint_contour_trails,
    paint_contours,
    paint_relief,
    paint_relief_trails,
)
from nnviz.drawing.theme import Theme
from nnviz.ui.widgets.keyboard import BY_KEYBOARD

#: Degrees by which a key turns a relief, and by which a pixel of a drag does.
KEY_TURN, DRAG_TURN = 6.0, 0.4
LEAST_TILT, MOST_TILT = 12.0, 85.0
_KEYS = {
    Qt.Key.Key_Left: (-KEY_TURN, 0.0),
    Qt.Key.Key_Right: (KEY_TURN, 0.0),
    Qt.Key.Key_Up: (0.0, KEY_TURN),
    Qt.Key.Key_Down: (0.0, -KEY_TURN),
}


class SurfaceView(QWidget):
    """Paints the surface once, and the trails whenever they are longer.

    Attributes
    ----------
    is_relief : bool
    turn, tilt : float
        Where a relief is seen from, in degrees.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._landscape: Landscape | None = None
        self._ground: QPixmap | None = None
        self._dragged: QPointF | None = None
        self._has_ring = False
        self.is_relief = False
        self.turn, self.tilt = TURN, TILT
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(220, 160)
        self.setAccessibleName(self.tr("Loss surface with the trails of all runs"))
        self._explain()

    def _explain(self) -> None:
        words = self.tr(
            "Each point of this plane is a whole network, its shade the training loss that it has; a trail is the way "
            "of one optimiser, from the ring to its sign"
        )
        turning = self.tr("drag, or press the arrow keys, to look from another side; a double click turns it back")
        self.setToolTip(f"{words}; {turning}" if self.is_relief else words)

    def show_surface(self, surface: Surface | None, x_label: str, y_label: str) -> None:
        """Show another surface, or none yet."""
        self._ground = None
        if surface is None:
            self._landscape = None
        else:
            trails = self._landscape.trails if self._landscape is not None else ()
            self._landscape = Landscape(surface, Heights(surface), trails, x_label, y_label)
        self.update()

    def show_trails(self, trails: Sequence[DrawnTrail]) -> None:
        """Show how far all have come."""
        if self._landscape is not None:
            self._landscape = replace(self._landscape, trails=tuple(trails))
            self.update()

    def set_relief(self, relief: bool) -> None:
        """Show a relief, or contour lines."""
        if relief != self.is_relief:
            self.is_relief = relief
            self._explain()
            self._renew()

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self._theme = theme
        self._renew()

    def look_from(self, turn: float, tilt: float) -> None:
        """Look at a relief from elsewhere."""
        self.turn, self.tilt = turn % 360.0, min(max(tilt, LEAST_TILT), MOST_TILT)
        self._renew()

    def _renew(self) -> None:
        self._ground = None
        self.update()

    # -- painting -----------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint ground and trails."""
        room = QRectF(self.rect())
        with QPainter(self) as painter:
            painter.setFont(ui_font(self._theme.small_font_size))
            landscape = self._landscape
            if landscape is None:
                painter.setPen(self._theme.colour("quiet"))
                words = self.tr("The surface is being computed.")
                painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, words)
            else:
                painter.drawPixmap(0, 0, self._painted_ground(landscape, room))
                if self.is_relief:
                    paint_relief_trails(painter, room, landscape, self._theme, self.turn, self.tilt)
                else:
                    paint_contour_trails(painter, room, landscape, self._theme)
            if self._has_ring:
                painter.setPen(QPen(self._theme.colour("positive"), 1.5))
                painter.drawRect(room.adjusted(1.0, 1.0, -1.0, -1.0))

    def _painted_ground(self, landscape: Landscape, room: QRectF) -> QPixmap:
        ratio = self.devicePixelRatioF()
        if self._ground is None or self._ground.size() != self.size() * ratio:
            ground = QPixmap(self.size() * ratio)
            ground.setDevicePixelRatio(ratio)
            ground.fill(Qt.GlobalColor.transparent)
            with QPainter(ground) as painter:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setFont(ui_font(self._theme.small_font_size))
                if self.is_relief:
                    paint_relief(painter, room, landscape, self._theme, self.turn, self.tilt)
                else:
                    paint_contours(painter, room, landscape, self._theme)
            self._ground = ground
        return self._ground

    # -- looking round ------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of a relief."""
        if self.is_relief and event.button() == Qt.MouseButton.LeftButton:
            self._dragged = event.position()
            event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Turn it with the mouse."""
        if self._dragged is not None:
            moved, self._dragged = event.position() - self._dragged, event.position()
            self.look_from(self.turn + DRAG_TURN * moved.x(), self.tilt + DRAG_TURN * moved.y())

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Let go."""
        self._dragged = None

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        """Look from where it was seen at first."""
        if self.is_relief:
            self.look_from(TURN, TILT)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Turn a relief by the arrow keys."""
        step = _KEYS.get(Qt.Key(event.key()))
        if self.is_relief and step is not None:
            self.look_from(self.turn + step[0], self.tilt + step[1])
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keys go."""
        super().focusInEvent(event)
        self._has_ring = event.reason() in BY_KEYBOARD
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that they go elsewhere."""
        super().focusOutEvent(event)
        self._has_ring = False
        self.update()
