"""Unsaved work survives a crash, and a clean end leaves nothing behind."""

from __future__ import annotations

import errno
import math
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from nnviz.core.errors import ExperimentError
from nnviz.core.network import Network
from nnviz.core.trainer import Trainer
from nnviz.experiment import document as document_module
from nnviz.experiment.document import Document, Experiment, load_document
from nnviz.experiment.frame import Frame
from nnviz.session import autosave as autosave_module
from nnviz.session.allowance import Allowance
from nnviz.session.autosave import Autosave
from nnviz.session.controller import Controller
from nnviz.session.left_work import find_left_work, lock_of
from nnviz.session.state import ExperimentState

Train = Callable[[Controller, int], Frame]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "autosave"


@pytest.fixture
def autosave(state: ExperimentState, controller: Controller, folder: Path) -> Iterator[Autosave]:
    autosave = Autosave(state, controller, folder)
    yield autosave
    autosave.end()


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.nnviz"))


def looked(autosave: Autosave, controller: Controller) -> None:
    """Let it look, and wait until it has written."""
    autosave.look()
    controller.wait_idle()
    autosave.wait()


def rename(state: ExperimentState, title: str = "mine") -> None:
    state.edit(state.experiment.edited(title=title), "rename")


def test_an_untouched_document_is_not_written(autosave: Autosave, controller: Controller, folder: Path) -> None:
    looked(autosave, controller)
    assert files(folder) == []


def test_edits_are_written_with_weights_and_curves(
    autosave: Autosave, state: ExperimentState, controller: Controller, folder: Path, train: Train
) -> None:
    frame = train(controller, 5)
    rename(state)
    looked(autosave, controller)
    (file,) = files(folder)
    autosave.end(keep=True)
    (left,) = find_left_work(folder)
    assert left.file == file
    assert (left.title, left.path, left.is_dirty) == ("mine", None, True)
    document = left.document()
    assert document.experiment == state.experiment
    np.testing.assert_array_equal(document.parameters, frame.parameters)
    assert document.history is not None
    assert len(document.history) == frame.epoch + 1
    left.remove()
    assert list(folder.iterdir()) == []


def test_training_alone_is_kept_too_but_only_what_is_new(
    autosave: Autosave, controller: Controller, folder: Path, train: Train
) -> None:
    train(controller, 3)
    looked(autosave, controller)
    (file,) = files(folder)
    written = file.stat().st_mtime_ns
    looked(autosave, controller)
    assert file.stat().st_mtime_ns == written


def test_nothing_is_kept_once_it_is_saved(
    autosave: Autosave, state: ExperimentState, controller: Controller, folder: Path, tmp_path: Path, train: Train
) -> None:
    train(controller, 3)
    rename(state)
    looked(autosave, controller)
    assert files(folder)
    state.mark_saved(tmp_path / "mine.nnviz")
    looked(autosave, controller)
    assert files(folder) == []


def test_a_document_with_a_run_is_safe_until_it_is_trained_on(
    autosave: Autosave, state: ExperimentState, controller: Controller, folder: Path, tmp_path: Path, train: Train
) -> None:
    frame = train(controller, 3)
    document = controller.document(tmp_path / "run.nnviz")
    state.replace(document.experiment, document.path, document)
    looked(autosave, controller)
    assert not autosave.is_needed
    assert files(folder) == []
    train(controller, frame.epoch + 2)
    assert autosave.is_needed


def test_a_clean_end_leaves_nothing(
    autosave: Autosave, state: ExperimentState, controller: Controller, folder: Path
) -> None:
    rename(state)
    looked(autosave, controller)
    autosave.end()
    assert list(folder.iterdir()) == []


def test_windows_do_not_take_each_others_work(
    autosave: Autosave, state: ExperimentState, controller: Controller, folder: Path
) -> None:
    rename(state)
    looked(autosave, controller)
    assert len(files(folder)) == 1
    assert find_left_work(folder) == []


def test_work_that_is_offered_in_one_window_is_not_in_another(
    autosave: Autosave, state: ExperimentState, controller: Controller, folder: Path
) -> None:
    rename(state)
    looked(autosave, controller)
    autosave.end(keep=True)
    (left,) = find_left_work(folder)
    assert find_left_work(folder) == []
    left.leave()
    (again,) = find_left_work(folder)
    again.remove()


CRASH = """
import os, sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from nnviz.experiment import load_document
from nnviz.session import autosave as autosave_module
from nnviz.session.allowance import Allowance
from nnviz.session.autosave import Autosave
from nnviz.session.controller import Controller
from nnviz.session.state import ExperimentState

app = QCoreApplication([])
state = ExperimentState(load_document("source-e").experiment)
controller = Controller(state)
controller.wait_idle()
autosave = Autosave(state, controller, Path(sys.argv[1]))
state.edit(state.experiment.edited(title="before the crash"), "rename")
autosave.look()
controller.wait_idle()
autosave.wait()
os._exit(1)
"""


def test_a_crash_leaves_work_that_can_be_brought_back(qapp: object, folder: Path) -> None:
    done = subprocess.run([sys.executable, "-c", CRASH, str(folder)], capture_output=True, timeout=120, check=False)
    assert done.returncode == 1, done.stderr
    (left,) = find_left_work(folder)
    assert left.document().experiment.title == "before the crash"
    left.remove()


def test_what_is_brought_back_is_kept_until_it_is_written_again(
    make_controller: Callable[[ExperimentState], Controller], state: ExperimentState, controller: Controller,
    autosave: Autosave, folder: Path, experiment: Experiment,
) -> None:  # fmt: skip
    rename(state)
    looked(autosave, controller)
    autosave.end(keep=True)
    (left,) = find_left_work(folder)
    other = ExperimentState(experiment)
    runner = make_controller(other)
    runner.wait_idle()
    second = Autosave(other, runner, folder)
    document = left.document()
    other.replace(document.experiment, document.path, document, is_dirty=True)
    second.adopt(left)
    assert other.is_dirty
    assert left.file.exists()
    looked(second, runner)
    assert not left.file.exists()
    assert len(files(folder)) == 1
    second.end()
    assert files(folder) == []


def test_damaged_work_is_refused_in_a_sentence(qapp: object, folder: Path) -> None:
    folder.mkdir()
    (folder / "a.nnviz").write_bytes(b"PK nonsense")
    (left,) = find_left_work(folder)
    with pytest.raises(ExperimentError, match="damaged"):
        left.document()
    left.remove()


@pytest.mark.parametrize(
    "description",
    [
        b"[" * 100_000,
        b'{"path": "a\\u0000b", "title": "t", "is_dirty": true}',
        b'{"path": null, "title": ["t"], "is_dirty": true}',
        b'{"path": 3, "title": "t", "is_dirty": true}',
        b"null",
        b"\xff",
    ],
)
def test_a_damaged_description_is_offered_without_a_name(qapp: object, folder: Path, description: bytes) -> None:
    folder.mkdir()
    (folder / "a.nnviz").write_bytes(b"PK nonsense")
    (folder / "a.json").write_bytes(description)
    (left,) = find_left_work(folder)
    assert (left.title, left.path) == ("", None)
    left.remove()
    assert find_left_work(folder) == []


def test_what_is_no_file_is_no_work(qapp: object, folder: Path) -> None:
    folder.mkdir()
    (folder / "folder.nnviz").mkdir()
    (folder / "link.nnviz").symlink_to(folder / "nowhere")
    (left,) = find_left_work(folder)
    assert left.file.name == "link.nnviz"
    with pytest.raises(ExperimentError, match=r"There is no file link\.nnviz"):
        left.document()
    left.remove()
    assert find_left_work(folder) == []


def test_what_a_kill_while_saving_left_is_deleted(qapp: object, folder: Path) -> None:
    """It is killed twice: of an autosave, and of a file that is saved again."""
    folder.mkdir()
    code = (
        "import os, sys, nnviz.core.storage as s\n"
        "s.write_atomically(sys.argv[1], lambda stream: (stream.write(b'half'), stream.flush(), os._exit(9)))"
    )
    for name in ("x.nnviz", "x.json"):
        subprocess.run([sys.executable, "-c", code, str(folder / name)], check=False)
    left = sorted(folder.glob(".x.*"))
    assert len(left) == 2
    for part in left:
        os.utime(part, (0, 0))
    with left[0].open("rb") as stream:
        # Somebody writes to it still.
        fcntl = pytest.importorskip("fcntl")
        fcntl.flock(stream, fcntl.LOCK_EX)
        find_left_work(folder)
        assert sorted(folder.glob(".x.*")) == left[:1]
    find_left_work(folder)
    assert sorted(folder.glob(".x.*")) == []


def test_what_a_kill_left_without_a_file_is_deleted(qapp: object, folder: Path) -> None:
    """It is killed after the description was written, before the first file was complete, and just begun."""
    folder.mkdir()
    for name in ("described.json", "described.lock", "begun.lock", "whole.nnviz", "whole.json", "open.json"):
        (folder / name).touch()
    os.utime(folder / "described.lock", (0, 0))
    # A window that is about to write its first file.
    lock = lock_of(folder / "open.nnviz")
    assert lock.tryLock(0)
    (left,) = find_left_work(folder)
    assert left.file.name == "whole.nnviz"
    names = ["begun.lock", "open.json", "open.lock", "whole.json", "whole.lock", "whole.nnviz"]
    assert sorted(path.name for path in folder.iterdir()) == names
    left.remove()
    lock.unlock()
    os.utime(folder / "begun.lock", (0, 0))
    assert find_left_work(folder) == []
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\xff" * 5000])
def test_a_damaged_lock_hides_no_work(qapp: object, folder: Path, content: bytes) -> None:
    folder.mkdir()
    (folder / "a.nnviz").touch()
    lock = lock_of(folder / "a.nnviz")
    assert lock.tryLock(0)
    (folder / "a.lock").write_bytes(content)
    os.utime(folder / "a.lock", (0, 0))
    # Its window lives.
    assert find_left_work(folder) == []
    lock.unlock()
    (folder / "a.lock").write_bytes(content)
    # It may have been made this moment.
    assert find_left_work(folder) == []
    os.utime(folder / "a.lock", (0, 0))
    (left,) = find_left_work(folder)
    left.remove()
    assert list(folder.iterdir()) == []


def test_work_is_kept_though_the_documents_own_file_leads_nowhere(
    autosave: Autosave, state: ExperimentState, controller: Controller, folder: Path, tmp_path: Path
) -> None:
    state.mark_saved(tmp_path / "circle.nnviz")
    (tmp_path / "circle.nnviz").symlink_to(tmp_path / "circle.nnviz")
    rename(state)
    looked(autosave, controller)
    autosave.end(keep=True)
    (left,) = find_left_work(folder)
    assert left.path == tmp_path / "circle.nnviz"
    assert left.document().experiment.title == "mine"
    left.remove()


def test_a_folder_that_was_emptied_is_used_on_and_locked_again(
    autosave: Autosave, state: ExperimentState, controller: Controller, folder: Path
) -> None:
    rename(state, "first")
    looked(autosave, controller)
    shutil.rmtree(folder)
    rename(state, "second")
    autosave.write_soon()
    controller.wait_idle()
    autosave.wait()
    assert len(files(folder)) == 1
    assert find_left_work(folder) == []


def test_a_folder_that_cannot_be_written_is_told_once(
    state: ExperimentState, controller: Controller, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "file").write_text("no folder")
    autosave = Autosave(state, controller, tmp_path / "file" / "autosave")
    told: list[str] = []
    autosave.failed.connect(told.append)
    for title in ("a", "b", "c"):
        rename(state, title)
        looked(autosave, controller)
    autosave.end()
    assert len(told) == 1
    assert told[0].endswith("autosave cannot be written (Not a directory).")


def test_on_a_full_disk_work_is_kept_elsewhere_and_that_is_said(
    state: ExperimentState,
    controller: Controller,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    train: Train,
) -> None:
    train(controller, 3)
    autosave = Autosave(state, controller, folder, spare=tmp_path / "spare")
    moved: list[tuple[str, str]] = []
    autosave.moved.connect(lambda *said: moved.append(said))
    rename(state, "first")
    looked(autosave, controller)
    assert len(files(folder)) == 1
    plain = autosave_module.save_document

    def full(document: Document, path: Path, told: Any) -> None:
        if path.parent == folder:
            raise ExperimentError("{0} cannot be written.", path) from OSError(errno.ENOSPC, "No space left on device")
        plain(document, path, told)

    monkeypatch.setattr(autosave_module, "save_document", full)
    for title in ("second", "third"):
        rename(state, title)
        autosave.write_soon()
        controller.wait_idle()
        autosave.wait()
    autosave.end(keep=True)
    assert [where for _, where in moved] == [str(tmp_path / "spare")]
    assert moved[0][0] == f"{folder} cannot be written (No space left on device)."
    (left,) = find_left_work(folder, tmp_path / "spare")
    assert left.document().experiment.title == "third"
    left.remove()
    assert find_left_work(folder) == []


def test_what_found_no_room_is_written_as_soon_as_there_is_some(
    state: ExperimentState, controller: Controller, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    autosave = Autosave(state, controller, folder, spare=tmp_path / "spare")
    failed, moved, full = list[str](), list[str](), {folder, tmp_path / "spare"}
    autosave.failed.connect(failed.append)
    autosave.moved.connect(lambda _reason, where: moved.append(where))
    plain = autosave_module.save_document

    def write(document: Document, path: Path, told: Any) -> None:
        if path.parent in full:
            raise ExperimentError("{0} cannot be written.", path) from OSError(errno.ENOSPC, "No space left on device")
        plain(document, path, told)

    monkeypatch.setattr(autosave_module, "save_document", write)
    rename(state)
    for room in (None, tmp_path / "spare", folder):
        full.discard(room)
        for _ in range(3):
            autosave._writer.rest_until_s = -math.inf
            looked(autosave, controller)
        places = [place for place in (folder, tmp_path / "spare") if place.exists() and files(place)]
        assert places == [place for place in (room,) if place is not None]
        # The next time, the place that took it last is full: it goes on in the other.
        full.add(tmp_path / "spare")
        if room == tmp_path / "spare":
            rename(state, "once more")
    assert len(failed) == 1
    assert moved == [str(tmp_path / "spare"), str(folder)]
    autosave.end()
    assert list(folder.iterdir()) == list((tmp_path / "spare").iterdir()) == []


def test_work_is_written_at_once_where_the_process_must_end(
    autosave: Autosave, state: ExperimentState, controller: Controller, folder: Path
) -> None:
    rename(state)
    autosave.write_now()
    autosave.end(keep=True)
    (left,) = find_left_work(folder)
    assert left.document().experiment == state.experiment
    left.remove()


def test_a_document_that_is_not_prepared_yet_keeps_its_weights(
    state: ExperimentState, controller: Controller, tmp_path: Path, train: Train
) -> None:
    train(controller, 3)
    document = controller.document()
    state.replace(document.experiment, None, document)
    again: Document = controller.document(tmp_path / "x.nnviz")
    np.testing.assert_array_equal(again.parameters, document.parameters)
    assert again.history is not None
    assert len(again.history) == len(document.history)


class Disk:
    """Takes down when how many bytes were written, on a clock that only waiting moves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now_s, self.written = 0.0, list[tuple[float, int]]()
        to_disk = document_module.write_atomically
        monkeypatch.setattr(
            document_module,
            "write_atomically",
            lambda path, write, keep_old=False: to_disk(path, lambda stream: write(Counted(stream, self))),
        )

    def wait(self, seconds: float) -> bool:
        self.now_s += seconds
        return False

    @property
    def most(self) -> int:
        """The most bytes that were written in any half minute."""
        return max(
            sum(n for at_s, n in self.written if start_s <= at_s < start_s + 30.0) for start_s, _ in self.written
        )


class Counted:
    def __init__(self, stream: Any, disk: Disk) -> None:
        self._stream, self._disk = stream, disk

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, content: bytes) -> int:
        self._disk.written.append((self._disk.now_s, len(content)))
        return int(self._stream.write(content))


def test_no_more_than_16_mb_are_written_in_half_a_minute(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    random, disk = np.random.default_rng(0), Disk(monkeypatch)
    network = Network([784, 300, 10], "tanh", "sigmoid", seed=0)
    X, Y = random.random((20, 784)), random.random((20, 10)).round()
    trainer = Trainer(network, X, Y, optimizer="adam", engine="numpy")
    writer = autosave_module._Writer(folder, None)
    writer._allowance = Allowance(lambda: disk.now_s, disk.wait)
    for _ in range(4):
        for _ in range(10):
            network.parameters[:] += 0.01 * random.normal(size=len(network.parameters))
            trainer.step_epoch()
        past = trainer.stored_past(autosave_module.PAST_BYTES)
        writer.submit(Document(Experiment(), checkpoint=trainer.checkpoint(), past=past))
    writer._pool.submit(int).result()
    (file,) = files(folder)
    assert disk.now_s >= 30.0
    assert sum(n for _, n in disk.written) > 3 * 2**23
    assert disk.most <= 2**24
    np.testing.assert_array_equal(load_document(file).parameters, network.parameters)
    # Whoever ends the process does not wait, and what need not be kept is given up.
    assert not writer.is_busy
    writer.submit(Document(Experiment(), checkpoint=trainer.checkpoint()))
    writer.wait()
    writer.submit(Document(Experiment(), checkpoint=trainer.checkpoint()))
    writer.end(keep=False)
    assert files(folder) == []


def test_what_is_being_written_is_not_asked_for_again(
    autosave: Autosave, state: ExperimentState, controller: Controller, folder: Path
) -> None:
    rename(state)
    autosave._writer._n_submitted += 1
    looked(autosave, controller)
    assert files(folder) == []
    autosave._writer._n_submitted -= 1
    looked(autosave, controller)
    assert len(files(folder)) == 1
