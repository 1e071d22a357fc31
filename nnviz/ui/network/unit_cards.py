"""The card of what is opened, and beside it the one of a unit that is kept for comparison; both can be enlarged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QMenu, QToolButton, QWidget

from nnviz.drawing.diagram_edges import EdgeId
from nnviz.drawing.theme import Theme
from nnviz.experiment.frame import Frame
from nnviz.session.commands import Change
from nnviz.session.glance import NUMBERS_S, Glance
from nnviz.ui.network.inspector_panel import InspectorPanel
from nnviz.ui.widgets.buttons import described_action, menu_button
from nnviz.ui.widgets.hideable import TeacherHideable

if TYPE_CHECKING:
    from nnviz.experiment.prepare import Prepared
    from nnviz.session.controller import Controller
    from nnviz.session.state import ExperimentState

FEWEST_DIGITS, MOST_DIGITS = 2, 6
GAP = 8


class UnitCards(TeacherHideable, QWidget):
    """One or two `InspectorPanel`, and the menu of what can be done to the card.

    Parameters
    ----------
    state : ExperimentState
    controller : Controller
    theme : Theme
    parent : QWidget or None

    Attributes
    ----------
    inspector : InspectorPanel
        Of what is selected.
    pinned : InspectorPanel or None
        Of what is kept; made when something is first.
    enlarge, pin : QAction
        Checkable.
    menu : QMenu
        Where those are, and whoever else has a use for the card may put more.
    button : QToolButton
        Opens it.
    digits : int
        Decimals of what a unit makes of the example.

    *Signals*

    enlarged(bool) : the card is to have most of the room, or its usual share.
    pinned_changed() : something is kept, or nothing any more.
    digits_changed(int) : other decimals.
    menu_wanted(object, QPoint) : `EdgeId`, where on the screen; what can be done to a weight that is listed.
    """

    enlarged = Signal(bool)
    pinned_changed = Signal()
    digits_changed = Signal(int)
    menu_wanted = Signal(object, QPoint)

    def __init__(
        self, state: ExperimentState, controller: Controller, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._state, self._controller, self._theme = state, controller, theme
        self._prepared: Prepared | None = None
        self._example: tuple[float, ...] | None = None
        self._glance = Glance(NUMBERS_S)
        self.digits = FEWEST_DIGITS
        self.inspector = InspectorPanel(state, controller, theme, parent=self)
        self._watch(self.inspector)
        self.pinned: InspectorPanel | None = None
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(GAP)
        self._row.addWidget(self.inspector, 1)
        self.menu = QMenu(self)
        self.menu.setToolTipsVisible(True)
        self._fill_menu()
        words = self.tr("Enlarge this card, keep the unit beside the next one, and choose how many digits are shown")
        self.button: QToolButton = menu_button(self.inspector, words, self.menu)
        self.button.setAccessibleName(self.tr("What this card shows"))
        self.inspector.add_tool(self.button)

    def _fill_menu(self) -> None:
        self.enlarge: QAction = described_action(
            self.tr("Enlarge"),
            self.tr("Let the card have most of the room, so that more weights are seen at once, or its usual share"),
            self,
            checkable=True,
        )
        self.enlarge.toggled.connect(self.enlarged)
        self.pin: QAction = described_action(
            self.tr("Keep beside the next one"),
            self.tr("Keep what is open here, and open what is clicked next beside it, to compare two units"),
            self,
            checkable=True,
        )
        self.pin.toggled.connect(self._on_pinned)
        self.menu.addActions([self.enlarge, self.pin])
        digits = self.menu.addMenu(self.tr("Digits for the example"))
        digits.setToolTipsVisible(True)
        self._digits = QActionGroup(self)
        for number in range(FEWEST_DIGITS, MOST_DIGITS + 1):
            words = self.tr("Write z and a, and the numbers in the units, with {0} digits behind the point")
            action = described_action(self.tr("{0} digits").format(number), words.format(number), self, checkable=True)
            action.setData(number)
            action.setChecked(number == self.digits)
            self._digits.addAction(action)
            digits.addAction(action)
        self._digits.triggered.connect(self._on_digits)
        self._state.applied.connect(self._on_applied)

    @property
    def panels(self) -> tuple[InspectorPanel, ...]:
        """The cards there are, whether or not they are seen."""
        return (self.inspector,) if self.pinned is None else (self.inspector, self.pinned)

    @property
    def is_pinned(self) -> bool:
        """Whether a unit or an edge is kept."""
        return self.pinned is not None and self.pinned.part is not None

    @property
    def usual_height(self) -> int:
        """The height of the card unless somebody moves its edge."""
        return self.inspector.usual_height

    def limit_height(self, most: float) -> None:
        """Be no higher than `most` pixels, if the rows can be used then."""
        for panel in self.panels:
            panel.limit_height(most)

    def show_prepared(self, prepared: Prepared) -> None:
        """Take names from new data."""
        self._prepared = prepared
        for panel in self.panels:
            panel.show_prepared(prepared)

    def show_frame(self, frame: Frame) -> None:
        """Follow a frame, in the cards that are open; what the network has no more is let go.

        Nobody reads every frame of a run that trains, but a number in the hand follows it.
        """
        lists = (numbers for panel in self.panels for numbers in (panel.incoming, panel.outgoing))
        if not (self._glance.is_worth(frame) or any(numbers.is_held for numbers in lists)):
            return
        if self.pinned is not None and self.pinned.part is not None:
            if self.pinned.exists_in(frame):
                self.pinned.show_frame(frame)
            else:
                self.unpin()
        if self.inspector.part is not None:
            self.inspector.show_frame(frame)

    def showEvent(self, event: QShowEvent) -> None:
        """Show the present moment: while a wall or a race lay over the network, no frame came here."""
        super().showEvent(event)
        frame = self._controller.frame
        if frame is not None:
            self._glance.forget()
            self.show_frame(frame)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another look."""
        self._theme = theme
        for panel in self.panels:
            panel.set_theme(theme)

    def set_digits(self, digits: int) -> None:
        """Write numbers of the example with so many decimals."""
        digits = min(max(digits, FEWEST_DIGITS), MOST_DIGITS)
        if digits != self.digits:
            self.digits = digits
            for action in self._digits.actions():
                action.setChecked(action.data() == digits)
            for panel in self.panels:
                panel.set_digits(digits)
            self.digits_changed.emit(digits)

    def set_example(self, values: tuple[float, ...] | None) -> None:
        """Have a row sent through the network while a card is open; None: none."""
        self.inspector.set_example(values)

    def unpin(self) -> None:
        """Keep nothing."""
        self.pin.setChecked(False)

    @Slot(object)
    def _on_applied(self, change: Change) -> None:
        if change.kind == "replace":
            # What was open is a unit of a network that is gone.
            self.unpin()
            self.inspector.closed.emit()

    @Slot(QAction)
    def _on_digits(self, action: QAction) -> None:
        self.set_digits(int(action.data()))

    @Slot(bool)
    def _on_pinned(self, wanted: bool) -> None:
        if wanted and self.inspector.part is None:
            self.pin.setChecked(False)
            return
        if wanted and self.pinned is None:
            self.pinned = InspectorPanel(self._state, self._controller, self._theme, name="pinned", parent=self)
            self.pinned.setAccessibleName(self.tr("Unit or weight that is kept"))
            self.pinned.closed.connect(self.unpin)
            self.pinned.set_digits(self.digits)
            self._watch(self.pinned)
            if self._prepared is not None:
                self.pinned.show_prepared(self._prepared)
            self._row.insertWidget(0, self.pinned, 1)
            self._turn()
        if self.pinned is not None:
            self.pinned.setVisible(wanted)
            self.pinned.show_part(self.inspector.part if wanted else None)
            self.pinned_changed.emit()

    def _watch(self, panel: InspectorPanel) -> None:
        for numbers in (panel.incoming, panel.outgoing):
            numbers.menu_wanted.connect(self._on_menu_wanted)

    @Slot(object, QPoint)
    def _on_menu_wanted(self, index: int, where: QPoint) -> None:
        frame = self._controller.frame
        edge = None if frame is None else frame.layout.weight_at(index)
        if edge is not None:
            self.menu_wanted.emit(EdgeId(*edge), where)

    def _turn(self) -> None:
        """Let two cards stand below each other where they are higher than wide."""
        is_high = self.height() > self.width()
        self._row.setDirection(QBoxLayout.Direction.TopToBottom if is_high else QBoxLayout.Direction.LeftToRight)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Turn with the room."""
        super().resizeEvent(event)
        self._turn()
