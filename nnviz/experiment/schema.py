"""The fields of an experiment file (`.toml` by hand, ``experiment.json`` inside `.nnviz`): frozen, each one checked.

They say everything that a run depends on. An edit makes a new specification (`Spec.edited`), so that undo, comparison
and crossing threads need no care. What is done with a whole experiment is in `nnviz.experiment.document`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec.structs import asdict, replace
from pydantic import BeforeValidator, Field, field_validator, model_validator

from nnviz.core import bounds
from nnviz.core.translation import translated
from nnviz.data.column_words import InputKind, Missing, Part, Role, Rules
from nnviz.data.split import LARGEST_FRACTION, LARGEST_VALIDATION, SMALLEST_FRACTION
from nnviz.experiment.fields import (
    BatchSize,
    ClassWeightsField,
    Coordinate,
    EngineName,
    Named,
    Number,
    Position,
    Seed,
    Several,
    whole,
    within,
)
from nnviz.experiment.figures import PartName
from nnviz.experiment.frame import Hold, HoldKind
from nnviz.experiment.mask_spec import MaskedSpec
from nnviz.experiment.rows import Keys, Labels, Matrix
from nnviz.experiment.spec import Spec

if TYPE_CHECKING:
    from nnviz.data.choices import ColumnChoice, TableChoices
    from nnviz.data.table import Table

#: Raised with every change of what a file means; `nnviz.experiment.migrations` reads the older ones.
FORMAT: Literal[4] = 4
MOST_TEXT_BYTES = 5_000_000
"""Longest table that an experiment carries along."""


class ColumnSpec(Spec):
    """What differs from what nnviz proposes for a column of a table."""

    role: Role | None = None
    kind: InputKind | None = None
    missing: Missing | None = None
    joined: bool | None = None
    """Whether categories that differ only in capitals or blanks are one."""
    as_missing: Several[str] | None = None
    """Categories that stand for a missing cell."""
    parts: Several[Part] | None = None
    """Of dates: which parts become inputs beside the days."""


class TableSource(Spec):
    """A table, on disk or carried along, and what is learnt from it. Exactly one of `path` and `text` is set."""

    path: str | None = None
    """Relative to the experiment file, or absolute."""
    text: str | None = None
    """The table itself, as it was pasted; at most 5 MB."""
    target: str | Several[str] | None = None
    """Name of the target column, or of several; None: as nnviz proposes."""
    task: Literal["classification", "regression"] | None = None
    sheet: str | None = None
    """Of a workbook; None: as nnviz proposes."""
    fill_short_rows: bool = False
    partner: str | None = None
    """Path of the labels that belong to an IDX file of pictures, or the other way round; None: what lies beside it."""
    columns: Named[ColumnSpec] = Field(default_factory=dict)
    """By column, where the choice differs from the proposal."""
    rules: Annotated[Rules, BeforeValidator(whole)] = 2
    """By which rules the table is read and roles are proposed: 1 for experiments of nnviz 0.1, which keep what they
    were."""

    @field_validator("text")
    @classmethod
    def _not_too_long(cls, value: str | None) -> str | None:
        if value is not None and len(value.encode("utf-8", "replace")) > MOST_TEXT_BYTES:
            raise ValueError(
                translated("must not be longer than {0} MB; save the table as a file", MOST_TEXT_BYTES // 10**6)
            )
        return value

    @model_validator(mode="after")
    def _exactly_one_place(self) -> TableSource:
        if (self.path is None) == (self.text is None):
            raise ValueError(translated("needs exactly one of path and text"))
        return self

    @classmethod
    def of(
        cls,
        choices: TableChoices,
        *,
        path: str | None = None,
        text: str | None = None,
        sheet: str | None = None,
        fill_short_rows: bool = False,
        partner: str | None = None,
        table: Table | None = None,
    ) -> TableSource:
        """Return the source that keeps `choices`: with the `table`, only what differs from the proposal for it."""
        from nnviz.data.choices import default_choices

        proposal = None if table is None else default_choices(table)
        target = None if proposal is not None and proposal.target == choices.target else choices.target
        usual: Mapping[str, ColumnChoice] = {}
        if table is not None:
            usual = default_choices(table, choices.target, choices.task).columns
        columns: dict[str, ColumnSpec] = {}
        for name, choice in choices.columns.items():
            changes = {
                field: value
                for field, value in asdict(choice).items()
                if name not in usual or value != getattr(usual[name], field)
            }
            if changes:
                columns[name] = ColumnSpec(**changes)
        return cls(
            path=path,
            text=text,
            target=target,
            task=choices.task,
            sheet=sheet,
            fill_short_rows=fill_short_rows,
            partner=partner,
            columns=columns,
            rules=2 if table is None else table.rules,
        )

    def choices(self, table: Table) -> TableChoices:
        """Return the choices for `table`: the proposal, changed as this source says.

        Raises
        ------
        DataError
            Where the table has no such target. Other columns that it does not have any more are passed over.
        """
        from nnviz.data.choices import TableChoices, default_choices

        proposal = default_choices(table, self.target, self.task)
        columns = dict(proposal.columns)
        for name, spec in self.columns.items():
            if name in columns:
                columns[name] = replace(columns[name], **spec.model_dump(exclude_none=True))
        return TableChoices(proposal.target, proposal.task, columns)


class PaintedSpec(Spec):
    """What painted rows began as: the data they were taken over from, and its defaults, which are theirs now."""

    origin: str = ""
    """Name of the data set or table; empty: they began with nothing."""
    kind: str = ""
    """Which inputs and classes those data have, as long as the painted rows have the same (`effects.py`)."""
    standardise: bool = False
    standardise_targets: bool = False
    test_fraction: Annotated[float, Field(ge=0.0, le=LARGEST_FRACTION)] = 0.0


class RowsSource(Spec):
    """Rows that the experiment carries with it."""

    feature_names: Several[str]
    features: Matrix
    target_name: str = "target"
    labels: Labels | None = None
    """One class name per row (classification), or None."""
    targets: Matrix | None = None
    """One or more numbers per row (regression), or None."""
    class_names: Several[str] | None = None
    """All classes in the order of the outputs, whether they have rows or not; None: those that occur, sorted."""
    split_keys: Keys | None = None
    """Decides for each row by itself whether it is for training or testing; None: the rows are shuffled and divided."""
    row_weights: Matrix | None = None
    """How much each row counts in the loss, one number per row; None: all the same."""
    painted: PaintedSpec | None = None
    """Set where the rows are painted in the window."""

    @model_validator(mode="after")
    def _labels_are_classes(self) -> RowsSource:
        if self.labels is not None and self.class_names is not None:
            # In the coding of the classes they are compared as numbers.
            self.__dict__["labels"] = self.labels.among(self.class_names)
        return self


class DataSpec(Spec):
    """Which data, which inputs are made of it, and how it is split.

    Exactly one of `name` (an entry of `nnviz.data.DATASETS`), `table` and `rows` is set.
    """

    name: str | None = "spiral"
    parameters: Named[Number] = Field(default_factory=dict)
    """Of the generator, such as n_samples, noise, arms; absent ones take the table's defaults."""
    seed: Seed = 0
    table: TableSource | None = None
    rows: RowsSource | None = None
    inputs: Several[str] | None = None
    """Raw feature names and derived inputs (`nnviz.data.DERIVED`); None: all raw features."""
    standardise: bool | None = None
    """None: as the data set suggests (on for real tables)."""
    standardise_targets: bool | None = None
    """Of a regression; None: on for tables with a target far from 0, very wide or very narrow."""
    test_fraction: Annotated[float, Field(ge=0.0, le=LARGEST_FRACTION)] | None = None
    """0 (no test data) or 0.1 … 0.9; None: as the data set suggests."""
    validation_fraction: Annotated[float, Field(ge=0.0, le=LARGEST_VALIDATION)] = 0.0
    split_seed: Seed = 0
    follow: bool = False
    """Whether the window reads the table again whenever its file changes."""

    @model_validator(mode="before")
    @classmethod
    def _other_source_replaces_default(cls, value: Any) -> Any:
        """Let a file that names a table, or carries rows, leave out ``name``."""
        if isinstance(value, dict) and "name" not in value and (value.get("table") or value.get("rows")):
            return {**value, "name": None}
        return value

    @model_validator(mode="after")
    def _exactly_one_source(self) -> DataSpec:
        if sum(source is not None for source in (self.name, self.table, self.rows)) != 1:
            raise ValueError(translated("needs exactly one of name, table and rows"))
        return self

    @field_validator("test_fraction")
    @classmethod
    def _none_or_a_tenth(cls, value: float | None) -> float | None:
        if value is not None and 0.0 < value < SMALLEST_FRACTION:
            raise ValueError(translated("must be 0 (no test data) or between 0.1 and 0.9"))
        return value


class LayerSpec(Spec):
    """One hidden layer. In files, a bare number stands for so many tanh units."""

    units: Annotated[int, within(bounds.UNITS)]
    activation: str = "tanh"

    @model_validator(mode="before")
    @classmethod
    def _bare_number(cls, value: Any) -> Any:
        return {"units": value} if isinstance(value, int) else value


class WeightsSpec(Spec):
    """Explicit initial weights: per layer ``(n_out, n_in)`` and ``(n_out,)``. No biases at all: zeros."""

    weights: Several[Several[Several[Number]]]
    biases: Several[Several[Number]] = ()


class NetworkSpec(MaskedSpec):
    """Hidden layers, output, initial weights and masks."""

    hidden: Annotated[Several[LayerSpec], Field(max_length=int(bounds.HIDDEN_LAYERS.maximum))] = (
        LayerSpec(units=8),
        LayerSpec(units=8),
    )
    output_activation: str = "auto"
    """"auto": sigmoid for two classes, softmax for more, linear for regression."""
    bias: bool = True
    init: str = "auto"
    init_scale: Annotated[float, within(bounds.INIT_SCALE)] = bounds.INIT_SCALE.default
    """Multiplies what the initialiser draws; with `normal` it is σ, with `constant` the value."""
    seed: Seed = 0
    explicit: WeightsSpec | None = None


class ScheduleSpec(Spec):
    """A learning-rate schedule and its parameters (absent ones take the table's defaults).

    In files, a bare name stands for the schedule with its defaults.
    """

    name: str = "constant"
    parameters: Named[Number] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _bare_name(cls, value: Any) -> Any:
        return {"name": value} if isinstance(value, str) else value


class TrainingSpec(Spec):
    """Loss, optimiser, regularisation and stop conditions."""

    loss: str = "auto"
    """"auto": the cross-entropy that fits the output activation, mean squared error otherwise."""
    class_weights: ClassWeightsField = None
    """How much the rows of each class count in a cross-entropy: "balanced", or one number for each class."""
    optimizer: str = "adam"
    optimizer_parameters: Named[Number] = Field(default_factory=dict)
    """Its own, such as momentum or beta1; absent ones take the table's defaults."""
    learning_rate: Annotated[float, within(bounds.LEARNING_RATE)] = bounds.LEARNING_RATE.default
    batch_size: BatchSize = 10
    """None, "all" in files: all training rows. A size beyond the data means all rows too."""
    shuffle: bool = True
    schedule: ScheduleSpec = ScheduleSpec()
    l1: Annotated[float, within(bounds.L1)] = 0.0
    l2: Annotated[float, within(bounds.L2)] = 0.0
    dropout: Annotated[float, within(bounds.DROPOUT)] = 0.0
    clip_norm: Annotated[float, within(bounds.CLIP_NORM)] | None = None
    seed: Seed = 0
    engine: EngineName = "auto"
    epochs: Annotated[int, within(bounds.EPOCHS)] = int(bounds.EPOCHS.default)
    """Length for `nnviz train`. The window runs until paused unless `stop_at_epochs` is set."""
    stop_at_epochs: bool = False
    target_loss: Annotated[float, within(bounds.TARGET_LOSS)] | None = None
    patience: Annotated[int, within(bounds.PATIENCE)] | None = None
    restore_best: bool = False
    """Whether patience ends with the weights of the best epoch, not of the last."""


class ViewSpec(Spec):
    """What the window shows of the experiment; it never changes a result."""

    axes: tuple[Position, Position] = (0, 1)
    hold: HoldKind = "auto"
    """What becomes of the features that are not on an axis: `nnviz.experiment.frame.Hold`."""
    through: tuple[PartName, Position] | None = None
    """The sample at whose values they are held, where `hold` is "row"."""
    held_values: Annotated[Several[Coordinate], Field(max_length=4096)] = ()
    """Where they are held, one number per raw feature, where `hold` is "values"."""
    x_range: tuple[Coordinate, Coordinate] | None = None
    y_range: tuple[Coordinate, Coordinate] | None = None
    show_train: bool = True
    show_validation: bool = True
    show_test: bool = True
    wrong_only: bool = False
    """Only the points that the network gets wrong."""
    discretise: bool = False
    shown_class: Position | None = None
    """Of more than two classes, the one whose probability the map shows; None: all of them, blended."""
    parts: bool = False
    """Whether the curve of a regression over one feature shows what each hidden unit contributes."""
    contour: bool = False
    unit_lines: bool = False
    """Whether the line on which each unit of the first layer is zero lies over the map."""
    unit_curves: bool = False
    """The same of deeper units, for which it is a curve."""
    grid: bool = False
    log_loss: bool = False
    curve: Literal["loss", "score", "learning_rate"] = "loss"
    """What the loss view shows."""
    curve_x: Literal["epoch", "updates", "elapsed_s"] = "epoch"
    """What runs along its x axis."""
    smoothing: Annotated[float, Field(ge=0.0, lt=1.0)] = 0.0
    """Share of the past in each smoothed point of a curve; 0: as measured."""
    hidden: Several[str] = ()
    """Names of the controls and panels that a teacher has hidden (`nnviz.ui.window.teacher_view`)."""
    layout: Literal["", "explore", "inspect", "present"] = ""
    """Arrangement of the window; empty: as the user has it."""

    @property
    def shown_parts(self) -> tuple[bool, bool, bool]:
        """Whether the points of each of `PARTS` are shown."""
        return self.show_train, self.show_validation, self.show_test

    @property
    def held(self) -> Hold:
        """What a map is to do with the features that are not on an axis."""
        return Hold(
            self.hold,
            self.through if self.hold == "row" else None,
            self.held_values if self.hold == "values" else (),
        )


class SecondSpec(Spec):
    """The set-up of a second network that is compared with the experiment's own, on the same data."""

    network: NetworkSpec = NetworkSpec()
    training: TrainingSpec = TrainingSpec()


class ExperimentSpec(Spec):
    """All that an experiment file holds: data, network, training, view, notes and a second set-up to compare with.

    `nnviz.experiment.document.Experiment` is the same with what can be done with it.
    """

    format: Literal[4] = FORMAT
    title: str = "untitled"
    notes: str = ""
    data: DataSpec = DataSpec()
    network: NetworkSpec = NetworkSpec()
    training: TrainingSpec = TrainingSpec()
    view: ViewSpec = ViewSpec()
    second: SecondSpec | None = None
    """What it is compared with, side by side; it changes no result of the experiment itself."""
