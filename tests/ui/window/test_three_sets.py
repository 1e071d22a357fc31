"""Validation rows through the window: chosen in the set-up, told apart everywhere, and judged by."""

from __future__ import annotations

import numpy as np
from pytestqt.qtbot import QtBot

from nnviz.core.history.history import History
from nnviz.experiment import edits
from nnviz.experiment.figures import PARTS
from nnviz.ui.window.main_window import MainWindow


def history_of(window: MainWindow) -> History:
    history = window.controller.document().history
    assert history is not None
    return history


def says_why(_severity: str, text: str) -> bool:
    return "validation loss" in text


def test_a_validation_share_is_seen_everywhere_and_judged_by(window: MainWindow, qtbot: QtBot) -> None:
    state, controller, bar = window.state, window.controller, window.run_bar
    assert not bar.validation_loss.isVisible()
    assert not window.boundary_view.switches.validation.isVisible()
    before = controller.prepared
    assert before is not None
    row = window.setup_panel.data_section.validation_row
    row.control.edited.emit(20, "")
    assert state.experiment.data.validation_fraction == 0.2
    controller.wait_idle()
    # Nothing has been learnt yet from the rows that it takes.
    assert not window.message_bar.isVisibleTo(window)
    prepared = controller.prepared
    assert prepared is not None
    assert prepared.shown_parts == PARTS
    np.testing.assert_array_equal(prepared.test.X, before.test.X)
    # The map draws them hollow with a dot, and its switch is there.
    points = window.boundary_view.points
    assert len(points.item("validation").data) == prepared.validation.n_samples
    assert window.boundary_view.switches.validation.isVisible()
    window.boundary_view.switches.validation.click()
    assert not points.item("validation").isVisible()
    assert f"{prepared.validation.class_counts[0]} validation rows" in window.boundary_view.legend.class_tooltip(0)
    # The table and the confusion matrix offer them.
    window.show_answers("rows")
    controller.wait_idle()
    pages = window.answers_panel.pages
    rows = pages["rows"]
    rows.part.choose("validation")
    rows.part.chosen.emit("validation")
    assert {rows.model.row_id(row)[0] for row in rows.model.order.tolist()} == {"validation"}
    assert rows.model.text(int(rows.model.order[0]), rows.model.columns[0]).startswith("val. ")
    window.show_answers("confusion")
    controller.wait_idle()
    confusion = pages["confusion"]
    confusion.part.choose("validation")
    confusion.part.chosen.emit("validation")
    assert confusion.matrix.counts.sum() == prepared.validation.n_samples
    # Patience judges by them, and brings the best weights back.
    training = {"patience": 3, "restore_best": True, "learning_rate": 0.3, "stop_at_epochs": False}
    state.edit(edits.with_training(state.experiment, **training), "change stop condition")
    with qtbot.waitSignal(
        controller.message, timeout=20_000, check_params_cb=lambda _, text: "validation loss" in text
    ):
        window.play()
    controller.wait_idle()
    history, frame = history_of(window), controller.frame
    assert frame is not None
    # At the start there were no validation rows yet.
    best = int(np.nanargmin(history.validation_loss))
    assert frame.epoch == best + 3
    assert frame.curves.watched == "validation"
    assert frame.metrics.validation_loss == history.validation_loss[best]
    assert window.loss_view.footer.key.texts == ("train", "validation", "test", "best")
    assert window.loss_view.validation_curve.mark is not None
    assert bar.validation_loss.text != "–"
    assert f"epoch {best} again" in window.message_bar.text.text()
    row.control.edited.emit(30, "")
    assert "has learnt from" in window.message_bar.text.text()
    state.undo_stack.undo()
    assert not window.message_bar.isVisibleTo(window)
    # And it is one undo step each.
    for _ in range(3):
        state.undo_stack.undo()
    controller.wait_idle()
    assert not bar.validation_loss.isVisible()
