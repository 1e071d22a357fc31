"""How much each class counts in the loss: equally, balanced by the rows, or by a number of its own for each class."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout

from nnviz.core.bounds import CLASS_WEIGHT
from nnviz.data import shown
from nnviz.experiment.class_weighting import (
    Weighting,
    class_weight_of,
    weighs_classes,
    weighting_of,
    with_class_weight,
    with_weighting,
)
from nnviz.experiment.document import Experiment
from nnviz.experiment.edits import Facts
from nnviz.ui.form.choice_box import ChoiceBox, Item
from nnviz.ui.form.form import Binding, FieldRow, Section, nudged, parameter_control
from nnviz.ui.widgets.help_text import parameter_tooltip, plain_tooltip
from nnviz.ui.widgets.nested_layouts import add_layout

#: Classes that have rows with a number each; more would bury the settings below them.
MOST_TYPED = 30
#: Letters of a class's name that a row has room for.
LETTERS = 12


class ClassWeightRows:
    """The choice, and below it a row for each class where numbers are typed.

    Shown only where classes can weigh differently: where the loss of a classification is a cross-entropy.

    Parameters
    ----------
    section : Section
        That the rows belong to.
    """

    def __init__(self, section: Section) -> None:
        self._section = section
        self._names: tuple[str, ...] = ()
        self._facts: Facts | None = None
        self.choice = ChoiceBox(section)
        self.row = section.add_row(
            section.tr("class weights"),
            self.choice,
            section.tr(
                "How much the rows of each class count in the loss: balanced makes rare classes count as much as "
                "frequent ones, so that they are not passed over."
            ),
            Binding(
                "class_weights",
                section.tr("change class weights"),
                weighting_of,
                self._with_weighting,
                lambda kind: "balanced" if kind != "balanced" else "equal",
            ),
        )
        self._column = QVBoxLayout()
        self._column.setSpacing(section.column.spacing())
        add_layout(section.column, self._column)
        self.class_rows: list[FieldRow] = []

    def _with_weighting(self, experiment: Experiment, kind: Weighting) -> Experiment:
        return with_weighting(experiment, kind, self._facts.class_counts if self._facts is not None else ())

    def show(self, experiment: Experiment, facts: Facts | None) -> None:
        """Show the choice, and as many rows as there are numbers."""
        self._facts = facts
        weights = experiment.training.class_weights
        self.choice.set_items(self._items(facts))
        possible = facts is not None and weighs_classes(experiment, facts.task, facts.n_classes)
        # Weights that do not go with the data can be taken away here.
        self.row.setVisible(possible or weights is not None)
        names = facts.class_names if facts is not None and isinstance(weights, tuple) else ()
        self._show_classes(names if weights is not None and len(names) == len(weights) else ())

    def _items(self, facts: Facts | None) -> tuple[Item, ...]:
        tr = self._section.tr
        too_many = facts is not None and facts.n_classes > MOST_TYPED
        reason = tr("There are too many classes for a number each; an experiment file can have them.")
        return (
            Item("equal", tr("Equal"), plain_tooltip(tr("Every row counts the same, whatever its class."))),
            Item(
                "balanced",
                tr("Balanced"),
                plain_tooltip(tr("The fewer rows a class has, the more each of them counts: all classes weigh alike.")),
                detail="n / (k·n_c)",
            ),
            Item(
                "typed",
                tr("Own numbers"),
                plain_tooltip(reason if too_many else tr("A number for each class, which you choose.")),
                enabled=not too_many,
                reason=reason if too_many else "",
            ),
        )

    def _show_classes(self, names: tuple[str, ...]) -> None:
        if names == self._names:
            return
        self._section.drop_rows(self.class_rows)
        self._names = names
        self.class_rows = [self._class_row(position, name) for position, name in enumerate(names)]

    def _class_row(self, position: int, name: str) -> FieldRow:
        tr = self._section.tr
        binding = Binding(
            f"class_weights {position}",
            tr("change class weight"),
            lambda experiment: class_weight_of(experiment, position),
            lambda experiment, value: with_class_weight(experiment, position, value),
            nudged(CLASS_WEIGHT),
        )
        control = parameter_control(CLASS_WEIGHT)
        # Names come from files: an ampersand in them is no mnemonic.
        label = shown(name, LETTERS).replace("&", "&&")
        row = self._section.add_row(label, control, parameter_tooltip(CLASS_WEIGHT), binding, into=self._column)
        row.label.setTextFormat(Qt.TextFormat.PlainText)
        control.focus_widget().setAccessibleName(tr("weight of {0}").format(shown(name)))
        return row
