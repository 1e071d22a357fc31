"""The middle of the window: the network diagram with the inspector or the *Try an input* card below it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QMenu, QSplitter, QToolButton, QVBoxLayout, QWidget

from nnviz.drawing.diagram import EdgeId
from nnviz.drawing.theme import Theme
from nnviz.experiment import Prepared
from nnviz.experiment.frame import Frame, UnitId
from nnviz.session.controller import Controller
from nnviz.session.state import ExperimentState
from nnviz.ui.network.bias_hand import BiasHand
from nnviz.ui.network.diagram_view import DiagramView
from nnviz.ui.network.importance_watch import ImportanceWatch
from nnviz.ui.network.probe_panel import ProbePanel
from nnviz.ui.network.shape_hand import ShapeHand
from nnviz.ui.network.surgery_menu import SurgeryMenu
from nnviz.ui.network.unit_cards import UnitCards
from nnviz.ui.plots.plot_menu import PlotMenu
from nnviz.ui.widgets.buttons import FoldingButton
from nnviz.ui.widgets.hideable import Hideable, hideable_button
from nnviz.ui.widgets.view_header import ViewHeader

if TYPE_CHECKING:
    from nnviz.export.plots import Figure
    from nnviz.ui.network.unit_panel import UnitPanel

DWELL_MS = 130
"""How long the mouse rests on a unit, or beside it, before that is told: crossing the diagram changes nothing."""
LEAST_PICTURE = (640, 480)
"""The least that a saved picture of a network measures, in device-independent pixels."""
CARD_SHARE, LARGE_SHARE = 0.46, 0.74
"""Share of the height that a card below the network takes at the most, and when it is enlarged."""


class DiagramArea(QFrame):
    """Diagram, inspector and probe: a click on a unit or an edge opens it below.

    Parameters
    ----------
    state : ExperimentState
    controller : Controller
    try_input : QAction
        Checkable; opens the card of an input that is tried.
    worked : QAction
        Checkable; opens worked arithmetic.
    fit_network : QAction
        Shows the whole network again.
    theme : Theme
    parent : QWidget or None

    Signals
    -------
    unit_selected : object
        (layer, unit), or None when the selection is gone.
    unit_hovered : object
        (layer, unit) that the mouse rests on, or None once it has left.
    """

    unit_selected = Signal(object)
    unit_hovered = Signal(object)

    def __init__(
        self,
        state: ExperimentState,
        controller: Controller,
        try_input: QAction,
        worked: QAction,
        fit_network: QAction,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "canvas")
        self.header = ViewHeader(self.tr("Network"), self)
        self.header.info.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._explain(has_bars=False)
        self.probe_button = self._add_tool(try_input, FoldingButton(self.header))
        # There is seldom room for the words of two.
        self.worked_button = self._add_tool(worked, QToolButton(self.header))
        self.worked_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self.fit_button = self.header.add_button(
            self.tr("fit"),
            self.tr("Show the whole network again (Shift+F); Ctrl and the wheel or pinching zooms, dragging moves it"),
        )
        self._on_zoomed(False)
        self.diagram = DiagramView(state, controller, theme, self)
        menu = QMenu(self)
        self.menu_button = self.header.add_menu(menu, self.tr("Save or copy the network diagram and its weights"))
        self.exports = PlotMenu(menu, self.diagram, self.figure, controller.message.emit)
        self.cards = UnitCards(state, controller, theme, self)
        self.inspector = self.cards.inspector
        self._panel: UnitPanel | None = None
        self.probe = ProbePanel(state, controller, theme, self)
        self._open_up(state, controller, menu)
        for card in (self.cards, self.inspector, self.probe):
            card.hide()
        self._try_input = try_input
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 8, 14, 10)
        column.setSpacing(6)
        column.addWidget(self.header)
        self.splitter = QSplitter(Qt.Orientation.Vertical, self)
        self.splitter.setChildrenCollapsible(False)
        for part in (self.diagram, self.cards, self.probe):
            self.splitter.addWidget(part)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.splitterMoved.connect(self._on_splitter_moved)
        column.addWidget(self.splitter, 1)
        self._card_height = 0
        self._controller, self._theme = controller, theme
        self._resting: UnitId | None = None
        self._told: UnitId | None = None
        self._dwell_timer = QTimer(self)
        self._dwell_timer.setObjectName("dwell on a unit of the network diagram")
        self._dwell_timer.setSingleShot(True)
        self._dwell_timer.setInterval(DWELL_MS)
        self._dwell_timer.timeout.connect(self._on_dwelt)
        self._connect()
        fit_network.triggered.connect(self.diagram.fit)
        try_input.toggled.connect(self._on_try_input)

    def _add_tool(self, action: QAction, button: QToolButton) -> QToolButton:
        """Put a button for an action above the network."""
        button.setDefaultAction(action)
        button.setProperty("role", "flat")
        button.setAccessibleName(action.text().replace("&", ""))
        self.header.add_widget(button)
        return button

    def _open_up(self, state: ExperimentState, controller: Controller, menu: QMenu) -> None:
        """Let units be measured and operated on."""
        self.importance = ImportanceWatch(controller, self.diagram, self)
        menu.addSeparator()
        menu.addAction(self.importance.action)
        self.surgery = SurgeryMenu(state, controller, self.diagram, self.inspector)
        self.inspector.add_tool(self.surgery.button, "▾")
        self.bias_hand = BiasHand(self.diagram, controller, self.surgery.button)
        self.shape_hand = ShapeHand(state, self.diagram)

    def _connect(self) -> None:
        self.fit_button.clicked.connect(self.diagram.fit)
        self.diagram.zoomed.connect(self._on_zoomed)
        self.diagram.hovered.connect(self._on_hovered)
        self.diagram.unit_selected.connect(self._on_unit_selected)
        self.diagram.edge_selected.connect(self._on_edge_selected)
        self.inspector.closed.connect(self._on_inspector_closed)
        self.inspector.unit_wanted.connect(self.diagram.select)
        self.cards.enlarged.connect(self._divide)
        self.cards.pinned_changed.connect(self._show_cards)
        self.cards.digits_changed.connect(self.diagram.set_digits)
        self.cards.menu_wanted.connect(self.surgery.open_row)
        self.probe.closed.connect(self._on_probe_closed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Divide a low window between the network and the card below it."""
        super().resizeEvent(event)
        for card in (self.cards, self.probe):
            card.limit_height(CARD_SHARE * self.height())
        self._divide()

    @property
    def _below(self) -> tuple[UnitCards | ProbePanel, ...]:
        """The cards whose place is below the network."""
        return (self.cards, self.probe) if self._panel is None else (self.probe,)

    @Slot()
    def _divide(self) -> None:
        """Give an open card the height that the user has given one, else the usual one, or most of all."""
        for card in self._below:
            if not card.isHidden():
                height = self._card_height or card.usual_height
                if card is self.cards and self.cards.enlarge.isChecked():
                    height = max(height, round(LARGE_SHARE * self.splitter.height()))
                rest = max(self.splitter.height() - height - self.splitter.handleWidth(), 0)
                self.splitter.setSizes([rest, *(height if each is card else 0 for each in self._below)])

    @Slot()
    def _on_splitter_moved(self) -> None:
        self.cards.enlarge.setChecked(False)
        self._card_height = max(card.height() for card in self._below if not card.isHidden())

    def set_panel(self, panel: UnitPanel | None) -> None:
        """Have the card of what is opened in a panel of its own, or below the network."""
        if panel is self._panel:
            return
        self._panel = panel
        if panel is not None:
            panel.take(self.cards)
        else:
            self.splitter.insertWidget(1, self.cards)
        self.cards.enlarge.setVisible(panel is None)
        self._show_cards()

    @Slot(object)
    def _on_unit_selected(self, unit: UnitId | None) -> None:
        self._open_selected()
        self.unit_selected.emit(unit)

    @Slot(object)
    def _on_edge_selected(self, _edge: EdgeId | None) -> None:
        self._open_selected()

    def _open_selected(self) -> None:
        self.inspector.show_part(self.diagram.selected)
        self._show_cards()

    @Slot()
    def _show_cards(self) -> None:
        """Show what is selected, else the example that is tried: it stays in force while the other card covers it."""
        is_selected = self.diagram.selected is not None
        is_open = is_selected or self.cards.is_pinned
        is_covered = is_open and self._panel is None
        wanted = (
            (self.inspector, is_selected),
            (self.cards, is_open),
            (self.probe, self._try_input.isChecked() and not is_covered),
        )
        if self._panel is not None:
            self._panel.show_open(is_open)
        focus = QApplication.focusWidget()
        before = [card.isHidden() for card, _ in wanted]
        for card, visible in wanted:
            if not visible and focus is not None and card.isAncestorOf(focus):
                # Hidden, it would hand the keyboard to whatever comes next.
                self.window().setFocus()
            card.setVisible(visible)
        if before != [card.isHidden() for card, _ in wanted]:
            self._divide()

    @Slot()
    def _on_inspector_closed(self) -> None:
        had_focus = self.inspector.isAncestorOf(self.focusWidget()) if self.focusWidget() is not None else False
        self.diagram.select(None)
        if had_focus:
            # Where the keyboard came from; a hidden card would hand it to whatever comes next.
            self.diagram.setFocus(Qt.FocusReason.MouseFocusReason)

    @Slot(object)
    def _on_hovered(self, part: UnitId | EdgeId | None) -> None:
        self._resting = part if isinstance(part, tuple) else None
        self._dwell_timer.start()

    @Slot()
    def _on_dwelt(self) -> None:
        if self._resting != self._told:
            self._told = self._resting
            self.unit_hovered.emit(self._told)

    @property
    def is_dwelling(self) -> bool:
        """Whether the mouse has moved so lately that what it rests on is still to be told."""
        return self._dwell_timer.isActive()

    @Slot(bool)
    @Slot(bool)
    def _on_zoomed(self, is_zoomed: bool) -> None:
        """Offer the way back to the whole network while only a part of it is on show."""
        self.fit_button.setEnabled(is_zoomed)
        self.fit_button.setVisible(is_zoomed)

    def _on_try_input(self, wanted: bool) -> None:
        if not wanted and self.probe.isHidden() and self.cards.is_wanted:
            # It is covered: who asks for it wants to see it.
            self._try_input.setChecked(True)
            return
        if self._panel is None:
            self.cards.unpin()
            self.diagram.select(None)
        self.probe.set_active(wanted)
        self._show_cards()
        if wanted:
            # What is typed now is a number.
            self.probe.fields.setFocus(Qt.FocusReason.OtherFocusReason)

    def close_card(self) -> bool:
        """Close the card that is open below the diagram; return whether there was one."""
        if self.diagram.selected is not None:
            self.diagram.select(None)
        elif self.cards.is_pinned:
            self.cards.unpin()
        elif self._try_input.isChecked():
            self._try_input.setChecked(False)
        else:
            return False
        return True

    @Slot()
    def _on_probe_closed(self) -> None:
        self._try_input.setChecked(False)

    def show_frame(self, frame: Frame) -> None:
        """Hand a frame to the diagram and to the card that is open."""
        self.diagram.show_frame(frame)
        self.importance.show_frame(frame)
        self._explain(has_bars=frame.class_means is not None)
        if self.cards.isVisibleTo(self.cards.window()):
            self.cards.show_frame(frame)
        if self.probe.isVisibleTo(self):
            self.probe.show_frame(frame)

    def _explain(self, *, has_bars: bool) -> None:
        """Say in the line above the network what can be done, and what is seen where that is not plain."""
        if has_bars:
            text = self.tr("bars: a unit's mean value for each class · click a unit or an edge to open it")
            short = self.tr("bars: mean value for each class")
        else:
            text, short = self.tr("click a unit or an edge to open it"), self.tr("click a unit")
        if text != self.header.info.text():
            self.header.info.setText(text, short)

    def show_prepared(self, prepared: Prepared) -> None:
        """Take over names of inputs and classes; a selected unit may no longer exist."""
        self.diagram.show_prepared(prepared)
        self.cards.show_prepared(prepared)
        self.probe.show_prepared(prepared)

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self._theme = theme
        for panel in (self.diagram, self.cards, self.probe):
            panel.set_theme(theme)
        self._divide()

    def figure(self) -> Figure | None:
        """Return the present network as a picture to be saved, None before the first frame."""
        from nnviz.export.plots import network_figure

        frame, prepared = self._controller.frame, self._controller.shown_prepared
        if frame is None or prepared is None:
            return None
        size = (max(LEAST_PICTURE[0], self.diagram.width()), max(LEAST_PICTURE[1], self.diagram.height()))
        return network_figure(frame, prepared, self._theme, size)

    @Slot(bool)
    def set_bare(self, bare: bool) -> None:
        """Leave only the network, for an audience, or bring back what changes it."""
        self.header.setHidden(bare)
        self.diagram.set_editable(not bare)

    def hideable_parts(self) -> Iterator[Hideable]:
        """Yield what a teacher can hide."""
        group = self.tr("Network")
        yield Hideable("network.header", group, self.tr("the line above the network"), (self.header,))
        tools = (("try_input", self.probe_button), ("worked", self.worked_button))
        for name, button in (*tools, ("fit", self.fit_button), ("more", self.menu_button)):
            yield hideable_button(f"network.{name}", group, button)
        yield Hideable("network.diagram", group, self.tr("the diagram"), (self.diagram,))
        yield Hideable(
            "network.surgery", group, self.tr("what can be done to a unit or a weight"), (self.surgery.button,)
        )
        label = self.tr("what a click on a unit or an edge opens")
        yield Hideable("network.inspector", group, label, (self.cards, self.inspector))
        yield Hideable("network.probe", group, self.tr("the card of an input that is tried"), (self.probe,))

    def stop(self) -> None:
        """Stop every timer."""
        self._dwell_timer.stop()
        self.importance.stop()
        self.diagram.stop()
