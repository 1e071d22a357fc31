"""What can be done to a unit or an edge: the menu of a right click, of the menu key and of the opened card.

An edge is also dragged up and down, which makes its weight larger or smaller.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, Slot
from PySide6.QtGui import QContextMenuEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QLineEdit, QMenu, QToolButton, QWidget, QWidgetAction

from nnviz.core.errors import SettingError
from nnviz.core.masks import CUT, PINNED, Mask
from nnviz.core.number_entry import parse_number
from nnviz.core.numbers import number_text
from nnviz.core.surgery import Operation, OperationKind
from nnviz.drawing.diagram_edges import EdgeId
from nnviz.drawing.diagram_names import edge_title, unit_name, unit_title
from nnviz.experiment.frame import Frame, UnitId
from nnviz.experiment.subject import Network, network_of
from nnviz.session.commands import next_gesture
from nnviz.session.controller import Controller
from nnviz.session.state import ExperimentState
from nnviz.session.surgery import Surgeon
from nnviz.ui.network.diagram_view import DiagramView
from nnviz.ui.network.part_menu import Call, LookMenu, add_entry
from nnviz.ui.widgets.buttons import flat_button

#: Units that one can be swapped with, in the menu.
MOST_PARTNERS = 24
#: Pixels of a drag for as much weight as the network's largest.
DRAG_PX = 120.0
_LARGEST_WEIGHT = 1e6


class SurgeryMenu(QObject):
    """Opens the menu of a unit or an edge of the diagram, and drags edges.

    Parameters
    ----------
    state : ExperimentState
    controller : Controller
    diagram : DiagramView
        Whose right clicks, menu key and drags it answers.
    parent : QWidget

    Attributes
    ----------
    surgeon : Surgeon
    look : LookMenu
        The entries that change nothing.
    """

    def __init__(self, state: ExperimentState, controller: Controller, diagram: DiagramView, parent: QWidget) -> None:
        super().__init__(parent)
        self._controller, self._diagram = controller, diagram
        self.surgeon, self.look = Surgeon(state, controller, self), LookMenu(self)
        words = self.tr("Mute, freeze, cut, clone, swap: what can be done to this unit or weight, each one undo step")
        self.button: QToolButton = flat_button(parent, self.tr("Change ▾"), words, name=self.tr("Change this part"))
        self.button.clicked.connect(self._on_button_clicked)
        self._menu: QMenu | None = None
        self._pressed: tuple[EdgeId, QPointF, Network] | None = None
        self._drag: tuple[str, float, float] | None = None
        diagram.installEventFilter(self)

    # Where it opens

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Answer the diagram's right clicks, menu key and drags of edges."""
        if self.button.isHidden():
            # A teacher hides it all.
            return False
        if isinstance(event, QContextMenuEvent):
            return self._open_for(event)
        if isinstance(event, QMouseEvent):
            return self._on_mouse(event)
        return super().eventFilter(watched, event)

    def _open_for(self, event: QContextMenuEvent) -> bool:
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            part: object = self._diagram.focus or self._diagram.selected
            rect = self._diagram.geometry_.unit_rect(part) if isinstance(part, tuple) and self._diagram.frame else None
            place = rect.center().toPoint() if rect is not None else self._diagram.rect().center()
            where = self._diagram.mapToGlobal(place)
        else:
            part, where = self._diagram.part_at(QPointF(event.pos())), event.globalPos()
        return self.open(part, where)

    def open(self, part: object, where: QPoint) -> bool:
        """Open the menu of a unit or an edge; return whether there is one."""
        menu = self.menu_of(part)
        if menu is None:
            return False
        menu.popup(where)
        return True

    @Slot(object, QPoint)
    def open_row(self, edge: EdgeId, where: QPoint) -> None:
        """Open the menu of a weight that a card lists, unless a teacher hides it all."""
        if not self.button.isHidden():
            self.open(edge, where)

    @Slot()
    def _on_button_clicked(self) -> None:
        self.open(self._diagram.selected, self.button.mapToGlobal(self.button.rect().bottomLeft()))

    @property
    def _drawn(self) -> Frame | None:
        """The present frame; None where the diagram, which says what is pointed at, still shows another network."""
        frame, shown = self._controller.frame, self._diagram.frame
        return frame if frame is not None and shown is not None and network_of(frame) == network_of(shown) else None

    def menu_of(self, part: object) -> QMenu | None:
        """Return the menu of a unit or an edge, None where there is nothing to be done."""
        frame = self._drawn
        if frame is None or not isinstance(part, tuple | EdgeId):
            return None
        if self._menu is not None:
            self._menu.deleteLater()
        self.surgeon.run_id = frame.run_id
        menu = self._menu = QMenu(self._diagram)
        menu.setToolTipsVisible(True)
        if isinstance(part, EdgeId):
            self._fill_edge(menu, frame, part)
        else:
            self._fill_unit(menu, frame, part)
        return menu

    # What is in it

    def _add_mask(self, menu: QMenu, text: str, help_: str, mask: Mask, *, is_on: bool, step: tuple[str, str]) -> None:
        """Add an entry that puts a mask on where it is off, and takes it away where it is on."""
        surgeon = self.surgeon

        def switch() -> None:
            if is_on:
                surgeon.release(mask, step[1])
            else:
                surgeon.mask(mask, step[0])

        add_entry(menu, text, help_, switch, checked=is_on)

    def _add_operation(self, menu: QMenu, text: str, help_: str, operation: Operation, step: str) -> None:
        surgeon = self.surgeon
        add_entry(menu, text, help_, lambda: surgeon.operate(operation, step), can=surgeon.can(operation))

    def _title(self, menu: QMenu, text: str) -> None:
        title = menu.addAction(text)
        title.setEnabled(False)
        menu.addSeparator()

    def _fill_edge(self, menu: QMenu, frame: Frame, edge: EdgeId) -> None:
        layer, unit, source = edge.layer, edge.unit, edge.source
        place = frame.layout.weight_index(layer, unit, source)
        value = float(frame.parameters[place])
        code = int(frame.masks.codes[place]) if frame.masks else 0
        shape = self._diagram.shape_
        self._title(menu, self.tr("Weight {0}").format(edge_title(shape, edge)))
        self._add_mask(
            menu,
            self.tr("Cut"),
            self.tr("Take the connection away: the weight is 0 and stays so until it is joined again"),
            Mask("cut", layer, unit, source),
            is_on=code == CUT,
            step=(self.tr("cut weight"), self.tr("join weight")),
        )
        self._add_mask(
            menu,
            self.tr("Pinned to {0}").format(number_text(value, 3)),
            self.tr("Hold the weight at its present value: training leaves it alone"),
            Mask("pinned", layer, unit, source, value),
            is_on=code == PINNED,
            step=(self.tr("pin weight"), self.tr("release weight")),
        )
        menu.addAction(self._entry(menu, Mask("pinned", layer, unit, source, value)))
        self.look.fill_edge(menu, edge)

    def _entry(self, menu: QMenu, mask: Mask) -> QWidgetAction:
        """Return a line of the menu in which a value to pin to is typed."""
        row = QWidget(menu)
        line = QHBoxLayout(row)
        line.setContentsMargins(26, 2, 10, 4)
        label, field = QLabel(self.tr("Pin to"), row), QLineEdit(row)
        label.setBuddy(field)
        field.setText(number_text(float(mask.value or 0.0), 3))
        words = self.tr("A number that the weight is to have from now on, such as 0.5 or −1/3; Enter pins it")
        field.setToolTip(words)
        field.setAccessibleName(self.tr("Pin to"))
        # Arrow keys that come to the line come to the field; what is typed stands for what was there.
        row.setFocusProxy(field)
        row.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        field.selectAll()
        line.addWidget(label)
        line.addWidget(field, 1)
        entry = QWidgetAction(menu)
        entry.setDefaultWidget(row)

        def pin() -> None:
            try:
                value = float(parse_number(field.text(), largest=_LARGEST_WEIGHT))
            except SettingError as error:
                self._controller.message.emit("error", str(error))
                return
            menu.close()
            self.surgeon.mask(Mask("pinned", mask.layer, mask.unit, mask.source, value), self.tr("pin weight"))

        field.returnPressed.connect(Call(pin, entry).run)
        return entry

    def _fill_unit(self, menu: QMenu, frame: Frame, unit: UnitId) -> None:
        layer, index = unit
        is_hidden = 0 < layer < frame.layout.n_layers
        shape = self._diagram.shape_
        self._title(menu, unit_title(shape, unit))
        if layer:
            self._fill_masks(menu, frame, unit, is_hidden=is_hidden)
        if is_hidden:
            menu.addSeparator()
            self._fill_shape(menu, layer, index)
            menu.addSeparator()
            self._fill_weights(menu, frame, unit)
        elif layer:
            self._add_draw(menu, unit)
        if layer:
            self.look.fill_unit(menu, unit, is_hidden=is_hidden)
        menu.addSeparator()
        self._fill_layer(menu.addMenu(self.tr("Layer")), frame, layer)

    def _fill_masks(self, menu: QMenu, frame: Frame, unit: UnitId, *, is_hidden: bool) -> None:
        masks = frame.masks
        if is_hidden:
            self._add_mask(
                menu,
                self.tr("Muted"),
                self.tr("Let the unit answer 0 whatever it is given: what the network does without it"),
                Mask("muted", *unit),
                is_on=bool(masks) and masks is not None and masks.is_muted(*unit),
                step=(self.tr("mute unit"), self.tr("let unit speak")),
            )
        by_layer = masks is not None and masks.is_frozen(unit[0])
        self._add_mask(
            menu,
            self.tr("Frozen"),
            self.tr("Let training leave all weights that lead into this unit, and its bias, as they are"),
            Mask("frozen", unit[0]) if by_layer else Mask("frozen", *unit),
            is_on=masks is not None and masks.is_frozen(*unit),
            step=(self.tr("freeze unit"), self.tr("thaw layer") if by_layer else self.tr("thaw unit")),
        )

    def _fill_shape(self, menu: QMenu, layer: int, index: int) -> None:
        entries: tuple[tuple[OperationKind, str, str, str], ...] = (
            (
                "clone",
                self.tr("Clone"),
                self.tr("Put a second unit like this one beside it; each is heard half, so that no answer changes"),
                self.tr("clone unit"),
            ),
            (
                "add",
                self.tr("Add a unit to this layer"),
                self.tr("A new unit that nobody hears yet: no answer changes, and training finds out what it is for"),
                self.tr("add unit"),
            ),
            (
                "remove",
                self.tr("Remove"),
                self.tr("Take this unit out; the others stay as they are and go on learning"),
                self.tr("remove unit"),
            ),
        )
        for kind, text, help_, step in entries:
            self._add_operation(menu, text, help_, Operation(kind, layer, index), step)

    def _fill_weights(self, menu: QMenu, frame: Frame, unit: UnitId) -> None:
        (layer, index), surgeon = unit, self.surgeon
        partners = menu.addMenu(self.tr("Swap with"))
        partners.setToolTipsVisible(True)
        help_ = self.tr("Let the two units change places with all their weights: no answer changes (symmetry)")
        others = [other for other in range(frame.layout.sizes[layer]) if other != index]
        near = sorted(sorted(others, key=lambda other: abs(other - index))[:MOST_PARTNERS])
        for other in near:
            name = unit_name(self._diagram.shape_, (layer, other))
            add_entry(partners, name, help_, _partial(surgeon.swap, layer, index, other))
        partners.setEnabled(bool(near))
        add_entry(
            menu,
            self.tr("Negate"),
            self.tr("Turn all signs of its weights: with tanh, sine, sigmoid or no activation no answer changes"),
            lambda: surgeon.negate(layer, index),
        )
        self._add_draw(menu, unit)

    def _add_draw(self, menu: QMenu, unit: UnitId) -> None:
        surgeon = self.surgeon
        help_ = self.tr("Draw the unit's weights anew, as at the beginning; the others keep what they have learnt")
        add_entry(menu, self.tr("Re-initialise"), help_, lambda: surgeon.draw(*unit))

    def _fill_layer(self, menu: QMenu, frame: Frame, layer: int) -> None:
        menu.setToolTipsVisible(True)
        if layer:
            self._add_mask(
                menu,
                self.tr("Frozen"),
                self.tr("Let training leave all weights that lead into this layer, and its biases, as they are"),
                Mask("frozen", layer),
                is_on=frame.masks is not None and frame.masks.is_frozen(layer),
                step=(self.tr("freeze layer"), self.tr("thaw layer")),
            )
        if layer < frame.layout.n_layers:
            self._add_operation(
                menu,
                self.tr("Insert an identity layer behind it"),
                self.tr("A linear layer that passes on what it is given: no answer changes until training bends it"),
                Operation("insert_layer", layer + 1),
                self.tr("insert identity layer"),
            )
        if 0 < layer < frame.layout.n_layers:
            self._add_operation(
                menu,
                self.tr("Remove this layer"),
                self.tr("What the layer did to the sums behind it stays, but without its bend"),
                Operation("remove_layer", layer),
                self.tr("remove hidden layer"),
            )

    # Dragging an edge

    def _on_mouse(self, event: QMouseEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton:
            part = self._diagram.part_at(event.position())
            self._pressed = self._drag = None
            if isinstance(part, EdgeId) and self._drawn is not None:
                self._pressed = part, event.position(), network_of(self._drawn)
        elif kind == QEvent.Type.MouseButtonRelease or not event.buttons():
            # Perhaps it was let go over a dialog that came meanwhile.
            self._pressed = self._drag = None
        elif kind == QEvent.Type.MouseMove and self._pressed is not None:
            return self._drag_edge(*self._pressed, event.position())
        return False

    def _drag_edge(self, edge: EdgeId, start: QPointF, network: Network, now: QPointF) -> bool:
        """Let a weight follow the mouse up and down; return whether it does."""
        frame = self._drawn
        if frame is None or network_of(frame) != network:
            # Its network has gone from under the mouse.
            self._pressed = self._drag = None
            return False
        self.surgeon.run_id = frame.run_id
        place = frame.layout.weight_index(edge.layer, edge.unit, edge.source)
        if self._drag is None:
            if (now - start).manhattanLength() < QApplication.startDragDistance():
                return True
            value = float(frame.parameters[place])
            scale = max(float(np.max(np.abs(frame.parameters[frame.layout.is_weight]), initial=0.0)), 0.5)
            self._drag = next_gesture(), value, scale
            if self._diagram.selected != edge:
                self._diagram.select(edge)
        gesture, value, scale = self._drag
        wanted = value + scale * (start.y() - now.y()) / DRAG_PX
        if frame.masks and frame.masks.codes[place] == PINNED:
            mask = Mask("pinned", edge.layer, edge.unit, edge.source, wanted)
            self.surgeon.mask(mask, self.tr("pin weight"), gesture)
        else:
            self.surgeon.note(self.tr("change weight"), gesture)
            self._controller.edit_parameters({place: wanted}, self.tr("change weight"), gesture)
        return True


def _partial(do: Callable[[int, int, int], None], *given: int) -> Callable[[], None]:
    return lambda: do(*given)
