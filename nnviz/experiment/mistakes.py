"""Which rows a network gets wrong, the most confident of its mistakes first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from nnviz.experiment.figures import PartName
from nnviz.experiment.frame import Frame, RowId
from nnviz.experiment.prepare import Prepared


class Mistake(Struct, frozen=True):
    """One wrong answer.

    Attributes
    ----------
    row : (part, row)
    truth, answer : int
        Classes.
    share : float
        How sure the network is of its answer, 0 … 1.
    loss : float
    """

    row: RowId
    truth: int
    answer: int
    share: float
    loss: float


class Mistakes(Struct, frozen=True):
    """The most confident mistakes.

    Attributes
    ----------
    shown : tuple of Mistake
        Sorted: the surest first, of equally sure ones that with the largest loss.
    n_wrong, n_rows : int
        Of all rows looked at.
    """

    shown: tuple[Mistake, ...] = ()
    n_wrong: int = 0
    n_rows: int = 0


def worst_mistakes(prepared: Prepared, frame: Frame, parts: Sequence[PartName], most: int) -> Mistakes:
    """Return at most `most` wrong answers of a frame.

    Parameters
    ----------
    prepared : Prepared
        A classification.
    frame : Frame
        With answers; those that do not fit `prepared` (of the run before) are passed over.
    parts : sequence of PartName
    most : int
    """
    found: list[Mistake] = []
    n_wrong = n_rows = 0
    for name in parts:
        data, answers = prepared.part(name), frame.answers_of(name)
        if answers is None or answers.predicted is None or answers.shares is None:
            continue
        if len(answers.predicted) != data.n_samples:
            continue
        truth = data.class_index
        wrong = np.flatnonzero(answers.predicted != truth)
        losses = np.nan_to_num(answers.losses[wrong])
        worst = wrong[np.lexsort((-losses, -answers.shares[wrong]))[:most]]
        n_wrong, n_rows = n_wrong + len(wrong), n_rows + len(truth)
        found += [
            Mistake(
                (name, int(row)),
                int(truth[row]),
                int(answers.predicted[row]),
                float(answers.shares[row]),
                float(answers.losses[row]),
            )
            for row in worst
        ]
    found.sort(key=lambda mistake: (-mistake.share, -mistake.loss))
    return Mistakes(tuple(found[:most]), n_wrong, n_rows)
