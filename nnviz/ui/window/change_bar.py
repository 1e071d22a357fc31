"""What else changed when other data were chosen, in one line above the network, with a way back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QPushButton, QWidget

from nnviz.core import bounds
from nnviz.core.choices import ChoiceTable
from nnviz.core.inert import shown
from nnviz.core.losses import LOSSES
from nnviz.core.numbers import exact_text
from nnviz.core.optimizers import OPTIMIZERS
from nnviz.core.schedules import SCHEDULES
from nnviz.drawing.theme import Theme
from nnviz.experiment import edits
from nnviz.experiment.automatic import AUTO
from nnviz.experiment.document import Experiment
from nnviz.session.commands import Change
from nnviz.session.state import ExperimentState
from nnviz.ui.widgets.help_text import table_text
from nnviz.ui.window.message_bar import MessageBar

#: Settings of the training that are numbers, and what they are called.
_NUMBERS = {
    "learning_rate": bounds.LEARNING_RATE,
    "batch_size": bounds.BATCH_SIZE,
    "l1": bounds.L1,
    "l2": bounds.L2,
    "dropout": bounds.DROPOUT,
    "clip_norm": bounds.CLIP_NORM,
}


class ChangeBar(MessageBar):
    """A message with two buttons, shown after an edit that brought other data and with them other settings."""

    def __init__(self, state: ExperimentState, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._state = state
        self._before: Experiment | None = None
        self.keep = QPushButton(self.tr("Keep mine"), self)
        self.keep.setToolTip(self.tr("Train on these data with the settings as they were before"))
        self.keep.clicked.connect(self._on_keep)
        self.undo = QPushButton(self.tr("Undo"), self)
        self.undo.setToolTip(self.tr("Go back to the data before, with their settings and their run"))
        self.undo.clicked.connect(state.undo_stack.undo)
        self.add_buttons(self.keep, self.undo)
        state.applied.connect(self._on_applied)

    @Slot(object)
    def _on_applied(self, change: Change) -> None:
        old, new = change.old, change.new
        if old.model_copy(update={"view": new.view}) == new:
            return
        self._before = None
        self.hide()
        if change.kind != "edit" or not _has_other_data(old, new):
            return
        changes = list(self._changes(old, new))
        if changes:
            self._before = old
            self.keep.setVisible(old.training != new.training)
            self.show_message("info", self.tr("Also changed with these data: {0}.").format(", ".join(changes)))

    def _changes(self, old: Experiment, new: Experiment) -> Iterator[str]:
        """Yield what differs besides the data, with both values."""
        before, after = old.training, new.training
        arrow = self.tr("{0} {1} → {2}")
        for field, bound in _NUMBERS.items():
            values = getattr(before, field), getattr(after, field)
            if values[0] != values[1]:
                yield arrow.format(table_text(bound.label), *(self._number(field, value) for value in values))
        if before.optimizer != after.optimizer:
            names = (_label(OPTIMIZERS, part.optimizer) for part in (before, after))
            yield arrow.format(self.tr("Optimiser"), *names)
        if before.schedule != after.schedule:
            names = (_label(SCHEDULES, part.schedule.name) for part in (before, after))
            yield arrow.format(self.tr("Schedule"), *names)
        if before.loss != after.loss:
            yield arrow.format(self.tr("Loss"), *(self._loss(name) for name in (before.loss, after.loss)))
        if old.network.output_activation != new.network.output_activation:
            yield self.tr("Output → automatic")
        if old.data.inputs is not None and new.data.inputs is None:
            yield self.tr("Inputs → all features")
        if old.data.test_fraction is not None and new.data.test_fraction is None:
            yield self.tr("Test share → as usual")
        if old.data.standardise is not None and new.data.standardise is None:
            yield self.tr("Standardising → as usual")

    def _number(self, field: str, value: float | None) -> str:
        if value is None:
            return self.tr("all") if field == "batch_size" else self.tr("off")
        return exact_text(value)

    def _loss(self, name: str) -> str:
        return _label(LOSSES, name) if name != AUTO else self.tr("automatic")

    @Slot()
    def _on_keep(self) -> None:
        if self._before is not None:
            edited = edits.with_training_of(self._state.experiment, self._before)
            self._state.edit(edited, self.tr("keep settings of training"))


def _has_other_data(old: Experiment, new: Experiment) -> bool:
    def source(experiment: Experiment) -> tuple[object, ...]:
        data = experiment.data
        place = (data.table.path, data.table.text) if data.table is not None else None
        return data.name, place, data.rows is None

    # Rows that are painted, or taken over to be painted on, change nothing else.
    return source(old) != source(new) and new.data.rows is None


def _label(table: ChoiceTable[Any], name: str) -> str:
    """Return the label of an entry; the name of one that there is not, for a file may say anything."""
    return table_text(table[name].label) if name in table else shown(name)
