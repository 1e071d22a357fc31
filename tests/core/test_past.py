"""Any past epoch, bit-equal, whatever was edited on the way."""

import os

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from nnviz.core.errors import Cancelled, SettingError
from nnviz.core.network import Network
from nnviz.core.trainer import Trainer
from tests.core.past_runs import RARELY, Watched, check, data, events, rows
from tests.core.past_runs import settings as any_settings

engines = pytest.mark.parametrize("engine", ["numpy", "compiled"])
#: Three hundred of them: ``NNVIZ_PAST_CASES=150 pytest tests/core/test_past.py``, for each engine.
CASES = int(os.environ.get("NNVIZ_PAST_CASES", "20"))

#: Without shrinking, which takes minutes on a course of so many parts.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)


@engines
@settings(max_examples=CASES, deadline=None, phases=PHASES, suppress_health_check=list(HealthCheck))
@given(
    first=data(),
    chosen=any_settings,
    class_weights=st.sampled_from([None, "balanced", (1.0, 3.0)]),
    gap_s=st.sampled_from([0.0, RARELY]),
    course=st.lists(events, max_size=14),
)
def test_every_epoch_is_what_it_was(engine, first, chosen, class_weights, gap_s, course):
    watched = Watched(engine, first, chosen, class_weights, gap_s)
    for kind, value in course:
        watched.do(kind, value)
    watched.train(7)
    check(watched)


def make(engine="numpy", n=23, **settings):
    network = Network([2, 3, 1], "tanh", "sigmoid", seed=1)
    return Trainer(network, *rows(0, n), *rows(1, 9), engine=engine, **{"batch_size": 4, **settings})


RICH = {"optimizer": "adam", "dropout": 0.3, "schedule": "cosine", "clip_norm": 0.5, "l2": 0.01, "learning_rate": 0.05}


@engines
def test_another_course_from_a_past_epoch_is_bit_equal(engine):
    trainer = make(engine, **RICH)
    trainer.run(9)
    trainer.step_batch()
    trainer.set(learning_rate=0.5, batch_size=7)
    trainer.run(6)
    again = Trainer.from_checkpoint(trainer.checkpoint_at(5), *rows(0, 23), *rows(1, 9))
    assert again.settings.learning_rate == 0.05
    again.run(4)
    np.testing.assert_array_equal(again.network.parameters, trainer.parameters_at(9))
    np.testing.assert_array_equal(again.history.test_loss, trainer.history.test_loss[:10])


@engines
def test_what_was_cut_at_a_checkpoint_in_mid_epoch_starts_with_the_next(engine):
    trainer = make(engine, **RICH)
    trainer.run(3)
    trainer.step_batch()
    left = Trainer.from_checkpoint(trainer.checkpoint(), *rows(0, 23), *rows(1, 9))
    left.run(3)
    trainer.run(3)
    for epoch in (4, 5, 6):
        np.testing.assert_array_equal(left.parameters_at(epoch), trainer.parameters_at(epoch))
    with pytest.raises(SettingError, match="before epoch 4 is not known any more; ask for that epoch or a later one"):
        left.parameters_at(3)
    with pytest.raises(SettingError, match="has come to epoch 6; it knows nothing of epoch 7"):
        left.checkpoint_at(7)


def test_an_edit_at_the_end_of_an_epoch_comes_after_it():
    trainer = make()
    trainer.run(2)
    ended = trainer.network.parameters.copy()
    trainer.set_parameter(0, 5.0)
    np.testing.assert_array_equal(trainer.parameters_at(2), ended)
    trainer.run(1)
    np.testing.assert_array_equal(trainer.checkpoint_at(2).parameters, ended)


def test_what_a_callback_writes_into_the_weights_is_an_edit():
    trainer, seen = make(), {}

    def decay(run):
        seen[run.epoch] = run.network.parameters.copy()
        run.network.weights[0][:] *= 0.9

    trainer.run(12, callback=decay)
    assert [segment.began for segment in trainer.segments] == [("start",), *[("weights",)] * 11]
    for epoch, parameters in seen.items():
        np.testing.assert_array_equal(trainer.checkpoint_at(epoch).parameters, parameters)


def test_segments_name_what_began_them():
    trainer = make()
    trainer.run(2)
    trainer.set(optimizer="adam")
    trainer.set(learning_rate=0.1)
    trainer.step_batch()
    trainer.set_parameter(3, 0.5)
    trainer.run(1)
    trainer.step_batch()
    trainer.replace_data(*rows(5, 11))
    trainer.run(1)
    told = [(segment.epoch, segment.sample, segment.began) for segment in trainer.segments]
    assert told == [
        (0, 0, ("start",)),
        (2, 0, ("settings", "optimiser")),
        (2, 4, ("weights",)),
        (3, 0, ("data",)),
    ]


def test_it_can_be_cancelled_and_asks_often_enough():
    trainer = make("compiled")
    trainer._past._gap_s = RARELY
    trainer.run(20_000)
    asked = []

    def cancelled():
        asked.append(0)
        return len(asked) > 3

    with pytest.raises(Cancelled):
        trainer.checkpoint_at(19_999, cancelled)
    assert len(asked) == 4
    assert trainer.epoch == 20_000


@engines
def test_thinned_keyframes_lose_nothing(engine):
    trainer, plain = make(engine, **RICH), make(engine, **RICH)
    past = trainer._past
    past.budget_bytes, past._gap_s = 60_000, 0.0
    expected = {}
    for epoch in range(1, 41):
        if epoch % 7 == 0:
            for run in (trainer, plain):
                run.set(learning_rate=0.05 + epoch / 1000)
        for run in (trainer, plain):
            run.run(1)
        past._gap_s = 0.0
        expected[epoch] = plain.network.parameters.copy()
    assert 2 < past.n_keyframes < 30
    assert past.nbytes < 1.2 * past.budget_bytes
    for epoch, parameters in list(expected.items())[::5]:
        np.testing.assert_array_equal(trainer.route_to(epoch).follow().state.parameters, parameters)


@engines
def test_edits_beyond_the_budget_give_up_what_is_oldest(engine):
    trainer, expected = make(engine), {}
    past = trainer._past
    past.budget_bytes = 60_000
    for epoch in range(60):
        trainer.replace_data(*rows(epoch, 40))
        trainer.run(1)
        expected[epoch + 1] = trainer.network.parameters.copy()
        assert past.nbytes < 1.2 * past.budget_bytes
    assert 30 < past.first_epoch < 60
    for epoch in range(past.first_epoch, 61):
        np.testing.assert_array_equal(trainer.checkpoint_at(epoch).parameters, expected[epoch])
    with pytest.raises(SettingError, match="is not known any more"):
        trainer.checkpoint_at(past.first_epoch - 1)


def test_data_that_stay_are_held_once():
    trainer = make()
    trainer.run(1)
    (X, Y), test = rows(0, 23), rows(1, 9)
    X[3] = 0.0
    trainer.replace_data(X, Y, *test)
    before = trainer.problem
    trainer.run(1)
    trainer.replace_data(X, Y, *test)
    assert all(getattr(trainer.problem, name) is getattr(before, name) for name in ("X", "Y", "X_test", "Y_test"))


def test_a_thread_looks_back_while_the_run_goes_on():
    from concurrent.futures import ThreadPoolExecutor

    trainer, plain = make("compiled", **RICH), make("compiled", **RICH)
    trainer._past._gap_s = RARELY
    trainer.run(300)
    plain.run(300)
    expected = plain.parameters_at(200)
    route = trainer.route_to(200)
    with ThreadPoolExecutor(1) as pool:
        recalled = pool.submit(route.follow)
        trainer.run(400)
        np.testing.assert_array_equal(recalled.result().state.parameters, expected)
    plain.run(400)
    np.testing.assert_array_equal(trainer.network.parameters, plain.network.parameters)


@pytest.mark.parametrize("epoch", ["3", 2.5, -1, None])
def test_an_epoch_is_a_whole_number(epoch):
    trainer = make()
    trainer.run(3)
    with pytest.raises(SettingError, match="epoch must be a whole number"):
        trainer.checkpoint_at(epoch)


def test_a_run_that_took_over_another_one_begins_there():
    former = make()
    former.run(4)
    trainer = make()
    trainer.take_over(former.checkpoint())
    trainer.run(3)
    plain = make()
    plain.take_over(former.checkpoint())
    for epoch in (5, 6, 7):
        plain.run(1)
        np.testing.assert_array_equal(trainer.checkpoint_at(epoch).parameters, plain.network.parameters)
    assert trainer.checkpoint_at(6).history.marks == (4,)
    with pytest.raises(SettingError, match="before epoch 4"):
        trainer.checkpoint_at(3)
