"""The past of a run is in its file, and is there again once that is opened: in figures, on the timeline, exact."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from nnviz.core.restored_past import DAMAGED, OTHER_DATA
from nnviz.experiment import Document, load_document, reopened_trainer, save_document
from nnviz.experiment.frame import Frame
from nnviz.session.controller import Controller
from nnviz.session.state import ExperimentState

Reach = Callable[[Controller, int], None]
Train = Callable[[Controller, int], Frame]


@pytest.fixture
def saved(controller: Controller, state: ExperimentState, train: Train, tmp_path: Path) -> Path:
    """A run with edits of its settings and of its rows, in a file."""
    train(controller, 20)
    state.edit(state.experiment.edited(training=state.experiment.training.edited(learning_rate=0.2)), "rate")
    train(controller, 40)
    for seed in (1, 2):
        state.edit(state.experiment.edited(data=state.experiment.data.edited(seed=seed)), "rows")
        train(controller, 40 + 20 * seed)
    path = tmp_path / "run.nnviz"
    save_document(controller.document(path, past_bytes=2**22), path)
    return path


def test_any_epoch_is_there_again_once_the_file_is_opened(
    saved: Path, controller: Controller, make_controller: Callable[[ExperimentState], Controller], qtbot: QtBot,
    train: Train, tmp_path: Path,
) -> None:  # fmt: skip
    before = controller._run.trainer
    assert before is not None
    document = load_document(saved)
    again = reopened_trainer(document)
    assert again.segments == before.segments
    assert len(again.segments) == 4
    epochs = [*range(0, before.epoch, 7), before.epoch]
    truth = {epoch: before.parameters_at(epoch) for epoch in epochs}
    for epoch in epochs:
        np.testing.assert_array_equal(again.parameters_at(epoch), truth[epoch])
    state = ExperimentState(document.experiment)
    other = make_controller(state)
    said: list[str] = []
    other.message.connect(lambda *words: said.append(words[-1]))
    state.replace(document.experiment, document.path, document)
    other.wait_idle()
    line = other.timeline
    assert said == []
    assert [edit.began for edit in line.edits] == [("settings",), ("data",), ("data",)]
    # On rows of before, of which the first are shown again from what the file says of them.
    for epoch in (3, line.edits[1].epoch - 1, line.edits[2].epoch - 1, before.epoch - 1):
        line.go_to(epoch)
        qtbot.waitUntil(lambda epoch=epoch: other.frame.epoch == epoch and line.is_exact, timeout=20_000)
        assert other.frame is not None
        np.testing.assert_array_equal(other.frame.parameters, before.parameters_at(epoch))
    # The settings of then are known as well: a course on which nothing is changed is the run that was saved.
    rates = [
        run.experiment_at(epoch).training.learning_rate for run in (controller._run, other._run) for epoch in (5, 45)
    ]
    assert rates == [0.05, 0.2, 0.05, 0.2]
    assert other._run.experiment_at(5).data == controller._run.experiment_at(5).data
    line.go_to_present()
    # What goes on from there, and is saved again, still has all of it.
    train(other, before.epoch + 5)
    save_document(other.document(past_bytes=2**22), tmp_path / "again.nnviz")
    third = load_document(tmp_path / "again.nnviz")
    for epoch in epochs:
        np.testing.assert_array_equal(reopened_trainer(third).parameters_at(epoch), truth[epoch])
    assert third.past is not None
    np.testing.assert_array_equal(third.past.arrays["data_before"], document.past.arrays["data_before"])  # type: ignore[union-attr]


def repacked(path: Path, change: Callable[[str, bytes], bytes]) -> Path:
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, change(name, content))
    return path


def npy(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def test_a_damaged_past_is_left_out_with_a_sentence_and_the_run_goes_on(
    saved: Path, controller: Controller, make_controller: Callable[[ExperimentState], Controller], train: Train
) -> None:
    content, before = saved.read_bytes(), controller._run.trainer
    assert before is not None

    def on_other_rows(document: Document) -> Document:
        experiment = document.experiment
        return replace(document, experiment=experiment.edited(data=experiment.data.edited(seed=9)))

    damages: list[tuple[str, bytes, str]] = [
        ("past/parameters.npy", b"nothing", DAMAGED),
        ("past/keyframe_numbers.npy", npy(np.full((3, 13), 7)), DAMAGED),
        ("", b"", OTHER_DATA),
    ]
    for member, damaged, sentence in damages:
        saved.write_bytes(content)
        document = load_document(repacked(saved, lambda name, whole: damaged if name == member else whole))  # noqa: B023
        document = document if member else on_other_rows(document)
        state = ExperimentState(document.experiment)
        other = make_controller(state)
        said: list[str] = []
        other.message.connect(lambda *words, said=said: said.append(words[-1]))
        state.replace(document.experiment, None, document)
        other.wait_idle()
        assert said == [sentence]
        trainer = other._run.trainer
        assert trainer is not None
        np.testing.assert_array_equal(trainer.network.parameters, before.network.parameters)
        assert len(trainer.history) == len(before.history)
        assert trainer.first_epoch >= before.epoch
        train(other, before.epoch + 2)


def test_without_room_the_file_is_as_before(saved: Path, controller: Controller) -> None:
    document = controller.document(None)
    assert document.past is None
    save_document(document, saved)
    with zipfile.ZipFile(saved) as archive:
        assert not any(name.startswith("past/") for name in archive.namelist())
