"""Which rows of the data a place of the confusion matrix stands for, and the other way round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from nnviz.drawing.confusion_layout import Counts, Place
from nnviz.experiment import Prepared
from nnviz.experiment.figures import PARTS, PartName
from nnviz.experiment.frame import Answers
from nnviz.session.marking import MarkedRows

Rows = NDArray[np.int64]


class Compared(Struct, frozen=True, eq=False):
    """True and predicted classes of one part of the data.

    Attributes
    ----------
    true, predicted : ndarray int64 ``(n_rows,)``
    counts : ndarray int64 ``(n_classes, n_classes)``
    """

    true: Rows
    predicted: Rows
    counts: Counts

    def rows_of(self, place: Place) -> Rows:
        """Return the rows of a cell, a row or a column of the matrix."""
        row, column = place
        inside = np.ones(len(self.true), dtype=bool)
        if row >= 0:
            inside &= self.true == row
        if column >= 0:
            inside &= self.predicted == column
        return np.flatnonzero(inside)


def compared(prepared: Prepared, told: Sequence[Answers | None], part: str) -> dict[PartName, Compared]:
    """Return what is compared of a part, or of all with "both", by part; nothing where answers are of other data.

    `told` has the answers to each of `PARTS`.
    """
    result: dict[PartName, Compared] = {}
    for name, answers in zip(PARTS, told, strict=True):
        data = prepared.part(name)
        if part not in (name, "both") or answers is None or not data.n_samples:
            continue
        if answers.predicted is None or answers.confusion is None:
            return {}
        if (len(answers.predicted), len(answers.confusion)) != (data.n_samples, len(prepared.class_names)):
            return {}
        result[name] = Compared(data.class_index, answers.predicted, answers.confusion)
    return result


def total(parts: Mapping[PartName, Compared]) -> Counts:
    """Return the counts of all parts together."""
    return np.asarray(sum(part.counts for part in parts.values()), dtype=np.int64)


def count_at(counts: Counts, place: Place) -> int:
    """Return how many rows a cell, a row or a column has."""
    row, column = place
    return int(counts[slice(None) if row < 0 else row, slice(None) if column < 0 else column].sum())


def place_of(parts: Mapping[PartName, Compared], counts: Counts, marks: MarkedRows) -> Place | None:
    """Return the cell, row or column whose rows are just the marked ones; None where there is none."""
    marked = {name: marks.part(name) for name in PARTS}
    if not len(marks) or any(len(rows) and name not in parts for name, rows in marked.items()):
        return None
    if any(len(rows) and rows[-1] >= len(parts[name].true) for name, rows in marked.items()):
        return None
    true = np.concatenate([part.true[marked[name]] for name, part in parts.items()])
    predicted = np.concatenate([part.predicted[marked[name]] for name, part in parts.items()])
    row = int(true[0]) if (true == true[0]).all() else -1
    column = int(predicted[0]) if (predicted == predicted[0]).all() else -1
    for place in ((row, column), (row, -1), (-1, column)):
        if place != (-1, -1) and count_at(counts, place) == len(marks):
            return place
    return None
