"""Worked arithmetic of an experiment's rows, and of examples that are typed: from raw features to the network's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from nnviz.core.layout import Array
from nnviz.core.trainer import Trainer
from nnviz.experiment.frame import RowId
from nnviz.experiment.prepare import Prepared

if TYPE_CHECKING:
    from nnviz.core.explain.example import WorkedExample


class WorkedSubject(Struct, frozen=True):
    """What is to be worked out.

    Attributes
    ----------
    row : (part, row) or None
        A row of the data.
    values : tuple of float
        Where there is no row: raw features of an example.
    target : int or float or None
        Its class, or the one value that it should have; None: what the network answers, as far as that is a class.
    is_batch : bool
        The mini-batch that comes next, whatever the others say.
    """

    row: RowId | None = None
    values: tuple[float, ...] = ()
    target: float | None = None
    is_batch: bool = False


def work_out_subject(prepared: Prepared, trainer: Trainer, subject: WorkedSubject, digits: int | None) -> WorkedExample:
    """Return the arithmetic of a row, of a typed example or of the next mini-batch in a run as it stands.

    Raises
    ------
    NnvizError
        Where there is no such row, or the example does not fit.
    """
    if subject.is_batch:
        return trainer.worked_example(trainer.coming_rows.tolist(), digits)
    if subject.row is not None:
        part, row = subject.row
        if part == "train":
            return trainer.worked_example(row, digits)
        X, Y = prepared.arrays(part)
        return trainer.worked_input(X[row], Y[row], digits)
    x = prepared.inputs.transform(np.array([subject.values]))
    return trainer.worked_input(x[0], _target(prepared, trainer, x, subject.target), digits)


def _target(prepared: Prepared, trainer: Trainer, x: Array, target: float | None) -> Array:
    """Return the targets of a typed example, as the network is to learn them."""
    answer = trainer.network.predict(x)[0]
    if not prepared.class_names:
        wanted_values = answer if target is None else prepared.targets.transform(np.full((1, len(answer)), target))[0]
        return np.asarray(wanted_values)
    low, high = trainer.network.activation_entries[-1].class_targets
    if len(answer) == 1:
        chosen = answer[0] > prepared.threshold if target is None else target >= 1.0
        return np.array([high if chosen else low])
    wanted = int(answer.argmax()) if target is None else int(target)
    return np.where(np.arange(len(answer)) == wanted, high, low)
