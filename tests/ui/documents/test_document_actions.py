"""Opening, saving and lessons through the window; refusals leave everything as it was."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from nnviz.assets import attribution
from nnviz.experiment import Document, archive, load_document
from nnviz.experiment.lessons import LESSONS
from nnviz.session import writing
from nnviz.ui.documents import saving
from nnviz.ui.documents.text_dialog import TextDialog
from nnviz.ui.window.main_window import MainWindow


def trained(window: MainWindow, qtbot: QtBot) -> None:
    window.run_bar.set_speed("full")
    window.play()
    qtbot.waitUntil(lambda: window.epoch >= 8, timeout=20_000)
    window.pause()
    window.controller.wait_idle()


def test_saving_and_opening_brings_weights_and_curves_back(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    trained(window, qtbot)
    frame = window.controller.frame
    assert window.document_actions.save_to(tmp_path / "work.nnviz")
    assert not window.state.is_dirty
    window.actions_.new_weights.trigger()
    window.controller.wait_idle()
    assert window.document_actions.open_path(tmp_path / "work.nnviz")
    window.controller.wait_idle()
    again = window.controller.frame
    np.testing.assert_array_equal(again.parameters, frame.parameters)
    np.testing.assert_array_equal(again.curves.train_loss, frame.curves.train_loss)
    assert again.epoch == frame.epoch
    assert not window.is_training
    assert not window.state.is_dirty


def test_save_asks_for_a_name_once(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def answer(*_args: object) -> tuple[str, str]:
        asked.append(1)
        return str(tmp_path / "mine"), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    window.actions_.save.trigger()
    window.actions_.save.trigger()
    assert asked == [1]
    assert (tmp_path / "mine.nnviz").exists()
    assert window.state.path == tmp_path / "mine.nnviz"


@pytest.mark.parametrize(("name", "severity"), [("mine", "info"), ("no such folder/mine.png", "error")])
def test_a_picture_of_the_window_says_what_became_of_it(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, severity: str
) -> None:
    heard: list[tuple[str, str]] = []
    window.controller.message.connect(lambda *said: heard.append(said))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(tmp_path / name), ""))
    window.actions_.save_picture.trigger()
    assert [said[0] for said in heard] == [severity]
    assert "mine.png" in heard[0][1]
    assert (tmp_path / "mine.png").exists() == (severity == "info")


def test_a_picture_that_finds_no_room_leaves_the_old_one(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    resource = pytest.importorskip("resource")
    path = tmp_path / "mine.png"
    path.write_bytes(b"old")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(path), ""))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, hard))
    try:
        window.actions_.save_picture.trigger()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "mine.png cannot be written (File too large)" in window.message_bar.text.text()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_cannot_be_read_changes_nothing(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    trained(window, qtbot)
    before, run_id = window.state.experiment, window.controller.run_id
    for number, content in enumerate((b"", b"PK\x03\x04 nonsense", b"\x00\xff" * 50)):
        path = tmp_path / f"broken{number}.nnviz"
        path.write_bytes(content)
        assert not window.document_actions.open_path(path)
        assert window.state.experiment is before
        assert window.controller.run_id == run_id
        assert window.message_bar.isVisible()
        assert path.name in window.message_bar.text.text()


def test_a_folder_that_cannot_be_written_is_named_and_another_place_offered(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.controller.wait_idle()
    assert not window.document_actions.save_to(tmp_path / "missing" / "work.nnviz")
    # Where it is killed while it writes for the first time, no file that exists tells of the folder.
    (tmp_path / "missing").mkdir()
    assert tmp_path / "missing" in window.document_actions.folders
    (tmp_path / "missing").rmdir()
    assert "missing" in window.message_bar.text.text()
    assert window.state.path is None
    # What can be done about it stands beside the sentence.
    asked: list[int] = []

    def answer(*_args: object) -> tuple[str, str]:
        asked.append(1)
        return str(tmp_path / "work.nnviz"), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    assert window.message_bar.offer_button.text() == "Save as…"
    window.message_bar.offer_button.click()
    assert asked == [1]
    assert window.state.path == tmp_path / "work.nnviz"
    assert window.message_bar.isHidden()
    # Saved again, the file from before stays where that is wanted, and only there.
    kept = tmp_path / "work.nnviz~"
    window.state.edit(window.state.experiment.edited(title="second"), "rename")
    window.actions_.save.trigger()
    assert not kept.exists()
    window.actions_.keep_backup.trigger()
    before = (tmp_path / "work.nnviz").read_bytes()
    window.state.edit(window.state.experiment.edited(title="third"), "rename")
    window.actions_.save.trigger()
    assert kept.read_bytes() == before != (tmp_path / "work.nnviz").read_bytes()


def test_a_long_history_is_written_aside_and_can_be_stopped(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained(window, qtbot)
    monkeypatch.setattr(saving, "LARGE_EPOCHS", 1)
    monkeypatch.setattr(archive, "_PIECE", 64)
    path, documents, threads, shares = tmp_path / "work.nnviz", window.document_actions, set[object](), list[float]()
    plain = writing.save_document

    def watched(document: Document, path: Path, told: Callable[[float], None], *, keep_old: bool) -> None:
        threads.add(threading.current_thread())

        def tell(share: float) -> None:
            shares.append(share)
            told(share)

        plain(document, path, tell, keep_old=keep_old)

    monkeypatch.setattr(writing, "save_document", watched)
    assert documents.save_to(path)
    assert threading.main_thread() not in threads
    assert shares == sorted(shares)
    assert 0.0 < shares[0] < 0.2 < 0.95 < shares[-1] <= 1.0
    assert not window.state.is_dirty
    before = path.read_bytes()
    document = load_document(path)
    assert document.history is not None
    assert len(document.history) == window.epoch + 1
    # The user has pressed Stop.
    window.state.edit(window.state.experiment.edited(title="other"), "rename")
    QTimer.singleShot(0, documents.saving.stop)
    monkeypatch.setattr(
        saving, "save_document", lambda _document, _path, told, **_more: (shares.clear(), forever(told))
    )
    assert not documents.save_to(path)
    assert window.state.is_dirty
    assert path.read_bytes() == before
    assert list(tmp_path.glob(".*part")) == []


def test_saving_waits_aside_for_a_run_that_does_not_answer_at_once(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained(window, qtbot)
    documents, path, over = window.document_actions, tmp_path / "work.nnviz", threading.Event()
    monkeypatch.setattr(saving, "AT_ONCE_S", 0.01)
    begun, busy = threading.Event(), window.controller.request(lambda _run: (begun.set(), over.wait()))
    assert begun.wait(60.0)
    # The window answers meanwhile.
    QTimer.singleShot(0, over.set)
    assert documents.save_to(path)
    assert busy.done()
    document = load_document(path)
    assert document.history is not None
    assert len(document.history) == window.epoch + 1
    # Where the answer never comes, Stop leaves everything as it was.
    before, over = path.read_bytes(), threading.Event()
    window.controller.request(lambda _run: over.wait())
    QTimer.singleShot(0, documents.saving.stop)
    window.state.edit(window.state.experiment.edited(title="other"), "rename")
    assert not documents.save_to(path)
    assert window.state.is_dirty
    assert path.read_bytes() == before
    over.set()
    window.controller.wait_idle()


def forever(told: Callable[[float], None]) -> None:
    while True:
        told(0.5)


def test_what_is_left_of_a_damaged_file_can_be_opened(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    trained(window, qtbot)
    window.state.edit(window.state.experiment.edited(title="hurt"), "rename")
    path = tmp_path / "hurt.nnviz"
    window.document_actions.save_to(path)
    content = path.read_bytes()
    place = content.index(b"checkpoint/order.npy") + 60
    path.write_bytes(content[:place] + bytes([content[place] ^ 255]) + content[place + 1 :])
    window.document_actions.open_path("xor")
    window.controller.wait_idle()
    assert not window.document_actions.open_path(path)
    assert "settings and weights" in window.message_bar.text.text()
    window.message_bar.offer_button.click()
    window.controller.wait_idle()
    assert window.state.experiment.title == "hurt"
    assert window.state.path is None
    assert window.controller.status == "paused"


def test_every_experiment_of_the_sources_opens_and_trains(window: MainWindow, qtbot: QtBot) -> None:
    for name, lesson in LESSONS.items():
        assert window.document_actions.open_by_user(name)
        window.controller.wait_idle()
        assert window.state.experiment == lesson.experiment
        window.step()
        qtbot.waitUntil(lambda: window.epoch == 1, timeout=20_000)


def test_the_licences_of_the_data_are_shown(window: MainWindow, qtbot: QtBot) -> None:
    window.actions_.data_sources.trigger()
    (dialog,) = (widget for widget in QApplication.topLevelWidgets() if isinstance(widget, TextDialog))
    assert "CC BY 4.0" in dialog.browser.toPlainText()
    assert "Fisher" in attribution()
    dialog.close()


def test_open_uses_the_file_that_was_chosen(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    table = tmp_path / "mine.csv"
    table.write_text("a,b,kind\n" + "\n".join(f"{k},{k % 7},{'x' if k % 2 else 'y'}" for k in range(40)) + "\n")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: (str(table), ""))
    window.actions_.open.trigger()
    tables = window.document_actions.tables
    qtbot.waitUntil(lambda: tables.dialog is not None, timeout=20_000)
    tables.dialog.open_button.click()
    window.controller.wait_idle()
    assert window.controller.prepared.train.feature_names == ("a", "b")
    assert window.controller.prepared.class_names == ("x", "y")


def test_a_table_that_cannot_be_used_leaves_the_session_alone(window: MainWindow, tmp_path: Path) -> None:
    window.actions_.new_weights.trigger()
    before = window.state.experiment
    for number, text in enumerate(("", "a,b,kind\n", "a,b\n1,x\n")):
        path = tmp_path / f"bad{number}.csv"
        path.write_text(text)
        assert not window.document_actions.open_path(path)
        assert window.state.experiment is before
        assert window.state.undo_stack.canUndo()
        assert path.name in window.message_bar.text.text()
