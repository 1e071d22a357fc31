"""*Worked arithmetic* in the window: one window, from the key that opens it to the numbers on the wires."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnviz.drawing.diagram import EdgeId
from nnviz.experiment import Experiment
from nnviz.ui.explain.sheet_view import wire_of
from nnviz.ui.explain.worksheet_dialog import WorksheetDialog
from nnviz.ui.window.main_window import MainWindow


def key(window: MainWindow, which: Qt.Key) -> None:
    QTest.keyClick(window, which)


@pytest.fixture
def opened(window: MainWindow, qtbot: QtBot) -> MainWindow:
    """The window with the sheet open on the first training row."""
    model = window.worked.model
    assert not window.docks["worked"].isVisible()
    assert model.worked is None
    assert window.diagram_area.diagram._notes == ()
    window.setFocus()
    key(window, Qt.Key.Key_W)
    qtbot.waitUntil(lambda: model.worked is not None)
    return window


def test_the_walk_the_digits_and_the_numbers(
    opened: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, model, panel = opened, opened.worked.model, opened.worked.panel
    diagram = window.diagram_area.diagram
    assert window.diagram_area.worked_button.isChecked()
    assert model.subject is not None
    assert model.subject.row == ("train", 0)
    worked = model.worked
    assert worked is not None
    frame, prepared = window.controller.frame, window.controller.prepared
    assert frame is not None
    assert prepared is not None
    net = prepared.network()
    net.parameters[:] = frame.parameters
    np.testing.assert_allclose(worked.a[-1], net.predict(prepared.X_train[:1])[0], rtol=1e-12)
    # Space walks and trains nothing; Backspace comes back.
    is_training = window.is_training
    key(window, Qt.Key.Key_Space)
    assert window.is_training == is_training
    assert model.position == model._steps.after(-1, "unit")  # type: ignore[union-attr]
    assert diagram._notes[-1].is_current
    key(window, Qt.Key.Key_PageDown)
    assert diagram._notes[-1].unit == 1
    key(window, Qt.Key.Key_Backspace)
    key(window, Qt.Key.Key_PageUp)
    assert model.position == -1
    assert diagram._notes == ()
    assert window.epoch == 0
    # The sheet takes the same keys where it has the focus, and the slider goes through all steps.
    QTest.keyClick(panel.sheet, Qt.Key.Key_Space)
    assert model.position > 0
    panel.slider.setValue(panel.slider.maximum())
    assert model.position == model.n_steps - 1
    assert "←" in panel.sheet.toPlainText()
    panel.pace_actions["term"].trigger()
    panel.slider.setValue(0)
    panel.on_button.click()
    assert model.position == 0
    assert "w" in panel.sheet.toPlainText()
    assert panel.title.toolTip() or panel.title.text()
    # Digits.
    panel.digits.setCurrentIndex(panel.digits.findData(2))
    panel.digits.activated.emit(panel.digits.currentIndex())
    qtbot.waitUntil(lambda: model.worked is not worked)
    rounded = model.worked
    assert rounded is not None
    assert rounded.a[0].tolist() == np.round(rounded.a[0], 2).tolist()
    for name, written in (("text", rounded.to_text()), ("latex", rounded.to_latex()), ("python", rounded.to_python())):
        panel.copy_actions[name].trigger()
        assert QGuiApplication.clipboard().text() == written
    sheet = tmp_path / "sheet.pdf"
    monkeypatch.setattr("nnviz.ui.explain.worksheet_dialog.file_to_save", lambda *_: sheet)

    def fill_in() -> None:
        dialog = window.findChild(WorksheetDialog)
        assert dialog is not None
        dialog.blanks.setCurrentIndex(dialog.blanks.count() - 1)
        dialog.variants.setValue(2)
        dialog.save_button.click()

    QTimer.singleShot(0, fill_in)
    panel._on_menu(panel.worksheet_action)
    assert sheet.read_bytes().startswith(b"%PDF")
    assert sheet.with_name("sheet key.pdf").exists()
    for tab, words in (("layer", "One unit"), ("network", "Ŷ = "), ("steps", "z"), ("costs", "|y − ŷ|")):
        panel.tabs[tab].click()
        assert words in panel.sheet.toPlainText()
    # Any targets and outputs can be typed; source E's come to 4, 8 and 9.
    row = panel.cost_row
    assert row is not None
    assert row.isVisibleTo(panel)
    row.targets.setText("2, 3, 5, 9")
    assert "4 targets but 0 outputs" in panel.sheet.toPlainText()
    row.outputs.setText("1; 5; 3; 6")
    assert panel.sheet.toPlainText().split("sum")[1].split()[:3] == ["4", "8", "9"]
    row.outputs.setText("1, much, 3, 6")
    assert "much" in panel.sheet.toPlainText()
    # The formula lights its layers, by mouse or keyboard, and the diagram the parts of the formula.
    panel.tabs["network"].click()
    assert not row.isVisibleTo(panel)
    panel.sheet.setFocus()
    assert diagram._lit_layer is None
    lit = []
    for _ in range(5):
        QTest.keyClick(panel.sheet, Qt.Key.Key_Tab)
        lit.append(diagram._lit_layer)
    assert lit[:3] == [3, 2, 1], "Tab goes into the formula from its outside"
    panel.sheet.highlighted.emit(QUrl("layer:2"))
    assert diagram._lit_layer == 2
    diagram.grab()
    panel.sheet.highlighted.emit(QUrl(""))
    assert diagram._lit_layer is None
    before = panel.sheet.toHtml()
    diagram.hovered.emit((1, 0))
    assert panel.sheet.toHtml() != before
    diagram.hovered.emit(None)
    assert panel.sheet.toHtml() == before
    panel.numbers_action.trigger()
    assert "W1·" not in panel.sheet.toPlainText().splitlines()[0]
    for name, words in (("text", "Ŷ = "), ("latex", "pmatrix"), ("python", "np.array")):
        panel.formula_actions[name].trigger()
        assert words in QGuiApplication.clipboard().text()
    panel.numbers_action.trigger()
    panel.tabs["steps"].click()


def test_what_it_is_about(opened: MainWindow, qtbot: QtBot) -> None:
    window, model, panel = opened, opened.worked.model, opened.worked.panel
    diagram = window.diagram_area.diagram
    model.go_to(1)
    # A marked row.
    window.marks.set_one(("test", 2))
    qtbot.waitUntil(lambda: model.worked is not None and model.subject.row == ("test", 2) and not model._is_asking)
    assert model.worked is not None
    prepared = window.controller.prepared
    assert prepared is not None
    np.testing.assert_array_equal(model.worked.x, prepared.X_test[2])
    assert "3" in panel.title.text()
    # A term and its wire, both ways.
    panel.sheet.highlighted.emit(QUrl("wire:1.0.1"))
    assert diagram._lit == EdgeId(1, 0, 1)
    panel.sheet.highlighted.emit(QUrl(""))
    assert diagram._lit is None
    model.go_to(3)
    before = panel.sheet.toHtml()
    diagram.hovered.emit(EdgeId(1, 0, 1))
    assert panel.sheet.toHtml() != before
    diagram.hovered.emit(None)
    assert panel.sheet.toHtml() == before
    # A weight that is edited, and an epoch that is trained.
    old = model.worked
    index = model.worked.arithmetic.subject.layout.weight_index(1, 0, 0)
    window.controller.edit_parameters({index: 1.5}, "edit")
    qtbot.waitUntil(lambda: model.worked is not old and model.worked.arithmetic.subject.parameters[index] == 1.5)
    window.step()
    qtbot.waitUntil(lambda: model.moment[0] == 1)
    # A typed example with a target.
    window.actions_.try_input.trigger()
    qtbot.waitUntil(lambda: model.subject.row is None and model.worked is not None and not model._is_asking)
    assert panel.target.isVisibleTo(panel)
    for target in (0, 1):
        panel.target.setCurrentIndex(panel.target.findData(target))
        panel.target.activated.emit(panel.target.currentIndex())
        qtbot.waitUntil(lambda: not model._is_asking)
        assert model.worked.y.tolist() == [prepared.network().activation_entries[-1].class_targets[target]]
    # The next mini-batch: its rows one after the other, then what they come to together.
    panel.batch_action.trigger()
    panel._on_menu(panel.batch_action)
    qtbot.waitUntil(lambda: model.subject.is_batch and model.worked is not None and not model._is_asking)
    n_rows = model.worked.arithmetic.n_rows
    assert n_rows == min(window.state.experiment.training.batch_size, prepared.train.n_samples) > 1
    assert f"next mini-batch of {n_rows}" in panel.title.text()
    assert {step.row for step in model._steps if step.phase == "forward"} == set(range(n_rows))
    window.marks.set_one(("train", 0))
    qtbot.waitUntil(lambda: model.subject.row == ("train", 0) and not model._is_asking)
    assert not panel.batch_action.isChecked()
    # It walks by itself to the end, and stops there.
    model.go_to(model.n_steps - 2)
    panel.play_button.click()
    assert model.is_playing
    model._on_played()
    assert not model.is_playing
    assert model.position == model.n_steps - 1
    # Closed, it costs nothing and leaves nothing behind, and opened it goes on.
    window.docks["worked"].close()
    qtbot.waitUntil(lambda: diagram._notes == ())
    assert not window.actions_.worked.isChecked()
    assert not window.worked.walk(1)


def test_source_e_walks_through_its_printed_arithmetic(open_window, qtbot: QtBot) -> None:
    lesson = Experiment.load("source-e")
    window = open_window(**{name: getattr(lesson, name) for name in ("data", "network", "training")})
    window.actions_.worked.trigger()
    model = window.worked.model
    prepared = window.controller.prepared
    row = int(np.flatnonzero((prepared.train.X == [1, 0, 1]).all(axis=1))[0])
    window.marks.set_one(("train", row))
    model.set_digits(2)
    qtbot.waitUntil(lambda: model.worked is not None and model.worked.loss == 0.29645)
    said = []
    model.pace = "unit"
    while model.position < model.n_steps - 1:
        QTest.keyClick(window, Qt.Key.Key_Space)
        said.append(window.worked.panel.sheet.toPlainText())
        assert len(window.diagram_area.diagram._notes) > 0
    everything = "\n".join(said)
    for printed in ("= 1.213", "≈ 0.77", "0.29645", "= 0.3 − 0.5·0.1 = 0.25"):
        assert printed in everything


def test_only_wires_are_wires() -> None:
    assert wire_of("wire:2.0.1") == (2, 0, 1)
    for link in ("", "http://example.org", "wire:", "wire:1.2", "wire:a.b.c", "wire:1.-1.2"):
        assert wire_of(link) is None
