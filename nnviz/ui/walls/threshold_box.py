"""From which score on a run counts as solved, as the teacher sets it."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from nnviz.ui.widgets.number_box import NumberBox


class ThresholdBox(QWidget):
    """A small field with its label.

    Attributes
    ----------
    box : NumberBox

    Signals
    -------
    chosen : float
        Accuracy or R², 1.0 for perfect.
    """

    chosen = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._task = ""
        self.label = QLabel(self.tr("solved from"), self)
        self.label.setProperty("role", "quiet")
        self.box = NumberBox(self)
        self.box.setKeyboardTracking(False)
        tooltip = self.tr(
            "A run counts as solved from this score on; the bar shows how many are, and how many are stuck"
        )
        self.box.setToolTip(tooltip)
        self.box.setAccessibleName(self.tr("Score from which a run is solved"))
        self.label.setToolTip(tooltip)
        self.label.setBuddy(self.box)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.label)
        row.addWidget(self.box)
        self.show_threshold("classification", 0.95)
        self.box.valueChanged.connect(self._on_value_changed)

    def show_threshold(self, task: str, score: float) -> None:
        """Show the score in force: an accuracy in per cent, or R²."""
        with QSignalBlocker(self.box):
            if task != self._task:
                self._task = task
                is_share = task == "classification"
                self.box.setDecimals(0 if is_share else 2)
                self.box.setRange(0.0, 100.0 if is_share else 1.0)
                self.box.setSingleStep(1.0 if is_share else 0.05)
                self.box.setSuffix(self.tr(" %") if is_share else "")
                self.box.setPrefix("" if is_share else self.tr("R² "))
            self.box.setValue(score * self._scale)

    @property
    def _scale(self) -> float:
        return 100.0 if self._task == "classification" else 1.0

    @Slot(float)
    def _on_value_changed(self, value: float) -> None:
        self.chosen.emit(value / self._scale)
