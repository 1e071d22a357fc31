"""Makes the planes that one view asks for, of one subject: as fine as its time allows while that moves, exact at rest.

A plane that was refined at rest is shown for as long as the same moment is.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from nnviz.core.activations import ACTIVATIONS
from nnviz.core.arrays import read_only
from nnviz.core.layout import Array, Layout
from nnviz.core.moment import Moment
from nnviz.experiment.contours import plane_contour, steps_between
from nnviz.experiment.contrast import Contrast, difference
from nnviz.experiment.frame import CurveParts, Plane, PlaneRequest, UnitId
from nnviz.experiment.frame_activations import FrameActivations, has_unit, mean, rows_of
from nnviz.experiment.grids import GridKey, Grids
from nnviz.experiment.part_budgets import Renewed, Resolution
from nnviz.experiment.prepare import Prepared
from nnviz.experiment.slices import held_features

if TYPE_CHECKING:
    from nnviz.experiment.refinement import Refinement

#: What all planes together may take of a running frame.
PLANE_BUDGET_S = 0.003
#: A plane that takes longer than this even at its coarsest is not renewed on every frame.
SLOW_PLANE_S = 0.01
#: Samples along each side of a plane of averages, each of which takes as many evaluations as it has rows: exact ones,
#: and those of a frame that is followed by the next.
AVERAGE_SIZE = 60
HURRIED_AVERAGE_SIZE = 40
#: Units that a curve is taken apart into at the most.
MOST_PARTS = 32


class PlaneMaker:
    """Makes planes one after the other, and remembers how long they took.

    Parameters
    ----------
    prepared : Prepared
    grids : Grids
        Of the same data; several makers may share them.
    """

    def __init__(self, prepared: Prepared, grids: Grids) -> None:
        self._prepared = prepared
        self._grids = grids
        self._threshold = prepared.threshold
        self._resolution = Resolution(PLANE_BUDGET_S)
        self._plane: Renewed[Plane] = Renewed(SLOW_PLANE_S)
        self._refined: tuple[PlaneRequest, Moment, Refinement] | None = None
        self._refined_plane: tuple[Refinement, Plane] | None = None

    def get(self, evaluated: FrameActivations, request: PlaneRequest, *, exact: bool, n_planes: int = 1) -> Plane:
        """Return the plane that is asked for.

        Parameters
        ----------
        evaluated : FrameActivations
        request : PlaneRequest
        exact : bool
            Whether it has to be of this very moment, and as fine as is asked for.
        n_planes : int
            So many have to share the time of a frame.
        """
        refined = self._refined_for(evaluated.moment, request) if exact else None
        if refined is not None and self._refined_plane is not None and self._refined_plane[0] is refined:
            # The very same object: who draws it knows by that that nothing has changed.
            return self._refined_plane[1]
        self._resolution.budget_s = PLANE_BUDGET_S / n_planes
        fixed = not evaluated.moment.is_live
        key = (request, id(refined)) if fixed else request
        plane = self._plane.get(
            lambda: self._new_plane(evaluated, request, refined, exact=exact),
            key=key,
            exact=exact or request.is_fresh,
            fixed=fixed,
        )
        if refined is not None:
            self._refined_plane = refined, plane
        return plane

    def refinement(self, moment: Moment, request: PlaneRequest) -> Refinement | None:
        """Return the work of making a plane as fine as the screen; None where there is none."""
        from nnviz.experiment.refinement import Refinement

        if not all(request.pixels) or self._grids.one_feature:
            return None
        coarse = self._grids.key(request, request.max_resolution)
        if coarse.hold.kind == "average" or self._refined_for(moment, request) is not None:
            return None
        key = replace(coarse, n_x=request.pixels[0], n_y=request.pixels[1])
        unit = request.unit if has_unit(moment.layout, request.unit) else None
        contrast = contrast_in_force(moment.layout, request)
        # What it holds must not hold it: such a circle, with the history of the run, waits for a full collection.
        grids = self._grids

        def evaluate(key: GridKey, start: int, stop: int) -> Array:
            X = grids.band(key, start, stop)
            own = rows_of([X.T, *moment.layer_values(X)], unit)
            return own.copy() if contrast is None else _with_other(own, contrast, moment, X)

        return Refinement(key, evaluate, request.max_resolution)

    def keep_refined(self, moment: Moment, request: PlaneRequest, work: Refinement) -> bool:
        """Let the following planes of this moment be what was refined; return whether that is finer than they were."""
        if not work.is_worth_it:
            return False
        self._refined = request, moment, work
        return True

    def _refined_for(self, moment: Moment, request: PlaneRequest) -> Refinement | None:
        if self._refined is None or self._refined[0] != request:
            return None
        return self._refined[2] if self._refined[1].is_same_as(moment) else None

    def _new_plane(
        self, evaluated: FrameActivations, request: PlaneRequest, refined: Refinement | None, *, exact: bool
    ) -> Plane:
        # A view may still ask for a unit of the network before: it gets the answer until it has noticed.
        unit = request.unit if has_unit(evaluated.layout, request.unit) else None
        contrast = contrast_in_force(evaluated.layout, request)
        if refined is not None:
            key, shown = refined.key, refined.shown
        else:
            key, shown = self._evaluate(evaluated, request, unit, contrast, exact)
        n_shown = len(shown) if contrast is None else len(shown) // 2

        def on_plane(rows: Array) -> NDArray[np.float32]:
            return read_only(np.ascontiguousarray(rows.T, dtype=np.float32).reshape(key.n_y, key.n_x, n_shown))

        if unit is None:
            shown = np.vstack(
                [self._prepared.targets.restore(half.T).T for half in np.split(shown, len(shown) // n_shown)]
            )
        own = on_plane(shown[:n_shown])
        values, other = own, None
        if contrast is not None:
            values, other = self._contrasted(contrast, shown, own, on_plane)
        return Plane(
            x_range=key.x_range,
            y_range=key.y_range,
            axes=key.axes,
            unit=unit,
            values=values,
            held=held_features(self._prepared, key.axes, key.hold),
            hold=key.hold,
            n_averaged=len(self._grids.averaged) if key.hold.kind == "average" else 0,
            away=self._grids.away(key),
            parts=self._make_parts(evaluated, key) if request.parts and unit is None and contrast is None else None,
            contour=(
                plane_contour(
                    values if contrast is not None and contrast.kind == "before" else own,
                    key.x_range,
                    key.y_range,
                    self._middle(evaluated, unit),
                )
                if request.contour
                else None
            ),
            contrast=contrast,
            other=other,
        )

    def _contrasted(
        self,
        contrast: Contrast,
        shown: Array,
        own: NDArray[np.float32],
        on_plane: Callable[[Array], NDArray[np.float32]],
    ) -> tuple[NDArray[np.float32], NDArray[np.float32] | None]:
        """Return `Plane.values` and `Plane.other` of the present answers and the other ones, one above the other."""
        mine, others = np.split(shown, 2)
        if contrast.kind == "before":
            return on_plane(others), None
        if self._grids.one_feature:
            return own, on_plane(others)
        return on_plane(difference(mine, others)), None

    def _evaluate(
        self,
        evaluated: FrameActivations,
        request: PlaneRequest,
        unit: UnitId | None,
        contrast: Contrast | None,
        exact: bool,
    ) -> tuple[GridKey, Array]:
        """Return which samples a plane has and what is shown there, ``(n_shown, n_samples)``.

        Below it stands what the other network of a contrast answers.
        """
        moment = evaluated.moment
        if self._grids.key(request, 1).hold.kind == "average":
            key = self._grids.key(request, min(request.max_resolution, AVERAGE_SIZE if exact else HURRIED_AVERAGE_SIZE))
            if contrast is None:
                return key, evaluated.mean_unit(self._grids.averaged_inputs(key), unit)
            return key, mean(
                _with_other(moment.layer_values(X)[-1], contrast, moment, X) for X in self._grids.averaged_inputs(key)
            )
        resolution = request.max_resolution if exact else self._resolution.choose(request.max_resolution)
        key = self._grids.key(request, resolution)
        inputs = self._grids.inputs(key)
        start = perf_counter()
        shown = evaluated.unit(key, inputs, unit)
        if contrast is not None:
            shown = _with_other(shown, contrast, moment, inputs)
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
        targets = self._prepared.targets
        return CurveParts(
            units=tuple(strongest.tolist()),
            weights=read_only(weights),
            values=read_only((targets.scale[0] * weights[:, np.newaxis] * activations).astype(np.float32)),
            bias=float(targets.restore(np.array([evaluated.output_bias]))[0]),
        )

    def _middle(self, evaluated: FrameActivations, unit: UnitId | None) -> tuple[float, ...] | None:
        """Return the values along which contours of the plane run; None: where the winning class changes."""
        prepared = self._prepared
        if unit is not None:
            return (ACTIVATIONS[evaluated.activations[unit[0] - 1]].middle if unit[0] else 0.0,)
        if prepared.task == "classification":
            return (self._threshold,) if evaluated.layout.sizes[-1] == 1 else None
        targets = prepared.train.y[:, 0]
        return steps_between(float(targets.min()), float(targets.max())) if len(targets) else (0.0,)


def contrast_in_force(layout: Layout, request: PlaneRequest) -> Contrast | None:
    """Return what is asked for, where the network has it: a view may still ask what concerned the network before."""
    wanted = request.contrast
    return wanted if wanted is not None and request.unit is None and wanted.fits(layout) else None


def _with_other(own: Array, contrast: Contrast, moment: Moment, X: Array) -> Array:
    """Return the present answers ``(n_outputs, n_samples)``, and those of the other network below them."""
    return np.vstack([own, contrast.outputs(moment.layout, moment.activations, moment.parameters, X)])
