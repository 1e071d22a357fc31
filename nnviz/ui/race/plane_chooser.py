"""Which plane the loss is shown over: that of the principal components, or that of two weights."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from nnviz.session.runs.race import Race
from nnviz.session.runs.surface_maker import Weights
from nnviz.ui.race.race_texts import motion, parameter_names
from nnviz.ui.widgets.calm import CalmComboBox

COMPONENTS, WEIGHTS = "components", "weights"


class PlaneChooser(QWidget):
    """A list of planes and, for two weights, a list for each axis.

    Attributes
    ----------
    kind : CalmComboBox
    axes : tuple of CalmComboBox

    Signals
    -------
    chosen : ()
    """

    chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        tr = self.tr
        self._race: Race | None = None
        self._names: dict[int, str] = {}
        self.kind = CalmComboBox(self)
        self.kind.setToolTip(
            tr(
                "A network has too many weights to see at once: show the plane in which the runs move most, or two "
                "weights that you choose"
            )
        )
        self.kind.setAccessibleName(tr("Plane of the loss surface"))
        self.kind.setMinimumContentsLength(16)
        self.kind.addItem(tr("principal components"), COMPONENTS)
        self.kind.addItem(tr("two weights"), WEIGHTS)
        self.axes = (CalmComboBox(self), CalmComboBox(self))
        names = (tr("Weight along the horizontal axis"), tr("Weight along the vertical axis"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.kind)
        for box, name in zip(self.axes, names, strict=True):
            box.setAccessibleName(name)
            box.setToolTip(name)
            box.setMinimumContentsLength(10)
            box.hide()
            box.activated.connect(self._on_chosen)
            row.addWidget(box)
        row.addStretch(1)
        self.kind.activated.connect(self._on_kind)

    def show_race(self, race: Race | None) -> None:
        """Offer the planes of another race."""
        self._race, self._names = race, {}
        self.kind.setCurrentIndex(0)
        for box in self.axes:
            box.clear()
            box.hide()
        self.setEnabled(False)

    def show_ready(self) -> None:
        """Take over names once they are known; two parameters have one plane, and nothing is to be chosen."""
        race = self._race
        if race is None or self._names or not race.is_ready or race.racers[0].frame is None:
            return
        self._names = parameter_names(race)
        self.setEnabled(len(self._names) > 2)
        if len(self._names) == 2:
            self.kind.setCurrentIndex(1)

    @property
    def weights(self) -> Weights:
        """The two parameters along the axes; None: principal components."""
        if len(self._names) == 2:
            first, second = self._names
            return first, second
        if self.kind.currentData() != WEIGHTS or not self.axes[0].count():
            return None
        first, second = (int(box.currentData()) for box in self.axes)
        return first, second

    def name_of(self, place: int) -> str:
        """Return what a parameter is called."""
        return self._names.get(place, "")

    @Slot()
    def _on_kind(self) -> None:
        race, are_weights = self._race, self.kind.currentData() == WEIGHTS
        if are_weights and race is not None and not self.axes[0].count():
            known = list(self._names)
            # At first those that have moved most.
            far = np.argsort(-motion(race)[known], kind="stable")
            for box, place in zip(self.axes, far[:2].tolist(), strict=True):
                for index, name in self._names.items():
                    box.addItem(name, index)
                box.setCurrentIndex(place)
        for box in self.axes:
            box.setVisible(are_weights)
        self.chosen.emit()

    @Slot()
    def _on_chosen(self) -> None:
        first, second = self.axes
        if first.currentIndex() == second.currentIndex():
            # A weight has no plane with itself: the other axis gives way.
            other = second if self.sender() is first else first
            other.setCurrentIndex((other.currentIndex() + 1) % other.count())
        self.chosen.emit()
