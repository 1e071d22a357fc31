from __future__ import annotations

import numpy as np
import pytest

from nnviz.experiment import DataSpec, Experiment, FrameBuilder, Needs, NetworkSpec, PlaneRequest
from nnviz.experiment.answers import answer_on_plane

AXES = {"moons": (0, 1), "wine": (6, 2), "sine": (0, 0)}


@pytest.mark.parametrize("name", ["moons", "wine", "sine"])
@pytest.mark.parametrize("unit", [None, (0, 0), (1, 2), (3, 0)])
def test_the_answer_is_the_networks_own(name: str, unit: tuple[int, int] | None) -> None:
    experiment = Experiment(data=DataSpec(name=name), network=NetworkSpec.model_validate({"hidden": [4, 3]}))
    prepared = experiment.prepared()
    trainer = prepared.trainer()
    trainer.run(3)
    needs = Needs(planes={"": PlaneRequest(axes=AXES[name], unit=unit)})
    frame = FrameBuilder(prepared).build(trainer.moment(), needs)
    raw = prepared.train.X.mean(axis=0)
    x, y = (0.3 * prepared.train.X[5] + 0.7 * raw)[list(AXES[name])]
    raw[AXES[name][1]], raw[AXES[name][0]] = y, x
    layers = trainer.network.forward(prepared.inputs.transform(raw[np.newaxis]))
    expected = layers[-1][0] if unit is None else layers[unit[0]][0, unit[1] : unit[1] + 1]
    answer = answer_on_plane(frame, frame.plane, prepared, float(x), float(y))
    np.testing.assert_allclose(answer, expected, rtol=1e-12, atol=1e-12)


def test_it_goes_through_the_cells_of_the_map() -> None:
    prepared = Experiment(data=DataSpec(name="moons")).prepared()
    frame = FrameBuilder(prepared).build(prepared.trainer().moment(), Needs(planes={"": PlaneRequest()}))
    plane = frame.plane
    n_y, n_x, _ = plane.values.shape
    (x0, x1), (y0, y1) = plane.x_range, plane.y_range
    x, y = x0 + 17.5 * (x1 - x0) / n_x, y0 + 40.5 * (y1 - y0) / n_y
    np.testing.assert_allclose(answer_on_plane(frame, plane, prepared, x, y), plane.values[40, 17], rtol=1e-5)
