"""Runs of tiny networks with edits of every kind, and what they were at the end of each epoch."""

import numpy as np
from hypothesis import strategies as st

from nnviz.core.checkpoint import Checkpoint
from nnviz.core.masks import PINNED, Mask, Masks
from nnviz.core.network import Network
from nnviz.core.optimizers import OPTIMIZERS
from nnviz.core.schedules import SCHEDULES
from nnviz.core.trainer import Trainer

RARELY = 1e9


def rows(seed, n):
    random = np.random.default_rng(seed)
    X = random.normal(size=(n, 2))
    return X, (X[:, :1] * X[:, 1:] > 0.3 * random.normal(size=(n, 1))).astype(float)


@st.composite
def data(draw):
    """Return what a trainer takes of data: training rows, and perhaps test and validation rows and weights."""
    n, seed = draw(st.integers(1, 9)), draw(st.integers(0, 99))
    given = dict(zip(("X", "Y"), rows(seed, n), strict=True))
    if draw(st.booleans()):
        given |= zip(("X_test", "Y_test"), rows(seed + 1, 3), strict=True)
    if draw(st.booleans()):
        given |= zip(("X_validation", "Y_validation"), rows(seed + 2, 4), strict=True)
    if draw(st.booleans()):
        given["row_weights"] = np.random.default_rng(seed).uniform(0.1, 3.0, n)
    return given


settings = st.fixed_dictionaries(
    {},
    optional={
        "optimizer": st.sampled_from(list(OPTIMIZERS)),
        "learning_rate": st.sampled_from([0.01, 0.3, 3.0]),
        "batch_size": st.sampled_from([1, 2, 3, 5, None]),
        "shuffle": st.booleans(),
        "schedule": st.sampled_from(list(SCHEDULES)),
        "l1": st.sampled_from([0.0, 0.01]),
        "l2": st.sampled_from([0.0, 0.1]),
        "dropout": st.sampled_from([0.0, 0.4]),
        "clip_norm": st.sampled_from([None, 0.1]),
        "target_loss": st.sampled_from([None, 0.5]),
        "patience": st.sampled_from([None, 1, 3]),
        "restore_best": st.booleans(),
        "seed": st.integers(0, 3),
    },
)


@st.composite
def masks(draw):
    """Return some masks of the network 2-3-1, one for each place."""
    layer = draw(st.sampled_from([1, 2]))
    unit = draw(st.integers(0, 2 if layer == 1 else 0))
    source = draw(st.integers(0, 1 if layer == 1 else 2))
    possible = [
        Mask("frozen", layer),
        Mask("frozen", layer, unit),
        Mask("pinned", layer, unit, source, draw(st.sampled_from([-0.5, 2.0]))),
        Mask("pinned", layer, unit, None, 0.25),
        Mask("cut", layer, unit, source),
        Mask("muted", 1, draw(st.integers(0, 2))),
    ]
    chosen = draw(st.lists(st.sampled_from(possible), max_size=4))
    return tuple({mask.place: mask for mask in chosen}.values())


events = st.one_of(
    st.tuples(st.just("train"), st.integers(1, 15)),
    st.tuples(st.just("train"), st.integers(1, 15)),
    st.tuples(st.just("set"), settings),
    st.tuples(st.just("weight"), st.tuples(st.integers(0, 12), st.floats(-3.0, 3.0))),
    st.tuples(st.just("write"), st.floats(-2.0, 2.0)),
    st.tuples(st.just("blow up"), st.just(1e300)),
    st.tuples(st.just("data"), data()),
    st.tuples(st.just("mask"), masks()),
)


class Watched:
    """A run whose moments are taken down as they come."""

    def __init__(self, engine, given, chosen, class_weights, gap_s):
        network = Network([2, 3, 1], "tanh", "sigmoid", seed=1)
        self.trainer = Trainer(network, **given, engine=engine, class_weights=class_weights, **chosen)
        self.trainer._past._gap_s = gap_s
        self.seen: dict[int, Checkpoint] = {}
        self.parameters: dict[int, np.ndarray] = {}
        self.given: dict[int, dict] = {}
        self.data = given
        self._take_down()

    def _take_down(self):
        trainer = self.trainer
        self.parameters[trainer.epoch] = trainer.network.parameters.copy()
        self.seen[trainer.epoch] = trainer.checkpoint()
        self.given[trainer.epoch] = self.data

    def do(self, kind, value):
        trainer, parameters = self.trainer, self.trainer.network.parameters
        if kind == "train":
            self.train(value)
        elif kind == "set":
            trainer.set(**value)
        elif kind == "weight":
            if trainer.network.masks.codes[value[0]] < PINNED:
                trainer.set_parameter(*value)
        elif kind == "mask":
            trainer.network.masks = Masks(trainer.network.layout, value)
        elif kind == "write":
            trainer.network.weights[0][:] = value
        elif kind == "blow up":
            parameters[:] = np.where(parameters > 0.0, value, parameters)
        elif kind == "data":
            self.data = value
            trainer.replace_data(**value)

    def train(self, n_batches):
        while n_batches > 0:
            if self.trainer.is_stopped:
                self.trainer.clear_stop()
            epoch = self.trainer.epoch
            made = self.trainer.advance(n_batches, 1)
            if self.trainer.epoch > epoch:
                if self.trainer.is_stopped:
                    # Stopping may change the run at once: its weights, to the best ones.
                    self.parameters[self.trainer.epoch] = self.trainer.history.snapshots.as_it_ended(self.trainer.epoch)
                    self.given[self.trainer.epoch] = self.data
                else:
                    self._take_down()
            n_batches -= max(made, 1)


def assert_same(ours, expected):
    """Two checkpoints are bit-equal in all that a continuation depends on."""
    for name in ("epoch", "sample", "update", "best_loss", "best_epoch", "loss_limit"):
        assert getattr(ours.state, name) == getattr(expected.state, name), name
    for name in ("parameters", "slots", "best_parameters"):
        np.testing.assert_array_equal(getattr(ours.state, name), getattr(expected.state, name), err_msg=name)
    assert (ours.settings, ours.former_updates, ours.engine) == (
        expected.settings,
        expected.former_updates,
        expected.engine,
    )
    for name, column in expected.history.to_arrays().items():
        np.testing.assert_array_equal(ours.history.to_arrays()[name], column, err_msg=name)


def check(watched):
    """Hold every epoch of the run against what was taken down, and the run against having been disturbed."""
    trainer = watched.trainer
    before = trainer.checkpoint()
    edited = {segment.epoch for segment in trainer.segments}
    for epoch, parameters in watched.parameters.items():
        if epoch % 5 and not edited & {epoch - 1, epoch, epoch + 1}:
            continue
        np.testing.assert_array_equal(trainer.parameters_at(epoch), parameters)
        recalled = trainer.route_to(epoch).follow()
        np.testing.assert_array_equal(recalled.state.parameters, parameters)
        if epoch in watched.seen:
            assert_same(trainer.checkpoint_at(epoch), watched.seen[epoch])
    assert_same(trainer.checkpoint(), before)
    assert list(watched.parameters) == list(range(trainer.epoch + 1))
