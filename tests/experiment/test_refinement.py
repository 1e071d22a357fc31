"""At rest a map is refined to the pixel, piece by piece, within a second."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest

from nnviz.core.layout import Array
from nnviz.experiment import DataSpec, Experiment, prepare
from nnviz.experiment.frame import Needs, PlaneRequest
from nnviz.experiment.frame_builder import FrameBuilder
from nnviz.experiment.grids import GridKey
from nnviz.experiment.refinement import BUDGET_S, Refinement
from nnviz.experiment.slices import raw_rows

KEY = GridKey((0, 1), (0.0, 1.0), (0.0, 1.0), 400, 300)


def refined(name: str, request: PlaneRequest):
    prepared = prepare(Experiment(data=DataSpec(name=name)))
    builder, trainer = FrameBuilder(prepared), prepared.trainer()
    trainer.run(1)
    before = builder.build(trainer.moment(), Needs(planes={"": request}), status="paused").plane
    moment = trainer.moment()
    work = builder.refinement(moment, "", request)
    assert work is not None
    pieces = 0
    while not work.is_done:
        # A row at a time, however fast the machine is.
        work.advance(1e-9)
        pieces += 1
    assert pieces > 2
    assert builder.keep_refined(moment, "", request, work)
    return builder, trainer, before


@pytest.mark.parametrize("name", ["moons", "iris"])
def test_a_refined_map_is_that_of_all_pixels(name: str) -> None:
    request = PlaneRequest(max_resolution=30, pixels=(90, 60))
    builder, trainer, before = refined(name, request)
    plane = builder.build(trainer.moment(), Needs(planes={"": request}), status="paused").plane
    assert plane.values.shape[:2] == (60, 90)
    assert (plane.x_range, plane.y_range, plane.hold) == (before.x_range, before.y_range, before.hold)
    (x0, x1), (y0, y1) = plane.x_range, plane.y_range
    x, y = x0 + (np.array([7, 88]) + 0.5) / 90 * (x1 - x0), y0 + (np.array([59, 3]) + 0.5) / 60 * (y1 - y0)
    rows = raw_rows(builder.prepared, plane.axes, plane.hold, x, y)
    expected = trainer.network.predict(builder.prepared.inputs.transform(rows))
    np.testing.assert_allclose(plane.values[[59, 3], [7, 88]], expected, atol=1e-6)
    # At rest it stays the very same object, so that views need not draw it again.
    assert builder.build(trainer.moment(), Needs(planes={"": request}), status="paused").plane is plane
    # Once it has trained on, it is the quick one again, until it is refined anew.
    trainer.run(1)
    assert builder.build(trainer.moment(), Needs(planes={"": request}), status="paused").plane.values.shape[0] == 30
    assert builder.refinement(trainer.moment(), "", request) is not None


def test_there_is_nothing_to_refine_without_pixels_or_twice() -> None:
    request = PlaneRequest(max_resolution=30, pixels=(90, 60))
    builder, trainer, _ = refined("moons", request)
    assert builder.refinement(trainer.moment(), "", request) is None
    assert builder.refinement(trainer.moment(), "", PlaneRequest()) is None
    small = PlaneRequest(max_resolution=120, pixels=(100, 100))
    work = builder.refinement(trainer.moment(), "", small)
    assert work is not None
    assert work.is_done
    assert not builder.keep_refined(trainer.moment(), "", small, work)


@pytest.mark.parametrize("us_per_sample", [0.1, 1.0, 20.0, 60.0, 1000.0])
def test_the_work_fits_into_its_budget(us_per_sample: float) -> None:
    now = 0.0

    def evaluate(key: GridKey, start: int, stop: int) -> Array:
        nonlocal now
        n = (stop - start) * key.n_x
        now += 1e-6 * us_per_sample * n
        return np.zeros((1, n))

    work = Refinement(KEY, evaluate, 120, clock=lambda: now)
    longest = 0.0
    while not work.is_done:
        before = now
        work.advance(0.01)
        longest = max(longest, now - before)
    assert now <= 1.1 * BUDGET_S + 4e-6 * us_per_sample * KEY.n_x
    assert longest <= max(0.0101, 2e-6 * us_per_sample * KEY.n_x)
    assert work.is_worth_it == (us_per_sample < 50.0)
    if work.is_worth_it:
        assert work.shown.shape == (1, work.key.n_x * work.key.n_y)
        assert (work.key == KEY) == (us_per_sample <= 1.0)


def test_a_single_slow_piece_does_not_coarsen_the_map() -> None:
    clock = iter([0.0, 5.0, *(5.0 + 0.001 * k for k in range(10_000))])
    work = Refinement(KEY, lambda key, start, stop: np.zeros((1, (stop - start) * key.n_x)), 120, lambda: next(clock))
    while not work.is_done:
        work.advance(0.01)
    assert work.key == KEY


def test_what_was_refined_is_let_go_of_with_its_run_and_waits_for_no_collection() -> None:
    request = PlaneRequest(max_resolution=30, pixels=(90, 60))
    builder, trainer, before = refined("moons", request)
    history = weakref.ref(trainer.history)
    gc.disable()
    del trainer, builder, before
    kept = history()
    gc.enable()
    assert kept is None
