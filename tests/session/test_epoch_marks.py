"""Stars and notes at epochs are undo steps, belong to their run, and are in its file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from nnviz.core.storage import json_array
from nnviz.experiment import load_document, save_document
from nnviz.experiment.document import Experiment
from nnviz.experiment.frame import Frame
from nnviz.session.controller import Controller
from nnviz.session.epoch_marks import LONGEST_NOTE, EpochMark
from nnviz.session.state import ExperimentState

Make = Callable[[ExperimentState], Controller]
Train = Callable[[Controller, int], Frame]


def test_marks_are_undo_steps_of_their_run_and_come_back_with_the_file(
    controller: Controller,
    state: ExperimentState,
    make_controller: Make,
    train: Train,
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    train(controller, 30)
    line, marks, first = controller.timeline, controller.timeline.marks, controller.run_id
    line.go_to(7)
    qtbot.waitUntil(lambda: line.shown_epoch == 7)
    line.toggle_star()
    marks.set_note(first, 7, "  here it\nlearns   the corner ")
    marks.set_note(first, 12, "<b>" + "x" * 500)
    assert line.mark == EpochMark(7, is_starred=True, note="here it learns the corner")
    assert (len(line.own_marks[1].note), line.own_marks[1].note[:3]) == (LONGEST_NOTE, "‹b>")
    assert state.is_dirty
    assert [state.undo_stack.text(index) for index in range(3)] == [
        "star epoch 7",
        "set the note at epoch 7",
        "set the note at epoch 12",
    ]
    state.undo_stack.undo()
    assert [mark.epoch for mark in line.own_marks] == [7]
    state.undo_stack.redo()
    assert [mark.epoch for mark in line.own_marks] == [7, 12]
    # The run remembers what it has to for them, also where the past is thinned.
    assert controller.ask(lambda run: run.trainer._past.marked) == (7, 12)
    # From mark to mark, and no further.
    line.go_to_place(1)
    assert line.epoch == 12
    line.go_to_place(-1)
    line.go_to_place(-1)
    assert line.epoch == min(line.places)
    # A course that is taken off has none of its own yet.
    controller.continue_from(20, plays=False)
    qtbot.waitUntil(lambda: len(controller.tree) == 2)
    controller.wait_idle()
    assert line.own_marks == ()
    marks.toggle_star(controller.run_id, 20)
    path = tmp_path / "marked.nnviz"
    # Even where there is no room for the runs beside it, what is marked of the run itself is saved.
    save_document(controller.document(path, past_bytes=0), path)
    assert list(load_document(path).beside) == ["marks"]
    save_document(controller.document(path, past_bytes=2**22), path)
    document = load_document(path)
    other = make_controller(ExperimentState(Experiment()))
    other.state.replace(document.experiment, path, document)
    other.wait_idle()
    its_marks = other.timeline.marks
    assert its_marks.of(other.run_id) == (EpochMark(20, is_starred=True),)
    parent = other.tree.course(1)
    assert parent is not None
    assert its_marks.of(parent.run_id) == marks.of(first)
    assert not other.state.is_dirty
    # A run that is dropped takes its marks along.
    other.state.replace(Experiment(), None)
    assert not its_marks.has_any


@pytest.mark.parametrize(
    "marks",
    [
        {"0": [[-1, True, ""]]},
        {"0": [[3, 1, ""]]},
        {"0": [[3, True, 5]]},
        {"0": [[3, True]]},
        {"0": [[number, True, ""] for number in range(1001)]},
        {"x": []},
        [],
        None,
    ],
)
def test_damaged_marks_are_left_out_with_a_sentence(controller: Controller, marks: object) -> None:
    document = controller.document()
    arrays = {"description": json_array({"format": 1, "marks": marks})}
    controller.state.replace(document.experiment, None, replace(document, beside={"marks": arrays}))
    said: list[str] = []
    controller.message.connect(lambda _severity, sentence: said.append(sentence))
    controller.wait_idle()
    assert len(said) == 1
    assert said[0].startswith("The stars and notes that were saved with this run are damaged")
    assert controller.timeline.own_marks == ()


def test_a_reset_takes_no_marks_along_that_undo_would_not_bring_back(
    controller: Controller, state: ExperimentState
) -> None:
    marks, first = controller.timeline.marks, controller.run_id
    marks.toggle_star(first, 0)
    controller.reset()
    controller.wait_idle()
    assert not marks.of(controller.run_id)
    state.undo_stack.undo()
    assert marks.of(controller.run_id) == (EpochMark(0, is_starred=True),)
    marks.toggle_star(first, 0)
    controller.reset()
    for _ in range(2):
        state.undo_stack.undo()
    assert marks.of(controller.run_id) == (EpochMark(0, is_starred=True),)
