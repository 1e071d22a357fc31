"""Class weights in the window: chosen, typed, undone, saved, and what they and rare classes are told by."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from nnviz.core.metrics import ClassFigures
from nnviz.experiment import load_document
from nnviz.experiment.document import Document, save_document
from nnviz.experiment.schema import DataSpec, TableSource
from nnviz.ui.answers.confusion_texts import card_lines, summary
from nnviz.ui.window.main_window import MainWindow
from tests.ui.conftest import OpenWindow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True)


def unbalanced(n_rare: int = 6) -> DataSpec:
    rng = np.random.default_rng(1)
    X = rng.normal(size=(150, 2))
    X[:n_rare] += 1.5
    lines = [f"{a:.3f},{b:.3f},{'R&D <b>' if k < n_rare else 'usual'}" for k, (a, b) in enumerate(X)]
    return DataSpec(name=None, table=TableSource(text="\n".join(["a,b,kind", *lines]), target="kind"))


def choose(window: MainWindow, qtbot: QtBot, name: str) -> None:
    """Choose in the list as a user does."""
    box = window.setup_panel.training_section.class_weights.choice.focus_widget()
    labels = {"equal": "Equal", "balanced": "Balanced", "typed": "Own numbers"}
    position = box.findText(labels[name])
    box.setCurrentIndex(position)
    box.activated.emit(position)
    window.controller.wait_idle()


def test_class_weights_are_chosen_typed_undone_and_saved(open_window: OpenWindow, qtbot: QtBot, tmp_path: Path) -> None:
    window = open_window(data=unbalanced())
    section, state = window.setup_panel.training_section, window.state
    rows = section.class_weights
    assert not rows.row.isHidden()
    choose(window, qtbot, "balanced")
    assert state.experiment.training.class_weights == "balanced"
    prepared = window.controller.prepared
    counts = np.array(prepared.train.class_counts)
    loss = prepared.network().loss(prepared.X_train, prepared.Y_train, class_weights="balanced")
    assert window.controller.frame.metrics.train_loss == pytest.approx(loss, rel=1e-12)
    assert window.controller.frame.weighted
    assert window.loss_view.header.info.toolTip() or window.loss_view.header.info.text()

    choose(window, qtbot, "typed")
    assert len(rows.class_rows) == 2
    start = state.experiment.training.class_weights
    np.testing.assert_allclose(start, counts.sum() / (2 * counts), rtol=0.01)
    label = rows.class_rows[0].label
    assert label.textFormat() == Qt.TextFormat.PlainText
    assert label.text().startswith("R&&D")
    field = rows.class_rows[0].control.field
    field.selectAll()
    qtbot.keyClicks(field, "7.5")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    window.controller.wait_idle()
    assert state.experiment.training.class_weights == (7.5, start[1])
    qtbot.keyClicks(field, "-1")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert "Class weight must lie between" in rows.class_rows[0].error.text()
    assert state.experiment.training.class_weights == (7.5, start[1])

    save_document(Document(state.experiment), tmp_path / "w.nnviz")
    assert load_document(tmp_path / "w.nnviz").experiment.training.class_weights == (7.5, start[1])
    for undone in (start, "balanced", None):
        state.undo_stack.undo()
        window.controller.wait_idle()
        assert state.experiment.training.class_weights == undone
    assert not rows.class_rows
    state.undo_stack.redo()
    section.loss_row.control.edited.emit("mean_squared_error", "")
    window.controller.wait_idle()
    assert state.experiment.training.class_weights is None
    assert rows.row.isHidden()


def test_a_rare_class_is_told_where_accuracy_stands(open_window: OpenWindow) -> None:
    window = open_window(data=unbalanced())
    bar, metrics = window.run_bar, window.controller.frame.metrics
    assert bar.test_score.beside == f"balanced {100 * metrics.test_balanced_accuracy:.1f} %"
    assert bar.test_score.beside in bar.test_score.accessibleDescription()
    assert "Accuracy says little here" in window.setup_panel.data_section.notes.text()
    assert "Accuracy says little here" in bar.test_score.toolTip()
    wide = bar.test_score.width()
    window.show()
    window.show_answers("confusion")
    window.controller.wait_idle()
    page = window.answers_panel.confusion_page
    figures = ClassFigures.of(page.matrix.counts)
    whole = summary(page.matrix.counts)[0]
    assert f"balanced accuracy {100 * figures.balanced_accuracy:.0f} %" in whole
    lines = {line.text: line.value for line in card_lines((0, -1), np.array([[3, 1], [2, 14]]), ("a", "b"))}
    assert (lines["recall: recognised"], lines["precision: rightly so"], lines["F1: both in one"]) == (
        "75 %",
        "60 %",
        "67 %",
    )
    window.state.edit(window.state.experiment.edited(data=unbalanced(60)), "more", "")
    window.controller.wait_idle()
    assert bar.test_score.beside == ""
    assert bar.test_score.width() < wide
