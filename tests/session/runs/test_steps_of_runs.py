"""Steps of a run that are undone while another is shown lead to their own run, or go; none writes into the other."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from nnviz.experiment.document import Experiment
from nnviz.experiment.edits import next_data, next_weights, with_layer
from nnviz.experiment.painting import with_nothing
from nnviz.experiment.schema import LayerSpec, NetworkSpec
from nnviz.session.controller import Controller
from nnviz.session.needs import NOTHING
from nnviz.session.run import Run
from nnviz.session.speeds import SPEEDS
from nnviz.session.state import ExperimentState

Step = Callable[[Controller, ExperimentState], None]


def change_rate(_controller: Controller, state: ExperimentState) -> None:
    experiment = state.experiment
    state.edit(experiment.edited(training=experiment.training.edited(learning_rate=0.4)), "change the rate")


def change_weight(controller: Controller, _state: ExperimentState) -> None:
    controller.edit_parameters({0: 3.25}, "change a weight")


STEPS: dict[str, Step] = {
    "rate": change_rate,
    "weight": change_weight,
    "reset": lambda controller, _: controller.reset(),
    "new weights": lambda _, state: state.edit(next_weights(state.experiment), "new weights"),
    "data": lambda _, state: state.edit(next_data(state.experiment), "data"),
    "layers": lambda _, state: state.edit(with_layer(state.experiment, 0, units=6), "layers"),
    "empty": lambda _, state: state.begin(with_nothing(state.experiment, None), "start empty"),
}


@pytest.fixture
def beside(controller: Controller, experiment: Experiment) -> int:
    """The id of another run, which has been trained a little."""
    other = experiment.edited(network=NetworkSpec(hidden=(LayerSpec(units=3),), seed=8))
    run_id = controller.lab.add(Run(other, NOTHING, SPEEDS["full"])).run_id
    controller.lab.open(run_id)
    controller.lab.step(run_id, "epoch")
    # A question may be answered between two slices of the step.
    while controller.lab.ask(run_id, epoch_of).result(20.0) < 1:
        pass
    return run_id


def epoch_of(run: Run) -> int:
    assert run.trainer is not None
    return run.trainer.epoch


def held(controller: Controller, run_id: int) -> tuple[object, ...]:
    """What a run is, at rest."""
    answer = controller.lab.ask(
        run_id,
        lambda run: (
            run.experiment,
            run.trainer.settings,
            run.trainer.epoch,
            run.trainer.problem.X.tobytes(),
            run.trainer.network.parameters.tobytes(),
        ),
    )
    return answer.result(20.0)


@pytest.mark.parametrize("name", STEPS)
def test_a_step_leads_to_its_own_run_whichever_is_shown(
    name: str, controller: Controller, state: ExperimentState, beside: int
) -> None:
    controller.step_epoch()
    controller.wait_idle()
    first, before = controller.run_id, held(controller, controller.run_id)
    STEPS[name](controller, state)
    controller.wait_idle()
    second, after, changed = controller.run_id, held(controller, controller.run_id), state.experiment
    other = held(controller, beside)
    for undo_or_redo, wanted_id, wanted in (
        (state.undo_stack.undo, first, before),
        (state.undo_stack.redo, second, after),
        (state.undo_stack.undo, first, before),
    ):
        assert controller.show_run(beside)
        controller.wait_idle()
        assert state.experiment == other[0]
        undo_or_redo()
        controller.wait_idle()
        assert controller.run_id == state.run_id == wanted_id
        assert held(controller, wanted_id) == wanted
        assert controller.frame.parameters.tobytes() == wanted[-1]
        assert state.experiment == (before[0] if wanted_id == first and wanted is before else changed)
        # Nothing has been written into the other one, and it is still there.
        assert held(controller, beside) == other
    assert state.undo_stack.count() == 1


@pytest.mark.parametrize("name", STEPS)
def test_a_step_whose_runs_are_gone_goes_too_and_touches_no_other(
    name: str, controller: Controller, state: ExperimentState, beside: int
) -> None:
    told: list[str] = []
    controller.message.connect(lambda _, text: told.append(text))
    controller.step_epoch()
    controller.wait_idle()
    STEPS[name](controller, state)
    controller.wait_idle()
    assert controller.show_run(beside)
    controller.wait_idle()
    other, shown = held(controller, beside), state.experiment
    controller.parked.clear()
    controller.lab.keep_only({beside})
    state.undo_stack.undo()
    controller.wait_idle()
    assert state.undo_stack.count() == 0
    assert controller.run_id == beside
    assert state.experiment == shown
    assert held(controller, beside) == other
    assert any("no longer kept" in text for text in told)


def test_a_gesture_that_comes_back_to_where_it_began_goes_on_with_the_run_from_before(
    controller: Controller, state: ExperimentState
) -> None:
    controller.step_epoch()
    controller.wait_idle()
    run_id, parameters = controller.run_id, controller.frame.parameters
    for units in (5, 6, 5, 4):
        state.edit(with_layer(state.experiment, 0, units=units), "units", "gesture of the wheel")
    controller.wait_idle()
    assert state.undo_stack.count() == 0
    assert controller.run_id == run_id
    assert np.array_equal(controller.frame.parameters, parameters)
