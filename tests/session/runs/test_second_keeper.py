"""The second of two compared networks: in step, like the first where nothing differs, and undone with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from nnviz.experiment.document import Document, Experiment, load_document, save_document
from nnviz.experiment.schema import DataSpec, LayerSpec, NetworkSpec, TrainingSpec
from nnviz.experiment.second import second_of, swapped, with_second
from nnviz.session.controller import Controller
from nnviz.session.needs import NOTHING
from nnviz.session.run import Run
from nnviz.session.runs.frame_pairs import FramePair
from nnviz.session.runs.kept_second import KeptSecond
from nnviz.session.runs.second_keeper import SecondKeeper
from nnviz.session.speeds import SPEEDS
from nnviz.session.state import ExperimentState


def experiment(units: int = 3, **training: object) -> Experiment:
    return Experiment(
        data=DataSpec(name="xor", parameters={"n_samples": 60}),
        network=NetworkSpec(hidden=(LayerSpec(units=units),)),
        training=TrainingSpec(**{"engine": "numpy", "learning_rate": 0.02, **training}),
    )


class Bench:
    """A session with a second network."""

    def __init__(self, qtbot: QtBot, document: Experiment) -> None:
        self.owner = QObject()
        self.state = ExperimentState(document, self.owner)
        self.controller = Controller(self.state, self.owner)
        self.controller.wait_idle()
        self.kept = KeptSecond(self.state, self.controller, self.owner)
        self.keeper = SecondKeeper(self.state, self.controller, self.owner, self.kept)
        self.pairs: list[FramePair] = []
        self.keeper.paired.connect(self.pairs.append)
        self._qtbot = qtbot

    def until(self, condition: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(condition, timeout=30_000)

    def settle(self) -> FramePair:
        self.controller.wait_idle()
        self.until(lambda: self.keeper.is_settled and self.pair.first.epoch == self.controller.frame.epoch)
        return self.pair

    def train(self, epochs: int) -> FramePair:
        at = self.controller.frame.epoch + epochs
        self.controller.play_until(at)
        self.until(lambda: self.controller.frame.epoch >= at and not self.controller.is_training)
        return self.settle()

    @property
    def pair(self) -> FramePair:
        assert self.keeper.pair is not None
        return self.keeper.pair

    def is_equal(self) -> bool:
        return np.array_equal(self.pair.first.parameters, self.pair.second.parameters)

    def sizes(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        return self.pair.first.layout.sizes, self.pair.second.layout.sizes


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    made = Bench(qtbot, experiment())
    yield made
    made.keeper.close()
    made.controller.shutdown()


def test_it_is_like_the_first_until_it_is_set_up_otherwise(bench: Bench) -> None:
    bench.controller.play_until(7)
    bench.until(lambda: bench.controller.frame.epoch == 7)
    bench.controller.wait_idle()
    keeper, state = bench.keeper, bench.state
    keeper.open()
    bench.settle()
    assert not state.is_dirty
    assert state.undo_stack.count() == 0
    assert second_of(state.experiment) == state.experiment.model_copy(update={"second": None})
    assert bench.pair.second.epoch == 7
    # Every moment that was shown of both is equal, bit for bit, and so are all losses; new rows come to both at once.
    bench.train(30)
    bench.controller.play()
    bench.until(lambda: bench.controller.frame.epoch > 45)
    bench.controller.regenerate_data()
    bench.until(lambda: bench.controller.frame.epoch > 60)
    bench.controller.pause()
    bench.settle()
    assert all(np.array_equal(pair.first.parameters, pair.second.parameters) for pair in bench.pairs)
    assert all(pair.is_same_moment for pair in bench.pairs)
    assert np.array_equal(bench.pair.first.curves.train_loss, bench.pair.second.curves.train_loss)
    # Another rate parts them; it is an undo step, and the first is not touched.
    second = keeper.experiment
    keeper.edit(second.edited(training=second.training.edited(learning_rate=0.2)), "change learning rate", "rate")
    assert state.undo_stack.undoText() == "change learning rate of B"
    assert state.experiment.training.learning_rate == 0.02
    bench.train(3)
    assert not bench.is_equal()
    # Reset begins both again; undo brings both back.
    epoch, parameters = bench.pair.second.epoch, bench.pair.second.parameters
    bench.controller.reset()
    bench.settle()
    assert (bench.pair.first.epoch, bench.pair.second.epoch) == (0, 0)
    assert bench.is_equal()
    state.undo_stack.undo()
    bench.settle()
    assert bench.pair.second.epoch == epoch
    assert np.array_equal(bench.pair.second.parameters, parameters)


def test_another_network_catches_up_is_swapped_and_undone(bench: Bench, tmp_path: Path) -> None:
    keeper, state, controller = bench.keeper, bench.state, bench.controller
    keeper.open()
    bench.settle()
    bench.train(12)
    second = keeper.experiment
    keeper.edit(second.edited(network=second.network.edited(hidden=(LayerSpec(units=5),))), "change layers")
    bench.until(lambda: keeper.is_settled and bench.sizes()[1] == (2, 5, 1))
    assert bench.pair.second.epoch == 12
    alone = second_of(state.experiment).trainer()
    alone.run(epochs=12)
    assert np.array_equal(bench.pair.second.parameters, alone.network.parameters)
    ours, theirs, first_id = bench.pair.first.parameters, bench.pair.second.parameters, controller.run_id
    keeper.swap()
    bench.until(lambda: controller.run_id != first_id)
    bench.settle()
    assert bench.sizes() == ((2, 5, 1), (2, 3, 1))
    assert np.array_equal(bench.pair.first.parameters, theirs)
    assert np.array_equal(bench.pair.second.parameters, ours)
    assert swapped(swapped(state.experiment)) == state.experiment
    bench.train(2)
    state.undo_stack.undo()
    bench.settle()
    assert controller.run_id == first_id
    assert np.array_equal(bench.pair.first.parameters, ours)
    assert np.array_equal(bench.pair.second.parameters, theirs)
    # What undo brings back of the second is the run from before, not one that is trained again.
    state.undo_stack.undo()
    bench.until(lambda: keeper.is_settled and bench.sizes()[1] == (2, 3, 1))
    assert bench.is_equal()
    state.undo_stack.redo()
    bench.until(lambda: keeper.is_settled and bench.sizes()[1] == (2, 5, 1))
    assert np.array_equal(bench.pair.second.parameters, theirs)
    # Like A again, with everything.
    keeper.make_like_first()
    bench.until(lambda: state.undo_stack.undoText() == "make B like A" and keeper.is_settled)
    bench.settle()
    assert bench.is_equal()
    state.undo_stack.undo()
    bench.until(lambda: keeper.is_settled and bench.sizes()[1] == (2, 5, 1))
    # Its set-up is kept with the document.
    path = tmp_path / "two.nnviz"
    save_document(Document(state.experiment), path)
    assert load_document(path).experiment.second == state.experiment.second
    keeper.close()
    assert len(list(controller.lab)) > 1
    state.replace(load_document(path).experiment, path)
    controller.wait_idle()
    assert list(controller.lab) == [controller.run_id]
    keeper.open()
    bench.until(lambda: keeper.is_settled)
    assert bench.sizes() == ((2, 3, 1), (2, 5, 1))


def test_the_leader_is_free_once_nothing_is_compared(bench: Bench) -> None:
    keeper, controller = bench.keeper, bench.controller
    keeper.open()
    bench.settle()
    controller.play()
    bench.until(lambda: controller.frame.epoch > 5)
    keeper.close()
    before = len(bench.pairs)
    epoch = controller.frame.epoch
    bench.until(lambda: controller.frame.epoch > epoch + 20)
    controller.pause()
    controller.wait_idle()
    assert len(bench.pairs) == before
    # Opened again, the second one catches up.
    keeper.open()
    bench.settle()
    assert bench.is_equal()


def test_older_files_have_no_second_network_and_a_toml_keeps_one(tmp_path: Path) -> None:
    both = with_second(experiment(), experiment(units=6, batch_size=None, learning_rate=0.3))
    path = tmp_path / "two.toml"
    both.save(path)
    assert Experiment.load(path) == both
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("format = 4", "format = 3").partition("[second")[0], encoding="utf-8")
    assert Experiment.load(path).second is None


def test_what_the_second_network_has_learnt_is_saved_and_goes_on(bench: Bench, qtbot: QtBot, tmp_path: Path) -> None:
    keeper = bench.keeper
    keeper.open()
    bench.train(4)
    second = keeper.experiment
    # Learnt at another rate from here on: its seeds alone would not give it again.
    keeper.edit(second.edited(training=second.training.edited(learning_rate=0.3)), "change learning rate")
    bench.train(5)
    assert not bench.is_equal()
    path = tmp_path / "two.nnviz"
    save_document(bench.controller.document(path, past_bytes=2**23), path)
    learnt = bench.pair.second
    keeper.close()
    # At rest it is saved as well.
    assert "0.parameters" in bench.controller.document(None, past_bytes=2**23).beside["second"]
    other = Bench(qtbot, Experiment())
    document = load_document(path)
    other.state.replace(document.experiment, path, document)
    other.controller.wait_idle()
    # Nobody compares yet: it is kept, and saved again as it was opened.
    again = other.controller.document(None, past_bytes=2**23).beside["second"]
    assert np.array_equal(again["0.parameters"], learnt.parameters)
    other.keeper.open()
    pair = other.settle()
    assert (pair.first.epoch, pair.second.epoch) == (9, 9)
    assert np.array_equal(pair.second.parameters, learnt.parameters)
    assert pair.second.metrics.train_loss == learnt.metrics.train_loss
    keeper.open()
    bench.settle()
    for each in (bench, other):
        each.train(3)
    assert np.array_equal(other.pair.second.parameters, bench.pair.second.parameters)
    # Where the first one began again before, it would be ahead: it begins again, too.
    other.keeper.close()
    other.state.replace(document.experiment, path, document)
    other.controller.reset()
    other.controller.wait_idle()
    other.keeper.open()
    pair = other.settle()
    assert (pair.first.epoch, pair.second.epoch) == (0, 0)
    other.keeper.close()
    # Damaged, it begins anew, and one sentence says so.
    said: list[str] = []
    other.controller.message.connect(lambda _severity, sentence: said.append(sentence))
    beside = {"second": {**document.beside["second"], "0.parameters": np.zeros(3)}}
    other.state.replace(document.experiment, path, replace(document, beside=beside))
    other.controller.wait_idle()
    assert said == [
        "The second network that was saved with this run is damaged and begins anew; the run itself is whole."
    ]
    assert not other.kept.has_any
    other.controller.shutdown()


def test_frames_from_before_make_no_pair_with_the_data_of_a_run_that_has_come_to_the_front(bench: Bench) -> None:
    keeper, controller = bench.keeper, bench.controller
    keeper.open()
    bench.settle()
    other = Run(experiment(5), NOTHING, SPEEDS["full"])
    controller.lab.add(other)
    first, second, n_pairs = bench.pair.first, bench.pair.second, len(bench.pairs)
    controller.bring(other.id)
    # One that was on its way.
    controller.lab.frame_ready.emit(second.run_id, second)
    assert len(bench.pairs) == n_pairs
    bench.until(lambda: bench.pair.first.run_id == other.id)
    assert first.run_id not in {pair.first.run_id for pair in bench.pairs[n_pairs:]}
