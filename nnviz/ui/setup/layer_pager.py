"""Which of many hidden layers have their rows in the set-up: twenty at a time, and two buttons that turn the page."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from nnviz.ui.widgets.buttons import flat_button

LAYERS_A_PAGE = 20
"""Hidden layers that have rows at a time: a row takes 5 ms to be made, and 200 of them nobody reads."""


class LayerPager(QWidget):
    """Says which of many hidden layers have their rows below, and turns to the others; hidden where all have.

    Signals
    -------
    turned : ()
        The user wants other layers.
    """

    turned = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.first = 0
        self._n_layers = 0
        self.back = flat_button(self, "‹", self.tr("Show the layers before these"))
        self.label = QLabel(self)
        self.label.setProperty("role", "quiet")
        self.label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.forth = flat_button(self, "›", self.tr("Show the layers after these"))
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.back)
        line.addWidget(self.label, 1)
        line.addWidget(self.forth)
        self.back.clicked.connect(self._on_back)
        self.forth.clicked.connect(self._on_forth)
        self.hide()

    def show_layers(self, n_layers: int) -> None:
        """Show of how many layers a page is shown; the page is the last one where its own has gone."""
        self._n_layers = n_layers
        self.turn_to(min(self.first, max(n_layers - 1, 0)))
        last = min(self.first + LAYERS_A_PAGE, n_layers)
        self.label.setText(self.tr("layers {0} to {1} of {2}").format(self.first + 1, last, n_layers))
        self.back.setEnabled(self.first > 0)
        self.forth.setEnabled(last < n_layers)
        self.setVisible(n_layers > LAYERS_A_PAGE)

    def turn_to(self, index: int) -> bool:
        """Turn to the page of a layer (0 …); return whether it is another one."""
        before, self.first = self.first, index // LAYERS_A_PAGE * LAYERS_A_PAGE
        return self.first != before

    @Slot()
    def _on_back(self) -> None:
        self._turn(-LAYERS_A_PAGE)

    @Slot()
    def _on_forth(self) -> None:
        self._turn(LAYERS_A_PAGE)

    def _turn(self, steps: int) -> None:
        if 0 <= self.first + steps < self._n_layers and self.turn_to(self.first + steps):
            self.turned.emit()
