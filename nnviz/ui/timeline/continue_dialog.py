"""Asks what is to be different from one moment of a run on."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from nnviz.core import bounds
from nnviz.core.activations import ACTIVATIONS
from nnviz.core.choices import Parameter
from nnviz.core.numbers import count_text
from nnviz.core.optimizers import OPTIMIZERS
from nnviz.experiment import edits
from nnviz.experiment.document import Experiment
from nnviz.ui.widgets.help_text import table_text
from nnviz.ui.widgets.nested_layouts import add_layout
from nnviz.ui.widgets.number_box import CountBox

#: In the box of activations: every layer keeps its own.
_AS_THEY_ARE = ""


class _Number(QDoubleSpinBox):
    """A number without zeros at its end."""

    def textFromValue(self, value: float) -> str:
        """Return the number as short as it can be written."""
        text, point = super().textFromValue(value), self.locale().decimalPoint()
        return text.rstrip("0").removesuffix(point) if point in text else text


class ContinueDialog(QDialog):
    """What keeps the shape of the parameters: rate, optimiser, penalties, batches, activation, other rows.

    It never blocks the window.

    Parameters
    ----------
    parent : QWidget

    Signals
    -------
    confirmed : object, object
        The epoch (int) or None, and the `Experiment` from there on.
    """

    confirmed = Signal(object, object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Continue from here with…"))
        self._epoch: int | None = None
        self._experiment: Experiment | None = None
        self.intro = QLabel(self)
        self.intro.setWordWrap(True)
        self.rate = self._number(bounds.LEARNING_RATE, 6)
        self.optimizer = self._choice({name: table_text(entry.label) for name, entry in OPTIMIZERS.items()})
        self.l2, self.dropout = self._number(bounds.L2, 6), self._number(bounds.DROPOUT, 3)
        self.batch = CountBox(self)
        self.batch.setRange(0, int(bounds.BATCH_SIZE.ends[1]))
        self.batch.setSpecialValueText(self.tr("all rows"))
        self.batch.setGroupSeparatorShown(True)
        activations = {name: table_text(entry.label) for name, entry in ACTIVATIONS.items()}
        self.activation = self._choice({_AS_THEY_ARE: self.tr("as they are"), **activations})
        self.other_rows = QCheckBox(self)
        form = QFormLayout()
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight)
        for label, control, tooltip in (
            (self.tr("&Learning rate"), self.rate, self.tr("How large the steps are that every update takes")),
            (self.tr("&Optimiser"), self.optimizer, self.tr("How a gradient becomes a step; it begins without memory")),
            (self.tr("L&2"), self.l2, self.tr("How strongly large weights are pulled towards zero")),
            (self.tr("&Dropout"), self.dropout, self.tr("Share of the hidden units that sit out in every update")),
            (self.tr("&Batch size"), self.batch, self.tr("How many rows each update is made from")),
            (
                self.tr("&Hidden units"),
                self.activation,
                self.tr("The activation of all hidden units; the weights stay"),
            ),
            (self.tr("D&ata"), self.other_rows, self.tr("Go on with other rows of the same kind; the weights stay")),
        ):
            form.addRow(label, control)
            control.setToolTip(tooltip)
            control.setAccessibleName(label.replace("&", ""))
            control.setAccessibleDescription(tooltip)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.continue_button = buttons.addButton(self.tr("Continue"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.continue_button.setProperty("role", "primary")
        # The box has given it the look of any button already.
        self.continue_button.style().unpolish(self.continue_button)
        self.continue_button.style().polish(self.continue_button)
        self.continue_button.setDefault(True)
        buttons.accepted.connect(self._on_accepted)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(12)
        column.addWidget(self.intro)
        add_layout(column, form)
        column.addWidget(buttons)
        self.setMinimumWidth(420)

    def _number(self, parameter: Parameter, decimals: int) -> QDoubleSpinBox:
        box = _Number(self)
        box.setDecimals(decimals)
        least = 10.0**-decimals
        box.setRange(parameter.minimum, parameter.maximum - least * parameter.below_maximum)
        box.setStepType(QDoubleSpinBox.StepType.AdaptiveDecimalStepType)
        return box

    def _choice(self, entries: dict[str, str]) -> QComboBox:
        box = QComboBox(self)
        for name, label in entries.items():
            box.addItem(label, name)
        return box

    def ask(self, epoch: int | None, now: int, experiment: Experiment) -> None:
        """Open, proposing what is in force at an epoch, None: now, after so many epochs."""
        self._epoch, self._experiment = epoch, experiment
        shown = now if epoch is None else epoch
        self.intro.setText(
            self.tr(
                "Another run begins with the network as it is after epoch {0}. This one stays as it is, and both are "
                "drawn in the same chart: what is changed here is what makes the difference."
            ).format(count_text(shown))
        )
        training = experiment.training
        self.rate.setValue(training.learning_rate)
        self.optimizer.setCurrentIndex(self.optimizer.findData(training.optimizer))
        self.l2.setValue(training.l2)
        self.dropout.setValue(training.dropout)
        self.batch.setValue(training.batch_size or 0)
        self.activation.setCurrentIndex(0)
        self.activation.setEnabled(bool(experiment.network.hidden))
        is_drawn = edits.is_drawn(experiment)
        self.other_rows.setText(self.tr("other points of the same kind") if is_drawn else self.tr("another split"))
        self.other_rows.setChecked(False)
        self.other_rows.setEnabled(experiment.data.rows is None)
        self._before = self._chosen()
        self.rate.selectAll()
        self.rate.setFocus()
        self.open()

    def _chosen(self) -> dict[str, object]:
        return {
            "learning_rate": self.rate.value(),
            "optimizer": self.optimizer.currentData(),
            "l2": self.l2.value(),
            "dropout": self.dropout.value(),
            "batch_size": self.batch.value() or None,
        }

    def wanted(self) -> Experiment:
        """Return the experiment that is chosen: what was not touched stays exactly as it was."""
        experiment = self._experiment
        assert experiment is not None
        changed = {name: value for name, value in self._chosen().items() if value != self._before[name]}
        if "optimizer" in changed:
            experiment = edits.with_optimizer(experiment, str(changed.pop("optimizer")))
        if changed:
            experiment = edits.with_training(experiment, **changed)
        if self.activation.currentData() != _AS_THEY_ARE:
            experiment = edits.with_layer(experiment, None, activation=self.activation.currentData())
        return edits.next_data(experiment) if self.other_rows.isChecked() else experiment

    @Slot()
    def _on_accepted(self) -> None:
        self.accept()
        self.confirmed.emit(self._epoch, self.wanted())
