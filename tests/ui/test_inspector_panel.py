from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from nnviz.drawing.theme import DARK, LIGHT
from nnviz.ui.inspector_panel import STRONGEST, InspectorPanel

from .diagram_stage import Notes, a_state, stage


def _panel(qtbot: QtBot, name: str = "moons", hidden: tuple[int, ...] = (4, 3)) -> tuple[InspectorPanel, Notes]:
    prepared, frame = stage(name, hidden)
    notes = Notes(frame)
    panel = InspectorPanel(a_state(), notes.as_controller, LIGHT)
    qtbot.addWidget(panel)
    panel.resize(900, 250)
    panel.show_prepared(prepared)
    panel.show()
    return panel, notes


def test_a_unit_shows_its_weights_strongest_first_and_its_bias(qtbot: QtBot) -> None:
    panel, notes = _panel(qtbot)
    panel.show_unit((2, 1))
    frame = notes.frame
    assert frame is not None
    bias, *rows = panel.incoming.rows
    assert bias.key == frame.layout.bias_index(2, 1)
    weights = np.abs(frame.parameters[[row.key for row in rows]])
    assert sorted(row.key for row in rows) == [frame.layout.weight_index(2, 1, k) for k in range(4)]
    assert (np.diff(weights) <= 0).all()
    assert [row.key for row in panel.outgoing.rows] == [frame.layout.weight_index(3, 0, 1)]
    assert panel.title == "Unit 2 of hidden 2 · tanh"
    assert panel.formula.startswith("z = ")


@pytest.mark.parametrize(("unit", "n_incoming", "n_outgoing"), [((0, 1), 0, 4), ((3, 0), 4, 0)])
def test_inputs_and_outputs_open_too(qtbot: QtBot, unit: tuple[int, int], n_incoming: int, n_outgoing: int) -> None:
    panel, _ = _panel(qtbot)
    panel.show_unit(unit)
    assert (len(panel.incoming.rows), len(panel.outgoing.rows)) == (n_incoming, n_outgoing)
    assert not panel.grab().toImage().isNull()


def test_gradients_are_asked_for_only_while_a_unit_is_open(qtbot: QtBot) -> None:
    panel, notes = _panel(qtbot)
    panel.show_unit((1, 0))
    assert notes.needs["inspector"] == {"gradient": True}
    panel.show_unit(None)
    assert notes.needs["inspector"] == {"gradient": False}


def test_an_edit_goes_to_the_controller(qtbot: QtBot) -> None:
    panel, notes = _panel(qtbot)
    panel.show_unit((2, 1))
    row = panel.incoming.rows[1]
    panel.incoming.edit_row(1, "1/3")
    qtbot.keyClick(panel.incoming.editor, Qt.Key.Key_Return)
    (values, text, merge_key), *_ = notes.edits
    assert values == {row.key: pytest.approx(1 / 3)}
    assert (text, merge_key) == ("change weight", "")


def test_bad_input_is_explained_in_the_card(qtbot: QtBot) -> None:
    panel, notes = _panel(qtbot)
    panel.show_unit((2, 1))
    panel.incoming.edit_row(0, "abc")
    qtbot.keyClick(panel.incoming.editor, Qt.Key.Key_Return)
    assert "abc" in panel.message
    assert notes.edits == []
    qtbot.keyClick(panel.incoming.editor, Qt.Key.Key_Escape)
    assert panel.message == ""


def test_values_follow_frames_and_rows_keep_their_places_for_a_while(qtbot: QtBot) -> None:
    panel, notes = _panel(qtbot)
    panel.show_unit((2, 1))
    keys = [row.key for row in panel.incoming.rows]
    frame = notes.frame
    assert frame is not None
    parameters = frame.parameters.copy()
    parameters[keys] = np.arange(len(keys), dtype=float)
    panel.show_frame(replace(frame, parameters=parameters))
    assert [row.key for row in panel.incoming.rows] == keys
    assert panel.incoming.values == tuple(np.arange(len(keys), dtype=float))


def test_of_many_weights_the_strongest_are_listed_until_all_are_wanted(qtbot: QtBot) -> None:
    panel, _ = _panel(qtbot, "digits8x8", (20,))
    panel.show_unit((1, 3))
    assert len(panel.incoming.rows) == STRONGEST + 1
    panel.all_button.click()
    assert len(panel.incoming.rows) == 64 + 1
    panel.show_unit((1, 4))
    assert len(panel.incoming.rows) == STRONGEST + 1


def test_escape_and_the_button_close(qtbot: QtBot) -> None:
    panel, _ = _panel(qtbot)
    panel.show_unit((1, 1))
    with qtbot.waitSignal(panel.closed):
        qtbot.keyClick(panel, Qt.Key.Key_Escape)
    with qtbot.waitSignal(panel.closed):
        panel.close_button.click()


def test_a_unit_that_is_gone_is_not_read(qtbot: QtBot) -> None:
    panel, _ = _panel(qtbot)
    panel.show_unit((1, 3))
    panel.show_frame(stage(hidden=(2, 3))[1])
    panel.set_theme(DARK)
    assert not panel.grab().toImage().isNull()
