"""Which two of many features span the map."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from nnviz.experiment import Prepared
from nnviz.experiment.frame import Hold
from nnviz.ui.boundary.boundary_axes import axis_labels, has_components
from nnviz.ui.plots.plot import Plot
from nnviz.ui.widgets.calm import CalmComboBox
from nnviz.ui.widgets.hideable import TeacherHideable


class AxisRow(TeacherHideable, QWidget):
    """A list of features for each axis; hidden where there is nothing to choose.

    Signals
    -------
    chosen : object
        The user chose a feature; `axes`, as (int, int).
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # Until it is known that there is a choice.
        self.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self.boxes = CalmComboBox(self), CalmComboBox(self)
        for text, box, name in (
            (self.tr("across"), self.boxes[0], self.tr("Feature along x")),
            (self.tr("up"), self.boxes[1], self.tr("Feature along y")),
        ):
            label = QLabel(text, self)
            label.setProperty("role", "quiet")
            label.setBuddy(box)
            box.setAccessibleName(name)
            box.setToolTip(self.tr("Which feature runs along this axis of the map"))
            box.setMinimumContentsLength(8)
            box.activated.connect(self._on_activated)
            row.addWidget(label)
            row.addWidget(box, 1)

    @property
    def axes(self) -> tuple[int, int]:
        """Positions of the features along x and y."""
        return self.boxes[0].currentIndex(), self.boxes[1].currentIndex()

    def show_names(self, names: Sequence[str], axes: tuple[int, int]) -> None:
        """Offer `names` and show which are chosen; no signal."""
        for box, axis in zip(self.boxes, axes, strict=True):
            box.clear()
            box.addItems(list(names))
            box.setCurrentIndex(axis)

    def show_labels(self, plot: Plot, prepared: Prepared, axes: tuple[int, int], hold: Hold) -> None:
        """Write on a plot what runs along its axes; be there while that can be chosen."""
        plot.name_axes(*axis_labels(prepared, axes, hold))
        self.setVisible(len(prepared.train.feature_names) > 2 and not has_components(hold))

    @Slot()
    def _on_activated(self) -> None:
        self.chosen.emit(self.axes)
