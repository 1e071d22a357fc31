"""A continuation is bit-equal, wherever it begins."""

import json

import numpy as np
import pytest

from nnviz.core.checkpoint import Checkpoint
from nnviz.core.engine import RECORD_COLUMNS
from nnviz.core.errors import DataError, ExperimentError
from nnviz.core.network import Network
from nnviz.core.optimizers import OPTIMIZERS
from nnviz.core.storage import json_array
from nnviz.core.trainer import Trainer

RNG = np.random.default_rng(0)
X, X_TEST = RNG.normal(size=(47, 2)), RNG.normal(size=(11, 2))
Y, Y_TEST = ((data[:, :1] * data[:, 1:] > 0).astype(float) for data in (X, X_TEST))
DATA = (X, Y, X_TEST, Y_TEST)
TOTAL = 60


def make(optimizer="adam", engine="numpy", **settings):
    network = Network([2, 5, 4, 1], ["tanh", "gelu"], "sigmoid", seed=3)
    settings = {"dropout": 0.2, "l2": 1e-3, "schedule": ("cosine", {"period": 8}), "batch_size": 6, **settings}
    return Trainer(network, *DATA, optimizer=optimizer, learning_rate=0.02, engine=engine, **settings)


def assert_same(first, second):
    np.testing.assert_array_equal(first.network.parameters, second.network.parameters)
    for name in RECORD_COLUMNS:
        np.testing.assert_array_equal(first.history.column(name), second.history.column(name))
    np.testing.assert_array_equal(first.history.epoch, second.history.epoch)
    np.testing.assert_array_equal(first.history.updates, second.history.updates)
    np.testing.assert_array_equal(first.best_parameters, second.best_parameters)
    assert (first.epoch, first.batch, first.best_epoch) == (second.epoch, second.batch, second.best_epoch)


@pytest.mark.parametrize("n_batches", [0, 1, 8, 11, 29])
@pytest.mark.parametrize("engine", ["numpy", "auto"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_continuation_is_bit_equal(optimizer, engine, n_batches):
    whole = make(optimizer, engine)
    whole.advance(TOTAL)
    first = make(optimizer, engine)
    first.advance(n_batches)
    again = Trainer.from_checkpoint(first.checkpoint(), *DATA)
    assert again.engine_name == first.engine_name
    assert (again.epoch, again.batch) == (first.epoch, first.batch)
    again.advance(TOTAL - n_batches)
    assert_same(again, whole)


def test_a_checkpoint_of_before_goes_on_bit_for_bit():
    whole, first = make(), make()
    whole.advance(TOTAL)
    first.advance(19)
    arrays = first.checkpoint().to_arrays()
    # As files had it that knew no validation rows and no return to the best epoch.
    del arrays["history_columns"]
    once = [
        position
        for position, name in enumerate(RECORD_COLUMNS)
        if not name.startswith("validation") and "balanced" not in name
    ]
    for name in ("history_figures", "history_low", "history_high", "history_pending"):
        arrays[name] = arrays[name][[*once, len(RECORD_COLUMNS)]]
    arrays["history_last"] = arrays["history_last"][once]
    description = json.loads(bytes(arrays["checkpoint"]))
    del description["settings"]["restore_best"]
    arrays["checkpoint"] = json_array(description)
    again = Trainer.from_checkpoint(Checkpoint.from_arrays(arrays), *DATA)
    again.advance(TOTAL - 19)
    np.testing.assert_array_equal(again.network.parameters, whole.network.parameters)
    for name in (RECORD_COLUMNS[k] for k in once):
        np.testing.assert_array_equal(again.history.column(name), whole.history.column(name))


def test_validation_rows_and_the_return_to_the_best_epoch_go_through_a_checkpoint():
    validation = {"X_validation": X_TEST[:5], "Y_validation": Y_TEST[:5]}
    network = Network([2, 5, 1], seed=3)
    first = Trainer(
        network, X, Y, X_TEST[5:], Y_TEST[5:], **validation, patience=3, restore_best=True, learning_rate=0.5
    )
    whole = Trainer.from_checkpoint(first.checkpoint(), X, Y, X_TEST[5:], Y_TEST[5:], **validation)
    first.run(2)
    again = Trainer.from_checkpoint(first.checkpoint(), X, Y, X_TEST[5:], Y_TEST[5:], **validation)
    again.run(500)
    whole.run(500)
    assert_same(again, whole)
    assert again.stop_reason == whole.stop_reason != ""


def test_through_a_file(tmp_path):
    whole, first = make(), make()
    whole.advance(TOTAL)
    first.advance(19)
    first.checkpoint().save(tmp_path / "run.npz")
    checkpoint = Checkpoint.load(tmp_path / "run.npz")
    assert checkpoint.epoch == 2
    again = Trainer.from_checkpoint(checkpoint, *DATA)
    assert again.settings == first.settings
    again.advance(TOTAL - 19)
    assert_same(again, whole)


def test_live_changes_are_in_it():
    trainers = make("momentum"), make("momentum")
    for trainer in trainers:
        trainer.advance(13)
        trainer.set(optimizer="adam", learning_rate=0.005, batch_size=4, schedule=None, beta1=0.7)
        trainer.advance(5)
    again = Trainer.from_checkpoint(trainers[0].checkpoint(), *DATA)
    again.advance(40)
    trainers[1].advance(40)
    assert_same(again, trainers[1])


def test_a_checkpoint_is_independent_of_its_run():
    trainer = make()
    trainer.advance(9)
    checkpoint = trainer.checkpoint()
    before = checkpoint.parameters.copy()
    trainer.advance(30)
    np.testing.assert_array_equal(checkpoint.parameters, before)
    assert len(checkpoint.history) == 2
    again = Trainer.from_checkpoint(checkpoint, *DATA)
    again.advance(30)
    assert_same(again, trainer)
    np.testing.assert_array_equal(checkpoint.parameters, before)


def test_time_goes_on():
    trainer = make()
    trainer.run(3)
    again = Trainer.from_checkpoint(trainer.checkpoint(), *DATA)
    elapsed = again.run(2).elapsed_s
    assert (np.diff(elapsed) > 0).all()


def test_other_data_are_refused():
    with pytest.raises(DataError, match="made with 47 training examples, not 40"):
        Trainer.from_checkpoint(make().checkpoint(), X[:40], Y[:40])


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("slots", lambda array: array[:1]),
        ("order", lambda array: array * 0),
        ("order", lambda array: array.astype(float) + 0.5),
        ("best_parameters", lambda array: array[:3]),
        ("slots", lambda array: array.astype(np.float32)),
        ("slots", lambda array: array.astype(">f8")),
        ("order", lambda array: array.astype(float)),
        ("order", lambda array: array.astype(">i8")),
        ("order", lambda array: array.reshape(1, -1)),
        ("best_parameters", lambda array: array.astype(">f8")),
    ],
)
def test_arrays_that_do_not_fit_are_refused(name, damage):
    arrays = make().checkpoint().to_arrays()
    with pytest.raises(ExperimentError, match="do not fit together"):
        Checkpoint.from_arrays({**arrays, name: damage(arrays[name])})


@pytest.mark.parametrize(
    "changes",
    [
        {"format": 9},
        {"format": "1"},
        {"epoch": -1},
        {"epoch": 1.5},
        {"epoch": 7},
        {"sample": 47},
        {"sample": True},
        {"update": -1},
        {"update": "3"},
        {"update": 2**53 - 1},
        {"former_updates": 2**70},
        {"former_updates": -2},
        {"best_epoch": 3},
        {"best_loss": float("nan")},
        {"loss_limit": -1.0},
        {"loss": "nonsense"},
        {"loss": "cross_entropy"},
        {"task": "guess"},
        {"engine": "steam"},
        {"class_weights": [1.0, -1.0]},
        {"settings": {}},
        {"settings": None},
    ],
)
def test_descriptions_that_make_no_sense_are_refused(changes):
    arrays = make().checkpoint().to_arrays()
    description = json.loads(str(arrays["checkpoint"]))
    Checkpoint.from_arrays(arrays)
    with pytest.raises(ExperimentError, match=r"^[^\n]+\.$"):
        Checkpoint.from_arrays({**arrays, "checkpoint": np.array(json.dumps({**description, **changes}))})


def test_a_run_has_made_no_fewer_updates_than_its_history_says():
    trainer = make()
    trainer.run(epochs=2)
    arrays = trainer.checkpoint().to_arrays()
    description = json.loads(str(arrays["checkpoint"]))
    with pytest.raises(ExperimentError, match="does not end where the run does"):
        Checkpoint.from_arrays({**arrays, "checkpoint": np.array(json.dumps({**description, "update": 1}))})


@pytest.mark.parametrize(
    ("name", "dtypes"),
    [("history_figures", ("f4", ">f8")), ("history_last", ("f4", ">f8")), ("history_counts", ("f8", "i4", ">i8"))],
)
def test_histories_of_another_type_are_refused(name, dtypes):
    arrays = make().checkpoint().to_arrays()
    for dtype in dtypes:
        with pytest.raises(ExperimentError, match="history in this file is damaged"):
            Checkpoint.from_arrays({**arrays, name: arrays[name].astype(dtype)})


@pytest.mark.parametrize("engine", ["numpy", "compiled"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_file_of_version_0_1_goes_on_bit_equal(engine, optimizer):
    """It holds two vectors of memory for every optimiser; those that the optimiser does not need are zeros."""
    trainer = Trainer(Network([2, 4, 1]), *DATA, optimizer=optimizer, engine=engine)
    trainer.run(2)
    trainer.step_batch()
    arrays = trainer.checkpoint().to_arrays()
    slots = np.zeros((2, trainer.network.layout.n_parameters))
    slots[: len(arrays["slots"])] = arrays["slots"]
    again = Trainer.from_checkpoint(Checkpoint.from_arrays({**arrays, "slots": slots}), *DATA)
    for run in (trainer, again):
        run.run(2)
    np.testing.assert_array_equal(again.network.parameters, trainer.network.parameters)
    assert len(again.checkpoint().state.slots) == OPTIMIZERS[optimizer].n_slots


def test_files_that_are_no_checkpoint_are_refused(tmp_path):
    Network([2, 1]).save(tmp_path / "m.npz")
    with pytest.raises(ExperimentError, match="no checkpoint: its description is missing"):
        Checkpoint.load(tmp_path / "m.npz")
    arrays = make().checkpoint().to_arrays()
    arrays["checkpoint"] = np.array("{}")
    with pytest.raises(ExperimentError, match="no checkpoint that nnviz understands"):
        Checkpoint.from_arrays(arrays)
