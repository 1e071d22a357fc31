"""A lesson recorded in the window, edited as a list and as text, replayed, saved and found again."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from nnviz.experiment.edits import with_hidden_count
from nnviz.lessons.differences import differs
from nnviz.lessons.files import load_lesson
from nnviz.ui.window.main_window import MainWindow


def record_and_replay(window: MainWindow, qtbot: QtBot, folder: Path) -> None:
    """Do all of it in `window`, whatever was open before."""
    lessons, recording = window.lessons, window.lessons.recording
    bar, editor = recording.bar, recording.editor
    window.actions_.new.trigger()
    window.controller.wait_idle()
    window.run_bar.set_speed("full")
    begun = window.state.experiment
    recording.record.trigger()
    assert lessons.played.lesson is None
    assert (bar.isVisible(), bar.mark.text()) == (True, "● Step 1")
    qtbot.keyClicks(bar.line, "Three arms.")
    qtbot.keyClick(bar.line, Qt.Key.Key_Return)
    assert (bar.mark.text(), bar.line.text()) == ("● Step 2", "")
    training = window.state.experiment.training
    window.state.edit(begun.edited(training=training.edited(learning_rate=0.02)), "change learning rate")
    window.controller.play_until(6)
    qtbot.waitUntil(lambda: window.controller.frame.epoch == 6 and not window.controller.is_training)
    window.controller.wait_idle()
    # Begun again and changed after it has learnt: a step by itself.
    window.actions_.reset.trigger()
    window.state.edit(with_hidden_count(window.state.experiment, 3), "change hidden layers")
    window.controller.wait_idle()
    bar.line.setText("One layer more.")
    bar.next_button.click()
    window.diagram_area.diagram.select((1, 1))
    window.controller.wait_idle()
    end = window.state.experiment
    bar.stop_button.click()
    assert not bar.isVisible()
    assert not recording.record.isChecked()
    # Edited as a list.
    assert editor.isVisible()
    assert editor.problem.text() == ""
    lesson = editor.lesson()
    assert lesson is not None
    assert [(step.say, step.wait) for step in lesson.steps] == [
        ("Three arms.", ""),
        ("Change learning rate. Train up to epoch 6.", "epoch >= 6"),
        ("One layer more.", ""),
        ("Look.", ""),
    ]
    assert [step.do for step in lesson.steps[1:3]] == [
        ("set training.learning_rate=0.02", "play"),
        (f"add_layer {end.network.hidden[-1].units}", "reset"),
    ]
    assert (lesson.steps[3].do, lesson.steps[3].point) == (("select 1.2",), "unit 1.2")
    assert lesson.steps[1].point == "learning_rate"
    form = editor.form
    editor.list.setCurrentRow(2)
    assert form.wait.findText("layer_added") > 0
    form.wait.setCurrentIndex(form.wait.findText("layer_added"))
    form.wait.activated.emit(form.wait.currentIndex())
    asked = editor.lesson()
    assert asked is not None
    assert (asked.steps[2].do, asked.steps[2].wait) == (("reset",), "layer_added")
    assert asked.steps[3].do[0].startswith("set network.hidden=")
    form.wait.setEditText("layer_added and")
    assert form.problem.text()
    form.wait.setEditText("layer_added")
    assert form.problem.text() == ""
    form.say.setPlainText("Add a layer.")
    assert "Add a layer." in editor.list.item(2).text()
    editor.step_buttons["up"].click()
    editor.step_buttons["down"].click()
    # Edited as text: what is wrong there keeps one there, with a sentence.
    editor.tabs.setCurrentIndex(1)
    text = editor.text.toPlainText()
    editor.text.setPlainText(text.replace("epoch >= 6", "epoch >="))
    editor.tabs.setCurrentIndex(0)
    assert editor.tabs.currentIndex() == 1
    assert "step" in editor.problem.text()
    editor.text.setPlainText(text.replace("Three arms.", "Look: three arms."))
    editor.tabs.setCurrentIndex(0)
    assert editor.tabs.currentIndex() == 0
    assert "Look: three arms." in editor.list.item(0).text()
    # Replayed at once, to the same document.
    editor.list.setCurrentRow(3)
    editor.from_here_button.click()
    qtbot.waitUntil(lambda: lessons.played.position == 3, timeout=30_000)
    window.controller.wait_idle()
    assert not differs(window.state.experiment, end)
    assert window.diagram_area.diagram.selected == (1, 1)
    # Saved, and in the list from then on; a folder's are there, too, and a damaged one is named.
    path = folder / "three-arms-of-mine.toml"
    whole = editor.lesson()
    assert whole is not None
    editor.save(whole, path)
    assert load_lesson(path) == whole
    shared = folder / "shared"
    shared.mkdir()
    (shared / "other.toml").write_text('title = "Other"\nsummary = "Other."\n[[steps]]\nsay = "Look."\n')
    (shared / "damaged.toml").write_text('title = "Other"\nsteps = 3\n')
    _choose(shared, recording.folder.trigger)
    listed = lessons.list
    assert listed is not None
    assert set(listed.own) == {str(path), str(shared / "other.toml")}
    assert "damaged.toml" in listed.problem.text()
    assert listed.problem.text().count("\n") == 0
    listed.hide()
    editor.hide()


def _choose(folder: Path, open_dialog: object) -> None:
    """Answer the question for a folder."""
    asked = QFileDialog.getExistingDirectory
    QFileDialog.getExistingDirectory = lambda *_args, **_keywords: str(folder)  # type: ignore[method-assign]
    try:
        open_dialog()  # type: ignore[operator]
    finally:
        QFileDialog.getExistingDirectory = asked  # type: ignore[method-assign]
