"""The document: edits, undo, merging, and who is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from nnviz.experiment.document import Document, Experiment
from nnviz.experiment.schema import SecondSpec, ViewSpec
from nnviz.session import commands
from nnviz.session.commands import Change, RestartCommand
from nnviz.session.doing import counted, is_doing, once_done
from nnviz.session.state import ExperimentState


def faster(experiment: Experiment, rate: float) -> Experiment:
    return experiment.edited(training=experiment.training.edited(learning_rate=rate))


class Heard:
    """Names of the signals in the order in which they came."""

    def __init__(self, state: ExperimentState) -> None:
        self.names: list[str] = []
        self.kinds: list[str] = []
        state.applied.connect(lambda change: self.kinds.append(change.kind))
        for name in (
            "experiment_changed",
            "data_changed",
            "network_changed",
            "training_changed",
            "view_changed",
            "document_changed",
        ):
            getattr(state, name).connect(lambda *_, name=name: self.names.append(name))


@pytest.fixture
def heard(state: ExperimentState) -> Heard:
    return Heard(state)


def test_an_edit_tells_only_what_differs(state: ExperimentState, heard: Heard) -> None:
    state.edit(faster(state.experiment, 0.5), "Learning rate")
    assert heard.names[:2] == ["experiment_changed", "training_changed"]
    assert not {"data_changed", "network_changed", "view_changed"} & set(heard.names)
    assert state.undo_stack.undoText() == "Learning rate"


def test_an_edit_to_an_equal_experiment_is_none(state: ExperimentState, heard: Heard) -> None:
    state.edit(faster(state.experiment, state.experiment.training.learning_rate), "Nothing")
    assert heard.names == []
    assert state.undo_stack.count() == 0
    assert not state.is_dirty


def test_experiment_changed_brings_old_and_new(state: ExperimentState, qtbot: QtBot) -> None:
    old, new = state.experiment, faster(state.experiment, 0.5)
    with qtbot.waitSignal(state.experiment_changed, timeout=1000) as blocker:
        state.edit(new, "Learning rate")
    assert blocker.args[0] is old
    assert blocker.args[1] is new


def test_undo_and_redo_bring_the_very_documents_back(state: ExperimentState, heard: Heard) -> None:
    old, new = state.experiment, faster(state.experiment, 0.5)
    state.edit(new, "Learning rate")
    state.undo_stack.undo()
    assert state.experiment == old
    assert not state.is_dirty
    state.undo_stack.redo()
    assert state.experiment == new
    assert heard.kinds == ["edit", "undo", "redo"]


def test_a_drag_is_one_step_back(state: ExperimentState) -> None:
    old = state.experiment
    for rate in (0.1, 0.2, 0.3):
        state.edit(faster(state.experiment, rate), "Learning rate", "learning_rate")
    assert state.undo_stack.count() == 1
    state.undo_stack.undo()
    assert state.experiment == old


def test_a_drag_back_to_where_it_began_leaves_no_step(state: ExperimentState) -> None:
    old = state.experiment
    state.edit(faster(old, 0.3), "Learning rate", "learning_rate")
    state.edit(old, "Learning rate", "learning_rate")
    assert state.undo_stack.count() == 0
    assert not state.is_dirty
    assert state.experiment == old


def test_other_keys_and_no_key_do_not_merge(state: ExperimentState) -> None:
    for rate, key in ((0.1, "a"), (0.2, "b"), (0.3, ""), (0.4, "")):
        state.edit(faster(state.experiment, rate), "Learning rate", key)
    assert state.undo_stack.count() == 4


def test_what_comes_between_two_parts_of_a_drag_without_a_step_is_not_undone_with_it(state: ExperimentState) -> None:
    begin = state.experiment

    def rate(value: float) -> None:
        training = state.experiment.training.edited(learning_rate=value)
        state.edit(state.experiment.edited(training=training), "change rate", "gesture 7")

    rate(0.2)
    state.set_view(begin.view.edited(log_loss=True))
    state.set_second(SecondSpec(network=begin.network, training=begin.training))
    rate(0.3)
    assert state.undo_stack.count() == 1
    state.undo_stack.undo()
    assert state.experiment.training == begin.training
    assert state.experiment.view.log_loss
    assert state.experiment.second is not None
    state.undo_stack.redo()
    assert state.experiment.training.learning_rate == 0.3


def test_steps_that_lie_apart_do_not_merge(state: ExperimentState, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "MERGE_WITHIN_S", -1.0)
    for rate in (0.1, 0.2):
        state.edit(faster(state.experiment, rate), "Learning rate", "learning_rate")
    assert state.undo_stack.count() == 2


def test_looking_around_is_no_edit_and_survives_undo(state: ExperimentState, heard: Heard) -> None:
    state.set_view(ViewSpec(log_loss=True))
    assert heard.names == ["experiment_changed", "view_changed"]
    assert not state.is_dirty
    state.edit(faster(state.experiment, 0.5), "Learning rate")
    state.set_view(ViewSpec(x_range=(-1.0, 1.0)))
    state.undo_stack.undo()
    assert state.experiment.view.x_range == (-1.0, 1.0)


def test_a_view_edit_can_be_undone_where_it_was_an_edit(state: ExperimentState) -> None:
    state.edit(state.experiment.edited(view=ViewSpec(discretise=True)), "Discretise")
    state.undo_stack.undo()
    assert not state.experiment.view.discretise


def test_another_document_forgets_the_undo_steps(state: ExperimentState, heard: Heard, tmp_path: Path) -> None:
    state.edit(faster(state.experiment, 0.5), "Learning rate")
    other = Experiment(title="other")
    document = Document(other, path=tmp_path / "other.toml")
    state.replace(other, document.path, document)
    assert state.experiment is other
    assert state.path == tmp_path / "other.toml"
    assert state.undo_stack.count() == 0
    assert not state.is_dirty
    assert heard.kinds[-1] == "replace"


def test_opening_the_same_document_again_is_applied_too(state: ExperimentState, heard: Heard) -> None:
    state.replace(state.experiment)
    assert heard.kinds == ["replace"]
    assert heard.names == ["document_changed"]


def test_saving_makes_the_document_clean(state: ExperimentState, heard: Heard, tmp_path: Path) -> None:
    state.edit(faster(state.experiment, 0.5), "Learning rate")
    assert state.is_dirty
    state.mark_saved(tmp_path / "a.toml")
    assert not state.is_dirty
    assert state.path == tmp_path / "a.toml"
    assert heard.names[-1] == "document_changed"


def test_a_new_title_is_told_to_the_window(state: ExperimentState, heard: Heard) -> None:
    state.edit(state.experiment.edited(title="better"), "Rename")
    assert "document_changed" in heard.names


def test_commands_outlive_their_state(state: ExperimentState) -> None:
    command = commands.EditCommand(state, state.experiment, faster(state.experiment, 0.5), "Learning rate")
    state.deleteLater()
    del state
    command.redo()


class Nothing:
    """A run that can always begin again."""

    run_id = 1

    def bring(self, _run_id: int) -> bool:
        return True

    def restart(self, _run_id: int, *, is_undo: bool = False) -> bool:
        return True


def test_starting_over_is_a_step_but_no_edit(state: ExperimentState) -> None:
    run = Nothing()
    state.edit(state.experiment.edited(notes="one"), "change notes")
    state.push(RestartCommand(run, "start over"))
    state.mark_saved(Path("work.nnviz"))
    state.undo_stack.undo()
    assert not state.is_dirty
    # The step that was saved goes, and what it held is still what is in the file.
    state.push(RestartCommand(run, "start over"))
    assert not state.is_dirty
    state.undo_stack.undo()
    assert not state.is_dirty
    state.undo_stack.undo()
    assert state.is_dirty


def test_a_document_that_begins_and_the_one_before_are_found_again_as_they_were_looked_at(
    state: ExperimentState,
) -> None:
    before = state.experiment
    state.begin(before.edited(title="empty"), "start with an empty canvas")
    state.set_view(before.view.edited(log_loss=True))
    state.set_second(SecondSpec(network=before.network, training=before.training))
    begun = state.experiment
    state.undo_stack.undo()
    assert state.experiment == before
    state.set_view(before.view.edited(wrong_only=True))
    looked = state.experiment
    state.undo_stack.redo()
    assert state.experiment == begun
    state.undo_stack.undo()
    assert state.experiment == looked


def test_a_document_that_begins_has_no_file_yet_and_undo_brings_the_old_one_back(state: ExperimentState) -> None:
    state.mark_saved(Path("old.nnviz"))
    told: list[tuple[Path | None, bool]] = []
    state.document_changed.connect(lambda: told.append((state.path, state.is_dirty)))
    state.begin(state.experiment.edited(title="empty"), "start with an empty canvas")
    assert (state.path, state.is_dirty) == (None, True)
    assert told[-1] == (None, True)
    state.mark_saved(Path("new.nnviz"))
    state.undo_stack.undo()
    assert (state.path, state.is_dirty) == (Path("old.nnviz"), True)
    state.undo_stack.redo()
    assert (state.path, state.is_dirty) == (Path("new.nnviz"), False)
    assert told[-1] == (Path("new.nnviz"), False)


def test_no_step_is_done_within_another_one(qtbot: QtBot, state: ExperimentState) -> None:
    heard: list[bool] = []

    @counted
    def step() -> None:
        once_done(state, lambda: heard.append(is_doing()))
        assert not heard
        with pytest.raises(RuntimeError, match="a step within a step: rename"):
            state.edit(state.experiment.edited(title="other"), "rename")

    step()
    qtbot.waitUntil(lambda: heard == [False])
    once_done(state, lambda: heard.append(is_doing()))
    assert heard == [False, False]
    # Whatever a command is called, and whoever has made it.
    state.applied.connect(lambda _change: heard.append(is_doing()))
    state.edit(state.experiment.edited(title="other"), "rename")
    state.undo_stack.undo()
    assert heard[2:] == [True, True]


def test_no_step_is_done_while_two_are_joined(state: ExperimentState) -> None:
    heard: list[tuple[str, bool]] = []

    def exchange(change: Change) -> None:
        heard.append((change.kind, is_doing()))
        state.run_id += 1

    state.applied.connect(exchange)
    title = state.experiment.title
    state.edit(state.experiment.edited(title="other"), "rename", "gesture")
    state.edit(state.experiment.edited(title=title), "rename", "gesture")
    # It has come to nothing, and the run from before is brought back.
    assert state.undo_stack.count() == 0
    assert heard == [("edit", True), ("edit", True), ("undo", True)]
