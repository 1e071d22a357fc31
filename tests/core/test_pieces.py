"""Large updates in pieces: the same to the last bit, and the run stands before them until they are whole."""

import numpy as np
import pytest

import nnviz
from nnviz.core import pieces
from nnviz.core.engine import RECORD_COLUMNS, RunState
from nnviz.core.errors import Cancelled
from nnviz.core.layout import Layout
from nnviz.core.masks import Mask, Masks
from nnviz.core.rng import dropout_mask

N, ENGINES = 700, ["numpy", "compiled"]
RUNS = {
    "full batch": {"batch_size": None, "optimizer": "adam", "clip_norm": 0.5, "l2": 0.01},
    "large batches": {"batch_size": 300, "optimizer": "momentum", "dropout": 0.3},
    "weighted": {"batch_size": 300, "row_weights": np.linspace(0.5, 2.0, N), "l1": 0.001},
    "figures alone": {"batch_size": 20, "optimizer": "rmsprop"},
    "a sum": {"batch_size": None, "loss": "sum_squared_error", "output_activation": "linear", "learning_rate": 1e-4},
}


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    """Rows by the dozen make a piece: 128 in the compiled engine, whose chunks are that long."""
    layout = Layout((3, 6, 2))
    monkeypatch.setattr(pieces, "_PIECE_WORK", 60 * (layout.n_parameters + 16 * sum(layout.sizes)))
    assert pieces.rows_of_piece(layout) == 60


def trainer_of(engine="numpy", output_activation="softmax", **settings):
    rng = np.random.default_rng(5)
    X = rng.normal(size=(N + 500, 3))
    Y = np.eye(2)[(X[:, 0] * X[:, 1] > 0).astype(int)]
    net = nnviz.Network([3, 6, 2], activation="tanh", output_activation=output_activation, seed=1)
    held_back = {"X_validation": X[N : N + 150], "Y_validation": Y[N : N + 150]}
    settings = {"learning_rate": 0.05, **settings}
    return nnviz.Trainer(net, X[:N], Y[:N], X[N + 150 :], Y[N + 150 :], engine=engine, **held_back, **settings)


def always():
    return True


def in_pieces(trainer, epochs):
    """Train piece by piece; return how often it paused."""
    goal, n_pauses = trainer.epoch + epochs, 0
    while trainer.epoch < goal and not trainer.is_stopped:
        trainer.advance(10**6, goal - trainer.epoch, always)
        n_pauses += trainer.is_amid
    return n_pauses


def assert_same(ours, other):
    np.testing.assert_array_equal(ours.network.parameters, other.network.parameters)
    for name in RECORD_COLUMNS:
        np.testing.assert_array_equal(ours.history.column(name), other.history.column(name), err_msg=name)
    ours, other = ours.checkpoint().state, other.checkpoint().state
    np.testing.assert_array_equal(ours.slots, other.slots)
    assert (ours.best_epoch, ours.best_loss, ours.update) == (other.best_epoch, other.best_loss, other.update)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("run", RUNS)
def test_an_update_in_pieces_is_the_same_to_the_last_bit(engine, run):
    cut, whole = trainer_of(engine, **RUNS[run]), trainer_of(engine, **RUNS[run])
    n_pauses = in_pieces(cut, 3)
    whole.run(3)
    # 1 200 rows are measured, and 700 or none of them passed there and back in more than one piece.
    assert n_pauses >= 3 * (2 if run == "figures alone" or engine == "compiled" else 9)
    assert_same(cut, whole)


@pytest.mark.parametrize("run", RUNS)
def test_both_engines_make_the_same_of_their_pieces(run):
    ours, reference = trainer_of("compiled", **RUNS[run]), trainer_of("numpy", **RUNS[run])
    for trainer in (ours, reference):
        in_pieces(trainer, 1)
    np.testing.assert_allclose(ours.network.parameters, reference.network.parameters, rtol=0.0, atol=1e-12)
    np.testing.assert_allclose(ours.history.last_record, reference.history.last_record, rtol=1e-10)


@pytest.mark.parametrize("engine", ENGINES)
def test_amid_an_update_the_run_stands_before_it(engine):
    trainer = trainer_of(engine, batch_size=None)
    trainer.run(2)
    before = trainer.network.parameters.copy()
    assert trainer.advance(1, 1, always) == 0
    assert trainer.is_amid
    assert (trainer.epoch, trainer.batch) == (2, 0)
    np.testing.assert_array_equal(trainer.network.parameters, before)
    again = nnviz.Trainer.from_checkpoint(
        trainer.checkpoint(), trainer.problem.X, trainer.problem.Y, trainer.problem.X_test, trainer.problem.Y_test
    )
    in_pieces(trainer, 2)
    again.run(2)
    np.testing.assert_array_equal(trainer.network.parameters, again.network.parameters)


FROZEN = Mask("frozen", 1, 1)
EDITS = {
    "a weight": lambda trainer: trainer.set_parameter(3, 0.7),
    "the rate": lambda trainer: trainer.set(learning_rate=0.2),
    "the optimiser": lambda trainer: trainer.set(optimizer="adam"),
    "what is held": lambda trainer: setattr(trainer.network, "masks", Masks.fitting(trainer.network.layout, [FROZEN])),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("edit", EDITS)
def test_what_is_edited_amid_an_update_has_it_begin_anew(engine, edit):
    cut, whole = trainer_of(engine, batch_size=None), trainer_of(engine, batch_size=None)
    for _ in range(4):
        cut.advance(1, 1, always)
    for trainer in (cut, whole):
        EDITS[edit](trainer)
    in_pieces(cut, 2)
    whole.run(2)
    np.testing.assert_array_equal(cut.network.parameters, whole.network.parameters)
    np.testing.assert_array_equal(cut.parameters_at(1), whole.parameters_at(1))


@pytest.mark.parametrize("engine", ENGINES)
def test_an_update_in_pieces_that_leads_to_infinities_is_taken_back(engine):
    trainer = trainer_of(engine, batch_size=None, loss="sum_squared_error", output_activation="linear")
    trainer.set(learning_rate=1e6, optimizer="sgd")
    in_pieces(trainer, 50)
    assert trainer.diverged is not None
    assert np.isfinite(trainer.network.parameters).all()
    assert trainer.batch == 0


def test_small_updates_are_not_asked_about():
    trainer = trainer_of(batch_size=20)
    trainer.advance(34, 1, lambda: pytest.fail("asked"))
    assert trainer.batch == 34


@pytest.mark.parametrize("engine", ENGINES)
def test_computing_the_past_again_can_be_given_up_amid_an_update(engine):
    trainer = trainer_of(engine, batch_size=None)
    trainer.run(3)
    asked = []

    def cancelled():
        asked.append(None)
        return len(asked) > 3

    with pytest.raises(Cancelled):
        trainer.route_to(2).follow(cancelled)
    # Once before the first slice, and after the piece that the last answer has ended.
    assert len(asked) == 5
    asked.clear()
    state: RunState = trainer.route_to(2).follow(lambda: asked.append(None)).state
    assert state.epoch == 2
    assert len(asked) > 5


def test_dropout_of_some_rows_is_that_of_the_whole_batch():
    whole = dropout_mask(3, 5, 40, 30, 7, 0.4)
    np.testing.assert_array_equal(dropout_mask(3, 5, 40, 12, 7, 0.4, 9), whole[9:21])
