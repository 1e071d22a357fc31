"""The lines of units on a map: zero on them, on every slice, and the weights that bring a line where a hand puts it."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.core.layout import Array
from nnviz.core.lines import Line
from nnviz.experiment import DataSpec, Experiment, NetworkSpec, Prepared, prepare
from nnviz.experiment.frame import Hold, Needs, PlaneRequest
from nnviz.experiment.frame_builder import FrameBuilder
from nnviz.experiment.grids import Grids
from nnviz.experiment.schema import LayerSpec, TableSource
from nnviz.experiment.slices import raw_rows
from nnviz.experiment.unit_lines import LinearPlane, curve_field, linear_plane

MEANS = Hold()
PLANES = [
    ("moons", False, (0, 1), MEANS),
    ("moons", True, (0, 1), MEANS),
    ("iris", False, (0, 1), MEANS),
    ("iris", True, (2, 3), MEANS),
    ("iris", True, (1, 3), Hold("row", ("test", 4))),
    ("iris", True, (3, 0), Hold("values", values=(5.0, 3.0, 4.0, 1.0))),
    ("iris", True, (0, 1), Hold("components")),
]


def made(name: str, standardise: bool, **network: object) -> Prepared:
    hidden = (LayerSpec(units=4), LayerSpec(units=3))
    return prepare(
        Experiment(data=DataSpec(name=name, standardise=standardise), network=NetworkSpec(hidden=hidden, **network))
    )


def pre_activations(prepared: Prepared, axes: tuple[int, int], hold: Hold, x: Array, y: Array) -> Array:
    """What the network itself makes of places on the map, through its public way in."""
    inputs = prepared.inputs.transform(raw_rows(prepared, axes, hold, x, y))
    return prepared.network().pre_activations(inputs)[0]


@pytest.mark.parametrize(("name", "standardise", "axes", "hold"), PLANES)
def test_the_lines_are_the_pre_activations_of_the_slice(
    name: str, standardise: bool, axes: tuple[int, int], hold: Hold
) -> None:
    prepared = made(name, standardise)
    plane = linear_plane(prepared, axes, hold)
    assert isinstance(plane, LinearPlane)
    network = prepared.network()
    x, y = np.random.default_rng(1).normal(size=(2, 20))
    lines = plane.lines(network.weights[0], network.biases[0])
    expected = pre_activations(prepared, axes, hold, x, y)
    assert np.column_stack([x, y, np.ones(20)]) @ lines.T == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(("name", "standardise", "axes", "hold"), PLANES)
def test_the_unit_is_zero_on_the_line_that_was_dragged_and_only_the_right_weights_have_changed(
    name: str, standardise: bool, axes: tuple[int, int], hold: Hold
) -> None:
    prepared = made(name, standardise)
    plane = linear_plane(prepared, axes, hold)
    assert isinstance(plane, LinearPlane)
    network = prepared.network()
    before = network.weights[0][1].copy()
    wanted = Line(1.5, -0.75, 0.3)
    weights, bias = plane.weights_for(before, wanted, (0.2, 0.1))
    on_line = np.linspace(-3.0, 3.0, 7)
    x, y = on_line, (1.5 * on_line + 0.3) / 0.75
    inputs = prepared.inputs.transform(raw_rows(prepared, axes, hold, x, y))
    network.weights[0][1], network.biases[0][1] = weights, bias
    assert network.pre_activations(inputs)[0][:, 1] == pytest.approx(np.zeros(7), abs=1e-9)
    # Beside it, z is that of the line, too: as steep, and on the same side.
    beside = prepared.inputs.transform(raw_rows(prepared, axes, hold, x + 1.0, y))
    assert network.pre_activations(beside)[0][:, 1] == pytest.approx(np.full(7, 1.5), abs=1e-9)
    if hold.kind != "components":
        changed = {prepared.inputs.names[k] for k in np.flatnonzero(np.abs(weights - before) > 1e-12)}
        assert changed == {prepared.inputs.feature_names[axis] for axis in axes}


def test_weights_that_are_held_stay() -> None:
    prepared = made("moons", standardise=True)
    plane = linear_plane(prepared, (0, 1), MEANS)
    assert isinstance(plane, LinearPlane)
    before = prepared.network().weights[0][0]
    wanted = Line(2.0, 3.0, -1.0)
    weights, bias = plane.weights_for(before, wanted, (0.5, 0.0), free=np.array([True, False]))
    assert weights[1] == before[1]
    line = Line(*plane.lines(weights[np.newaxis], np.array([bias]))[0])
    # It turns no further than one weight can, and goes through the pivot.
    assert line.a == pytest.approx(2.0)
    assert line.at(0.5, 0.0) == pytest.approx(wanted.at(0.5, 0.0))


def test_over_one_feature_it_stands_upright() -> None:
    prepared = prepare(Experiment(data=DataSpec(name="sine"), network=NetworkSpec(hidden=(LayerSpec(units=3),))))
    plane = linear_plane(prepared, (0, 0), MEANS)
    assert isinstance(plane, LinearPlane)
    network = prepared.network()
    a, b, c = plane.lines(network.weights[0], network.biases[0])[0]
    assert b == 0.0
    inputs = prepared.inputs.transform(np.array([[-c / a]]))
    assert network.pre_activations(inputs)[0][0, 0] == pytest.approx(0.0, abs=1e-12)


def test_what_is_not_straight_has_no_lines() -> None:
    network = NetworkSpec(hidden=(LayerSpec(units=2),))
    derived = prepare(Experiment(data=DataSpec(name="moons", inputs=("x1", "x1^2")), network=network))
    assert linear_plane(derived, (0, 1), MEANS) == "derived"
    assert linear_plane(made("iris", standardise=True), (0, 1), Hold("average")) == "average"


def test_categories_that_give_way_to_each_other_have_no_lines() -> None:
    rows = [f"{k % 7},{('red', 'blue', 'green')[k % 3]},{k % 2}" for k in range(60)]
    table = TableSource(text="size,colour,kind\n" + "\n".join(rows) + "\n", target="kind")
    prepared = prepare(Experiment(data=DataSpec(name=None, table=table)))
    features = prepared.dataset.feature_names
    colours = [k for k, feature in enumerate(features) if "colour" in feature]
    assert linear_plane(prepared, (features.index("size"), colours[0]), MEANS) == "categories"


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid"])
def test_curves_of_deeper_units_are_where_their_pre_activations_change_sign(activation: str) -> None:
    hidden = (LayerSpec(units=5, activation=activation), LayerSpec(units=4, activation=activation))
    prepared = prepare(Experiment(data=DataSpec(name="moons"), network=NetworkSpec(hidden=hidden)))
    trainer = prepared.trainer()
    builder = FrameBuilder(prepared)
    request = PlaneRequest()
    frame = builder.build(trainer.moment(), Needs(planes={"": request}))
    field = curve_field(frame, Grids(prepared).fitted((0, 1)), 1, 2)
    assert field is not None
    curves = field.curves()
    assert set(curves) == {(1, unit) for unit in range(5)} | {(2, unit) for unit in range(4)}
    network = trainer.network
    found = 0
    for (layer, unit), curve in curves.items():
        middle = 0.5 * (curve[:, :2] + curve[:, 2:])
        if not len(middle):
            continue
        z = network.pre_activations(prepared.inputs.transform(middle))[layer - 1][:, unit]
        spread = np.abs(network.pre_activations(prepared.X_train)[layer - 1][:, unit]).max()
        assert np.abs(z).max(initial=0.0) < 0.05 * spread
        found += len(curve)
    assert found > 40
