"""Frames: frozen pictures of a run, and what the views ask of them.

A frame is built on demand, in the worker, of just what the views need. It is the only thing that crosses threads, so
every array in it is a copy (or a prefix that is never rewritten) and read-only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace
from numpy.typing import NDArray

from nnviz.core.layout import Array, Layout
from nnviz.core.masks import Masks
from nnviz.experiment.contrast import Contrast
from nnviz.experiment.figures import Curves, Metrics, PartName, Reading
from nnviz.experiment.subject import LIVE, Subject

if TYPE_CHECKING:
    from nnviz.experiment.distribution import Distribution
    from nnviz.experiment.probe import Probe
if not TYPE_CHECKING:  # `help` and `inspect.signature` look up what the fields of a record are.
    Distribution = Probe = Any

Range = tuple[float, float]
UnitId = tuple[int, int]
"""(layer, unit): layer 0 holds the network's inputs, layer L its outputs; unit counts from 0."""

RowId = tuple[PartName, int]
"""Part of the data and row in it, from 0."""

Status = Literal["preparing", "ready", "running", "paused", "finished", "diverged", "failed"]

MAIN = "boundary"
"""Name of the plane whose axes and slice the small maps of the units share."""

V = TypeVar("V")


def last_of(named: Mapping[str, V]) -> V | None:
    """Return what comes last, None of nothing."""
    return list(named.values())[-1] if named else None


HoldKind = Literal["auto", "means", "row", "values", "average", "components"]


class Hold(Struct, frozen=True):
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


#: Samples of a plane at rest across its longer side.
USUAL_RESOLUTION = 120


class PlaneRequest(Struct, frozen=True):
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
    contrast : Contrast or None
        The answer of another network, or the difference to it, is shown instead of the answer.
    is_fresh : bool
        Whether each frame has to come with a map of its own moment, as where it is compared with another one; others
        may be some frames old where they take long, while a run trains.
    """

    x_range: Range | None = None
    y_range: Range | None = None
    axes: tuple[int, int] = (0, 1)
    unit: UnitId | None = None
    max_resolution: int = USUAL_RESOLUTION
    contour: bool = False
    hold: Hold = Hold()
    parts: bool = False
    pixels: tuple[int, int] = (0, 0)
    contrast: Contrast | None = None
    is_fresh: bool = False


def _one_plane() -> Mapping[str, PlaneRequest]:
    return {"": PlaneRequest()}


class Needs(Struct, frozen=True):
    """What the views that look at one subject, taken together, want of the next frame.

    What several of them may want each for itself is asked for by name: the name of the view that asks. The frame
    answers by the same names (`Frame.seen_by`).

    Attributes
    ----------
    planes : mapping of str to PlaneRequest
        Those that were asked for last come last.
    unit_maps : bool
        Whether a small map of every unit is wanted, over the axes of the plane called `MAIN`.
    points : bool
        Whether the correctness of every point is wanted.
    answers : bool
        Whether the answer to every row is wanted, with its loss and the confusion of classes.
    gradient : bool
        Whether the exact gradient on the whole training set is wanted (the inspector shows it).
    probes : mapping of str to tuple of float
        New examples, raw features: their activations are wanted.
    pre_activations : mapping of str to int
        Layers 1 … L of which the distribution of the weighted sums is wanted.
    readings : mapping of str to int
        Epochs whose exact figures are wanted (the curves may be thinned).
    """

    planes: Mapping[str, PlaneRequest] = field(default_factory=_one_plane)
    unit_maps: bool = True
    points: bool = True
    answers: bool = False
    gradient: bool = False
    probes: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    pre_activations: Mapping[str, int] = field(default_factory=dict)
    readings: Mapping[str, int] = field(default_factory=dict)

    @property
    def main_plane(self) -> PlaneRequest | None:
        """The plane called `MAIN`, or the one that was asked for last; None where there is none."""
        return self.planes.get(MAIN, last_of(self.planes))


class CurveParts(Struct, frozen=True):
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


class Plane(Struct, frozen=True):
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
    contrast : Contrast or None
        In force: `values` are another network's, or differences, whose `contour` is that of the answer. Not so of a
        curve of differences: `values` are then the answer, and `other` what the other network answers.
    other : ndarray float32, as `values`, or None
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
    contrast: Contrast | None = None
    other: NDArray[np.float32] | None = None


class Answers(Struct, frozen=True):
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


class Frame(Struct, weakref=True, frozen=True):
    """One moment of one run.

    Attributes
    ----------
    run_id : int
        Frames of a run that is no longer shown are dropped.
    is_live : bool
        Whether the run stands there; else the frame is of its past, whatever the run does now.
    epoch, batch, n_batches : int
        Finished epochs; updates made in the present one; updates in an epoch.
    status : Status
        What the run does now.
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
    masks : Masks or None
        What training leaves alone, and which units are silent.
    has_biases : bool
        Whether units add a bias; where not, those among the parameters are zeros that nobody needs to see.
    scaled_targets : bool
        Whether the losses are of standardised targets; everything else is in the units of the data.
    build_s : float
        Seconds of a processor that building it took.
    weighted : bool
        Whether rows count differently in the losses.
    planes, probes : mapping of str to Plane, Probe
        As asked for, by name.
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
    distributions : mapping of str to Distribution
        Of the pre-activations of the layers asked for, by name.
    readings : mapping of str to Reading
        Of the epochs asked for, or of the nearest, by name.
    viewer : str
        By what name `plane`, `probe`, `pre_activations` and `reading` answer; empty: what was asked for last, by
        whomever.
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
    build_s: float = 0.0
    weighted: bool = False
    planes: Mapping[str, Plane] = field(default_factory=dict)
    unit_maps: tuple[NDArray[np.float32], ...] | None = None
    class_means: tuple[Array, ...] | None = None
    correct_train: NDArray[np.bool_] | None = None
    correct_validation: NDArray[np.bool_] | None = None
    correct_test: NDArray[np.bool_] | None = None
    answers_train: Answers | None = None
    answers_validation: Answers | None = None
    answers_test: Answers | None = None
    gradient: Array | None = None
    probes: Mapping[str, Probe] = field(default_factory=dict)
    distributions: Mapping[str, Distribution] = field(default_factory=dict)
    readings: Mapping[str, Reading] = field(default_factory=dict)
    is_live: bool = True
    masks: Masks | None = None
    viewer: str = ""

    @property
    def subject(self) -> Subject:
        """What it is a picture of."""
        return Subject(self.run_id, LIVE if self.is_live else self.epoch)

    @property
    def is_moving(self) -> bool:
        """Whether it shows the present of a run that trains: the next one follows at once.

        Dear parts may then be coarser, or some frames old. Every other frame is exact.
        """
        return self.is_live and self.status == "running"

    def seen_by(self, viewer: str) -> Self:
        """Return the same frame for one of those who asked: with what was asked for by that name."""
        return replace(self, viewer=viewer)

    @property
    def plane(self) -> Plane | None:
        """The plane of the `viewer`, where there is one."""
        return self._answer(self.planes)

    @property
    def probe(self) -> Probe | None:
        """The example of the `viewer`, where there is one."""
        return self._answer(self.probes)

    @property
    def tried(self) -> Probe | None:
        """The example that was asked for last, by whomever: there is one at a time, and every view may mark it."""
        return last_of(self.probes)

    @property
    def pre_activations(self) -> Distribution | None:
        """The distribution of the `viewer`, where there is one."""
        return self._answer(self.distributions)

    @property
    def reading(self) -> Reading | None:
        """The figures of the epoch that the `viewer` asked for, where there are any."""
        return self._answer(self.readings)

    def _answer(self, named: Mapping[str, V]) -> V | None:
        return named.get(self.viewer) if self.viewer else last_of(named)

    def correct_of(self, part: PartName) -> NDArray[np.bool_] | None:
        """Return the correctness of the rows of a part."""
        return {"train": self.correct_train, "validation": self.correct_validation, "test": self.correct_test}[part]

    def answers_of(self, part: PartName) -> Answers | None:
        """Return the answers to the rows of a part."""
        return {"train": self.answers_train, "validation": self.answers_validation, "test": self.answers_test}[part]
