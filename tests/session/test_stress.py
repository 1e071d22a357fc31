"""Hundreds of edits, undos, restarts and steps in a row, the same ones every time, and what must hold after each."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication

from nnviz.experiment.document import Experiment
from nnviz.experiment.frame import Frame
from nnviz.experiment.schema import LayerSpec
from nnviz.experiment.trainer_settings import trainer_settings
from nnviz.session.controller import Controller
from nnviz.session.speeds import SPEEDS
from nnviz.session.state import ExperimentState


class User:
    """Someone who clicks without reading."""

    def __init__(self, state: ExperimentState, controller: Controller, seed: int) -> None:
        self.state = state
        self.controller = controller
        self.random = random.Random(seed)
        self.frames: list[Frame] = []
        self.failures: list[str] = []
        controller.frame_ready.connect(self._on_frame)
        controller.message.connect(self._on_message)
        self.deeds: tuple[Callable[[], None], ...] = (
            controller.play,
            controller.play,
            controller.pause,
            controller.step_epoch,
            controller.step_batch,
            controller.reset,
            controller.new_weights,
            controller.regenerate_data,
            state.undo_stack.undo,
            state.undo_stack.undo,
            state.undo_stack.redo,
            self._change_rate,
            self._change_batch,
            self._change_units,
            self._change_data_size,
            self._change_weight,
            self._change_speed,
            self._change_needs,
            self._look_at_the_screen,
        )

    def act(self) -> None:
        """Do something, and sometimes let the event loop turn."""
        self.random.choice(self.deeds)()
        for _ in range(self.random.randrange(3)):
            QCoreApplication.processEvents()

    def _edit(self, part: str, merge: bool = False, **changes: object) -> None:
        experiment = self.state.experiment
        changed = experiment.edited(**{part: getattr(experiment, part).edited(**changes)})
        self.state.edit(changed, part, part if merge else "")

    def _change_rate(self) -> None:
        self._edit("training", merge=True, learning_rate=self.random.choice((0.01, 0.02, 0.05)))

    def _change_batch(self) -> None:
        self._edit("training", batch_size=self.random.choice((None, 1, 5, 1000)))

    def _change_units(self) -> None:
        units = self.random.choice(((), (2,), (3, 3), (4,)))
        self._edit("network", merge=True, hidden=tuple(LayerSpec(units=n) for n in units))

    def _change_data_size(self) -> None:
        self._edit("data", parameters={"n_samples": self.random.choice((20, 40, 60))})

    def _change_weight(self) -> None:
        self.controller.edit_parameters({0: self.random.uniform(-1.0, 1.0)}, "Weight", self.random.choice(("", "w")))

    def _change_speed(self) -> None:
        self.controller.set_speed(self.random.choice(tuple(SPEEDS)))

    def _change_needs(self) -> None:
        self.controller.set_needs("someone", gradient=self.random.random() < 0.5, points=True)

    def _look_at_the_screen(self) -> None:
        self.controller.wait_idle()

    def _on_frame(self, frame: Frame) -> None:
        if frame.run_id != self.controller.run_id:
            self.failures.append(f"a frame of run {frame.run_id} while {self.controller.run_id} is shown")
        prepared = self.controller.prepared
        if prepared is None or prepared.layer_sizes != frame.layout.sizes:
            self.failures.append("a frame before its data")
        self.frames.append(frame)

    def _on_message(self, severity: str, text: str) -> None:
        if severity == "error":
            self.failures.append(text)


def check(controller: Controller, experiment: Experiment) -> None:
    """Assert that the run is what the document says, and the frame what the run is."""
    controller.pause()
    controller.wait_idle()
    frame, prepared = controller.frame, controller.prepared
    assert frame is not None
    assert prepared is not None
    assert controller.status in ("ready", "paused")
    assert not controller.is_training
    assert frame.layout.sizes == (2, *(layer.units for layer in experiment.network.hidden), 1)
    assert prepared.experiment.data == experiment.data
    state = controller.ask(
        lambda run: (
            run.trainer.settings,
            run.trainer.network.parameters.copy(),
            (run.trainer.epoch, run.trainer.batch),
            run.trainer.history.epoch.copy(),
        )
    )
    settings, parameters, moment, epochs = state
    assert settings.changed(**trainer_settings(experiment.training, prepared.train.n_samples)) == settings
    assert np.array_equal(frame.parameters, parameters)
    assert (frame.epoch, frame.batch) == moment
    assert np.array_equal(epochs, np.arange(frame.epoch + 1))


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_clicked_document_run_and_frame_agree(
    controller: Controller, state: ExperimentState, seed: int
) -> None:
    user = User(state, controller, seed)
    for number in range(240):
        user.act()
        if number % 20 == 19:
            check(controller, state.experiment)
    while state.undo_stack.canUndo():
        state.undo_stack.undo()
    check(controller, state.experiment)
    while state.undo_stack.canRedo():
        state.undo_stack.redo()
    check(controller, state.experiment)
    assert user.failures == []
    assert len(controller.parked) <= 20
