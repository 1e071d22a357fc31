"""The hand on the dots of the biases: pulled up, a bias grows; the whole window follows, and one drag is one step."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct
from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QMouseEvent
from PySide6.QtWidgets import QToolTip, QWidget

from nnviz.core.masks import FREE
from nnviz.core.numbers import number_text
from nnviz.drawing.diagram_masks import held_words
from nnviz.drawing.diagram_names import unit_name
from nnviz.experiment.frame import UnitId
from nnviz.experiment.subject import Network, network_of
from nnviz.session.commands import next_gesture
from nnviz.ui.widgets.help_text import plain_tooltip

if TYPE_CHECKING:
    from nnviz.session.controller import Controller
    from nnviz.ui.network.diagram_view import DiagramView

REACH = 5.0
"""How near to the middle of a dot the pointer has to be, at the least, in pixels."""
PIXELS = 60.0
"""So far the largest bias, or 1, is pulled."""
CLICK = 3.0
"""So far the pointer may stray before a click is a drag, in pixels."""


class _Drag(Struct, frozen=True):
    network: Network
    place: int
    start: float
    scale: float
    pressed: QPointF
    key: str


class BiasHand(QObject):
    """Takes the mouse where the dot of a bias is under it; a click opens the unit, as anywhere on it.

    Parameters
    ----------
    diagram : DiagramView
    controller : Controller
    gate : QWidget
        Where a teacher hides it, biases are not pulled either.
    """

    def __init__(self, diagram: DiagramView, controller: Controller, gate: QWidget) -> None:
        super().__init__(diagram)
        self._diagram, self._controller, self._gate = diagram, controller, gate
        self._was_over = False
        self._drag: _Drag | None = None
        self._unit: UnitId | None = None
        self._moved = False
        diagram.installEventFilter(self)

    @property
    def is_dragging(self) -> bool:
        """Whether a bias is in the hand."""
        return self._drag is not None

    def dot_at(self, position: QPointF) -> UnitId | None:
        """Return the unit whose dot is at a place of the diagram, in pixels."""
        frame = self._diagram.frame
        if frame is None or not frame.has_biases:
            return None
        geometry = self._diagram.geometry_
        columns = geometry.columns[1:]
        if not columns:
            return None
        point = self._diagram.viewport.to_picture(position)
        x, y = geometry.bias_places
        away = np.hypot(x - point.x(), y - point.y())
        nearest = int(np.argmin(away))
        if away[nearest] > max(REACH, 0.12 * geometry.unit_size):
            return None
        units = [(column.layer, unit) for column in columns for unit in column.units]
        return units[nearest]

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Take what is about a dot."""
        if self._gate.isHidden():
            return False
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            unit = self.dot_at(QPointF(event.pos()))
            if unit is not None:
                QToolTip.showText(event.globalPos(), plain_tooltip(self.help_for(unit)), self._diagram)
            return unit is not None
        if not isinstance(event, QMouseEvent):
            return False
        if event.type() == QEvent.Type.MouseMove and not event.buttons():
            # Let go over a dialog that came meanwhile, which is no click.
            self._unit = self._drag = None
        if event.type() == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton:
            self._press(event.position())
        elif event.type() == QEvent.Type.MouseMove and self._drag is not None:
            self._move(event.position())
            return True
        elif event.type() == QEvent.Type.MouseMove and not event.buttons():
            self._point(event.position())
        elif event.type() == QEvent.Type.MouseButtonRelease and self._unit is not None:
            return self._release()
        # A press on a dot is a click on its unit until it moves.
        return event.type() == QEvent.Type.MouseButtonPress and self._unit is not None

    def help_for(self, unit: UnitId) -> str:
        """Return what the tooltip of a dot says."""
        frame = self._diagram.frame
        assert frame is not None
        place = frame.layout.bias_index(*unit)
        value = number_text(float(frame.parameters[place]), 3)
        held = held_words(int(frame.masks.codes[place]), value) if frame.masks else ()
        name = unit_name(self._diagram.shape_, unit)
        if held:
            return self.tr("Bias of {0}: {1}; {2}").format(name, value, held[0])
        words = self.tr("Bias of {0}: {1}, which is added to the sum of its inputs; drag the dot up or down")
        return words.format(name, value)

    def _press(self, position: QPointF) -> None:
        frame, unit = self._diagram.frame, self.dot_at(position)
        if frame is None or unit is None or self._diagram.badge_at(position) is not None:
            return
        self._unit, self._drag, self._moved = unit, None, False
        place = frame.layout.bias_index(*unit)
        if not frame.is_live or (frame.masks and frame.masks.codes[place] != FREE):
            return
        start = self._controller.present_parameters(network_of(frame), [place]).get(place)
        if start is None:
            return
        largest = max(float(np.abs(part).max(initial=0.0)) for part in frame.layout.biases(frame.parameters))
        scale = max(largest if math.isfinite(largest) else 1.0, 1.0) / PIXELS
        self._drag = _Drag(network_of(frame), place, start, scale, position, next_gesture())

    def _move(self, position: QPointF) -> None:
        drag, frame = self._drag, self._diagram.frame
        if drag is not None and (frame is None or network_of(frame) != drag.network):
            # Its network has gone from under the mouse.
            drag = self._unit = self._drag = None
        if drag is None or (not self._moved and abs(position.y() - drag.pressed.y()) <= CLICK):
            return
        self._moved = True
        self._diagram.setCursor(Qt.CursorShape.SizeVerCursor)
        value = drag.start + (drag.pressed.y() - position.y()) * drag.scale
        if abs(value) < 0.5 * drag.scale:
            # Near zero it snaps, so that a bias can be switched off by hand.
            value = 0.0
        self._controller.edit_parameters({drag.place: value}, self.tr("change bias"), drag.key)

    def _release(self) -> bool:
        unit, self._unit, self._drag = self._unit, None, None
        if not self._moved:
            self._diagram.select(None if unit == self._diagram.selected else unit)
        return True

    def _point(self, position: QPointF) -> None:
        """Say by the pointer that the dot can be pulled; what else is there says so itself."""
        is_over = self.dot_at(position) is not None
        if is_over:
            self._diagram.setCursor(Qt.CursorShape.SizeVerCursor)
        elif self._was_over:
            is_empty = self._diagram.part_at(position) is None
            self._diagram.setCursor(Qt.CursorShape.ArrowCursor if is_empty else Qt.CursorShape.PointingHandCursor)
        self._was_over = is_over
