"""A small experiment and a controller that is shut down at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from nnviz.experiment.document import Experiment
from nnviz.experiment.frame import Frame
from nnviz.experiment.schema import DataSpec, LayerSpec, NetworkSpec, TrainingSpec
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


@pytest.fixture
def reach(qtbot: QtBot) -> Callable[[Controller, int], None]:
    """A function that waits for a frame of the present run at an epoch or later."""

    def wait(controller: Controller, epoch: int) -> None:
        def reached() -> bool:
            frame = controller.frame
            return frame is not None and frame.run_id == controller.run_id and frame.epoch >= epoch

        qtbot.waitUntil(reached, timeout=20_000)

    return wait


@pytest.fixture
def train(reach: Callable[[Controller, int], None]) -> Callable[[Controller, int], Frame]:
    """A function that trains until an epoch, which a fast machine would be far beyond, and returns the last frame."""

    def play(controller: Controller, epoch: int) -> Frame:
        controller.play_until(epoch)
        reach(controller, epoch)
        controller.wait_idle()
        assert controller.frame is not None
        return controller.frame

    return play
