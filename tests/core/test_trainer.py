import time
import weakref

import numpy as np
import pytest

import nnviz
from nnviz.core.engine import RECORD_COLUMNS
from nnviz.core.errors import DataError, SettingError
from nnviz.core.network import Network
from nnviz.core.numpy_engine import NumpyEngine
from nnviz.core.trainer import Trainer

RNG = np.random.default_rng(0)
X, X_TEST = RNG.normal(size=(53, 2)), RNG.normal(size=(20, 2))
Y, Y_TEST = ((data[:, :1] * data[:, 1:] > 0).astype(float) for data in (X, X_TEST))


def make(*, test=True, sizes=(2, 6, 1), output="sigmoid", targets=(Y, Y_TEST), engine="numpy", **settings):
    network = Network(sizes, "tanh", output, seed=1)
    data = (X, targets[0], X_TEST, targets[1]) if test else (X, targets[0])
    return Trainer(network, *data, engine=engine, **{"learning_rate": 0.3, **settings})


def test_it_trains_the_network_in_place():
    trainer = make(optimizer="adam", learning_rate=0.05)
    before = trainer.network.parameters.copy()
    history = trainer.run(epochs=100)
    assert history is trainer.history
    assert (trainer.network.parameters != before).any()
    assert history.train_loss[-1] < 0.5 * history.train_loss[0]
    assert history.train_accuracy[-1] > 0.9
    assert trainer.network.loss(X, Y) == pytest.approx(history.train_loss[-1], rel=1e-12)
    assert trainer.network.loss(X_TEST, Y_TEST) == pytest.approx(history.test_loss[-1], rel=1e-12)


def test_entry_0_is_before_training():
    trainer = make(l2=0.1)
    assert len(trainer.history) == 1
    assert trainer.history.train_loss[0] == pytest.approx(trainer.network.loss(X, Y), rel=1e-12)
    weights = trainer.network.parameters[trainer.network.layout.is_weight]
    assert trainer.history.penalty[0] == pytest.approx(0.05 * (weights**2).sum(), rel=1e-12)
    assert np.isnan(trainer.history.learning_rate[0])
    assert trainer.history.updates[0] == 0


def test_run_goes_on_where_it_was():
    whole, parts = make(), make()
    whole.run(12)
    history = parts.run(5)
    assert parts.run(7) is history
    np.testing.assert_array_equal(history.train_loss, whole.history.train_loss)
    np.testing.assert_array_equal(history.epoch, np.arange(13))
    np.testing.assert_array_equal(history.updates, np.arange(13) * 6)
    assert (np.diff(history.elapsed_s) > 0).all()


def test_run_finishes_whole_epochs_from_the_middle_of_one():
    trainer = make()
    trainer.step_batch()
    assert (trainer.epoch, trainer.batch, trainer.n_batches) == (0, 1, 6)
    trainer.run(3)
    assert (trainer.epoch, trainer.batch) == (3, 0)
    np.testing.assert_array_equal(trainer.history.updates, [0, 6, 12, 18])


def test_steps():
    trainer = make()
    assert [trainer.step_batch() for _ in range(7)] == [1] * 7
    assert (trainer.epoch, trainer.batch) == (1, 1)
    assert trainer.step_epoch() == 5
    assert (trainer.epoch, trainer.batch) == (2, 0)
    assert trainer.advance(4) == 4
    assert trainer.advance(100, max_epochs=2) == 8
    assert trainer.advance(0) == trainer.advance(5, 0) == 0


def test_without_test_data():
    history = make(test=False).run(2)
    assert np.isnan(history.test_loss).all()
    assert np.isnan(history.test_accuracy).all()


def test_tasks():
    assert make().task == "classification"
    trainer = make(output="tanh", targets=(2 * Y - 1, 2 * Y_TEST - 1))
    assert (trainer.task, trainer.loss) == ("regression", "mean_squared_error")
    assert trainer.run(2).train_r2.shape == (3,)
    assert np.isfinite(trainer.history.train_rmse).all()
    trainer = make(output="tanh", targets=(2 * Y - 1, 2 * Y_TEST - 1), task="classification", loss="huber")
    assert 0.0 <= trainer.run(2).train_accuracy[-1] <= 1.0
    assert trainer.problem.threshold == 0.0
    with pytest.raises(SettingError, match="classification or regression"):
        make(task="clustering")


def test_flat_targets_of_one_output():
    trainer = Trainer(Network([2, 1]), X, Y[:, 0], X_TEST, Y_TEST[:, 0])
    assert trainer.problem.Y.shape == (53, 1)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"loss": "cross_entropy"}, SettingError, "needs a softmax output"),
        (
            {"sizes": (2, 6, 2), "output": "softmax", "loss": "mean_squared_error"},
            SettingError,
            "cross_entropy loss only",
        ),
        ({"output": "step", "loss": "mean_squared_error"}, SettingError, "Layer 2 cannot be trained through step"),
        ({"loss": "mse"}, SettingError, "no loss called 'mse'"),
        ({"optimizer": "adem"}, SettingError, "did you mean 'adam'"),
        ({"engine": "gpu"}, SettingError, "no engine called 'gpu'"),
        ({"targets": (Y[:10], Y_TEST)}, DataError, "53 examples but 10 targets"),
        ({"targets": (Y, Y_TEST[:3])}, DataError, "test data have 20 examples but 3 targets"),
        ({"targets": (2 * Y - 1, Y_TEST)}, DataError, "between 0 and 1"),
        ({"targets": (np.where(Y > 0, np.nan, Y), Y_TEST)}, DataError, "training data contain values"),
        ({"targets": (Y, None)}, DataError, "both X_test and Y_test"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(arguments, error, message):
    with pytest.raises(error, match=message):
        make(**arguments)


def test_no_examples():
    with pytest.raises(DataError, match="no training examples"):
        Trainer(Network([2, 1]), np.empty((0, 2)), np.empty((0, 1)))


def test_its_data_are_its_own():
    data = X.copy()
    trainer = Trainer(Network([2, 1]), data, Y)
    data[:] = np.nan
    trainer.run(1)
    assert np.isfinite(trainer.network.parameters).all()


def test_target_loss_stops():
    trainer = make(target_loss=0.6)
    history = trainer.run(10_000)
    assert history.train_loss[-1] <= 0.6 < history.train_loss[-2]
    assert trainer.stop_reason == f"The training loss reached its target of 0.6 in epoch {trainer.epoch}."
    assert trainer.is_stopped
    epoch = trainer.epoch
    assert trainer.advance(10) == 0
    assert len(trainer.run(5)) == epoch + 1
    trainer.set(target_loss=None)
    assert trainer.stop_reason == ""
    assert trainer.run(5).epoch[-1] == epoch + 5


def test_early_stopping_keeps_the_best():
    trainer = make(optimizer="adam", learning_rate=0.2, patience=8)
    history = trainer.run(5000)
    assert "test loss has not improved for 8 epochs" in trainer.stop_reason
    assert f"in epoch {trainer.best_epoch}" in trainer.stop_reason
    assert trainer.epoch == trainer.best_epoch + 8
    assert trainer.best_epoch == int(np.argmin(history.test_loss))
    trainer.network.parameters[:] = trainer.best_parameters
    assert trainer.network.loss(X_TEST, Y_TEST) == pytest.approx(history.test_loss.min(), rel=1e-12)


def test_early_stopping_without_test_data_watches_the_training_loss():
    trainer = make(test=False, learning_rate=0.0, patience=3)
    trainer.run(100)
    assert trainer.epoch == 3
    assert "training loss has not improved" in trainer.stop_reason


def with_validation(**settings):
    n = 10
    settings = {"optimizer": "adam", "learning_rate": 0.2, "patience": 8, "engine": "numpy", **settings}
    validation = {"X_validation": X_TEST[:n], "Y_validation": Y_TEST[:n]}
    return Trainer(
        Network((2, 6, 1), "tanh", "sigmoid", seed=1), X, Y, X_TEST[n:], Y_TEST[n:], **validation, **settings
    )


def test_patience_judges_by_validation_rows_where_there_are_some():
    trainer = with_validation()
    history = trainer.run(5000)
    assert "validation loss has not improved for 8 epochs" in trainer.stop_reason
    assert trainer.best_epoch == int(np.argmin(history.validation_loss)) != int(np.argmin(history.test_loss))
    assert trainer.judged_by == ""
    assert 0.0 <= history.validation_accuracy[-1] <= 1.0
    assert trainer.network.loss(X_TEST[:10], Y_TEST[:10]) == pytest.approx(history.validation_loss[-1], rel=1e-12)


def test_patience_says_by_what_it_judges():
    assert "test rows, so their figures are no honest estimate any more" in make(patience=3).judged_by
    assert "training rows" in make(test=False, patience=3).judged_by
    assert make().judged_by == ""


@pytest.mark.parametrize("engine", ["numpy", "compiled"])
def test_patience_returns_to_the_best_epoch_where_that_is_wanted(engine):
    left, restored = with_validation(engine=engine), with_validation(engine=engine, restore_best=True)
    history = left.run(5000)
    again = restored.run(5000)
    best = restored.best_epoch
    np.testing.assert_array_equal(again.validation_loss, history.validation_loss)
    assert restored.epoch == left.epoch == best + 8
    assert (left.network.parameters != left.best_parameters).any()
    np.testing.assert_array_equal(restored.network.parameters, left.best_parameters)
    assert restored.stop_reason.endswith(f"The weights are those of epoch {best} again.")
    # The history's last epoch keeps what it came to.
    np.testing.assert_array_equal(again.snapshots.parameters(restored.epoch), left.network.parameters)
    restored.clear_stop()
    restored.run(1)
    assert restored.epoch == best + 9


def test_validation_data_come_as_a_pair_and_fit():
    with pytest.raises(DataError, match="Validation data need both X_validation and Y_validation"):
        Trainer(Network((2, 1)), X, Y, X_validation=X_TEST)
    with pytest.raises(DataError, match="The validation data have 20 examples but 19 targets"):
        Trainer(Network((2, 1)), X, Y, X_validation=X_TEST, Y_validation=Y_TEST[1:])


def test_live_changes():
    trainer = make(optimizer="adam")
    trainer.run(2)
    trainer.set(learning_rate=0.0, batch_size=None, l1=0.1, l2=0.2, dropout=0.5, clip_norm=1.0, shuffle=False)
    before = trainer.network.parameters.copy()
    history = trainer.run(2)
    np.testing.assert_array_equal(trainer.network.parameters, before)
    assert history.penalty[1] == 0.0 < history.penalty[-1]
    assert history.learning_rate[1] == 0.3
    assert history.learning_rate[-1] == 0.0
    np.testing.assert_array_equal(history.updates, [0, 6, 12, 13, 14])
    trainer.set(beta1=0.5, schedule=("cosine", {"period": 10}))
    assert trainer.settings.optimizer_parameters["beta1"] == 0.5
    assert trainer.settings.schedule == "cosine"


def test_a_new_optimiser_starts_afresh_and_updates_go_on_counting():
    trainer, fresh = make(optimizer="momentum", shuffle=False), make(optimizer="adam", shuffle=False)
    trainer.run(3)
    fresh.network.parameters[:] = trainer.network.parameters
    trainer.set(optimizer="adam", learning_rate=0.01)
    fresh.set(learning_rate=0.01)
    trainer.run(2)
    fresh.run(2)
    np.testing.assert_array_equal(trainer.network.parameters, fresh.network.parameters)
    np.testing.assert_array_equal(trainer.history.updates, np.arange(6) * 6)


def test_a_refused_change_changes_nothing():
    trainer = make()
    settings = trainer.settings
    with pytest.raises(SettingError):
        trainer.set(learning_rate=0.1, batch_size=0)
    assert trainer.settings is settings


def test_a_dragged_weight():
    trainer = make()
    trainer.run(1)
    index = trainer.network.layout.weight_index(1, 2, 1)
    trainer.set_parameter(index, 1.25)
    assert trainer.network.weights[0][2, 1] == 1.25
    assert trainer.evaluate()[0] == pytest.approx(trainer.network.loss(X, Y), rel=1e-12)
    for wrong, value in ((-1, 0.0), (10_000, 0.0), (0, np.inf)):
        with pytest.raises(SettingError):
            trainer.set_parameter(wrong, value)


def test_biases_of_a_network_without_are_not_set():
    trainer = Trainer(Network([2, 1], bias=False), X, Y)
    with pytest.raises(SettingError, match="has no biases"):
        trainer.set_parameter(2, 1.0)


def test_other_data_keep_weights_optimiser_and_history():
    trainer = make(optimizer="adam")
    trainer.run(3)
    trainer.advance(2)
    before = trainer.network.parameters.copy()
    trainer.replace_data(X_TEST, Y_TEST, X[:5], Y[:5])
    np.testing.assert_array_equal(trainer.network.parameters, before)
    assert (trainer.epoch, trainer.batch, trainer.n_batches) == (3, 0, 2)
    assert trainer.best_epoch == 3
    history = trainer.run(2)
    np.testing.assert_array_equal(history.epoch, np.arange(6))
    assert history.train_loss[-1] == pytest.approx(trainer.network.loss(X_TEST, Y_TEST), rel=1e-12)
    with pytest.raises(DataError):
        trainer.replace_data(np.zeros((4, 3)), np.zeros((4, 1)))
    trainer.run(1)


def test_activations_for_maps():
    trainer = make()
    layers = trainer.activations(X)
    for ours, expected in zip(layers, trainer.network.forward(X)[1:], strict=True):
        np.testing.assert_allclose(ours, expected.T, atol=1e-14)


def test_snapshots_are_the_parameters_of_their_epochs():
    trainer = make()
    seen = {0: trainer.network.parameters.copy()}
    for epoch in range(1, 8):
        trainer.step_epoch()
        seen[epoch] = trainer.network.parameters.copy()
    assert trainer.history.snapshots.epochs.tolist() == list(range(8))
    for epoch, parameters in seen.items():
        np.testing.assert_array_equal(trainer.history.snapshots.parameters(epoch), parameters)


def test_snapshots_follow_the_stride_over_calls():
    trainer = make()
    trainer.history.snapshots.stride = 3
    trainer.advance(8)
    trainer.run(9)
    kept = trainer.history.snapshots.epochs.tolist()
    assert kept == sorted({0, 3, 6, 9, trainer.best_epoch, trainer.epoch})
    again = make()
    again.run(6)
    np.testing.assert_array_equal(trainer.history.snapshots.parameters(6), again.network.parameters)


@pytest.mark.parametrize("activation", ["linear", "tanh", "softplus", "gelu", "sine"])
def test_zero_hidden_layers_and_every_depth_train(activation):
    for depth in range(4):
        network = Network([2, *[3] * depth, 1], activation, "sigmoid")
        history = Trainer(network, X, Y, engine="numpy", optimizer="adam").run(2)
        assert np.isfinite(history.train_loss).all()


def test_a_run_can_be_interrupted_and_goes_on_bit_equal(monkeypatch):
    trainer, whole = make(), make()
    engine_advance, calls = NumpyEngine.advance, []

    def advance(*arguments, **options):
        calls.append(options["max_batches"])
        if len(calls) == 3:
            raise KeyboardInterrupt
        return engine_advance(*arguments, **options)

    monkeypatch.setattr(NumpyEngine, "advance", advance)
    with pytest.raises(KeyboardInterrupt):
        trainer.run(10_000)
    assert 0 < trainer.epoch < 500
    assert len(trainer.history) == trainer.epoch + 1
    trainer.run(500 - trainer.epoch)
    np.testing.assert_array_equal(trainer.history.train_loss, whole.run(500).train_loss)


def test_slices_of_a_run_stay_short(monkeypatch):
    trainer = make()
    durations, engine_advance = [], NumpyEngine.advance

    def advance(*arguments, **options):
        started = time.perf_counter()
        chunk = engine_advance(*arguments, **options)
        durations.append(time.perf_counter() - started)
        return chunk

    monkeypatch.setattr(NumpyEngine, "advance", advance)
    trainer.run(600)
    assert np.mean(durations) > 0.004
    assert np.median(durations) < 1.0


def test_a_trainer_is_freed_without_the_collector():
    trainer = make()
    trainer.run(1)
    reference = weakref.ref(trainer)
    del trainer
    assert reference() is None


def test_the_record_columns_are_the_frames():
    assert make().evaluate().shape == (len(RECORD_COLUMNS),)
    assert nnviz.Trainer is Trainer


@pytest.mark.parametrize("engine", ["numpy", "compiled"])
@pytest.mark.parametrize(("output", "taught", "loss"), [("sigmoid", 1.0, None), ("tanh", 1.0, "half_squared_error")])
def test_rows_of_one_class_are_right_only_where_they_are_answered_right(engine, output, taught, loss):
    network = Network([2, 1], output_activation=output)
    network.weights[0][:] = 0.0
    network.biases[0][:] = -1.0
    trainer = Trainer(network, X, np.full_like(Y, taught), loss=loss, task="classification", engine=engine)
    assert trainer.history.train_accuracy[0] == 0.0
    network.biases[0][:] = 1.0
    assert trainer.evaluate()[RECORD_COLUMNS.index("train_score")] == 1.0
