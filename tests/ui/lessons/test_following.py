"""A lesson in the window: followed with keys, left and come back to, entered anywhere, and remembered."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, QSettings, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from nnviz.app import create_window
from nnviz.lessons.actions import Target
from nnviz.lessons.facts import Facts
from nnviz.lessons.files import LIBRARY, read_lesson
from nnviz.lessons.plans import PLANS
from nnviz.ui.window.main_window import MainWindow
from tests.ui.lessons.recording_walk import record_and_replay

#: Offscreen windows have no order.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True)

LESSON = read_lesson(
    """
title = "Corners"
summary = "Four corners."
experiment = { data = { name = "xor", parameters = { n_samples = 60 } }, network = { hidden = [] } }
[[steps]]
say = "Look."
notes = "Let them guess."
point = "boundary"
[[steps]]
say = "A line."
do = ["play"]
point = "learning_rate"
wait = "epoch >= 20"
hint = "It takes a while."
[[steps]]
say = "A layer."
do = ["add_layer 3 tanh", "play"]
point = "layer 1"
wait = "train_accuracy > 2 or epoch >= 5"
[[steps]]
say = "Click."
point = "unit 1.2"
wait = "unit_selected"
hint = "Click a square."
[[steps]]
say = "The end."
do = ["select 1.1", "show answers"]
point = "point 0 0"
""",
    "corners.toml",
)


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def played(qapp: QApplication, settings: QSettings):
    """A window with the lesson open at its first step."""
    window = create_window(theme="light", settings=settings)
    window.resize(1280, 720)
    window.lessons.open(LESSON, "corners")
    window.controller.wait_idle()
    yield window
    window.close()


def place_in(window: MainWindow, widget: QWidget, rect: QRect | None = None) -> QRect:
    rect = widget.visibleRegion().boundingRect() if rect is None else rect
    return QRect(widget.mapTo(window, rect.topLeft()), rect.size())


def until_met(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window.lessons.played.is_met, timeout=30_000)
    window.controller.wait_idle()


def press(window: MainWindow, qtbot: QtBot) -> Callable[[Qt.Key], None]:
    window.setFocus()
    return lambda key: qtbot.keyClick(window, key)


def test_a_lesson_is_followed_left_and_come_back_to(played: MainWindow, qtbot: QtBot, settings: QSettings) -> None:
    window, lessons = played, played.lessons
    panel, model, key = lessons.panel, lessons.played, press(played, qtbot)
    assert (panel.said.text(), panel.header.title.text()) == ("Look.", "Corners")
    assert not window.actions_.lesson_back.isEnabled()
    assert lessons.ring.isVisible()
    assert lessons.ring.geometry().contains(place_in(window, window.boundary_view).adjusted(0, 0, 0, -1))
    assert lessons.ring.geometry().contains(place_in(window, window.docks["boundary"].title_bar))
    # It takes no click from what it is round.
    assert window.childAt(lessons.ring.geometry().center()) not in (None, lessons.ring)
    panel.show_notes.trigger()
    assert panel.notes.text() == "Let them guess."
    panel.show_notes.trigger()
    # A run stops in the very epoch that is waited for, and rests there while it is talked about.
    key(Qt.Key.Key_PageDown)
    assert model.position == 1
    assert panel.waits.text().startswith("Waits for: epoch ≥ 20")
    until_met(window, qtbot)
    assert (window.controller.status, window.controller.frame.epoch) == ("paused", 20)
    assert panel.waits.text() == "✓ epoch ≥ 20"
    rate = window.setup_panel.training_section.rate_row
    qtbot.waitUntil(lambda: lessons.ring.geometry().intersects(place_in(window, rate)))
    # What the lesson does is no work of the user's, carries nothing over and needs no explanation.
    key(Qt.Key.Key_PageDown)
    until_met(window, qtbot)
    assert [layer.units for layer in window.state.experiment.network.hidden] == [3]
    assert window.controller.frame.epoch == 5
    assert not window.state.is_dirty
    assert not window.bar_stack.learnt_bar.isVisible()
    column = window.diagram_area.diagram.geometry_.column(1)
    assert column is not None
    qtbot.waitUntil(
        lambda: all(
            lessons.ring.geometry().contains(place_in(window, window.diagram_area.diagram, rect.toRect()))
            for rect in column.rects
        )
    )
    # Wandering off, and back: the step begins again as it did, and Undo leads back to what was there.
    key(Qt.Key.Key_PageDown)
    assert model.position == 3
    assert not model.is_met
    assert not panel.restore_button.isEnabled()
    mine = window.state.experiment.edited(training=window.state.experiment.training.edited(learning_rate=0.5))
    window.state.edit(mine, "wander")
    window.actions_.new_weights.trigger()
    assert panel.restore_button.isEnabled()
    wandered = window.state.experiment
    window.controller.wait_idle()
    panel.restore_button.click()
    window.controller.wait_idle()
    assert (model.position, window.controller.frame.epoch) == (3, 5)
    assert window.state.experiment.training.learning_rate == LESSON.experiment.training.learning_rate
    assert not panel.restore_button.isEnabled()
    window.state.undo_stack.undo()
    window.controller.wait_idle()
    assert window.state.experiment == wandered
    window.state.undo_stack.redo()
    # Too early, the hint comes first; a click is what was waited for.
    key(Qt.Key.Key_PageDown)
    assert (model.position, panel.hint.text()) == (3, "Click a square.")
    window.controller.wait_idle()
    window.diagram_area.diagram.select((1, 1))
    assert model.is_met
    assert panel.hint.isHidden()
    key(Qt.Key.Key_PageDown)
    assert window.diagram_area.diagram.selected == (1, 0)
    assert window.docks["answers"].is_seen
    assert panel.next_button.text() == "Done"
    # Back is the step before as it began, with what it had learnt then.
    key(Qt.Key.Key_PageUp)
    key(Qt.Key.Key_PageUp)
    window.controller.wait_idle()
    assert (model.position, window.state.experiment.network.hidden[0].units) == (2, 3)
    assert not window.boundary_view.painting.is_active, "what is shown again is no canvas"
    assert model.followed("corners") == len(LESSON.steps) + 1
    assert settings.value("lessons") == [f"corners {len(LESSON.steps) + 1}"]


def test_every_step_can_be_entered_and_an_audience_sees_what_is_said(played: MainWindow, qtbot: QtBot) -> None:
    window, model, panel = played, played.lessons.played, played.lessons.panel
    window.run_bar.set_speed("5")
    panel.steps.setCurrentIndex(3)
    panel.steps.activated.emit(3)
    qtbot.waitUntil(lambda: model.position == 3, timeout=30_000)
    window.controller.wait_idle()
    # At full speed: the epochs before are nobody's entertainment.
    assert (window.controller.speed, window.controller.frame.epoch) == ("5", 5)
    assert panel.said.text() == "Click."
    # A layout and the projector leave it where it is; there it is a caption that keys move on.
    window.actions_.layouts["inspect"].trigger()
    assert window.docks["lesson"].isVisible()
    window.actions_.projector.trigger()
    QApplication.processEvents()
    assert panel.said.isVisible()
    assert not panel.next_button.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_PageDown)
    qtbot.keyClick(window, Qt.Key.Key_PageDown)
    assert panel.said.text() == "The end."
    qtbot.keyClick(window, Qt.Key.Key_PageUp)
    assert panel.said.text() == "Click."
    window.actions_.projector.trigger()
    QApplication.processEvents()
    assert panel.next_button.isVisible()
    # Leaving it leaves the experiment; another document ends it.
    panel.leave.trigger()
    assert model.lesson is None
    assert not window.lessons.ring.isVisible()
    assert window.state.experiment.network.hidden[0].units == 3
    window.lessons.open(LESSON, "corners")
    window.actions_.new.trigger()
    assert model.lesson is None
    assert "Choose one" in panel.said.text()


def test_the_list_finds_lessons_and_goes_on_where_one_was(played: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    window, lessons = played, played.lessons
    window.actions_.lessons.trigger()
    listed = lessons.list
    assert listed is not None
    names = [item.data(0, Qt.ItemDataRole.UserRole) for item in listed._items()]
    assert sorted(names) == sorted(LIBRARY)
    assert names[: len(PLANS["drawing"].lessons)] == list(PLANS["drawing"].lessons)
    assert not listed._items()[0].icon(0).isNull()
    listed.order.buttons["topic"].click()
    assert sorted(item.data(0, Qt.ItemDataRole.UserRole) for item in listed._items()) == sorted(LIBRARY)
    listed.search.setText("momentum valley")
    assert listed.current == "a-ball-with-mass"
    listed.search.setText("zzz")
    assert listed.current == ""
    assert not listed.start_button.isEnabled()
    assert "No lesson" in listed.about.text()
    listed.search.setText("xor corner")
    assert not listed.go_on_button.isEnabled()
    listed.start_button.click()
    assert lessons.played.name == "xor-needs-a-hidden-layer"
    assert not listed.isVisible()
    # The first step waits for a line that is drawn: its hint comes before one goes on without.
    while lessons.played.followed("xor-needs-a-hidden-layer") < 2:
        assert lessons.walk(1)
    window.actions_.lessons.trigger()
    assert listed.current == "xor-needs-a-hidden-layer"
    assert listed.go_on_button.text() == "Go on at step 2"
    # A lesson of a stranger: opened through the gate, or said in one sentence.
    bad = tmp_path / "bad.toml"
    bad.write_text('title = "Bad"\nsummary = "Bad."\n[[steps]]\nsay = "x"\ndo = ["rm -rf"]\n')
    assert not lessons.open_by_user(str(bad))
    assert "bad.toml" in window.message_bar.text.text()
    assert lessons.played.name == "xor-needs-a-hidden-layer"
    # Chosen or dropped as any file, it is told from an experiment.
    good = tmp_path / "good.toml"
    good.write_text('title = "Good"\nsummary = "Good."\n[[steps]]\nsay = "x"\n')
    assert not window.document_actions.open_by_user(str(bad))
    assert lessons.played.name == "xor-needs-a-hidden-layer"
    assert not window.document_actions.open_by_user(str(good))
    assert lessons.played.name == str(good)
    # The menu has each of them once, under its plan, with its picture.
    menus = lessons.menus
    assert sorted(action.data() for action in menus.actions_()) == sorted(LIBRARY)
    menus.menus[0].aboutToShow.emit()
    assert not any(action.icon().isNull() for action in menus.menus[0].actions())
    menus.menus[0].actions()[1].trigger()
    assert lessons.played.name == PLANS["drawing"].lessons[1]
    record_and_replay(window, qtbot, tmp_path)


def has_its_share(plot: QWidget, plots: tuple[QWidget, ...]) -> bool:
    return plot.height() >= 0.38 * sum(each.height() for each in plots)


def test_the_plot_that_a_lesson_speaks_of_is_seen_on_a_small_wall(played: MainWindow, qtbot: QtBot) -> None:
    """In the type of a wall the words, the tabs and the axis left the loss plot 22 pixels."""
    window = played
    window.actions_.projector.trigger()
    window.resize(1280, 720)
    QApplication.processEvents()
    plots = window.boundary_view.plot, window.loss_view.plot
    for place, plot in zip(("loss", "boundary"), reversed(plots), strict=True):
        window.lessons.stage.point_at(Target(place=place))
        qtbot.waitUntil(partial(has_its_share, plot, plots))
    window.actions_.projector.trigger()


ON_ITS_OWN = read_lesson(
    """
title = "Decay"
summary = "Weights are drawn back."
experiment = { data = { name = "xor", parameters = { n_samples = 60 } }, network = { hidden = [3] } }
[[steps]]
say = "Now."
do = ["set l2=0.01"]
wait = "epoch >= 20"
[[steps]]
say = "More."
do = ["set l2=0.1", "reset"]
[[steps]]
say = "The end."
""",
    "decay.toml",
)


def test_a_lesson_does_no_step_while_another_one_is_undone(
    played: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    lessons, state = played.lessons, played.state
    lessons.open(ON_ITS_OWN, "decay", 2)
    assert (lessons.played.position, state.experiment.training.l2) == (0, 0.01)
    # What the step waits for has come, and the lesson would go on with whatever happens next: with an undo.
    monkeypatch.setattr(lessons.stage, "facts", lambda events: Facts(figures={"epoch": 20.0}, events=events))
    while state.undo_stack.canUndo():
        state.undo_stack.undo()
    assert state.experiment.training == ON_ITS_OWN.experiment.training
    qtbot.waitUntil(lambda: lessons.played.position == 2, timeout=20_000)
    assert state.experiment.training.l2 == 0.1
    while state.undo_stack.canUndo():
        state.undo_stack.undo()
    assert state.experiment.training == ON_ITS_OWN.experiment.training
