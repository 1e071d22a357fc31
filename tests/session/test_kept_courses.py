"""The tree of runs is in the file of a document, and there again once that is opened: each run exact, as it was."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from nnviz.core.errors import ExperimentError
from nnviz.core.storage import json_array, json_content
from nnviz.experiment import Document, load_document, save_document
from nnviz.experiment.beside import LEFT_OUT
from nnviz.experiment.document import Experiment
from nnviz.experiment.frame import Frame
from nnviz.session.controller import Controller
from nnviz.session.kept_courses import read_courses
from nnviz.session.run import Run
from nnviz.session.run_names import run_name
from nnviz.session.run_table import rows_of
from nnviz.session.state import ExperimentState
from tests.experiment.hostile_files import ARRAYS

Make = Callable[[ExperimentState], Controller]
Train = Callable[[Controller, int], Frame]
ROOM = 2**23


@pytest.fixture
def tree(controller: Controller, state: ExperimentState, train: Train, qtbot: QtBot) -> Controller:
    """Three runs: the first, one with another rate from epoch 10 on and a star, and one with a set weight off that."""
    train(controller, 30)
    for epoch, rate in ((10, 0.3), (20, None)):
        base = controller.experiment_at(epoch)
        wanted = None if rate is None else base.edited(training=base.training.edited(learning_rate=rate))
        n_before = len(controller.tree)
        controller.continue_from(epoch, wanted, plays=False)
        qtbot.waitUntil(lambda n=n_before: len(controller.tree) > max(n, 1))
        controller.wait_idle()
        train(controller, 40)
    # What is set of the views belongs to each run.
    controller.show_course(2)
    state.set_view(state.experiment.view.edited(contour=True))
    controller.show_course(3)
    assert not state.experiment.view.contour
    controller.wait_idle()
    controller.change_course(2, name="faster", is_starred=True)
    controller.change_course(1, is_compared=False)
    return controller


def reopened(path: Path, make: Make) -> Controller:
    document = load_document(path)
    state = ExperimentState(Experiment())
    controller = make(state)
    state.replace(document.experiment, document.path, document)
    controller.wait_idle()
    return controller


def truth(controller: Controller, number: int) -> np.ndarray:
    course = controller.tree.course(number)
    assert course is not None
    answer: np.ndarray = controller.lab.ask(course.run_id, lambda run: run.trainer.network.parameters.copy()).result(20)
    return answer


def further(run: Run) -> tuple[np.ndarray, np.ndarray]:
    """Return the parameters of a past epoch, and those after some more epochs."""
    trainer = run.trainer
    assert trainer is not None
    past = trainer.parameters_at(15)
    trainer.run(7)
    return past, trainer.network.parameters.copy()


def test_every_run_of_the_tree_is_there_again_and_goes_on_bit_for_bit(
    tree: Controller, make_controller: Make, tmp_path: Path, train: Train
) -> None:
    path = tmp_path / "tree.nnviz"
    document = tree.document(path, past_bytes=ROOM)
    assert document.note == ""
    save_document(document, path)
    other = reopened(path, make_controller)
    told = [
        [replace(course, run_id=0, base=None) for course in controller.tree.courses] for controller in (tree, other)
    ]
    assert told[0] == told[1]
    assert [run_name(other, run_id) for run_id in other.lab] == ["run 3, which is shown", "run 1", "faster"]
    assert [course.name for course in other.tree.courses] == ["run 1", "faster", "run 3"]
    assert other.tree.course_of(other.run_id) == other.tree.course(3)
    # The figures of runs that rest are there before anything of them is prepared, and so is what sets them apart.
    rows = [rows_of(controller.tree, controller.lab) for controller in (tree, other)]
    for mine, its in zip(*rows, strict=True):
        assert (mine.epochs, mine.updates) == (its.epochs, its.updates)
        assert mine.results == pytest.approx(its.results, nan_ok=True)
        assert mine.wanted.training == its.wanted.training
        assert (mine.course.base is None) == (its.course.base is None)
    for number in (1, 2, 3):
        np.testing.assert_array_equal(truth(other, number), truth(tree, number))
    # Its past is there as well, and it trains on as the run that was saved would.
    for controller in (tree, other):
        controller.show_course(2)
        controller.wait_idle()
    ends = [controller.ask(further) for controller in (tree, other)]
    np.testing.assert_array_equal(ends[0][0], ends[1][0])
    np.testing.assert_array_equal(ends[0][1], ends[1][1])
    assert other.state.experiment.view.contour
    other.show_course(1)
    assert not other.state.experiment.view.contour
    other.show_course(2)
    other.wait_idle()
    # What is opened and saved again is the same, and a new branch gets a number of its own.
    save_document(other.document(tmp_path / "again.nnviz", past_bytes=ROOM), tmp_path / "again.nnviz")
    third = reopened(tmp_path / "again.nnviz", make_controller)
    assert third.tree.course_of(third.run_id) == third.tree.course(2)
    assert third.tree.last == 3


def test_what_there_is_no_room_for_is_left_out_and_said(
    tree: Controller, make_controller: Make, tmp_path: Path
) -> None:
    path = tmp_path / "small.nnviz"
    document = tree.document(path, past_bytes=30_000)
    assert document.note.startswith("1 other run had no room in the file; allow more in Run")
    save_document(document, path)
    other = reopened(path, make_controller)
    # The one with a star is kept; its parent is gone.
    assert [course.name for course in other.tree.courses] == ["faster", "run 3"]
    assert tree.document(path, past_bytes=0).beside == {}


def test_another_name_is_worth_saving_and_another_document_takes_the_tree_away(
    tree: Controller, state: ExperimentState, tmp_path: Path
) -> None:
    path = tmp_path / "tree.nnviz"
    save_document(tree.document(path, past_bytes=ROOM), path)
    state.mark_saved(path)
    tree.change_course(2, name="other")
    assert state.is_dirty
    state.replace(Experiment(), None)
    assert len(tree.tree) == 0
    QCoreApplication.processEvents()
    assert list(tree.lab) == [tree.run_id]


def damaged(document: Document, **changes: object) -> Document:
    arrays = dict(document.beside["courses"])
    content = json_content(arrays, "description", "tree of runs")
    for place, value in changes.items():
        target, _, key = place.rpartition("__")
        (content["courses"][int(target[1:])] if target else content)[key] = value
    return replace(document, beside={"courses": {**arrays, "description": json_array(content)}})


@pytest.mark.parametrize(
    "changes",
    [
        {"format": 2},
        {"courses": []},
        {"courses": None},
        {"last": "3"},
        {"c0__number": -1},
        {"c1__number": 1},
        {"c1__parent": 7},
        {"c1__name": 4},
        {"c1__epoch": 1.5},
        {"c1__is_starred": "yes"},
        {"c1__is_front": True},
        {"c2__is_front": False},
        {"c1__experiment": {"training": {"learning_rate": "much"}}},
        {"c1__base": {"network": {"hidden": [{"units": -4}]}}},
    ],
)
def test_a_damaged_tree_is_refused_as_a_whole(saved_tree: Document, changes: dict[str, object]) -> None:
    with pytest.raises(ExperimentError, match="damaged and were left out"):
        read_courses(damaged(saved_tree, **changes))


@pytest.fixture(scope="module")
def trees() -> dict[str, Document]:
    return {}


@pytest.fixture
def saved_tree(trees: dict[str, Document], request: pytest.FixtureRequest) -> Document:
    """Made once, for it takes a while."""
    if not trees:
        path = request.getfixturevalue("tmp_path") / "tree.nnviz"
        save_document(request.getfixturevalue("tree").document(path, past_bytes=ROOM), path)
        trees["only"] = load_document(path)
    return trees["only"]


def test_a_long_or_hostile_name_is_shown_harmlessly(saved_tree: Document) -> None:
    kept = read_courses(damaged(saved_tree, c1__name="<img src=x>\n" + "ä" * 5000))
    assert kept is not None
    name = kept.courses[1].course.name
    assert len(name) == 100
    assert "<" not in name
    assert "\n" not in name


def test_a_damaged_tree_leaves_the_run_whole_and_is_told_once(
    saved_tree: Document, make_controller: Make, qtbot: QtBot
) -> None:
    document = damaged(saved_tree, last=[])
    state = ExperimentState(Experiment())
    controller = make_controller(state)
    said: list[str] = []
    controller.message.connect(lambda *words: said.append(words[-1]))
    state.replace(document.experiment, None, document)
    controller.wait_idle()
    assert said == [LEFT_OUT["courses"]]
    assert len(controller.tree) == 0
    assert saved_tree.checkpoint is not None
    assert controller.frame.epoch == saved_tree.checkpoint.epoch


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(data=st.data())
def test_damaged_arrays_are_refused_or_harmless(saved_tree: Document, data: st.DataObject) -> None:
    arrays = dict(saved_tree.beside["courses"])
    name = data.draw(st.sampled_from(sorted(set(arrays) - {"description"})))
    if data.draw(st.booleans()):
        with np.errstate(all="ignore"):
            arrays[name] = data.draw(st.sampled_from(ARRAYS))(arrays[name])
    else:
        del arrays[name]
    document = replace(saved_tree, beside={"courses": arrays})
    kept = None
    with suppress(ExperimentError):
        kept = read_courses(document)
    if kept is None:
        return
    # What of a past is damaged is told once its run is looked at; a run itself is whole.
    for each in kept.courses:
        if each.document is not None and each.document.checkpoint is not None:
            assert each.wanted.prepared().layer_sizes == tuple(each.document.checkpoint.network.layer_sizes)
