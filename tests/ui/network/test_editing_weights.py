"""Weights under the user's hand in the real window: one undo step per drag, and nothing queues up behind it."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from nnviz.drawing.diagram import EdgeId
from nnviz.drawing.theme import LIGHT
from nnviz.experiment.document import Experiment
from nnviz.experiment.schema import DataSpec, LayerSpec, NetworkSpec, TrainingSpec
from nnviz.session import commands
from nnviz.session.controller import Controller
from nnviz.session.state import ExperimentState
from nnviz.ui.network.inspector_panel import InspectorPanel

EXPERIMENT = Experiment(
    data=DataSpec(name="moons"),
    network=NetworkSpec(hidden=(LayerSpec(units=3),)),
    training=TrainingSpec(engine="numpy"),
)


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[tuple[ExperimentState, Controller, InspectorPanel]]:
    state = ExperimentState(EXPERIMENT)
    controller = Controller(state)
    panel = InspectorPanel(state, controller, LIGHT)
    qtbot.addWidget(panel)
    panel.resize(900, 250)
    controller.prepared_changed.connect(panel.show_prepared)
    controller.frame_ready.connect(panel.show_frame)
    panel.show()
    controller.wait_idle()
    yield state, controller, panel
    controller.shutdown()


def _drag(qtbot: QtBot, panel: InspectorPanel, steps: int) -> None:
    bar = panel.incoming.parts(0)[1]
    y = int(bar.center().y())
    qtbot.mousePress(panel.incoming.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(int(bar.left()) + 4, y))
    for step in range(steps):
        qtbot.mouseMove(panel.incoming.viewport(), QPoint(int(bar.left()) + 6 + step % int(bar.width() - 8), y))
    qtbot.mouseRelease(panel.incoming.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(int(bar.left()) + 4, y))


@pytest.mark.parametrize("part", [(1, 1), EdgeId(1, 1, 0)], ids=["unit", "edge"])
def test_a_drag_is_taken_back_as_one_step(
    desk: tuple[ExperimentState, Controller, InspectorPanel],
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    part: object,
) -> None:
    # However long it rests on its way.
    monkeypatch.setattr(commands, "MERGE_WITHIN_S", -1.0)
    state, controller, panel = desk
    panel.show_part(part)  # type: ignore[arg-type]
    controller.wait_idle()
    key, before = panel.incoming.rows[0].key, panel.incoming.values[0]
    _drag(qtbot, panel, 40)
    controller.wait_idle()
    assert state.undo_stack.count() == 1
    assert controller.frame is not None
    assert controller.frame.parameters[key] == panel.incoming.values[0] != before
    state.undo_stack.undo()
    controller.wait_idle()
    assert controller.frame.parameters[key] == before
    assert panel.incoming.values[0] == before


@pytest.mark.parametrize("training", [False, True], ids=["paused", "training"])
def test_edits_do_not_queue_up_behind_the_pictures(
    desk: tuple[ExperimentState, Controller, InspectorPanel], qtbot: QtBot, training: bool
) -> None:
    _, controller, panel = desk
    panel.show_part((1, 1))
    controller.wait_idle()
    if training:
        controller.play()
    frames: list[object] = []
    controller.frame_ready.connect(frames.append)
    _drag(qtbot, panel, 200)
    qtbot.waitUntil(lambda: bool(frames))
    controller.wait_idle()
    # However quick the hand: pictures are made when there is time for them, never one by one for every edit.
    assert 1 <= len(frames) < 100
    if training:
        controller.pause()
        controller.wait_idle()
    else:
        assert controller.frame is not None
        assert controller.frame.parameters[panel.incoming.rows[0].key] == panel.incoming.values[0]


def test_a_nudge_while_training_reaches_the_network(
    desk: tuple[ExperimentState, Controller, InspectorPanel], qtbot: QtBot
) -> None:
    state, controller, panel = desk
    panel.show_part((1, 0))
    controller.wait_idle()
    controller.play()
    qtbot.waitUntil(lambda: controller.frame is not None and controller.frame.epoch > 0)
    qtbot.keyClick(panel.incoming, Qt.Key.Key_Right)
    qtbot.keyClick(panel.incoming, Qt.Key.Key_Right)
    controller.wait_idle()
    assert state.undo_stack.count() == 1
    assert controller.frame is not None
    assert controller.frame.gradient is not None, "gradients stay while training"
    controller.pause()
    controller.wait_idle()
