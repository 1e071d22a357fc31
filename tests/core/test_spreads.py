"""Histograms over time: quantiles of what the run had at each epoch, for layers and for single units."""

from __future__ import annotations

import numpy as np
import pytest

import nnviz
from nnviz.core.errors import SettingError
from nnviz.core.layer_statistics import QUANTILES
from nnviz.core.spreads import QUANTITIES, spreads_over_time
from nnviz.core.trainer import Trainer


@pytest.fixture(scope="module")
def trainer() -> Trainer:
    data = nnviz.load_dataset("xor", n_samples=120, seed=0)
    trained = nnviz.Trainer(nnviz.Network([2, 4, 1], seed=0), data.X, data.y, engine="numpy", learning_rate=0.1)
    trained.run(epochs=12)
    return trained


def test_they_are_the_quantiles_of_each_epoch(trainer: Trainer) -> None:
    spreads = spreads_over_time(trainer)
    assert spreads.epochs.tolist() == list(range(13))
    assert spreads.layers == (1, 2)
    assert set(spreads.quantiles) == set(QUANTITIES)
    for epoch in (0, 7, 12):
        network = trainer.moment_at(epoch)
        before = trainer.moment_at(epoch - 1) if epoch else None
        for layer in (0, 1):
            expected = {"weights": network.weights[layer], "biases": network.biases[layer]}
            expected["activations"] = network.forward(trainer.problem.X).f[layer]
            expected["gradients"] = network.layout.weights(network.gradient())[layer]
            if before is not None:
                expected["updates"] = network.weights[layer] - before.weights[layer]
            for name, values in expected.items():
                found = spreads.quantiles[name][layer, epoch]  # type: ignore[index]
                assert found == pytest.approx(np.quantile(values, QUANTILES), abs=1e-9), name
    assert np.isnan(spreads.quantiles["updates"][:, 0]).all()


def test_of_one_unit_they_are_of_its_own_values(trainer: Trainer) -> None:
    spreads = spreads_over_time(trainer, unit=(1, 2), max_epochs=4)
    assert spreads.layers == (1,)
    assert len(spreads.epochs) == 4
    moment = trainer.moment_at(12)
    assert spreads.quantiles["weights"][0, -1] == pytest.approx(np.quantile(moment.weights[0][2], QUANTILES))
    assert spreads.quantiles["biases"][0, -1] == pytest.approx(np.full(5, moment.biases[0][2]))
    answers = moment.forward(trainer.problem.X).f[0][:, 2]
    assert spreads.quantiles["activations"][0, -1] == pytest.approx(np.quantile(answers, QUANTILES))
    # Where epochs are left out, an update is the mean of them.
    before = trainer.moment_at(int(spreads.epochs[-2]))
    moved = (moment.weights[0][2] - before.weights[0][2]) / (spreads.epochs[-1] - spreads.epochs[-2])
    assert spreads.quantiles["updates"][0, -1] == pytest.approx(np.quantile(moved, QUANTILES))


def test_a_unit_that_is_not_there_is_said(trainer: Trainer) -> None:
    with pytest.raises(SettingError, match="no unit 5 in layer 1"):
        spreads_over_time(trainer, unit=(1, 4))


def test_a_run_that_comes_from_elsewhere_begins_with_how_it_is(trainer: Trainer) -> None:
    trainer.run(3)
    again = Trainer.from_checkpoint(trainer.checkpoint(), trainer.problem.X, trainer.problem.Y)
    assert spreads_over_time(again).epochs.tolist() == [trainer.epoch]
    last = spreads_over_time(trainer).quantiles["weights"][:, -1]
    np.testing.assert_array_equal(spreads_over_time(again).quantiles["weights"][:, 0], last)
    again.run(2)
    assert spreads_over_time(again).epochs.tolist() == [trainer.epoch + 1, trainer.epoch + 2]
