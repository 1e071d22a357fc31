"""Asks which optimisers race, with which rates, how long and from where."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QGridLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from nnviz.core.bounds import EPOCHS
from nnviz.core.errors import NnvizError
from nnviz.core.numbers import count_text, exact_text
from nnviz.core.optimizers import OPTIMIZERS
from nnviz.experiment import Experiment
from nnviz.sweeps.race import Entrant, checked_entrants, rates_in, usual_rate
from nnviz.ui.widgets.calm import CalmComboBox
from nnviz.ui.widgets.help_text import choice_tooltip, table_text
from nnviz.ui.widgets.nested_layouts import add_layout
from nnviz.ui.widgets.number_box import CountBox

#: Those that are proposed at first.
USUAL = ("sgd", "momentum", "rmsprop", "adam")


class RaceDialog(QDialog):
    """A line for each optimiser; `entrants`, `epochs` and `from_now` say which race is to begin.

    Attributes
    ----------
    chosen : dict of str to QCheckBox
    rates : dict of str to QLineEdit
    epochs : CountBox
    start : CalmComboBox
        Its data say whether all begin with the present weights.
    message : QLabel
    run_button : QPushButton
    entrants : tuple of Entrant

    Signals
    -------
    confirmed : ()
        The race is to begin.
    """

    confirmed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        tr = self.tr
        self.setWindowTitle(tr("Race optimisers"))
        self.entrants: tuple[Entrant, ...] = ()
        intro = QLabel(
            tr(
                "All begin with the same weights and see the same mini-batches: they differ in nothing but how a "
                "gradient becomes a step. Several rates of one optimiser race, too."
            )
        )
        intro.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(12)
        column.addWidget(intro)
        add_layout(column, self._entrants_grid())
        add_layout(column, self._form())
        self.message = QLabel(self)
        self.message.setWordWrap(True)
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        column.addWidget(self.message)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.run_button = buttons.addButton(tr("Race"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.run_button.setProperty("role", "primary")
        # The box has given it the look of any button already.
        self.run_button.style().unpolish(self.run_button)
        self.run_button.style().polish(self.run_button)
        self.run_button.setDefault(True)
        buttons.accepted.connect(self._on_accepted)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
        self.setMinimumWidth(460)

    def _entrants_grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        heading = QLabel(self.tr("Learning rates"))
        heading.setProperty("role", "quiet")
        grid.addWidget(heading, 0, 1)
        self.chosen: dict[str, QCheckBox] = {}
        self.rates: dict[str, QLineEdit] = {}
        for row, (name, entry) in enumerate(OPTIMIZERS.items(), start=1):
            label = table_text(entry.label)
            box, line = QCheckBox(label, self), QLineEdit(self)
            box.setToolTip(choice_tooltip(entry))
            box.setChecked(name in USUAL)
            line.setToolTip(self.tr("One rate, or several that race against each other, such as 0.01 0.1"))
            line.setAccessibleName(self.tr("Learning rates of {0}").format(label))
            box.toggled.connect(line.setEnabled)
            line.setEnabled(box.isChecked())
            box.toggled.connect(self._on_edited)
            line.textChanged.connect(self._on_edited)
            grid.addWidget(box, row, 0)
            grid.addWidget(line, row, 1)
            self.chosen[name], self.rates[name] = box, line
        grid.setColumnStretch(1, 1)
        return grid

    def _form(self) -> QFormLayout:
        form = QFormLayout()
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight)
        self.epochs = CountBox(self)
        self.epochs.setRange(1, int(EPOCHS.maximum))
        self.epochs.setGroupSeparatorShown(True)
        self.epochs.setToolTip(self.tr("How long each run is trained: once through all rows is an epoch"))
        form.addRow(self.tr("&Epochs of each"), self.epochs)
        self.start = CalmComboBox(self)
        self.start.addItem(self.tr("the first weights"), False)
        self.start.addItem(self.tr("the weights of now"), True)
        self.start.setToolTip(
            self.tr("Where all begin: as the network was at epoch 0, or as it is now, each with an empty memory")
        )
        form.addRow(self.tr("&Begin with"), self.start)
        return form

    @property
    def from_now(self) -> bool:
        """Whether all begin with the weights that the network has now."""
        return bool(self.start.currentData())

    def ask(self, experiment: Experiment, epochs: int) -> None:
        """Open, proposing the present rate for the present optimiser, and one for each of which none is written yet."""
        present = experiment.training.optimizer
        for name, line in self.rates.items():
            if not line.text() or name == present:
                line.setText(exact_text(usual_rate(experiment, name)))
        if present in self.chosen and not self.isVisible():
            self.chosen[present].setChecked(True)
        self.epochs.setValue(epochs)
        self._on_edited()
        next(iter(self.chosen.values())).setFocus()
        self.open()

    @Slot()
    def _on_edited(self) -> None:
        try:
            self.entrants = self._read()
        except NnvizError as error:
            self._say(str(error), is_error=True)
        else:
            self._say(self.tr("{0} runs").format(count_text(len(self.entrants))), is_error=False)

    def _read(self) -> tuple[Entrant, ...]:
        """Return what stands in the fields, or raise `SettingError`."""
        names = [name for name, box in self.chosen.items() if box.isChecked()]
        return checked_entrants(Entrant(name, rate) for name in names for rate in rates_in(self.rates[name].text()))

    def _say(self, text: str, *, is_error: bool) -> None:
        self.message.setText(text)
        self.message.setProperty("role", "error" if is_error else "quiet")
        self.message.style().unpolish(self.message)
        self.message.style().polish(self.message)
        self.run_button.setEnabled(not is_error)

    @Slot()
    def _on_accepted(self) -> None:
        self.accept()
        self.confirmed.emit()
