"""The numbers of a run that a frame carries: its present losses and scores, its curves, and one epoch read exactly."""

from __future__ import annotations

from typing import Literal

import numpy as np
from msgspec import Struct, field

from nnviz.core.layout import Array
from nnviz.core.past import Segment

PartName = Literal["train", "validation", "test"]
PARTS: tuple[PartName, ...] = ("train", "validation", "test")
"""Of the data: what is learnt, what settings and the moment to stop are chosen by, what is kept back until the end."""


class Reading(Struct, frozen=True):
    """The exact figures of one epoch; NaN where one does not apply."""

    epoch: float
    train_loss: float
    validation_loss: float
    test_loss: float
    train_score: float
    validation_score: float
    test_score: float
    learning_rate: float
    updates: float
    elapsed_s: float


def _nothing() -> Array:
    return np.empty(0)


class Curves(Struct, frozen=True):
    """The history thinned for drawing: at most a few thousand points, extremes kept.

    Attributes
    ----------
    epoch, train_loss, test_loss, train_score, test_score, validation_loss, validation_score : ndarray ``(n,)``
        All NaN where there are no such data.
    n_epochs : int
        Entries that the whole history has.
    learning_rate : ndarray ``(n,)``
        NaN at epoch 0, before the first update.
    updates, elapsed_s : ndarray ``(n,)``
        Updates and seconds of training up to each point.
    best : Reading or None
        The epoch with the lowest loss of the rows that are watched; None where only training rows are.
    watched : PartName
        Which rows these are: validation rows where there are some, else test rows, else the training rows.
    marks : tuple of Reading
        The epochs at which what had been learnt was carried into a changed network.
    first_epoch : int
        The first that can be looked at again.
    edits : tuple of Segment
        What the latest edits began, each with the epoch after whose end it was made.
    """

    epoch: Array
    train_loss: Array
    test_loss: Array
    train_score: Array
    test_score: Array
    n_epochs: int
    learning_rate: Array = field(default_factory=_nothing)
    updates: Array = field(default_factory=_nothing)
    elapsed_s: Array = field(default_factory=_nothing)
    validation_loss: Array = field(default_factory=_nothing)
    validation_score: Array = field(default_factory=_nothing)
    watched: PartName = "test"
    best: Reading | None = None
    marks: tuple[Reading, ...] = ()
    first_epoch: int = 0
    edits: tuple[Segment, ...] = ()

    @property
    def is_exact(self) -> bool:
        """Whether every epoch of the history is among the points."""
        return len(self.epoch) == self.n_epochs


class Metrics(Struct, frozen=True):
    """Losses and scores of the parameters shown; NaN where one does not apply.

    While training they are the last finished epoch's; at rest, in the middle of an epoch or after an edited weight
    too, they are those of the present parameters.
    """

    train_loss: float
    validation_loss: float
    test_loss: float
    train_score: float
    validation_score: float
    test_score: float
    train_rmse: float
    validation_rmse: float
    test_rmse: float
    train_balanced_accuracy: float
    validation_balanced_accuracy: float
    test_balanced_accuracy: float
    penalty: float
    learning_rate: float
