"""Branches in the window: the dialog, the fork in the chart, the tree of runs and the table that compares them."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTreeWidgetItem
from pytestqt.qtbot import QtBot

from nnviz.drawing.courses import course_colour
from nnviz.ui.timeline import compare_dialog
from nnviz.ui.timeline.compare_dialog import CompareDialog
from nnviz.ui.timeline.continue_dialog import ContinueDialog
from nnviz.ui.window.main_window import MainWindow


def ask(window: MainWindow) -> ContinueDialog:
    window.actions_.past.continue_with.trigger()
    dialog = window.branches.dialog
    assert dialog is not None
    assert dialog.isVisible()
    return dialog


def go_on(qtbot: QtBot, window: MainWindow, dialog: ContinueDialog, until: int) -> None:
    """Confirm, let the branch train on by itself, and pause it."""
    controller, before = window.controller, window.controller.run_id
    dialog.continue_button.click()
    qtbot.waitUntil(
        lambda: controller.run_id != before and window.epoch >= until and not controller.branching.is_waiting,
        timeout=60_000,
    )
    assert window.is_training
    window.pause()
    controller.wait_idle()


def line_of(window: MainWindow, name: str) -> QTreeWidgetItem:
    return next(item for item in window.branches.panel.items() if item.text(0).endswith(name))


def test_branches_fork_in_the_chart_and_are_kept_in_the_tree(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    controller, panel, loss, line = (
        window.controller,
        window.branches.panel,
        window.loss_view,
        window.controller.timeline,
    )
    assert window.docks["runs"].isHidden()
    # So that however long a computer takes, the curves are drawn whole: those of some thousand epochs are thinned.
    window.controller.set_speed("60")
    window.play()
    qtbot.waitUntil(lambda: window.epoch >= 30, timeout=60_000)
    window.pause()
    controller.wait_idle()
    parent, last, first = controller.run_id, line.last, window.state.experiment
    line.go_to(12)
    dialog = ask(window)
    assert "12" in dialog.intro.text()
    assert dialog.wanted() == first
    dialog.rate.setValue(0.25)
    dialog.optimizer.setCurrentIndex(dialog.optimizer.findData("sgd"))
    go_on(qtbot, window, dialog, 20)
    training = window.state.experiment.training
    assert (training.learning_rate, training.optimizer, training.l2) == (0.25, "sgd", first.training.l2)

    # The chart forks: what is drawn of the other run is the same up to the fork and goes its own way from there.
    assert [course.name for course in loss.others.courses] == ["run 1"]
    other, mine = loss.others.lines[1], loss.test_curve
    assert other.pen.color() == course_colour(window.theme, 1) != mine.pen.color()
    assert other._dash != mine._dash
    assert other.data[0][-1] == last
    assert np.array_equal(other.data[1][:13], mine.data[1][:13])
    assert other.data[1][15] != mine.data[1][15]
    assert "run 1" in loss.footer.key.texts
    loss.score_button.click()
    assert np.nanmax(other.data[1]) <= 1.0
    loss.loss_button.click()
    loss.footer.x_actions["updates"].trigger()
    assert other.data[0][-1] > last
    loss.footer.x_actions["epoch"].trigger()

    # The tree: names and figures, ticks, stars, other names, and what is taken out comes back.
    window.actions_.past.runs.trigger()
    assert not window.docks["runs"].isHidden()
    panel.look()
    entry = line_of(window, "run 2")
    assert entry.parent() is line_of(window, "run 1")
    assert entry.text(1) == "optimiser sgd, learning rate 0.25, from epoch 12"
    assert entry.font(0).bold()
    assert line_of(window, "run 1").text(2) == str(last)
    line_of(window, "run 1").setCheckState(0, Qt.CheckState.Unchecked)
    assert not loss.others.courses
    assert window.state.undo_stack.undoText() == "hide run 1 in the charts"
    window.state.undo_stack.undo()
    assert loss.others.courses
    panel.tree.setCurrentItem(line_of(window, "run 2"))
    assert not panel.remove.isEnabled()
    panel.star.trigger()
    line_of(window, "run 2").setText(0, "★ too fast")
    assert line_of(window, "too fast").text(0) == "★ too fast"
    panel.tree.setCurrentItem(line_of(window, "run 1"))
    panel.show_run.trigger()
    controller.wait_idle()
    assert controller.run_id == parent
    assert window.state.experiment.training == first.training
    assert [course.name for course in loss.others.courses] == ["too fast"]
    panel.tree.setCurrentItem(line_of(window, "too fast"))
    panel.remove.trigger()
    assert [item.text(0) for item in panel.items()] == ["run 1"]
    assert not loss.others.courses
    window.state.undo_stack.undo()
    assert len(list(panel.items())) == 2
    panel.filter.setText("sgd")
    assert not line_of(window, "too fast").isHidden()
    panel.filter.setText("nothing of the kind")
    assert line_of(window, "too fast").isHidden()
    panel.filter.clear()

    # The table: differences are bold; everything goes into a CSV file.
    panel.compare.trigger()
    table = next(dialog for dialog in window.findChildren(CompareDialog) if dialog.isVisible())
    titles = [table.table.horizontalHeaderItem(column).text() for column in range(table.table.columnCount())]
    assert titles[:4] == ["run", "optimiser", "learning rate", "epochs"]
    assert table.table.item(1, 2).text() == "0.25"
    assert table.table.item(1, 2).font().bold()
    assert not table.table.item(0, 2).font().bold()
    table.table.sortItems(3)
    epochs = [int(table.table.item(row, 3).text()) for row in range(2)]
    assert epochs == sorted(epochs)
    table.filter.setText("sgd")
    assert [table.table.isRowHidden(row) for row in range(2)].count(True) == 1
    table.only_differing.setChecked(False)
    assert table.table.columnCount() > 20
    path = tmp_path / "runs.csv"
    monkeypatch.setattr(compare_dialog, "file_to_save", lambda *_: path)
    table.save_button.click()
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["name"], row["parent"], row["from_epoch"]) for row in rows] == [
        ("run 1", "", ""),
        ("too fast", "1", "12"),
    ]
    assert [float(row["training.learning_rate"]) for row in rows] == [first.training.learning_rate, 0.25]
    assert float(rows[0]["train_loss"]) == controller.frame.curves.train_loss[-1]  # type: ignore[union-attr]
    table.reject()

    # Other rows and another activation keep the weights, too.
    line.go_to(5)
    dialog = ask(window)
    dialog.activation.setCurrentIndex(dialog.activation.findData("sigmoid"))
    dialog.other_rows.setChecked(True)
    dialog.batch.setValue(0)
    go_on(qtbot, window, dialog, 8)
    experiment = window.state.experiment
    assert {layer.activation for layer in experiment.network.hidden} == {"sigmoid"}
    assert experiment.training.batch_size is None
    assert experiment.data.seed == first.data.seed + 1
    assert controller.frame.curves.marks[-1].epoch == 5  # type: ignore[union-attr]
    assert len(loss.others.courses) == 2
    # All of it is undone: the parent is back, wherever it had come to.
    while window.state.undo_stack.canUndo():
        window.state.undo_stack.undo()
    controller.wait_idle()
    assert (controller.run_id, window.epoch) == (parent, last)
    assert not loss.others.courses


def test_a_branch_that_has_begun_anew_goes_on_from_nowhere(window: MainWindow, qtbot: QtBot) -> None:
    controller = window.controller
    for _ in range(4):
        controller.step_epoch()
        controller.wait_idle()
    present = window.state.experiment
    wanted = present.edited(training=present.training.edited(l2=0.01))
    controller.continue_from(2, wanted, plays=False)
    qtbot.waitUntil(lambda: len(controller.tree) == 2)
    controller.wait_idle()
    window.docks["runs"].open()
    assert line_of(window, "run 2").text(1) == "L2 0.01, from epoch 2"
    controller.new_weights()
    assert line_of(window, "run 2").text(1) == "seed of the weights 1, L2 0.01, from first weights"
    window.state.undo_stack.undo()
    assert line_of(window, "run 2").text(1) == "L2 0.01, from epoch 2"
