"""What goes through the warp: as many rows as there is time for, a grid of planes, and borders between classes."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

from nnviz.core.warp import Warp
from nnviz.experiment import DataSpec, Experiment, FrameBuilder, Needs, NetworkSpec, prepare
from nnviz.experiment.frame import Frame
from nnviz.experiment.schema import LayerSpec
from nnviz.experiment.warped import GRID_LINES, GRID_PLACES, LEAST_ROWS, MOST_ROWS, WarpedData


def made(name: str, *units: int, **fields: object) -> tuple[WarpedData, Frame, Warp, list[object]]:
    network = NetworkSpec(hidden=tuple(LayerSpec(units=n) for n in units))
    prepared = prepare(Experiment(data=DataSpec(name=name, **fields), network=network))
    frame = FrameBuilder(prepared).build(prepared.trainer().moment(), Needs())
    data = WarpedData(prepared)
    looks = data.usual_looks(frame.layout.sizes)
    warp = data.warp(frame, looks, 0.0, ())
    assert warp is not None
    return data, frame, warp, list(looks)


def test_a_grid_begins_straight_and_ends_between_the_answers() -> None:
    data, _, warp, _ = made("moons", 4, 2, inputs=("x1", "x2", "x1^2"))
    grid = data.grid_places(warp, 0.0)
    assert grid is not None
    assert grid.shape == (2 * GRID_LINES, GRID_PLACES, 2)
    assert np.ptp(grid[:GRID_LINES, :, 1], axis=1).max() == 0.0
    assert np.ptp(grid[GRID_LINES:, :, 0], axis=1).max() == 0.0
    end = data.grid_places(warp, warp.end)
    assert end is not None
    assert 0.0 <= end[..., 0].min() < end[..., 0].max() <= 1.0


@pytest.mark.parametrize("number", [np.nan, np.inf, -1e200])
def test_what_a_diverged_network_says_is_not_drawn(number: float) -> None:
    data, frame, _, looks = made("moons", 4, 3)
    for place in (0, len(frame.parameters) // 2):
        parameters = frame.parameters.copy()
        parameters[place:] = number
        diverged = replace(frame, parameters=parameters, activations=("linear",) * 3)
        for angled in (looks, ["plane", "plane", "cloud", "plane"]):
            assert data.warp(diverged, angled, 0.0, ()) is None  # type: ignore[arg-type]


def test_wide_networks_let_fewer_rows_through() -> None:
    assert len(made("moons", 4)[0].rows) == min(MOST_ROWS, 350)
    assert len(made("digits8x8", 200, 200)[0].rows) in range(LEAST_ROWS, MOST_ROWS)
    assert made("iris", 4)[0].grid is None


def test_three_classes_are_parted_by_three_lines_and_two_of_them_by_one() -> None:
    data, frame, warp, looks = made("iris", 3)
    lines = data.borders(warp, looks, warp.end)  # type: ignore[arg-type]
    assert len(lines) == 3
    # From the middle of the triangle to where two classes share everything.
    corners = warp.views[-1].places(np.eye(3))
    assert lines[0][0] == pytest.approx(corners.mean(axis=0))
    assert lines[0][1] == pytest.approx(corners[1:].mean(axis=0))
    looks[-1] = (0, 2)
    pair = data.warp(frame, looks, 0.0, ())  # type: ignore[arg-type]
    assert pair is not None
    (line,) = data.borders(pair, looks, pair.end)  # type: ignore[arg-type]
    assert line.tolist() == [[0.0, 0.0], [1.0, 1.0]]
    assert data.borders(pair, looks, 0.0) == []  # type: ignore[arg-type]


def test_right_values_end_on_the_diagonal() -> None:
    data, _, warp, looks = made("sine", 3)
    assert data.classes is None
    assert data.values is not None
    assert (data.values.min(), data.values.max()) == (-1.0, 1.0)
    (line,) = data.borders(warp, looks, warp.end)  # type: ignore[arg-type]
    assert line[:, 0] == pytest.approx(line[:, 1])
    places = warp.places(data.X, warp.end, data.lift)
    assert places[:, 1] == pytest.approx(data.lift)
