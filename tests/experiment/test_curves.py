"""Curves of a frame: their x axes, the best epoch, and one epoch read exactly."""

from __future__ import annotations

import numpy as np

from nnviz.experiment import FrameBuilder, Needs, prepare
from nnviz.experiment.document import Experiment
from nnviz.experiment.schema import DataSpec, LayerSpec, NetworkSpec, TrainingSpec


def trained(epochs: int, data: str = "xor") -> tuple[object, FrameBuilder]:
    prepared = prepare(
        Experiment(
            data=DataSpec(name=data),
            network=NetworkSpec(hidden=(LayerSpec(units=3),)),
            training=TrainingSpec(engine="numpy", learning_rate=0.1, batch_size=50),
        )
    )
    trainer = prepared.trainer()
    trainer.run(epochs)
    return trainer, FrameBuilder(prepared)


def test_short_histories_are_complete_and_the_best_epoch_is_read() -> None:
    trainer, builder = trained(30)
    curves = builder.build(trainer.moment(), Needs()).curves
    assert curves.is_exact
    np.testing.assert_array_equal(curves.updates, trainer.history.updates)
    np.testing.assert_array_equal(curves.elapsed_s, trainer.history.elapsed_s)
    assert np.isnan(curves.learning_rate[0])
    assert curves.best.test_loss == np.min(trainer.history.test_loss)
    assert curves.best.epoch == np.argmin(trainer.history.test_loss)


def test_thinned_curves_keep_their_axes_rising_and_an_epoch_can_still_be_read() -> None:
    trainer, builder = trained(1500)
    frame = builder.build(trainer.moment(), Needs(readings={"": 777}))
    curves = frame.curves
    assert not curves.is_exact
    assert (np.diff(curves.updates) >= 0).all()
    assert (np.diff(curves.elapsed_s) >= 0).all()
    assert curves.updates[-1] == trainer.history.updates[-1]
    assert frame.reading.epoch == 777
    assert frame.reading.train_loss == trainer.history.train_loss[777]
    assert builder.build(trainer.moment(), Needs(readings={"": 9999})).reading.epoch == 1500


def test_without_test_data_no_epoch_is_the_best() -> None:
    trainer, builder = trained(2, "and")
    assert builder.build(trainer.moment(), Needs()).curves.best is None
