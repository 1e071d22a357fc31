"""The activation picker: shows every function, reads the layer's sums only while it is open, and chooses one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from nnviz.app import apply_theme
from nnviz.core.activations import ACTIVATIONS
from nnviz.drawing.theme import THEMES
from nnviz.ui.setup.activation_picker import ActivationChoice, ActivationPicker
from nnviz.ui.setup.activation_tiles import ActivationTile
from nnviz.ui.window.main_window import MainWindow

# The offscreen platform warns about a popup, which it can neither raise nor let have the keyboard for itself.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def choice_of(window: MainWindow, layer: int) -> ActivationChoice:
    """Return the control of hidden layer `layer` (from 1), or of the output where it is 0."""
    network = window.setup_panel.network_section
    return network.layers[layer - 1].control.activation if layer else network.output.activation


def open_picker(window: MainWindow, layer: int) -> ActivationPicker:
    choice = choice_of(window, layer)
    choice.box.showPopup()
    window.controller.wait_idle()
    return choice.findChildren(ActivationPicker)[-1]


def focused(picker: ActivationPicker) -> str:
    return next(tile.option.name for tile in picker.tiles if tile is picker.focusWidget())


@pytest.fixture
def picker(window: MainWindow) -> Iterator[ActivationPicker]:
    """The picker of the first hidden layer, which has tanh."""
    yield open_picker(window, 1)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_every_hidden_function_is_shown_and_named(picker: ActivationPicker) -> None:
    names = [tile.option.name for tile in picker.tiles]
    assert names == [entry.name for entry in ACTIVATIONS.values() if entry.hidden]
    for tile in picker.tiles:
        assert tile.accessibleName()
        assert tile.accessibleDescription()
    assert [tile.option.name for tile in picker.tiles if tile.isChecked()] == ["tanh"]
    assert focused(picker) == "tanh"
    picker.close()


def test_what_is_pointed_at_is_explained(picker: ActivationPicker) -> None:
    relu = next(tile for tile in picker.tiles if tile.option.name == "relu")
    relu.setFocus()
    entry = ACTIVATIONS["relu"]
    for part in (entry.label, entry.help, entry.formula, entry.range_label, entry.failure):
        assert part in picker.text.text()
    picker.close()


def test_the_sums_are_read_only_while_it_is_open(window: MainWindow) -> None:
    assert window.controller.frame.pre_activations is None
    picker = open_picker(window, 2)
    sums = window.controller.frame.pre_activations
    assert sums is not None
    assert sums.layer == 2
    assert "sums in this layer" in picker.now.text()
    picker.close()
    window.step()
    window.controller.wait_idle()
    assert window.controller.frame.pre_activations is None


def test_arrows_move_and_enter_chooses(window: MainWindow, picker: ActivationPicker, qtbot: QtBot) -> None:
    # step linear sigmoid tanh / relu leaky_relu elu softplus / gelu silu sine
    for key, expected in (
        (Qt.Key.Key_Left, "sigmoid"),
        (Qt.Key.Key_Down, "elu"),
        (Qt.Key.Key_Right, "softplus"),
        (Qt.Key.Key_Down, "softplus"),
        (Qt.Key.Key_End, "sine"),
        (Qt.Key.Key_Home, "step"),
        (Qt.Key.Key_Down, "relu"),
    ):
        qtbot.keyClick(picker.focusWidget(), key)
        assert focused(picker) == expected
    qtbot.keyClick(picker.focusWidget(), Qt.Key.Key_Return)
    assert picker.isHidden()
    assert [layer.activation for layer in window.state.experiment.network.hidden] == ["relu", "tanh"]
    window.state.undo_stack.undo()
    assert [layer.activation for layer in window.state.experiment.network.hidden] == ["tanh", "tanh"]
    window.controller.wait_idle()


def test_escape_changes_nothing(window: MainWindow, picker: ActivationPicker, qtbot: QtBot) -> None:
    qtbot.keyClick(picker.focusWidget(), Qt.Key.Key_Right)
    qtbot.keyClick(picker.focusWidget(), Qt.Key.Key_Escape)
    assert picker.isHidden()
    assert window.state.undo_stack.count() == 0


def test_what_cannot_be_trained_cannot_be_chosen(window: MainWindow, picker: ActivationPicker, qtbot: QtBot) -> None:
    step = picker.tiles[0]
    qtbot.mouseClick(step, Qt.MouseButton.LeftButton)
    assert not picker.isHidden()
    assert "slope is zero" in picker.text.text()
    qtbot.mouseClick(picker.tiles[1], Qt.MouseButton.LeftButton)
    assert picker.isHidden()
    assert window.state.experiment.network.hidden[0].activation == "linear"
    window.controller.wait_idle()


def test_the_output_offers_automatic_and_softmax(window: MainWindow) -> None:
    picker = open_picker(window, 0)
    names = [tile.option.name for tile in picker.tiles]
    assert names[0] == "auto"
    assert picker.tiles[0].option.activation == "sigmoid"
    assert "softmax" in names
    assert window.controller.frame.pre_activations.layer == 3
    picker.close()


def test_a_closed_picker_is_gone(window: MainWindow) -> None:
    open_picker(window, 1).close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not window.findChildren(ActivationPicker)


def test_the_plots_follow_the_training(window: MainWindow, picker: ActivationPicker) -> None:
    before = window.controller.frame.pre_activations
    tile = picker.findChild(ActivationTile)
    picture = tile.grab().toImage()
    for _ in range(5):
        window.step()
        window.controller.wait_idle()
    assert window.controller.frame.pre_activations is not before
    assert tile.grab().toImage() != picture
    picker.close()


def test_while_training_the_plots_take_turns(picker: ActivationPicker) -> None:
    turns = [tile for _ in range(len(picker.tiles)) for tile in picker.tiles_in_turn()]
    assert set(turns) == set(picker.tiles)
    picker.close()


def test_texts_have_room_in_every_theme(window: MainWindow, qapp: QApplication) -> None:
    for theme in (*THEMES.values(), THEMES["light"]):
        apply_theme(qapp, theme)
        window.set_theme(theme)
        picker = open_picker(window, 1)
        for tile in picker.tiles:
            tile.setFocus()
            assert picker.text.heightForWidth(picker.text.width()) <= picker.text.height()
            assert picker.now.heightForWidth(picker.now.width()) <= picker.now.height()
            assert tile.fontMetrics().horizontalAdvance(tile.text()) + 16 <= tile.width()
        for label in picker.findChildren(QLabel):
            assert picker.rect().contains(label.geometry()), label.text()
        picker.close()


def test_the_header_of_a_layer_opens_the_picker(window: MainWindow, qtbot: QtBot) -> None:
    diagram = window.diagram_area.diagram
    places = {control.index: rect for control, rect in diagram.geometry_.activations}
    for layer in (2, 3):
        qtbot.mouseClick(diagram, Qt.MouseButton.LeftButton, pos=places[layer].center().toPoint())
        picker = QApplication.activePopupWidget()
        assert isinstance(picker, ActivationPicker)
        tile = next(tile for tile in picker.tiles if tile.option.activation == ("relu" if layer == 2 else "linear"))
        tile.click()
    network = window.state.experiment.network
    assert [spec.activation for spec in network.hidden] == ["tanh", "relu"]
    assert network.output_activation == "linear"
