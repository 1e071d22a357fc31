"""A small experiment and a controller that is shut down at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from nnviz.experiment.document import DataSpec, Experiment, LayerSpec, NetworkSpec, TrainingSpec
from nnviz.session.controller import Controller
from nnviz.session.state import ExperimentState


@pytest.fixture
def experiment() -> Experiment:
    """XOR with four hidden units, by the NumPy engine: prepared in milliseconds, some thousand epochs a second."""
    return Experiment(
        title="small",
        data=DataSpec(name="xor", parameters={"n_samples": 40}, test_fraction=0.5),
        network=NetworkSpec(hidden=(LayerSpec(units=4),)),
        training=TrainingSpec(learning_rate=0.05, batch_size=5, engine="numpy"),
    )


@pytest.fixture
def state(qapp: object, experiment: Experiment) -> ExperimentState:
    return ExperimentState(experiment)


@pytest.fixture
def make_controller(qtbot: QtBot) -> Iterator[Callable[[ExperimentState], Controller]]:
    """A function that makes controllers, which are shut down in the end."""
    made: list[Controller] = []

    def make(state: ExperimentState) -> Controller:
        controller = Controller(state)
        made.append(controller)
        return controller

    yield make
    for controller in made:
        controller.shutdown()


@pytest.fixture
def controller(make_controller: Callable[[ExperimentState], Controller], state: ExperimentState) -> Controller:
    """Prepared, with its first frame."""
    controller = make_controller(state)
    controller.wait_idle()
    return controller
