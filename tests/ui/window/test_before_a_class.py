"""What a teacher with a clicker stumbled over before a class: each as a kind, driven through the window."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSettings, Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from nnviz.app import create_window
from nnviz.experiment import Document, Experiment
from nnviz.lessons.actions import read_target
from nnviz.lessons.files import LIBRARY, read_lesson
from nnviz.ui.lessons.ring import GAP, HALO, Spot
from nnviz.ui.plots.plot import Axis
from nnviz.ui.window.main_window import MainWindow
from nnviz.ui.window.shortcut_sheet import ShortcutSheet
from tests.ui.conftest import small_experiment

#: Offscreen windows have no order.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True)

LESSON = read_lesson(
    """
title = "Two steps"
summary = "Look, and click."
experiment = { data = { name = "xor", parameters = { n_samples = 60 } }, network = { hidden = [2] } }
[[steps]]
say = "Look."
point = "network"
[[steps]]
say = "Click."
point = "unit 1.2"
wait = "unit_selected"
hint = "Click a square."
""",
    "two-steps.toml",
)


def open_lesson(window: MainWindow) -> None:
    window.lessons.open(LESSON, "what-the-bias-is-for")
    window.controller.wait_idle()


def test_a_lesson_before_an_audience_is_led_by_the_clicker_alone(window: MainWindow, qtbot: QtBot) -> None:
    played, ring = window.lessons.played, window.lessons.ring
    # A sheet of arithmetic that is still open from before takes nothing from a lesson that begins.
    window.actions_.worked.trigger()
    window.controller.wait_idle()
    # A clicker's key for the beginning opens the view and does not end it.
    for _ in range(2):
        qtbot.keyClick(window, Qt.Key.Key_F5)
        assert window.projector.is_active
    open_lesson(window)
    qtbot.waitUntil(ring.isVisible)
    # Nothing shines through the black screen, whichever of the two keys a clicker sends.
    for key in (Qt.Key.Key_B, Qt.Key.Key_Period):
        qtbot.keyClick(window, key)
        assert window.projector.curtain.isVisible()
        qtbot.waitUntil(ring.isHidden)
        qtbot.keyClick(window, key)
        assert not window.projector.curtain.isVisible()
        qtbot.waitUntil(ring.isVisible)
    position = window.worked.model.position
    qtbot.keyClick(window, Qt.Key.Key_PageDown)
    assert (played.position, window.worked.model.position) == (1, position)
    # Its last step: a hint, and then that it is over and what comes next; nothing trains by surprise.
    qtbot.keyClick(window, Qt.Key.Key_PageDown)
    assert played.shows_hint
    for _ in range(2):
        qtbot.keyClick(window, Qt.Key.Key_PageDown)
        window.controller.wait_idle()
    assert window.epoch == 0
    assert LIBRARY["no-hidden-layer"].title in window.message_bar.text.text()
    # Whoever asks for the sheet walks through it.
    window.actions_.worked.trigger()
    window.actions_.worked.trigger()
    window.controller.wait_idle()
    qtbot.keyClick(window, Qt.Key.Key_PageDown)
    assert window.worked.model.position > position
    # Back at the desk the words are still there, though the panel had been closed before.
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.projector.is_active
    assert not window.docks["lesson"].isHidden()
    qtbot.waitUntil(ring.isVisible)
    window.docks["lesson"].hide()
    ring.place()
    assert ring.isHidden()
    # And none of a lesson that is not there stand before the next audience.
    played.close()
    window.docks["lesson"].show()
    qtbot.keyClick(window, Qt.Key.Key_F5)
    assert window.docks["lesson"].isHidden()


def test_esc_gives_up_what_is_typed_before_it_leaves_the_projector_view(window: MainWindow, qtbot: QtBot) -> None:
    window.actions_.try_input.trigger()
    window.actions_.projector.trigger()
    window.controller.wait_idle()
    slider = window.diagram_area.probe
    typed = QLineEdit(slider)
    typed.show()
    typed.setFocus()
    qtbot.keyClicks(typed, "12")
    for stays in (True, False):
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
        assert window.projector.is_active == stays
        assert window.focusWidget() is not typed


def test_keys_that_come_to_the_stage_do_what_they_do_in_the_window(window: MainWindow, qtbot: QtBot) -> None:
    window.actions_.new_weights.trigger()
    window.controller.wait_idle()
    led = window.stage.presentation
    led.present(None)
    stage = led.stage
    assert stage is not None
    steps = window.state.undo_stack.index()
    qtbot.keyClick(stage, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.state.undo_stack.index() == steps - 1
    qtbot.keyClick(stage, Qt.Key.Key_E)
    assert window.predict.model.is_open
    led.leave()


def test_the_console_tells_the_notes_of_what_is_open_now(window: MainWindow) -> None:
    window.state.edit(window.state.experiment.edited(notes="Of the spiral."), "note")
    assert window.stage._said[1] == "Of the spiral."
    window.state.edit(window.state.experiment.edited(notes=""), "note")
    assert window.stage._said[1] == ""


def test_a_window_closed_while_it_leaves_the_full_screen_keeps_the_size_of_before(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = QSettings(f"{tmp_path}/settings.ini", QSettings.Format.IniFormat)
    window = create_window(small_experiment(), theme="light", settings=settings)
    window.resize(1100, 700)
    window.show_proportioned()
    qapp.processEvents()
    before = window.saveGeometry()
    window.actions_.projector.trigger()
    qapp.processEvents()
    # A window manager takes its time: the window has been told to be small again, and is still as large.
    monkeypatch.setattr(window, "setWindowState", lambda _state: None)
    window.projector.leave()
    window.layouts.close()
    window.layouts.save(settings)
    assert settings.value("geometry") == before
    window.close()


@pytest.mark.parametrize(("highest", "size"), [(0.55, 64.0), (37.0, 115.0), (6.6e8, 90.0), (1.1, 40.0)])
def test_no_axis_of_a_plot_is_without_numbers(qapp: QApplication, highest: float, size: float) -> None:
    axis = Axis("left")
    ((step, _start),) = axis.tickSpacing(0.0, highest, size)
    margin = 9.0 * highest / size
    values = [n * step for n in range(100) if margin <= n * step <= highest - margin]
    assert len(values) >= (2 if size > 50 else 1)
    assert all(len(text) <= 4 for text in axis.tickStrings(values, 1.0, step))


def test_the_sheet_of_shortcuts_fits_a_small_screen(window: MainWindow) -> None:
    sheet = ShortcutSheet(window.menuBar(), window)
    sheet.show()
    QApplication.processEvents()
    room = sheet.screen().availableGeometry().height()
    assert sheet.height() < room
    assert sheet.scrolled.horizontalScrollBar().maximum() == 0
    sheet.close()


def test_what_a_lesson_rings_is_what_it_speaks_of(window: MainWindow) -> None:
    steps = LIBRARY["one-run-is-an-anecdote"].steps
    assert steps[3].target is not None
    assert steps[4].target is not None
    assert steps[3].target.place == "new_weights"
    assert steps[4].target.layer == 1
    window.docks["lesson"].show()
    spot = window.lessons.stage.spot_of(steps[3].target)
    assert spot is not None
    assert spot.widget is window.run_bar.weights_button
    # In the set-up row follows row: the ring covers nothing of the ones above and below.
    window.show_proportioned()
    QApplication.processEvents()
    rate = window.setup_panel.training_section.rate_row
    window.setup_panel.scroll_area.ensureWidgetVisible(rate, 0, 40)
    QApplication.processEvents()
    window.lessons.ring.point_at(lambda: Spot(rate, rate.rect(), is_tight=True))
    tight = window.lessons.ring.height()
    window.lessons.ring.point_at(lambda: Spot(rate, rate.rect()))
    assert window.lessons.ring.height() - tight >= 2 * (GAP + HALO) - 1
    spot = window.lessons.stage.spot_of(read_target("learning_rate"))
    assert spot is not None
    assert spot.is_tight
    # All figures, not one of them with half of its neighbour's name.
    figures = LIBRARY["the-accuracy-paradox"].steps[0].target
    assert figures is not None
    spot = window.lessons.stage.spot_of(figures)
    assert spot is not None
    assert all(spot.rect.contains(each.geometry()) for each in window.run_bar.figures() if each.isVisible())


def test_a_run_rests_in_the_epoch_that_a_lesson_waits_for_however_fast_it_goes(
    window: MainWindow, qtbot: QtBot
) -> None:
    lesson = read_lesson(
        """
title = "Until it is better"
summary = "It waits for the loss."
experiment = { data = { name = "xor", parameters = { n_samples = 60 } }, network = { hidden = [4] } }
[[steps]]
say = "Watch."
do = ["play"]
wait = "train_loss < 0.99 * first(train_loss) or epoch >= 3000"
""",
        "until.toml",
    )
    window.controller.set_speed("full")
    window.lessons.open(lesson, "until")
    qtbot.waitUntil(lambda: window.lessons.played.is_met, timeout=30_000)
    window.controller.wait_idle()
    assert not window.is_training
    frame = window.controller.frame
    assert frame is not None
    losses = frame.curves.train_loss
    assert 0 < frame.epoch < 3000
    assert losses[-1] < 0.99 * losses[0] <= losses[-2]


def test_the_projector_view_shows_the_timeline_of_a_run_that_rests(window: MainWindow) -> None:
    window.step()
    window.controller.wait_idle()
    window.actions_.projector.trigger()
    assert not window.docks["timeline"].isHidden()


def test_a_console_that_nobody_uses_tells_the_time_and_goes(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.actions_.projector.trigger()
    one_screen = window.stage.one_screen
    console = one_screen.console
    assert console is not None
    now = [0.0]
    monkeypatch.setattr(console, "_is_pointed_at", lambda: False)
    console._now = lambda: now[0]
    console.begin()
    # The mouse stood at the edge when the view was opened, and has been lifted away since.
    console.slide(True)
    now[0] = 61.0
    console._on_tick()
    assert "1:01" in console.clock.text()
    assert console.is_in
    console._on_tick()
    assert not console.is_in
    console.toggle()
    for _ in range(3):
        console._on_tick()
    assert console.is_in


def test_all_points_that_lie_near_leave_no_others(window: MainWindow) -> None:
    window.document_actions.show_document(Document(Experiment.load("source-c")))
    window.controller.wait_idle()
    assert window.boundary_view.note.text().startswith(
        "A slice: x₃ is held at its training mean. All 4 points lie near it."
    )


def test_a_stage_is_begun_from_the_projector_view_whatever_becomes_of_the_dialog(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.projector.enter()
    window.actions_.stage.present.trigger()
    dialog, leave = window.stage.dialog, window.projector.leave

    def leaving() -> None:
        leave()
        # It goes once it is closed, and leaving the view turns the event loop.
        if isValid(dialog):
            dialog.close()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    monkeypatch.setattr(window.projector, "leave", leaving)
    was_dark = window.stage.presentation.is_dark
    dialog.dark.setChecked(not was_dark)
    dialog.accepted.emit()
    assert not isValid(dialog)
    assert window.stage.presentation.stage is not None
    assert window.stage.presentation.is_dark is not was_dark
    window.stage.presentation.leave()


def test_a_stage_is_begun_by_the_dialog_that_is_agreed_to_and_not_by_the_one_after_it(window: MainWindow) -> None:
    present, presentation = window.actions_.stage.present, window.stage.presentation
    present.trigger()
    first = window.stage.dialog
    present.trigger()
    window.stage.dialog.reject()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    was_dark = presentation.is_dark
    first.dark.setChecked(not was_dark)
    first.accept()
    assert presentation.stage is not None
    assert presentation.is_dark is not was_dark
    presentation.leave()
