"""Predict, then reveal: in one window, from the curtain to the comparison, by mouse and by keys alone."""

from __future__ import annotations

import math

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from nnviz.drawing.theme import DARK, LIGHT
from nnviz.export.plots import figure_image
from nnviz.lessons.prediction import Ask
from nnviz.ui.plots.plot import Plot
from nnviz.ui.stage.prediction_model import Curtain, PredictionModel
from nnviz.ui.window.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton


def place(plot: Plot, across: float, down: float) -> QPoint:
    room = plot.plotItem.getViewBox().sceneBoundingRect()
    return QPoint(round(room.left() + across * room.width()), round(room.top() + down * room.height()))


def drag(plot: Plot, *shares: tuple[float, float]) -> None:
    view, places = plot.viewport(), [place(plot, *share) for share in shares]
    QTest.mousePress(view, LEFT, pos=places[0])
    for at in places[1:]:
        QTest.mouseMove(view, at)
    QTest.mouseRelease(view, LEFT, pos=places[-1])


def press(window: MainWindow, *keys: Qt.Key) -> None:
    window.setFocus()
    for key in keys:
        QTest.keyClick(window, key)


def colours(image: QImage, area: tuple[float, float], row: float) -> set[str]:
    first, last = (round(share * image.width()) for share in area)
    return {image.pixelColor(x, round(row * image.height())).name() for x in range(first, last, 3)}


def model_of(window: MainWindow) -> PredictionModel:
    model = window.predict.model
    assert model is not None
    return model


def test_a_class_predicts_and_the_curtain_is_lifted(window: MainWindow) -> None:
    assert window.predict.model is None
    assert window.predict.place.isHidden()
    window.show()
    QApplication.processEvents()
    _lowers_the_curtain(window)
    _draws_with_the_mouse(window)
    _draws_with_keys_alone(window)
    _draws_the_loss_curve(window)
    _votes_by_keys(window)
    _lifts_slowly(window)
    _pictures_carry_it(window)
    _other_data_clear_it(window)
    window.predict.leave()


def _lowers_the_curtain(window: MainWindow) -> None:
    """E hides the map, its crosses, its read-out and the units' pictures; nothing else of the window moves."""
    view = window.boundary_view
    before = view.plot.grab().toImage()
    press(window, Qt.Key.Key_E)
    QApplication.processEvents()
    model = model_of(window)
    assert (model.curtain, model.asks) == (Curtain.DOWN, ("line",))
    assert window.predict.place.isVisible()
    frame = window.diagram_area.diagram.frame
    assert frame is not None
    assert frame.unit_maps is None
    assert view.points.crosses.data.size == 0
    assert not view.pointer.is_enabled
    hidden = view.plot.grab().toImage()
    # Between the points all is the curtain's own two colours, and what the hand has mixed from them.
    assert len(colours(hidden, (0.3, 0.9), 0.5)) < len(colours(before, (0.3, 0.9), 0.5))
    window.controller.step_epoch()
    window.controller.wait_idle()
    assert view.points.crosses.data.size == 0


def _draws_with_the_mouse(window: MainWindow) -> None:
    model, plot, stack = model_of(window), window.boundary_view.plot, window.state.undo_stack
    drag(plot, (0.5, 0.0), (0.5, 0.5), (0.5, 1.0))
    (stroke,) = model.prediction.strokes
    (x0, x1), (y0, y1) = plot.plotItem.getViewBox().viewRange()
    assert abs(stroke[0][0] - (x0 + x1) / 2) < 0.02 * (x1 - x0)
    assert stroke[0][1] > stroke[-1][1]
    assert model.prediction.area == ((x0, x1), (y0, y1))
    assert not window.state.is_dirty
    assert stack.undoText() == "draw the expected boundary"
    stack.undo()
    assert model.prediction.strokes == ()
    stack.redo()
    assert model.prediction.strokes == (stroke,)


def _draws_with_keys_alone(window: MainWindow) -> None:
    model, plot = model_of(window), window.boundary_view.plot
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Return, Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Escape):
        QTest.keyClick(plot, key)
    assert len(model.prediction.strokes) == 1
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Return):
        QTest.keyClick(plot, key)
    assert len(model.prediction.strokes) == 2
    window.state.undo_stack.undo()
    assert len(model.prediction.strokes) == 1


def _draws_the_loss_curve(window: MainWindow) -> None:
    """There is room for epochs to come, and a hand that goes back draws nothing."""
    model, plot = model_of(window), window.loss_view.plot
    window.predict.ask(Ask("curve"))
    QApplication.processEvents()
    end = plot.plotItem.getViewBox().viewRange()[0][1]
    assert end >= 50
    drag(plot, (0.02, 0.3), (0.3, 0.5), (0.2, 0.6), (0.6, 0.7))
    epochs = [epoch for epoch, _ in model.prediction.curve]
    assert epochs == sorted(epochs)
    assert 0.5 * end < epochs[-1] < 0.7 * end


def _votes_by_keys(window: MainWindow) -> None:
    model, heard = model_of(window), []
    model.happened.connect(heard.append)
    speed = window.run_bar.speed
    window.predict.ask(Ask("vote"))
    press(window, *[Qt.Key.Key_1] * 3, Qt.Key.Key_2, Qt.Key.Key_2, Qt.Key.Key_Backspace)
    assert model.prediction.votes == (3, 1, 0)
    assert window.run_bar.speed == speed
    assert heard == []
    press(window, Qt.Key.Key_0)
    assert heard == ["vote_in"]
    # It is seen that the vote has ended, and the keys that voted set the speed again.
    bar = window.predict.bar
    assert "Count votes" not in bar.words.text()
    assert not bar.asks["vote"].isChecked()
    assert not bar.options[0].isVisible()
    assert bar.votes.isVisible()
    press(window, Qt.Key.Key_2)
    assert model.prediction.votes == (3, 1, 0)
    assert window.run_bar.speed != speed
    window.run_bar.set_speed(speed)
    window.state.undo_stack.undo()
    assert model.prediction.votes == (0, 0, 0)
    window.state.undo_stack.redo()
    assert [name.split()[-1] for name in window.predict.bar.votes.accessibleName().split(",")] == ["3", "1", "0"]


def _lifts_slowly(window: MainWindow) -> None:
    """From left to right; what came of it is told when all of it is to be seen, and again after every epoch."""
    model, led = model_of(window), window.predict
    for _ in range(20):
        window.controller.step_epoch()
    window.controller.wait_idle()
    press(window, Qt.Key.Key_E)
    assert led.is_lifting
    led._lifting.setCurrentTime(led._lifting.duration() // 2)
    assert model.lifted == 0.5
    assert math.isnan(model.agreed)
    led.lift()
    assert (model.curtain, led.is_lifting) == (Curtain.UP, False)
    window.controller.wait_idle()
    assert 0.5 <= model.agreed <= 1.0
    assert model.gap > 0.0
    assert model.came == 1
    assert str(round(100 * model.agreed)) in led.plots.on_map.text
    assert window.boundary_view.pointer.is_enabled
    assert not led.plots.line_pen.is_active
    frame = window.diagram_area.diagram.frame
    assert frame is not None
    assert frame.unit_maps is not None
    # The key of a vote is that of a speed again.
    press(window, Qt.Key.Key_1)
    assert model.prediction.votes == (3, 1, 0)
    for theme in (DARK, LIGHT):
        window.set_theme(theme)
    led.set_bare(True)
    assert led.bar.votes.isVisible()
    assert led.bar.words.isHidden()
    led.set_bare(False)


def _pictures_carry_it(window: MainWindow) -> None:
    """A saved picture of the map has the line and what is said of it, and so has the stage."""
    view = window.boundary_view
    figure = view.figure()
    assert figure is not None
    with_line = figure_image(figure)
    view.map_layer.above = ()
    plain = view.figure()
    assert plain is not None
    assert with_line != figure_image(plain)
    window.predict._on_changed()
    stage = window.stage.presentation
    stage.views = ("boundary", "loss")
    stage.present(None)
    assert stage.stage is not None
    stage.stage.resize(QSize(800, 600))
    QApplication.processEvents()
    votes = stage.stage.votes
    assert votes.votes == (3, 1, 0)
    assert votes.isVisible()
    tile = stage.stage.tile("boundary").grab().toImage()
    text = stage.stage.theme.colour("text")
    line = {QColor(tile.pixelColor(tile.width() // 2 + dx, round(0.3 * tile.height()))).name() for dx in range(-40, 70)}
    assert text.name() in line
    stage.leave()


def _other_data_clear_it(window: MainWindow) -> None:
    model, state = model_of(window), window.state
    data = state.experiment.data
    state.edit(state.experiment.edited(data=data.edited(seed=data.seed + 1)), "change the seed")
    assert model.prediction.is_empty
    window.controller.wait_idle()
    state.undo_stack.undo()
    # What was drawn on these data can still be undone; on others it is nothing.
    window.controller.wait_idle()
    press(window, Qt.Key.Key_E)
    assert model.curtain is Curtain.AWAY
    assert window.predict.place.isHidden()
    # Another document has votes of its own: a lesson that follows shows none of the one before.
    window.predict.ask(Ask("vote"))
    model.vote(0)
    assert window.predict.votes[1][0] == 1
    state.replace(state.experiment)
    assert window.predict.votes == ((), (), None)
    assert not any(model.prediction.votes)
    window.controller.wait_idle()
