"""Statistics of layers, and the ways of weights, of any past moment: against plain NumPy."""

import math

import numpy as np
import pytest

from nnviz.core.errors import SettingError
from nnviz.core.layer_statistics import QUANTILES, layer_statistics
from nnviz.core.network import Network
from nnviz.core.trainer import Trainer
from tests.core.past_runs import rows

engines = pytest.mark.parametrize("engine", ["numpy", "compiled"])


def make(engine="numpy", hidden=("relu", "sigmoid"), n=60, **settings):
    network = Network([2, 5, 4, 1], list(hidden), "sigmoid", seed=1)
    return Trainer(network, *rows(0, n), engine=engine, **{"batch_size": 4, "learning_rate": 0.3, **settings})


@engines
def test_they_are_what_numpy_makes_of_the_network_of_then(engine):
    trainer, network = make(engine), None
    trainer.run(3)
    network, before = trainer.network.copy(), trainer.parameters_at(2)
    trainer.set(learning_rate=0.01)
    trainer.run(4)
    X, Y = rows(0, 60)
    dW, _ = network.gradients(X, Y)
    old = trainer.network.layout.weights(before)
    A, Z = network.forward(X)[1:], network.pre_activations(X)
    for place, found in enumerate(trainer.layer_statistics_at(3)):
        values = A[place].ravel()
        assert found.layer == place + 1
        assert found.mean == pytest.approx(values.sum() / values.size)
        assert found.sd == pytest.approx(math.sqrt(((values - values.mean()) ** 2).mean()))
        assert found.quantiles == pytest.approx([np.quantile(values, share) for share in QUANTILES])
        flat = 0.0 if place == 0 else np.mean((values < 0.01) | (values > 0.99))
        assert found.saturated == pytest.approx(flat)
        assert found.silent == (np.mean([(z <= 0.0).all() for z in Z[0].T]) if place == 0 else 0.0)
        assert found.weight_norm == pytest.approx(math.sqrt((network.weights[place] ** 2).sum()))
        assert found.gradient_norm == pytest.approx(math.sqrt((dW[place] ** 2).sum()))
        assert found.update_norm == pytest.approx(math.sqrt(((network.weights[place] - old[place]) ** 2).sum()))


def test_silent_and_saturated_units_are_found():
    trainer = make()
    trainer.network.biases[0][:2] = -50.0
    trainer.network.weights[1][:] *= 100.0
    trainer.network.biases[1][:] = (50.0, -50.0, 0.0, 0.0)
    first, second, _ = layer_statistics(trainer.moment())
    assert first.silent == 0.4
    assert second.saturated >= 0.5
    assert math.isnan(first.update_norm)
    assert math.isnan(trainer.layer_statistics_at(0)[0].update_norm)


def test_of_many_rows_evenly_spaced_ones_are_looked_at():
    trainer = make(n=1000)
    few, some = layer_statistics(trainer.moment(), max_rows=100), rows(0, 1000)[0][::10]
    assert few[0].mean == pytest.approx(trainer.network.forward(some)[1].mean())


@engines
def test_every_epoch_between_two_is_exact_through_edits(engine):
    trainer, expected = make(engine, optimizer="adam"), []
    for epoch in range(12):
        expected.append(trainer.network.parameters.copy())
        if epoch == 4:
            trainer.set_parameter(3, 0.7)
        if epoch == 6:
            trainer.step_batch()
            trainer.replace_data(*rows(2, 31))
        trainer.run(1)
    between = trainer.parameters_between(3, 9)
    np.testing.assert_array_equal(between, expected[3:10])
    np.testing.assert_array_equal(trainer.parameters_between(5, 5), expected[5:6])
    with pytest.raises(SettingError, match="The first epoch, 7, comes after the last, 3"):
        trainer.parameters_between(7, 3)


def test_more_than_fits_into_memory_is_refused(monkeypatch):
    monkeypatch.setattr("nnviz.core.run_memory.MOST_SERIES_BYTES", 1000)
    trainer = make()
    trainer.run(9)
    with pytest.raises(SettingError, match="weights of 9 epochs would take"):
        trainer.parameters_between(1, 9)


@engines
def test_the_way_of_chosen_weights_is_there_at_once(engine):
    trainer = make(engine)
    layout = trainer.network.layout
    chosen = [layout.weight_index(2, 1, 3), layout.bias_index(1, 0)]
    seen = []
    for _ in range(20):
        trainer.run(1)
        seen.append(trainer.network.parameters[chosen])
    epochs, values = trainer.parameters_over_time(chosen, first=5)
    assert epochs.tolist() == list(range(5, 21))
    np.testing.assert_array_equal(values, seen[4:])
    epochs, values = trainer.parameters_over_time(chosen, max_epochs=4)
    assert epochs.tolist()[0] == 0
    assert epochs.tolist()[-1] == 20
    assert values.shape == (4, 2)
    with pytest.raises(SettingError, match="no parameter 999"):
        trainer.parameters_over_time([999])


def test_the_nearest_kept_epoch_needs_no_training():
    trainer = make()
    trainer.history.snapshots.budget_bytes = 8 * 200 * 8
    trainer.run(100)
    kept = trainer.nearest_kept(77)
    assert abs(kept - 77) <= 16
    assert trainer.history.snapshots.as_it_ended(kept) is not None
    np.testing.assert_array_equal(trainer.moment_at(kept).parameters, trainer.checkpoint_at(kept).parameters)
