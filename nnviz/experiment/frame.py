"""Frames: frozen pictures of a run, and what the views ask of them.

A frame is built on demand, in the worker, of just what the views need. It is the only thing that crosses threads, so
every array in it is a copy (or a prefix that is never rewritten) and read-only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nnviz.core.layout import Array, Layout
from nnviz.experiment.figures import Curves, Metrics, PartName, Reading

Range = tuple[float, float]
UnitId = tuple[int, int]
"""(layer, unit): layer 0 holds the network's inputs, layer L its outputs; unit counts from 0."""

RowId = tuple[PartName, int]
"""Part of the data and row in it, from 0."""

Status = Literal["preparing", "ready", "running", "paused", "finished", "diverged", "failed"]


HoldKind = Literal["auto", "means", "row", "values", "average", "components"]


@dataclass(frozen=True)
class Hold:
    """What a map over two of many features does with the others.

    Attributes
    ----------
    kind : HoldKind
        "auto": "components" for pictures, of which two pixels tell nothing, else "means". "means": held at their
        training means. "row": at the values of a sample. "values": at given values. "average": the answer is averaged
        over training rows, of which only the two features are changed (partial dependence, Friedman 2001,
        doi:10.1214/aos/1013203451). "components": the map is the plane of the first two principal components of the
        training rows.
    row : (part, row) or None
        The sample of "row".
    values : tuple of float
        All raw features of a point on the slice of "values"; those of the two axes do not matter.
    """

    kind: HoldKind = "means"
    row: RowId | None = None
    values: tuple[float, ...] = ()


@dataclass(frozen=True)
class PlaneRequest:
    """Which map of the network the boundary view shows.

    Attributes
    ----------
    x_range, y_range : (float, float) or None
        In units of the raw features; None: fitted to the data with a margin.
    axes : (int, int)
        Raw features along x and y; with one feature both are 0.
    unit : (layer, unit) or None
        Whose activation is shown instead of the outputs.
    max_resolution : int
        Samples along each side at the most; the builder takes fewer where time is short. The curve of one feature
        is cheap and has at least 400.
    contour : bool
        Whether the lines are wanted on which the answer changes.
    hold : Hold
        What becomes of the features that are not on an axis; where that cannot be had, they are held at their means.
    parts : bool
        Whether the curve of a regression over one feature comes with what each hidden unit adds to it.
    pixels : (int, int)
        Width and height of the map on the screen, to which it is refined while a run rests; (0, 0): it is not.
    """

    x_range: Range | None = None
    y_range: Range | None = None
    axes: tuple[int, int] = (0, 1)
    unit: UnitId | None = None
    max_resolution: int = 120
    contour: bool = False
    hold: Hold = Hold()
    parts: bool = False
    pixels: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Needs:
    """What the views, taken together, want of the next frame.

    Attributes
    ----------
    plane : PlaneRequest or None
    unit_maps : bool
        Whether a small map of every unit is wanted.
    points : bool
        Whether the correctness of every point is wanted.
    answers : bool
        Whether the answer to every row is wanted, with its loss and the confusion of classes.
    gradient : bool
        Whether the exact gradient on the whole training set is wanted (the inspector shows it).
    probe : tuple of float or None
        A new example, raw features: its activations are wanted.
    pre_activations : int or None
        Layer 1 … L of which the distribution of the weighted sums is wanted.
    reading : int or None
        An epoch whose exact figures are wanted (the curves may be thinned).
    """

    plane: PlaneRequest | None = field(default_factory=PlaneRequest)
    unit_maps: bool = True
    points: bool = True
    answers: bool = False
    gradient: bool = False
    probe: tuple[float, ...] | None = None
    pre_activations: int | None = None
    reading: int | None = None


@dataclass(frozen=True)
class CurveParts:
    """What the units of the last hidden layer add to the output of a network with one input and one output.

    The output's pre-activation is the sum of all units' values and the bias.

    Attributes
    ----------
    units : tuple of int
        Which units, in their order: all, or those with the largest weights to the output.
    weights : ndarray ``(n_units,)``
        Of the output, for these units.
    values : ndarray float32 ``(n_units, n_x)``
        Weight times activation.
    bias : float
    """

    units: tuple[int, ...]
    weights: Array
    values: NDArray[np.float32]
    bias: float


@dataclass(frozen=True)
class Plane:
    """The network's outputs (or one unit's activation) over two raw features.

    Attributes
    ----------
    x_range, y_range : (float, float)
        Outer edges of the outermost cells.
    axes : (int, int)
    unit : (layer, unit) or None
        As in the request.
    values : ndarray float32 ``(n_y, n_x, n_outputs)``
        Outputs in the units of the data, or activations. Row 0 at the lowest y. With one feature
        ``(1, n_x, n_outputs)``.
    held : tuple of (int, float)
        The other raw features and the values at which they are held.
    hold : Hold
        What really became of the other features.
    n_averaged : int
        Training rows that the values are averages over; 0 where they are none.
    away : tuple of ndarray, one for each of `PARTS`, or None
        How far the rows lie from the slice (`nnviz.experiment.slices.slice_distances`).
    parts : CurveParts or None
        Of a curve, where they were asked for.
    contour : ndarray float64 ``(n_lines, 4)`` or None
        x1, y1, x2, y2 of short lines in units of the raw features, where they were asked for: on them two classes are
        equally likely, a regression crosses one of ten even steps, or a unit is in the middle of its range.
    """

    x_range: Range
    y_range: Range
    axes: tuple[int, int]
    unit: UnitId | None
    values: NDArray[np.float32]
    held: tuple[tuple[int, float], ...] = ()
    hold: Hold = Hold()
    n_averaged: int = 0
    away: tuple[Array, ...] | None = None
    parts: CurveParts | None = None
    contour: Array | None = None


@dataclass(frozen=True)
class Probe:
    """One example and what every unit makes of it.

    Attributes
    ----------
    raw : tuple of float
        As typed: one number per raw feature.
    pre_activations : tuple of ndarray
        ``Z1 … ZL``, each ``(n_units,)``.
    activations : tuple of ndarray
        ``A0 … AL``: A0 are the network's inputs after derived features and standardising.
    answer : ndarray ``(n_outputs,)``
        The outputs in the units of the data: AL, unless a regression's targets are standardised.
    """

    raw: tuple[float, ...]
    pre_activations: tuple[Array, ...]
    activations: tuple[Array, ...]
    answer: Array


@dataclass(frozen=True)
class Answers:
    """What the network answers to every row of one part of the data.

    Attributes
    ----------
    outputs : ndarray ``(n_rows, n_outputs)``
        In the units of the data.
    losses : ndarray ``(n_rows,)``
        Loss of each row, summed over the outputs, before rows are weighed: of standardised targets where they are.
    predicted : ndarray int64 ``(n_rows,)`` or None
        Class of each answer; None for regression.
    shares : ndarray ``(n_rows,)`` or None
        How sure the network is of that class, 0 … 1.
    confusion : ndarray int64 ``(n_classes, n_classes)`` or None
        Rows of each true class (first index) that were taken for each class (second index).
    """

    outputs: Array
    losses: Array
    predicted: NDArray[np.int64] | None = None
    shares: Array | None = None
    confusion: NDArray[np.int64] | None = None


@dataclass(frozen=True)
class Distribution:
    """Where the weighted sums of one layer lie, over its units and the training rows.

    Attributes
    ----------
    layer : int
        1 … L.
    extent : float
        The bins cover ``-extent … extent``: 4, 6, 8, 12, 16 … so that an axis made of it mostly stands still while
        training.
    shares : ndarray ``(n_bins,)``
        Share of the sums in each bin, all of the same width. What lies beyond is in the outermost bins.
    """

    layer: int
    extent: float
    shares: Array


@dataclass(frozen=True)
class Frame:
    """One moment of one run.

    Attributes
    ----------
    run_id : int
        Frames of a run that is no longer shown are dropped.
    epoch, batch, n_batches : int
        Finished epochs; updates made in the present one; updates in an epoch.
    status : Status
    message : str
        One sentence for the user where the run diverged, failed or reached a stop condition; else empty.
    layout : Layout
    activations : tuple of str
        Names, one per layer with weights.
    parameters : ndarray ``(n_parameters,)``
    metrics : Metrics
    curves : Curves
    epochs_per_second : float
        Over the last second or so of running; 0 while nothing runs.
    engine : str
        "compiled" or "numpy".
    has_biases : bool
        Whether units add a bias; where not, those among the parameters are zeros that nobody needs to see.
    scaled_targets : bool
        Whether the losses are of standardised targets; everything else is in the units of the data.
    weighted : bool
        Whether rows count differently in the losses.
    plane, probe : as asked for, or None
    unit_maps : tuple of ndarray float32 ``(n_units, n, n)``, one per layer 0 … L, or None
        Over the axes and range of the fitted plane; row 0 at the lowest y. With one feature ``(n_units, 1, n)``.
        Layers wider than 64 units carry maps of their first 64 only.
    class_means : tuple of ndarray ``(n_units, n_classes)``, one per layer 0 … L, or None
        Mean activation per class over the training rows (classification with more than two features).
    correct_train, correct_validation, correct_test : ndarray of bool or None
        Per point, classification only. Like maps, means and gradient, they may be a few frames old while a wide
        network trains; at rest they are those of `parameters`.
    answers_train, answers_validation, answers_test : Answers or None
        Of every row, where asked for; as old as the correctness may be.
    gradient : ndarray ``(n_parameters,)`` or None
    pre_activations : Distribution or None
        Of the layer asked for.
    reading : Reading or None
        Of the epoch asked for, or of the nearest.
    """

    run_id: int
    epoch: int
    batch: int
    n_batches: int
    status: Status
    message: str
    layout: Layout
    activations: tuple[str, ...]
    parameters: Array
    metrics: Metrics
    curves: Curves
    epochs_per_second: float
    engine: str
    scaled_targets: bool
    has_biases: bool = True
    weighted: bool = False
    plane: Plane | None = None
    unit_maps: tuple[NDArray[np.float32], ...] | None = None
    class_means: tuple[Array, ...] | None = None
    correct_train: NDArray[np.bool_] | None = None
    correct_validation: NDArray[np.bool_] | None = None
    correct_test: NDArray[np.bool_] | None = None
    answers_train: Answers | None = None
    answers_validation: Answers | None = None
    answers_test: Answers | None = None
    gradient: Array | None = None
    probe: Probe | None = None
    pre_activations: Distribution | None = None
    reading: Reading | None = None

    def correct_of(self, part: PartName) -> NDArray[np.bool_] | None:
        """Return the correctness of the rows of a part."""
        return {"train": self.correct_train, "validation": self.correct_validation, "test": self.correct_test}[part]

    def answers_of(self, part: PartName) -> Answers | None:
        """Return the answers to the rows of a part."""
        return {"train": self.answers_train, "validation": self.answers_validation, "test": self.answers_test}[part]
