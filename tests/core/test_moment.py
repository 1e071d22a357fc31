"""Moments: what is needed to show a run, live or past, whoever makes them."""

import numpy as np
import pytest

from nnviz.core.moment import record_of
from nnviz.core.network import Network
from nnviz.core.trainer import Trainer
from tests.core.past_runs import rows

engines = pytest.mark.parametrize("engine", ["numpy", "compiled"])
RICH = {"optimizer": "adam", "l2": 0.01, "l1": 0.003, "learning_rate": 0.05, "batch_size": 4}


def make(engine="numpy", **settings):
    network = Network([2, 3, 1], "tanh", "sigmoid", seed=1)
    return Trainer(network, *rows(0, 23), *rows(1, 9), engine=engine, **{**RICH, **settings})


@engines
def test_a_live_moment_is_where_the_run_stands_and_stays_so(engine):
    trainer = make(engine)
    trainer.run(3)
    trainer.step_batch()
    moment, network = trainer.moment(run_id=7), trainer.network.copy()
    record = trainer.evaluate()
    trainer.run(4)
    assert (moment.run_id, moment.epoch, moment.batch, moment.n_batches) == (7, 3, 1, 6)
    assert (moment.is_live, moment.data_version, moment.layer_sizes) == (True, 0, (2, 3, 1))
    np.testing.assert_array_equal(moment.parameters, network.parameters)
    assert not moment.parameters.flags.writeable
    X, Y = rows(0, 23)
    np.testing.assert_allclose(moment.layer_values(X)[-1].T, network.predict(X), rtol=0, atol=1e-12)
    np.testing.assert_array_equal(moment.forward(X).Z[0], network.pre_activations(X)[0])
    np.testing.assert_array_equal(moment.gradient(), network.flat_gradient(X, Y))
    np.testing.assert_array_equal(moment.evaluate()[:-1], record[:-1])
    assert moment.evaluate()[-1] == trainer.history.learning_rate[3]
    np.testing.assert_array_equal(moment.record, record_of(trainer.history, 3))


@engines
def test_a_past_moment_has_parameters_settings_and_data_of_then(engine):
    trainer = make(engine)
    trainer.run(4)
    expected = trainer.network.parameters.copy()
    loss = trainer.evaluate()
    trainer.set(learning_rate=0.5, batch_size=10)
    trainer.replace_data(*rows(5, 31), *rows(6, 5))
    trainer.run(3)
    trainer.replace_data(*rows(7, 12))
    trainer.run(2)
    then, later, now = trainer.moment_at(4), trainer.moment_at(6), trainer.moment()
    np.testing.assert_array_equal(then.parameters, expected)
    np.testing.assert_array_equal(then.evaluate()[:-1], loss[:-1])
    assert [len(moment.problem.X) for moment in (then, later, now)] == [23, 31, 12]
    assert [moment.data_version for moment in (then, later, now)] == [0, 1, 2]
    assert [moment.settings.learning_rate for moment in (then, later, now)] == [0.05, 0.5, 0.5]
    assert [moment.n_batches for moment in (then, later, now)] == [6, 4, 2]
    assert [moment.is_live for moment in (then, later, now)] == [False, False, True]
    assert then.record[0] == trainer.history.train_loss[4]
    assert trainer.data_versions == {0, 1, 2}


def test_a_route_that_another_thread_has_followed_leads_to_the_same_moment():
    trainer = make()
    trainer.run(9)
    trainer.set_parameter(2, 1.5)
    trainer.run(3)
    route = trainer.route_to(11)
    moment = trainer.moment_of(route, route.follow().state.parameters, run_id=3)
    assert moment.is_same_as(trainer.moment_at(11, run_id=3))
    assert not moment.is_same_as(trainer.moment_at(10, run_id=3))
    assert not moment.is_same_as(trainer.moment_at(11, run_id=4))


def test_a_saved_checkpoint_makes_the_moment_that_its_run_stood_at(tmp_path):
    trainer = make("compiled")
    trainer.run(5)
    trainer.step_batch()
    trainer.checkpoint().save(tmp_path / "run.npz")
    checkpoint = type(trainer.checkpoint()).load(tmp_path / "run.npz")
    moment, live = checkpoint.moment(*rows(0, 23), *rows(1, 9)), trainer.moment()
    assert moment.is_same_as(live)
    assert (moment.is_live, moment.engine_name, moment.n_batches) == (False, "compiled", live.n_batches)
    np.testing.assert_allclose(moment.evaluate(), live.evaluate(), rtol=1e-12)
    np.testing.assert_array_equal(moment.record, live.record)
    assert moment.best_epoch == live.best_epoch
