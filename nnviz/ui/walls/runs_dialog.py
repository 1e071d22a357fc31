"""What the dialogs share that ask before many runs begin."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLabel, QVBoxLayout, QWidget

from nnviz.core.bounds import EPOCHS
from nnviz.ui.widgets.nested_layouts import add_layout
from nnviz.ui.widgets.number_box import CountBox


class RunsDialog(QDialog):
    """An introduction, rows of settings and *Run*; it never blocks the window.

    Parameters
    ----------
    title, intro : str
    parent : QWidget

    Attributes
    ----------
    epochs : CountBox
        How long each run is trained.
    run_button : QPushButton

    Signals
    -------
    confirmed : ()
        The runs are to begin.
    """

    confirmed = Signal()

    def __init__(self, title: str, intro: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self._intro = QLabel(intro)
        self._intro.setWordWrap(True)
        self._form = QFormLayout()
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignRight)

    def _add_epochs(self, tooltip: str) -> None:
        """Ask in the next row how long each run is trained."""
        self.epochs = self._spin(1, int(EPOCHS.maximum), tooltip)
        self._form.addRow(QCoreApplication.translate("RunsDialog", "&Epochs of each"), self.epochs)

    def _lay_out(self, *below: QWidget, least_width: int) -> None:
        """Put everything into place, `below` between the rows and the buttons."""
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        words = QCoreApplication.translate("RunsDialog", "Run")
        self.run_button = buttons.addButton(words, QDialogButtonBox.ButtonRole.AcceptRole)
        self.run_button.setProperty("role", "primary")
        # The box has given it the look of any button already.
        self.run_button.style().unpolish(self.run_button)
        self.run_button.style().polish(self.run_button)
        self.run_button.setDefault(True)
        buttons.accepted.connect(self._on_accepted)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(12)
        column.addWidget(self._intro)
        add_layout(column, self._form)
        for widget in (*below, buttons):
            column.addWidget(widget)
        self.setMinimumWidth(least_width)

    def _spin(self, low: int, high: int, tooltip: str) -> CountBox:
        box = CountBox(self)
        box.setRange(low, high)
        box.setGroupSeparatorShown(True)
        box.setToolTip(tooltip)
        box.setAccessibleDescription(tooltip)
        return box

    @Slot()
    def _on_accepted(self) -> None:
        self.accept()
        self.confirmed.emit()
