"""The training part of the set-up panel: loss, optimiser, rate, batches, penalties, when to stop, engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnviz.core import bounds
from nnviz.core.activations import ACTIVATIONS
from nnviz.core.choices import Parameter
from nnviz.core.engines import ENGINES
from nnviz.core.inert import shown
from nnviz.core.losses import LOSSES
from nnviz.core.numbers import exact_text
from nnviz.core.optimizers import OPTIMIZERS
from nnviz.core.schedules import SCHEDULES
from nnviz.drawing.theme import Theme
from nnviz.experiment import edits
from nnviz.experiment.document import Experiment
from nnviz.experiment.edits import Facts
from nnviz.ui.form.choice_box import ChoiceBox, Item, items_of
from nnviz.ui.form.compound_controls import CheckControl, OptionalNumber
from nnviz.ui.form.controls import Control, LabelledSlider
from nnviz.ui.form.fold import Fold
from nnviz.ui.form.form import Binding, FieldRow, Section, nudged, parameter_control, row_label
from nnviz.ui.form.number_scale import NumberScale, Word
from nnviz.ui.form.parameter_rows import ParameterRows
from nnviz.ui.setup.class_weight_rows import ClassWeightRows
from nnviz.ui.setup.pinned_row import PinnedRow
from nnviz.ui.setup.rate_plot import RatePlot
from nnviz.ui.setup.setup_hints import training_hints
from nnviz.ui.widgets.help_text import parameter_tooltip, plain_tooltip, table_text
from nnviz.ui.widgets.nested_layouts import add_layout

if TYPE_CHECKING:
    from nnviz.session.editing import EditedExperiment


class TrainingSection(Section):
    """All rows of the training specification.

    Parameters
    ----------
    state : EditedExperiment
    theme : Theme
    """

    def __init__(self, state: EditedExperiment, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("", state, parent)
        self.rate_plot = RatePlot(theme, self)
        self.title.setText(self.tr("TRAINING"))
        self._touched = False
        self._facts: Facts | None = None
        self._add_optimisation()
        self._add_schedule()
        self._add_penalties()
        self._add_stop()
        self._add_more()

    # Rows

    def _plain_row(
        self,
        parameter: Parameter,
        control: Control,
        *,
        label: str = "",
        into: QVBoxLayout | None = None,
        probe: Callable[[Any], Any] | None = None,
    ) -> FieldRow:
        """Append a row that shows one number of the training as it is."""
        binding = self._field_binding(
            parameter.name, self.tr("change {0}").format(row_label(parameter.label)), probe or nudged(parameter)
        )
        return self.add_row(
            label or row_label(parameter.label), control, parameter_tooltip(parameter), binding, into=into
        )

    def _field_binding(self, field: str, text: str, probe: Callable[[Any], Any]) -> Binding:
        return Binding(
            field,
            text,
            lambda experiment: getattr(experiment.training, field),
            lambda experiment, value: edits.with_training(experiment, **{field: value}),
            probe,
        )

    def _add_optimisation(self) -> None:
        self.loss = ChoiceBox(self)
        self.loss_row = self.add_row(
            self.tr("loss"),
            self.loss,
            self.tr("What training makes small: how wrong the predictions are, in one number."),
            Binding(
                "loss",
                self.tr("change loss"),
                lambda experiment: experiment.training.loss,
                lambda experiment, name: edits.with_loss(experiment, name, self._facts),
                lambda name: "huber" if name != "huber" else "mean_squared_error",
            ),
        )
        self.class_weights = ClassWeightRows(self)
        self.optimizer = ChoiceBox(self)
        self.optimizer.set_items(items_of(OPTIMIZERS.values()))
        self.add_row(
            self.tr("optimiser"),
            self.optimizer,
            self.tr("How a gradient becomes a step."),
            Binding(
                "optimizer",
                self.tr("change optimiser"),
                lambda experiment: experiment.training.optimizer,
                edits.with_optimizer,
                lambda name: "sgd" if name != "sgd" else "adam",
            ),
        )
        self.optimizer_fold = Fold(
            self.column.spacing(), plain_tooltip(self.tr("The optimiser's own parameters.")), self
        )
        self.column.addWidget(self.optimizer_fold)
        self._optimizer_rows = ParameterRows(self, self.optimizer_fold.rows)
        self.rate = LabelledSlider(NumberScale(bounds.LEARNING_RATE), self)
        self.rate_row = self._plain_row(bounds.LEARNING_RATE, self.rate)
        self.pinned_rate_row: FieldRow | None = None
        self.batch = LabelledSlider(self._batch_scale(bounds.BATCH_SIZE.ends[1]), self)
        self.batch_row = self._plain_row(bounds.BATCH_SIZE, self.batch, probe=lambda size: 1 if size != 1 else 2)

    def pin_rate(self, foot: PinnedRow) -> None:
        """Keep the learning rate, which is changed more often than anything else, in reach at `foot`."""
        rate = LabelledSlider(NumberScale(bounds.LEARNING_RATE), foot)
        self.pinned_rate_row = self._plain_row(bounds.LEARNING_RATE, rate, into=foot.column)
        foot.follow(self.rate_row)

    def _batch_scale(self, n_train: float) -> NumberScale:
        return NumberScale(bounds.BATCH_SIZE, upper=max(2.0, n_train), high=Word(self.tr("all"), None))

    def _add_schedule(self) -> None:
        self.schedule = ChoiceBox(self)
        self.schedule.set_items(items_of(SCHEDULES.values()))
        self.schedule_row = self.add_row(
            self.tr("schedule"),
            self.schedule,
            self.tr("How the learning rate changes while training goes on."),
            Binding(
                "schedule",
                self.tr("change schedule"),
                lambda experiment: experiment.training.schedule.name,
                edits.with_schedule,
                lambda name: "constant" if name != "constant" else "cosine",
            ),
        )
        box = QVBoxLayout()
        box.setSpacing(self.column.spacing())
        add_layout(self.column, box)
        self._schedule_rows = ParameterRows(self, box)
        self.add_plain(self.rate_plot)

    def _add_penalties(self) -> None:
        zero = Word("0", 0.0)
        self.l2 = LabelledSlider(NumberScale(bounds.L2, low=zero), self)
        self.l2_row = self._plain_row(bounds.L2, self.l2)
        self.l1 = LabelledSlider(NumberScale(bounds.L1, low=zero), self)
        self.l1_row = self._plain_row(bounds.L1, self.l1)
        self.dropout = LabelledSlider(NumberScale(bounds.DROPOUT), self)
        self.dropout_row = self._plain_row(bounds.DROPOUT, self.dropout)

    def _add_stop(self) -> None:
        self.stop = ChoiceBox(self)
        self.stop_row = self.add_row(
            self.tr("stop"),
            self.stop,
            self.tr("When training ends by itself; otherwise it runs until you pause it."),
            Binding(
                "stop",
                self.tr("change stop condition"),
                edits.stop_of,
                edits.with_stop,
                lambda name: "epochs" if name != "epochs" else "never",
            ),
        )
        self.epochs_row = self._plain_row(bounds.EPOCHS, LabelledSlider(NumberScale(bounds.EPOCHS), self))
        self.target_row = self._plain_row(bounds.TARGET_LOSS, LabelledSlider(NumberScale(bounds.TARGET_LOSS), self))
        self.patience_row = self._plain_row(bounds.PATIENCE, LabelledSlider(NumberScale(bounds.PATIENCE), self))
        self.restore = CheckControl(self.tr("to the best epoch"), self)
        self.restore_row = self.add_row(
            self.tr("return"),
            self.restore,
            self.tr(
                "Where early stopping ends the training, brings back the weights of the best epoch: the last ones have "
                "gone past it."
            ),
            self._field_binding("restore_best", self.tr("change the return to the best epoch"), lambda on: not on),
        )

    def _stop_items(self, stop: str) -> tuple[Item, ...]:
        lines = {
            "never": (self.tr("Never"), self.tr("Runs until you pause it.")),
            "epochs": (self.tr("After epochs"), table_text(bounds.EPOCHS.help)),
            "target_loss": (self.tr("At a target loss"), table_text(bounds.TARGET_LOSS.help)),
            "patience": (self.tr("Early stopping"), table_text(bounds.PATIENCE.help)),
        }
        if stop == "several":
            lines["several"] = (self.tr("Several"), self.tr("Whichever comes first of the conditions below."))
        return tuple(Item(name, label, plain_tooltip(text)) for name, (label, text) in lines.items())

    def _add_more(self) -> None:
        self.more = Fold(self.column.spacing(), plain_tooltip(self.tr("Settings that are rarely touched.")), self)
        self.more.set_caption(self.tr("more: order, clipping, engine"))
        self.column.addWidget(self.more)
        self.shuffle = CheckControl(self.tr("in every epoch"), self)
        self.shuffle_row = self.add_row(
            self.tr("shuffle"),
            self.shuffle,
            self.tr("Goes through the rows in another order in every epoch, so that no batch is always the same."),
            self._field_binding("shuffle", self.tr("change shuffling"), lambda on: not on),
            into=self.more.rows,
        )
        self.clip = OptionalNumber(NumberScale(bounds.CLIP_NORM), self.tr("longest"), self)
        self.clip_row = self._plain_row(
            bounds.CLIP_NORM, self.clip, label=self.tr("clipping"), into=self.more.rows, probe=lambda _: 0.5
        )
        self.engine = ChoiceBox(self)
        self.engine.set_items(items_of(ENGINES.values()))
        self.engine_row = self.add_row(
            self.tr("engine"),
            self.engine,
            self.tr("What does the arithmetic; both give the same results up to rounding."),
            self._field_binding(
                "engine", self.tr("change engine"), lambda name: "numpy" if name != "numpy" else "auto"
            ),
            into=self.more.rows,
        )

    def _optimizer_parameter(self, parameter: Parameter) -> tuple[Control, Binding]:
        binding = Binding(
            f"optimizer {parameter.name}",
            self.tr("change {0}").format(row_label(parameter.label)),
            lambda experiment: experiment.training.optimizer_parameters.get(parameter.name, parameter.default),
            lambda experiment, value: edits.with_optimizer_parameter(experiment, parameter.name, value),
            nudged(parameter),
        )
        return parameter_control(parameter), binding

    def _schedule_parameter(self, parameter: Parameter) -> tuple[Control, Binding]:
        binding = Binding(
            f"schedule {parameter.name}",
            self.tr("change {0}").format(row_label(parameter.label)),
            lambda experiment: experiment.training.schedule.parameters.get(parameter.name, parameter.default),
            lambda experiment, value: edits.with_schedule_parameter(experiment, parameter.name, value),
            nudged(parameter),
        )
        return parameter_control(parameter), binding

    # Showing

    def show_experiment(self, experiment: Experiment) -> None:
        """Show the training part of `experiment`; no signal."""
        training = experiment.training
        self._show_optimizer(experiment)
        schedule = SCHEDULES.get(training.schedule.name)
        self._schedule_rows.show(schedule.parameters if schedule is not None else (), self._schedule_parameter)
        self.rate_plot.show_experiment(experiment)
        self._show_losses(experiment)
        self.class_weights.show(experiment, self._facts)
        stop = edits.stop_of(experiment)
        self.stop.set_items(self._stop_items(stop))
        self.epochs_row.setVisible(training.stop_at_epochs)
        self.target_row.setVisible(training.target_loss is not None)
        self.patience_row.setVisible(training.patience is not None)
        self.restore_row.setVisible(training.patience is not None)
        touched = not training.shuffle or training.clip_norm is not None or training.engine != "auto"
        if touched and not self._touched:
            self.more.set_open(True)
        self._touched = touched
        self.show_rows(experiment)
        hints = training_hints(experiment, self._facts)
        self.loss_row.set_hint(hints.get("loss", ""))
        for row in (self.rate_row, self.pinned_rate_row):
            if row is not None:
                row.set_hint(hints.get("learning_rate", ""))
        self.batch_row.set_hint(hints.get("batch_size", ""))
        self.schedule_row.set_hint(hints.get("schedule", ""))
        self.l1_row.set_hint(hints.get("l1", ""))
        self.dropout_row.set_hint(hints.get("dropout", ""))
        self.l2_row.set_hint(hints.get("l2", ""))
        self.stop_row.set_hint(hints.get("stop", ""))
        self.shuffle_row.set_hint(hints.get("shuffle", ""))

    def _show_optimizer(self, experiment: Experiment) -> None:
        """Show the optimiser's parameters: one as a row, several folded under a line that says their values."""
        training = experiment.training
        entry = OPTIMIZERS.get(training.optimizer)
        parameters = entry.parameters if entry is not None else ()
        self._optimizer_rows.show(parameters, self._optimizer_parameter)
        values = {parameter.name: parameter.default for parameter in parameters} | training.optimizer_parameters
        self.optimizer_fold.set_caption(
            " · ".join(f"{row_label(parameter.label)} {exact_text(values[parameter.name])}" for parameter in parameters)
        )
        self.optimizer_fold.setVisible(bool(parameters))
        self.optimizer_fold.set_plain(len(parameters) == 1)

    def _show_losses(self, experiment: Experiment) -> None:
        facts = self._facts
        choices = list(LOSSES.values())
        reasons: dict[str, str] = {}
        automatic, short = self.tr("Automatic"), ""
        if facts is not None:
            output = facts.resolved(experiment).output_activation
            label = table_text(ACTIVATIONS[output].label) if output in ACTIVATIONS else shown(output)
            for entry in choices:
                if facts.task == "regression" and entry.for_classes:
                    reasons[entry.name] = self.tr("It compares classes, but this data asks for numbers.")
                elif output not in entry.pairs_with:
                    reasons[entry.name] = self.tr("It does not go with the output's {0}.").format(label)
            resolved = facts.resolved(edits.with_training(experiment, loss="auto")).loss
            short = table_text(LOSSES[resolved].label)
            automatic = self.tr("Automatic: {0}").format(short)
        auto = Item(
            "auto",
            automatic,
            plain_tooltip(
                self.tr("Chosen to fit the output: its cross-entropy where there is one, else mean squared error.")
            ),
            short=short,
        )
        self.loss.set_items((auto, *items_of(choices, reasons, formulas=True)))

    def show_facts(self, facts: Facts) -> None:
        """Show what is known of the prepared data."""
        self._facts = facts
        self.batch.set_scale(self._batch_scale(facts.n_train))
        self.show_experiment(self.state.experiment)

    def set_theme(self, theme: Theme) -> None:
        """Draw the schedule in other colours."""
        self.rate_plot.set_theme(theme)
