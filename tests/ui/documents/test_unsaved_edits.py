"""The question before edits are lost, recent and dropped files, the title, and notes: documents as users meet them."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QSettings, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from nnviz.experiment import LESSONS, default_experiment
from nnviz.ui.documents.recent_files import MAX_FILES, RecentFiles, RecentMenu
from nnviz.ui.window.main_window import MainWindow

Button = QMessageBox.StandardButton


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[QMessageBox.StandardButton]:
    """What the user is going to press; an unexpected question fails the test."""
    given: list[QMessageBox.StandardButton] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda _self: given.pop(0))
    return given


@pytest.fixture
def edited(window: MainWindow) -> MainWindow:
    """A window in which somebody sits, with an edit that is in no file."""
    window.document_actions.asks_before_losing = True
    window.actions_.new_weights.trigger()
    assert window.state.is_dirty
    yield window
    window.document_actions.asks_before_losing = False


def test_cancel_keeps_the_window_and_the_edits(edited: MainWindow, answers: list[QMessageBox.StandardButton]) -> None:
    before = edited.state.experiment
    actions = edited.actions_
    lesson = edited.lessons.menus.actions_()[0]
    for lose in (actions.new.trigger, actions.open.trigger, lesson.trigger, edited.close):
        answers.append(Button.Cancel)
        lose()
        assert answers == []
        assert edited.state.experiment is before
        assert edited.state.is_dirty
    assert not edited.isHidden()


def test_discard_goes_on(edited: MainWindow, answers: list[QMessageBox.StandardButton]) -> None:
    answers.append(Button.Discard)
    edited.actions_.new.trigger()
    assert edited.state.experiment == default_experiment()


def test_save_saves_first(
    edited: MainWindow,
    answers: list[QMessageBox.StandardButton],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "mine.nnviz"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: ("", ""))
    answers.append(Button.Save)
    edited.actions_.new.trigger()
    assert edited.state.experiment != default_experiment()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(path), ""))
    answers.append(Button.Save)
    edited.actions_.new.trigger()
    assert path.exists()
    assert edited.state.experiment == default_experiment()


def test_training_alone_is_never_asked_about(
    window: MainWindow, qtbot: QtBot, answers: list[QMessageBox.StandardButton]
) -> None:
    window.document_actions.asks_before_losing = True
    window.step()
    qtbot.waitUntil(lambda: window.epoch == 1, timeout=10_000)
    window.actions_.new.trigger()
    assert window.state.experiment == default_experiment()


def test_nobody_is_asked_where_nobody_sits(window: MainWindow, answers: list[QMessageBox.StandardButton]) -> None:
    window.actions_.new_weights.trigger()
    window.actions_.new.trigger()
    assert window.state.experiment == default_experiment()


def test_the_title_marks_edits(window: MainWindow, tmp_path: Path) -> None:
    assert not window.isWindowModified()
    window.actions_.new_weights.trigger()
    assert window.isWindowModified()
    window.state.undo_stack.undo()
    assert not window.isWindowModified()
    window.document_actions.save_to(tmp_path / "a[*]b.nnviz")
    assert window.windowTitle() == "a[*][*]b.nnviz[*] – nnviz"


def test_recent_files_are_the_latest_that_exist(tmp_path: Path) -> None:
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    recent = RecentFiles(settings)
    paths = [tmp_path / f"{number}.toml" for number in range(MAX_FILES + 3)]
    for path in paths:
        path.touch()
        recent.add(path)
    recent.add(paths[-2])
    paths[-1].unlink()
    again = RecentFiles(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))
    assert again.paths == [paths[-2], *reversed(paths[3:-2])]
    again.clear()
    again.add(paths[0])
    settings.sync()
    assert again.paths == [paths[0]]


def test_open_recent_opens(window: MainWindow, tmp_path: Path) -> None:
    menu = window.document_actions.recent_menu
    assert not any(action.isEnabled() for action in menu.actions())
    window.document_actions.save_to(tmp_path / "a.nnviz")
    window.actions_.new.trigger()
    menu.fill()
    first = menu.actions()[0]
    assert "a.nnviz" in first.text()
    first.trigger()
    assert window.state.path == tmp_path / "a.nnviz"
    assert isinstance(menu, RecentMenu)
    menu.actions()[-1].trigger()
    assert window.document_actions.recent.paths == []


def dropped(window: MainWindow, *paths: Path) -> bool:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    if not window.document_actions.dropped_path(mime):
        return False
    event = QDropEvent(
        QPointF(9, 9), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    window.dropEvent(event)
    return True


def test_a_file_is_opened_where_it_is_dropped(window: MainWindow, tmp_path: Path) -> None:
    window.document_actions.save_to(tmp_path / "a.nnviz")
    window.actions_.new.trigger()
    assert window.acceptDrops()
    assert not dropped(window, tmp_path / "a.png")
    assert not dropped(window, tmp_path / "a.nnviz", tmp_path / "b.nnviz")
    assert dropped(window, tmp_path / "a.nnviz")
    assert window.state.path == tmp_path / "a.nnviz"


@pytest.mark.parametrize(("name", "taken"), [("a.csv", True), ("a.png", False)])
def test_a_plot_leaves_what_is_dragged_into_it_to_the_window(window: MainWindow, name: str, taken: bool) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(f"/{name}")])
    event = QDragEnterEvent(
        QPoint(9, 9), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(window.boundary_view.plot.viewport(), event)
    assert event.isAccepted() == taken


def test_an_experiment_is_copied_and_pasted_as_text(window: MainWindow) -> None:
    before = window.state.experiment
    window.actions_.copy_text.trigger()
    text = QGuiApplication.clipboard().text()
    assert text.startswith("nnviz:4{")
    window.actions_.new.trigger()
    QGuiApplication.clipboard().setText(f"try this: {text} :-)")
    window.actions_.paste_text.trigger()
    assert window.state.experiment == before
    assert window.state.undo_stack.undoText() == "paste experiment"
    window.state.undo_stack.undo()
    assert window.state.experiment == default_experiment()


def test_what_is_no_experiment_is_refused_in_a_sentence(window: MainWindow) -> None:
    before = window.state.experiment
    QGuiApplication.clipboard().setText("nnviz:2{hidden=8")
    window.actions_.paste_text.trigger()
    assert window.state.experiment is before
    assert "cut off" in window.message_bar.text.text()


def test_a_lesson_shows_its_notes_until_they_are_put_away(window: MainWindow, qtbot: QtBot) -> None:
    bar, action = window.notes_bar, window.actions_.show_notes
    assert bar.isHidden()
    assert not action.isEnabled()
    window.document_actions.open_by_user("source-e")
    assert bar.text.text() == LESSONS["source-e"].help
    assert bar.isVisible()
    window.play()
    qtbot.waitUntil(lambda: window.epoch >= 2, timeout=20_000)
    assert bar.isVisible()
    bar.fold.click()
    assert not bar.scroll_area.isVisible()
    assert bar.beginning.isVisible()
    bar.close_button.click()
    assert bar.isHidden()
    action.trigger()
    assert bar.scroll_area.isVisible()
