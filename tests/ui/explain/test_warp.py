"""The warp in one window: key, slider, ways of looking, marked points, and no work while nobody looks."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnviz.experiment.edits import with_layer
from nnviz.ui.explain.warp_panel import STEPS
from nnviz.ui.window.main_window import MainWindow


def test_data_go_through_the_network(window: MainWindow, qtbot: QtBot) -> None:
    panel, dock, marks = window.insights.warp, window.docks["warp"], window.marks
    window.show()
    assert not dock.isVisible()
    assert panel.view.picture is None, "closed, it works nothing out"
    window.setFocus()
    QTest.keyClick(window, Qt.Key.Key_V)
    assert panel.isVisible()
    prepared, frame = window.controller.prepared, window.controller.frame
    assert prepared is not None
    assert frame is not None
    picture = panel.view.picture
    assert picture is not None
    assert np.allclose(picture.points, prepared.X_train)
    assert "inputs" in panel.title.text()

    # It lives while training, wherever it stands.
    panel.slider.setValue(panel.slider.maximum())
    before = panel.view.picture
    window.controller.step_epoch()
    window.controller.wait_idle()
    after = panel.view.picture
    assert after is not None
    assert before is not None
    assert not np.array_equal(after.points, before.points)
    outputs = window.controller.request(lambda run: run.trainer.network.predict(prepared.X_train))
    window.controller.wait_idle()
    answers = outputs.result(timeout=30.0)[:, 0]
    assert np.allclose(after.points[:, 0], answers)
    (border,) = after.borders
    assert np.array_equal(after.points[:, 0] > border[0, 0], answers > 0.5)

    # While it runs, the pictures are painted beside the window; the one that stays is exact.
    window.play()
    qtbot.waitUntil(lambda: not np.array_equal(panel.view.picture.points, after.points))  # type: ignore[union-attr]
    assert window.is_training
    window.pause()
    qtbot.waitUntil(lambda: not window.is_training)
    window.controller.wait_idle()
    outputs = window.controller.request(lambda run: run.trainer.network.predict(prepared.X_train))
    window.controller.wait_idle()
    assert np.allclose(panel.view.picture.points[:, 0], outputs.result(timeout=30.0)[:, 0])  # type: ignore[union-attr]

    # Points are marked everywhere, by a click, with Ctrl, by a rectangle, and beside them none.
    panel.slider.setValue(0)
    QApplication.processEvents()
    places = panel.view.pixels()
    apart = np.abs(places[:, np.newaxis] - places).max(axis=2) + 1e6 * np.eye(len(places))
    first, second = np.argsort(apart.min(axis=1))[-2:].tolist()
    for number, keys in ((first, Qt.KeyboardModifier.NoModifier), (second, Qt.KeyboardModifier.ControlModifier)):
        place = QPoint(*places[number].round().astype(int).tolist())
        QTest.mouseClick(panel.view, Qt.MouseButton.LeftButton, keys, place)
    assert marks.rows.train.tolist() == sorted((first, second))
    assert panel.view.picture.marked.sum() == 2  # type: ignore[union-attr]
    QTest.mousePress(panel.view, Qt.MouseButton.LeftButton, pos=QPoint(1, 1))
    QTest.mouseMove(panel.view, QPoint(panel.view.width() - 2, panel.view.height() - 2))
    QTest.mouseRelease(
        panel.view, Qt.MouseButton.LeftButton, pos=QPoint(panel.view.width() - 2, panel.view.height() - 2)
    )
    assert len(marks.rows.train) == len(places)
    QTest.mouseClick(panel.view, Qt.MouseButton.LeftButton, pos=QPoint(1, 1))
    assert len(marks.rows) == 0

    # Three units: their principal plane, two of them, or a cloud that turns for as long as it is seen.
    panel.slider.setValue(3 * STEPS)
    assert not panel.choices.isHidden()
    assert "% seen" in panel.title.text()
    panel.look_box.setCurrentIndex(panel.look_box.findData("pair"))
    panel.look_box.activated.emit(panel.look_box.currentIndex())
    panel.second_box.setCurrentIndex(2)
    panel.second_box.activated.emit(2)
    assert panel.look() == (0, 2)
    panel.look_box.setCurrentIndex(panel.look_box.findData("cloud"))
    panel.look_box.activated.emit(panel.look_box.currentIndex())
    seen = panel.view.picture.points  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: not np.array_equal(panel.view.picture.points, seen))  # type: ignore[union-attr]
    panel.play_button.click()
    start = panel.slider.value()
    qtbot.waitUntil(lambda: panel.slider.value() > start)
    dock.close()
    assert not panel._timer.isActive()

    # Another network: what was chosen gives way where it cannot be had.
    window.state.edit(with_layer(window.state.experiment, 0, units=5), "add units")
    window.controller.wait_idle()
    dock.open()
    panel.play_button.setChecked(False)
    panel.slider.setValue(3 * STEPS)
    assert panel.look() == "plane"
