"""The data part of the set-up panel: which data, how it is made and split, and what of it the network gets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from nnviz.core.bounds import TEST_SHARE, VALIDATION_SHARE
from nnviz.core.choices import Parameter
from nnviz.core.numbers import count_text, filled
from nnviz.data import DATASETS
from nnviz.data.entry import GROUPS
from nnviz.data.inputs import DERIVED, input_label
from nnviz.drawing.theme import Theme
from nnviz.experiment import edits
from nnviz.experiment.document import Experiment
from nnviz.experiment.edits import Facts
from nnviz.experiment.schema import PaintedSpec
from nnviz.session.state import ExperimentState
from nnviz.ui.form.chips import CheckList, ChipRow
from nnviz.ui.form.choice_box import ChoiceBox, Item, heading
from nnviz.ui.form.compound_controls import CheckControl, SeedField
from nnviz.ui.form.controls import Control, LabelledSlider
from nnviz.ui.form.form import (
    Binding,
    FieldRow,
    Section,
    nudged,
    parameter_control,
    row_label,
    set_role,
)
from nnviz.ui.form.number_scale import NumberScale, Word
from nnviz.ui.form.parameter_rows import ParameterRows
from nnviz.ui.setup.dataset_gallery import DatasetGallery
from nnviz.ui.setup.note_list import NoteList
from nnviz.ui.setup.setup_hints import data_hints
from nnviz.ui.widgets.help_text import choice_tooltip, plain_tooltip, table_text
from nnviz.ui.widgets.nested_layouts import add_layout

if TYPE_CHECKING:
    from nnviz.session.controller import Controller

#: Data sets with more inputs than this get a list instead of pills.
MAX_CHIPS = 8
#: Longer names would be wider than a narrow panel in large type: they are listed instead.
MAX_CHIP_LETTERS = 16


class DataSection(Section):
    """Gallery, parameters, split, inputs and seeds.

    Parameters
    ----------
    state : ExperimentState
    controller : Controller
    theme : Theme
    """

    def __init__(
        self, state: ExperimentState, controller: Controller, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__("", state, parent)
        self.title.setText(self.tr("DATA"))
        self._controller = controller
        self._facts: Facts | None = None
        pictured = [name for name, entry in DATASETS.items() if entry.is_generated]
        self.gallery = DatasetGallery(pictured, theme, self)
        self.gallery.chosen.connect(self._on_picture_chosen)
        self.add_plain(self.gallery)
        self._add_choice()
        self._add_own_data()
        self._add_own()
        self.notes = NoteList(self)
        self.add_plain(self.notes)
        box = QVBoxLayout()
        box.setSpacing(self.column.spacing())
        add_layout(self.column, box)
        self._parameters = ParameterRows(self, box)
        self._add_split()
        self._add_inputs()
        self._add_seeds()

    # Rows

    def _add_choice(self) -> None:
        self.choice = ChoiceBox(self)
        self.choice.set_items(self._dataset_items())
        self.choice_row = self.add_row(
            self.tr("data set"),
            self.choice,
            self.tr("The examples to learn from: generated planes and curves, truth tables, and real tables."),
            Binding(
                "dataset",
                self.tr("change data set"),
                lambda experiment: experiment.data.name,
                self._with_dataset,
                lambda name: "circles" if name != "circles" else "moons",
            ),
        )

    def _add_own_data(self) -> None:
        """Offer tables of the user's own, and what their columns mean."""
        self.open_button = self._small_button(
            self.tr("Open data…"),
            self.tr("Open a table of your own, such as a CSV file or a spreadsheet, and say what its columns mean."),
        )
        self.columns_button = self._small_button(
            self.tr("Columns…"), self.tr("Change which columns of the table are features, target or left out.")
        )
        self.open_row = self.add_labelled(self.tr("your own"), self.open_button)
        self.columns_row = self.add_labelled(self.tr("roles"), self.columns_button)
        self.columns_row.hide()

    def _small_button(self, text: str, tooltip: str) -> QPushButton:
        button = QPushButton(text, self)
        set_role(button, "small")
        button.setAutoDefault(False)
        button.setToolTip(plain_tooltip(tooltip))
        return button

    def set_actions(self, open_data: QAction, columns: QAction, start_empty: QAction) -> None:
        """Let the buttons below the list of data sets do what the File menu does."""
        self.open_button.clicked.connect(open_data.trigger)
        self.columns_button.clicked.connect(columns.trigger)
        self.empty.clicked.connect(start_empty.trigger)

    def _dataset_items(self) -> tuple[Item, ...]:
        items: list[Item] = []
        for group in GROUPS.values():
            items.append(heading(table_text(group.label)))
            for entry in DATASETS.values():
                if entry.group != group.name:
                    continue
                label = text = table_text(entry.label)
                if group.measured:
                    task = self.tr("classes") if entry.task == "classification" else self.tr("a number")
                    rows = entry.provenance.get("rows", "?")
                    text = self.tr("{0} — {1} × {2}, {3}").format(label, rows, entry.n_features, task)
                items.append(Item(entry.name, text, choice_tooltip(entry), short=label))
        return tuple(items)

    def _add_own(self) -> None:
        self.empty = QPushButton(self.tr("Start empty"), self)
        self.empty.setProperty("role", "small")
        self.empty.setToolTip(
            plain_tooltip(self.tr("Take all points away and paint your own in the decision boundary."))
        )
        self.empty_row = self.add_labelled(self.tr("paint"), self.empty)
        self.follow = CheckControl(self.tr("this file"), self)
        self.follow_row = self.add_row(
            self.tr("follow"),
            self.follow,
            self.tr("Reads the table again whenever its file changes, and goes on training with the new rows."),
            Binding(
                "follow",
                self.tr("change following the file"),
                lambda experiment: experiment.data.follow,
                lambda experiment, on: edits.with_data(experiment, follow=on),
                lambda on: not on,
            ),
        )

    def _add_split(self) -> None:
        self.share = LabelledSlider(NumberScale(TEST_SHARE, low=Word(self.tr("none"), 0)), self)
        self.share_row = self.add_row(
            self.tr("test share"),
            self.share,
            table_text(TEST_SHARE.help),
            Binding(
                "test_fraction",
                self.tr("change test share"),
                lambda experiment: edits.test_share(experiment, self._facts),
                edits.with_test_share,
                nudged(TEST_SHARE),
            ),
        )
        self.validation = LabelledSlider(NumberScale(VALIDATION_SHARE, low=Word(self.tr("none"), 0)), self)
        self.validation_row = self.add_row(
            self.tr("validation"),
            self.validation,
            table_text(VALIDATION_SHARE.help),
            Binding(
                "validation_fraction",
                self.tr("change validation share"),
                lambda experiment: round(100 * experiment.data.validation_fraction, 6),
                lambda experiment, share: edits.with_validation_share(experiment, share, self._facts),
                nudged(VALIDATION_SHARE),
            ),
        )

    def _add_inputs(self) -> None:
        tooltip = self.tr("What the network gets to see: the raw features, and for planes also curved combinations.")
        binding = Binding("inputs", self.tr("change inputs"), self._inputs, self._with_inputs, self._other_inputs)
        self.chips = ChipRow(self)
        self.chip_row = self.add_row(self.tr("inputs"), self.chips, tooltip, binding)
        self.check_list = CheckList(self)
        self.list_row = self.add_row(self.tr("inputs"), self.check_list, tooltip, binding)
        self.list_row.hide()
        self.standardise, self.standardise_row = self._add_standardising(
            self.tr("standardise"),
            self.tr("change standardising"),
            self.tr(
                "Shifts and scales every input to mean 0 and standard deviation 1, measured on the training rows: "
                "without it, large features drown the small ones."
            ),
            "standardise",
            self._standardised,
        )
        self.standardise_targets, self.targets_row = self._add_standardising(
            self.tr("targets"),
            self.tr("change standardising of targets"),
            self.tr(
                "Lets the network learn targets of mean 0 and standard deviation 1, measured on the training rows: "
                "prices in thousands are out of reach of its first weights. Predictions stay in the data's units."
            ),
            "standardise_targets",
            self._targets_standardised,
        )

    def _add_standardising(
        self, label: str, edit: str, tooltip: str, field: str, read: Callable[[Experiment], bool]
    ) -> tuple[CheckControl, FieldRow]:
        check = CheckControl(self.tr("mean 0, SD 1"), self)
        binding = Binding(field, edit, read, lambda one, on: edits.with_data(one, **{field: on}), lambda on: not on)
        return check, self.add_row(label, check, tooltip, binding)

    def _targets_standardised(self, experiment: Experiment) -> bool:
        chosen = experiment.data.standardise_targets
        if chosen is not None:
            return chosen
        return self._facts is not None and self._facts.targets_standardised

    def _standardised(self, experiment: Experiment) -> bool:
        chosen = experiment.data.standardise
        if chosen is not None:
            return chosen
        entry, painted = DATASETS.get(str(experiment.data.name)), _painted(experiment)
        if painted is not None:
            return painted.standardise
        return entry.standardise_default if entry is not None else True

    def _inputs(self, experiment: Experiment) -> tuple[str, ...]:
        chosen = experiment.data.inputs
        return chosen if chosen is not None else self._facts.feature_names if self._facts is not None else ()

    def _with_inputs(self, experiment: Experiment, names: tuple[str, ...]) -> Experiment:
        return edits.with_inputs(experiment, names, self._facts.feature_names if self._facts is not None else ())

    def _other_inputs(self, names: tuple[str, ...]) -> tuple[str, ...]:
        return names[:-1] or ("another",)

    def _add_seeds(self) -> None:
        self.seed = SeedField(
            self.tr("Regenerate"),
            plain_tooltip(self.tr("Draws other points from the same recipe; the network keeps its weights.")),
            self,
        )
        self.seed.next_requested.connect(self._controller.regenerate_data)
        self.seed_row = self.add_row(
            self.tr("seed"),
            self.seed,
            self.tr("Number that the random points start from: the same seed gives the same points again."),
            Binding(
                "data_seed",
                self.tr("change data seed"),
                lambda experiment: experiment.data.seed,
                lambda experiment, seed: edits.with_data(experiment, seed=seed),
                lambda seed: seed + 1 if seed < 100 else seed - 1,
            ),
        )
        self.split_seed = SeedField(
            self.tr("Reshuffle"),
            plain_tooltip(self.tr("Draws other rows as test and validation rows; the network keeps its weights.")),
            self,
        )
        self.split_seed.next_requested.connect(self._on_reshuffle)
        self.split_row = self.add_row(
            self.tr("split seed"),
            self.split_seed,
            self.tr("Number that decides which rows become test and validation rows."),
            Binding(
                "split_seed",
                self.tr("change split"),
                lambda experiment: experiment.data.split_seed,
                lambda experiment, seed: edits.with_data(experiment, split_seed=seed),
                lambda seed: seed + 1 if seed < 100 else seed - 1,
            ),
        )

    def _parameter(self, parameter: Parameter) -> tuple[Control, Binding]:
        binding = Binding(
            f"data {parameter.name}",
            self.tr("change {0}").format(row_label(parameter.label)),
            lambda experiment: experiment.data.parameters.get(parameter.name, parameter.default),
            lambda experiment, value: edits.with_data_parameter(experiment, parameter.name, value),
            nudged(parameter),
        )
        return parameter_control(parameter), binding

    # Showing

    def show_experiment(self, experiment: Experiment) -> None:
        """Show the data part of `experiment`; no signal."""
        data = experiment.data
        entry = DATASETS.get(str(data.name)) if data.name is not None else None
        complete = entry is not None and entry.kind.complete
        self._parameters.show(entry.parameters if entry is not None else (), self._parameter)
        self.gallery.set_present(data.name, data.parameters, entry.task if entry is not None else "")
        self.choice.set_placeholder(self._own_title(experiment))
        self.seed_row.setVisible(edits.is_drawn(experiment))
        self.split_row.setVisible(entry is None or entry.kind.measured)
        if data.rows is not None and not len(data.rows.features):
            # It is not prepared, so that nobody counts it.
            self.summary.setText(self.tr("{0} points").format(0))
        self.columns_row.setVisible(data.table is not None)
        self.follow_row.setVisible(data.table is not None and data.table.path is not None)
        self.share_row.setEnabled(not complete)
        self.show_rows(experiment)
        hints = data_hints(experiment, self._facts)
        reason = self.tr("A truth table is complete: all its rows are for training.")
        self.validation_row.setEnabled(not complete)
        self.share_row.set_hint(reason if complete else hints.get("test_share", ""))
        self.standardise_row.set_hint(hints.get("standardise", ""))
        self.targets_row.setVisible(self._task(experiment) == "regression")
        self.targets_row.set_hint(hints.get("standardise_targets", ""))

    def _own_title(self, experiment: Experiment) -> str:
        table = experiment.data.table
        if _painted(experiment) is not None:
            return self.tr("painted data")
        if table is None:
            return self.tr("rows of this file")
        return self.tr("pasted table") if table.path is None else PurePath(table.path).name

    def _counts(self, facts: Facts) -> str:
        if not facts.n_validation:
            return filled(self.tr("{0} to learn from, {1} to test with."), facts.n_train, facts.n_test)
        words = self.tr("{0} to learn from, {1} to choose by, {2} to test with.")
        return filled(words, facts.n_train, facts.n_validation, facts.n_test)

    def show_facts(self, facts: Facts) -> None:
        """Show what is known of the prepared data."""
        self._facts = facts
        points = self.tr("{0} points").format(count_text(facts.n_rows))
        kind = self.tr("{0} classes").format(facts.n_classes) if facts.n_classes else self.tr("regression")
        self.summary.setText(self.tr("{0} · {1}").format(points, kind))
        self.summary.setToolTip(plain_tooltip(self._counts(facts)))
        self.notes.show_notes(facts.notes)
        names = facts.available_inputs
        compact = len(names) > MAX_CHIPS or max(map(len, names), default=0) > MAX_CHIP_LETTERS
        self.chip_row.setVisible(not compact)
        self.list_row.setVisible(compact)
        if compact:
            self.check_list.set_names(facts.available_inputs)
        else:
            self.chips.set_items([_chip(name) for name in facts.available_inputs])
        self.show_experiment(self.state.experiment)

    def set_theme(self, theme: Theme) -> None:
        """Draw the pictures in other colours."""
        self.gallery.set_theme(theme)

    # Edits

    def _with_dataset(self, experiment: Experiment, name: str) -> Experiment:
        return edits.with_dataset(experiment, name, self._task(experiment))

    def _task(self, experiment: Experiment) -> str:
        entry = DATASETS.get(str(experiment.data.name))
        return entry.task if entry is not None else self._facts.task if self._facts is not None else ""

    @Slot(str)
    def _on_picture_chosen(self, name: str) -> None:
        experiment = self.state.experiment
        if name != experiment.data.name:
            self.state.edit(self._with_dataset(experiment, name), self.tr("change data set"))

    @Slot()
    def _on_reshuffle(self) -> None:
        experiment = self.state.experiment
        edited = edits.with_data(experiment, split_seed=edits.next_seed(experiment.data.split_seed))
        self.state.edit(edited, self.tr("change split"))


def _chip(name: str) -> Item:
    tooltip = choice_tooltip(DERIVED[name]) if name in DERIVED else plain_tooltip(name)
    return Item(name, input_label(name), tooltip)


def _painted(experiment: Experiment) -> PaintedSpec | None:
    rows = experiment.data.rows
    return rows.painted if rows is not None else None
