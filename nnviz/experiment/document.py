"""The experiment: one frozen document that says everything a run depends on.

Its fields are the schema of experiment files (`.toml` by hand, ``experiment.json`` inside `.nnviz`). An edit is a new
document (`Experiment.edited`), so that undo, comparison and crossing threads need no care.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Seed = Annotated[int, Field(ge=0, le=2**31 - 1)]
Number = Annotated[float, Field(allow_inf_nan=False)]


class Part(BaseModel):
    """A frozen part of an experiment; unknown keys are errors, so that a misspelt one is not passed over."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def edited(self, **changes: Any) -> Any:
        """Return a copy with some fields replaced, validated again."""
        return type(self).model_validate({**{name: getattr(self, name) for name in type(self).model_fields}, **changes})


class TableSource(Part):
    """A table on disk: its path (relative to the experiment file, or absolute) and the role of its columns."""

    path: str
    target: str | None = None
    task: Literal["classification", "regression"] | None = None


class RowsSource(Part):
    """Rows that the experiment carries with it."""

    feature_names: tuple[str, ...]
    features: tuple[tuple[Number, ...], ...]
    target_name: str = "target"
    labels: tuple[str, ...] | None = None
    """One class name per row (classification), or None."""
    targets: tuple[tuple[Number, ...], ...] | None = None
    """One or more numbers per row (regression), or None."""


class DataSpec(Part):
    """Which data, which inputs are made of it, and how it is split.

    Exactly one of `name` (an entry of `nnviz.data.DATASETS`), `table` and `rows` is set.
    """

    name: str | None = "spiral"
    parameters: dict[str, Number] = Field(default_factory=dict)
    """Of the generator, such as n_samples, noise, arms; absent ones take the table's defaults."""
    seed: Seed = 0
    table: TableSource | None = None
    rows: RowsSource | None = None
    inputs: tuple[str, ...] | None = None
    """Raw feature names and derived inputs (`nnviz.data.DERIVED`); None: all raw features."""
    standardise: bool | None = None
    """None: as the data set suggests (on for real tables)."""
    test_fraction: Annotated[float, Field(ge=0.0, le=0.9)] | None = None
    """0 (no test data) or 0.1 … 0.9; None: as the data set suggests."""
    split_seed: Seed = 0


class LayerSpec(Part):
    """One hidden layer."""

    units: Annotated[int, Field(ge=1, le=512)]
    activation: str = "tanh"


class WeightsSpec(Part):
    """Explicit initial weights: per layer ``(n_out, n_in)`` and ``(n_out,)``."""

    weights: tuple[tuple[tuple[Number, ...], ...], ...]
    biases: tuple[tuple[Number, ...], ...]


class NetworkSpec(Part):
    """Hidden layers, output and initial weights."""

    hidden: Annotated[tuple[LayerSpec, ...], Field(max_length=200)] = (LayerSpec(units=8), LayerSpec(units=8))
    output_activation: str = "auto"
    """"auto": sigmoid for two classes, softmax for more, linear for regression."""
    bias: bool = True
    init: str = "auto"
    init_scale: Annotated[float, Field(gt=0.0, le=100.0)] = 1.0
    """Multiplies what the initialiser draws; with `normal` it is σ, with `constant` the value."""
    seed: Seed = 0
    explicit: WeightsSpec | None = None


class ScheduleSpec(Part):
    """A learning-rate schedule and its parameters (absent ones take the table's defaults)."""

    name: str = "constant"
    parameters: dict[str, Number] = Field(default_factory=dict)


class TrainingSpec(Part):
    """Loss, optimiser, regularisation and stop conditions."""

    loss: str = "auto"
    """"auto": the cross-entropy that fits the output activation, mean squared error otherwise."""
    optimizer: str = "adam"
    optimizer_parameters: dict[str, Number] = Field(default_factory=dict)
    """momentum, alpha, beta1, beta2, epsilon, weight_decay; absent ones take the table's defaults."""
    learning_rate: Annotated[float, Field(gt=0.0, le=1000.0)] = 0.01
    batch_size: Annotated[int, Field(ge=1)] | None = 10
    """None: all training rows. A size beyond the data means all rows too."""
    shuffle: bool = True
    schedule: ScheduleSpec = ScheduleSpec()
    l1: Annotated[float, Field(ge=0.0, le=10.0)] = 0.0
    l2: Annotated[float, Field(ge=0.0, le=10.0)] = 0.0
    dropout: Annotated[float, Field(ge=0.0, lt=1.0)] = 0.0
    clip_norm: Annotated[float, Field(gt=0.0)] | None = None
    seed: Seed = 0
    engine: Literal["auto", "compiled", "numpy"] = "auto"
    epochs: Annotated[int, Field(ge=1, le=10_000_000)] = 300
    """Length for `nnviz train`. The window runs until paused unless `stop_at_epochs` is set."""
    stop_at_epochs: bool = False
    target_loss: Number | None = None
    patience: Annotated[int, Field(ge=1)] | None = None


class ViewSpec(Part):
    """What the window shows of the experiment; it never changes a result."""

    axes: tuple[int, int] = (0, 1)
    x_range: tuple[Number, Number] | None = None
    y_range: tuple[Number, Number] | None = None
    show_train: bool = True
    show_test: bool = True
    discretise: bool = False
    log_loss: bool = False


class Experiment(Part):
    """Data + network + training + view + notes."""

    format: Literal[1] = 1
    title: str = "untitled"
    notes: str = ""
    data: DataSpec = DataSpec()
    network: NetworkSpec = NetworkSpec()
    training: TrainingSpec = TrainingSpec()
    view: ViewSpec = ViewSpec()
