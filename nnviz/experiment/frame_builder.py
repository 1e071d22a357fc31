"""Builds frames: of one moment of a run, just what the views need, as read-only copies.

Runs in the worker between two slices of training. It knows no Qt, so scripts and the command line use it as well.
"""

from __future__ import annotations

import math
from dataclasses import fields, replace
from functools import partial
from time import perf_counter
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from nnviz.core.activations import ACTIVATIONS
from nnviz.core.arrays import read_only
from nnviz.core.engine import RECORD_COLUMNS
from nnviz.core.layout import Array
from nnviz.core.metrics import correct
from nnviz.core.trainer import Trainer
from nnviz.experiment.answers import answers_of
from nnviz.experiment.contours import plane_contour, steps_between
from nnviz.experiment.curves import curves_of, reading_of
from nnviz.experiment.distribution import distribution, sampled
from nnviz.experiment.figures import PARTS, Metrics, PartName
from nnviz.experiment.frame import (
    Answers,
    CurveParts,
    Distribution,
    Frame,
    Needs,
    Plane,
    PlaneRequest,
    Probe,
    Status,
    UnitId,
)
from nnviz.experiment.frame_activations import FrameActivations, has_unit, rows_of
from nnviz.experiment.grids import GridKey, Grids
from nnviz.experiment.part_budgets import Renewed, Resolution
from nnviz.experiment.prepare import Prepared
from nnviz.experiment.refinement import Refinement
from nnviz.experiment.slices import MEANS, axes_in_force, held_features

#: What the plane may take of a running frame, and each of the other parts.
PLANE_BUDGET_S = 0.003
PART_BUDGET_S = 0.002
#: A plane that takes longer than this even at its coarsest is not renewed on every frame.
SLOW_PLANE_S = 0.01
#: Samples along each side of a unit's map, and units of a layer that have one.
UNIT_MAP_SIZE = 40
MAPPED_UNITS = 64
#: Samples along each side of a plane of averages, each of which takes as many evaluations as it has rows, and of the
#: units' maps then.
AVERAGE_SIZE = 60
AVERAGE_UNIT_SIZE = 24
#: Units that a curve is taken apart into at the most.
MOST_PARTS = 32

#: Of an empty canvas.
NO_METRICS = Metrics(*[math.nan] * len(fields(Metrics)))

S = TypeVar("S", bound=np.generic)
UnitMaps = tuple[NDArray[np.float32], ...]
#: One for each of `PARTS`.
Correct = tuple[NDArray[np.bool_], ...]
_OF_NO_PART = (None,) * len(PARTS)


class FrameBuilder:
    """Builds the frames of one run.

    Parameters
    ----------
    prepared : Prepared
        The run's data and inputs.
    """

    def __init__(self, prepared: Prepared) -> None:
        self.prepared = prepared
        self._grids = Grids(prepared)
        self._resolution = Resolution(PLANE_BUDGET_S)
        self._plane: Renewed[Plane] = Renewed(SLOW_PLANE_S)
        self._unit_maps: Renewed[UnitMaps] = Renewed(PART_BUDGET_S)
        self._class_means: Renewed[tuple[Array, ...]] = Renewed(PART_BUDGET_S)
        self._correct: Renewed[Correct] = Renewed(PART_BUDGET_S)
        self._answers: Renewed[tuple[Answers, ...]] = Renewed(PART_BUDGET_S)
        self._gradient: Renewed[Array] = Renewed(PART_BUDGET_S)
        self._pre_activations: Renewed[Distribution] = Renewed(PART_BUDGET_S)
        self._refined: tuple[PlaneRequest, Array, Refinement] | None = None
        self._refined_plane: tuple[Refinement, Plane] | None = None
        self._threshold = prepared.threshold
        # Found here, in the worker: the views ask for it.
        _ = prepared.first_map

    def build(
        self,
        trainer: Trainer,
        needs: Needs,
        *,
        run_id: int = 0,
        status: Status = "ready",
        message: str = "",
        epochs_per_second: float = 0.0,
    ) -> Frame:
        """Return the present moment of `trainer`.

        Parameters
        ----------
        trainer : Trainer
            Of this builder's data; nothing else may train it meanwhile.
        needs : Needs
            What the views want; the rest stays None.
        run_id, status, message, epochs_per_second
            Passed on to the frame. While `status` is "running" dear parts may be coarser or some frames old.
        """
        exact, network, evaluated = status != "running", trainer.network, FrameActivations(trainer)
        request = needs.plane or PlaneRequest(axes=self.prepared.experiment.view.axes)
        plane = None
        if needs.plane is not None:
            plane = self._plane.get(lambda: self._make_plane(evaluated, request, exact), key=request, exact=exact)
        correct = self._get_correct(evaluated, needs, exact)
        answers = self._get_answers(evaluated, trainer, needs, exact)
        return Frame(
            run_id=run_id,
            epoch=int(trainer.epoch),
            batch=int(trainer.batch),
            n_batches=int(trainer.n_batches),
            status=status,
            message=message,
            layout=network.layout,
            activations=tuple(network.activations),
            parameters=read_only(network.parameters.copy()),
            metrics=NO_METRICS if self.prepared.is_empty else _metrics(trainer, exact),
            curves=curves_of(trainer, self.prepared),
            epochs_per_second=float(epochs_per_second),
            engine=trainer.engine_name,
            scaled_targets=self.prepared.targets.is_scaled,
            weighted=self.prepared.is_weighted,
            has_biases=network.bias,
            plane=plane,
            unit_maps=self._get_unit_maps(evaluated, request, exact) if needs.unit_maps else None,
            class_means=self._get_class_means(evaluated, exact) if needs.unit_maps else None,
            correct_train=correct[0],
            correct_validation=correct[1],
            correct_test=correct[2],
            answers_train=answers[0],
            answers_validation=answers[1],
            answers_test=answers[2],
            gradient=self._get_gradient(trainer, exact) if needs.gradient else None,
            probe=self._make_probe(trainer, needs.probe) if needs.probe is not None else None,
            pre_activations=self._get_pre_activations(evaluated, trainer, needs.pre_activations, exact),
            reading=reading_of(trainer, needs.reading) if needs.reading is not None else None,
        )

    def _get_correct(self, evaluated: FrameActivations, needs: Needs, exact: bool) -> Correct | tuple[None, ...]:
        if not needs.points or self.prepared.task != "classification":
            return _OF_NO_PART
        return self._correct.get(lambda: self._make_correct(evaluated), exact=exact)

    def _get_answers(
        self, evaluated: FrameActivations, trainer: Trainer, needs: Needs, exact: bool
    ) -> tuple[Answers, ...] | tuple[None, ...]:
        if not needs.answers:
            return _OF_NO_PART
        return self._answers.get(lambda: self._make_answers(evaluated, trainer), exact=exact)

    def refinement(self, trainer: Trainer, request: PlaneRequest | None) -> Refinement | None:
        """Return the work of making the map of a run at rest as fine as the screen; None where there is none.

        Parameters
        ----------
        trainer : Trainer
            Nothing may train it while the work is done.
        request : PlaneRequest or None
            What is on the screen, and how many pixels it has.
        """
        if request is None or not all(request.pixels) or self._grids.one_feature:
            return None
        coarse = self._grids.key(request, request.max_resolution)
        if coarse.hold.kind == "average" or self._refined_for(trainer, request) is not None:
            return None
        key = replace(coarse, n_x=request.pixels[0], n_y=request.pixels[1])
        unit = request.unit if has_unit(trainer.network.layout, request.unit) else None

        def evaluate(key: GridKey, start: int, stop: int) -> Array:
            X = self._grids.band(key, start, stop)
            return rows_of([X.T, *trainer.activations(X)], unit).copy()

        return Refinement(key, evaluate, request.max_resolution)

    def keep_refined(self, trainer: Trainer, request: PlaneRequest | None, work: Refinement) -> bool:
        """Let the following frames at rest show what was refined; return whether it is finer than what they had."""
        if request is None or not work.is_worth_it:
            return False
        self._refined = request, trainer.network.parameters.copy(), work
        return True

    def _refined_for(self, trainer: Trainer, request: PlaneRequest) -> Refinement | None:
        if self._refined is None or self._refined[0] != request:
            return None
        is_same = np.array_equal(self._refined[1], trainer.network.parameters)
        return self._refined[2] if is_same else None

    def fitted_ranges(self, axes: tuple[int, int] = (0, 1)) -> tuple[tuple[float, float], tuple[float, float]]:
        """Return the x and y range that a plane over `axes` gets where none is asked for."""
        return self._grids.fitted(axes_in_force(self.prepared, axes, MEANS))

    def _make_plane(self, evaluated: FrameActivations, request: PlaneRequest, exact: bool) -> Plane:
        refined = self._refined_for(evaluated.trainer, request) if exact else None
        if refined is not None and self._refined_plane is not None and self._refined_plane[0] is refined:
            # The very same object: who draws it knows by that that nothing has changed.
            return self._refined_plane[1]
        plane = self._new_plane(evaluated, request, exact)
        if refined is not None:
            self._refined_plane = refined, plane
        return plane

    def _new_plane(self, evaluated: FrameActivations, request: PlaneRequest, exact: bool) -> Plane:
        # A view may still ask for a unit of the network before: it gets the answer until it has noticed.
        unit = request.unit if has_unit(evaluated.layout, request.unit) else None
        key, shown = self._evaluate(evaluated, request, unit, exact)
        if unit is None:
            shown = self.prepared.targets.restore(shown.T).T
        values = np.ascontiguousarray(shown.T, dtype=np.float32).reshape(key.n_y, key.n_x, len(shown))
        return Plane(
            x_range=key.x_range,
            y_range=key.y_range,
            axes=key.axes,
            unit=unit,
            values=read_only(values),
            held=held_features(self.prepared, key.axes, key.hold),
            hold=key.hold,
            n_averaged=len(self._grids.averaged) if key.hold.kind == "average" else 0,
            away=self._grids.away(key),
            parts=self._make_parts(evaluated, key) if request.parts and unit is None else None,
            contour=(
                plane_contour(values, key.x_range, key.y_range, self._middle(evaluated, unit))
                if request.contour
                else None
            ),
        )

    def _evaluate(
        self, evaluated: FrameActivations, request: PlaneRequest, unit: UnitId | None, exact: bool
    ) -> tuple[GridKey, Array]:
        """Return which samples a plane has and what is shown there, ``(n_shown, n_samples)``."""
        if exact and (refined := self._refined_for(evaluated.trainer, request)) is not None:
            return refined.key, refined.shown
        if self._grids.key(request, 1).hold.kind == "average":
            key = self._grids.key(request, min(request.max_resolution, AVERAGE_SIZE if exact else UNIT_MAP_SIZE))
            return key, evaluated.mean_unit(self._grids.averaged_inputs(key), unit)
        resolution = request.max_resolution if exact else self._resolution.choose(request.max_resolution)
        key = self._grids.key(request, resolution)
        inputs = self._grids.inputs(key)
        start = perf_counter()
        shown = evaluated.unit(key, inputs, unit)
        self._resolution.measured(len(inputs), perf_counter() - start)
        return key, shown

    def _make_parts(self, evaluated: FrameActivations, key: GridKey) -> CurveParts | None:
        """Return what the last hidden units add to a curve; None where there is no curve of one output, or no unit."""
        W = evaluated.output_weights
        if not self._grids.one_feature or len(W) != 1 or evaluated.layout.n_layers < 2:
            return None
        strongest = np.sort(np.argsort(-np.abs(W[0]), kind="stable")[:MOST_PARTS])
        activations = evaluated.layers(key, self._grids.inputs(key))[-2][strongest]
        weights = W[0, strongest]
        targets = self.prepared.targets
        return CurveParts(
            units=tuple(strongest.tolist()),
            weights=read_only(weights),
            values=read_only((targets.scale[0] * weights[:, np.newaxis] * activations).astype(np.float32)),
            bias=float(targets.restore(np.array([evaluated.output_bias]))[0]),
        )

    def _middle(self, evaluated: FrameActivations, unit: UnitId | None) -> tuple[float, ...] | None:
        """Return the values along which contours of the plane run; None: where the winning class changes."""
        if unit is not None:
            return (ACTIVATIONS[evaluated.activations[unit[0] - 1]].middle if unit[0] else 0.0,)
        if self.prepared.task == "classification":
            return (self._threshold,) if evaluated.layout.sizes[-1] == 1 else None
        targets = self.prepared.train.y[:, 0]
        return steps_between(float(targets.min()), float(targets.max())) if len(targets) else (0.0,)

    def _get_unit_maps(self, evaluated: FrameActivations, request: PlaneRequest, exact: bool) -> UnitMaps:
        averaged = self._grids.key(request, 1).hold.kind == "average"
        size = AVERAGE_UNIT_SIZE if averaged else UNIT_MAP_SIZE
        key = self._grids.key(PlaneRequest(axes=request.axes, hold=request.hold), size)

        def make() -> UnitMaps:
            if averaged:
                layers = evaluated.mean_layers(self._grids.averaged_inputs(key))
            else:
                layers = evaluated.layers(key, self._grids.inputs(key))
            return tuple(
                read_only(layer[:MAPPED_UNITS].astype(np.float32).reshape(-1, key.n_y, key.n_x)) for layer in layers
            )

        return self._unit_maps.get(make, key=key, exact=exact)

    def _get_class_means(self, evaluated: FrameActivations, exact: bool) -> tuple[Array, ...] | None:
        if self.prepared.task != "classification" or self.prepared.dataset.n_features <= 2:
            return None
        return self._class_means.get(lambda: self._make_class_means(evaluated), exact=exact)

    def _make_class_means(self, evaluated: FrameActivations) -> tuple[Array, ...]:
        index = self.prepared.train.class_index
        members = np.eye(len(self.prepared.class_names))[index]
        shares = members / np.maximum(members.sum(axis=0), 1.0)
        return tuple(read_only(layer @ shares) for layer in evaluated.layers("train", self.prepared.X_train))

    def _make_correct(self, evaluated: FrameActivations) -> Correct:
        def right(part: PartName) -> NDArray[np.bool_]:
            X, Y = self.prepared.arrays(part)
            return read_only(correct(Y, evaluated.layers(part, X)[-1].T, self._threshold))

        return tuple(right(part) for part in PARTS)

    def _make_answers(self, evaluated: FrameActivations, trainer: Trainer) -> tuple[Answers, ...]:
        prepared, network = self.prepared, trainer.network
        W, b = network.weights[-1], network.biases[-1][:, np.newaxis]

        def answers(part: PartName) -> Answers:
            X, Y = prepared.arrays(part)
            layers = evaluated.layers(part, X)
            return answers_of(prepared, prepared.part(part), Y, (W @ layers[-2] + b).T, layers[-1].T)

        return tuple(answers(part) for part in PARTS)

    def _get_gradient(self, trainer: Trainer, exact: bool) -> Array | None:
        if self.prepared.is_empty:
            return None
        return self._gradient.get(partial(self._make_gradient, trainer), exact=exact)

    def _make_gradient(self, trainer: Trainer) -> Array:
        prepared = self.prepared
        weights = trainer.problem.weights
        return read_only(
            trainer.network.flat_gradient(prepared.X_train, prepared.Y_train, prepared.loss, row_weights=weights)
        )

    def _get_pre_activations(
        self, evaluated: FrameActivations, trainer: Trainer, layer: int | None, exact: bool
    ) -> Distribution | None:
        network = trainer.network
        if layer is None or not 1 <= layer <= len(network.weights) or self.prepared.is_empty:
            return None

        def make() -> Distribution:
            below = evaluated.layers("sampled", sampled(self.prepared.X_train))[layer - 1]
            return distribution(layer, network.weights[layer - 1] @ below + network.biases[layer - 1][:, np.newaxis])

        return self._pre_activations.get(make, key=layer, exact=exact)

    def _make_probe(self, trainer: Trainer, raw: tuple[float, ...]) -> Probe | None:
        if len(raw) != self.prepared.dataset.n_features:
            return None
        X = self.prepared.inputs.transform(np.array([raw], dtype=np.float64))
        activations = tuple(read_only(A[0].copy()) for A in trainer.network.forward(X))
        return Probe(
            raw=raw,
            pre_activations=tuple(read_only(Z[0].copy()) for Z in trainer.network.pre_activations(X)),
            activations=activations,
            answer=read_only(self.prepared.targets.restore(activations[-1]).copy()),
        )


def _metrics(trainer: Trainer, exact: bool) -> Metrics:
    record = dict(zip(RECORD_COLUMNS, trainer.history.last_record.tolist(), strict=True))
    if exact:
        now = dict(zip(RECORD_COLUMNS, trainer.evaluate().tolist(), strict=True))
        record = {**now, "learning_rate": record["learning_rate"]}
    return Metrics(**record)
