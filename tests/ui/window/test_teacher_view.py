"""Teacher's view: what is hidden stays hidden, travels with the experiment, and comes back."""

from __future__ import annotations

import fnmatch
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QMenu,
)

from nnviz.experiment.document import Document, load_document, save_document
from nnviz.experiment.edits import with_optimizer, with_schedule
from nnviz.experiment.schema import DataSpec, ViewSpec
from nnviz.ui.form.form import FieldRow
from nnviz.ui.widgets.hideable import Hideable
from nnviz.ui.window.main_window import MainWindow
from nnviz.ui.window.teacher_presets import PRESETS
from tests.ui.conftest import OpenWindow, small_experiment
from tests.ui.operated_controls import uncovered

#: Offscreen windows have no order.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True)


def row_of(window: MainWindow, key: str) -> FieldRow:
    """Return the set-up's row of a value."""
    return next(row for section in window.setup_panel.sections for row in section.rows if row.key == key)


def test_names_are_unique_and_labelled(window: MainWindow) -> None:
    parts = list(window.teacher_view.parts())
    assert len({part.name for part in parts}) == len(parts) > 40
    assert all(part.label and part.group for part in parts)
    # Presets: each shows all that the one before does, and names nothing that there is not.
    names = {part.name for part in parts}
    shown = [names - set(preset.hidden(names)) for preset in PRESETS.values()]
    assert shown[0] < shown[1] < shown[2] == names
    for preset in PRESETS.values():
        for pattern in preset.shows:
            assert fnmatch.filter(names, pattern), pattern
    window.actions_.teacher_view.trigger()
    dialog = window.teacher_view.dialog
    assert dialog is not None
    dialog.preset_buttons["pupil"].click()
    assert window.run_bar.play_button.isVisible()
    assert not window.run_bar.batch_button.isVisible()
    assert row_of(window, "learning_rate").isVisible()
    assert not row_of(window, "l2").isVisible()
    assert window.state.undo_stack.canUndo()
    dialog.preset_buttons["beginner"].click()
    assert not row_of(window, "l2").isHidden()
    # What opens the network up is out of a beginner's way, and has no key either.
    for action in (
        window.actions_.worked,
        window.actions_.health,
        window.actions_.weight,
        window.actions_.insights.warp,
    ):
        assert not action.isEnabled()
    for key in (Qt.Key.Key_W, Qt.Key.Key_H, Qt.Key.Key_Y, Qt.Key.Key_V, Qt.Key.Key_Z):
        QTest.keyClick(window, key)
    assert not [name for name in ("worked", "health", "weight", "warp") if window.docks[name].isVisible()]
    assert not window.boundary_view.settings.spec.unit_lines
    dialog.preset_buttons["full"].click()
    assert window.teacher_view.hidden == ()
    dialog.hide()


def test_every_part_can_be_hidden_and_shown(window: MainWindow) -> None:
    teacher = window.teacher_view
    parts = list(teacher.parts())
    before = {part.name: [widget.isHidden() for widget in part.widgets] for part in parts}
    teacher.set_hidden(tuple(part.name for part in parts))
    assert all(widget.isHidden() for part in parts for widget in part.widgets)
    assert not window.run_bar.play_button.isVisible()
    teacher.show_everything()
    assert {part.name: [widget.isHidden() for widget in part.widgets] for part in parts} == before
    assert window.run_bar.play_button.isVisible()


def test_hiding_is_an_edit_that_can_be_undone(window: MainWindow) -> None:
    window.teacher_view.set_hidden(("panel.loss", "bar.reset"))
    assert window.state.is_dirty
    assert window.docks["loss"].isHidden()
    assert window.run_bar.reset_button.isHidden()
    window.state.undo_stack.undo()
    assert not window.docks["loss"].isHidden()
    assert not window.run_bar.reset_button.isHidden()


def test_a_row_stays_hidden_when_its_section_would_show_it(window: MainWindow) -> None:
    window.teacher_view.set_hidden(("data.data_seed",))
    row = row_of(window, "data_seed")
    assert row.isHidden()
    present = window.state.experiment
    for name in ("iris", "moons"):
        window.state.edit(present.edited(data=DataSpec(name=name)), "choose data")
        window.controller.wait_idle()
    assert row.isHidden()
    window.teacher_view.show_everything()
    assert not row.isHidden()


def test_rows_that_come_later_are_hidden_too(window: MainWindow) -> None:
    window.teacher_view.set_hidden(("data.noise", "data.data parameter noise"))
    names = {part.name for part in window.teacher_view.parts() if "noise" in part.name}
    window.teacher_view.set_hidden(tuple(names))
    present = window.state.experiment
    window.state.edit(present.edited(data=DataSpec(name="moons")), "choose data")
    window.controller.wait_idle()
    noisy = [part for part in window.teacher_view.parts() if part.name in names]
    assert all(widget.isHidden() for part in noisy for widget in part.widgets)


def test_a_layout_does_not_bring_back_what_is_hidden(window: MainWindow) -> None:
    window.teacher_view.set_hidden(("panel.boundary",))
    for action in (*window.actions_.layouts.values(), window.actions_.reset_layout, window.actions_.projector):
        action.trigger()
        assert window.docks["boundary"].isHidden()
    window.actions_.projector.trigger()
    assert window.docks["boundary"].isHidden()
    assert not window.docks["boundary"].toggleViewAction().isEnabled()


def test_an_opened_experiment_brings_its_hidden_set(open_window: OpenWindow) -> None:
    window = open_window(view=ViewSpec(hidden=("panel.setup", "bar.speed")))
    assert window.docks["setup"].isHidden()
    assert not window.run_bar.speed_slider.isVisible()
    window.state.replace(small_experiment())
    assert not window.docks["setup"].isHidden()
    assert window.run_bar.speed_slider.isVisible()


@pytest.mark.parametrize("suffix", [".toml", ".nnviz"])
def test_the_hidden_set_is_saved_with_the_experiment(window: MainWindow, tmp_path: Path, suffix: str) -> None:
    window.teacher_view.set_hidden(("panel.loss", "training.learning_rate"))
    path = tmp_path / f"lesson{suffix}"
    assert window.document_actions.save_to(path)
    assert load_document(path).experiment.view.hidden == ("panel.loss", "training.learning_rate")


def test_names_of_a_newer_version_are_harmless(open_window: OpenWindow) -> None:
    window = open_window(view=ViewSpec(hidden=("something.else",)))
    assert window.actions_.show_everything.isEnabled()


def test_the_list_hides_and_shows_by_ticks(window: MainWindow) -> None:
    window.actions_.teacher_view.trigger()
    dialog = window.teacher_view.dialog
    assert dialog is not None
    assert not dialog.isModal()
    item = next(item for _, item in dialog.lines() if item.data(0, Qt.ItemDataRole.UserRole) == "panel.loss")
    item.setCheckState(0, Qt.CheckState.Unchecked)
    assert window.docks["loss"].isHidden()
    window.state.undo_stack.undo()
    assert item.checkState(0) is Qt.CheckState.Checked
    assert not window.docks["loss"].isHidden()
    dialog.close()


def test_every_visible_control_is_in_the_list(open_window: OpenWindow) -> None:
    window = open_window(notes="What this lesson is about.")
    window.resize(1900, 1000)
    window.notes_bar.show_notes()
    window.message_bar.show_message("info", "A message.")
    section = window.setup_panel.training_section
    section.more.set_open(True)
    assert uncovered(window) == []
    present = window.state.experiment
    window.state.edit(present.edited(data=DataSpec(name="iris")), "choose data")
    window.state.edit(with_schedule(with_optimizer(window.state.experiment, "adam"), "cosine"), "choose training")
    window.controller.wait_idle()
    section.optimizer_fold.set_open(True)
    window.diagram_area.diagram.select((1, 0))
    assert uncovered(window) == []
    window.actions_.try_input.setChecked(True)
    assert uncovered(window) == []


def test_every_menu_but_the_way_back_is_in_the_list(window: MainWindow) -> None:
    parts = {part.name: part.widgets[0] for part in window.teacher_view.parts() if part.name.startswith("menu.")}
    menus = {f"menu.{action.menu().objectName()}": action for action in window.menuBar().actions()}  # type: ignore[attr-defined]
    assert menus.keys() - parts.keys() == {"menu.view"}
    window.teacher_view.set_hidden(tuple(parts))
    assert [name for name, action in menus.items() if action.isVisible()] == ["menu.view"]
    window.actions_.show_everything.trigger()
    assert all(action.isVisible() for action in menus.values())


def test_each_part_hides_alone_and_survives_saving_and_opening(window: MainWindow, tmp_path: Path) -> None:
    teacher, path = window.teacher_view, tmp_path / "lesson.toml"
    window.diagram_area.diagram.select((1, 0))
    before = {part.name: shown(part) for part in teacher.parts()}
    for name in before:
        teacher.set_hidden((name,))
        now = {part.name: shown(part) for part in teacher.parts()}
        assert not now.pop(name)
        assert {other for other, seen in now.items() if seen != before[other]} == set(), name
        save_document(Document(window.state.experiment), path)
        teacher.show_everything()
        assert {part.name: shown(part) for part in teacher.parts()} == before, name
        window.state.edit(load_document(path).experiment, "open")
        assert {part.name: shown(part) for part in teacher.parts()} == before | {name: False}, name
    teacher.show_everything()
    assert {part.name: shown(part) for part in teacher.parts()} == before


def shown(part: Hideable) -> bool:
    """Return whether anything of a part would be seen, were all that is around it."""
    return any(
        widget.menuAction().isVisible() if isinstance(widget, QMenu) else not widget.isHidden()
        for widget in part.widgets
    )


def test_the_projector_view_brings_nothing_back(window: MainWindow) -> None:
    names = ("loss.legend", "loss.smoothing", "loss.x_axis", "boundary.train", "loss.close", "network.try_input")
    window.teacher_view.set_hidden(names)
    window.actions_.projector.trigger()
    window.actions_.projector.trigger()
    assert not any(shown(part) for part in window.teacher_view.parts() if part.name in names)


def test_a_hidden_card_does_not_open(window: MainWindow) -> None:
    window.teacher_view.set_hidden(("network.inspector",))
    window.diagram_area.diagram.select((1, 0))
    assert window.diagram_area.inspector.isHidden()
    window.teacher_view.show_everything()
    assert not window.diagram_area.inspector.isHidden()


def test_a_hidden_menu_does_not_open_by_the_right_button(window: MainWindow) -> None:
    window.teacher_view.set_hidden(("loss.menu_button",))
    window.loss_view.plot.customContextMenuRequested.emit(QPoint(5, 5))
    assert not window.loss_view.menu.isVisible()
