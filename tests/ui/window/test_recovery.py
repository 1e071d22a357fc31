"""A window in front of which somebody sits: nothing is lost by a crash, and a newcomer is shown around once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from nnviz import __version__
from nnviz.app import watch_faults
from nnviz.core.errors import LONGEST_SENTENCE
from nnviz.session.autosave import Autosave
from nnviz.session.fault_log import FaultLog
from nnviz.session.left_work import find_left_work
from nnviz.ui.window.main_window import MainWindow
from nnviz.ui.window.recovery import Recovery

Care = Callable[..., Recovery]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "autosave"


@pytest.fixture
def care(folder: Path) -> Iterator[Care]:
    """A function that lets unsaved work of a window be kept, which closes without a question in the end."""
    windows: list[MainWindow] = []

    def look_after(window: MainWindow) -> Recovery:
        windows.append(window)
        return Recovery(window, folder)

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
    recovery = care(window)
    assert recovery.bar.isVisible()
    assert "left" in recovery.bar.text.text()
    recovery.bar.restore.click()
    assert window.state.experiment.title == "left"
    assert window.state.is_dirty
    assert recovery.bar.isHidden()
    window.document_actions.asks_before_losing = False
    window.close()
    assert find_left_work(folder) == []


def test_what_is_whole_of_damaged_work_is_opened(window: MainWindow, care: Care, folder: Path) -> None:
    leave_work(window, folder)
    (file,) = folder.glob("*.nnviz")
    content = file.read_bytes()
    place = content.index(b"checkpoint/order.npy") + 60
    file.write_bytes(content[:place] + bytes([content[place] ^ 255]) + content[place + 1 :])
    recovery = care(window)
    recovery.bar.restore.click()
    window.controller.wait_idle()
    assert window.state.experiment.title == "left"
    assert window.state.is_dirty
    assert window.state.path is None
    assert "settings and weights" in window.message_bar.text.text()
    assert len(window.message_bar.text.text()) <= LONGEST_SENTENCE
    assert file.exists()
    recovery.autosave.look()
    window.controller.wait_idle()
    recovery.autosave.wait()
    # It stands in the window's own file now.
    assert not file.exists()


def test_work_of_which_nothing_can_be_read_stays_until_it_is_discarded(
    window: MainWindow, care: Care, folder: Path
) -> None:
    leave_work(window, folder)
    (file,) = folder.glob("*.nnviz")
    file.write_bytes(b"of a later version of nnviz")
    before = window.state.experiment
    recovery = care(window)
    recovery.bar.restore.click()
    assert window.state.experiment is before
    assert file.name[:8] in window.message_bar.text.text()
    assert recovery.bar.isHidden()
    window.close()
    (left,) = find_left_work(folder)
    left.remove()


def test_where_work_is_kept_is_one_sentence_however_long_the_folders(window: MainWindow, care: Care) -> None:
    recovery = care(window)
    for tell in (recovery.autosave.moved.emit, lambda reason, _folder: recovery.autosave.failed.emit(reason)):
        tell(f"{'/home' * 100} cannot be written (No space left on device).", "/tmp" * 100)
        text = window.message_bar.text.text()
        assert len(text) <= LONGEST_SENTENCE
        assert text.endswith("(No space left on device).")


def test_what_is_discarded_is_gone(window: MainWindow, care: Care, folder: Path) -> None:
    leave_work(window, folder, "one")
    leave_work(window, folder, "two")
    recovery = care(window)
    recovery.bar.discard.click()
    assert recovery.bar.isVisible()
    recovery.bar.discard.click()
    assert recovery.bar.isHidden()
    assert list(folder.glob("*.nnviz")) == []
    assert not window.state.is_dirty


def test_an_offer_that_is_put_off_comes_again(window: MainWindow, care: Care, folder: Path) -> None:
    leave_work(window, folder)
    recovery = care(window)
    recovery.bar.close_button.click()
    window.close()
    (left,) = find_left_work(folder)
    left.remove()


def test_nothing_is_offered_after_a_clean_end(window: MainWindow, care: Care, folder: Path) -> None:
    recovery = care(window)
    assert recovery.bar.isHidden()
    window.actions_.new_weights.trigger()
    recovery.autosave.write_now()
    assert list(folder.glob("*.nnviz"))
    window.document_actions.asks_before_losing = False
    window.close()
    assert list(folder.iterdir()) == []


def test_a_process_that_must_end_neither_asks_nor_loses(window: MainWindow, care: Care, folder: Path) -> None:
    recovery = care(window)
    window.state.edit(window.state.experiment.edited(title="unsaved"), "rename")
    recovery.close_at_once()
    assert window.isHidden()
    (left,) = find_left_work(folder)
    assert left.document().experiment.title == "unsaved"
    left.remove()


def test_an_unexpected_exception_is_told_and_the_work_kept_at_once(
    window: MainWindow, care: Care, folder: Path, tmp_path: Path
) -> None:
    recovery = care(window)
    log = FaultLog(tmp_path / "log", window)
    bar = watch_faults(log, recovery, window)
    run = window.controller.run_id
    window.state.edit(window.state.experiment.edited(title="kept"), "rename")
    log.happened.emit()
    QApplication.processEvents()
    recovery.autosave.wait()
    window.controller.wait_idle()
    recovery.autosave.wait()
    assert bar.isVisible()
    assert len(list(folder.glob("*.nnviz"))) == 1
    assert window.controller.run_id == run
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "x.log").write_text(f"ValueError in {Path.home()}/nnviz")
    bar.report.click()
    copied = QApplication.clipboard().text()
    assert __version__ in copied.splitlines()[0]
    assert "ValueError in ~/nnviz" in copied
    assert str(Path.home()) not in copied
    window.actions_.report_problem.trigger()
    assert "clipboard" in window.message_bar.text.text()


def test_work_is_on_disk_when_the_screen_has_gone(window: MainWindow, care: Care, folder: Path, tmp_path: Path) -> None:
    recovery = care(window)
    log = FaultLog(tmp_path / "log", window)
    watch_faults(log, recovery, window)
    log.screen_lost.emit()
    assert not list(folder.glob("*.nnviz"))
    window.state.edit(window.state.experiment.edited(title="kept"), "rename")
    log.screen_lost.emit()
    assert len(list(folder.glob("*.nnviz"))) == 1


def test_work_that_another_window_has_dealt_with_is_not_offered(
    window: MainWindow, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave_work(window, folder)
    listed = list(folder.glob("*.nnviz"))
    # Between the listing and the lock, another window restores it and lets go.
    monkeypatch.setattr(Path, "glob", lambda *_pattern: iter(listed))
    listed[0].unlink()
    assert find_left_work(folder) == []
