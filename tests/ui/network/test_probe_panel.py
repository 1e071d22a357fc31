import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from nnviz.drawing.theme import DARK, LIGHT
from nnviz.experiment.answers import class_shares
from nnviz.ui.network.probe_panel import ProbePanel
from tests.ui.network.diagram_stage import Notes, a_state, stage


def _panel(qtbot: QtBot, name: str = "moons") -> tuple[ProbePanel, Notes]:
    prepared, frame = stage(name, (4, 3), "ready", True)
    notes = Notes(frame)
    panel = ProbePanel(a_state(), notes.as_controller, LIGHT)
    qtbot.addWidget(panel)
    panel.resize(900, 210)
    panel.show_prepared(prepared)
    panel.show_frame(frame)
    panel.show()
    return panel, notes


def test_it_starts_at_the_training_means(qtbot: QtBot) -> None:
    panel, notes = _panel(qtbot, "iris")
    prepared, _ = stage("iris", (4, 3), "ready", True)
    assert panel.values == tuple(prepared.inputs.feature_means)
    assert notes.needs == {}
    panel.set_active(True)
    assert notes.needs["probe"] == {"probe": panel.values}
    panel.set_active(False)
    assert notes.needs["probe"] == {"probe": None}


def test_a_typed_feature_is_sent_through_the_network(qtbot: QtBot) -> None:
    panel, notes = _panel(qtbot)
    panel.set_active(True)
    panel.fields.edit_row(1, "-1e-3")
    qtbot.keyClick(panel.fields.editor, Qt.Key.Key_Return)
    assert notes.needs["probe"]["probe"] == (panel.values[0], -1e-3)
    panel.means_button.click()
    assert notes.needs["probe"]["probe"][1] != -1e-3


@pytest.mark.parametrize("name", ["moons", "iris", "plane", "sine"])
def test_every_kind_of_answer_is_shown(qtbot: QtBot, name: str) -> None:
    panel, _ = _panel(qtbot, name)
    assert panel.answer.accessibleName().startswith("Prediction: ")
    panel.set_theme(DARK)
    assert not panel.grab().toImage().isNull()


def test_new_data_with_the_same_features_keeps_the_example(qtbot: QtBot) -> None:
    panel, _ = _panel(qtbot)
    # Means that nobody has touched are those of the new data.
    moons = stage("moons", (2,))[0]
    panel.show_prepared(moons)
    assert panel.values == tuple(moons.typical.tolist())
    panel.show_prepared(stage("blobs", (2,))[0])
    panel.fields.edit_row(0, "3")
    qtbot.keyClick(panel.fields.editor, Qt.Key.Key_Return)
    panel.show_prepared(moons)
    assert panel.values[0] == 3.0
    panel.show_prepared(stage("iris", (2,))[0])
    assert len(panel.values) == 4


def test_shares_of_classes() -> None:
    assert class_shares(np.array([0.25]), "sigmoid", 2) == pytest.approx([0.75, 0.25])
    assert class_shares(np.array([-1.0]), "tanh", 2) == pytest.approx([1.0, 0.0])
    assert class_shares(np.array([0.2, 0.2, 0.4]), "sigmoid", 3) == pytest.approx([0.25, 0.25, 0.5])
    assert class_shares(np.array([np.nan, 1.0]), "softmax", 2) == pytest.approx([0.0, 1.0])


def test_escape_closes(qtbot: QtBot) -> None:
    panel, _ = _panel(qtbot)
    with qtbot.waitSignal(panel.closed):
        qtbot.keyClick(panel, Qt.Key.Key_Escape)
