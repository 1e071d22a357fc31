from __future__ import annotations

import numpy as np
import pytest
from msgspec import Struct

from nnviz.core.engine import RECORD_COLUMNS
from nnviz.experiment import (
    DataSpec,
    Experiment,
    Frame,
    FrameBuilder,
    Needs,
    NetworkSpec,
    PlaneRequest,
    frame_activations,
    prepare,
)
from nnviz.experiment.frame_builder import MAPPED_UNITS, UNIT_MAP_SIZE
from nnviz.experiment.grids import cell_centres
from nnviz.experiment.plane_maker import MOST_PARTS
from nnviz.experiment.schema import LayerSpec
from nnviz.experiment.subject import Subject


def of(name: str, **network) -> Experiment:
    return Experiment(
        data=DataSpec(name=name, parameters={} if name in ("iris", "xor_table", "wine") else {"n_samples": 40}),
        network=NetworkSpec.model_validate({"hidden": [4, 3], **network}),
    )


def build(
    experiment: Experiment, needs: Needs | None = None, epochs: int = 2, run_id: int = 0, **more
) -> tuple[Frame, object]:
    prepared = experiment.prepared()
    trainer = prepared.trainer()
    trainer.run(epochs)
    return FrameBuilder(prepared).build(trainer.moment(run_id), needs or Needs(), **more), trainer


def test_a_frame_says_where_the_run_is(moons):
    frame, trainer = build(moons, run_id=7, status="paused", message="Why.", epochs_per_second=12.5)
    assert (frame.run_id, frame.status, frame.message, frame.epochs_per_second) == (7, "paused", "Why.", 12.5)
    assert (frame.epoch, frame.batch, frame.n_batches, frame.engine) == (2, 0, 5, "numpy")
    assert frame.layout.sizes == (2, 4, 3, 1)
    assert frame.activations == ("tanh", "relu", "sigmoid")
    assert np.array_equal(frame.parameters, trainer.network.parameters)
    assert frame.curves.epoch.tolist() == [0.0, 1.0, 2.0]
    assert frame.curves.n_epochs == 3


def arrays_of(part: object) -> list[np.ndarray]:
    if isinstance(part, np.ndarray):
        return [part]
    if isinstance(part, dict):
        return arrays_of(tuple(part.values()))
    if isinstance(part, tuple):
        return [array for item in part for array in arrays_of(item)]
    if isinstance(part, Struct) and not hasattr(part, "weight_slices"):
        return [array for name in part.__struct_fields__ for array in arrays_of(getattr(part, name))]
    return []


@pytest.mark.parametrize("name", ["moons", "iris", "sine"])
def test_every_array_is_read_only_and_none_is_the_trainers(name):
    frame, trainer = build(
        of(name), Needs(gradient=True, probes={"": (0.5,) * {"moons": 2, "iris": 4, "sine": 1}[name]})
    )
    arrays = arrays_of(frame)
    assert len(arrays) > 12
    assert not any(array.flags.writeable for array in arrays)
    own = [trainer.network.parameters, trainer.history.train_loss]
    assert not any(np.shares_memory(array, other) for array in arrays for other in own)


def test_a_frame_does_not_change_when_training_goes_on(moons):
    prepared = moons.prepared()
    trainer = prepared.trainer()
    builder = FrameBuilder(prepared)
    frame = builder.build(trainer.moment(), Needs(gradient=True, probes={"": (0.1, 0.2)}), status="running")
    before = [array.copy() for array in arrays_of(frame)]
    trainer.run(3)
    builder.build(trainer.moment(), Needs(gradient=True), status="running")
    assert all(np.array_equal(a, b, equal_nan=True) for a, b in zip(before, arrays_of(frame), strict=True))


def test_only_what_is_needed_is_built(moons):
    frame, _ = build(moons, Needs(planes={}, unit_maps=False, points=False))
    assert frame.plane is frame.unit_maps is frame.class_means is frame.correct_train is frame.correct_test is None
    assert frame.gradient is frame.probe is None


@pytest.mark.parametrize(("name", "n_outputs"), [("moons", 1), ("spiral", 1), ("iris", 3), ("plane", 1)])
def test_the_plane_shows_the_outputs_at_the_centres_of_its_cells(name, n_outputs):
    request = PlaneRequest(x_range=(-2.0, 3.0), y_range=(-1.0, 4.0), max_resolution=50)
    frame, trainer = build(of(name), Needs(planes={"": request}))
    plane = frame.plane
    assert (plane.x_range, plane.y_range, plane.values.shape) == ((-2.0, 3.0), (-1.0, 4.0), (50, 50, n_outputs))
    assert plane.values.dtype == np.float32
    prepared = of(name).prepared()
    raw = prepared.inputs.feature_means.copy()
    column, row = 12, 37
    raw[0], raw[1] = cell_centres((-2.0, 3.0), 50)[column], cell_centres((-1.0, 4.0), 50)[row]
    expected = trainer.network.predict(prepared.inputs.transform(raw[None]))[0]
    assert np.allclose(plane.values[row, column], expected, atol=1e-6)


def test_the_plane_is_fitted_around_every_point(moons):
    frame, _ = build(moons)
    X = moons.prepared().dataset.X
    for (low, high), column in zip((frame.plane.x_range, frame.plane.y_range), X.T, strict=True):
        assert low < column.min()
        assert high > column.max()


def test_more_features_are_held_at_the_means_of_the_training_rows():
    frame, _ = build(of("iris"), Needs(planes={"": PlaneRequest(axes=(2, 0))}))
    means = of("iris").prepared().train.X.mean(axis=0)
    assert frame.plane.axes == (2, 0)
    assert [index for index, _ in frame.plane.held] == [1, 3]
    assert np.allclose([value for _, value in frame.plane.held], means[[1, 3]])


@pytest.mark.parametrize(
    "request_",
    [
        PlaneRequest(axes=(0, 9)),
        PlaneRequest(x_range=(1.0, 1.0)),
        PlaneRequest(x_range=(float("nan"), 1.0)),
        PlaneRequest(y_range=(2.0, -2.0)),
        PlaneRequest(unit=(9, 99)),
    ],
)
def test_impossible_requests_fall_back_to_possible_ones(request_):
    frame, _ = build(of("iris"), Needs(planes={"": request_}))
    assert np.isfinite(frame.plane.values).all()
    assert frame.plane.axes == (0, 1)
    # The three outputs of iris: the answer, where there is no such unit.
    assert (frame.plane.unit, frame.plane.values.shape[2]) == (None, 3)


def test_one_feature_makes_a_fine_curve():
    frame, trainer = build(of("sine"), Needs(planes={"": PlaneRequest(max_resolution=40)}))
    plane = frame.plane
    assert (plane.axes, plane.values.shape) == ((0, 0), (1, 400, 1))
    prepared = of("sine").prepared()
    x = cell_centres(plane.x_range, 400)[:, None]
    assert np.allclose(plane.values[0, :, 0], trainer.network.predict(prepared.inputs.transform(x))[:, 0], atol=1e-5)
    assert plane.y_range[0] < prepared.Y_train.min()
    assert frame.unit_maps[0].shape == (1, 1, 400)


@pytest.mark.parametrize("unit", [(0, 1), (1, 2), (2, 0), (3, 0)])
def test_one_units_activation_can_be_shown(moons, unit):
    request = PlaneRequest(unit=unit, max_resolution=UNIT_MAP_SIZE)
    frame, _ = build(moons, Needs(planes={"": request}))
    assert frame.plane.values.shape == (40, 40, 1)
    assert np.array_equal(frame.plane.values[..., 0], frame.unit_maps[unit[0]][unit[1]])


@pytest.mark.parametrize("unit", [None, (0, 1), (1, 2)])
def test_a_plane_evaluated_in_pieces_is_the_same(moons, unit, monkeypatch):
    needs = Needs(planes={"": PlaneRequest(unit=unit, max_resolution=60)})
    whole, _ = build(moons, needs)
    monkeypatch.setattr(frame_activations, "LARGEST_PIECE", 5000)
    pieces, _ = build(moons, needs)
    assert np.allclose(pieces.plane.values, whole.plane.values, rtol=0.0, atol=1e-6)


def test_every_unit_has_a_map_inputs_included(moons):
    frame, _ = build(moons)
    assert [maps.shape for maps in frame.unit_maps] == [(n, 40, 40) for n in (2, 4, 3, 1)]
    x_map, y_map = frame.unit_maps[0]
    assert (np.diff(x_map, axis=1) > 0).all()
    assert (np.diff(y_map, axis=0) > 0).all()
    assert np.ptp(x_map, axis=0).max() == 0.0


def test_wide_layers_have_maps_of_their_first_units():
    frame, _ = build(of("moons", hidden=[100]), epochs=0)
    assert len(frame.unit_maps[1]) == MAPPED_UNITS


def test_class_means_of_more_than_two_features():
    frame, trainer = build(of("iris"))
    prepared = of("iris").prepared()
    activations = trainer.network.forward(prepared.X_train)
    for means, A in zip(frame.class_means, activations, strict=True):
        for k in range(3):
            assert np.allclose(means[:, k], A[prepared.train.class_index == k].mean(axis=0))
    assert build(of("moons"))[0].class_means is None
    assert build(of("plane"))[0].class_means is None


@pytest.mark.parametrize("experiment", [of("moons"), of("moons", output_activation="tanh"), of("iris")])
def test_correct_points_make_up_the_accuracy(experiment):
    frame, trainer = build(experiment)
    assert frame.correct_train.mean() == pytest.approx(trainer.history.train_accuracy[-1])
    assert frame.correct_test.mean() == pytest.approx(trainer.history.test_accuracy[-1])
    assert frame.metrics.test_score == pytest.approx(frame.correct_test.mean())


def test_regression_has_no_correct_points():
    frame, _ = build(of("sine"))
    assert frame.correct_train is frame.correct_test is None


def test_no_test_rows():
    frame, _ = build(of("xor_table"))
    assert len(frame.correct_test) == 0
    assert np.isnan(frame.curves.test_loss).all()
    assert np.isnan(frame.metrics.test_loss)


def test_the_gradient_is_that_of_the_whole_training_set(moons):
    frame, trainer = build(moons, Needs(gradient=True))
    prepared = moons.prepared()
    dW, db = trainer.network.gradients(prepared.X_train, prepared.Y_train, loss=prepared.loss)
    assert np.array_equal(frame.layout.weights(frame.gradient)[1], dW[1])
    assert np.array_equal(frame.layout.biases(frame.gradient)[2], db[2])


def test_the_probe_shows_what_every_unit_makes_of_an_example():
    frame, trainer = build(of("iris"), Needs(probes={"": (5.0, 3.0, 1.5, 0.2)}))
    X = of("iris").prepared().inputs.transform([[5.0, 3.0, 1.5, 0.2]])
    assert frame.probe.raw == (5.0, 3.0, 1.5, 0.2)
    assert np.array_equal(frame.probe.activations[0], X[0])
    assert np.allclose(frame.probe.activations[-1], trainer.network.predict(X)[0])
    assert [len(Z) for Z in frame.probe.pre_activations] == [4, 3, 3]


def test_a_probe_of_other_data_is_left_out(moons):
    assert build(moons, Needs(probes={"": (1.0, 2.0, 3.0)}))[0].probe is None


def test_metrics_are_the_last_epochs_while_training_and_the_present_ones_at_rest(moons):
    prepared = moons.prepared()
    trainer = prepared.trainer()
    builder = FrameBuilder(prepared)
    trainer.run(2)
    history = trainer.history
    rest = builder.build(trainer.moment(), Needs(), status="paused")
    for name in RECORD_COLUMNS:
        assert np.array_equal(getattr(rest.metrics, name), history.column(name)[-1], equal_nan=True)
    trainer.set_parameter(0, 5.0)
    running = builder.build(trainer.moment(), Needs(), status="running")
    edited = builder.build(trainer.moment(), Needs(), status="paused")
    assert running.metrics.train_loss == history.train_loss[-1]
    assert edited.metrics.train_loss == pytest.approx(trainer.network.loss(prepared.X_train, prepared.Y_train))
    assert edited.metrics.learning_rate == history.learning_rate[-1]


def test_new_axes_are_shown_at_once_even_while_dear_parts_rest(monkeypatch):
    monkeypatch.setattr("nnviz.experiment.frame_builder.PART_BUDGET_S", 0.0)
    prepared = of("iris").prepared()
    trainer, builder = prepared.trainer(), FrameBuilder(prepared)
    first = builder.build(trainer.moment(), Needs(), status="running")
    kept = builder.build(trainer.moment(), Needs(), status="running")
    turned = builder.build(trainer.moment(), Needs(planes={"": PlaneRequest(axes=(2, 3))}), status="running")
    assert kept.unit_maps is first.unit_maps
    assert turned.unit_maps is not first.unit_maps
    assert builder.build(trainer.moment(), Needs(), status="finished").unit_maps is not first.unit_maps


def test_a_map_that_is_compared_is_never_older_than_its_frame(moons, monkeypatch):
    monkeypatch.setattr("nnviz.experiment.plane_maker.SLOW_PLANE_S", 0.0)
    prepared = moons.prepared()
    trainer, builder = prepared.trainer(), FrameBuilder(prepared)
    needs = Needs(planes={"rest": PlaneRequest(), "compared": PlaneRequest(is_fresh=True)})
    frames = []
    for _ in range(3):
        trainer.run(1)
        frames.append(builder.build(trainer.moment(), needs, status="running"))
    assert frames[0].planes["rest"] is frames[1].planes["rest"] is frames[2].planes["rest"]
    compared = [frame.planes["compared"].values for frame in frames]
    assert len({values.tobytes() for values in compared}) == 3


def test_fitted_ranges_are_those_of_the_default_plane(moons):
    frame, _ = build(moons)
    assert FrameBuilder(moons.prepared()).fitted_ranges() == (frame.plane.x_range, frame.plane.y_range)


def test_the_parts_of_a_curve_add_up_to_the_output() -> None:
    experiment = Experiment(
        data=DataSpec(name="sine"), network=NetworkSpec(hidden=(LayerSpec(units=5), LayerSpec(units=4)))
    )
    prepared = prepare(experiment)
    trainer = prepared.trainer()
    trainer.run(5)
    plane = FrameBuilder(prepared).build(trainer.moment(), Needs(planes={"": PlaneRequest(parts=True)})).plane
    parts = plane.parts
    assert parts.units == (0, 1, 2, 3)
    np.testing.assert_array_equal(parts.weights, trainer.network.weights[-1][0])
    np.testing.assert_allclose(parts.values.sum(axis=0) + parts.bias, plane.values[0, :, 0], rtol=0, atol=2e-6)


def test_of_many_parts_the_strongest_are_kept_and_a_plane_has_none() -> None:
    wide = Experiment(data=DataSpec(name="sine"), network=NetworkSpec(hidden=(LayerSpec(units=60),)))
    prepared = prepare(wide)
    trainer = prepared.trainer()
    parts = FrameBuilder(prepared).build(trainer.moment(), Needs(planes={"": PlaneRequest(parts=True)})).plane.parts
    weights = np.abs(trainer.network.weights[-1][0])
    assert len(parts.units) == MOST_PARTS
    assert weights[list(parts.units)].min() >= np.delete(weights, parts.units).max()
    for name, hidden in (("moons", (LayerSpec(units=3),)), ("sine", ())):
        prepared = prepare(Experiment(data=DataSpec(name=name), network=NetworkSpec(hidden=hidden)))
        frame = FrameBuilder(prepared).build(prepared.trainer().moment(), Needs(planes={"": PlaneRequest(parts=True)}))
        assert frame.plane.parts is None


@pytest.mark.parametrize("name", ["iris", "moons", "auto_mpg"])
def test_the_answers_are_those_to_every_row(name: str) -> None:
    prepared = prepare(Experiment(data=DataSpec(name=name)))
    trainer = prepared.trainer()
    trainer.run(4)
    frame = FrameBuilder(prepared).build(trainer.moment(), Needs(answers=True), status="paused")
    for part, X, Y, answers, loss in (
        (prepared.train, prepared.X_train, prepared.Y_train, frame.answers_train, frame.metrics.train_loss),
        (prepared.test, prepared.X_test, prepared.Y_test, frame.answers_test, frame.metrics.test_loss),
    ):
        outputs = prepared.targets.restore(trainer.network.predict(X))
        np.testing.assert_allclose(answers.outputs, outputs, rtol=0, atol=1e-12)
        assert answers.losses.shape == (part.n_samples,)
        assert answers.losses.mean() == pytest.approx(loss, rel=1e-9)
        one = trainer.network.loss(X[3:4], Y[3:4], prepared.loss)
        assert answers.losses[3] == pytest.approx(one, rel=1e-9)
        assert not answers.outputs.flags.writeable
        if prepared.task != "classification":
            assert answers.predicted is None
            assert answers.confusion is None
            continue
        right = answers.predicted == part.class_index
        score = frame.metrics.train_score if part is prepared.train else frame.metrics.test_score
        assert right.mean() == pytest.approx(score)
        for true in range(len(prepared.class_names)):
            for taken in range(len(prepared.class_names)):
                by_hand = sum((part.class_index == true) & (answers.predicted == taken))
                assert answers.confusion[true, taken] == by_hand
        shares = outputs if outputs.shape[1] > 1 else np.hstack([1 - outputs, outputs])
        np.testing.assert_allclose(answers.shares, shares[np.arange(len(shares)), answers.predicted], atol=1e-12)


def test_a_frame_answers_each_by_name(moons):
    prepared = moons.prepared()
    trainer = prepared.trainer()
    trainer.run(2)
    needs = Needs(
        planes={"boundary": PlaneRequest(max_resolution=30), "second": PlaneRequest(unit=(1, 2), max_resolution=20)},
        probes={"probe": (0.5, 0.5), "drawing": (0.1, -0.2), "other": (1.0, 2.0, 3.0)},
        readings={"loss": 1, "card": 2},
        pre_activations={"picker": 1, "nobody": 9},
    )
    frame = FrameBuilder(prepared).build(trainer.moment(), needs)
    assert [(name, plane.unit, plane.values.shape[0]) for name, plane in frame.planes.items()] == [
        ("boundary", None, 30),
        ("second", (1, 2), 20),
    ]
    assert frame.seen_by("second").plane is frame.planes["second"] is frame.plane
    assert frame.seen_by("boundary").plane.unit is None
    assert {name: probe.raw for name, probe in frame.probes.items()} == {"probe": (0.5, 0.5), "drawing": (0.1, -0.2)}
    assert frame.probe.raw == (0.1, -0.2)
    assert frame.seen_by("other").probe is frame.seen_by("probe").reading is None
    assert (frame.seen_by("loss").reading.epoch, frame.seen_by("card").reading.epoch) == (1, 2)
    assert frame.distributions.keys() == {"picker"}


def test_frames_of_the_past_are_exact_and_disturb_no_live_ones(moons, monkeypatch):
    monkeypatch.setattr("nnviz.experiment.frame_builder.PART_BUDGET_S", 0.0)
    prepared = moons.prepared()
    trainer, builder = prepared.trainer(), FrameBuilder(prepared)
    trainer.run(3)
    needs = Needs(gradient=True, answers=True)
    then = builder.build(trainer.moment(), needs, status="paused")
    trainer.run(5)
    live = builder.build(trainer.moment(), needs, status="running")
    past = builder.build(trainer.moment_at(3), needs, status="running")
    assert (past.is_live, past.is_moving, live.is_moving, past.subject) == (False, False, True, Subject(0, 3))
    assert (past.epoch, past.curves.n_epochs) == (3, 9)
    for name in ("parameters", "gradient", "correct_train", "correct_test"):
        np.testing.assert_array_equal(getattr(past, name), getattr(then, name))
    np.testing.assert_array_equal(past.plane.values, then.plane.values)
    np.testing.assert_array_equal(past.answers_test.losses, then.answers_test.losses)
    assert repr(past.metrics) == repr(then.metrics)
    trainer.run(1)
    # A dear part of the live run goes on being renewed in its turn, and that of the past is made once.
    assert builder.build(trainer.moment(), needs, status="running").unit_maps is live.unit_maps
    assert builder.build(trainer.moment_at(3), needs, status="running").plane is past.plane
    other = prepared.trainer()
    other.run(3)
    other.set_parameter(0, 9.0)
    other.run(1)
    # Another run of the same number: what was kept of the first is not taken for it.
    strange = builder.build(other.moment_at(4), needs)
    assert strange.plane is not builder.build(trainer.moment_at(4), needs).plane
