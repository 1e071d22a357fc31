"""Two windows of one process, and a second run in one of them: each is right, and none hears of another."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from nnviz.experiment.document import Experiment
from nnviz.experiment.frame import Frame, Needs
from nnviz.experiment.prepare import prepare
from nnviz.experiment.schema import DataSpec, LayerSpec, NetworkSpec
from nnviz.session.run import Run
from nnviz.session.runs.memory import BUDGET_BYTES
from nnviz.session.speeds import SPEEDS
from nnviz.ui.window.main_window import MainWindow
from nnviz.ui.window.memory_dialog import KEY, SAVED_KEY, MemoryAction, MemoryDialog


def is_as_alone(frame: Frame | None, experiment: Experiment) -> bool:
    """Whether a frame shows what the same training makes without a window."""
    assert frame is not None
    trainer = prepare(experiment).trainer()
    trainer.run(epochs=frame.epoch)
    for _ in range(frame.batch):
        trainer.step_batch()
    return np.array_equal(frame.parameters, trainer.network.parameters)


def test_windows_and_runs_do_not_hear_of_each_other(open_window: Any, qtbot: QtBot) -> None:
    first: MainWindow = open_window()
    second: MainWindow = open_window(
        data=DataSpec(name="moons", parameters={"n_samples": 80}), network=NetworkSpec(hidden=(LayerSpec(units=5),))
    )
    lab = first.controller.lab
    beside = first.state.experiment.edited(network=NetworkSpec(hidden=(LayerSpec(units=2),), seed=3))
    run_id = lab.add(Run(beside, Needs(planes={}, unit_maps=False, points=False), SPEEDS["full"])).run_id
    shown: list[tuple[int, int]] = []
    lab.frame_ready.connect(lambda run, frame: shown.append((run, frame.run_id)))
    lab.watch(run_id)
    first.play()
    second.play()
    lab.train([run_id])
    qtbot.waitUntil(
        lambda: (
            min(first.epoch, second.epoch) > 15
            and lab.observer(run_id).frame is not None
            and lab.observer(run_id).frame.epoch > 15
        ),
        timeout=60_000,
    )
    first.pause()
    assert second.is_training
    assert lab.observer(run_id).is_training
    second.pause()
    lab.pause([run_id])
    for window in (first, second):
        window.controller.wait_idle()
        assert is_as_alone(window.controller.frame, window.state.experiment)
        drawn, network = window.diagram_area.diagram._frame, window.state.experiment.network
        assert drawn is window.controller.frame
        assert drawn.layout.sizes == (2, *(layer.units for layer in network.hidden), 1)
        assert window.epoch == window.controller.frame.epoch
    qtbot.waitUntil(lambda: lab.observer(run_id).frame.status == "paused", timeout=20_000)
    assert is_as_alone(lab.observer(run_id).frame, beside)
    assert {run for run, _ in shown} == {first.controller.run_id, run_id}
    assert all(run == of for run, of in shown)

    # What is done in one window is none of the other's, and what comes of it in one run is none of the other run's.
    parameters = second.controller.frame.parameters
    first.controller.edit_parameters({0: 2.5}, "change weight")
    first.reset()
    first.controller.wait_idle()
    second.controller.wait_idle()
    assert second.controller.frame.parameters is parameters or np.array_equal(
        second.controller.frame.parameters, parameters
    )
    assert not second.state.undo_stack.count()
    assert is_as_alone(lab.observer(run_id).frame, beside)
    look_at_the_memory(first, qtbot)
    lab.remove(run_id)
    second.close()
    first.step()
    first.controller.wait_idle()
    assert first.epoch == 1


def look_at_the_memory(window: MainWindow, qtbot: QtBot) -> None:
    """Open the dialog from the menu, and let the past do with less."""
    lab = window.controller.lab
    assert any(window.actions_.past.memory in menu.actions() for menu in window.menuBar().findChildren(QMenu))
    window.actions_.past.memory.trigger()
    dialog = window.findChild(MemoryDialog)
    assert dialog is not None
    assert dialog.budget.value() == BUDGET_BYTES // 2**20 == 256
    assert dialog.runs.topLevelItemCount() == len(lab) == 3
    names = [dialog.runs.topLevelItem(row).text(0) for row in range(3)]
    assert [("shown" in name) for name in names] == [run_id == lab.foreground for run_id in lab]
    dialog.budget.setValue(32)
    assert lab.memory.budget_bytes == 32 * 2**20
    window.controller.wait_idle()
    dialog.look()
    assert sum(lab.memory_used().values()) <= 32 * 2**20
    assert "MB" in dialog.total.text()
    assert dialog.saved.value() == 16
    dialog.saved.setValue(0)
    assert (lab.memory.saved_bytes, dialog.saved.text()) == (0, "nothing")
    assert "room for 0 MB" in dialog.total.text()
    dialog.saved.setValue(16)
    dialog.reject()
    lab.set_memory(BUDGET_BYTES)


def test_the_memory_that_was_chosen_is_remembered(tmp_path: Any, open_window: Any) -> None:
    settings = QSettings(str(tmp_path / "nnviz.ini"), QSettings.Format.IniFormat)
    settings.setValue(KEY, "nonsense")
    settings.setValue(SAVED_KEY, "32")
    window: MainWindow = open_window()
    for stored, megabytes in (("nonsense", 256), ("12", 256), ("512", 512)):
        settings.setValue(KEY, stored)
        MemoryAction(window.actions_.past.memory, window.controller, settings, window)
        assert window.controller.lab.memory.budget_bytes == megabytes * 2**20
        assert window.controller.lab.memory.saved_bytes == 2**25
