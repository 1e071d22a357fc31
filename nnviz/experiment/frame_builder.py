"""Builds frames: of one moment of a run, just what the views need, as read-only copies.

Runs in the worker between two slices of training. It knows no Qt, so scripts and the command line use it as well.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from functools import partial
from time import thread_time
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from msgspec.structs import fields
from numpy.typing import NDArray

from nnviz.core.arrays import read_only
from nnviz.core.engine import RECORD_COLUMNS
from nnviz.core.layout import Array
from nnviz.core.metrics import correct
from nnviz.core.moment import Moment
from nnviz.experiment.answers import answers_of
from nnviz.experiment.curves import curves_of, reading_of
from nnviz.experiment.figures import PARTS, Metrics, PartName
from nnviz.experiment.frame import Answers, Frame, Needs, Plane, PlaneRequest, Status
from nnviz.experiment.frame_activations import FrameActivations
from nnviz.experiment.grids import Grids
from nnviz.experiment.part_budgets import Renewed
from nnviz.experiment.plane_maker import PlaneMaker
from nnviz.experiment.prepare import Prepared
from nnviz.experiment.slices import MEANS, axes_in_force
from nnviz.experiment.subject import LIVE, Subject

if TYPE_CHECKING:
    from nnviz.experiment.distribution import Distribution
    from nnviz.experiment.probe import Probe
    from nnviz.experiment.refinement import Refinement

#: What each part besides the planes may take of a running frame.
PART_BUDGET_S = 0.002
#: Samples along each side of a unit's map, and units of a layer that have one.
UNIT_MAP_SIZE = 40
MAPPED_UNITS = 64
#: Samples along each side of the units' maps where they are averages.
AVERAGE_UNIT_SIZE = 24
#: Subjects of which parts are kept to be shown again; the one that was seen least recently is forgotten.
KEPT_SUBJECTS = 8

#: Of an empty canvas.
NO_METRICS = Metrics(*[math.nan] * len(fields(Metrics)))

S = TypeVar("S", bound=np.generic)
UnitMaps = tuple[NDArray[np.float32], ...]
#: One for each of `PARTS`.
Correct = tuple[NDArray[np.bool_], ...]
_OF_NO_PART = (None,) * len(PARTS)


class _Kept:
    """What was made of one subject: while it moves it is renewed as its cost allows, of the past it is made once."""

    def __init__(self, moment: Moment) -> None:
        self.moment = moment
        self.planes: dict[str, PlaneMaker] = {}
        self.unit_maps: Renewed[UnitMaps] = Renewed(PART_BUDGET_S)
        self.class_means: Renewed[tuple[Array, ...]] = Renewed(PART_BUDGET_S)
        self.correct: Renewed[Correct] = Renewed(PART_BUDGET_S)
        self.answers: Renewed[tuple[Answers, ...]] = Renewed(PART_BUDGET_S)
        self.gradient: Renewed[Array] = Renewed(PART_BUDGET_S)
        self.distributions: dict[str, Renewed[Distribution]] = {}


class _Making:
    """One frame in the making.

    Attributes
    ----------
    exact : bool
        Whether every part has to be of this very moment; else dear ones may be some frames old.
    fixed : bool
        Whether the moment is of the past, of which a part is made once.
    """

    def __init__(self, moment: Moment, kept: _Kept, *, exact: bool) -> None:
        self.moment, self.kept, self.exact = moment, kept, exact
        self.fixed = not moment.is_live
        self.evaluated = FrameActivations(moment)


class FrameBuilder:
    """Builds frames of moments on the same data: of one run or several, live or past.

    Parameters
    ----------
    prepared : Prepared
        The data and inputs of the moments.

    Examples
    --------
    >>> from nnviz.experiment import DataSpec, Experiment, FrameBuilder, Needs
    >>> prepared = Experiment(data=DataSpec(name="moons")).prepared()
    >>> trainer, builder = prepared.trainer(), FrameBuilder(prepared)
    >>> _ = trainer.run(epochs=20)
    >>> now, then = (builder.build(moment, Needs()) for moment in (trainer.moment(), trainer.moment_at(5)))
    >>> now.epoch, then.epoch, bool(now.metrics.train_loss < then.metrics.train_loss)
    (20, 5, True)
    """

    def __init__(self, prepared: Prepared) -> None:
        self.prepared = prepared
        self._grids = Grids(prepared)
        self._kept: OrderedDict[Subject, _Kept] = OrderedDict()
        self._threshold = prepared.threshold
        # Found here, in the worker: the views ask for it.
        _ = prepared.first_map

    def build(
        self,
        moment: Moment,
        needs: Needs,
        *,
        status: Status = "ready",
        message: str = "",
        epochs_per_second: float = 0.0,
    ) -> Frame:
        """Return a picture of `moment`.

        Parameters
        ----------
        moment : Moment
            Of this builder's data.
        needs : Needs
            What the views want; the rest stays empty.
        status, message, epochs_per_second
            Passed on to the frame. While `status` is "running" dear parts of a live moment may be coarser or some
            frames old.
        """
        begun_s = thread_time()
        exact = not (moment.is_live and status == "running")
        making = _Making(moment, self._kept_of(moment), exact=exact)
        main = needs.main_plane or PlaneRequest(axes=self.prepared.experiment.view.axes)
        right, answers = self._get_correct(making, needs), self._get_answers(making, needs)
        return Frame(
            run_id=moment.run_id,
            is_live=moment.is_live,
            epoch=moment.epoch,
            batch=moment.batch,
            n_batches=moment.n_batches,
            status=status,
            message=message,
            layout=moment.layout,
            activations=moment.activations,
            parameters=moment.parameters,
            metrics=NO_METRICS if self.prepared.is_empty else _metrics(moment, exact),
            curves=curves_of(moment, self.prepared),
            epochs_per_second=float(epochs_per_second),
            engine=moment.engine_name,
            scaled_targets=self.prepared.targets.is_scaled,
            weighted=self.prepared.is_weighted,
            has_biases=moment.has_biases,
            masks=moment.masks,
            planes=self._get_planes(making, needs),
            unit_maps=self._get_unit_maps(making, main) if needs.unit_maps else None,
            class_means=self._get_class_means(making) if needs.unit_maps else None,
            correct_train=right[0],
            correct_validation=right[1],
            correct_test=right[2],
            answers_train=answers[0],
            answers_validation=answers[1],
            answers_test=answers[2],
            gradient=self._get_gradient(making) if needs.gradient else None,
            probes=self._make_probes(moment, needs),
            distributions=self._get_distributions(making, needs),
            readings={name: reading_of(moment.history, epoch) for name, epoch in needs.readings.items()},
            build_s=thread_time() - begun_s,
        )

    def _kept_of(self, moment: Moment) -> _Kept:
        """Return what was made of the subject of `moment`, as far as it can still serve."""
        subject = Subject(moment.run_id, LIVE if moment.is_live else moment.epoch)
        kept = self._kept.pop(subject, None)
        if kept is None or not (moment.is_live or moment.is_same_as(kept.moment)):
            kept = _Kept(moment)
        self._kept[subject] = kept
        if len(self._kept) > KEPT_SUBJECTS:
            self._kept.popitem(last=False)
        return kept

    # -- planes -------------------------------------------------------------------------------------------------

    def _get_planes(self, making: _Making, needs: Needs) -> dict[str, Plane]:
        makers = making.kept.planes = {name: self._maker(making.kept, name) for name in needs.planes}
        n_planes = len(makers)
        return {
            name: makers[name].get(making.evaluated, request, exact=making.exact, n_planes=n_planes)
            for name, request in needs.planes.items()
        }

    def _maker(self, kept: _Kept, name: str) -> PlaneMaker:
        return kept.planes.get(name) or PlaneMaker(self.prepared, self._grids)

    def refinement(self, moment: Moment, name: str, request: PlaneRequest) -> Refinement | None:
        """Return the work of making the plane called `name` as fine as the screen; None where there is none.

        Parameters
        ----------
        moment : Moment
            At rest.
        name : str
        request : PlaneRequest
            What is on the screen, and how many pixels it has.
        """
        return self._maker(self._kept_of(moment), name).refinement(moment, request)

    def keep_refined(self, moment: Moment, name: str, request: PlaneRequest, work: Refinement) -> bool:
        """Let the following frames of `moment` show what was refined; return whether it is finer than what they had."""
        planes = self._kept_of(moment).planes
        return name in planes and planes[name].keep_refined(moment, request, work)

    def fitted_ranges(self, axes: tuple[int, int] = (0, 1)) -> tuple[tuple[float, float], tuple[float, float]]:
        """Return the x and y range that a plane over `axes` gets where none is asked for."""
        return self._grids.fitted(axes_in_force(self.prepared, axes, MEANS))

    # -- units --------------------------------------------------------------------------------------------------

    def _get_unit_maps(self, making: _Making, request: PlaneRequest) -> UnitMaps:
        averaged = self._grids.key(request, 1).hold.kind == "average"
        size = AVERAGE_UNIT_SIZE if averaged else UNIT_MAP_SIZE
        key = self._grids.key(PlaneRequest(axes=request.axes, hold=request.hold), size)
        evaluated = making.evaluated

        def make() -> UnitMaps:
            if averaged:
                layers = evaluated.mean_layers(self._grids.averaged_inputs(key))
            else:
                layers = evaluated.layers(key, self._grids.inputs(key))
            return tuple(
                read_only(layer[:MAPPED_UNITS].astype(np.float32).reshape(-1, key.n_y, key.n_x)) for layer in layers
            )

        return making.kept.unit_maps.get(make, key=key, exact=making.exact, fixed=making.fixed)

    def _get_class_means(self, making: _Making) -> tuple[Array, ...] | None:
        if self.prepared.task != "classification" or self.prepared.dataset.n_features <= 2:
            return None

        def make() -> tuple[Array, ...]:
            members = np.eye(len(self.prepared.class_names))[self.prepared.train.class_index]
            shares = members / np.maximum(members.sum(axis=0), 1.0)
            sums: list[Array] = []
            at = 0
            for layers in making.evaluated.pieces("train", self.prepared.X_train):
                end = at + layers[0].shape[1]
                some = [layer @ shares[at:end] for layer in layers]
                sums = [before + more for before, more in zip(sums, some, strict=True)] if sums else some
                at = end
            return tuple(map(read_only, sums))

        return making.kept.class_means.get(make, exact=making.exact, fixed=making.fixed)

    def _get_distributions(self, making: _Making, needs: Needs) -> dict[str, Distribution]:
        moment, kept, n_layers = making.moment, making.kept, making.moment.layout.n_layers
        layers = {name: layer for name, layer in needs.pre_activations.items() if 1 <= layer <= n_layers}
        if not layers or self.prepared.is_empty:
            return {}
        kept.distributions = {name: kept.distributions.get(name) or Renewed(PART_BUDGET_S) for name in layers}

        def make(layer: int) -> Distribution:
            from nnviz.experiment.distribution import distribution, sampled

            below = making.evaluated.layers("sampled", sampled(self.prepared.X_train))[layer - 1]
            return distribution(layer, moment.weights[layer - 1] @ below + moment.biases[layer - 1][:, np.newaxis])

        return {
            name: kept.distributions[name].get(partial(make, layer), key=layer, exact=making.exact, fixed=making.fixed)
            for name, layer in layers.items()
        }

    def _make_probes(self, moment: Moment, needs: Needs) -> dict[str, Probe]:
        fitting = {name: raw for name, raw in needs.probes.items() if len(raw) == self.prepared.dataset.n_features}
        return {name: self._make_probe(moment, raw) for name, raw in fitting.items()}

    def _make_probe(self, moment: Moment, raw: tuple[float, ...]) -> Probe:
        from nnviz.experiment.probe import Probe

        passed = moment.forward(self.prepared.inputs.transform(np.array([raw], dtype=np.float64)))
        activations = tuple(read_only(A[0].copy()) for A in passed.A)
        return Probe(
            raw=raw,
            pre_activations=tuple(read_only(Z[0].copy()) for Z in passed.Z),
            activations=activations,
            answer=read_only(self.prepared.targets.restore(activations[-1]).copy()),
        )

    # -- rows ---------------------------------------------------------------------------------------------------

    def _get_correct(self, making: _Making, needs: Needs) -> Correct | tuple[None, ...]:
        if not needs.points or self.prepared.task != "classification":
            return _OF_NO_PART

        def right(part: PartName) -> NDArray[np.bool_]:
            X, Y = self.prepared.arrays(part)
            outputs = np.hstack([layers[-1].copy() for layers in making.evaluated.pieces(part, X)])
            return read_only(correct(Y, outputs.T, self._threshold))

        return making.kept.correct.get(
            lambda: tuple(right(part) for part in PARTS), exact=making.exact, fixed=making.fixed
        )

    def _get_answers(self, making: _Making, needs: Needs) -> tuple[Answers, ...] | tuple[None, ...]:
        if not needs.answers:
            return _OF_NO_PART
        W, b = making.moment.weights[-1], making.moment.biases[-1][:, np.newaxis]

        def answers(part: PartName) -> Answers:
            X, Y = self.prepared.arrays(part)
            pairs = [(W @ layers[-2] + b, layers[-1].copy()) for layers in making.evaluated.pieces(part, X)]
            Z, A = (np.hstack(arrays) for arrays in zip(*pairs, strict=True))
            return answers_of(self.prepared, self.prepared.part(part), Y, Z.T, A.T)

        return making.kept.answers.get(
            lambda: tuple(answers(part) for part in PARTS), exact=making.exact, fixed=making.fixed
        )

    def _get_gradient(self, making: _Making) -> Array | None:
        if self.prepared.is_empty:
            return None
        return making.kept.gradient.get(
            lambda: read_only(making.moment.gradient()), exact=making.exact, fixed=making.fixed
        )


def _metrics(moment: Moment, exact: bool) -> Metrics:
    record = moment.evaluate() if exact else moment.record
    return Metrics(**dict(zip(RECORD_COLUMNS, record.tolist(), strict=True)))
