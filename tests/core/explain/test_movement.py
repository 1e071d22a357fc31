"""Why a weight moved: the pieces of the last update add up to what really happened, on both engines."""

import numpy as np
import pytest

import nnviz
from nnviz.core.explain.movement import movement_of, pushes_of


def trained(n_batches, **settings):
    data = nnviz.load_dataset("moons", n_samples=47, seed=0)
    net = nnviz.Network([2, 4, 3, 1], "tanh", seed=0)
    trainer = nnviz.Trainer(net, data.X, data.targets(net), **({"learning_rate": 0.05, "batch_size": 10} | settings))
    trainer.advance(n_batches - 1)
    before = net.parameters.copy()
    trainer.step_batch()
    return trainer, before


@pytest.mark.parametrize("n_batches", [1, 3, 5, 12])
@pytest.mark.parametrize(
    "settings",
    [
        {"engine": "numpy", "optimizer": "momentum", "l2": 0.01},
        {"engine": "compiled", "optimizer": "adam"},
        {"engine": "numpy", "shuffle": False, "batch_size": None, "clip_norm": 0.01},
    ],
)
def test_pieces_of_the_last_update_add_up_to_it(n_batches, settings):
    trainer, before = trained(n_batches, **settings)
    movement, layout = movement_of(trainer), trainer.network.layout
    assert movement.is_made
    assert len(movement.rows) == movement.worked.arithmetic.n_rows
    np.testing.assert_array_equal(trainer.problem.X[movement.rows], movement.worked.arithmetic.passed.inputs)
    for layer, unit, source in ((1, 0, 1), (2, 2, 3), (3, 0, None)):
        index = layout.bias_index(layer, unit) if source is None else layout.weight_index(layer, unit, source)
        pieces = movement.pieces(layer, unit, source)
        moved = trainer.network.parameters[index] - before[index]
        assert pieces.change == pytest.approx(moved, rel=1e-6, abs=1e-12)
        total = pieces.examples.sum() + pieces.carried + pieces.penalty
        assert total == pytest.approx(moved, rel=1e-6, abs=1e-12)


def test_where_there_is_no_last_update_it_is_the_next():
    trainer, _ = trained(3, engine="numpy")
    trainer.set_parameter(0, 1.5)
    for movement in (movement_of(trainer), movement_of(trainer, looks_back=False)):
        assert not movement.is_made
        np.testing.assert_array_equal(movement.rows, trainer.coming_rows)
    expected = movement_of(trainer).worked.arithmetic.after
    trainer.step_batch()
    np.testing.assert_allclose(trainer.network.parameters, expected, rtol=1e-12)
    fresh = nnviz.Trainer(nnviz.Network([2, 2, 1], seed=0), trainer.problem.X, trainer.problem.Y)
    assert not movement_of(fresh).is_made


def test_the_update_that_led_to_a_past_epoch():
    trainer, _ = trained(4, engine="numpy", optimizer="momentum")
    trainer.run(epochs=1)
    trainer.set(learning_rate=0.2)
    trainer.run(epochs=3)
    for epoch in (1, 2, 3):
        movement, then = movement_of(trainer, epoch=epoch), trainer.moment_at(epoch).parameters
        assert movement.is_made
        np.testing.assert_allclose(movement.worked.arithmetic.after, then, rtol=1e-9)
    assert movement_of(trainer, epoch=2).worked.learning_rate == 0.2
    start = movement_of(trainer, epoch=0)
    assert not start.is_made
    np.testing.assert_array_equal(start.worked.arithmetic.subject.parameters, trainer.moment_at(0).parameters)
    assert pushes_of(trainer, 2, 1)[0].tobytes() != pushes_of(trainer, 2)[0].tobytes()
    assert pushes_of(trainer, 47, 1) == ()


def test_what_a_row_alone_pushes():
    trainer, _ = trained(4, engine="numpy", optimizer="sgd", batch_size=1)
    row = int(trainer.coming_rows[0])
    pushes = pushes_of(trainer, row)
    before = [weights.copy() for weights in trainer.network.weights]
    trainer.step_batch()
    for push, old, new in zip(pushes, before, trainer.network.weights, strict=True):
        np.testing.assert_allclose(push, new - old, rtol=1e-9, atol=1e-15)
