"""A window in front of which somebody sits: nothing is lost by a crash, and a newcomer is shown around once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from nnviz.experiment.schema import DataSpec, LayerSpec
from nnviz.session.autosave import Autosave, find_left_work
from nnviz.ui.window.main_window import MainWindow
from nnviz.ui.window.recovery import STARTED_KEY, Caretaker
from nnviz.ui.window.start_overlay import StartOverlay
from tests.ui.conftest import OpenWindow

Care = Callable[..., Caretaker]


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "autosave"


@pytest.fixture
def care(settings: QSettings, folder: Path) -> Iterator[Care]:
    """A function that lets a caretaker look after a window, which closes without a question in the end."""
    windows: list[MainWindow] = []

    def look_after(window: MainWindow) -> Caretaker:
        windows.append(window)
        return Caretaker(window, settings, folder)

    yield look_after
    for window in windows:
        window.document_actions.asks_before_losing = False


def leave_work(window: MainWindow, folder: Path, title: str = "left") -> None:
    """Leave what a crash of `window` would leave after a renaming."""
    autosave = Autosave(window.state, window.controller, folder)
    window.state.edit(window.state.experiment.edited(title=title), "rename")
    autosave.write_now()
    autosave.end(keep=True)
    window.state.undo_stack.undo()


def test_what_a_crash_left_is_offered_and_restored(window: MainWindow, care: Care, folder: Path) -> None:
    leave_work(window, folder)
    caretaker = care(window)
    assert caretaker.bar.isVisible()
    assert "left" in caretaker.bar.text.text()
    caretaker.bar.restore.click()
    assert window.state.experiment.title == "left"
    assert window.state.is_dirty
    assert caretaker.bar.isHidden()
    window.document_actions.asks_before_losing = False
    window.close()
    assert find_left_work(folder) == []


def test_what_is_discarded_is_gone(window: MainWindow, care: Care, folder: Path) -> None:
    leave_work(window, folder, "one")
    leave_work(window, folder, "two")
    caretaker = care(window)
    caretaker.bar.discard.click()
    assert caretaker.bar.isVisible()
    caretaker.bar.discard.click()
    assert caretaker.bar.isHidden()
    assert list(folder.glob("*.nnviz")) == []
    assert not window.state.is_dirty


def test_an_offer_that_is_put_off_comes_again(window: MainWindow, care: Care, folder: Path) -> None:
    leave_work(window, folder)
    caretaker = care(window)
    caretaker.bar.close_button.click()
    window.close()
    (left,) = find_left_work(folder)
    left.remove()


def test_nothing_is_offered_after_a_clean_end(window: MainWindow, care: Care, folder: Path) -> None:
    caretaker = care(window)
    assert caretaker.bar.isHidden()
    window.actions_.new_weights.trigger()
    caretaker.autosave.write_now()
    assert list(folder.glob("*.nnviz"))
    window.document_actions.asks_before_losing = False
    window.close()
    assert list(folder.iterdir()) == []


def test_a_process_that_must_end_neither_asks_nor_loses(window: MainWindow, care: Care, folder: Path) -> None:
    caretaker = care(window)
    window.state.edit(window.state.experiment.edited(title="unsaved"), "rename")
    caretaker.close_at_once()
    assert window.isHidden()
    (left,) = find_left_work(folder)
    assert left.document().experiment.title == "unsaved"
    left.remove()


def test_three_steps_are_shown_once(open_window: OpenWindow, care: Care, settings: QSettings) -> None:
    window = open_window()
    overlay = care(window).overlay
    assert overlay is not None
    assert overlay.isVisible()
    assert window.rect().contains(overlay.geometry())
    assert settings.value(STARTED_KEY, False, bool)
    assert care(open_window()).overlay is None


def test_doing_the_steps_ends_the_introduction(window: MainWindow, care: Care, qtbot: QtBot) -> None:
    overlay = care(window).overlay
    assert overlay is not None
    assert overlay.step == 0
    experiment = window.state.experiment
    window.state.edit(experiment.edited(data=DataSpec(name="moons")), "change data set")
    assert overlay.step == 1
    experiment = window.state.experiment
    hidden = (*experiment.network.hidden, LayerSpec(units=2))
    window.state.edit(experiment.edited(network=experiment.network.edited(hidden=hidden)), "add hidden layer")
    assert overlay.step == 2
    with qtbot.waitSignal(overlay.destroyed, timeout=5_000):
        window.play()


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
def test_the_card_never_covers_its_place(window: MainWindow, care: Care, size: tuple[int, int], qtbot: QtBot) -> None:
    window.resize(*size)
    overlay = care(window).overlay
    assert overlay is not None
    for _ in range(3):
        overlay.place()
        target = overlay._steps[overlay.step].target
        seen = target.visibleRegion().boundingRect()
        seen.moveTopLeft(target.mapTo(window, seen.topLeft()))
        inner = overlay.geometry().adjusted(13, 13, 0, 0)
        assert not inner.intersects(seen)
        assert window.rect().contains(overlay.geometry())
        overlay.next_button.click()


def test_the_introduction_is_closed_by_its_cross(window: MainWindow, care: Care, qtbot: QtBot) -> None:
    overlay = care(window).overlay
    assert isinstance(overlay, StartOverlay)
    with qtbot.waitSignal(overlay.destroyed, timeout=5_000):
        overlay.close_button.click()


@pytest.mark.parametrize("by_hand", [False, True])
def test_the_introduction_leaves_the_set_up_where_it_was(
    window: MainWindow, care: Care, qtbot: QtBot, by_hand: bool
) -> None:
    window.resize(1280, 640)
    bar = window.setup_panel.scroll_area.verticalScrollBar()
    overlay = care(window).overlay
    assert isinstance(overlay, StartOverlay)
    overlay.next_button.click()
    qtbot.waitUntil(lambda: bar.value() > 0)
    if by_hand:
        bar.setValue(bar.value() + 20)
    place = bar.value()
    overlay.next_button.click()
    assert bar.value() == (place if by_hand else 0)
    overlay.close_button.click()
    assert bar.value() == (place if by_hand else 0)
